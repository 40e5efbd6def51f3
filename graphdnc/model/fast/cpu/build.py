"""The kernels as a shared library: compiled for this very processor on first use, kept for the next.

The library has a plain C interface, so it needs a C++ compiler but not torch's headers, and is built in
seconds. ``GRAPHDNC_CACHE`` names the folder it is kept in; the default is ``~/.cache/graphdnc``.
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
import time
from collections.abc import Iterator
from pathlib import Path

SOURCES = tuple(
    Path(__file__).parent / name
    for name in (
        *("kernels.cpp", "addressing.h", "backward.h", "content.h", "episode.h", "forward.h", "interface.h"),
        *("lanes.h", "links.h", "memory.h", "products.h"),
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
_SUPPORTED = sys.byteorder == "little" and sys.platform != "win32"
_aside: list[subprocess.Popen[bytes]] = []
"""Processes that build: not to be asked after, nor waited for."""


class BuildError(Exception):
    """The kernels cannot be built or loaded here; the message says why."""


@functools.cache
def library() -> ctypes.CDLL:
    """Return the kernels, built if they are not there yet.

    Raises:
        BuildError: there is no compiler, it fails, or the folder cannot be written.
    """
    try:
        path = _library_path()
        if not path.exists():
            path.parent.mkdir(parents=True, exist_ok=True)
            with _locked(path.with_suffix(".lock")):
                if not path.exists():
                    _compile(path)
        return ctypes.CDLL(str(path))
    except (OSError, RuntimeError) as error:  # RuntimeError: there is no home
        raise BuildError(f"the kernels cannot be built or loaded ({error})") from error


@functools.cache
def build_failure() -> str | None:
    """Return why the kernels cannot be used here, or ``None``; the answer of the first call is kept."""
    if not _SUPPORTED:
        return f"there are no kernels for {sys.platform}"
    try:
        library()
    except BuildError as error:
        return str(error)
    return None


def cache_folder() -> Path:
    """Return the folder in which the library is kept."""
    named = os.environ.get("GRAPHDNC_CACHE")
    if named:
        return Path(named)
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "graphdnc"


def is_built() -> bool:
    """Whether the kernels are there already: then nobody has to wait for a compiler."""
    return _library_path().exists()


def build_aside() -> None:
    """Begin to build in a process of its own, for the next time; it goes on when this process has ended.

    Whoever waits for an answer gets one without the kernels meanwhile. A day passes before it is tried again.
    """
    if not _SUPPORTED:
        return
    try:
        _compiler()
        tried = _library_path().with_suffix(".lock")
        if tried.exists() and time.time() - tried.stat().st_mtime < DAY:
            return
        tried.parent.mkdir(parents=True, exist_ok=True)
        tried.touch()
        _aside.append(
            subprocess.Popen(
                [sys.executable, "-m", __name__],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                start_new_session=True,  # a Ctrl-C is not meant for it
            )
        )
    except (BuildError, OSError, RuntimeError):
        return  # whoever needs them is told why they are not there


def _library_path() -> Path:
    return cache_folder() / f"kernels-{_fingerprint()}.so"


def _compiler() -> str:
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


def _compile(path: Path) -> None:
    compiler = _compiler()
    with tempfile.TemporaryDirectory(dir=path.parent) as folder:
        target = Path(folder) / path.name
        for choice in CHOICES:
            command = [compiler, *COMMON, *choice, str(SOURCES[0]), "-o", str(target)]
            try:
                run = subprocess.run(command, capture_output=True, text=True, timeout=TIME_LIMIT, check=False)
            except subprocess.TimeoutExpired as error:
                raise BuildError(f"{compiler} took more than {TIME_LIMIT} s") from error
            if run.returncode == 0:
                target.replace(path)  # at once: another process sees the whole library or none
                return
    reason = next((line for line in run.stderr.splitlines() if "error" in line), "no message")
    raise BuildError(f"{compiler} failed: {reason}")


@contextlib.contextmanager
def _locked(path: Path) -> Iterator[None]:
    """Let one process build at a time; the others wait and find the library."""
    import fcntl  # not on Windows

    with path.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


if __name__ == "__main__":
    os.nice(19)  # after everybody else
    library()
