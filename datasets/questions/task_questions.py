"""The interface of a task's questions: how they are drawn, and which are used to evaluate a network."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from graphdnc.graph import Graph
from graphdnc.questions import Example
from graphdnc.utils.ranges import Range

ATTEMPTS = 1000
"""How many walks or graphs are drawn before the search for a question of some length ends."""


@dataclass(frozen=True)
class EvaluationSet:
    """Questions to evaluate a network on.

    Attributes:
        examples: the questions, each with its exact answer.
        settings: what they are drawn from, for the record.
        count: the number of questions; ``None`` if they are endless.
    """

    examples: Iterator[Example]
    settings: dict[str, int | str]
    count: int | None = None


@dataclass(frozen=True)
class TaskQuestions:
    """How the questions of one task are drawn.

    Attributes:
        draw: draws a question about a graph whose answer has a given length; raises ValueError if there is
            none.
        on_graph: returns the evaluation set of one graph, for a range of lengths or the default.
        curricula: the default curriculum for each generator; the first generator is the default.
        sentence: returns a question in words; ``None`` for a task that corpora do not store.
        fresh: returns the evaluation set of new graphs, for a range of sizes and of lengths; ``None`` to draw
            the set from the default curriculum.
        chains: returns an evaluation set with the same graphs and a chain of random steps for each; ``None``
            if the task has no such questions.
        generators: the generators that lessons may use.
        relations: how many relations random graphs have; ``None`` for as many as nodes.
        lengths: the least and the greatest length of an answer; ``None`` for no limit.
        weight: how often a lesson draws a length, relative to the others.
    """

    draw: Callable[[np.random.Generator, Graph, int], Example]
    on_graph: Callable[[np.random.Generator, Graph, Range | None], EvaluationSet]
    curricula: Mapping[str, str]
    sentence: Callable[[Graph, Any], str] | None = None
    fresh: Callable[[np.random.Generator, Range | None, Range | None], EvaluationSet] | None = None
    chains: Callable[[np.random.Generator, EvaluationSet, Range], EvaluationSet] | None = None
    generators: tuple[str, ...] = ("random", "transit", "family")
    relations: int | None = None
    lengths: tuple[int, int | None] = (1, None)
    weight: Callable[[int], int] = lambda length: 1
