"""The folder of a training run. It belongs to one process, as long as that lives."""

from __future__ import annotations

import os
import platform
import shlex
import time
import weakref
from pathlib import Path
from typing import TextIO

from graphdnc.errors import CheckpointError
from graphdnc.utils.atomic_write import finish_folder, remove_leftovers
from graphdnc.utils.locks import lock

SETTINGS = "settings.toml"
"""The settings of the run, from which it can be begun again or continued."""
NETWORKS = ("best", "last")


class RunFolder:
    """A folder that this process has for itself once it claims it.

    Attributes:
        path: the folder.
        locked: whether it is locked; false before it is claimed, and on a file system without locks.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.locked = False
        self._file: TextIO | None = None

    def claim(self) -> None:
        """Make the folder, lock it, and remove what killed processes left in it.

        Raises:
            CheckpointError: another process has it, or it cannot be written.
        """
        if self._file is not None:
            return
        try:
            self.path.mkdir(parents=True, exist_ok=True)
            file = (self.path / "lock").open("a+", encoding="utf-8")
            held = lock(file.fileno())
            if held == "elsewhere":
                with file:
                    file.seek(0)
                    raise CheckpointError(_taken(self.path, file.readline(200).strip()))
            file.truncate(0)
            file.write(f"process {os.getpid()} on {platform.node()}, since {time.strftime('%F %T')}\n")
            file.flush()
            self._file, self.locked = file, held == "here"
            weakref.finalize(self, file.close)
            for name in NETWORKS:
                finish_folder(self.path / name)
            for folder in (self.path, *(self.path / name for name in NETWORKS)):
                remove_leftovers(folder)
        except OSError as error:
            raise unwritable(self.path, error) from error

    def release(self) -> None:
        """Let other processes claim the folder."""
        if self._file is not None:
            self._file.close()
        self._file, self.locked = None, False


def _taken(folder: Path, by: str) -> str:
    other = shlex.quote(f"{folder}-2")
    return (
        f"{folder}: a training runs there ({by or 'which'}); wait for its end, or write elsewhere: -o {other}"
    )


def unwritable(folder: Path, error: OSError) -> CheckpointError:
    """Return the error of a folder in which a run cannot begin, or go on."""
    return CheckpointError(
        f"{folder}: the run's folder cannot be written ({error.strerror or error}); make it writable or make "
        "room there, or begin a run elsewhere: -o FOLDER"
    )


def again(folder: Path) -> str:
    """Return what to type to begin the run of a folder again, in another one."""
    if not (folder / SETTINGS).exists():
        return f"begin again in another folder: -o {shlex.quote(f'{folder}-2')}"
    settings, other = (shlex.quote(str(path)) for path in (folder / SETTINGS, f"{folder}-2"))
    return f"begin again in another folder: graphdnc train {settings} -o {other}"
