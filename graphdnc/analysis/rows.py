"""Which triple a row of memory holds, decoded by a linear classifier.

The classifier sees the numbers of a row, and nothing else. It is fitted by least squares to rows of some
graphs, and tested on the rows of graphs that are drawn after them, under labels of their own (Graves et al.
2016, Methods, decode the contents of the memory likewise).
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from graphdnc.analysis.finding import Finding, Row, fresh_examples, interval, share
from graphdnc.evaluation import Accuracy
from graphdnc.networks.checkpoint import Checkpoint
from graphdnc.pictures.charts import Panel, chart
from graphdnc.utils.arrays import Floats
from graphdnc.utils.rng import Purpose, stream

PENALTY = 1e-3
"""The penalty on the squares of the weights of the classifier."""
_SIZES = (100, 200, 400, 800, 1_600, 3_200, 6_400, 12_800)
"""Numbers of rows that the classifier is fitted to."""


class Written(NamedTuple):
    """Rows of memory ``[K, W]`` after a description, and the triples of labels ``[K, 3]`` described there."""

    rows: Floats
    triples: NDArray[np.int64]


def decode_rows(checkpoint: Checkpoint, graphs: int, seed: int) -> Finding:
    """Fit the classifier to half of the graphs, and measure it on the other half."""
    found = [
        written(checkpoint, example.graph, seed, number)
        for number, example in enumerate(fresh_examples(checkpoint, graphs, seed))
    ]
    half = len(found) // 2
    fitted, tested = together(found[:half]), together(found[half:])
    sizes = [size for size in _SIZES if size < len(fitted.rows)] + [len(fitted.rows)]
    table: list[Row] = []
    points = []
    for size in sizes:
        classifier = fit(Written(fitted.rows[:size], fitted.triples[:size]), checkpoint)
        right = classifier(tested.rows) == tested.triples
        whole = Accuracy(int(right.all(1).sum()), len(right))
        points.append((float(size), whole.share))
        parts = tuple(share(float(column)) for column in right.mean(0))
        table.append((f"{size:,}", f"{len(right):,}", *parts, share(whole.share), interval(whole.interval)))
    columns = (
        "rows fitted to",
        "rows tested",
        "source",
        "relation",
        "target",
        "whole triple",
        "95% interval",
    )
    panel = Panel(
        f"{checkpoint.name}: triples decoded from their rows",
        {"whole triple": points},
        (0, 1),
        x_label="rows that the classifier was fitted to",
        levels=[(0.99, "99%")],
    )
    return Finding(columns, table, lambda format: chart([panel], format))


def written(checkpoint: Checkpoint, graph: object, seed: int, number: int) -> Written:
    """Let a network memorise a graph; return the rows that each hold one of its triples."""
    rng = stream(Purpose.EVALUATION, seed, number)
    described = checkpoint.task.encode_graphs([graph], rng)  # type: ignore[list-item]
    count = int(described.lengths[0])
    state = checkpoint.network.memorise(described.inputs, described.lengths, count)
    return Written(np.array(state.memory[0, :count]), described.rows[0])


def together(parts: list[Written]) -> Written:
    """Return the rows of several graphs as one."""
    return Written(*(np.concatenate(column) for column in zip(*parts, strict=True)))


class Classifier:
    """Reads triples of labels from rows of memory: for each digit the largest of ten linear maps."""

    def __init__(self, weights: NDArray[np.floating[Any]], checkpoint: Checkpoint) -> None:
        self._weights, self._code = weights, checkpoint.task.code

    def __call__(self, rows: Floats) -> NDArray[np.int64]:
        """Return the triples ``[K, 3]`` of rows ``[K, W]``."""
        scores = _with_one(rows) @ self._weights
        return self._code.decode(scores.reshape(len(rows), 3, self._code.width).astype(np.float32))


def fit(known: Written, checkpoint: Checkpoint) -> Classifier:
    """Return the classifier that fits rows with their triples."""
    rows = _with_one(known.rows)
    wanted = checkpoint.task.code.encode(known.triples).reshape(len(rows), -1)
    squares = rows.T @ rows + PENALTY * np.eye(rows.shape[1])
    return Classifier(np.linalg.solve(squares, rows.T @ wanted), checkpoint)


def _with_one(rows: Floats) -> NDArray[np.float64]:
    return np.concatenate([rows, np.ones((len(rows), 1))], axis=1).astype(np.float64)
