"""What takes a while before an answer: reading the graph, compiling the kernels, loading a network."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from graphdnc.cli.options import graph_source
from graphdnc.cli.progress import say
from graphdnc.utils.interrupts import Interrupts

if TYPE_CHECKING:
    from graphdnc.graph import Graph
    from graphdnc.readers import Columns, Inspection
    from graphdnc.weights import Weights


def read_graph_file(
    graph: str, columns: Columns, format: str | None, quiet: bool, means: Sequence[str] = ()
) -> Inspection:
    """Read a graph while the kernels are compiled, and print what in the file may be a mistake."""
    from graphdnc.model.kernels.cpu.build import begin_to_build
    from graphdnc.readers import inspect_graph
    from graphdnc.readers.notes import describe_missed

    begin_to_build("forward")
    read = inspect_graph(graph_source(graph, quiet), columns, format=format, means=means)
    for note in read.notes:
        if note.doubtful:
            where = f"line {note.lines[0]}: " if note.lines else ""
            say(f"note: {where}{note.text}")
    if (missed := describe_missed(read.account)) is not None:
        say(f"note: {missed}")
    return read


def weights_in(
    graph: str, columns: Columns, format: str | None, means: Sequence[str]
) -> Callable[[str], Weights | None]:
    """Return a function that reads the file again, and returns the weights in a column."""

    def weights_of(column: str) -> Weights | None:
        from graphdnc.readers import inspect_graph

        picked = replace(columns, weight=column)
        return inspect_graph(graph_source(graph, True), picked, format=format, means=means).weighted

    return weights_of


def say_what_takes_long(quiet: bool) -> Callable[[Graph], None]:
    """Return a function that says, on a terminal, what takes time before a network memorises a graph."""

    def prepare(graph: Graph) -> None:
        # For torch, if it is needed: steps this small gain nothing from threads, and on a busy machine they
        # wait for the threads for a long time.
        os.environ.setdefault("OMP_NUM_THREADS", "1")
        with Interrupts():  # an import that breaks off cannot be repeated
            import graphdnc.answering.subgraph_session  # noqa: F401
            from graphdnc.model.kernels.cpu.build import build_failure, is_to_be_built
        if quiet or not sys.stderr.isatty():
            return
        if is_to_be_built("forward"):
            say("compiling the steps of the network, this once ...")
        slower = build_failure("forward")
        where = "" if slower is None else f", by torch, which takes longer: {slower}"
        say(f"asking a network about {len(graph):,} triples{where} ...")

    return prepare
