"""The kernels' C interface, field by field as in ``episode.h``."""

from __future__ import annotations

import ctypes

import torch
from torch import Tensor

from graphdnc.model import interface
from graphdnc.model.config import DNCConfig
from graphdnc.model.fast.build import library

PAD = 32
"""Rows are padded to a multiple of this; as in ``lanes.h``."""
ROW_BLOCK = 4
"""The links' rows come in blocks of this many; as in ``links.h``."""

_OFFSETS = {
    "write_gate": "write_gates",
    "write_vector": "write_vectors",
    "erase": "erase",
    "read_keys": "read_keys",
    "read_strengths": "read_strengths",
    "read_modes": "read_modes",
    "free_gates": "free_gates",
    "read_masks": "read_masks",
    "write_key": "write_keys",
    "write_strength": "write_strengths",
    "allocation_gate": "allocation_gates",
    "write_mask": "write_masks",
}
_SIZES = (
    *("batch", "rows", "stride", "link_first", "link_rows", "link_stride"),
    *("width", "heads", "hidden", "told", "slots", "gate_slots"),
)
_OPTIONS = ("written_rows_only", "stop_usage_gradient", "threads")


class Sizes(ctypes.Structure):
    """Sizes, options and the interface's layout."""

    _fields_ = [(name, ctypes.c_int64) for name in (*_SIZES, *_OPTIONS, *_OFFSETS)]


class Tape(ctypes.Structure):
    """Where the values of a run of steps lie."""

    NAMES = (
        *("active", "linkable", "gates", "told", "carried", "cell", "memory", "links", "precedence"),
        *("usage", "order", "written", "linking", "read", "content", "write_content"),
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


def sizes(config: DNCConfig, batch: int, rows: int, linked: int, slots: int, gate_slots: int) -> Sizes:
    """Return the sizes of a run with links among the last ``linked`` rows; ``slots`` as in ``episode.h``."""
    places = interface.slices(config)
    stride, link_first = up_to(rows, PAD), (rows - linked) // PAD * PAD
    return Sizes(
        batch=batch,
        rows=rows,
        stride=stride,
        link_first=link_first,
        link_rows=up_to(rows - link_first, ROW_BLOCK),
        link_stride=stride - link_first,
        width=config.memory_width,
        heads=config.read_heads,
        hidden=config.controller_size,
        told=interface.size(config),
        slots=slots,
        gate_slots=gate_slots,
        written_rows_only=config.written_rows_only,
        stop_usage_gradient=config.stop_usage_gradient,
        threads=min(torch.get_num_threads(), batch),
        **{name: places[part].start if part in places else -1 for name, part in _OFFSETS.items()},
    )


def up_to(number: int, multiple: int) -> int:
    """Round up."""
    return -(-number // multiple) * multiple


def pointers(names: tuple[str, ...], tensors: dict[str, Tensor | None]) -> dict[str, int | None]:
    """Return addresses of contiguous tensors by name."""
    assert set(names) == set(tensors), set(names) ^ set(tensors)
    assert all(tensor is None or tensor.is_contiguous() for tensor in tensors.values())
    return {name: None if tensor is None else tensor.data_ptr() for name, tensor in tensors.items()}


class Panels:
    """A matrix ``[depth, columns]`` laid out for products with few rows at a time."""

    def __init__(self, matrix: Tensor) -> None:
        self.depth, self.columns = matrix.shape
        self._of, self._threads = library(), torch.get_num_threads()
        self._panels = matrix.new_empty(up_to(self.columns, self._of.graphdnc_panel()) * self.depth)
        places = (_address(matrix), *map(ctypes.c_int64, (*matrix.stride(), *matrix.shape)))
        self._of.graphdnc_lay_out(*places, _address(self._panels))

    def multiply(self, rows: Tensor, out: Tensor, add: bool) -> None:
        """Set ``out`` to rows ``[B, depth]`` times the matrix, or add that to it."""
        assert rows.shape == (len(out), self.depth)
        assert out.shape[1] == self.columns
        assert rows.stride(1) == out.stride(1) == 1
        self._of.graphdnc_multiply(
            *(_address(rows), ctypes.c_int64(rows.stride(0)), ctypes.c_int64(len(rows))),
            *(_address(self._panels), ctypes.c_int64(self.depth)),
            *(_address(out), ctypes.c_int64(out.stride(0)), ctypes.c_int64(self.columns)),
            *(ctypes.c_int64(add), ctypes.c_int64(self._threads)),
        )


def _address(tensor: Tensor) -> ctypes.c_void_p:
    return ctypes.c_void_p(tensor.data_ptr())


class Kernels:
    """The functions of the library, for one run of steps."""

    def __init__(self, sizes: Sizes, tape: Tape) -> None:
        self.sizes, self.tape = ctypes.byref(sizes), ctypes.byref(tape)
        self._of = library()

    def step_cell(self, step: int) -> None:
        """Squash the gates; set cell and hidden values after the step."""
        self._of.graphdnc_step_cell(self.sizes, self.tape, ctypes.c_int64(step))

    def step_memory(self, step: int) -> None:
        """Free, allocate, write, link and read."""
        self._of.graphdnc_step_memory(self.sizes, self.tape, ctypes.c_int64(step))

    def step_memory_back(self, back: Back, step: int) -> None:
        """Go back through ``step_memory``."""
        self._of.graphdnc_step_memory_back(self.sizes, self.tape, ctypes.byref(back), ctypes.c_int64(step))

    def step_cell_back(self, back: Back, step: int) -> None:
        """Go back through ``step_cell``."""
        self._of.graphdnc_step_cell_back(self.sizes, self.tape, ctypes.byref(back), ctypes.c_int64(step))

    def replay(self, back: Back, slots: int) -> None:
        """Fill the slots of memory, links and precedence of a segment from the first of them."""
        self._of.graphdnc_replay(self.sizes, self.tape, ctypes.byref(back), ctypes.c_int64(slots))
