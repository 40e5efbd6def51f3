"""What ``import graphdnc`` offers, and what it does not load."""

from __future__ import annotations

import subprocess
import sys
from importlib.metadata import version

import pytest

import graphdnc


@pytest.mark.parametrize("name", graphdnc.__all__)
def test_every_public_name_can_be_imported(name: str) -> None:
    found = getattr(graphdnc, name)
    assert found.__name__ == name
    assert found.__doc__
    assert name in dir(graphdnc)


def test_the_version_is_that_of_the_installed_package() -> None:
    assert graphdnc.__version__ == version("graphdnc")
    with pytest.raises(AttributeError, match="no attribute 'Network'"):
        graphdnc.Network  # noqa: B018


def test_the_import_loads_nothing_heavy() -> None:
    heavy = "{'torch', 'numpy', 'networkx', 'h5py'}"
    code = f"import sys, graphdnc; dir(graphdnc); print(*{heavy} & set(sys.modules))"
    printed = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert printed == "\n"


def test_a_network_can_be_used_in_a_loop_of_ones_own() -> None:
    import torch

    config = graphdnc.DNCConfig(input_size=3, output_size=2, controller_size=8, memory_rows=5, memory_width=4)
    network = graphdnc.DNC(config)
    outputs, state = network(torch.randn(6, 2, 3))
    assert outputs.shape == (6, 2, 2)
    assert isinstance(state, graphdnc.DNCState)
