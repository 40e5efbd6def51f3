"""The kernels are compiled once, aside or on first use, and done without where they cannot be."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import torch
from twins import (
    BATCH,
    FAITHFUL,
    network_of,
)

from graphdnc.model.fast.choice import fast_path_reason
from graphdnc.model.fast.cpu import aside, build
from graphdnc.model.fast.cpu.aside import build_aside

NEEDS_KERNELS = pytest.mark.skipif(build.build_failure() is not None, reason=str(build.build_failure()))


@pytest.fixture
def nothing_built(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A machine on which the kernels were never built; the folder they would be kept in."""
    monkeypatch.setenv("GRAPHDNC_CACHE", str(tmp_path / "kernels"))
    for function in (build.library, build.build_failure):
        function.cache_clear()
    yield tmp_path
    for function in (build.library, build.build_failure):
        function.cache_clear()


def falls_back(reason: str) -> None:
    network, inputs = network_of(FAITHFUL), torch.randn(4, BATCH, 9)
    assert re.search(reason, network.slow_because(inputs) or "none")
    outputs, _ = network(inputs, network.initial_state(BATCH))
    network.fast = False
    assert torch.equal(network(inputs, network.initial_state(BATCH))[0], outputs)


def test_without_a_compiler(nothing_built: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(nothing_built))
    monkeypatch.delenv("CXX", raising=False)
    falls_back("no C\\+\\+ compiler found; install g\\+\\+ or clang, or set CXX")


def test_with_a_compiler_that_fails(nothing_built: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    compiler = nothing_built / "compiler"
    compiler.write_text("#!/bin/sh\necho 'error: no room' >&2\nexit 1\n")
    compiler.chmod(0o755)
    monkeypatch.setenv("CXX", str(compiler))
    falls_back("compiler failed: error: no room")


def test_with_a_folder_that_cannot_be_written(nothing_built: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (nothing_built / "file").touch()
    monkeypatch.setenv("GRAPHDNC_CACHE", str(nothing_built / "file"))
    falls_back("the kernels cannot be built or loaded")


@NEEDS_KERNELS
@pytest.mark.parametrize("left", [b"", b"nothing"])
def test_a_damaged_library_is_built_again(
    nothing_built: Path, left: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(build, "COMMON", ("-std=c++17", "-O0", "-fPIC", "-shared", "-w"))  # in no time
    path = build.library_path()
    path.parent.mkdir()
    path.write_bytes(left)
    assert build.is_built()
    assert build.build_failure() is None
    assert path.stat().st_size > 10_000


def test_where_nobody_may_look_nothing_is_built(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GRAPHDNC_CACHE", "/" + "long" * 2000)
    assert not build.is_built()
    monkeypatch.delenv("GRAPHDNC_CACHE")
    monkeypatch.delenv("XDG_CACHE_HOME", raising=False)

    def no_home() -> None:
        raise RuntimeError("Could not determine home directory.")

    monkeypatch.setattr(build.Path, "home", no_home)
    assert not build.is_built()
    assert build_aside() is None


@NEEDS_KERNELS
def test_they_are_built_aside(nothing_built: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Whatever modules lie in the folder that somebody is in; what a killed process left is removed."""
    (tmp_path / "ctypes.py").write_text("raise SystemExit(3)\n")
    monkeypatch.chdir(tmp_path)
    path = build.library_path()
    left = path.parent / f"{path.stem}-left"
    left.mkdir(parents=True)
    assert not build.is_built()
    process = build_aside()
    assert process is not None
    assert process.wait(timeout=300) == 0
    assert build.is_built()
    assert build.build_failure() is None
    assert not left.exists()
    assert build_aside() is None, "it is there"


def test_while_one_builds_no_other_begins(nothing_built: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(aside, "compiler", lambda: "c++")
    monkeypatch.setattr(aside.subprocess, "Popen", lambda *_, **__: SimpleNamespace(wait=lambda: 0))
    path = build.library_path()
    path.parent.mkdir()
    with build.locked(path):
        assert build_aside() is None
    assert build_aside() is not None


def test_a_compiler_that_failed_is_tried_again_in_a_day(
    nothing_built: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    failing = nothing_built / "compiler"
    failing.write_text("#!/bin/sh\nexit 1\n")
    failing.chmod(0o755)
    monkeypatch.setenv("CXX", str(failing))
    process = build_aside()
    assert process is not None
    assert process.wait(timeout=60) != 0
    assert build_aside() is None
    os.utime(build.failed(build.library_path()), (0, 0))
    monkeypatch.setattr(aside.subprocess, "Popen", lambda *_, **__: SimpleNamespace(wait=lambda: 0))
    assert build_aside() is not None


def test_without_a_compiler_nothing_is_built_aside(
    nothing_built: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(nothing_built))
    monkeypatch.delenv("CXX", raising=False)
    assert build_aside() is None


def test_the_switch() -> None:
    network = network_of(FAITHFUL)
    network.fast = False
    assert network.slow_because(torch.zeros(2, BATCH, 9)) == "the fast path is switched off"
    assert "fast" not in network.state_dict()


@pytest.mark.parametrize(
    ("options", "reason"),
    [
        ({"layer_norm": True}, "layer normalisation"),
        ({"sharpen_links": True}, "sharpened links"),
        ({"wipe_freed_rows": True}, "wiping freed rows"),
        ({"links": "sparse"}, "not sparse"),
        ({"reads": "sparse"}, "not sparse"),
        ({"write_heads": 2}, "one write head"),
        ({"controller_layers": 2}, "one controller layer"),
    ],
)
def test_options_that_the_kernels_do_not_know(options: dict[str, Any], reason: str) -> None:
    config = replace(FAITHFUL, **options)
    found = fast_path_reason(config, torch.device("cpu"), torch.float32)
    assert found is not None
    assert reason in found
    network = network_of(config)
    network(torch.randn(2, BATCH, 9), network.initial_state(BATCH))


def test_other_devices_and_types() -> None:
    assert "not mps" in (fast_path_reason(FAITHFUL, torch.device("mps"), torch.float32) or "")
    assert "not float64" in (fast_path_reason(FAITHFUL, torch.device("cpu"), torch.float64) or "")
    assert network_of(FAITHFUL).slow_because(torch.zeros(2, BATCH, 9), reading=False) is not None
    assert network_of(FAITHFUL).slow_because(torch.zeros(0, BATCH, 9)) is not None
