"""The schema of a corpus, version 1: how examples are laid out, and the checks of a file.

Attributes of the file: ``format``, ``schema``, ``graphdnc``, ``task``, ``generator``, ``parameters``
(JSON) and ``seed``. Each of the groups ``train``, ``validation`` and ``test`` has the datasets of
:data:`SCHEMA`: the rows of all graphs or questions, one after the other, and the offsets at which each graph
or question begins and ends. docs/corpus.md describes every dataset.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from importlib.metadata import version
from itertools import chain
from typing import Any, NamedTuple

import h5py
import numpy as np
from numpy.typing import NDArray

from graphdnc.errors import CorpusError
from graphdnc.graph import Graph
from graphdnc.questions import Example

FORMAT = "graphdnc-corpus"
VERSION = 1
SPLITS = ("train", "validation", "test")

LARGEST = 2**34
"""The maximum size of an unpacked dataset, in bytes."""
UNSUSPICIOUS = 2**27
"""Bytes to which a split may unpack however little it takes on disk."""
USUAL_RATIO = 50
"""The maximum ratio of the unpacked to the stored size of a larger split; built ones have about 3."""
DEFLATE_RATIO = 1032
"""The maximum ratio of unpacked to packed size of a gzip stream; a file that claims more is damaged."""

Columns = dict[str, NDArray[Any]]
"""Arrays by their names in ``SCHEMA``."""


class Column(NamedTuple):
    """A dataset: its dtype, the numbers in a row, and the dataset with its offsets, if there is one."""

    dtype: str
    width: int = 1
    offsets: str | None = None


SCHEMA: dict[str, Column] = {
    "graphs/nodes": Column("int32"),
    "graphs/relations": Column("int32"),
    "graphs/triples": Column("uint16", 3, "graphs/triple_offsets"),
    "graphs/triple_offsets": Column("int64"),
    "graphs/node_names": Column("uint8", 1, "graphs/node_name_offsets"),
    "graphs/node_name_offsets": Column("int64"),
    "graphs/relation_names": Column("uint8", 1, "graphs/relation_name_offsets"),
    "graphs/relation_name_offsets": Column("int64"),
    "questions/graph": Column("int32"),
    "questions/lesson": Column("int16"),
    "questions/start": Column("uint16"),
    "questions/relations": Column("uint16", 1, "questions/step_offsets"),
    "questions/targets": Column("uint16", 1, "questions/step_offsets"),
    "questions/step_offsets": Column("int64"),
}
OFFSETS = frozenset(column.offsets for column in SCHEMA.values() if column.offsets)


@dataclass(frozen=True)
class CorpusInfo:
    """How a corpus was made.

    Attributes:
        task: the name of the task.
        generator: the generator of the graphs: ``"random"``, ``"transit"`` or ``"family"``.
        parameters: all other settings that decided what was drawn, as JSON types.
        seed: the seed of the whole corpus, from 0 to 2**63 - 1.
        graphdnc: the version of graphdnc that wrote the corpus.
    """

    task: str
    generator: str
    parameters: Mapping[str, Any]
    seed: int
    graphdnc: str = field(default_factory=lambda: version("graphdnc"))


def pack(examples: Sequence[Example], lessons: Sequence[int]) -> Columns:
    """Lay out examples as the columns of ``SCHEMA``; consecutive examples may share one graph.

    ``lessons`` has one number for each example. Offsets begin at 0.

    Raises:
        CorpusError: an answer is empty, or a name or number does not fit.
    """
    if not all(example.answer for example in examples):
        raise CorpusError(
            "an answer has no triples; a corpus cannot store empty answers: ask for another goal"
        )
    graphs: list[Graph] = []
    owner = []
    for example in examples:
        if not graphs or graphs[-1] is not example.graph:
            graphs.append(example.graph)
        owner.append(len(graphs) - 1)
    paths = [example.answer for example in examples]
    steps = np.array(list(chain.from_iterable(paths)), dtype=np.int64).reshape(-1, 3)
    node_names = [_joined(graph.node_names) for graph in graphs]
    relation_names = [_joined(graph.relation_names) for graph in graphs]
    columns: dict[str, Any] = {
        "graphs/nodes": [graph.nodes for graph in graphs],
        "graphs/relations": [graph.relations for graph in graphs],
        "graphs/triples": np.concatenate([np.empty((0, 3), int), *(graph.triples for graph in graphs)]),
        "graphs/triple_offsets": _offsets(graphs),
        "graphs/node_names": np.frombuffer(b"".join(node_names), dtype=np.uint8),
        "graphs/node_name_offsets": _offsets(node_names),
        "graphs/relation_names": np.frombuffer(b"".join(relation_names), dtype=np.uint8),
        "graphs/relation_name_offsets": _offsets(relation_names),
        "questions/graph": owner,
        "questions/lesson": lessons,
        "questions/start": [example.answer[0].source for example in examples],
        "questions/relations": steps[:, 1],
        "questions/targets": steps[:, 2],
        "questions/step_offsets": _offsets(paths),
    }
    return {name: _as_dtype(values, SCHEMA[name].dtype) for name, values in columns.items()}


def _as_dtype(values: Any, dtype: str) -> NDArray[Any]:
    array, limit = np.asarray(values), np.iinfo(dtype).max
    if array.size and array.max() > limit:
        raise CorpusError(
            f"the number {array.max()} does not fit in a corpus; the largest number here is {limit}"
        )
    return array.astype(dtype)


def _offsets(parts: Sequence[Any]) -> NDArray[np.int64]:
    return np.cumsum([0, *map(len, parts)], dtype=np.int64)


def _joined(names: tuple[str, ...] | None) -> bytes:
    if any("\n" in name for name in names or ()):
        raise CorpusError("a name has a line break, which a corpus cannot store; remove it from the name")
    return "\n".join(names or ()).encode()


def check_dataset(file: h5py.File, name: str, column: Column, file_size: int) -> None:
    """Raise ValueError unless a dataset is as in the schema and stored in this file."""
    parts = name.split("/")
    for depth in range(1, len(parts) + 1):
        if not isinstance(file.get("/".join(parts[:depth]), getlink=True), h5py.HardLink):
            raise ValueError(f"{name} is missing")
    dataset = file[name]
    shape = (column.width,) if column.width > 1 else ()
    if dataset.dtype != column.dtype or dataset.shape[1:] != shape or dataset.ndim != len(shape) + 1:
        raise ValueError(f"{name} has another type or shape than in the schema")
    filters = (dataset.compression, dataset.shuffle, dataset.fletcher32)
    others = dataset.id.get_create_plist().get_nfilters() - len(filters)
    if dataset.external or dataset.is_virtual or filters != ("gzip", True, True) or others:
        raise ValueError(f"{name} is not stored as in the schema")
    if dataset.nbytes > min(LARGEST, DEFLATE_RATIO * file_size):
        raise ValueError(f"{name} claims {dataset.nbytes} bytes")


def check_split(file: h5py.File, split: str, schema: Mapping[str, Column] = SCHEMA) -> None:
    """Raise ValueError unless a split is as in a schema, and about as large as what is stored of it."""
    size = file.id.get_filesize()
    claimed = stored = 0
    for name, column in schema.items():
        check_dataset(file, f"{split}/{name}", column, size)
        claimed += file[f"{split}/{name}"].nbytes
        stored += file[f"{split}/{name}"].id.get_storage_size()
    if claimed > max(UNSUSPICIOUS, USUAL_RATIO * stored):
        raise ValueError(f"{split} claims {claimed} bytes, of which {stored} are stored")


def check_values(columns: Columns) -> None:
    """Raise ValueError unless all offsets and numbers of a split are in range."""
    counts = {"graphs": len(columns["graphs/nodes"]), "questions": len(columns["questions/graph"])}
    for name, column in SCHEMA.items():
        count = counts[name.split("/")[0]]
        if column.offsets is None and len(columns[name]) != count + (name in OFFSETS):
            raise ValueError(f"{name} has {len(columns[name])} rows")
        if column.offsets is not None:
            _check_offsets(columns[column.offsets], len(columns[name]), column.offsets)
    lengths = np.diff(columns["graphs/triple_offsets"])
    nodes, relations = columns["graphs/nodes"], columns["graphs/relations"]
    triples, graph = columns["graphs/triples"], columns["questions/graph"]
    _check_below(triples[:, ::2], np.repeat(nodes, lengths)[:, None], "graphs/triples")
    _check_below(triples[:, 1], np.repeat(relations, lengths), "graphs/triples")
    _check_below(graph, np.int64(counts["graphs"]), "questions/graph")
    steps = np.diff(columns["questions/step_offsets"])
    _check_below(np.int64(0), steps, "questions/step_offsets")
    _check_below(columns["questions/start"], nodes[graph], "questions/start")
    _check_below(columns["questions/relations"], np.repeat(relations[graph], steps), "questions/relations")
    _check_below(columns["questions/targets"], np.repeat(nodes[graph], steps), "questions/targets")


def _check_offsets(offsets: Any, rows: int, name: str) -> None:
    if offsets[0] != 0 or offsets[-1] != rows or (np.diff(offsets) < 0).any():
        raise ValueError(f"{name} do not fit {rows} rows")


def _check_below(numbers: Any, limits: Any, name: str) -> None:
    if ((numbers < 0) | (numbers >= limits)).any():
        raise ValueError(f"{name} has a number out of range")
