"""Sparse against dense temporal links: accuracy and time by the number of links kept for each row.

The same questions are asked, about the same memories under the same labels, of one network with dense links
and with only the K strongest links of each row.
"""

from __future__ import annotations

import dataclasses
import time

from graphdnc.analysis.finding import Finding, Row, fresh_examples, interval, share
from graphdnc.answering.decoding import Decoder
from graphdnc.errors import UsageError
from graphdnc.evaluation import Accuracy
from graphdnc.model.config import DNCConfig
from graphdnc.networks.checkpoint import Checkpoint, in_torch
from graphdnc.pictures.charts import Panel, chart
from graphdnc.questions import Example
from graphdnc.tasks.votes import Vote
from graphdnc.utils.rng import Purpose, stream

KEPT = (1, 2, 4, 8, 16)
_BATCH = 25


def sparse_and_dense(checkpoint: Checkpoint, questions: int, seed: int) -> Finding:
    """Measure a network with dense and with sparse links, in torch.

    Raises:
        UsageError: the network has no dense links.
    """
    own = checkpoint.network.config
    if own.links != "dense":
        raise UsageError(f"{checkpoint.name} has {own.links} links; name a network with dense ones")
    examples = list(fresh_examples(checkpoint, questions, seed))
    settings = {"dense": own}
    settings |= {str(kept): dataclasses.replace(own, links="sparse", links_kept=kept) for kept in KEPT}
    rows: list[Row] = []
    points: list[tuple[float, float]] = []
    ends: list[tuple[float, float]] = []
    first: list[Vote] = []
    for name, config in settings.items():
        found, votes, seconds = _measure(checkpoint, config, examples, seed)
        first = first or votes
        same = sum(vote.path == dense.path for vote, dense in zip(votes, first, strict=True)) / len(votes)
        cells = (
            share(found.share),
            interval(found.interval),
            share(same),
            f"{seconds / len(votes) * 1000:.0f}",
        )
        rows.append((name, f"{found.episodes:,}", *cells))
        if name == "dense":
            level = found.share, f"dense links: {found.share:.1%}"
        else:
            points.append((float(name), found.share))
            ends.append(found.interval)
    panel = Panel(
        f"{checkpoint.name}: sparse links",
        {"K links a row": points},
        (min(0.9, *(low for low, _ in ends)), 1),
        x_label="links kept of each row (K)",
        levels=[level],
        intervals={"K links a row": ends},
    )
    columns = ("links", "episodes", "right", "95% interval", "same answer as dense", "ms a question")
    return Finding(columns, rows, lambda format: chart([panel], format))


def _measure(
    checkpoint: Checkpoint, config: DNCConfig, examples: list[Example], seed: int
) -> tuple[Accuracy, list[Vote], float]:
    """Return accuracy, votes and processor seconds with some links."""
    decoder = Decoder(in_torch(config, checkpoint.network.weights), checkpoint.task)
    started, votes = time.process_time(), []
    for start in range(0, len(examples), _BATCH):
        votes += decoder.vote(examples[start : start + _BATCH], stream(Purpose.EVALUATION, seed, start))
    seconds = time.process_time() - started
    right = sum(
        checkpoint.task.is_right(*pair) for pair in zip(examples, ([one] for one in votes), strict=True)
    )
    return Accuracy(right, len(examples)), votes, seconds
