"""Write a file so that it is either complete or absent."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path


def write_atomically(path: Path, write: Callable[[Path], object]) -> None:
    """Let ``write`` make a file next to ``path``, then rename it; if it fails, ``path`` stays as it was."""
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        write(part)
        part.chmod(0o644)  # safetensors writes files that only their owner can read
        with part.open("rb") as written:
            os.fsync(written.fileno())  # otherwise a crash could leave part of the file under its name
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)
