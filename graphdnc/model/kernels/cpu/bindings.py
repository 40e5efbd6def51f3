"""The C interface of the kernels: structures with the fields of ``episode.h``, and the functions."""

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
from graphdnc.model.kernels.state import round_up
from graphdnc.utils.arrays import Floats

PAD = 32
"""Rows of memory are padded to a multiple of this; the same as in ``lanes.h``."""
ROW_BLOCK = 4
"""Rows of links are processed in blocks of this many; the same as in ``links.h``."""
MIN_CHUNK = 8
"""Episodes of the smallest chunk, which share a weight matrix in the cache."""
CHUNK_NUMBERS = 2**18
"""Numbers in memories and links of a chunk, 1 MiB: more would not stay in the cache from step to step."""

_SIZES = (
    *("batch", "rows", "stride", "chunk", "link_first", "link_rows", "link_stride"),
    *("width", "heads", "hidden", "layers", "interface_size", "steps", "segment", "slots", "gate_slots"),
)
_OPTIONS = ("written_rows_only", "stop_usage_gradient", "threads", "links")


class Sizes(ctypes.Structure):
    """Sizes, options, and where the parts of the interface vector begin."""

    _fields_ = [(name, ctypes.c_int64) for name in (*_SIZES, *_OPTIONS, *interface_layout.PARTS)]


class Tape(ctypes.Structure):
    """Addresses of the values of a run of steps."""

    NAMES = (
        *("active", "linkable", "sums", "gates", "interface", "recurrent", "cell"),
        *(
            "memory",
            "links",
            "precedence",
            "usage",
            "order",
            "write_weights",
            "link_write_weights",
            "read_weights",
        ),
        *("content", "write_content", "linked_columns", "snapshots"),
    )
    _fields_ = [(name, ctypes.c_void_p) for name in NAMES]


class Parameters(ctypes.Structure):
    """Addresses of packed matrices, and of the vectors of layer norm; null if the network has none such."""

    LAYERED = ("upper_hidden", "below")
    MATRICES = ("recurrent", "upper_reads", *LAYERED, "interface_hidden", "interface_reads")
    VECTORS = ("gate_scale", "bias", "cell_scale", "cell_shift")
    _fields_ = [(name, ctypes.c_void_p) for name in (*MATRICES, *VECTORS)]

    @classmethod
    def of(cls, weights: dict[str, Floats | None], backward: bool = False) -> Parameters:
        """Take the fields of ``SplitWeights``, with matrices ``[to, from]``, for one of the two passes."""
        kept: dict[str, Floats | None] = {}
        for name in cls.MATRICES:
            if (matrix := weights[name]) is not None:
                parts = (
                    matrix.reshape(-1, 4 * matrix.shape[1], matrix.shape[1])
                    if name in cls.LAYERED
                    else matrix
                )
                kept[name] = _packed(parts if backward else parts.swapaxes(-2, -1))
        for name in cls.VECTORS:
            vector = weights[name]
            kept[name] = None if vector is None else np.ascontiguousarray(vector)
        parameters = cls(**{name: None if array is None else _address(array) for name, array in kept.items()})
        parameters.kept = kept  # an address alone would not keep an array alive
        return parameters


class Gradients(ctypes.Structure):
    """Addresses of the gradients, and of room for the recomputed memories of one segment of steps."""

    NAMES = (
        *("recomputed", "gates_grad", "sums_grad", "normed_cell_grad"),
        *("interface_grad", "recurrent_grad", "output_grad"),
        *("cell_grad", "memory_grad", "links_grad", "precedence_grad"),
        *("usage_grad", "write_weights_grad", "read_weights_grad"),
    )
    _fields_ = [("first", ctypes.c_int64), *[(name, ctypes.c_void_p) for name in NAMES]]


def sizes(
    config: DNCConfig, batch: int, rows: int, linked: int, steps: int, keep: bool, threads: int
) -> Sizes:
    """Return the sizes of a run on at most ``threads`` threads; the last ``linked`` rows have links."""
    stride = round_up(rows, PAD)
    link_first = stride if config.links == "off" else (rows - linked) // PAD * PAD
    link_rows, link_stride = round_up(max(rows - link_first, 0), ROW_BLOCK), stride - link_first
    chunk, threads = _shares(batch, config.memory_width * stride + link_rows * link_stride, threads)
    # This segment length makes the saved memories of the batch and the recomputed ones of a chunk smallest
    # together. It must not depend on threads: sums over a segment are rounded.
    segment = max(1, min(steps, round((steps * max(1, batch / MIN_CHUNK)) ** 0.5)))
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
        layers=config.controller_layers,
        interface_size=interface_layout.size(config),
        steps=steps,
        segment=segment,
        slots=steps + 1 if keep else 2,
        gate_slots=steps if keep else segment,
        written_rows_only=config.written_rows_only,
        stop_usage_gradient=config.stop_usage_gradient,
        threads=threads,
        links=config.links != "off",
        **interface_layout.offsets(config),
    )


def controller_sizes(config: DNCConfig, batch: int, steps: int, segment: int, threads: int) -> Sizes:
    """Return the sizes of a run of the controller alone, without memory, ``segment`` steps at a time."""
    chunk, threads = _shares(batch, 1, threads)
    return Sizes(
        batch=batch,
        hidden=config.controller_size,
        layers=config.controller_layers,
        steps=steps,
        segment=segment,
        gate_slots=segment,
        slots=2,
        chunk=chunk,
        threads=threads,
    )


def snapshot_size(sizes: Sizes) -> int:
    """Return how many numbers of one episode a write changes: its memory, links and precedence."""
    return int(sizes.width * sizes.stride + (sizes.link_rows + 1) * sizes.link_stride)


def _shares(batch: int, numbers: int, threads: int) -> tuple[int, int]:
    """Return the episodes in a chunk and the threads to use, for episodes of ``numbers`` numbers each."""
    chunk = max(MIN_CHUNK, CHUNK_NUMBERS // numbers // MIN_CHUNK * MIN_CHUNK)
    chunk = min(chunk, -(-batch // threads))
    return chunk, min(threads, -(-batch // chunk))


def pointers(names: tuple[str, ...], arrays: dict[str, NDArray[Any] | None]) -> dict[str, int | None]:
    """Return the addresses of contiguous arrays by name."""
    assert set(names) == set(arrays), set(names) ^ set(arrays)
    assert all(array is None or array.flags.c_contiguous for array in arrays.values())
    return {name: None if array is None else _address(array) for name, array in arrays.items()}


def _address(array: NDArray[Any]) -> int:
    return int(array.__array_interface__["data"][0])


_A, _N = ctypes.c_void_p, ctypes.c_int64  # an address, a number
_ARGUMENTS = {
    "pack": (_A, _N, _N, _N, _N, _A),
    "multiply": (_A, _N, _N, _A, _N, _A, _N, _A, _N, _N, _N),
    "find_links": (_A, _A),
    "forward": (_A, _A, _A, _N, _N),
    "run_controller": (_A, _A, _A, _N, _N),
    "backward": (_A, _A, _A, _A, _N),
}


def _function(name: str) -> Callable[..., int]:
    """Return a function of the libraries with its argument types set."""
    function = getattr(library("backward" if name == "backward" else "forward"), f"graphdnc_{name}")
    function.argtypes = _ARGUMENTS[name]
    return function  # type: ignore[no-any-return]


def _packed(matrices: Floats) -> Floats:
    """Pack a matrix ``[depth, columns]``, or several ``[N, depth, columns]``, as in ``products.h``."""
    assert matrices.dtype == np.float32, "the kernels read float32"
    depth, columns = matrices.shape[-2:]
    each = matrices[None] if matrices.ndim == 2 else matrices
    panels = aligned(len(each), round_up(columns, library("forward").graphdnc_panel()) * depth)
    for matrix, to in zip(each, panels, strict=True):
        _function("pack")(_address(matrix), *_strides(matrix), depth, columns, _address(to))
    return panels


class PackedMatrix:
    """A matrix ``[depth, columns]`` in the layout that products with few rows read in order."""

    def __init__(self, matrix: Floats) -> None:
        self.depth, self.columns = matrix.shape
        self._panels = _packed(matrix)
        self._address = _address(self._panels)
        self._multiply = _function("multiply")

    def multiply(
        self, rows: Floats, out: Floats, threads: int, bias: Floats | None = None, add: bool = False
    ) -> None:
        """Set ``out`` to rows ``[B, depth]`` times the matrix, plus a bias ``[columns]``, or add to it."""
        (count, depth), (step, along), (out_step, out_along) = rows.shape, _strides(rows), _strides(out)
        assert rows.dtype == out.dtype == np.float32
        assert depth == self.depth
        assert out.shape == (count, self.columns)
        assert along == 1 or depth == 1  # torch gives a single column any stride
        assert out_along == 1 or self.columns == 1
        assert bias is None or (bias.shape == (self.columns,) and bias.flags.c_contiguous)
        onto = out if add else bias
        self._multiply(
            *(_address(rows), step, count, self._address, depth),
            *(None if onto is None else _address(onto), out_step if add else 0),
            *(_address(out), out_step, self.columns, threads),
        )


def _strides(matrix: Floats) -> tuple[int, ...]:
    """Return how many numbers lie from one row to the next, and from one column to the next."""
    return tuple(stride // matrix.itemsize for stride in matrix.strides)


class Kernels:
    """The functions of the libraries, for one run of steps."""

    def __init__(self, sizes: Sizes, tape: Tape) -> None:
        self._run = ctypes.byref(sizes), ctypes.byref(tape)
        self._forward = _function("forward")
        # records which links are not zero; every step keeps that record up to date
        _function("find_links")(*self._run)

    def forward(self, by: Parameters, first: int, steps: int) -> None:
        """Run ``steps`` steps from ``first`` on; they hold the inputs' part of gates and interface."""
        self._forward(*self._run, ctypes.byref(by), first, steps)

    def run_controller(self, by: Parameters, first: int, steps: int) -> None:
        """Run ``steps`` steps of the controller alone; the gates hold the inputs' part already."""
        _function("run_controller")(*self._run, ctypes.byref(by), first, steps)

    def backward(self, by: Parameters, gradients: Gradients, steps: int) -> None:
        """Backpropagate through ``steps`` steps, a whole segment."""
        _function("backward")(*self._run, ctypes.byref(by), ctypes.byref(gradients), steps)
