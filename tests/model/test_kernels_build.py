"""The kernels are compiled once, on first use; if they cannot be, torch runs the steps."""

from __future__ import annotations

import errno
import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch
from kernel_networks import (
    BATCH,
    FAITHFUL,
    network_of,
)

from graphdnc.answering.subgraph_session import load_session
from graphdnc.cli.ask.loading import say_what_takes_long
from graphdnc.errors import UsageError
from graphdnc.graph import Graph
from graphdnc.model.kernels.cpu import build, compiler
from graphdnc.model.kernels.cpu.build import begin_to_build, build_failure, is_to_be_built, library_path
from graphdnc.model.kernels.dispatch import fallback_reason
from graphdnc.model.kernels.state import unsupported_option
from graphdnc.model.runtime.compiled import CompiledNetwork

FAILURE = build_failure("forward") or build_failure("backward")
NEEDS_KERNELS = pytest.mark.skipif(FAILURE is not None, reason=str(FAILURE))


@pytest.fixture
def nothing_built(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A machine on which the kernels were never built; return the folder for them."""
    monkeypatch.setenv("GRAPHDNC_CACHE", str(tmp_path / "kernels"))
    forget()
    yield tmp_path
    for process in build._builders.values():
        with process:
            process.wait(timeout=300)
    forget()


def forget() -> None:
    """Reset the kernels to the state of a new process."""
    for function in (build.library, build.build_failure):
        function.cache_clear()
    build._builders.clear()


def compiler_of(folder: Path, script: str, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Make a shell script the compiler; return its path."""
    path = folder / "compiler"
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)
    monkeypatch.setenv("CXX", str(path))
    return path


def falls_back(reason: str) -> None:
    network, inputs = network_of(FAITHFUL), torch.randn(4, BATCH, 9)
    assert re.search(reason, network.fallback_reason(inputs) or "none")
    outputs, _ = network(inputs, network.initial_state(BATCH))
    network.use_kernels = False
    assert torch.equal(network(inputs, network.initial_state(BATCH))[0], outputs)


def test_without_a_compiler(nothing_built: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(nothing_built))
    monkeypatch.delenv("CXX", raising=False)
    falls_back("no C\\+\\+ compiler found; install g\\+\\+ or clang, or set CXX")


@pytest.mark.parametrize(
    ("script", "reason"),
    [
        ("echo 'error: no room' >&2; exit 1", "compiler failed: error: no room"),
        (
            "echo 'a; fatal error: x.h' >&2; echo 'collect2: error: b' >&2; exit 1",
            "failed: a; fatal error: x.h",
        ),
        ("printf 'b\\351b: error\\n' >&2; exit 1", "failed: b.b: error"),
        ("exit 1", "failed: no message"),
        ("kill -9 $$", "failed: no message"),
        ('for last; do :; done; echo nothing > "$last"', "makes what cannot be loaded"),
        ("exit 0", "makes what cannot be loaded"),
    ],
)
def test_with_a_compiler_that_fails(
    nothing_built: Path, script: str, reason: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    compiler_of(nothing_built, script, monkeypatch)
    falls_back(reason)


def test_with_a_folder_that_cannot_be_written(nothing_built: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (nothing_built / "file").touch()
    monkeypatch.setenv("GRAPHDNC_CACHE", str(nothing_built / "file"))
    falls_back("the kernels cannot be built or loaded")


@pytest.fixture
def quick(nothing_built: Path, kept_for_all_tests: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Compile in no time; return a file with a line for each time.

    What the compiler makes is kept for the next test; ``SECONDS_TO_COMPILE`` still makes it take that long.
    """
    tried = nothing_built / "tried"
    script = f"""
echo tried >> "{tried}"
sleep "${{SECONDS_TO_COMPILE:-0}}"
for last; do :; done
kept="{kept_for_all_tests}/$(echo "$*" | sed 's/ -o .*//' | cksum | tr ' ' -).so"
if [ ! -e "$kept" ]; then
    "{compiler.compiler()}" "$@" -O0 && cp "$last" "$kept-$$" && mv "$kept-$$" "$kept" || exit 1
fi
cp "$kept" "$last"
"""
    compiler_of(nothing_built, script, monkeypatch)
    return tried


@NEEDS_KERNELS
def test_each_library_is_built_when_it_is_needed(quick: Path) -> None:
    """Files of a killed process are removed."""
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
def test_an_answer_needs_only_the_forward_pass(quick: Path) -> None:
    graph = Graph.from_triples([("a", "r", "b"), ("b", "r", "c")])
    assert isinstance(load_session(graph).checkpoint.network, CompiledNetwork)
    assert library_path("forward").exists()
    with torch.no_grad():
        assert network_of(FAITHFUL).fallback_reason(torch.zeros(2, BATCH, 9)) is None
    assert not library_path("backward").exists()


@NEEDS_KERNELS
@pytest.mark.parametrize("left", [b"", b"nothing"])
def test_what_is_no_library_is_built_again(quick: Path, left: bytes) -> None:
    path = library_path("forward")
    path.parent.mkdir()
    path.write_bytes(left)
    assert is_to_be_built("forward")
    assert build_failure("forward") is None
    assert path.stat().st_size > 10_000


@NEEDS_KERNELS
def test_a_damaged_library_is_built_again_and_never_loaded(
    quick: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """To load it could end the process with a signal, for example where it is cut short."""
    assert build_failure("forward") is None
    path = library_path("forward")
    whole = path.read_bytes()
    changed = bytearray(whole)
    changed[len(whole) // 2] ^= 1
    for damaged in (whole[: len(whole) // 2], whole[:-100], whole[:-1], bytes(changed)):
        path.unlink()  # this process has loaded it
        path.write_bytes(damaged)
        assert not compiler.is_sound(path)
        with monkeypatch.context() as patched:
            patched.setattr(build.ctypes, "CDLL", lambda name: pytest.fail(f"{name} is loaded"))
            with pytest.raises(pytest.fail.Exception, match="is loaded"):
                build_once_more()
        assert path.read_bytes() == whole, "it was built again before"


def build_once_more() -> None:
    forget()
    build.library("forward")


@NEEDS_KERNELS
def test_what_others_can_write_is_not_loaded(quick: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A library that others planted is replaced; a folder in which they may write is not used."""
    assert build_failure("forward") is None
    path, folder = library_path("forward"), library_path("forward").parent
    assert path.stat().st_mode & 0o777 == 0o755
    assert folder.stat().st_mode & 0o777 == 0o700
    path.chmod(0o775)
    assert not compiler.is_sound(path)
    build_once_more()
    assert path.stat().st_mode & 0o777 == 0o755
    (folder / "other").write_bytes(path.read_bytes())
    path.unlink()
    path.symlink_to(folder / "other")
    assert not compiler.is_sound(path)
    build_once_more()
    assert not path.is_symlink()
    for place, mode, usual in [
        (folder, 0o770, 0o700),
        (folder, 0o1777, 0o700),
        (folder.parent, 0o777, 0o700),
    ]:
        place.chmod(mode)
        forget()
        said = f"the kernels are not loaded from {folder}: others may write in {place}; name a folder of your"
        assert (build_failure("forward") or "").startswith(said)
        assert not is_to_be_built("forward")
        place.chmod(usual)
    monkeypatch.setattr(compiler.os, "getuid", lambda: path.stat().st_uid + 1)
    monkeypatch.setattr(compiler, "_is_private", private_but_for_root)
    forget()
    assert f"others may write in {folder}" in (build_failure("forward") or "")


def private_but_for_root(found: os.stat_result) -> bool:
    """Tell what a user is told who is not root, also where the tests run as root."""
    return found.st_uid == os.getuid()


@NEEDS_KERNELS
def test_without_locks_the_kernels_are_built(
    quick: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    def none(descriptor: int, operation: int) -> None:
        raise OSError(errno.ENOLCK, "No locks available")

    monkeypatch.setattr("fcntl.flock", none)
    compiler.build("forward")
    assert compiler.is_sound(library_path("forward"))


@NEEDS_KERNELS
def test_one_of_several_processes_builds(quick: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The others wait and find the library, although there was a damaged one."""
    monkeypatch.setenv("SECONDS_TO_COMPILE", "1")
    path = library_path("forward")
    path.parent.mkdir()
    path.write_bytes(b"nothing")
    script = "from graphdnc.model.kernels.cpu.build import build_failure; print(build_failure('forward'))"
    several = [
        subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, text=True) for _ in range(3)
    ]
    assert [process.communicate(timeout=300)[0] for process in several] == ["None\n"] * 3
    assert quick.read_text() == "tried\n"


@NEEDS_KERNELS
def test_a_build_continues_after_its_process_has_ended(quick: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The process asked for nothing; the next question finds the library."""
    monkeypatch.setenv("SECONDS_TO_COMPILE", "1")
    script = "from graphdnc.model.kernels.cpu.build import begin_to_build; begin_to_build('forward')"
    subprocess.run([sys.executable, "-c", script], check=True, timeout=60)
    assert build_failure("forward") is None
    assert quick.read_text() == "tried\n"


@NEEDS_KERNELS
def test_a_build_that_has_begun_is_waited_for(quick: Path) -> None:
    begin_to_build("forward")
    builder = build._builders["forward"]
    begin_to_build("forward")
    assert build._builders["forward"] is builder
    assert os.getsid(builder.pid) != os.getsid(0), "a Ctrl-C is not meant for it"
    assert build_failure("forward") is None
    assert builder.returncode == 0
    begin_to_build("forward")
    assert not build._builders
    assert quick.read_text() == "tried\n"


@NEEDS_KERNELS
def test_a_question_that_is_not_understood_has_let_the_compiler_begin(quick: Path, tmp_path: Path) -> None:
    graph = tmp_path / "graph.csv"
    graph.write_text("source,relation,target\na,r,b\n")
    code = "from graphdnc.cli.main import main; main()"
    asked = subprocess.run([sys.executable, "-c", code, "ask", str(graph), "a to nowhere"], timeout=60)
    assert asked.returncode == UsageError.exit_code
    assert build_failure("forward") is None
    assert quick.read_text() == "tried\n"


@NEEDS_KERNELS
def test_a_person_who_waits_at_a_terminal_sees_why(
    quick: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    graph = Graph.from_triples([("a", "r", "b")])
    monkeypatch.setenv("OMP_NUM_THREADS", os.environ.get("OMP_NUM_THREADS", "1"))  # put back at the end
    say_what_takes_long(quiet=False)(graph)
    assert capsys.readouterr().err == "", "it may be a file"
    monkeypatch.setattr("sys.stderr.isatty", lambda: True)
    say_what_takes_long(quiet=True)(graph)
    assert capsys.readouterr().err == ""
    say_what_takes_long(quiet=False)(graph)
    compiling, asking = capsys.readouterr().err.splitlines()
    assert (compiling, asking) == (
        "compiling the steps of the network, this once ...",
        "asking a network about 1 triples ...",
    )
    say_what_takes_long(quiet=False)(graph)
    assert capsys.readouterr().err.splitlines() == [asking]
    forget()
    library_path("forward").unlink()
    monkeypatch.setenv("CXX", "")
    monkeypatch.setenv("PATH", "")
    say_what_takes_long(quiet=False)(graph)
    why = "no C++ compiler found; install g++ or clang, or set CXX"
    said = f"asking a network about 1 triples, by torch, which takes longer: {why} ...\n"
    assert capsys.readouterr().err == said


def test_the_wait_for_the_compiler_has_a_limit(nothing_built: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The compiler continues, for the next time."""
    done = nothing_built / "done"
    compiler_of(nothing_built, f'while [ ! -e "{done}" ]; do sleep 0.05; done; exit 1', monkeypatch)
    monkeypatch.setattr(build, "PATIENCE", 0.2)
    assert "takes more than 0.2 s; it goes on" in (build_failure("forward") or "")
    assert build._builders["forward"].poll() is None
    done.touch()


def test_a_compiler_that_hangs_is_killed_with_its_processes(
    nothing_built: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    late = nothing_built / "late"
    broken = compiler_of(nothing_built, f'(sleep 1.5; touch "{late}") & wait', monkeypatch)
    monkeypatch.setattr(compiler, "TIME_LIMIT", 0.5)
    assert "took more than 0.5 s" in (compiler._run([str(broken)], str(nothing_built)) or "")
    time.sleep(2)
    assert not late.exists()


def test_nothing_is_built_without_access(nothing_built: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GRAPHDNC_CACHE", "/" + "long" * 2000)
    assert not is_to_be_built("forward")
    (nothing_built / "file").touch()
    monkeypatch.setenv("GRAPHDNC_CACHE", str(nothing_built / "file" / "folder"))
    assert not is_to_be_built("forward")
    monkeypatch.delenv("GRAPHDNC_CACHE")
    monkeypatch.delenv("XDG_CACHE_HOME", raising=False)

    def no_home() -> None:
        raise RuntimeError("Could not determine home directory.")

    monkeypatch.setattr(compiler.Path, "home", no_home)
    assert not is_to_be_built("forward")
    assert "home directory" in (build_failure("forward") or "")


def test_a_compiler_that_failed_is_tried_again_in_a_day(
    nothing_built: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Or earlier, if the compiler was replaced or the note was removed."""
    tried = nothing_built / "tried"
    script = f'echo tried >> "{tried}"; echo "error: no header" >&2; exit 1'
    broken = compiler_of(nothing_built, script, monkeypatch)

    def tries() -> int:
        """Return how often the compiler was tried when the kernels were asked for."""
        before = tried.read_text().count("\n") if tried.exists() else 0
        forget()
        failure = build_failure("forward") or "none"
        assert failure.startswith(f"{broken} failed: error: no header")
        count = tried.read_text().count("\n") - before
        assert failure.endswith(f"(tried again in a day, or without {note})") == (count == 0)
        return count // len(compiler.CHOICES)

    note = library_path("forward").with_suffix(".failed")
    assert [tries(), tries()] == [1, 0]
    assert not is_to_be_built("forward")
    os.utime(note, (0, 0))
    assert is_to_be_built("forward")
    assert [tries(), tries()] == [1, 0]
    note.unlink()
    assert [tries(), tries()] == [1, 0]
    broken.write_text(f"#!/bin/sh\n# mended\n{script}\n")
    assert [tries(), tries()] == [1, 0]
    ahead = time.time() + 2 * compiler.RETRY_AFTER
    os.utime(note, (ahead, ahead))
    assert [tries(), tries()] == [1, 0]


@pytest.mark.parametrize("said", ["error: No space left on device", "fatal error: Killed signal"])
def test_temporary_failures_are_not_remembered(
    nothing_built: Path, said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    tried = nothing_built / "tried"
    compiler_of(nothing_built, f'echo tried >> "{tried}"; echo "{said}" >&2; exit 1', monkeypatch)
    for _ in range(2):
        forget()
        assert (build_failure("forward") or "").endswith(said)
    assert tried.read_text() == "tried\n" * 2, "nor are other flags tried"


def test_the_switch() -> None:
    network = network_of(FAITHFUL)
    network.use_kernels = False
    assert network.fallback_reason(torch.zeros(2, BATCH, 9)) == "the kernels are switched off"
    assert "use_kernels" not in network.state_dict()


@pytest.mark.parametrize(
    ("options", "reason"),
    [
        ({"wipe_freed_rows": True}, "wiping freed rows"),
        ({"when_full": "oldest"}, "free rows only"),
        ({"links": "sparse"}, "not sparse"),
        ({"write_heads": 2}, "one write head"),
    ],
)
def test_options_that_the_kernels_do_not_support(options: dict[str, Any], reason: str) -> None:
    config = replace(FAITHFUL, **options)
    found = fallback_reason(config, torch.device("cpu"), torch.float32)
    assert found is not None
    assert reason in found
    network = network_of(config)
    network(torch.randn(2, BATCH, 9), network.initial_state(BATCH))


@pytest.mark.parametrize(
    ("options", "reason"),
    [({"layer_norm": True}, "layer normalisation"), ({"controller_layers": 2}, "one controller layer")],
)
def test_options_that_only_the_kernels_for_a_gpu_do_not_support(options: dict[str, Any], reason: str) -> None:
    config = replace(FAITHFUL, **options)
    assert reason in (fallback_reason(config, torch.device("cuda"), torch.float32) or "")
    assert unsupported_option(config, on_gpu=False) is None


def test_other_devices_and_types() -> None:
    assert "not mps" in (fallback_reason(FAITHFUL, torch.device("mps"), torch.float32) or "")
    assert "not float64" in (fallback_reason(FAITHFUL, torch.device("cpu"), torch.float64) or "")
    assert network_of(FAITHFUL).fallback_reason(torch.zeros(2, BATCH, 9), reading=False) is not None
    assert network_of(FAITHFUL).fallback_reason(torch.zeros(0, BATCH, 9)) is not None
