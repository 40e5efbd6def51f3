"""The controller over all steps at once equals the controller step by step."""

from __future__ import annotations

import pytest
import torch
from torch.nn import functional as F

from graphdnc.model.controller import Controller

STEPS, SHOWN, HIDDEN, UNSEEN = 7, 5, 4, 6
LENGTHS = torch.tensor([7, 1, 4])


def summed(controller, outputs, state):
    present = torch.arange(STEPS)[:, None] < LENGTHS
    loss = (outputs.square().sum(-1) * present).sum() + state.hidden.sum() + state.cell.square().sum()
    return present, torch.autograd.grad(loss, list(controller.parameters()))


@pytest.mark.parametrize("layers", [1, 2, 3])
@pytest.mark.parametrize("layer_norm", [False, True])
def test_all_steps_at_once_are_one_after_the_other(layers, layer_norm):
    torch.manual_seed(0)
    controller = Controller(SHOWN + UNSEEN, HIDDEN, layers, layer_norm).double()
    inputs = torch.randn(STEPS, len(LENGTHS), SHOWN, dtype=torch.float64) * 3
    found, state = controller.run(inputs, LENGTHS)
    stepped, after = controller._step_through(inputs, controller.initial_state(len(LENGTHS)), LENGTHS)
    present, gradients = summed(controller, found, state)
    _, expected = summed(controller, stepped, after)
    torch.testing.assert_close(found[present], stepped[present])
    torch.testing.assert_close(state, after)
    torch.testing.assert_close(gradients, expected)


def test_inputs_that_are_not_shown_are_zeros():
    controller = Controller(SHOWN + UNSEEN, HIDDEN, 2, False)
    inputs = torch.randn(1, 3, SHOWN)
    found, _ = controller.run(inputs, torch.ones(3, dtype=torch.int64))
    output, _ = controller(F.pad(inputs[0], (0, UNSEEN)), controller.initial_state(3))
    torch.testing.assert_close(found[0], output)


def test_what_follows_the_end_is_never_seen():
    controller = Controller(SHOWN, HIDDEN, 1, False)
    inputs = torch.randn(STEPS, len(LENGTHS), SHOWN)
    _, state = controller.run(inputs, LENGTHS)
    spoilt = torch.where(torch.arange(STEPS)[:, None, None] < LENGTHS[None, :, None], inputs, 100.0)
    assert torch.equal(controller.run(spoilt, LENGTHS)[1].cell, state.cell)
