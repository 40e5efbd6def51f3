"""The kernels are compiled once, on first use, and done without where they cannot be."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch
from twins import (
    BATCH,
    FAITHFUL,
    network_of,
)

from graphdnc.graph import Graph
from graphdnc.holder import Holder
from graphdnc.model.fast.choice import fast_path_reason
from graphdnc.model.fast.cpu import build
from graphdnc.model.fast.cpu.build import begin_to_build, build_failure, is_to_be_built, library_path
from graphdnc.model.frozen import FrozenNetwork

FAILURE = build_failure("forward") or build_failure("backward")
NEEDS_KERNELS = pytest.mark.skipif(FAILURE is not None, reason=str(FAILURE))


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


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Compile in no time."""
    monkeypatch.setattr(build, "COMMON", ("-std=c++17", "-O0", "-fPIC", "-shared", "-w"))


@NEEDS_KERNELS
def test_each_way_is_built_when_it_is_needed(nothing_built: Path, quick: None) -> None:
    """What a killed process left is removed."""
    path, other = library_path("forward"), library_path("backward")
    left = path.parent / f"{path.stem}-left"
    left.mkdir(parents=True)
    assert is_to_be_built("forward")
    assert build_failure("forward") is None
    assert path.exists()
    assert not is_to_be_built("forward")
    assert not left.exists()
    assert not other.exists()
    assert is_to_be_built("backward")
    assert build_failure("backward") is None
    assert other.exists()


@NEEDS_KERNELS
def test_an_answer_needs_the_way_on_alone(nothing_built: Path, quick: None) -> None:
    graph = Graph.from_triples([("a", "r", "b"), ("b", "r", "c")])
    assert isinstance(Holder.load(graph).checkpoint.network, FrozenNetwork)
    assert library_path("forward").exists()
    assert not library_path("backward").exists()


@NEEDS_KERNELS
@pytest.mark.parametrize("left", [b"", b"nothing"])
def test_a_damaged_library_is_built_again(nothing_built: Path, left: bytes, quick: None) -> None:
    path = library_path("forward")
    path.parent.mkdir()
    path.write_bytes(left)
    assert not is_to_be_built("forward"), "nobody looks inside"
    assert build_failure("forward") is None
    assert path.stat().st_size > 10_000


@NEEDS_KERNELS
def test_of_several_processes_one_builds(nothing_built: Path, quick: None) -> None:
    """The others wait and find the library."""
    path = library_path("forward")
    path.parent.mkdir()
    script = (
        "from graphdnc.model.fast.cpu import build\n"
        f"build.COMMON = {build.COMMON!r}\n"
        "compiled, own = [], build._compile\n"
        "build._compile = lambda *given: (compiled.append(1), own(*given))\n"
        "print(build.build_failure('forward'), len(compiled))"
    )
    several = [
        subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, text=True) for _ in range(3)
    ]
    said = sorted(process.communicate(timeout=300)[0].split() for process in several)
    assert said == [["None", "0"], ["None", "0"], ["None", "1"]]


@NEEDS_KERNELS
def test_what_was_begun_is_waited_for(
    nothing_built: Path, quick: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    compiled, compiling = [], build._compile
    monkeypatch.setattr(build, "_compile", lambda *given: (compiled.append(given[1]), compiling(*given)))
    begin_to_build("forward")
    assert build_failure("forward") is None
    begin_to_build("forward")
    assert compiled == ["forward"]


def test_a_ctrl_c_is_not_meant_for_the_compiler(nothing_built: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It would look as if it had failed."""
    compiler = nothing_built / "compiler"
    compiler.write_text(f"#!{sys.executable}\nimport os, sys\nsys.exit(f'error: {{os.getsid(0)}}')\n")
    compiler.chmod(0o755)
    monkeypatch.setenv("CXX", str(compiler))
    said = re.search(r"error: (\d+)", build_failure("forward") or "")
    assert said is not None
    assert int(said[1]) != os.getsid(0)


def test_where_nobody_may_look_nothing_is_built(nothing_built: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GRAPHDNC_CACHE", "/" + "long" * 2000)
    assert not is_to_be_built("forward")
    monkeypatch.delenv("GRAPHDNC_CACHE")
    monkeypatch.delenv("XDG_CACHE_HOME", raising=False)

    def no_home() -> None:
        raise RuntimeError("Could not determine home directory.")

    monkeypatch.setattr(build.Path, "home", no_home)
    assert not is_to_be_built("forward")
    assert "home directory" in (build_failure("forward") or "")


def test_a_compiler_that_failed_is_tried_again_in_a_day(
    nothing_built: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Or another, or where somebody removes what says so."""
    tried = []

    def fail(name: str, *_: object) -> None:
        tried.append(name)
        raise build.BuildError(f"{name} failed: error: no room")

    def failure() -> str:
        for function in (build.library, build_failure):
            function.cache_clear()
        return build_failure("forward") or "none"

    monkeypatch.setattr(build, "_compile", fail)
    monkeypatch.setattr(build, "compiler", lambda: "this")
    assert failure() == "this failed: error: no room"
    said = library_path("forward").with_suffix(".failed")
    assert failure() == f"this failed: error: no room (tried again in a day, or without {said})"
    assert not is_to_be_built("forward")
    assert tried == ["this"]
    os.utime(said, (0, 0))
    assert is_to_be_built("forward")
    failure()
    said.unlink()
    failure()
    monkeypatch.setattr(build, "compiler", lambda: "that")
    failure()
    assert tried == ["this", "this", "this", "that"]


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
