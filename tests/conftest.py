"""Settings of all tests."""

import os

import torch
from hypothesis import settings

# Kernels for a GPU are tested without one: Triton reads this when they are defined.
if not torch.cuda.is_available():
    os.environ["TRITON_INTERPRET"] = "1"

# A busy machine is no failure: tests that promise a time measure it themselves, generously.
settings.register_profile("graphdnc", deadline=None)
settings.load_profile("graphdnc")

# The networks of the tests are so small that a second thread only waits for the first.
torch.set_num_threads(1)
