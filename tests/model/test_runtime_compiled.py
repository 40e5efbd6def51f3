"""A compiled network gives the same as an eager one."""

from __future__ import annotations

import copy
import subprocess
import sys
from dataclasses import replace

import numpy as np
import pytest
import torch
from kernel_networks import CONFIGS
from networks import INFERENCE, SEARCH
from numpy.typing import NDArray

from graphdnc.datasets.real import real_graph_path
from graphdnc.errors import CapacityError
from graphdnc.model.config import DNCConfig
from graphdnc.model.dnc import DNC
from graphdnc.model.kernels.cpu.build import build_failure
from graphdnc.model.runtime.compiled import CompiledNetwork
from graphdnc.model.runtime.eager import EagerNetwork
from graphdnc.model.runtime.protocol import Network
from graphdnc.starts.initialise import initialise
from graphdnc.utils import cpus as processor
from graphdnc.utils.arrays import Floats

pytestmark = pytest.mark.skipif(
    build_failure("forward") is not None, reason="the kernels cannot be built here"
)

KNOWN = {name: config for name, config in CONFIGS.items() if CompiledNetwork.unsupported(config) is None}
KNOWN |= {"search start": SEARCH, "inference": INFERENCE}
LENGTHS = np.array([11, 0, 7])
ROWS = 17


def both(config: DNCConfig, threads: int = 1) -> tuple[CompiledNetwork, EagerNetwork]:
    """Return a network of random weights, compiled and not.

    Both run steps by the kernels. Torch would not do here: allocation depends on which of two rows is used
    less, and so on rounding.
    """
    torch.manual_seed(0)
    dnc = initialise(DNC(config)).eval()
    with torch.no_grad():
        for parameter in dnc.parameters():
            parameter.add_(0.2 * torch.randn_like(parameter))
    eager = EagerNetwork(dnc)
    return CompiledNetwork(config, eager.weights, threads), eager


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
def test_it_memorises_and_answers_as_an_eager_one(name: str, threads: int) -> None:
    compiled, eager = both(KNOWN[name], threads)
    described, asked, active = episodes(KNOWN[name])
    held, expected = (network.memorise(described, LENGTHS, ROWS) for network in (compiled, eager))
    close(held.memory, expected.memory)
    close(held.read_weights, expected.read_weights)
    found = compiled.run(asked, held, active)
    close(found, eager.run(asked, expected, active))
    assert not found[~active].any()
    assert np.array_equal(compiled.run(asked, held, active), found), "what is kept does not change"


def stepped(network: Network, described: Floats, asked: Floats, active: NDArray[np.bool_]) -> list[Floats]:
    """Run steps one at a time; return logits, memories and read weights after each."""
    stepper, parts = network.stepper(network.memorise(described, LENGTHS, ROWS)), []
    for inputs, taking in zip(asked, active, strict=True):
        logits = stepper.step(inputs, taking)
        parts += [logits, stepper.state.memory, stepper.state.read_weights]
    return parts


@pytest.mark.parametrize("name", KNOWN)
def test_it_steps_as_an_eager_one(name: str) -> None:
    compiled, eager = both(KNOWN[name])
    given = episodes(KNOWN[name])
    for found, expected in zip(stepped(compiled, *given), stepped(eager, *given), strict=True):
        close(found, expected)


@pytest.mark.parametrize("name", ["faithful", "unlinked"])
def test_a_state_can_be_taken_up_repeated_and_cut(name: str) -> None:
    compiled, _ = both(KNOWN[name])
    described, asked, _ = episodes(KNOWN[name])
    everyone = np.ones(asked.shape[:2], bool)
    state = compiled.memorise(described, LENGTHS, ROWS)
    expected = compiled.run(asked, state, everyone)
    stepper = compiled.stepper(state)
    stepper.step(asked[0], everyone[0])
    close(compiled.run(asked[1:], stepper.state, everyone[1:]), expected[1:])
    twice = compiled.run(np.tile(asked, (1, 2, 1)), state.repeated(2), np.tile(everyone, (1, 2)))
    close(twice, np.tile(expected, (1, 2, 1)))
    alone = compiled.run(np.ascontiguousarray(asked[:, :1]), state.part(0, 1), everyone[:, :1])
    close(alone, expected[:, :1])


def test_long_descriptions_are_heard_segment_by_segment() -> None:
    compiled, eager = both(KNOWN["unlinked"])
    rng, lengths = np.random.default_rng(2), np.array([150, 64, 65, 1])
    described = rng.normal(size=(150, 4, compiled.config.input_size)).astype(np.float32)
    asked = rng.normal(size=(3, 4, compiled.config.input_size)).astype(np.float32)
    everyone = np.ones((3, 4), bool)
    found, expected = (
        network.run(asked, network.memorise(described, lengths, 160), everyone)
        for network in (compiled, eager)
    )
    close(found, expected)


@pytest.mark.parametrize("name", KNOWN)
def test_a_state_keeps_nothing_of_the_steps_before(name: str) -> None:
    """A graph in memory for long must not take more than its state."""
    compiled, _ = both(KNOWN[name])
    held = compiled.memorise(*episodes(KNOWN[name])[:1], LENGTHS, ROWS)
    for part, array in held.start._asdict().items():
        whole = array
        while whole.base is not None:
            whole = whole.base
        assert whole.size <= array.size, part


def test_what_does_not_fit_is_refused() -> None:
    compiled, eager = both(KNOWN["unlinked"])
    described, _, _ = episodes(compiled.config)
    for network in (compiled, eager):
        with pytest.raises(CapacityError, match="11 triples do not fit in a memory of 10 rows"):
            network.memorise(described, LENGTHS, 10)
    weights = dict(eager.weights)
    cut = weights | {"output.weight": weights["output.weight"][:, 1:]}
    for wrong, said in [
        (cut, "output.weight is"),
        ({name: value for name, value in weights.items() if name != "interface.weight"}, "is missing"),
        (weights | {"more": weights["output.weight"]}, "no place for more"),
    ]:
        with pytest.raises(ValueError, match=said):
            CompiledNetwork(compiled.config, wrong)
        with pytest.raises(ValueError, match=r"."):
            EagerNetwork.of(compiled.config, wrong)


def test_what_is_frozen_does_not_change_and_can_be_copied() -> None:
    compiled, eager = both(KNOWN["unlinked"])
    described, asked, active = episodes(compiled.config)

    def answer(network: Network) -> Floats:
        return network.run(asked, network.memorise(described, LENGTHS, ROWS), active)

    before = answer(compiled)
    assert np.array_equal(answer(copy.deepcopy(compiled)), before)
    with torch.no_grad():
        for parameter in eager.dnc.parameters():
            parameter.mul_(1.5)
    assert np.array_equal(answer(compiled), before)


def test_numbers_of_other_types_are_taken_for_what_they_are() -> None:
    compiled, _ = both(KNOWN["unlinked"])
    described, asked, active = episodes(compiled.config)
    state = compiled.memorise(described, LENGTHS, ROWS)
    expected = compiled.run(asked, state, active)
    odd = compiled.memorise(described.astype(np.float64)[::1], LENGTHS.astype(np.int32), ROWS)
    turned = np.asfortranarray(asked.astype(np.float64))
    close(compiled.run(turned, odd, active), expected)
    stepper = compiled.stepper(odd)
    for inputs, taking, said in zip(turned, active, expected, strict=True):
        close(stepper.step(inputs, taking), said)


@pytest.mark.parametrize("change", ["width", "batch", "steps", "active", "lengths", "negative", "more"])
def test_shapes_that_do_not_fit_are_refused(change: str) -> None:
    compiled, _ = both(KNOWN["unlinked"])
    described, asked, active = episodes(compiled.config)
    lengths = LENGTHS.copy()
    if change in ("lengths", "negative", "more"):
        wrong = {"lengths": lengths[1:], "negative": lengths - 1, "more": lengths + 1}[change]
        with pytest.raises(ValueError, match="lengths must be"):
            compiled.memorise(described, wrong, ROWS)
        return
    if change == "active":
        active = active[1:]
    else:
        asked = {"width": asked[..., 1:], "batch": asked[:, 1:], "steps": asked[:0]}[change]
    state = compiled.memorise(described, lengths, ROWS)
    with pytest.raises(ValueError, match="inputs"):
        compiled.run(asked, state, active)
    if change in ("width", "batch"):
        with pytest.raises(ValueError, match="inputs"):
            compiled.stepper(state).step(asked[0], active[0])


def test_threads_are_those_of_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    config, weights = KNOWN["unlinked"], both(KNOWN["unlinked"])[1].weights
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
