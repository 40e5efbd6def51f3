"""Settings of all tests."""

import os

# One thread for kernels, here and in the processes that tests start: steps are small, and when several tests
# run at once, threads mostly wait for each other. torch and kernels read this when they are loaded.
os.environ["OMP_NUM_THREADS"] = "1"

import pytest
import torch
from hypothesis import settings

# Kernels for a GPU are tested without one: Triton reads this when they are defined.
if not torch.cuda.is_available():
    os.environ["TRITON_INTERPRET"] = "1"

# A busy machine is no failure: tests that promise a time measure it themselves, generously.
# The same code passes or fails alike. `pytest --hypothesis-profile explore` looks for what nobody has seen.
settings.register_profile("graphdnc", deadline=None, derandomize=True)
settings.register_profile("explore", deadline=None, max_examples=2_000)
settings.load_profile("graphdnc")


@pytest.fixture(scope="session")
def kept_for_all_tests(tmp_path_factory):
    """Return a folder that all tests of this run share, those of other processes of xdist too."""
    own = tmp_path_factory.getbasetemp()
    folder = (own.parent if "PYTEST_XDIST_WORKER" in os.environ else own) / "kept-for-all-tests"
    folder.mkdir(exist_ok=True)
    return folder


@pytest.fixture
def run(monkeypatch, capsys):
    """Run the command line in this process."""
    # not above: commands load kernels, which must not be before Triton is told to interpret them
    from command_line import call

    return lambda *arguments, stdin="": call(monkeypatch, capsys, *arguments, stdin=stdin)


@pytest.fixture
def city(tmp_path):
    """A graph file without the minutes of the network it is of."""
    from command_line import NETWORK

    path = tmp_path / "city.csv"
    path.write_text("\n".join(line.rpartition(",")[0] for line in NETWORK.splitlines()))
    return path
