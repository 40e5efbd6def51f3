"""The kernels' C interface, field by field as in ``episode.h``."""

from __future__ import annotations

import ctypes
from collections.abc import Callable

import torch
from torch import Tensor

from graphdnc.model import interface
from graphdnc.model.config import DNCConfig
from graphdnc.model.fast.cpu.build import library
from graphdnc.model.fast.state import PLACES, places

PAD = 32
"""Rows are padded to a multiple of this; as in ``lanes.h``."""
ROW_BLOCK = 4
"""The links' rows come in blocks of this many; as in ``links.h``."""

_SIZES = (
    *("batch", "rows", "stride", "link_first", "link_rows", "link_stride"),
    *("width", "heads", "hidden", "told", "steps", "slots", "gate_slots"),
)
_OPTIONS = ("written_rows_only", "stop_usage_gradient", "threads", "links")


class Sizes(ctypes.Structure):
    """Sizes, options and the interface's layout."""

    _fields_ = [(name, ctypes.c_int64) for name in (*_SIZES, *_OPTIONS, *PLACES)]


class Tape(ctypes.Structure):
    """Where the values of a run of steps lie."""

    NAMES = (
        *("active", "linkable", "gates", "told", "carried", "cell", "memory", "links", "precedence"),
        *("usage", "order", "written", "linking", "read", "content", "write_content"),
        "linked_columns",
    )
    _fields_ = [(name, ctypes.c_void_p) for name in NAMES]


class Back(ctypes.Structure):
    """Where the gradients lie, and the memories of one segment of steps."""

    NAMES = (
        *(
            "memory",
            "links",
            "precedence",
            "gates_back",
            "told_back",
            "carried_back",
            "before_back",
            "outside",
        ),
        *(
            "cell_back",
            "memory_back",
            "links_back",
            "precedence_back",
            "usage_back",
            "written_back",
            "read_back",
        ),
    )
    _fields_ = [
        ("first", ctypes.c_int64),
        ("every", ctypes.c_int64),
        *[(name, ctypes.c_void_p) for name in NAMES],
    ]


def sizes(
    config: DNCConfig, batch: int, rows: int, linked: int, steps: int, slots: int, gate_slots: int
) -> Sizes:
    """Return the sizes of a run with links among the last ``linked`` rows; ``slots`` as in ``episode.h``."""
    stride = up_to(rows, PAD)
    link_first = stride if config.links == "off" else (rows - linked) // PAD * PAD
    return Sizes(
        batch=batch,
        rows=rows,
        stride=stride,
        link_first=link_first,
        link_rows=up_to(max(rows - link_first, 0), ROW_BLOCK),
        link_stride=stride - link_first,
        width=config.memory_width,
        heads=config.read_heads,
        hidden=config.controller_size,
        told=interface.size(config),
        steps=steps,
        slots=slots,
        gate_slots=gate_slots,
        written_rows_only=config.written_rows_only,
        stop_usage_gradient=config.stop_usage_gradient,
        threads=min(torch.get_num_threads(), batch),
        links=config.links != "off",
        **places(config),
    )


def up_to(number: int, multiple: int) -> int:
    """Round up."""
    return -(-number // multiple) * multiple


def pointers(names: tuple[str, ...], tensors: dict[str, Tensor | None]) -> dict[str, int | None]:
    """Return addresses of contiguous tensors by name."""
    assert set(names) == set(tensors), set(names) ^ set(tensors)
    assert all(tensor is None or tensor.is_contiguous() for tensor in tensors.values())
    return {name: None if tensor is None else tensor.data_ptr() for name, tensor in tensors.items()}


_A, _N = ctypes.c_void_p, ctypes.c_int64  # an address, a number
_ARGUMENTS = {
    "lay_out": (_A, _N, _N, _N, _N, _A),
    "multiply": (_A, _N, _N, _A, _N, _A, _N, _N, _N, _N),
    "find_links": (_A, _A),
    "step_cell": (_A, _A, _N),
    "step_memory": (_A, _A, _N),
    "step_memory_back": (_A, _A, _A, _N),
    "step_cell_back": (_A, _A, _A, _N),
    "replay": (_A, _A, _A, _N),
}


def _function(name: str) -> Callable[..., int]:
    """Return a function of the library that knows its arguments: to tell it at every call takes longer."""
    function = getattr(library(), f"graphdnc_{name}")
    function.argtypes = _ARGUMENTS[name]
    return function  # type: ignore[no-any-return]


class Panels:
    """A matrix ``[depth, columns]`` laid out for products with few rows at a time."""

    def __init__(self, matrix: Tensor) -> None:
        self.depth, self.columns = matrix.shape
        self._panels = matrix.new_empty(up_to(self.columns, library().graphdnc_panel()) * self.depth)
        _function("lay_out")(matrix.data_ptr(), *matrix.stride(), *matrix.shape, self._panels.data_ptr())
        self._multiply, self._threads = _function("multiply"), torch.get_num_threads()

    def multiply(self, rows: Tensor, out: Tensor, add: bool) -> None:
        """Set ``out`` to rows ``[B, depth]`` times the matrix, or add that to it."""
        (count, depth), (step, along), (out_step, out_along) = rows.shape, rows.stride(), out.stride()
        assert depth == self.depth
        assert out.shape == (count, self.columns)
        assert along == out_along == 1
        self._multiply(
            *(rows.data_ptr(), step, count, self._panels.data_ptr(), depth),
            *(out.data_ptr(), out_step, self.columns, add, self._threads),
        )


class Kernels:
    """The functions of the library, for one run of steps."""

    def __init__(self, sizes: Sizes, tape: Tape) -> None:
        self.sizes, self.tape = ctypes.byref(sizes), ctypes.byref(tape)
        names = ("step_cell", "step_memory", "step_memory_back", "step_cell_back", "replay")
        self._of = {name: _function(name) for name in names}
        # which links there are is kept beside them from the first step on
        _function("find_links")(self.sizes, self.tape)

    def step_cell(self, step: int) -> None:
        """Squash the gates; set cell and hidden values after the step."""
        self._of["step_cell"](self.sizes, self.tape, step)

    def step_memory(self, step: int) -> None:
        """Free, allocate, write, link and read."""
        self._of["step_memory"](self.sizes, self.tape, step)

    def step_memory_back(self, back: Back, step: int) -> None:
        """Go back through ``step_memory``."""
        self._of["step_memory_back"](self.sizes, self.tape, ctypes.byref(back), step)

    def step_cell_back(self, back: Back, step: int) -> None:
        """Go back through ``step_cell``."""
        self._of["step_cell_back"](self.sizes, self.tape, ctypes.byref(back), step)

    def replay(self, back: Back, slots: int) -> None:
        """Fill the slots of memory, links and precedence of a segment from the first of them."""
        self._of["replay"](self.sizes, self.tape, ctypes.byref(back), slots)
