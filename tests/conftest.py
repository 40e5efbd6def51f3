"""Settings of all tests."""

from hypothesis import settings

# A busy machine is no failure: tests that promise a time measure it themselves, generously.
settings.register_profile("graphdnc", deadline=None)
settings.load_profile("graphdnc")
