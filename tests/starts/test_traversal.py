"""The start for traversals: what a network does with it before any training."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import torch
from kernel_networks import mixed
from networks import SHIPPED as OF_ANY_ROWS
from tensors import read_answers

from graphdnc.episodes.labels import DigitCode
from graphdnc.graph import Graph
from graphdnc.model.dnc import DNC
from graphdnc.questions import Example, Traversal
from graphdnc.starts.initialise import initialise
from graphdnc.tasks.traversal import TraversalTask
from graphdnc.training.tensors import Batch, encode

ROWS = 24
SHIPPED = replace(OF_ANY_ROWS, memory_rows=ROWS)


@pytest.fixture(autouse=True)
def _one_seed() -> None:
    torch.manual_seed(471)


# a -r-> b -s-> c -t-> d -r-> a, and two edges that lead astray
GRAPH = Graph.from_triples(
    [("a", "r", "b"), ("b", "s", "c"), ("c", "t", "d"), ("d", "r", "a"), ("b", "t", "a"), ("a", "s", "d")]
)
WALK = ((0, 0, 1), (1, 1, 2), (2, 2, 3))  # from a by r, s and t


def asked(seed: int) -> Batch:
    triples = {tuple(triple): triple for triple in GRAPH}
    path = tuple(triples[step] for step in WALK)
    example = Example(GRAPH, Traversal(0, (0, 1, 2)), path)
    return encode([example], np.random.default_rng(seed), TraversalTask(DigitCode()))


@pytest.mark.parametrize("seed", range(3))
def test_an_untrained_aligned_network_replays_the_query(seed: int) -> None:
    """The replaying head holds the first query row through the query, then moves along the links."""
    torch.manual_seed(seed)
    network, batch = initialise(DNC(SHIPPED)), asked(seed)
    with torch.no_grad():
        state, held = network.memorise(batch.description, batch.lengths), []
        for step_inputs in batch.steps:
            _, state = network.step(step_inputs, state)
            held.append(state.memory.read_weights[0, 1])
    first = len(GRAPH)
    assert [int(weights.argmax()) for weights in held[:5]] == [first, first, first, first + 1, first + 2]
    assert min(float(weights.max()) for weights in held[:5]) > 0.5
    # nothing was written after the last part of the query: no link leads on from it
    assert held[6].sum() < 0.4


@pytest.mark.parametrize("seed", range(3))
def test_an_untrained_aligned_network_walks(seed: int) -> None:
    """It does not know when to stop, but each step that it reports is right."""
    torch.manual_seed(seed)
    network, batch = initialise(DNC(SHIPPED)), asked(seed)
    for rows in (ROWS, 200):
        with torch.no_grad():
            logits, _ = network(batch.steps, network.memorise(batch.description, batch.lengths, rows))
        answer = read_answers(logits, DigitCode())[batch.answer_mask]
        assert torch.equal(answer[:3], batch.choices[..., 0, :][batch.answer_mask][:3])


@pytest.mark.parametrize("blind", [True, False])
def test_an_aligned_network_writes_its_input(blind: bool) -> None:
    network, batch = initialise(DNC(replace(SHIPPED, blind_description=blind))), asked(1)
    with torch.no_grad():
        state = network.memorise(batch.description, batch.lengths)
    gate = torch.sigmoid(torch.tensor(5.0))
    rows = state.memory.memory[0, : len(GRAPH), :90]
    torch.testing.assert_close(rows, gate * batch.description[:, 0, :90], rtol=0, atol=0.1)
    assert torch.equal(state.memory.memory[0, len(GRAPH) :], torch.zeros(ROWS - len(GRAPH), 96))


@pytest.mark.parametrize("heads", [1, 2, 3])
@pytest.mark.parametrize("links", ["dense", "off"])
def test_the_aligned_start_with_any_heads(heads: int, links: str) -> None:
    network = initialise(DNC(replace(SHIPPED, read_heads=heads, links=links)))  # type: ignore[arg-type]
    batch = asked(2)
    logits, state = network(batch.steps, network.memorise(batch.description, batch.lengths))
    assert logits.isfinite().all()
    assert state.memory.read_weights.shape == (1, heads, ROWS)
    last = state.memory.write_weights
    assert last.sum() < 0.02, "the write gate is closed while an answer is wanted"
    if heads == 1:  # it holds the first row of the query
        assert state.memory.read_weights[0, 0].argmax() == len(GRAPH)


def test_the_aligned_start_writes_with_the_first_head_alone() -> None:
    network, batch = initialise(DNC(replace(SHIPPED, write_heads=2))), asked(3)
    with torch.no_grad():
        state = network.memorise(batch.description, batch.lengths)
        _, state = network.step(batch.steps[0], state)
    first, second = state.memory.write_weights[0]
    assert first.max() > 0.9
    assert second.sum() < 0.02


def test_the_aligned_start_is_a_start_only() -> None:
    """Training changes every weight that it sets."""
    network, batch = initialise(DNC(replace(SHIPPED, layer_norm=True, blind_description=False))), asked(4)
    logits, _ = network(batch.steps, network.memorise(batch.description, batch.lengths))
    parameters = dict(network.named_parameters())
    gradients = torch.autograd.grad(mixed(logits), list(parameters.values()))
    for name, gradient in zip(parameters, gradients, strict=True):
        assert gradient.abs().max() > 0, name
