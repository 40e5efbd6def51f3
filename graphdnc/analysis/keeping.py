"""Which questions of a stream of facts are answered if a memory keeps whole facts, by exact rules.

A fact takes a row. After each fact one is asked for, and a fact that is no longer kept is lost for good. Each
rule takes the number of the fact that each question is about, ``[Q]`` counted from 0, and the rows of the
memory, and returns which questions ``[Q]`` it answers.
"""

from __future__ import annotations

from collections.abc import Callable

import networkx as nx
import numpy as np
from numpy.typing import NDArray

Asked = NDArray[np.int64]
Answered = NDArray[np.bool_]
Rule = Callable[[Asked, int], Answered]


def first_kept(asked: Asked, rows: int) -> Answered:
    """Once all rows are used, nothing more is written."""
    return asked < rows


def oldest_overwritten(asked: Asked, rows: int) -> Answered:
    """The row that was written longest ago is overwritten."""
    return np.arange(len(asked)) - asked < rows


def least_read_overwritten(asked: Asked, rows: int) -> Answered:
    """The row that was neither written nor asked for longest is overwritten."""
    kept: list[int] = []
    answered = np.zeros(len(asked), bool)
    for fact, question in enumerate(asked.tolist()):
        kept = [*kept, fact][-rows:]
        answered[fact] = question in kept
        if answered[fact]:
            kept.remove(question)
            kept.append(question)
    return answered


def best_possible(asked: Asked, rows: int) -> Answered:
    """The most questions that any rule can answer, even one that knows what will be asked.

    As a flow of least cost: each row goes through time, idle or along a fact, from the fact to its first
    question, from there to its second, and so on, and earns 1 at each. It can leave a fact after any
    question.
    """
    graph = nx.DiGraph()
    graph.add_node(("idle", 0), demand=-rows)
    graph.add_node(("idle", len(asked)), demand=rows)
    place: dict[int, tuple[str, int]] = {}  # where each fact was met last
    for number, fact in enumerate(asked.tolist()):
        graph.add_edge(("idle", number), ("idle", number + 1), weight=0)
        graph.add_edge(place.get(fact, ("idle", fact)), ("asked", number), weight=-1, capacity=1)
        graph.add_edge(("asked", number), ("idle", number + 1), weight=0)
        place[fact] = ("asked", number)
    flow = nx.min_cost_flow(graph)
    return np.array([sum(flow["asked", number].values()) > 0 for number in range(len(asked))])
