"""Two walks on small graphs, and their episodes read back. ::

0 -0-> 1 -1-> 2 -0-> 3 -1-> 0, and 0 -1-> 2
"""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor

from graphdnc.episodes.labels import DigitCode, Labels
from graphdnc.episodes.steps import BLANK
from graphdnc.graph import Graph, Triple
from graphdnc.questions import Example, Traversal
from graphdnc.tasks.traversal import TraversalTask
from graphdnc.training.tensors import Batch

CODE = DigitCode()
TASK = TraversalTask(CODE)
GRAPH = Graph(np.array([[0, 0, 1], [1, 1, 2], [2, 0, 3], [3, 1, 0], [0, 1, 2]], np.int32), 4, 2)
LONG = Example(GRAPH, Traversal(0, (0, 1, 0)), (Triple(0, 0, 1), Triple(1, 1, 2), Triple(2, 0, 3)))
SHORT = Example(
    Graph(np.array([[0, 0, 1], [1, 0, 0]], np.int32), 2, 1), Traversal(1, (0,)), (Triple(1, 0, 0),)
)
LABELS = Labels(np.array([500, 7, 90, 999]), np.array([0, 123]))


def rng(seed: int = 0) -> np.random.Generator:
    return np.random.default_rng(seed)


def shown(inputs: Tensor) -> tuple[list[list[int]], list[list[int]]]:
    """Read steps ``[S, input]`` back: the labels seen, -1 for a blank, and the two channels."""
    bits = inputs[:, : 3 * CODE.width].unflatten(-1, (3, 3, 10))
    ones = bits.sum(-1)
    assert ((ones == 1).all(-1) | (ones == 0).all(-1)).all(), "one digit a place, or a blank"
    assert set(bits.unique().tolist()) <= {0.0, 1.0}
    digits = bits.argmax(-1)
    labels = digits[..., 0] * 100 + digits[..., 1] * 10 + digits[..., 2]
    blank = (ones == 0).all(-1)
    return torch.where(blank, BLANK, labels).tolist(), inputs[:, 3 * CODE.width :].int().tolist()


def targets(batch: Batch) -> Tensor:
    """Return the one right triple ``[S, B, 3]`` of each step of a traversal."""
    assert batch.choices.shape[2] == 1
    assert not batch.among.any()
    return batch.choices[..., 0, :]


def perfect_logits(batch: Batch) -> Tensor:
    """Return the logits of a network that is sure and right."""
    bits = CODE.encode(targets(batch).numpy())
    return torch.from_numpy(bits).flatten(2) * 20
