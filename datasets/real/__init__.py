"""Real graphs, typed from public facts. They are for testing only, never for training."""

from __future__ import annotations

from pathlib import Path

NAMES = ("underground", "underground_zone1", "family")
"""What the shipped graphs are called, also on the command line."""


def real_graph_path(name: str) -> Path:
    """Return the path of a shipped CSV file; its columns are source, relation and target.

    Raises ``ValueError`` unless the name is ``underground``, ``underground_zone1`` or ``family``.
    """
    if name not in NAMES:
        raise ValueError(f"no real graph is named {name!r}; choose one of {', '.join(NAMES)}")
    return Path(__file__).parent / f"{name}.csv"
