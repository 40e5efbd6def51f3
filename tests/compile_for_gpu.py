"""Compile the kernels for a Hopper GPU, which need not be there: python compile_for_gpu.py NAME ..."""

from __future__ import annotations

import sys
from typing import Any

import torch
import triton
from triton.backends.compiler import GPUTarget
from triton.compiler import ASTSource
from twins import CONFIGS, filled_state, network_of

from graphdnc.model import dnc
from graphdnc.model.fast.gpu import backward, forward, recurrence

POINTERS = {torch.float32: "*fp32", torch.int64: "*i64", torch.uint8: "*u8"}


def compile_for_hopper(kernel: Any, *arguments: Any, **constants: Any) -> None:
    """Compile a kernel for the types of these arguments, as a launch would."""
    signature: dict[str, Any] = {}
    constexprs: dict[tuple[int, ...], Any] = {}
    for index, (name, value) in enumerate(
        zip(kernel.arg_names, [*arguments, *constants.values()], strict=True)
    ):
        if isinstance(value, tuple):
            for place, part in enumerate(value):
                if not isinstance(part, torch.Tensor):
                    constexprs[index, place] = part.value if hasattr(part, "value") else part
            kinds = (POINTERS[x.dtype] if isinstance(x, torch.Tensor) else "constexpr" for x in value)
            signature[name] = type(value)(*kinds)
        elif name in constants:
            signature[name], constexprs[(index,)] = "constexpr", value
        else:
            signature[name] = "i32"
    source = ASTSource(fn=kernel, signature=signature, constexprs=constexprs)
    compiled = triton.compile(source, target=GPUTarget("cuda", 90, 32))
    print(f"{kernel.__name__}: machine code of {len(compiled.asm['cubin'])} bytes")


def main(name: str) -> None:
    """Compile all kernels for a configuration of the tests."""
    config = CONFIGS[name]
    network, state, inputs = network_of(config), filled_state(config), torch.zeros(2, 3, config.input_size)
    run = recurrence._Run(config, 2, torch.ones(2, 3), state.memory.linkable, dnc._start(state), keep=True)
    tape, weights = run.tape, network._weights()
    back = recurrence._WayBack(run, inputs, weights, recurrence.End(tape.carried[1:], *[None] * 7)).back
    compile_for_hopper(forward.step_cell, tape, run.sizes, 3, 3, block=recurrence.UNITS)
    compile_for_hopper(forward.step_memory, tape, run.sizes, 3, 3, 2)
    compile_for_hopper(backward.step_cell_back, tape, back, run.sizes, 3, block=recurrence.UNITS)
    compile_for_hopper(backward.step_memory_back, tape, back, run.sizes, 3)


if __name__ == "__main__":
    for wanted in sys.argv[1:]:
        main(wanted)
