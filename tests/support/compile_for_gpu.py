"""Compile the kernels for a Hopper GPU, without one: python compile_for_gpu.py NAME ..."""

from __future__ import annotations

import sys
from dataclasses import replace

import torch
from kernel_networks import BATCH, CONFIGS, filled_state, network_of
from triton.backends.compiler import GPUTarget
from triton.runtime import driver

from graphdnc.model.kernels.gpu import backward, cell, forward, recurrence
from graphdnc.model.kernels.state import End
from graphdnc.model.state import kernel_start

STEPS = 2


class Absent:
    """The part of a GPU driver that Triton uses before a launch."""

    def get_current_target(self) -> GPUTarget:
        """Return what to compile for."""
        return GPUTarget("cuda", 90, 32)

    def get_current_device(self) -> int:
        """Return the number of the device."""
        return 0

    def get_current_stream(self, device: int) -> int:
        """Return the stream of a launch."""
        return 0


def compile_all(name: str, rows: int | None = None) -> None:
    """Compile all kernels for a configuration of the tests, with the arguments of a launch."""
    config = replace(CONFIGS[name], memory_rows=rows or CONFIGS[name].memory_rows)
    network, state = network_of(config), filled_state(config)
    inputs, active = torch.zeros(STEPS, BATCH, config.input_size), torch.ones(STEPS, BATCH)
    run = recurrence.Run(config, STEPS, active, state.memory.linkable, kernel_start(state), keep=True)
    recurrent = run.tape.recurrent[1:]
    grads = recurrence.BackwardPass(run, inputs, network._kernel_weights(), End(recurrent, *[None] * 7)).grads
    units, warps = {"block": recurrence.UNITS, "grid": run.cells}, {"grid": (BATCH,), "num_warps": 4}
    for compiled in (
        cell.step_cell.warmup(run.tape, run.sizes, BATCH, run.slots, **units),
        forward.step_memory.warmup(run.tape, run.sizes, BATCH, run.slots, run.kept, **warps),
        cell.step_cell_backward.warmup(run.tape, grads, run.sizes, BATCH, **units),
        backward.step_memory_backward.warmup(run.tape, grads, run.sizes, BATCH, **warps),
    ):
        print(f"{compiled.metadata.name}: machine code of {len(compiled.asm['cubin'])} bytes")


def compile_once(name: str) -> None:
    """Compile for memories of many sizes, which must give few kernels."""
    for rows in (34, 47, 48, 64):
        compile_all(name, rows)
    kernels = (forward.step_memory, backward.step_memory_backward)
    counts = [sum(len(found[0]) for found in kernel.device_caches.values()) for kernel in kernels]
    print(f"of 34, 47, 48 and 64 rows: {counts} kernels")


if __name__ == "__main__":
    driver.set_active(Absent())
    compile_once(sys.argv[1])
    for wanted in sys.argv[2:]:
        compile_all(wanted)
