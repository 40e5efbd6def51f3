"""Networks of all options with no weight at a special value, and all their gradients."""

from __future__ import annotations

from dataclasses import replace

import torch
from networks import ALL, FAITHFUL
from torch import Tensor

from graphdnc.model.config import DNCConfig
from graphdnc.model.dnc import DNC

ALLOCATING = replace(ALL, allocate_only=True)
BLIND = replace(ALLOCATING, blind_description=True)
TWO_WRITERS = replace(ALL, write_heads=2)
CONFIGS = {
    "faithful": FAITHFUL,
    "all": ALL,
    "allocating": ALLOCATING,
    "blind": BLIND,
    "two_writers": TWO_WRITERS,
    "unlinked": replace(ALL, blind_description=True, link_description=False),
    "unlinked_two_writers": replace(TWO_WRITERS, link_description=False),
    "without_links": replace(ALL, links="off"),
    "output_skip": replace(FAITHFUL, output_skip=True),
}


def lively(config: DNCConfig, scale: float = 0.5) -> DNC:
    """A network in which no weight has a special value such as a bias of zero."""
    network = DNC(config)
    with torch.no_grad():
        for parameter in network.parameters():
            parameter.add_(scale * torch.randn_like(parameter))
    return network


def every_gradient(network: DNC, loss: Tensor, *more: Tensor) -> dict[str, Tensor]:
    """Return the gradient of every parameter and of further tensors; zeros where there is none."""
    leaves = {**dict(network.named_parameters()), **{f"input {i}": tensor for i, tensor in enumerate(more)}}
    found = torch.autograd.grad(loss, list(leaves.values()), allow_unused=True)
    return {
        name: torch.zeros_like(leaf) if gradient is None else gradient
        for (name, leaf), gradient in zip(leaves.items(), found, strict=True)
    }
