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
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
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
TIME_LIMIT = 300
DAY = 24 * 60 * 60
"""Seconds after which it is tried again where the compiler failed."""
SUPPORTED = sys.byteorder == "little" and sys.platform != "win32"


class BuildError(Exception):
    """The kernels cannot be built or loaded here; the message says why."""


@functools.cache
def library(part: Part) -> ctypes.CDLL:
    """Return the kernels of one way, built if they are not there yet, or are damaged.

    Raises:
        BuildError: there is no compiler, it fails, or the folder cannot be written.
    """
    try:
        path = library_path(part)
        if path.exists():
            try:
                return ctypes.CDLL(str(path))
            except OSError:  # damaged
                path.unlink()
        _build(part, path)
        return ctypes.CDLL(str(path))
    except (OSError, RuntimeError) as error:  # RuntimeError: there is no home
        raise BuildError(f"the kernels cannot be built or loaded ({error})") from error


def is_to_be_built(part: Part) -> bool:
    """Whether whoever needs the kernels of one way has to wait for a compiler."""
    try:
        path = library_path(part)
        return SUPPORTED and not path.exists() and bool(_compiler_for(path))
    except (BuildError, OSError, RuntimeError):
        return False


def begin_to_build(part: Part) -> None:
    """Let the compiler begin beside other work, where it has to, so that there is less to wait for later."""
    if is_to_be_built(part):
        threading.Thread(target=build_failure, args=(part,), daemon=True).start()


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


def _build(part: Part, path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with _locked(path):
        if path.exists():
            return  # by another process
        name = _compiler_for(path)
        try:
            _compile(name, part, path)
        except BuildError as error:
            _failed(path).write_text(f"{name}\n{error}\n", encoding="utf-8")
            raise


def _compiler_for(path: Path) -> str:
    """Return the compiler, if it did not fail of late at this library: not every answer is to wait for that.

    Raises:
        BuildError: there is none, or it did.
    """
    name, failed = compiler(), _failed(path)
    if failed.exists() and time.time() - failed.stat().st_mtime < DAY:
        by, _, why = failed.read_text(encoding="utf-8", errors="replace").partition("\n")
        if by == name:
            raise BuildError(f"{why.strip()} (tried again in a day, or without {failed})")
    return name


def cache_folder() -> Path:
    """Return the folder in which the library is kept."""
    named = os.environ.get("GRAPHDNC_CACHE")
    if named:
        return Path(named)
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "graphdnc"


def library_path(part: Part) -> Path:
    """Return where the kernels of one way are, or will be."""
    return cache_folder() / f"{part}-{_fingerprint()}.so"


def _failed(path: Path) -> Path:
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
            command = [name, *COMMON, *choice, str(source), "-o", str(target)]
            try:
                run = subprocess.run(
                    command,
                    stdin=subprocess.DEVNULL,
                    capture_output=True,
                    text=True,
                    timeout=TIME_LIMIT,
                    check=False,
                    start_new_session=True,  # a Ctrl-C is not meant for it: it did not fail
                )
            except subprocess.TimeoutExpired as error:
                raise BuildError(f"{name} took more than {TIME_LIMIT} s") from error
            if run.returncode == 0:
                with target.open("rb") as library:
                    os.fsync(library.fileno())  # or a crash could leave a part of it under its name
                target.replace(path)  # at once: another process sees the whole library or none
                return
    reason = next((line for line in run.stderr.splitlines() if "error" in line), "no message")
    raise BuildError(f"{name} failed: {reason}")


@contextlib.contextmanager
def _locked(path: Path) -> Iterator[None]:
    """Let one process build at a time; the others wait and find the library."""
    import fcntl  # not on Windows

    with path.with_suffix(".lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
