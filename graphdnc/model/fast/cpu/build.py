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
SUPPORTED = sys.byteorder == "little" and sys.platform != "win32"


class BuildError(Exception):
    """The kernels cannot be built or loaded here; the message says why."""


@functools.cache
def library() -> ctypes.CDLL:
    """Return the kernels, built if they are not there yet, or are damaged.

    Raises:
        BuildError: there is no compiler, it fails, or the folder cannot be written.
    """
    try:
        path = library_path()
        if path.exists():
            try:
                return ctypes.CDLL(str(path))
            except OSError:  # damaged
                path.unlink()
        _build(path)
        return ctypes.CDLL(str(path))
    except (OSError, RuntimeError) as error:  # RuntimeError: there is no home
        raise BuildError(f"the kernels cannot be built or loaded ({error})") from error


def _build(path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with locked(path):
        if path.exists():
            return  # by another process
        try:
            _compile(path)
        except BuildError:
            failed(path).touch()
            raise


@functools.cache
def build_failure() -> str | None:
    """Return why the kernels cannot be used here, or ``None``; the answer of the first call is kept."""
    if not SUPPORTED:
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
    try:
        return library_path().exists()
    except (OSError, RuntimeError):  # there is no home, or nobody may look into it
        return False


def library_path() -> Path:
    """Return where the kernels are, or will be."""
    return cache_folder() / f"kernels-{_fingerprint()}.so"


def failed(path: Path) -> Path:
    """Return the file that says, by its date, when compiling a library failed last."""
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


def _compile(path: Path) -> None:
    name = compiler()
    for left in path.parent.glob(f"{path.stem}-*"):  # by whoever was killed: nobody else is building
        shutil.rmtree(left, ignore_errors=True)
    with tempfile.TemporaryDirectory(prefix=f"{path.stem}-", dir=path.parent) as folder:
        target = Path(folder) / path.name
        for choice in CHOICES:
            command = [name, *COMMON, *choice, str(SOURCES[0]), "-o", str(target)]
            try:
                run = subprocess.run(command, capture_output=True, text=True, timeout=TIME_LIMIT, check=False)
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
def locked(path: Path, waiting: bool = True) -> Iterator[None]:
    """Let one process build at a time; the others wait and find the library.

    Raises:
        BlockingIOError: another is building, and this one should not be ``waiting``.
    """
    import fcntl  # not on Windows

    with path.with_suffix(".lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX | (0 if waiting else fcntl.LOCK_NB))
        yield
