"""Label codes: every label comes back, and labels are drawn without repetition."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from walk_episodes import CODE, TASK, rng

from graphdnc.episodes.labels import END, DigitCode, draw_labels
from graphdnc.episodes.steps import BLANK
from graphdnc.errors import CapacityError
from graphdnc.graph import Graph, Triple
from graphdnc.questions import Example, Traversal
from graphdnc.tasks.traversal import TraversalTask
from graphdnc.training.tensors import encode


@pytest.mark.parametrize("digits", [1, 2, 3])
def test_every_label_comes_back(digits: int) -> None:
    code = DigitCode(digits)
    labels = np.arange(code.capacity).reshape(2, -1)
    bits = code.encode(labels)
    assert bits.shape == (*labels.shape, 10 * digits)
    assert (bits.reshape(*labels.shape, digits, 10).sum(-1) == 1).all()
    assert np.array_equal(code.decode(bits), labels)


def test_a_label_by_hand() -> None:
    bits = CODE.encode(np.array(407))
    assert np.flatnonzero(bits).tolist() == [4, 10, 27]


def test_the_blank_label_is_all_zeros() -> None:
    bits = CODE.encode(np.array([BLANK, 999, BLANK]))
    assert (bits[[0, 2]] == 0).all()
    assert np.flatnonzero(bits[1]).tolist() == [9, 19, 29]


def test_the_probability_of_a_label_is_that_of_its_digits_together() -> None:
    logits = rng().normal(size=(2, 4, 30)).astype(np.float32)
    found = CODE.log_probabilities(logits, np.array([[407, 0, 999, 12], [1, 10, 100, 555]]))
    assert found.shape == (2, 4)
    probabilities = torch.from_numpy(logits[0, 0]).view(3, 10).softmax(-1)
    expected = probabilities[0, 4].log() + probabilities[1, 0].log() + probabilities[2, 7].log()
    assert float(found[0, 0]) == pytest.approx(float(expected), rel=1e-5)
    nothing = CODE.log_probabilities(np.zeros((1, 30), np.float32), np.array([5]))
    assert nothing.tolist() == pytest.approx([-3 * np.log(10)])
    large = np.zeros(30, np.float32)
    large[[4, 10, 27]] = 1e4
    assert float(CODE.log_probabilities(large, np.array(407))) == 0, "nothing overflows"
    whole = np.exp(CODE.log_probabilities(logits[0, 0], np.arange(1000))).sum()
    assert float(whole) == pytest.approx(1, rel=1e-4)


@settings(max_examples=30, deadline=None, derandomize=True)
@given(st.integers(0, 2**32 - 1), st.integers(1, 999), st.integers(1, 1000))
def test_labels_are_unique_and_no_node_is_the_end(seed: int, nodes: int, relations: int) -> None:
    graph = Graph(np.empty((0, 3), np.int32), nodes, relations)
    labels = draw_labels(rng(seed), graph, CODE)
    assert labels.nodes.shape == (nodes,)
    assert labels.relations.shape == (relations,)
    assert len(set(labels.nodes.tolist())) == nodes
    assert len(set(labels.relations.tolist())) == relations
    assert labels.nodes.min() > END
    assert labels.nodes.max() <= 999
    assert labels.relations.min() >= 0
    assert labels.relations.max() <= 999


def test_all_labels_are_drawn() -> None:
    graph = Graph(np.empty((0, 3), np.int32), 999, 1000)
    labels = draw_labels(rng(), graph, CODE)
    assert sorted(labels.nodes) == list(range(1, 1000))
    assert sorted(labels.relations) == list(range(1000))
    small = Graph(np.empty((0, 3), np.int32), 1, 1)
    generator = rng()
    drawn = np.array([draw_labels(generator, small, CODE).nodes[0] for _ in range(3000)])
    assert len(set(drawn.tolist())) > 900, "labels are drawn from the whole range"
    assert abs(drawn.mean() - 500) < 25


@pytest.mark.parametrize(("nodes", "relations"), [(1000, 1), (5, 1001), (2000, 2000)])
def test_more_names_than_labels_are_refused(nodes: int, relations: int) -> None:
    triples = np.array([[0, 0, 1]], np.int32)
    example = Example(Graph(triples, nodes, relations), Traversal(0, (0,)), (Triple(0, 0, 1),))
    with pytest.raises(
        CapacityError, match=f"{nodes:,} nodes and {relations:,} relations.*at most 999 nodes and 1,000"
    ):
        encode([example], rng(), TASK)
    encode([example], rng(), TraversalTask(DigitCode(4)))
