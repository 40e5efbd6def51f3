"""A trial of the kernels: Triton may be there and still not work, for want of a C compiler, say."""

from __future__ import annotations

import torch
from torch import Tensor

from graphdnc.model import interface_layout
from graphdnc.model.config import DNCConfig
from graphdnc.model.kernels.gpu.recurrence import FEWEST, Run
from graphdnc.model.kernels.state import Start, Weights

CONFIG = DNCConfig(
    input_size=2, output_size=2, controller_size=3, memory_rows=4, memory_width=2, read_heads=1
)


def works(device: torch.device) -> bool:
    """Take a few steps of a tiny network forward and back; tell whether all that comes out is finite.

    Whatever goes wrong in compiler, driver or kernels is raised as they raise it.
    """

    def numbers(*shape: int) -> Tensor:
        return torch.full(shape, 0.1, device=device)

    rows, width, hidden = CONFIG.memory_rows, CONFIG.memory_width, CONFIG.controller_size
    start = Start(
        hidden=numbers(1, hidden),
        cell=numbers(1, hidden),
        memory=numbers(1, rows, width),
        usage=numbers(1, rows),
        written=numbers(1, rows),
        read=numbers(1, 1, rows),
        reads=numbers(1, width),
        links=numbers(1, rows, rows),
        precedence=numbers(1, rows),
    )
    seen = CONFIG.input_size + width
    weights = Weights(
        input=numbers(4 * hidden, seen),
        hidden=numbers(4 * hidden, hidden),
        bias=numbers(4 * hidden),
        interface=numbers(interface_layout.size(CONFIG), hidden),
        interface_bias=None,
    )
    inputs = numbers(FEWEST, 1, CONFIG.input_size)
    with torch.inference_mode(False), torch.no_grad():
        run = Run(CONFIG, FEWEST, None, None, start, keep=True)
        end = run.forward(inputs, weights)
        inputs_back, weights_back, start_back = run.backward(inputs, weights, tuple(end), inputs_too=True)
    found = (*end, inputs_back, *weights_back, *start_back)
    return all(bool(value.isfinite().all()) for value in found if value is not None)
