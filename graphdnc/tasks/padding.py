"""Meaningless rows for descriptions of fewer triples than networks were trained on."""

from __future__ import annotations

import numpy as np
from numpy.random import Generator

from graphdnc.episodes.encoding import Rows
from graphdnc.episodes.labels import DigitCode, Labels

FEWEST_ROWS = 4
"""The fewest rows in a description. With one or two rows in memory a network makes mistakes, because it was
never trained on so few."""


def pad_rows(rows: Rows, labels: Labels, rng: Generator, code: DigitCode) -> Rows:
    """Return at least :data:`FEWEST_ROWS` rows in random order; the labels of added rows name nothing."""
    missing = FEWEST_ROWS - len(rows)
    if missing <= 0:
        return rows
    nodes = rng.permutation(np.setdiff1d(np.arange(1, code.capacity), labels.nodes))[: 2 * missing]
    relations = rng.permutation(np.setdiff1d(np.arange(code.capacity), labels.relations))[:missing]
    count = min(len(nodes) // 2, len(relations))
    more = np.stack([nodes[:count], relations[:count], nodes[count : 2 * count]], axis=1)
    return rng.permutation(np.concatenate([rows, more]))
