"""Half precision: the controller may use it, addressing stays in float32, and it trains."""

from __future__ import annotations

from contextlib import nullcontext

import pytest
import torch
from lively import CONFIGS, every_gradient, lively
from torch.nn import functional as F

from graphdnc.model import addressing
from graphdnc.model.config import DNCConfig
from graphdnc.model.dnc import DNC

HALF = [torch.float16, torch.bfloat16]
SMALL = DNCConfig(4, 4, controller_size=16, memory_rows=4, memory_width=8, read_heads=1)


def train(network, dtype, autocast, updates=80):
    """Train a network to say the first of two vectors again; return the loss at first and at last."""
    # with the usual 1e-8, which float16 does not have, Adam divides by zero
    optimiser = torch.optim.Adam(network.parameters(), 2e-2, eps=1e-4)
    losses = []
    for _ in range(updates):
        inputs = torch.randint(2, (2, 32, 4)).float()
        with torch.autocast("cpu", dtype) if autocast else nullcontext():
            logits, _ = network(inputs if autocast else inputs.to(dtype))
        loss = F.binary_cross_entropy_with_logits(logits[-1].float(), inputs[0])
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        losses.append(float(loss.detach()))
    return losses[0], sum(losses[-10:]) / 10


@pytest.mark.parametrize("dtype", HALF, ids=str)
@pytest.mark.parametrize("autocast", [True, False], ids=["autocast", "weights"])
def test_a_network_trains_in_half_precision(dtype, autocast):
    network = DNC(SMALL) if autocast else DNC(SMALL).to(dtype)
    before, after = train(network, dtype, autocast)
    assert before > 0.5
    assert after < 0.1


@pytest.mark.parametrize("dtype", HALF, ids=str)
@pytest.mark.parametrize("autocast", [True, False], ids=["autocast", "weights"])
@pytest.mark.parametrize("name", CONFIGS)
def test_the_memory_is_addressed_in_float32(name, autocast, dtype, monkeypatch):
    seen = set()
    for function in ("cosine_scores", "allocation_weighting", "usage_after_write", "write", "update_links"):
        plain = getattr(addressing, function)

        def watched(*given, plain=plain):
            found = plain(*given)
            seen.update(value.dtype for value in (*given, found) if isinstance(value, torch.Tensor))
            return found

        monkeypatch.setattr(addressing, function, watched)
    exact = lively(CONFIGS[name])
    network = lively(CONFIGS[name])
    network.load_state_dict(exact.state_dict())
    network, like = (network, torch.float32) if autocast else (network.to(dtype), dtype)
    triples, steps = torch.randn(4, 3, 9), torch.randn(5, 3, 9)
    lengths = torch.tensor([4, 2, 3])
    with torch.autocast("cpu", dtype) if autocast else nullcontext():
        state = network.memorise(triples.to(like), lengths, 9)
        logits, after = network(steps.to(like), state)
    assert seen == {torch.float32}
    assert logits.dtype == dtype
    assert after.controller.cell.dtype == like
    kept = (after.memory.memory, after.memory.usage, after.memory.reads, after.memory.read_weights)
    assert {value.dtype for value in kept} == {torch.float32}
    for part, gradient in every_gradient(network, logits.float().square().mean()).items():
        assert gradient.isfinite().all(), part
    wanted = exact(steps, exact.memorise(triples, lengths, 9))[0]
    assert (logits.float() - wanted).abs().max() < 0.1 * wanted.abs().max()


def test_a_state_goes_on_in_and_out_of_autocast():
    network, inputs = DNC(SMALL), torch.randn(3, 2, 4)
    with torch.autocast("cpu", torch.bfloat16):
        _, state = network(inputs)
    _, state = network(inputs, state)
    with torch.autocast("cpu", torch.bfloat16):
        logits, _ = network(inputs.bfloat16(), state)
    assert logits.isfinite().all()


@pytest.mark.parametrize("dtype", [*HALF, torch.float64, torch.int64, torch.bool], ids=str)
def test_inputs_of_another_type_are_refused_in_one_line(dtype):
    with pytest.raises(ValueError, match=r"the network float32; give inputs.to\(torch.float32\)$") as refused:
        DNC(SMALL)(torch.ones(3, 2, 4).to(dtype))
    assert "\n" not in str(refused.value)
