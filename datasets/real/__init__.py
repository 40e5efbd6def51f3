"""Real graphs, typed from public facts. They are for testing only, never for training."""

from __future__ import annotations

from pathlib import Path

_NAMES = ("underground", "underground_zone1", "family")


def real_graph_path(name: str) -> Path:
    """Return the path of a shipped CSV file with the columns source, relation and target.

    Args:
        name: ``underground``, ``underground_zone1`` or ``family``.

    Raises:
        ValueError: there is no such graph.
    """
    if name not in _NAMES:
        raise ValueError(f"no real graph is named {name!r}; choose one of {', '.join(_NAMES)}")
    return Path(__file__).parent / f"{name}.csv"
