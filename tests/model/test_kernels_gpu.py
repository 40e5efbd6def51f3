"""The kernels for a GPU equal the steps in torch: on a GPU if there is one, else in Triton's interpreter."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from kernel_networks import (
    BATCH,
    CONFIGS,
    FAITHFUL,
    compare,
    compare_described,
    filled_state,
    in_type,
    mixed,
    network_of,
    tensors,
)

from graphdnc.model.dnc import DNC
from graphdnc.model.kernels import gpu
from graphdnc.model.kernels.dispatch import fallback_reason
from graphdnc.model.kernels.state import unsupported_option

pytest.importorskip("triton", reason="no Triton here")
from triton_interpreter import prepare_once_a_launch

from graphdnc.model.kernels.gpu import self_test

STEPS = 5
NARROW = [
    name
    for name, config in CONFIGS.items()
    if "wide" not in name and unsupported_option(config, on_gpu=True) is None
]
FEW = ["faithful", "shipped", "search", "unlinked, with a write key", "no links, as for kinship"]


@pytest.fixture(autouse=True)
def _on_the_gpu(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Put everything on the GPU, or pretend to; the reference in float64 does not use the kernels."""
    torch.manual_seed(8)
    if not torch.cuda.is_available():
        monkeypatch.setattr(gpu, "serves", lambda values: values.dtype == torch.float32)
        prepare_once_a_launch(monkeypatch)
        yield
        return
    torch.set_default_device("cuda")
    yield
    torch.set_default_device(None)


@pytest.mark.parametrize("name", NARROW)
def test_values_and_gradients_equal_those_in_torch(name: str) -> None:
    """Inactive steps at the end, in the middle and at the start; one episode has none at all."""
    config = CONFIGS[name]
    active = torch.rand(STEPS, BATCH) < 0.6
    active[:, 1] = False
    active[-1] = False
    compare(config, filled_state(config), STEPS, active)


@pytest.mark.parametrize("name", ["faithful", "search"])
def test_the_same_where_every_step_is_taken(name: str) -> None:
    config = CONFIGS[name]
    compare(config, filled_state(config), STEPS, None)


@pytest.mark.parametrize("name", ["faithful", "unlinked, with a write key"])
def test_the_same_in_many_small_tiles(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """As in large memories: columns, links and the rows that usage is compared with are split into tiles."""
    from graphdnc.model.kernels.gpu import layout

    monkeypatch.setattr(layout, "MAX_TILE", 256)
    config = replace(CONFIGS[name], memory_rows=35)
    found = layout.sizes(config, 35, 35)
    assert found.columns.value < config.memory_width
    assert found.link_rows.value < 35
    assert found.other_rows.value < 35
    compare(config, filled_state(config), 2, None)


@pytest.mark.parametrize("rows", [1, 16, 17, 31])
def test_the_padding_of_memories_changes_nothing(rows: int) -> None:
    config = replace(CONFIGS["faithful"], memory_rows=rows)
    compare(config, filled_state(config), 3, None)


@pytest.mark.parametrize("used", ["logits", "state"])
def test_the_same_when_only_a_part_is_used(used: str) -> None:
    compare(FAITHFUL, filled_state(FAITHFUL), 3, None, used)


@pytest.mark.parametrize("steps", [1, 2])
def test_the_same_in_an_empty_memory(steps: int) -> None:
    """All rows have usage 0 there."""
    compare(FAITHFUL, DNC(FAITHFUL).initial_state(BATCH), steps, None)


@pytest.mark.parametrize(
    ("name", "rows", "described"),
    [
        ("shipped", 13, (11, 2, 7)),
        ("unlinked", 13, (11, 2, 7)),
        ("unlinked", 11, (11, 11, 11)),
        ("search", 20, (11, 9, 10)),
        ("no links, as for kinship", 20, (11, 9, 10)),
    ],
)
def test_a_described_graph_and_its_questions(name: str, rows: int, described: tuple[int, ...]) -> None:
    compare_described(name, rows, described, (2, 5, 1))


@pytest.mark.parametrize("name", FEW)
def test_without_gradients_the_values_are_the_same(name: str) -> None:
    config = CONFIGS[name]
    network, inputs = network_of(config), torch.randn(STEPS, BATCH, 9)
    active = torch.rand(STEPS, BATCH) < 0.8
    logits, state = network(inputs, filled := filled_state(config), active)
    for mode in (torch.no_grad(), torch.inference_mode()):
        with mode:
            again, after = network(inputs, filled, active)
        torch.testing.assert_close(again, logits)
        for part, tensor in tensors(after).items():
            torch.testing.assert_close(tensor, tensors(state)[part])


def test_a_stepper_does_what_forward_does() -> None:
    network, inputs, state = network_of(FAITHFUL), torch.randn(STEPS, BATCH, 9), filled_state(FAITHFUL)
    active = torch.rand(STEPS, BATCH) < 0.8
    stepper = network.stepper(state)
    said = torch.stack([stepper.step(*step) for step in zip(inputs, active, strict=True)])
    logits, after = network(inputs, state, active)
    torch.testing.assert_close(said, logits)
    for part, tensor in tensors(stepper.state).items():
        torch.testing.assert_close(tensor, tensors(after)[part])


def test_the_backward_pass_can_run_twice() -> None:
    network, state = network_of(FAITHFUL), in_type(filled_state(FAITHFUL), torch.float32)
    logits, _ = network(torch.randn(STEPS, BATCH, 9), state)
    once, twice = (
        torch.autograd.grad(mixed(logits), list(network.parameters()), retain_graph=True) for _ in range(2)
    )
    for first, second in zip(once, twice, strict=True):
        torch.testing.assert_close(first, second)


@pytest.mark.filterwarnings("ignore:overflow encountered in exp")  # of the interpreter
def test_no_nan_with_saturated_gates() -> None:
    network, state = network_of(FAITHFUL), in_type(filled_state(FAITHFUL), torch.float32)
    with torch.no_grad():
        network.interface.weight *= 300
    logits, after = network(torch.randn(STEPS, BATCH, 9), state)
    leaves = list(network.parameters())
    gradients = torch.autograd.grad(mixed(logits, *tensors(after).values()), leaves)
    for tensor in (logits, *tensors(after).values(), *gradients):
        assert tensor.isfinite().all()


def test_a_trial_tells_whether_they_work(monkeypatch: pytest.MonkeyPatch) -> None:
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    failure = gpu.failure.__wrapped__
    assert failure(device) is None
    monkeypatch.setattr(self_test, "works", lambda device: False)
    assert "numbers that are none" in failure(device)
    monkeypatch.setattr(self_test, "works", lambda device: 1 // 0)
    assert "trial of the kernels failed (ZeroDivisionError: " in failure(device)


def test_where_there_is_no_triton_torch_steps_in(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, self_test.__name__, None)
    reason = gpu.failure.__wrapped__(torch.device("cuda"))
    assert "Triton" in reason
    monkeypatch.setattr(gpu, "failure", lambda device: reason)
    assert fallback_reason(FAITHFUL, torch.device("cuda"), torch.float32) == reason


@pytest.mark.skipif(torch.cuda.is_available(), reason="there is a GPU")
def test_where_there_is_no_gpu_the_reason_is_said() -> None:
    reason = fallback_reason(FAITHFUL, torch.device("cuda"), torch.float32)
    assert reason is not None
    assert reason.startswith("a trial of the kernels failed (")


def test_a_step_that_cannot_be_recorded_is_launched_one_by_one(monkeypatch: pytest.MonkeyPatch) -> None:
    from graphdnc.model.kernels.gpu import cuda_graphs

    begun, ended, taken = [], [], []

    class Graph:
        def capture_begin(self, capture_error_mode: str) -> None:
            begun.append(capture_error_mode)

        def capture_end(self) -> None:
            ended.append(1)

    def step() -> None:
        taken.append(1)
        if len(taken) == 1:
            raise RuntimeError("operation not permitted\nwhen a stream is capturing")

    device = torch.device("cuda", 7)
    monkeypatch.setattr(torch.cuda, "CUDAGraph", Graph)
    monkeypatch.setattr(cuda_graphs, "_unrecordable", set())
    with pytest.warns(UserWarning, match=r"cannot be recorded \(operation not permitted\)"):
        assert cuda_graphs._recorded(step, device) is step
    assert (len(begun), len(ended)) == (1, 1), "the recording is ended"
    assert cuda_graphs._recorded(step, device) is step
    assert len(begun) == 1, "it is not tried again"


def test_the_interface_is_where_the_kernels_look_for_it() -> None:
    """Constants that the kernels define again, because they cannot read those of Python."""
    from graphdnc.model import addressing, interface
    from graphdnc.model.kernels.gpu import tiles

    assert tiles.EPSILON.value == addressing.EPSILON
    assert tiles.MASK_FLOOR.value == interface.MASK_FLOOR


def test_the_kernels_compile_for_a_gpu_that_is_not_there() -> None:
    """The interpreter accepts code that the compiler does not."""
    script = Path(__file__).parents[1] / "support" / "compile_for_gpu.py"
    environment = {key: value for key, value in os.environ.items() if key != "TRITON_INTERPRET"}
    done = subprocess.run([sys.executable, script, *FEW[:4]], env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert done.stdout.count("step_memory_backward: machine code") == 4 + 3
    assert "of 34, 47, 48 and 64 rows: [1, 1] kernels" in done.stdout
