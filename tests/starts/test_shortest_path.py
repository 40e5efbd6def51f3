"""The search start: what an untrained network writes, marks, finds and is guided by, its teacher speaking.

And the wiring that starts are written in. The network is told each time what a search says; what must be
learned, when to move on and when to say END, is not asked of it.
"""

from __future__ import annotations

from dataclasses import replace
from typing import NamedTuple

import numpy as np
import pytest
import torch
from networks import SEARCH, SHIPPED
from tensors import labels_of, read_answers, show
from torch import Tensor, nn

from graphdnc.datasets.generators.random_graphs import random_graph
from graphdnc.datasets.questions.shortest_path import random_shortest_path
from graphdnc.episodes.labels import END, DigitCode
from graphdnc.episodes.planning import Planning
from graphdnc.episodes.steps import ANSWER_WANTED, BLANK, PLANNING, TRANSITION
from graphdnc.model import interface_layout
from graphdnc.model.config import DNCConfig
from graphdnc.model.dnc import DNC
from graphdnc.questions import Example
from graphdnc.starts.initialise import initialise
from graphdnc.starts.shortest_path import FINDER, GUIDE, KEEPER
from graphdnc.starts.wiring import RELATION, SOURCE, TARGET, Wiring
from graphdnc.tasks.shortest_path.task import ShortestPathTask
from graphdnc.training.tensors import Batch, encode

CODE, PLAN = DigitCode(), Planning()
TASK = ShortestPathTask(CODE, PLAN)
DESCRIBED, FOUND = 90, 91
"""The columns of a row that hold its marks."""


class Step(NamedTuple):
    """What is heard and may be said at one step, and the memory before and after it."""

    heard: list[int]
    right: list[list[int]]
    planning: bool
    answering: bool
    before: Tensor  # [N, W]
    memory: Tensor  # [N, W]
    weights: Tensor  # [R, N]
    reads: Tensor  # [R, W]


def network_of(seed: int = 0, config: DNCConfig = SEARCH) -> DNC:
    torch.manual_seed(seed)
    return initialise(DNC(config)).eval()


def example(seed: int) -> Example:
    """A path of three steps in a graph without two relations between the same nodes."""
    rng = np.random.default_rng(seed)
    while True:
        graph = random_graph(rng, 9, (2, 3))
        pairs = {(triple.source, triple.target) for triple in graph}
        if len(pairs) == len(graph) and all(triple.source != triple.target for triple in graph):
            try:
                return random_shortest_path(rng, graph, 3)
            except ValueError:
                continue


def taught(seed: int, whole: bool = True) -> tuple[Batch, list[Step]]:
    """Tell an untrained network the steps of one episode, and watch.

    Where not the ``whole`` search is told, it ends where the start is found, as when a network answers.
    """
    network, batch = (
        network_of(seed),
        encode([example(seed)], np.random.default_rng(seed), TASK),
    )
    start = batch.steps[0, 0, :30]
    steps, arrived = [], False
    with torch.no_grad():
        state = network.memorise(batch.description, batch.lengths, batch.rows)
        for index, inputs in enumerate(batch.steps):
            if arrived and not whole and not batch.answering[index, 0]:
                continue
            arrived |= torch.equal(inputs[0, :30], start) and bool(inputs[0, 30:60].any())
            before = state.memory.memory[0]
            _, state = network.step(inputs, state)
            bits = inputs[0, :90].view(3, 30)
            labels = labels_of(bits, CODE)
            steps.append(
                Step(
                    heard=labels.tolist(),
                    right=batch.choices[index, 0][batch.credit[index, 0]].tolist(),
                    planning=bool(inputs[0, 90 + PLANNING]),
                    answering=bool(inputs[0, 90 + ANSWER_WANTED]),
                    before=before,
                    memory=state.memory.memory[0],
                    weights=state.memory.read_weights[0],
                    reads=state.memory.reads[0],
                )
            )
    return batch, steps


def triples_of(rows: Tensor) -> list[list[int]]:
    return read_answers(rows[..., :90], CODE).tolist()


SEEDS = pytest.mark.parametrize("seed", range(4))


@SEEDS
def test_a_description_is_written_as_it_is_shown_and_marked(seed: int) -> None:
    batch, steps = taught(seed)
    described = steps[0].before[: len(batch.description)]
    torch.testing.assert_close(described[:, :90], batch.description[:, 0, :90], rtol=0, atol=1e-4)
    torch.testing.assert_close(described[:, DESCRIBED], torch.ones(len(described)), rtol=0, atol=1e-4)
    assert (described[:, FOUND:].abs() < 1e-4).all()
    assert (steps[0].before[len(described) :] == 0).all()


@SEEDS
def test_what_is_found_is_written_to_a_row_of_its_own_and_marked_where_it_leaves(seed: int) -> None:
    batch, steps = taught(seed)
    described, found = len(batch.description), 0
    triples = triples_of(steps[0].before[:described])
    for step in steps:
        changed = ((step.memory - step.before).abs().amax(-1) > 1e-3).nonzero().flatten().tolist()
        a_goal = step.planning and step is steps[1]
        if not a_goal and (BLANK in step.heard or step.answering):
            assert not changed, "nothing else is written"
            continue
        leaving = [row for row in range(described) if triples[row][0] == step.heard[0] and not a_goal]
        assert changed == [*leaving, described + found]
        own = step.memory[described + found]
        whole = [label for label in step.heard if label != BLANK]
        assert [label for label in triples_of(own) if label != END][: len(whole)] == whole
        assert own[FOUND] > 1
        assert own[DESCRIBED].abs() < 0.5
        assert all(step.memory[row, FOUND] > 0.1 for row in leaving)
        assert triples_of(step.memory[:described]) == triples, "what was described stays what it is"
        found += 1
    assert found > 3


@SEEDS
def test_the_finder_reads_what_may_be_found_or_nothing(seed: int) -> None:
    batch, steps = taught(seed)
    described, finds = triples_of(steps[0].before[: len(batch.description)]), 0
    for step in steps[2:]:
        if not step.planning:
            continue
        found = [triple for triple in step.right if triple[0] != END and triple[2] != END]
        if found:
            finds += 1
            rows = [described.index(triple) for triple in found]
            assert step.weights[FINDER, rows].sum() > 0.99
            assert triples_of(step.reads[FINDER]) in found
        else:
            assert step.reads[FINDER, :90].abs().max() < 0.01
    assert finds > 3


@pytest.mark.parametrize(
    "triples",
    [
        [[120, 321, 555], [450, 213, 555], [780, 132, 555]],
        [[400, 5, 555], [430, 5, 555], [999, 7, 555]],
        [[99, 321, 555], [100, 213, 555], [101, 132, 555]],
        # two relations between the same nodes
        [[120, 321, 555], [120, 713, 555]],
        [[120, 321, 555], [120, 322, 555], [121, 321, 555]],
    ],
)
def test_of_several_finds_one_is_read_and_not_a_mixture(triples: list[list[int]]) -> None:
    """The same one in whatever order they were shown."""
    network, count, read = network_of(), len(triples), []
    plan = [[1, BLANK, 555], [555, BLANK, BLANK], [BLANK, BLANK, 555]]
    channels = np.zeros((count + 3, 1, 3), np.float32)
    channels[count : count + 2, 0, TRANSITION] = channels[count + 1 :, 0, PLANNING] = 1
    for described in (triples, triples[::-1], triples[1:] + triples[:1]):
        inputs = show(np.array(described + plan)[:, None], channels, CODE)
        with torch.no_grad():
            _, state = network(inputs[count:], network.memorise(inputs[:count], torch.tensor([count]), 12))
        read.append(triples_of(state.memory.reads[0, FINDER]))
    assert read[0] in triples
    assert read[1:] == read[:1] * 2


@SEEDS
def test_the_keeper_is_at_the_row_of_the_node_heard(seed: int) -> None:
    batch, steps = taught(seed)
    expansions = [step for step in steps[2:] if step.planning and step.heard[:2] == [BLANK, BLANK]]
    rows = [int(step.weights[KEEPER].argmax()) for step in expansions]
    first = len(batch.description)
    assert rows == list(range(first, first + len(rows))), "the queue is gone through in order"
    for step, row in zip(expansions, rows, strict=True):
        assert triples_of(step.memory[row])[0] == step.heard[2]
        assert step.weights[KEEPER, row] > 0.5


@SEEDS
@pytest.mark.parametrize("whole", [True, False])
def test_the_guide_reads_the_next_move_and_nothing_while_the_network_plans(seed: int, whole: bool) -> None:
    _, steps = taught(seed, whole)
    moves = [step for step in steps if step.answering]
    assert len(moves) == 3
    for step in moves:
        assert step.weights[GUIDE].max() > 0.99
        assert triples_of(step.reads[GUIDE]) in step.right
    for step in steps[1:]:
        if step.planning:
            assert step.reads[GUIDE, :90].abs().max() < 0.3
    assert all(step.reads[FINDER, :90].abs().max() < 0.01 for step in moves), "the finder is quiet then"


@SEEDS
def test_what_is_read_is_said(seed: int) -> None:
    """Of what may be found the whole triple, and every move; the rest is to be learned."""
    network = network_of(seed)
    batch = encode([example(seed)], np.random.default_rng(seed), TASK)
    with torch.no_grad():
        state = network.memorise(batch.description, batch.lengths, batch.rows)
        said = read_answers(network(batch.steps, state)[0][:, 0], CODE).tolist()
    checked = 0
    for index, triple in enumerate(said[2:], start=2):
        right = batch.choices[index, 0][batch.credit[index, 0]].tolist()
        if batch.answering[index, 0]:
            assert triple[1:] in [other[1:] for other in right]
            checked += 1
        elif right and right[0][0] != END and right[0][2] != END:
            assert triple in right
            checked += 1
    assert checked > 6


@pytest.mark.parametrize("links", ["dense", "sparse"])
@pytest.mark.parametrize("blind", [True, False])
def test_the_start_says_the_same_with_other_options(links: str, blind: bool) -> None:
    config = replace(SEARCH, links=links, blind_description=blind, link_description=True)  # type: ignore[arg-type]
    config = replace(config, read_heads=4, memory_width=99)
    batch = encode([example(7)], np.random.default_rng(7), TASK)
    answers = []
    for options in (SEARCH, config):
        network = network_of(7, options)
        with torch.no_grad():
            state = network.memorise(batch.description, batch.lengths, batch.rows)
            logits, _ = network(batch.steps, state)
        answers.append(read_answers(logits[batch.answering], CODE)[:, 1:])
    assert torch.equal(*answers)


def test_the_kernels_find_what_torch_finds() -> None:
    """In episodes of different length. Outputs are compared as labels: such strengths magnify rounding."""
    network, reference = network_of(1), network_of(1)
    reference.use_kernels = False
    batch = encode(
        [example(seed) for seed in range(5)], np.random.default_rng(0), ShortestPathTask(CODE, PLAN)
    )
    if network.fallback_reason(batch.steps) is not None:
        pytest.skip(str(network.fallback_reason(batch.steps)))
    with torch.no_grad():
        logits, expected = (
            model(batch.steps, model.memorise(batch.description, batch.lengths, batch.rows), batch.active)[0]
            for model in (network, reference)
        )
    assert torch.equal(
        read_answers(logits, CODE)[batch.answer_mask], read_answers(expected, CODE)[batch.answer_mask]
    )


def test_every_part_of_the_start_can_be_trained() -> None:
    network, batch = (
        network_of(),
        encode([example(1)], np.random.default_rng(1), TASK),
    )
    network.use_kernels = False
    logits, _ = network(batch.steps, network.memorise(batch.description, batch.lengths, batch.rows))
    assert logits.isfinite().all()
    names, parameters = zip(*network.named_parameters(), strict=True)
    for name, gradient in zip(names, torch.autograd.grad(logits.sum(), parameters), strict=True):
        assert gradient.isfinite().all(), name
        assert gradient.abs().max() > 0, name


def test_all_else_in_the_interface_is_quiet() -> None:
    """Before training, the controller changes only the read modes, and those little."""
    network = network_of()
    modes = interface_layout.slices(SEARCH)["read_modes"]
    hidden = network.interface.weight[:, : SEARCH.controller_size]
    assert (hidden[: modes.start] == 0).all()
    assert (hidden[modes.stop :] == 0).all()
    assert 0 < hidden[modes].abs().max() < 0.1


# --- the wiring -------------------------------------------------------------------------------------------


@pytest.fixture
def wired() -> tuple[nn.Linear, Wiring]:
    """A map of zeros, and the wiring of its rows and columns."""
    config = replace(SHIPPED, controller_size=4, controller_layers=2, read_heads=2, allocate_only=False)
    network = DNC(config)
    assert network.interface.in_features == 8 + 92 + 2 * 96
    nn.init.zeros_(network.interface.weight)
    nn.init.zeros_(network.interface.bias)
    return network.interface, Wiring(network)


def seen(triple: list[int], channels: tuple[int, int], reads: Tensor) -> Tensor:
    bits = torch.from_numpy(CODE.encode(np.array(triple))).flatten()
    return torch.cat([torch.randn(8), bits, torch.tensor(channels).float(), reads.flatten()])


def test_rows_are_those_of_the_interface(wired: tuple[nn.Linear, Wiring]) -> None:
    _, wiring = wired
    places = interface_layout.slices(wiring.config)
    assert wiring.rows("write_vectors", 0, 1) == places["write_vectors"]
    keys = places["read_keys"]
    assert wiring.rows("read_keys", 1, 2) == slice(keys.start + 96, keys.stop)
    assert wiring.of_head("read_keys", 1) == keys.start + 96
    assert wiring.of_head("read_modes", 1) == places["read_modes"].start + 3
    assert (wiring.bits, wiring.label, wiring.inputs, wiring.reads) == (90, 30, 8, 100)


def test_what_is_wired_is_what_comes_out(wired: tuple[nn.Linear, Wiring]) -> None:
    """Each in a row or rows of its own, from an input in which every label, channel and read is another."""
    to_interface, wiring = wired
    with torch.no_grad():
        wiring.row_sees_label(0, RELATION, 2.0)
        wiring.row_sees_channel(1, ANSWER_WANTED, 5.0)
        wiring.row_sees_channel(2, TRANSITION, -7.0)
        wiring.rows_see_label(10, TARGET, 0.5)
        wiring.copy_input("read_keys", 1, 2)
        reads = torch.randn(2, 96)
        out = to_interface(seen([407, 12, 999], (1, 1), reads))
        blank = to_interface(seen([407, BLANK, 999], (0, 0), reads))
    label = torch.from_numpy(CODE.encode(np.array([407, 12, 999])))
    assert out[:3].tolist() == [6, 5, -7], "a label that is there has three bits"
    assert blank[:3].tolist() == [0, 0, 0]
    torch.testing.assert_close(out[10:40], 0.5 * label[2])
    keys = interface_layout.slices(wiring.config)["read_keys"]
    first, second = out[keys].view(2, 96)
    torch.testing.assert_close(second, torch.cat([label.flatten(), torch.zeros(6)]))
    assert not first.any()


def test_what_is_wired_twice_adds_up(wired: tuple[nn.Linear, Wiring]) -> None:
    to_interface, wiring = wired
    with torch.no_grad():
        for _ in range(2):
            wiring.row_sees_label(0, SOURCE, 1.0)
            wiring.row_sees_channel(0, ANSWER_WANTED, 1.0)
            wiring.rows_see_label(1, SOURCE, 1.0)
        out = to_interface(seen([7, BLANK, BLANK], (0, 1), torch.zeros(2, 96)))
    assert out[0] == 2 * 3 + 2
    assert out[1:31].sum() == 6
