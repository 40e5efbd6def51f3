"""Compile the kernels into shared libraries, one for the forward pass and one for the backward pass.

The libraries are compiled for this very processor and kept in a cache folder: ``GRAPHDNC_CACHE``, by default
``~/.cache/graphdnc``. The sources have a plain C interface, so they need a C++ compiler but no headers of
torch. ``build.py`` runs this module in a process of its own without installed packages.

A library is loaded only if nobody else can have written it, and only with its checksum: a damaged one would
end the process with a signal.
"""

from __future__ import annotations

import contextlib
import ctypes
import functools
import hashlib
import os
import platform
import shlex
import shutil
import signal
import stat
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Literal

from graphdnc.utils.checksum import seal, sealed_with
from graphdnc.utils.locks import lock

Part = Literal["forward", "backward"]
"""A library: the forward pass or the backward pass."""
SOURCES = tuple(sorted(path for path in Path(__file__).parent.iterdir() if path.suffix in (".cpp", ".h")))
COMMON = ("-std=c++17", "-O3", "-fPIC", "-shared", "-fno-math-errno", "-fno-trapping-math", "-w")
CHOICES = (
    ("-march=native", "-fopenmp"),
    ("-march=native",),
    ("-fopenmp",),
    (),
)
"""Further flags; the first choice that the compiler supports is used."""
TIME_LIMIT = 300
"""Seconds that one run of the compiler may take."""
RETRY_AFTER = 24 * 60 * 60
"""Seconds after which a compiler that failed is tried again."""
_TEMPORARY = ("No space left", "Killed", "out of memory", "Disk quota")
"""Messages of a compiler that may succeed another time."""


class BuildError(Exception):
    """The kernels cannot be built or loaded; the message says why."""


class _LastingError(BuildError):
    """The kernels cannot be built with this compiler, now or later."""


def build(part: Part) -> None:
    """Build a library unless it is there. Several processes may call this; one of them builds.

    Raises:
        BuildError: there is no compiler, it fails, there is no room, or its output cannot be loaded.
    """
    path = library_path(part)
    path.parent.mkdir(0o700, parents=True, exist_ok=True)
    with path.with_suffix(".lock").open("w") as waiting:
        # where there are no locks several may build; each puts a whole library in its place
        alone = lock(waiting.fileno(), wait=True) == "here"
        if is_sound(path) and _loads(path):
            return
        for left in path.parent.glob(f"{path.stem}-*") if alone else ():  # by a process that was killed
            shutil.rmtree(left, ignore_errors=True)
        name = compiler_for(path)
        try:
            _compile(name, part, path)
        except _LastingError as error:
            _failure_note(path).write_text(f"{_identity(name)}\n{error}\n", encoding="utf-8")
            raise


def is_sound(path: Path) -> bool:
    """Return whether a library is there, of this user or of root alone, and as the compiler made it.

    Raises:
        BuildError: others may write in its folder.
    """
    _refuse_folder_of_others(path.parent)
    try:
        with open(path, "rb", opener=lambda name, flags: os.open(name, flags | os.O_NOFOLLOW)) as file:
            return _is_private(os.fstat(file.fileno())) and sealed_with(file) is not None
    except (OSError, ValueError):
        return False


def _refuse_folder_of_others(folder: Path) -> None:
    if not folder.exists():
        return
    for inside in (folder, *folder.resolve().parents):
        mode = inside.stat().st_mode
        open_to_all = mode & (stat.S_IWOTH | stat.S_ISVTX) == stat.S_IWOTH
        if open_to_all if inside != folder else not _is_private(inside.stat()):
            raise BuildError(
                f"the kernels are not loaded from {folder}: others may write in {inside}; "
                "name a folder of your own in GRAPHDNC_CACHE, or type "
                f"chmod go-w {shlex.quote(str(inside))} if it is yours"
            )


def _is_private(found: os.stat_result) -> bool:
    """Return whether only this user or root may change a file or folder."""
    return found.st_uid in (os.getuid(), 0) and not found.st_mode & (stat.S_IWGRP | stat.S_IWOTH)


def _loads(path: Path) -> bool:
    try:
        ctypes.CDLL(str(path))
    except OSError:
        return False
    return True


def compiler_for(path: Path) -> str:
    """Return the compiler, unless it failed to build this library less than a day ago.

    Raises:
        BuildError: there is no compiler, or it failed.
    """
    name, note = compiler(), _failure_note(path)
    if note.exists() and 0 <= time.time() - note.stat().st_mtime < RETRY_AFTER:
        by, _, why = note.read_text(encoding="utf-8", errors="replace").partition("\n")
        if by == _identity(name):
            raise BuildError(f"{why.strip()} (tried again in a day, or without {note})")
    return name


def _identity(name: str) -> str:
    """Return a text that changes when the compiler is replaced."""
    found = os.stat(name)
    return f"{name!a} {found.st_size} {found.st_mtime_ns}"


def library_path(part: Part) -> Path:
    """Return where a library is, or will be."""
    return cache_folder() / f"{part}-{_fingerprint()}.so"


def cache_folder() -> Path:
    """Return the folder in which the libraries are kept."""
    named = os.environ.get("GRAPHDNC_CACHE")
    if named:
        return Path(named)
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "graphdnc"


def _failure_note(path: Path) -> Path:
    """Return the file that says which compiler failed to build a library and why; its date says when."""
    return path.with_suffix(".failed")


def compiler() -> str:
    """Return the path of the compiler.

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
    """Return a hash of sources, flags and processor: if one of them changes, so does the library's name."""
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
    source = Path(__file__).parent / f"{part}.cpp"
    with tempfile.TemporaryDirectory(prefix=f"{path.stem}-", dir=path.parent) as folder:
        target = Path(folder) / path.name
        for choice in CHOICES:
            why = _run([name, *COMMON, *choice, str(source), "-o", str(target)], folder)
            if why is None and not _loads(target):
                why = f"{name} makes what cannot be loaded"
            if why is None:
                target.chmod(0o755)
                with target.open("rb+") as library:
                    seal(library)
                    library.flush()
                    os.fsync(library.fileno())  # or a crash could leave a part of it under its name
                target.replace(path)  # atomic: other processes see the whole library or none
                return
    raise _LastingError(why)


def _run(command: list[str], folder: str) -> str | None:
    """Run a compiler with its temporary files in ``folder``; return why it failed, or ``None``.

    Raises:
        BuildError: it was killed or ran out of room, so it may succeed another time.
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
        start_new_session=True,  # so that it can be killed together with its own processes
    )
    try:
        messages = process.communicate(timeout=TIME_LIMIT)[1]
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.communicate()
        return f"{name} took more than {TIME_LIMIT} s"
    if process.returncode == 0:
        return None
    lines = [line for line in messages.splitlines() if line.strip() and not line.startswith("collect2:")]
    reason = next((line for line in lines if "error" in line), lines[-1] if lines else "no message")
    why = f"{name} failed: {reason}"
    if process.returncode < 0 or any(sign in messages for sign in _TEMPORARY):
        raise BuildError(why)
    return why


if __name__ == "__main__":
    try:
        build(sys.argv[1])  # type: ignore[arg-type]
    except (BuildError, OSError, RuntimeError) as failure:
        expected = isinstance(failure, BuildError)
        print(failure if expected else f"the kernels cannot be built or loaded ({failure})")
        sys.exit(1)
