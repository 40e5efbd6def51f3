"""This DNC, the package ``dnc`` and a plain LSTM, which ``step.py`` and ``gpu.py`` compare."""

from __future__ import annotations

import importlib
from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from graphdnc.model.config import DNCConfig
from graphdnc.model.dnc import DNC

OURS, THEIRS, FLOOR = "graphdnc", "dnc", "lstm"
IN_TORCH = "graphdnc, steps in torch"
Run = Callable[[Tensor], Tensor]


@dataclass(frozen=True)
class Work:
    """What to run: sizes and options of a network, and inputs ``[steps, batch, input]``.

    With ``masked`` the episodes come first, and this DNC gets a mask that ends every other one after half of
    its steps; the others have none.
    """

    config: DNCConfig
    batch: int
    steps: int
    rows: int
    described: int
    device: str = "cpu"
    masked: bool = False

    def inputs(self) -> Tensor:
        """Return random bits, the same for every network."""
        generator = torch.Generator().manual_seed(0)
        first = (self.batch, self.steps) if self.masked else (self.steps, self.batch)
        shape = (*first, self.config.input_size)
        return torch.randint(2, shape, generator=generator).float().to(self.device)


def build(name: str, work: Work) -> tuple[nn.Module, Run]:
    """Return a network and the function that runs an episode through it."""
    torch.manual_seed(0)
    config = work.config
    if name in (OURS, IN_TORCH):
        return _ours(work, kernels=name == OURS)
    if name == FLOOR:
        sizes = (config.input_size, config.controller_size, config.controller_layers)
        lstm = nn.LSTM(*sizes, batch_first=work.masked)
        return lstm.to(work.device), lambda inputs: lstm(inputs)[0]
    theirs = importlib.import_module(THEIRS).DNC(
        config.input_size,
        config.controller_size,
        num_hidden_layers=config.controller_layers,
        nr_cells=work.rows,
        read_heads=config.read_heads,
        cell_size=config.memory_width,
        batch_first=work.masked,
        gpu_id=0 if work.device == "cuda" else -1,
    )
    theirs.to(work.device)
    # an empty memory for every episode, like ours
    return theirs, lambda inputs: theirs(inputs, (None, None, None), reset_experience=True)[0]


def _ours(work: Work, kernels: bool) -> tuple[nn.Module, Run]:
    network = DNC(work.config, batch_first=work.masked).to(work.device)
    network.use_kernels = kernels
    if work.masked:
        active = torch.ones(work.batch, work.steps, dtype=torch.bool, device=work.device)
        active[::2, work.steps // 2 :] = False
        return network, lambda inputs: network(inputs, network.initial_state(work.batch, work.rows), active)[
            0
        ]
    lengths = torch.full((work.batch,), work.described, device=work.device)

    def run(inputs: Tensor) -> Tensor:
        if work.described:
            state = network.memorise(inputs[: work.described], lengths, work.rows)
        else:
            state = network.initial_state(work.batch, work.rows)
        logits: Tensor = network(inputs[work.described :], state)[0]
        return logits

    return network, run


def forward_backward(network: nn.Module, run: Run, inputs: Tensor) -> None:
    """Do what training does with a batch, without the optimiser."""
    network.zero_grad(set_to_none=True)
    run(inputs).square().mean().backward()
