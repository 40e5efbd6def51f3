"""The kernels' C interface, field by field as in ``episode.h``."""

from __future__ import annotations

import ctypes
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from graphdnc.model import interface_layout
from graphdnc.model.config import DNCConfig
from graphdnc.model.kernels.cpu.buffers import aligned
from graphdnc.model.kernels.cpu.build import library
from graphdnc.model.kernels.state import PLACES, places
from graphdnc.utils.arrays import Floats

PAD = 32
"""Rows are padded to a multiple of this; as in ``lanes.h``."""
ROW_BLOCK = 4
"""The links' rows come in blocks of this many; as in ``links.h``."""
LEAST_OF_A_CHUNK = 8
"""Episodes that a matrix is brought into the cache for."""
NUMBERS_OF_A_CHUNK = 2**18
"""A MiB of memories and links: what of more episodes would not stay in the cache from step to step."""

_SIZES = (
    *("batch", "rows", "stride", "chunk", "link_first", "link_rows", "link_stride"),
    *("width", "heads", "hidden", "told", "steps", "segment", "slots", "gate_slots"),
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
        *("linked_columns", "kept"),
    )
    _fields_ = [(name, ctypes.c_void_p) for name in NAMES]


class Matrices(ctypes.Structure):
    """Matrices in panels; none where there is no such matrix."""

    NAMES = ("carried", "hidden", "reads")
    _fields_ = [(name, ctypes.c_void_p) for name in NAMES]

    @classmethod
    def of(cls, carried: Floats, hidden: Floats | None = None, reads: Floats | None = None) -> Matrices:
        """Lay matrices ``[depth, columns]`` out."""
        panels = [None if matrix is None else Panels(matrix) for matrix in (carried, hidden, reads)]
        laid_out = cls(*(of and of.address for of in panels))
        laid_out.held = panels  # addresses alone would let them go
        return laid_out


class Back(ctypes.Structure):
    """Where the gradients lie, and room for the memories of one segment of steps."""

    NAMES = (
        *("remade", "gates_back", "told_back", "carried_back", "outside"),
        *("cell_back", "memory_back", "links_back", "precedence_back"),
        *("usage_back", "written_back", "read_back"),
    )
    _fields_ = [("first", ctypes.c_int64), *[(name, ctypes.c_void_p) for name in NAMES]]


def sizes(
    config: DNCConfig, batch: int, rows: int, linked: int, steps: int, keep: bool, threads: int
) -> Sizes:
    """Return the sizes of a run on so many threads at most, with links among the last ``linked`` rows."""
    stride = up_to(rows, PAD)
    link_first = stride if config.links == "off" else (rows - linked) // PAD * PAD
    link_rows, link_stride = up_to(max(rows - link_first, 0), ROW_BLOCK), stride - link_first
    chunk, threads = _shares(batch, config.memory_width * stride + link_rows * link_stride, threads)
    # So memories of the batch before each segment and of a chunk before each step of one take about the least
    # room. Threads must not matter: sums over a segment are rounded.
    segment = max(1, min(steps, round((steps * max(1, batch / LEAST_OF_A_CHUNK)) ** 0.5)))
    return Sizes(
        batch=batch,
        rows=rows,
        stride=stride,
        chunk=chunk,
        link_first=link_first,
        link_rows=link_rows,
        link_stride=link_stride,
        width=config.memory_width,
        heads=config.read_heads,
        hidden=config.controller_size,
        told=interface_layout.size(config),
        steps=steps,
        segment=segment,
        slots=steps + 1 if keep else 2,
        gate_slots=steps if keep else segment,
        written_rows_only=config.written_rows_only,
        stop_usage_gradient=config.stop_usage_gradient,
        threads=threads,
        links=config.links != "off",
        **places(config),
    )


def controller_sizes(hidden: int, batch: int, steps: int, segment: int, threads: int) -> Sizes:
    """Return the sizes of a run of a controller alone, without memory, so many steps at a time."""
    chunk, threads = _shares(batch, 1, threads)
    return Sizes(
        batch=batch,
        hidden=hidden,
        steps=steps,
        segment=segment,
        gate_slots=segment,
        slots=2,
        chunk=chunk,
        threads=threads,
    )


def written(sizes: Sizes) -> int:
    """Return how many numbers of an episode a write changes: memory, links and precedence."""
    return int(sizes.width * sizes.stride + (sizes.link_rows + 1) * sizes.link_stride)


def _shares(batch: int, numbers: int, threads: int) -> tuple[int, int]:
    """Return how many episodes, of so many numbers each, make a chunk, and how many threads take chunks."""
    chunk = max(LEAST_OF_A_CHUNK, NUMBERS_OF_A_CHUNK // numbers // LEAST_OF_A_CHUNK * LEAST_OF_A_CHUNK)
    chunk = min(chunk, -(-batch // threads))
    return chunk, min(threads, -(-batch // chunk))


def up_to(number: int, multiple: int) -> int:
    """Round up."""
    return -(-number // multiple) * multiple


def pointers(names: tuple[str, ...], arrays: dict[str, NDArray[Any] | None]) -> dict[str, int | None]:
    """Return addresses of contiguous arrays by name."""
    assert set(names) == set(arrays), set(names) ^ set(arrays)
    assert all(array is None or array.flags.c_contiguous for array in arrays.values())
    return {name: None if array is None else _address(array) for name, array in arrays.items()}


def _address(array: NDArray[Any]) -> int:
    return int(array.__array_interface__["data"][0])


_A, _N = ctypes.c_void_p, ctypes.c_int64  # an address, a number
_ARGUMENTS = {
    "lay_out": (_A, _N, _N, _N, _N, _A),
    "multiply": (_A, _N, _N, _A, _N, _A, _A, _N, _N, _N),
    "find_links": (_A, _A),
    "forward": (_A, _A, _A, _N, _N),
    "listen": (_A, _A, _A, _N, _N),
    "backward": (_A, _A, _A, _A, _N),
}


def _function(name: str) -> Callable[..., int]:
    """Return a function of the libraries that knows its arguments."""
    function = getattr(library("backward" if name == "backward" else "forward"), f"graphdnc_{name}")
    function.argtypes = _ARGUMENTS[name]
    return function  # type: ignore[no-any-return]


class Panels:
    """A matrix ``[depth, columns]`` laid out for products with few rows at a time."""

    def __init__(self, matrix: Floats) -> None:
        assert matrix.dtype == np.float32, "the kernels read float32"
        self.depth, self.columns = matrix.shape
        self._panels = aligned(up_to(self.columns, library("forward").graphdnc_panel()) * self.depth)
        self.address = _address(self._panels)
        _function("lay_out")(_address(matrix), *_steps(matrix), *matrix.shape, self.address)
        self._multiply = _function("multiply")

    def multiply(self, rows: Floats, out: Floats, threads: int, bias: Floats | None = None) -> None:
        """Set ``out`` to rows ``[B, depth]`` times the matrix, plus a bias ``[columns]``."""
        (count, depth), (step, along), (out_step, out_along) = rows.shape, _steps(rows), _steps(out)
        assert rows.dtype == out.dtype == np.float32
        assert depth == self.depth
        assert out.shape == (count, self.columns)
        assert along == out_along == 1
        assert bias is None or (bias.shape == (self.columns,) and bias.flags.c_contiguous)
        self._multiply(
            *(_address(rows), step, count, self.address, depth, None if bias is None else _address(bias)),
            *(_address(out), out_step, self.columns, threads),
        )


def _steps(matrix: Floats) -> tuple[int, ...]:
    """Return by how many numbers rows and columns are apart."""
    return tuple(stride // matrix.itemsize for stride in matrix.strides)


class Kernels:
    """The functions of the libraries, for one run of steps."""

    def __init__(self, sizes: Sizes, tape: Tape) -> None:
        self._run = ctypes.byref(sizes), ctypes.byref(tape)
        self._forward = _function("forward")
        # which links there are is kept beside them from the first step on
        _function("find_links")(*self._run)

    def forward(self, by: Matrices, first: int, steps: int) -> None:
        """Take so many steps; the inputs' share of gates and interface vectors is there already."""
        self._forward(*self._run, ctypes.byref(by), first, steps)

    def listen(self, by: Matrices, first: int, steps: int) -> None:
        """Take so many steps of the controller alone; the inputs' share of the gates is there already."""
        _function("listen")(*self._run, ctypes.byref(by), first, steps)

    def backward(self, by: Matrices, back: Back, steps: int) -> None:
        """Go back through so many steps, a whole segment."""
        _function("backward")(*self._run, ctypes.byref(by), ctypes.byref(back), steps)
