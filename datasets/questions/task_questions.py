"""What the questions of one task need: how they are drawn, worded and evaluated."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from graphdnc.graph import Graph
from graphdnc.questions import Example
from graphdnc.utils.ranges import Range

ATTEMPTS = 1000
"""How many walks or graphs are drawn before a question of some length is given up."""


@dataclass(frozen=True)
class EvaluationSet:
    """Questions to evaluate a network on.

    Attributes:
        examples: the questions, each with its exact answer.
        settings: what they are drawn from, for the record.
        count: how many there are; ``None`` if they never end.
    """

    examples: Iterator[Example]
    settings: dict[str, int | str]
    count: int | None = None


@dataclass(frozen=True)
class TaskQuestions:
    """How the questions of one task are drawn.

    Attributes:
        draw: draws a question about a graph whose answer has a given length; ValueError if there is none.
        on_graph: returns the questions to evaluate on one graph, for a range of lengths or the default.
        curricula: the default curriculum on the graphs of each generator.
        sentence: returns a question in words; ``None`` for a task that corpora do not hold.
        fresh: returns the questions to evaluate on new graphs of a size and with answers of a length;
            ``None`` to draw them from the default curriculum.
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
    generators: tuple[str, ...] = ("random", "transit", "family")
    relations: int | None = None
    lengths: tuple[int, int | None] = (1, None)
    weight: Callable[[int], int] = lambda length: 1
