"""Label codes: how a node or relation is shown to the network.

A graph's numbers mean nothing to the network. Each time an episode is loaded every node and relation is
given a fresh random label, so that nothing can be learned by heart. The paper's code is the decimal digits
of a number below 1,000, each digit one-hot (Graves et al. 2016, Methods, "Graph task descriptions").
"""

from __future__ import annotations

from typing import NamedTuple, Protocol

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional as F

from graphdnc.errors import CapacityError
from graphdnc.graph import Graph

END = 0
"""The label no node is given: a triple of three of these ends an answer."""
MOST_DIGITS = 6
"""A table of all labels is kept: a million at most."""


class LabelCode(Protocol):
    """What the rest of the project needs to know of a label code.

    Attributes:
        width: numbers in one encoded label.
        capacity: how many different labels there are, ``END`` included.
        known_relations: a relation's label is its number, in every episode; else it is drawn.
    """

    width: int
    capacity: int
    known_relations: bool

    def __hash__(self) -> int: ...

    def encode(self, labels: NDArray[np.int64]) -> NDArray[np.float32]:
        """Turn labels ``[...]`` into bits ``[..., width]``; the blank label -1 is all zeros."""

    def loss(self, logits: Tensor, labels: Tensor) -> Tensor:
        """Return the cross-entropy ``[...]``, in nats, of logits ``[..., width]`` for ``[...]`` labels."""

    def decode(self, logits: Tensor) -> Tensor:
        """Return the most probable labels ``[...]`` for logits ``[..., width]``."""


class DigitCode:
    """The decimal digits of a label, one 10-way one-hot a digit: the paper's code has 3 digits, 30 bits."""

    def __init__(self, digits: int = 3, known_relations: bool = False) -> None:
        if not 1 <= digits <= MOST_DIGITS:
            raise ValueError(f"labels of {digits} digits; they have 1 to {MOST_DIGITS}")
        self.digits, self.known_relations = digits, known_relations
        self.width = 10 * digits
        self.capacity = 10**digits
        places = np.arange(self.capacity)[:, None] // 10 ** np.arange(digits - 1, -1, -1) % 10
        self._places = places.astype(np.int64)
        one_hot = np.eye(10, dtype=np.float32)[places].reshape(self.capacity, self.width)
        self._table = np.concatenate([one_hot, np.zeros((1, self.width), np.float32)])

    def encode(self, labels: NDArray[np.int64]) -> NDArray[np.float32]:
        """Turn labels ``[...]`` into bits ``[..., width]``; the blank label -1 is all zeros."""
        return self._table[labels]

    def loss(self, logits: Tensor, labels: Tensor) -> Tensor:
        """Return the summed cross-entropy ``[...]`` of the digits, in nats."""
        digits = torch.as_tensor(self._places, device=labels.device)[labels]
        flat = F.cross_entropy(logits.reshape(-1, 10), digits.reshape(-1), reduction="none")
        return flat.reshape(digits.shape).sum(-1)

    def decode(self, logits: Tensor) -> Tensor:
        """Return the labels ``[...]`` made of the most probable digit in each place."""
        digits = logits.unflatten(-1, (self.digits, 10)).argmax(-1)
        scale = 10 ** torch.arange(self.digits - 1, -1, -1, device=logits.device)
        labels: Tensor = (digits * scale).sum(-1)
        return labels


class Labels(NamedTuple):
    """One episode's labels: ``nodes[node]`` and ``relations[relation]``, int64."""

    nodes: NDArray[np.int64]
    relations: NDArray[np.int64]


def draw_labels(rng: np.random.Generator, graph: Graph, code: LabelCode) -> Labels:
    """Give every node and every relation of a graph a label of its own, at random where it is not known.

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
