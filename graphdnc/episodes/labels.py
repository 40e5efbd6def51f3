"""Label codes: how nodes and relations are shown to the network.

Each time an episode is loaded, every node and relation gets a new random label, so a network cannot learn a
graph by heart. The paper's code is the decimal digits of a number below 1,000, each digit one-hot (Graves et
al. 2016, Methods, "Graph task descriptions").
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from graphdnc.errors import CapacityError
from graphdnc.graph import Graph

END = 0
"""No node gets this label. A triple of three such labels ends an answer."""
MOST_DIGITS = 6
"""The most digits of a label. A table of all labels is kept in memory."""


class DigitCode:
    """The decimal digits of a label, each one-hot in 10 bits; the paper's code has 3 digits.

    Attributes:
        width: the numbers in one encoded label.
        capacity: how many different labels there are, ``END`` included.
        known_relations: if true, the label of a relation is its number in every episode; otherwise it is
            drawn.
        places: ``[capacity, digits]`` int64, the digits of every label.
    """

    def __init__(self, digits: int = 3, known_relations: bool = False) -> None:
        if not 1 <= digits <= MOST_DIGITS:
            raise ValueError(f"labels must have 1 to {MOST_DIGITS} digits, got {digits}")
        self.digits, self.known_relations = digits, known_relations
        self.width = 10 * digits
        self.capacity = 10**digits
        places = np.arange(self.capacity)[:, None] // 10 ** np.arange(digits - 1, -1, -1) % 10
        self.places = places.astype(np.int64)
        one_hot = np.eye(10, dtype=np.float32)[places].reshape(self.capacity, self.width)
        self._table = np.concatenate([one_hot, np.zeros((1, self.width), np.float32)])

    def encode(self, labels: NDArray[np.int64]) -> NDArray[np.float32]:
        """Return labels ``[...]`` as bits ``[..., width]``; the blank label -1 is all zeros."""
        return self._table[labels]

    def decode(self, logits: NDArray[np.float32]) -> NDArray[np.int64]:
        """Return the labels ``[...]`` made of the most probable digits."""
        digits = logits.reshape(*logits.shape[:-1], self.digits, 10).argmax(-1)
        labels: NDArray[np.int64] = digits @ 10 ** np.arange(self.digits - 1, -1, -1)
        return labels

    def log_probabilities(
        self, logits: NDArray[np.float32], labels: NDArray[np.int64]
    ) -> NDArray[np.float32]:
        """Return log-probabilities ``[...]``, in nats, of labels ``[...]`` given logits ``[..., width]``."""
        digits = logits.reshape(*logits.shape[:-1], self.digits, 10)
        total = log_of_sum(digits)
        places = self.places[labels]
        chosen = np.take_along_axis(np.broadcast_to(digits, (*places.shape, 10)), places[..., None], -1)
        with np.errstate(invalid="ignore"):  # infinite numbers
            summed: NDArray[np.float32] = (chosen - total).squeeze(-1).sum(-1)
        return summed


def log_of_sum(values: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return log(sum(exp(values))) over the last axis, which is kept with size 1."""
    with np.errstate(invalid="ignore"):
        highest = values.max(-1, keepdims=True)
        total: NDArray[np.float32] = np.log(np.exp(values - highest).sum(-1, keepdims=True)) + highest
    return total


class Labels(NamedTuple):
    """The labels of one episode: ``nodes[node]`` and ``relations[relation]``, int64."""

    nodes: NDArray[np.int64]
    relations: NDArray[np.int64]


def draw_labels(rng: np.random.Generator, graph: Graph, code: DigitCode) -> Labels:
    """Give every node and every relation of a graph its own label, at random unless relations are known.

    Raises:
        CapacityError: the graph has more nodes or relations than the code has labels.
    """
    if graph.nodes > code.capacity - 1 or graph.relations > code.capacity:
        raise CapacityError(
            f"the graph has {graph.nodes:,} nodes and {graph.relations:,} relations, but this network's "
            f"labels tell at most {code.capacity - 1:,} nodes and {code.capacity:,} relations apart; "
            "ask about a part of it"
        )
    nodes = rng.permutation(code.capacity - 1)[: graph.nodes] + 1
    if code.known_relations:
        return Labels(nodes, np.arange(graph.relations))
    relations = rng.permutation(code.capacity)[: graph.relations]
    return Labels(nodes, relations)
