"""Compile the kernels for a Hopper GPU, which need not be there: python compile_for_gpu.py NAME ..."""

from __future__ import annotations

import sys

import torch
from triton.backends.compiler import GPUTarget
from triton.runtime import driver
from twins import BATCH, CONFIGS, filled_state, network_of

from graphdnc.model import dnc
from graphdnc.model.fast.gpu import backward, forward, recurrence
from graphdnc.model.fast.state import End

STEPS = 2


class Absent:
    """What Triton asks of a GPU's driver before a launch."""

    def get_current_target(self) -> GPUTarget:
        """Return what to compile for."""
        return GPUTarget("cuda", 90, 32)

    def get_current_device(self) -> int:
        """Return the number of the device."""
        return 0

    def get_current_stream(self, device: int) -> int:
        """Return the stream of a launch that does not come."""
        return 0


def compile_all(name: str) -> None:
    """Compile all kernels for a configuration of the tests, for the very arguments of a launch."""
    config = CONFIGS[name]
    network, state = network_of(config), filled_state(config)
    inputs, active = torch.zeros(STEPS, BATCH, config.input_size), torch.ones(STEPS, BATCH)
    run = recurrence.Run(config, STEPS, active, state.memory.linkable, dnc._start(state), keep=True)
    carried = run.tape.carried[1:]
    back = recurrence.WayBack(run, inputs, network._weights(), End(carried, *[None] * 7)).back
    cell, warps = {"block": recurrence.UNITS, "grid": run.cells}, {"grid": (BATCH,), "num_warps": 4}
    for compiled in (
        forward.step_cell.warmup(run.tape, run.sizes, BATCH, run.slots, **cell),
        forward.step_memory.warmup(run.tape, run.sizes, BATCH, run.slots, run.kept, **warps),
        backward.step_cell_back.warmup(run.tape, back, run.sizes, BATCH, **cell),
        backward.step_memory_back.warmup(run.tape, back, run.sizes, BATCH, **warps),
    ):
        print(f"{compiled.metadata.name}: machine code of {len(compiled.asm['cubin'])} bytes")


if __name__ == "__main__":
    driver.set_active(Absent())
    for wanted in sys.argv[1:]:
        compile_all(wanted)
