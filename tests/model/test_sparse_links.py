"""Sparse links equal dense ones if there is room for every link, and nearly if writes go to single rows."""

from __future__ import annotations

import dataclasses

import pytest
import torch
from torch.nn import functional as F

from graphdnc.model import addressing, parallel_description, sparse_links
from graphdnc.model.config import DNCConfig
from graphdnc.model.dnc import DNC
from graphdnc.model.sparse_links import SparseLinks

BATCH, WRITERS, ROWS, HEADS, STEPS = 3, 2, 11, 4, 9


def as_dense(links):
    strengths, sources = links
    rows = strengths.shape[-2]
    dense = strengths.new_zeros(*strengths.shape[:-1], rows)
    return dense.scatter_add(-1, sources, strengths)


def run(weights, kept):
    """Return dense links, sparse links and precedence after writing with weights ``[steps, B, H, N]``."""
    _, batch, writers, rows = weights.shape
    dense = weights.new_zeros(batch, writers, rows, rows)
    sparse = sparse_links.empty(batch, writers, rows, kept, weights)
    precedence = weights.new_zeros(batch, writers, rows)
    for step in weights:
        dense = addressing.update_links(dense, precedence, step)
        sparse = sparse_links.update(sparse, precedence, step)
        precedence = addressing.update_precedence(precedence, step)
    return dense, sparse, precedence


def random_writes(sharpness, seed=0):
    torch.manual_seed(seed)
    scores = torch.randn(STEPS, BATCH, WRITERS, ROWS, dtype=torch.float64) * sharpness
    return torch.softmax(scores, -1) * torch.rand(STEPS, BATCH, WRITERS, 1, dtype=torch.float64)


@pytest.mark.parametrize("kept", [ROWS, ROWS + 5])
def test_with_room_for_every_link_they_are_the_dense_ones(kept):
    weights = random_writes(1.0).requires_grad_()
    dense, sparse, _ = run(weights, kept)
    torch.testing.assert_close(as_dense(sparse), dense)
    reads = torch.softmax(torch.randn(BATCH, HEADS, ROWS, dtype=torch.float64), -1)
    for own, other in zip(
        sparse_links.follow(sparse, reads), addressing.follow_links(dense, reads), strict=True
    ):
        torch.testing.assert_close(own, other)
        (expected,) = torch.autograd.grad(other.square().sum(), weights, retain_graph=True)
        (found,) = torch.autograd.grad(own.square().sum(), weights, retain_graph=True)
        torch.testing.assert_close(found, expected)


def test_no_link_is_listed_twice_and_none_leads_to_itself():
    _, (strengths, sources), _ = run(random_writes(3.0), 4)
    rows = torch.arange(ROWS)[:, None]
    assert not strengths[(sources == rows).expand_as(strengths)].any()
    ordered = torch.where(sources == rows, -1 - torch.arange(4), sources).sort(-1).values
    assert (ordered.diff(dim=-1) != 0).all()


def test_writes_to_nearly_single_rows_lose_hardly_anything():
    order = torch.stack([torch.randperm(ROWS)[:STEPS] for _ in range(BATCH * WRITERS)], -1)
    weights = F.one_hot(order, ROWS).double().unflatten(1, (BATCH, WRITERS)) * 0.97 + 0.02 / ROWS
    dense, sparse, _ = run(weights, 4)
    torch.testing.assert_close(as_dense(sparse), dense, atol=0.02, rtol=0)
    exact, cut, _ = run(F.one_hot(order, ROWS).double().unflatten(1, (BATCH, WRITERS)), 1)
    torch.testing.assert_close(as_dense(cut), exact)


@pytest.mark.parametrize("kept", [1, 3, 8, 40])
def test_a_description_written_at_once_keeps_its_strongest_links(kept):
    torch.manual_seed(1)
    gates = torch.randn(BATCH, 21) * 3
    lengths = torch.tensor([21, 5, 1])
    present = torch.arange(21) < lengths[:, None]
    opened, closed = torch.sigmoid(gates) * present, F.logsigmoid(-gates) * present
    found = sparse_links.after_description(opened, closed, 30, kept)
    full = F.pad(parallel_description._links(opened, closed), (0, 9, 0, 9)).unsqueeze(1)
    strongest = full.topk(min(kept, 30)).values
    torch.testing.assert_close(found.strengths.sort(descending=True).values, strongest)
    torch.testing.assert_close(as_dense(found).gather(-1, full.topk(min(kept, 30)).indices), strongest)


def config(**options):
    sizes = {"input_size": 7, "output_size": 5, "controller_size": 6, "memory_width": 4, "read_heads": 3}
    return DNCConfig(**sizes, interface_skip=True, **options)


def outputs(options, links, kept, inputs, lengths, rows):
    torch.manual_seed(2)
    network = DNC(config(links=links, links_kept=kept, **options)).double()
    state = network.memorise(inputs[:6], lengths, rows)
    logits, _ = network(inputs[6:], state, torch.rand(len(inputs) - 6, len(lengths)) < 0.8)
    loss = logits.square().sum()
    return logits, torch.autograd.grad(loss, list(network.parameters()), allow_unused=True)


@pytest.mark.parametrize(
    "options",
    [
        {},
        {"write_heads": 2, "masked_keys": True},
        {"allocate_only": True, "blind_description": True, "written_rows_only": True},
        {"link_description": False, "write_heads": 2},
        {"link_description": False, "blind_description": True},
    ],
    ids=["the paper's", "two writers", "at once", "unlinked, two writers", "unlinked, at once"],
)
def test_a_network_answers_the_same_with_room_for_every_link(options):
    torch.manual_seed(3)
    inputs, lengths = torch.randn(11, BATCH, 7, dtype=torch.float64), torch.tensor([6, 2, 4])
    expected, gradients = outputs(options, "dense", 8, inputs, lengths, 13)
    found, own = outputs(options, "sparse", 13, inputs, lengths, 13)
    torch.testing.assert_close(found, expected)
    torch.testing.assert_close(own, gradients)


def test_room_grows_with_the_rows_and_not_with_their_square():
    sizes = {
        rows: sum(value.numel() for value in sparse_links.empty(1, 1, rows, 8, torch.zeros(1)))
        for rows in (100, 1000)
    }
    assert sizes[1000] == 10 * sizes[100]
    assert dataclasses.replace(config(), links="sparse").read_modes == config().read_modes
    assert isinstance(DNC(config(links="sparse")).initial_state(2, 9).memory.links, SparseLinks)
