"""Memory resize: accuracy by rows of memory and triples of the graph (paper, Extended Data Fig. 2).

A network is asked about graphs of one size with memories of different sizes, also of fewer rows than the
question needs beside the description: then it must write over triples. A memory that has no row for every
triple is not measured: a description that is written blindly needs one for each.
"""

from __future__ import annotations

from graphdnc.analysis.finding import Finding, Row, interval, share
from graphdnc.datasets.generators.random_graphs import random_graph
from graphdnc.datasets.questions.traversal import random_traversal
from graphdnc.errors import UsageError
from graphdnc.evaluation import Accuracy
from graphdnc.networks.checkpoint import Checkpoint
from graphdnc.pictures.charts import Panel, chart
from graphdnc.questions import Example
from graphdnc.tasks.task import Episodes
from graphdnc.utils.rng import Purpose, stream

TRIPLES = (50, 100, 200, 400)
SPARE = (0, 2, 4, 5, 6, 8, 16, 64, 256)
"""Rows beside those of the description."""
_DEGREE, _STEPS, _BATCH = 2, 5, 25


def by_rows(checkpoint: Checkpoint, questions: int, seed: int) -> Finding:
    """Measure a network for walks for each number of triples and of rows.

    Raises:
        UsageError: the network is for another task.
    """
    if checkpoint.task.name != "traversal":
        trained = checkpoint.task.name
        raise UsageError(
            f"{checkpoint.name} is for {trained}; resize measures walks: name a network for them"
        )
    rows: list[Row] = []
    lines, intervals = {}, {}
    for triples in TRIPLES:
        examples = _examples(triples, questions, seed)
        points, ends = [], []
        for spare in SPARE:
            found = _measure(checkpoint, examples, spare, seed)
            total = triples + spare
            points.append((float(total), found.share))
            ends.append(found.interval)
            cells = f"{triples:,}", f"{total:,}", f"{found.episodes:,}", share(found.share)
            rows.append((*cells, interval(found.interval)))
        name = f"{triples} triples"
        lines[name], intervals[name] = points, ends
    panel = Panel(
        f"{checkpoint.name}: walks of {_STEPS} steps",
        lines,
        (0, 1),
        x_label="rows of memory",
        intervals=intervals,
    )
    columns = ("triples", "rows", "episodes", "whole answers right", "95% interval")
    return Finding(columns, rows, lambda format: chart([panel], format))


def _examples(triples: int, count: int, seed: int) -> list[Example]:
    """Return walks in random graphs of exactly so many triples."""
    rng = stream(Purpose.EVALUATION, seed, triples)
    graphs = (random_graph(rng, triples // _DEGREE, (_DEGREE, _DEGREE)) for _ in range(count))
    return [random_traversal(rng, graph, _STEPS) for graph in graphs]


def _measure(checkpoint: Checkpoint, examples: list[Example], spare: int, seed: int) -> Accuracy:
    task, rng = checkpoint.task, stream(Purpose.EVALUATION, seed, spare)
    right = 0
    for start in range(0, len(examples), _BATCH):
        part = examples[start : start + _BATCH]
        graphs, questions = [one.graph for one in part], [one.question for one in part]
        described = task.encode_graphs(graphs, rng)
        rows = len(described.inputs) + spare
        state = checkpoint.network.memorise(described.inputs, described.lengths, rows)
        votes = task.ask(checkpoint.network, state, Episodes(graphs, questions, described.labels))
        right += sum(task.is_right(example, [vote]) for example, vote in zip(part, votes, strict=True))
    return Accuracy(right, len(examples))
