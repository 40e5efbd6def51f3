"""A trial run of the kernels: Triton may be installed and not work, for example without a C compiler."""

from __future__ import annotations

import torch
from torch import Tensor

from graphdnc.model import interface_layout
from graphdnc.model.config import DNCConfig
from graphdnc.model.kernels.gpu.cuda_graphs import MIN_STEPS
from graphdnc.model.kernels.gpu.recurrence import Run
from graphdnc.model.kernels.state import Start, Weights

CONFIG = DNCConfig(
    input_size=2, output_size=2, controller_size=3, memory_rows=4, memory_width=2, read_heads=1
)


def works(device: torch.device) -> bool:
    """Run a few steps of a tiny network forward and backward; return whether all results are finite.

    Exceptions of compiler, driver and kernels are not caught.
    """

    def numbers(*shape: int) -> Tensor:
        return torch.full(shape, 0.1, device=device)

    rows, width, hidden = CONFIG.memory_rows, CONFIG.memory_width, CONFIG.controller_size
    start = Start(
        hidden=numbers(1, hidden),
        cell=numbers(1, hidden),
        memory=numbers(1, rows, width),
        usage=numbers(1, rows),
        write_weights=numbers(1, rows),
        read_weights=numbers(1, 1, rows),
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
    inputs = numbers(MIN_STEPS, 1, CONFIG.input_size)
    with torch.inference_mode(False), torch.no_grad():
        run = Run(CONFIG, MIN_STEPS, None, None, start, keep=True)
        end = run.forward(inputs, weights)
        inputs_grad, weights_grad, start_grads = run.backward(inputs, weights, tuple(end), inputs_too=True)
    found = (*end, inputs_grad, *weights_grad, *start_grads)
    return all(bool(value.isfinite().all()) for value in found if value is not None)
