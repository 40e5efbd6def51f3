"""The kernels compiled beside an answer that does without them, for the answers that follow."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time

from graphdnc.model.fast.cpu.build import (
    SUPPORTED,
    BuildError,
    compiler,
    failed,
    is_built,
    library,
    library_path,
    locked,
)

DAY = 24 * 60 * 60
"""Seconds after which it is tried again where the compiler failed."""


def build_aside() -> subprocess.Popen[bytes] | None:
    """Begin to build in a process of its own, which goes on when this one has ended, and return it.

    ``None`` where there is nothing to do: there is no compiler, it failed of late, or another builds already.
    """
    if not SUPPORTED or not sys.executable or is_built():
        return None
    try:
        compiler()
        path = library_path()
        path.parent.mkdir(parents=True, exist_ok=True)
        if failed(path).exists() and time.time() - failed(path).stat().st_mtime < DAY:
            return None
        with locked(path, waiting=False):
            pass
        process = subprocess.Popen(
            [sys.executable, "-P", "-m", __name__],  # P: not the modules of the folder somebody is in
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,  # a Ctrl-C is not meant for it
        )
    except (BuildError, OSError, RuntimeError):
        return None  # whoever needs the kernels is told why they are not there
    threading.Thread(target=process.wait, daemon=True).start()  # else it would stay as a zombie
    return process


if __name__ == "__main__":
    os.nice(19)  # after everybody else
    library()
