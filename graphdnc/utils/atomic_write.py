"""Write a file so that it is either whole or absent, whatever happens meanwhile."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path


def write_beside(path: Path, write: Callable[[Path], object]) -> None:
    """Let ``write`` make a file beside ``path``, then rename it; on any failure ``path`` stays as it was."""
    beside = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        write(beside)
        beside.chmod(0o644)  # safetensors writes files that only their owner can read
        with beside.open("rb") as written:
            os.fsync(written.fileno())  # or a crash could leave a part of it under its name
        beside.replace(path)
    finally:
        beside.unlink(missing_ok=True)
