"""Graphs in a network's memory: described once, asked any number of questions.

The state after the description is kept; every question starts from a copy of it, so none can disturb
another. Nothing here keeps books for gradients.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor

from graphdnc.episodes.encoding import decode, encode_graphs, encode_questions, read_answers
from graphdnc.episodes.labels import LabelCode, Labels
from graphdnc.errors import CapacityError
from graphdnc.graph import Graph
from graphdnc.model.config import DNCConfig
from graphdnc.model.dnc import DNC, DNCState
from graphdnc.questions import Path, Traversal
from graphdnc.training.checkpoint import Checkpoint

MOST_KEPT = 2**28
"""Numbers in the memory of all votes together: one GiB."""
MOST_DENSE = 2**21
"""Numbers in dense links of all votes together. A graph with more is memorised with sparse ones, which answer
as well (``benchmarks/results.md``), in less time and room."""
AT_ONCE = 2**21
"""Numbers in the memories of questions run at once. More together than fit in a cache are no faster."""


class Vote(NamedTuple):
    """One try: the path decoded, ``None`` where it is none, and the probability the network gave it."""

    path: Path | None
    probability: float


def room(config: DNCConfig, rows: int, described: int = 0) -> int:
    """Return how many numbers one memory takes, a graph described to so many of its rows."""
    linked = rows if config.link_description else rows - described
    a_row = {"dense": linked, "sparse": 3 * config.links_kept, "off": 0}[config.links]
    return rows * config.memory_width + linked * config.write_heads * a_row


@dataclass(frozen=True)
class Memorised:
    """A graph in a network's memory, once for every vote, each under labels and in an order of its own."""

    network: DNC
    code: LabelCode
    labels: tuple[Labels, ...]
    state: DNCState
    rows: int
    described: int

    @classmethod
    def graph(
        cls, checkpoint: Checkpoint, graph: Graph, votes: int, steps: int, rng: np.random.Generator
    ) -> Memorised:
        """Let a network memorise a graph ``votes`` times, with ``steps`` rows to spare for questions.

        Raises:
            CapacityError: that is more than there is room for.
        """
        rows = len(graph) + steps
        network = fitting(checkpoint, rows, votes, len(graph))
        described = encode_graphs([graph] * votes, rng, checkpoint.code)
        with torch.inference_mode():
            state = network.memorise(described.inputs, described.lengths, rows)
        return cls(network, checkpoint.code, described.labels, state, rows, len(graph))

    def ask(self, questions: Sequence[Traversal]) -> list[list[Vote]]:
        """Return what every vote says to every question; questions are run together as far as they fit."""
        one = room(self.network.config, self.rows, self.described)
        together = max(1, AT_ONCE // (one * len(self.labels)))
        found: list[list[Vote]] = []
        for start in range(0, len(questions), together):
            found += self._ask(questions[start : start + together])
        return found

    @torch.inference_mode()
    def _ask(self, questions: Sequence[Traversal]) -> list[list[Vote]]:
        votes, labels = len(self.labels), self.labels * len(questions)
        asked = encode_questions([q for q in questions for _ in range(votes)], labels, self.code)
        state = self.state if len(questions) == 1 else self.state.repeated(len(questions))
        logits, _ = self.network(asked.steps, state, asked.active)
        tries = read_votes(logits, asked.wanted, labels, self.code)
        return [tries[start : start + votes] for start in range(0, len(tries), votes)]


def fitting(checkpoint: Checkpoint, rows: int, votes: int, described: int = 0) -> DNC:
    """Return the network for ``votes`` memories of ``rows`` rows: with sparse links where dense are too many.

    A graph will be described to ``described`` of the rows.

    Raises:
        CapacityError: even so there is no room.
    """
    network = checkpoint.network
    linked = rows if network.config.link_description else rows - described
    if network.config.links == "dense" and linked * linked * network.config.write_heads * votes > MOST_DENSE:
        network = checkpoint.with_links("sparse").network
    one = room(network.config, rows, described)
    if one * votes > MOST_KEPT:
        most = MOST_KEPT // (votes * one // rows)
        raise CapacityError(
            f"{rows:,} rows of memory, {votes} votes, need more memory than there is; "
            f"give a graph of fewer than {most:,} triples, or fewer votes"
        )
    return network


def read_votes(logits: Tensor, wanted: Tensor, labels: Sequence[Labels], code: LabelCode) -> list[Vote]:
    """Return what B episodes answered, from logits ``[S, B, output]`` and where answers were ``wanted``."""
    answers = read_answers(logits, code)
    losses = code.loss(logits.reshape(*answers.shape, code.width), answers).sum(-1)
    probabilities = (-(losses * wanted).sum(0)).exp().tolist()
    votes = []
    for index, own in enumerate(labels):
        answer = answers[wanted[:, index], index].cpu().numpy()
        # An answer that ends at once names no path either: a question has at least one step.
        votes.append(Vote(decode(answer, own) or None, probabilities[index]))
    return votes
