"""Load the kernels, and build them on first use in a process of its own.

Forward and backward pass are two libraries, so that an answer need not wait for the second. ``compiler.py``
says where they are kept and how they are compiled.
"""

from __future__ import annotations

import contextlib
import ctypes
import functools
import os
import subprocess
import sys
from pathlib import Path

from graphdnc.model.kernels.cpu import compiler
from graphdnc.model.kernels.cpu.compiler import BuildError, Part, compiler_for, is_sound, library_path

PATIENCE = 60
"""Seconds to wait for the compiler. It continues after that, for the next time."""
_BUILD = f"""
import runpy, sys
sys.path.append({str(Path(compiler.__file__).parents[4])!r})
runpy.run_module({compiler.__name__!r}, run_name="__main__")
"""
"""The program that builds a library; its argument is the part."""
SUPPORTED = sys.byteorder == "little" and sys.platform != "win32"


@functools.cache
def library(part: Part) -> ctypes.CDLL:
    """Return a library; build it first if it is missing or damaged.

    Raises:
        BuildError: there is no compiler, it fails or takes too long, the folder cannot be written, or others
            may write in it.
    """
    try:
        path = library_path(part)
        if is_sound(path):
            with contextlib.suppress(OSError):  # damaged: build it again
                return ctypes.CDLL(str(path))
        _wait_for(part, path)
        return ctypes.CDLL(str(path))
    except (OSError, RuntimeError) as error:  # RuntimeError: there is no home folder
        raise BuildError(f"the kernels cannot be built or loaded ({error})") from error


@functools.cache
def build_failure(part: Part) -> str | None:
    """Return why a library cannot be used here, or ``None``. The first answer is kept."""
    if not SUPPORTED:
        return f"there are no kernels for {sys.platform}"
    try:
        library(part)
    except BuildError as error:
        return str(error)
    return None


def is_to_be_built(part: Part) -> bool:
    """Return whether using a library means waiting for a compiler."""
    try:
        path = library_path(part)
        if not SUPPORTED or is_sound(path):
            return False
        compiler_for(path)
        existing = next(folder for folder in path.parents if folder.exists())
        return existing.is_dir() and os.access(existing, os.W_OK)
    except (BuildError, OSError, RuntimeError):
        return False


def begin_to_build(part: Part) -> None:
    """Start the compiler in the background if it is needed, so that there is less to wait for later."""
    if is_to_be_built(part):
        with contextlib.suppress(BuildError, OSError):  # reported when the kernels are used
            _builder(part, library_path(part))


_builders: dict[Part, subprocess.Popen[str]] = {}
"""The process that builds each library."""


def _builder(part: Part, path: Path) -> subprocess.Popen[str]:
    """Return the process that builds a library; it continues if this process ends or is interrupted."""
    if part not in _builders:
        compiler_for(path)
        if not sys.executable:
            raise BuildError("the kernels cannot be built: Python does not say where it is")
        _builders[part] = subprocess.Popen(
            [sys.executable, "-I", "-S", "-c", _BUILD, part],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            encoding="utf-8",
            errors="replace",
            start_new_session=True,  # Ctrl-C does not reach it
        )
    return _builders[part]


def _wait_for(part: Part, path: Path) -> None:
    builder = _builder(part, path)
    try:
        code = builder.wait(PATIENCE)
    except subprocess.TimeoutExpired as error:
        wait = f"the compiler takes more than {PATIENCE} s"
        raise BuildError(f"{wait}; it goes on, and the kernels may be there next time") from error
    del _builders[part]
    assert builder.stdout is not None
    with builder.stdout as output:
        if code:
            raise BuildError(output.read().strip() or f"what builds the kernels ended with {code}")
