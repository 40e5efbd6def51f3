"""The kernels as shared libraries: compiled for this very processor on first use, kept for the next.

There are two, the steps forward and those back, so that an answer need not wait for the latter. They have a
plain C interface: they need a C++ compiler but not torch's headers, and are built in seconds.
``GRAPHDNC_CACHE`` names the folder they are kept in; the default is ``~/.cache/graphdnc``.
"""

from __future__ import annotations

import contextlib
import ctypes
import functools
import hashlib
import os
import platform
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Literal

Part = Literal["forward", "backward"]
"""The way that kernels go; there is a library for each."""
SOURCES = tuple(
    Path(__file__).parent / name
    for name in (
        *("forward.cpp", "backward.cpp", "addressing.h", "backward.h", "chunk.h", "content.h", "episode.h"),
        *("forward.h", "interface.h", "kept.h", "lanes.h", "links.h", "memory.h", "products.h"),
    )
)
COMMON = ("-std=c++17", "-O3", "-fPIC", "-shared", "-fno-math-errno", "-fno-trapping-math", "-w")
CHOICES = (
    ("-march=native", "-fopenmp"),
    ("-march=native",),
    ("-fopenmp",),
    (),
)
"""What else to ask of the compiler; the first that it can do is taken."""
PATIENCE = 60
"""Seconds that somebody waits for a compiler. It goes on for the next time."""
TIME_LIMIT = 300
DAY = 24 * 60 * 60
"""Seconds after which it is tried again where the compiler failed."""
_PASSING = ("No space left", "Killed", "out of memory", "Disk quota")
"""What a compiler says where it may do better another time."""
SUPPORTED = sys.byteorder == "little" and sys.platform != "win32"


class BuildError(Exception):
    """The kernels cannot be built or loaded here; the message says why."""


class _Lasting(BuildError):
    """They could not be built, and cannot be with the same compiler."""


@functools.cache
def library(part: Part) -> ctypes.CDLL:
    """Return the kernels of one way, built if they are not there yet, or are damaged.

    Raises:
        BuildError: there is no compiler, it fails or takes too long, or the folder cannot be written.
    """
    try:
        path = library_path(part)
        if path.exists():
            with contextlib.suppress(OSError):  # damaged: built again
                return ctypes.CDLL(str(path))
        _wait_for(part, path)
        return ctypes.CDLL(str(path))
    except (OSError, RuntimeError) as error:  # RuntimeError: there is no home
        raise BuildError(f"the kernels cannot be built or loaded ({error})") from error


@functools.cache
def build_failure(part: Part) -> str | None:
    """Return why the kernels of one way cannot be used here, or ``None``; the first answer is kept."""
    if not SUPPORTED:
        return f"there are no kernels for {sys.platform}"
    try:
        library(part)
    except BuildError as error:
        return str(error)
    return None


def is_to_be_built(part: Part) -> bool:
    """Whether whoever needs the kernels of one way has to wait for a compiler."""
    try:
        path = library_path(part)
        if not SUPPORTED or path.exists():
            return False
        _compiler_for(path)
        there = next(folder for folder in path.parents if folder.exists())
        return there.is_dir() and os.access(there, os.W_OK)
    except (BuildError, OSError, RuntimeError):
        return False


def begin_to_build(part: Part) -> None:
    """Let the compiler begin, where it has to, beside other work: then there is less to wait for later."""
    if is_to_be_built(part):
        with contextlib.suppress(BuildError, OSError):  # whoever needs the kernels is told
            _builder(part, library_path(part))


_begun: dict[Part, subprocess.Popen[str]] = {}
"""What builds kernels of each way."""


def _builder(part: Part, path: Path) -> subprocess.Popen[str]:
    """Return what builds kernels: a process of its own, which goes on where this one ends or is interrupted.

    It runs this file alone and loads none of the project, so it is there in no time.
    """
    if part not in _begun:
        _compiler_for(path)
        if not sys.executable:
            raise BuildError("the kernels cannot be built: Python does not say where it is")
        _begun[part] = subprocess.Popen(
            [sys.executable, "-I", "-S", __file__, part],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            encoding="utf-8",
            errors="replace",
            start_new_session=True,  # a Ctrl-C is not meant for it
        )
    return _begun[part]


def _wait_for(part: Part, path: Path) -> None:
    builder = _builder(part, path)
    try:
        code = builder.wait(PATIENCE)
    except subprocess.TimeoutExpired as error:
        wait = f"the compiler takes more than {PATIENCE} s"
        raise BuildError(f"{wait}; it goes on, and the kernels may be there next time") from error
    del _begun[part]
    assert builder.stdout is not None
    with builder.stdout as said:
        if code:
            raise BuildError(said.read().strip() or f"what builds the kernels ended with {code}")


def build(part: Part) -> None:
    """Build the kernels of one way, if nobody else has done so; several processes build one after the other.

    Raises:
        BuildError: there is no compiler, it fails, there is no room, or what it makes cannot be loaded.
    """
    import fcntl  # not on Windows

    path = library_path(part)
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if _loads(path):
            return
        name = _compiler_for(path)
        try:
            _compile(name, part, path)
        except _Lasting as error:
            _note(path).write_text(f"{_identity(name)}\n{error}\n", encoding="utf-8")
            raise


def _loads(path: Path) -> bool:
    try:
        ctypes.CDLL(str(path))
    except OSError:
        return False
    return True


def _compiler_for(path: Path) -> str:
    """Return the compiler, if it did not fail of late at this library: not every answer is to wait for that.

    Raises:
        BuildError: there is none, or it did.
    """
    name, note = compiler(), _note(path)
    if note.exists() and 0 <= time.time() - note.stat().st_mtime < DAY:
        by, _, why = note.read_text(encoding="utf-8", errors="replace").partition("\n")
        if by == _identity(name):
            raise BuildError(f"{why.strip()} (tried again in a day, or without {note})")
    return name


def _identity(name: str) -> str:
    """Return what changes where a compiler does."""
    found = os.stat(name)
    return f"{name!a} {found.st_size} {found.st_mtime_ns}"


def cache_folder() -> Path:
    """Return the folder in which the libraries are kept."""
    named = os.environ.get("GRAPHDNC_CACHE")
    if named:
        return Path(named)
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "graphdnc"


def library_path(part: Part) -> Path:
    """Return where the kernels of one way are, or will be."""
    return cache_folder() / f"{part}-{_fingerprint()}.so"


def _note(path: Path) -> Path:
    """Return the file that says which compiler failed last to make a library, why, and by its date when."""
    return path.with_suffix(".failed")


def compiler() -> str:
    """Return the compiler.

    Raises:
        BuildError: there is none.
    """
    for name in (os.environ.get("CXX"), "g++", "clang++", "c++"):
        found = shutil.which(name) if name else None
        if found:
            return found
    raise BuildError("no C++ compiler found; install g++ or clang, or set CXX")


@functools.cache
def _fingerprint() -> str:
    """Name sources, flags and processor: another of these is another library."""
    parts = [source.read_bytes() for source in SOURCES]
    parts += [repr((COMMON, CHOICES, platform.machine(), _processor())).encode()]
    return hashlib.sha256(b"\0".join(parts)).hexdigest()[:16]


def _processor() -> str:
    wanted = ("model name", "flags", "Features")
    with contextlib.suppress(OSError):
        lines = Path("/proc/cpuinfo").read_text().splitlines()
        return "".join(sorted({line for line in lines if line.startswith(wanted)}))
    return platform.processor()


def _compile(name: str, part: Part, path: Path) -> None:
    for left in path.parent.glob(f"{path.stem}-*"):  # by whoever was killed: nobody else is building
        shutil.rmtree(left, ignore_errors=True)
    source = Path(__file__).parent / f"{part}.cpp"
    with tempfile.TemporaryDirectory(prefix=f"{path.stem}-", dir=path.parent) as folder:
        target = Path(folder) / path.name
        for choice in CHOICES:
            why = _run([name, *COMMON, *choice, str(source), "-o", str(target)], folder)
            if why is None and not _loads(target):
                why = f"{name} makes what cannot be loaded"
            if why is None:
                with target.open("rb") as library:
                    os.fsync(library.fileno())  # or a crash could leave a part of it under its name
                target.replace(path)  # at once: another process sees the whole library or none
                return
    raise _Lasting(why)


def _run(command: list[str], folder: str) -> str | None:
    """Run a compiler, whose own files go to a folder; return why it failed, ``None`` where it did not.

    Raises:
        BuildError: it was killed, or there is no room: that need not be so next time.
    """
    name = command[0]
    process = subprocess.Popen(
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        encoding="utf-8",
        errors="replace",
        env=os.environ | {"LC_ALL": "C", "TMPDIR": folder},
        start_new_session=True,  # to be ended with all that it began
    )
    try:
        said = process.communicate(timeout=TIME_LIMIT)[1]
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.communicate()
        return f"{name} took more than {TIME_LIMIT} s"
    if process.returncode == 0:
        return None
    lines = [line for line in said.splitlines() if line.strip() and not line.startswith("collect2:")]
    told = next((line for line in lines if "error" in line), lines[-1] if lines else "no message")
    why = f"{name} failed: {told}"
    if process.returncode < 0 or any(sign in said for sign in _PASSING):
        raise BuildError(why)
    return why


if __name__ == "__main__":
    try:
        build(sys.argv[1])  # type: ignore[arg-type]
    except (BuildError, OSError, RuntimeError) as failure:
        expected = isinstance(failure, BuildError)
        print(failure if expected else f"the kernels cannot be built or loaded ({failure})")
        sys.exit(1)
