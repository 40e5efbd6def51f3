"""A graph in the memory of a network: described once, then asked any number of questions.

The state after the description is kept. Every question starts from a copy of it, so questions do not affect
each other. No gradients are recorded.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any, TypeVar

import numpy as np

from graphdnc.answering.budget import Budget
from graphdnc.answering.decoding import Decoder
from graphdnc.episodes.encoding import Rows
from graphdnc.episodes.labels import Labels
from graphdnc.graph import Graph
from graphdnc.model.config import DNCConfig
from graphdnc.model.runtime.protocol import Network, State
from graphdnc.networks.checkpoint import Checkpoint
from graphdnc.questions import Asked
from graphdnc.tasks.votes import Vote
from graphdnc.utils.cpus import cores
from graphdnc.utils.parallel import parallel_map

Values = TypeVar("Values", bound=Sequence[Any])
BUDGET = Budget()
"""The memory that the graphs memorised in this process may take."""

MOST_DENSE = 2**21
"""The maximum size of the dense links of all memories together, in numbers. A larger graph gets sparse links,
which answer equally well (``benchmarks/results.md``) with less time and memory."""
MOST_DENSE_STEPPED = 2**25
"""The same for networks that link only the rows written after the description. Sparse links take 3 times as
long there (16 votes, 500 nodes)."""
AT_ONCE = 2**22
"""The maximum size of the memories of questions that run at once, in numbers: about what fits in a cache."""


def room(config: DNCConfig, rows: int, described: int = 0) -> int:
    """Return the size of one memory, in numbers, if a graph is described in ``described`` of its rows."""
    linked = rows if config.link_description else rows - described
    a_row = {"dense": linked, "sparse": 3 * config.links_kept, "off": 0}[config.links]
    return rows * config.memory_width + linked * config.write_heads * a_row


@dataclass(frozen=True)
class GraphMemory:
    """A graph memorised once for every vote, each time under new labels and in a new order."""

    graph: Graph
    decoder: Decoder
    labels: tuple[Labels, ...]
    state: State
    rows: int
    described: int
    """The number of rows that the description takes, in the memory that is shown most."""
    shown: int
    """The number of different triples shown, in all memories together."""
    first: Rows
    """``[triples, 3]``, what was described to the first memory, in labels and in order."""

    @property
    def size(self) -> int:
        """The size of all its memories, in bytes."""
        return 4 * room(self.decoder.network.config, self.rows, self.described) * len(self.labels)

    @classmethod
    def of(
        cls, checkpoint: Checkpoint, graph: Graph, votes: int, spare: int, rng: np.random.Generator
    ) -> GraphMemory:
        """Let a network memorise a graph ``votes`` times, with ``spare`` rows for questions.

        Rows are counted of what each memory is shown, which may be far less than the graph.

        Raises:
            CapacityError: there is no room for so many memories.
        """
        task = checkpoint.task
        shown = task.shown_graphs(graph, votes, rng)
        most = max(task.described_rows(one) for one in dict.fromkeys(shown))
        rows = most + spare
        network = fitting(checkpoint, rows, votes, most)
        described = task.encode_graphs(shown, rng)
        state = network.memorise(described.inputs, described.lengths, rows)
        together, first = task.shown_triples(graph, votes), described.rows[0]
        return cls(graph, Decoder(network, task), described.labels, state, rows, most, together, first)

    def vote(self, questions: Sequence[Asked]) -> list[list[Vote]]:
        """Return every vote on every question; as many questions run at once as fit.

        If a step takes one thread, questions run in parallel on all cores. If there are fewer questions than
        cores, votes do too, unless the task is not planned: its answers take less time than starting threads.
        Parallel questions are faster than parallel steps, which are small and wait for the slowest thread.
        """
        if not questions:
            return []
        workers = cores() if self.decoder.network.threads == 1 else 1
        one = room(self.decoder.network.config, self.rows, self.described)
        fit = max(1, AT_ONCE // (one * len(self.labels)))
        groups = portions(questions, min(fit, -(-len(questions) // workers)))
        voters = [range(len(self.labels))]
        if self.decoder.task.planned:
            voters = portions(voters[0], -(-len(self.labels) * len(groups) // workers))
        work = [(group, some) for group in groups for some in voters]
        found = iter(parallel_map(self._vote, work) if workers > 1 else list(map(self._vote, work)))
        tries = []
        for _ in groups:
            of_voters = [next(found) for _ in voters]
            tries += [list(chain.from_iterable(said)) for said in zip(*of_voters, strict=True)]
        return tries

    def _vote(self, work: tuple[Sequence[Asked], range]) -> list[list[Vote]]:
        """Return some of the votes on some questions."""
        questions, voters = work
        state = self.state.part(voters.start, voters.stop)
        if len(questions) > 1:
            state = state.repeated(len(questions))
        asked = [question for question in questions for _ in voters]
        labels = self.labels[voters.start : voters.stop] * len(questions)
        tries = self.decoder.answer(state, [self.graph] * len(asked), asked, labels)
        return portions(tries, len(voters))


def portions(values: Values, size: int) -> list[Values]:
    """Return a sequence cut into parts of ``size`` values; the last may have fewer."""
    return [values[start : start + size] for start in range(0, len(values), size)]  # type: ignore[misc]


def fitting(checkpoint: Checkpoint, rows: int, votes: int, described: int = 0) -> Network:
    """Return the network for ``votes`` memories of ``rows`` rows, with sparse links if dense ones do not fit.

    A graph will be described in ``described`` of the rows.

    Raises:
        CapacityError: there is no room even with sparse links.
    """
    network = checkpoint.network
    linked = rows if network.config.link_description else rows - described
    dense = MOST_DENSE if network.config.link_description else MOST_DENSE_STEPPED
    if network.config.links == "dense" and linked * linked * network.config.write_heads * votes > dense:
        network = checkpoint.with_links("sparse").network
    BUDGET.refuse(room(network.config, rows, described), rows, votes)
    return network
