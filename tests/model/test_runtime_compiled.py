"""A frozen network against its twin in torch."""

from __future__ import annotations

import copy
import subprocess
import sys
from dataclasses import replace

import numpy as np
import pytest
import torch
from networks import INFERENCE, SEARCH
from numpy.typing import NDArray
from twins import CONFIGS

from graphdnc.datasets.real import real_graph_path
from graphdnc.errors import CapacityError
from graphdnc.model.config import DNCConfig
from graphdnc.model.dnc import DNC
from graphdnc.model.kernels.cpu.build import build_failure
from graphdnc.model.runtime.compiled import CompiledNetwork
from graphdnc.model.runtime.eager import EagerNetwork
from graphdnc.model.runtime.protocol import Network
from graphdnc.utils import cpus as processor
from graphdnc.utils.arrays import Floats

pytestmark = pytest.mark.skipif(
    build_failure("forward") is not None, reason="the kernels cannot be built here"
)

KNOWN = {name: config for name, config in CONFIGS.items() if CompiledNetwork.unsupported(config) is None}
KNOWN |= {"search start": SEARCH, "inference start": INFERENCE}
LENGTHS = np.array([11, 0, 7])
ROWS = 17


def twins(config: DNCConfig, threads: int = 1) -> tuple[CompiledNetwork, EagerNetwork]:
    """Return a network of random weights, frozen and not.

    Both take steps by the kernels, which have a twin of their own: allocation hangs on which of two rows is
    used less, and may turn over with the rounding of a number.
    """
    torch.manual_seed(0)
    dnc = DNC(config).eval()
    with torch.no_grad():
        for parameter in dnc.parameters():
            parameter.add_(0.2 * torch.randn_like(parameter))
    live = EagerNetwork(dnc)
    return CompiledNetwork(config, live.weights, threads), live


def episodes(config: DNCConfig, steps: int = 6) -> tuple[Floats, Floats, NDArray[np.bool_]]:
    """Return a description, further steps, and which of those are active."""
    rng, size = np.random.default_rng(1), config.input_size
    described = rng.normal(size=(LENGTHS.max(), len(LENGTHS), size)).astype(np.float32)
    asked = rng.normal(size=(steps, len(LENGTHS), size)).astype(np.float32)
    return described, asked, rng.random((steps, len(LENGTHS))) < 0.8


def close(found: Floats, expected: Floats) -> None:
    np.testing.assert_allclose(found, expected, rtol=1e-4, atol=1e-5)


def test_most_configurations_are_known() -> None:
    assert {"faithful", "unlinked", "search", "no links, as for kinship"} <= set(KNOWN)
    assert "description" in str(CompiledNetwork.unsupported(replace(DNCConfig(), blind_description=True)))
    assert "sparse" in str(CompiledNetwork.unsupported(replace(DNCConfig(), links="sparse")))


@pytest.mark.parametrize("threads", [1, 2])
@pytest.mark.parametrize("name", KNOWN)
def test_it_memorises_and_answers_as_its_twin(name: str, threads: int) -> None:
    frozen, live = twins(KNOWN[name], threads)
    described, asked, active = episodes(KNOWN[name])
    held, expected = (network.memorise(described, LENGTHS, ROWS) for network in (frozen, live))
    close(held.memory, expected.memory)
    close(held.read_weights, expected.read_weights)
    found = frozen.run(asked, held, active)
    close(found, live.run(asked, expected, active))
    assert not found[~active].any()
    assert np.array_equal(frozen.run(asked, held, active), found), "what is kept does not change"


def stepped(network: Network, described: Floats, asked: Floats, active: NDArray[np.bool_]) -> list[Floats]:
    """Take steps one at a time; return logits, memories and read weights after each."""
    stepper, parts = network.stepper(network.memorise(described, LENGTHS, ROWS)), []
    for inputs, taking in zip(asked, active, strict=True):
        logits = stepper.step(inputs, taking)
        parts += [logits, stepper.state.memory, stepper.state.read_weights]
    return parts


@pytest.mark.parametrize("name", KNOWN)
def test_it_steps_as_its_twin(name: str) -> None:
    frozen, live = twins(KNOWN[name])
    given = episodes(KNOWN[name])
    for found, expected in zip(stepped(frozen, *given), stepped(live, *given), strict=True):
        close(found, expected)


@pytest.mark.parametrize("name", ["faithful", "unlinked"])
def test_a_state_can_be_taken_up_repeated_and_cut(name: str) -> None:
    frozen, _ = twins(KNOWN[name])
    described, asked, _ = episodes(KNOWN[name])
    everyone = np.ones(asked.shape[:2], bool)
    state = frozen.memorise(described, LENGTHS, ROWS)
    expected = frozen.run(asked, state, everyone)
    stepper = frozen.stepper(state)
    stepper.step(asked[0], everyone[0])
    close(frozen.run(asked[1:], stepper.state, everyone[1:]), expected[1:])
    twice = frozen.run(np.tile(asked, (1, 2, 1)), state.repeated(2), np.tile(everyone, (1, 2)))
    close(twice, np.tile(expected, (1, 2, 1)))
    alone = frozen.run(np.ascontiguousarray(asked[:, :1]), state.part(0, 1), everyone[:, :1])
    close(alone, expected[:, :1])


def test_long_descriptions_are_heard_segment_by_segment() -> None:
    frozen, live = twins(KNOWN["unlinked"])
    rng, lengths = np.random.default_rng(2), np.array([150, 64, 65, 1])
    described = rng.normal(size=(150, 4, frozen.config.input_size)).astype(np.float32)
    asked = rng.normal(size=(3, 4, frozen.config.input_size)).astype(np.float32)
    everyone = np.ones((3, 4), bool)
    found, expected = (
        network.run(asked, network.memorise(described, lengths, 160), everyone) for network in (frozen, live)
    )
    close(found, expected)


def test_what_does_not_fit_is_refused() -> None:
    frozen, live = twins(KNOWN["unlinked"])
    described, _, _ = episodes(frozen.config)
    for network in (frozen, live):
        with pytest.raises(CapacityError, match="11 triples do not fit in a memory of 10 rows"):
            network.memorise(described, LENGTHS, 10)
    weights = dict(live.weights)
    cut = weights | {"output.weight": weights["output.weight"][:, 1:]}
    for wrong, said in [
        (cut, "output.weight is"),
        ({name: value for name, value in weights.items() if name != "interface.weight"}, "is missing"),
        (weights | {"more": weights["output.weight"]}, "no place for more"),
    ]:
        with pytest.raises(ValueError, match=said):
            CompiledNetwork(frozen.config, wrong)
        with pytest.raises(ValueError, match=r"."):
            EagerNetwork.of(frozen.config, wrong)


def test_what_is_frozen_does_not_change_and_can_be_copied() -> None:
    frozen, live = twins(KNOWN["unlinked"])
    described, asked, active = episodes(frozen.config)

    def answer(network: Network) -> Floats:
        return network.run(asked, network.memorise(described, LENGTHS, ROWS), active)

    before = answer(frozen)
    assert np.array_equal(answer(copy.deepcopy(frozen)), before)
    with torch.no_grad():
        for parameter in live.dnc.parameters():
            parameter.mul_(1.5)
    assert np.array_equal(answer(frozen), before)


def test_numbers_of_other_types_are_taken_for_what_they_are() -> None:
    frozen, _ = twins(KNOWN["unlinked"])
    described, asked, active = episodes(frozen.config)
    state = frozen.memorise(described, LENGTHS, ROWS)
    expected = frozen.run(asked, state, active)
    odd = frozen.memorise(described.astype(np.float64)[::1], LENGTHS.astype(np.int32), ROWS)
    turned = np.asfortranarray(asked.astype(np.float64))
    close(frozen.run(turned, odd, active), expected)
    stepper = frozen.stepper(odd)
    for inputs, taking, said in zip(turned, active, expected, strict=True):
        close(stepper.step(inputs, taking), said)


@pytest.mark.parametrize("change", ["width", "batch", "steps", "active", "lengths", "negative", "more"])
def test_shapes_that_do_not_fit_are_told(change: str) -> None:
    frozen, _ = twins(KNOWN["unlinked"])
    described, asked, active = episodes(frozen.config)
    lengths = LENGTHS.copy()
    if change in ("lengths", "negative", "more"):
        wrong = {"lengths": lengths[1:], "negative": lengths - 1, "more": lengths + 1}[change]
        with pytest.raises(ValueError, match="lengths must be"):
            frozen.memorise(described, wrong, ROWS)
        return
    if change == "active":
        active = active[1:]
    else:
        asked = {"width": asked[..., 1:], "batch": asked[:, 1:], "steps": asked[:0]}[change]
    state = frozen.memorise(described, lengths, ROWS)
    with pytest.raises(ValueError, match="inputs"):
        frozen.run(asked, state, active)
    if change in ("width", "batch"):
        with pytest.raises(ValueError, match="inputs"):
            frozen.stepper(state).step(asked[0], active[0])


def test_threads_are_as_told(monkeypatch: pytest.MonkeyPatch) -> None:
    config, weights = KNOWN["unlinked"], twins(KNOWN["unlinked"])[1].weights
    monkeypatch.setattr(processor, "cores", lambda: 4)
    for told, threads in [("3", 3), ("3,2", 3), ("100000", 4), ("some", 4), ("0", 4)]:
        monkeypatch.setenv("OMP_NUM_THREADS", told)
        assert CompiledNetwork(config, weights).threads == threads, told
    monkeypatch.setenv("OMP_NUM_THREADS", "")
    assert CompiledNetwork(config, weights).threads >= 1
    assert CompiledNetwork(config, weights, 2).threads == 2


QUESTIONS = {
    "underground": "From Bank take the Central westbound two stops: where am I?",
    "underground_zone1": "How do you get from Moorgate to Piccadilly Circus?",
    "family": "Who is Freya's maternal great uncle?",
}


@pytest.mark.parametrize("graph", QUESTIONS)
def test_a_question_needs_no_torch(graph: str) -> None:
    code = (
        "import sys\n"
        "from graphdnc.reasoner import Reasoner\n"
        f"answer = Reasoner.from_file({str(real_graph_path(graph))!r}).ask({QUESTIONS[graph]!r})\n"
        "assert answer.check == 'agrees', answer\n"
        "assert 'torch' not in sys.modules, 'torch was loaded'\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True, timeout=120)
