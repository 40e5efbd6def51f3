"""Write a file, or the files of a folder, so that they are either complete or absent, and never mixed.

What is being written has a name of its own beside the final one, ``.NAME.NUMBER.part``, and is locked. A
killed process leaves it behind without the lock, so the next one can tell that it is to be removed.
"""

from __future__ import annotations

import ctypes
import glob
import os
import shutil
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path

from graphdnc.utils.locks import lock

_EXCHANGE = 2
"""``RENAME_EXCHANGE`` of Linux: two names change places in one moment."""
_HERE = -100
"""``AT_FDCWD``: paths are relative to the current folder."""


def write_atomically(path: Path, write: Callable[[Path], object]) -> None:
    """Let ``write`` write into an empty file beside ``path``, then rename it.

    If that fails, ``path`` stays as it was. ``write`` must not put another file in place of the empty one.
    """
    with part_of(path) as part:
        write(part)
        synchronise(part)  # otherwise a crash of the system could leave part of the file under its name
        part.replace(path)
        synchronise(path.parent)


def write_folder(folder: Path, files: Mapping[str, bytes]) -> None:
    """Write the files of a folder, all of them or none; other files in it stay.

    Raises:
        OSError: they cannot be written; the folder is as it was.
    """
    folder = folder.resolve()
    folder.parent.mkdir(parents=True, exist_ok=True)
    finish_folder(folder)
    with part_of(folder, folder=True) as part:
        if folder.is_dir():
            shutil.copytree(folder, part, dirs_exist_ok=True, symlinks=True, ignore=_left_out(files))
        for name, content in files.items():
            (part / name).write_bytes(content)
            synchronise(part / name)
        synchronise(part)
        _put_in_place(part, folder)
        synchronise(folder.parent)


def _left_out(files: Mapping[str, bytes]) -> Callable[[str, list[str]], list[str]]:
    return lambda folder, names: [name for name in names if name in files or name.endswith(".part")]


def finish_folder(folder: Path) -> None:
    """Finish what a killed process began on a file system that cannot exchange two folders."""
    new = _whole(folder)
    if new.is_dir():
        if folder.exists():
            shutil.rmtree(new)
        else:
            new.rename(folder)


def _whole(folder: Path) -> Path:
    """Return the name of a folder that is complete and has yet to be renamed."""
    return folder.with_name(f".{folder.name}.whole")


def _put_in_place(part: Path, folder: Path) -> None:
    if not folder.exists():
        part.rename(folder)
    elif not _exchange(part, folder):  # a moment without the folder; `finish_folder` repairs it
        new, old = _whole(folder), part.with_suffix(".old.part")
        part.rename(new)
        try:
            folder.rename(old)
        except OSError:
            shutil.rmtree(new)
            raise
        new.rename(folder)
        shutil.rmtree(old)


def _exchange(one: Path, other: Path) -> bool:
    """Let two names change places; return whether the system can do that."""
    rename = getattr(ctypes.CDLL(None), "renameat2", None) if os.name == "posix" else None
    paths = os.fsencode(one), os.fsencode(other)
    return rename is not None and rename(_HERE, paths[0], _HERE, paths[1], _EXCHANGE) == 0


@contextmanager
def part_of(path: Path, folder: bool = False) -> Iterator[Path]:
    """Make an empty file or folder beside ``path``, locked; it is removed in the end if it is still there.

    What killed processes left beside ``path`` is removed first.
    """
    remove_leftovers(path.parent, path.name)
    part, descriptor = _begun(path, folder)
    try:
        yield part
    finally:
        os.close(descriptor)
        _remove(part)


def _begun(path: Path, folder: bool) -> tuple[Path, int]:
    """Return a new file or folder for ``path`` and its descriptor, locked."""
    while True:
        part = path.with_name(f".{path.name}.{os.getpid()}-{os.urandom(3).hex()}.part")
        if folder:
            part.mkdir()
        flags = os.O_RDONLY if folder else os.O_RDWR | os.O_CREAT | os.O_EXCL
        descriptor = os.open(part, flags, 0o666)
        lock(descriptor, wait=True)
        with suppress(FileNotFoundError):  # another process cleaned up between its beginning and its lock
            if os.path.samestat(os.fstat(descriptor), part.stat()):
                return part, descriptor
        os.close(descriptor)


def remove_leftovers(folder: Path, name: str | None = None) -> None:
    """Remove what killed processes left unfinished in a folder: of one name, or all."""
    for left in folder.glob(f".{'*' if name is None else glob.escape(name)}.*.part"):
        with suppress(OSError):
            descriptor = os.open(left, os.O_RDONLY | os.O_NOFOLLOW)
            try:
                if lock(descriptor) == "here":
                    _remove(left)
            finally:
                os.close(descriptor)


def _remove(path: Path) -> None:
    if path.is_dir():
        shutil.rmtree(path, ignore_errors=True)
    else:
        path.unlink(missing_ok=True)


def synchronise(path: Path) -> None:
    """Wait until a file or folder is on the disk."""
    with suppress(PermissionError):  # a folder that can be written and not read
        descriptor = os.open(path, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
