"""Real graphs typed from public facts: for testing only, never for training."""

from __future__ import annotations

from pathlib import Path

_NAMES = ("underground", "underground_zone1", "family")


def real_graph_path(name: str) -> Path:
    """Return the CSV file of a shipped graph: ``underground``, ``underground_zone1`` or ``family``.

    The columns are source, relation and target. Raises ``ValueError`` for any other name.
    """
    if name not in _NAMES:
        raise ValueError(f"no real graph is called {name!r}; there are {', '.join(_NAMES)}")
    return Path(__file__).parent / f"{name}.csv"
