"""Draw new graphs and questions about them from the ranges of a lesson."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from graphdnc.datasets.generators.families import family, with_derived
from graphdnc.datasets.generators.lineages import lineage
from graphdnc.datasets.generators.random_graphs import random_graph
from graphdnc.datasets.generators.transit import transit_map
from graphdnc.datasets.lessons.curriculum import Lesson
from graphdnc.datasets.questions.table import QUESTIONS
from graphdnc.datasets.questions.task_questions import ATTEMPTS
from graphdnc.errors import UsageError
from graphdnc.graph import Graph
from graphdnc.questions import Example
from graphdnc.utils.rng import pick, pick_between


def draw_example(rng: np.random.Generator, lesson: Lesson) -> Example:
    """Draw a new graph of a lesson, and a question about it with its exact answer.

    The length of the answer is drawn first. If a graph has no such answer, another graph is drawn, so lengths
    are uniform even if few graphs have long answers.

    Raises:
        UsageError: the generator cannot draw such graphs, or none of ``ATTEMPTS`` graphs has an answer of
            the length drawn.
    """
    return _drawn(rng, lesson, questions=1)[0]


def draw_examples(rng: np.random.Generator, lesson: Lesson) -> list[Example]:
    """Draw a new graph and all questions of a lesson about it, each with a length of its own.

    The examples share one graph object, so a corpus stores it once. Raises the errors of
    :func:`draw_example`.
    """
    return _drawn(rng, lesson, lesson.questions)


def _drawn(rng: np.random.Generator, lesson: Lesson, questions: int) -> list[Example]:
    draw_graph, ask = _GENERATORS[lesson.graphs], QUESTIONS[lesson.task].draw
    try:
        graph = draw_graph(rng, lesson)
        lengths = [_length(rng, lesson) for _ in range(questions)]
        for _ in range(ATTEMPTS):
            try:
                return [ask(rng, graph, length) for length in lengths]
            except ValueError:
                graph = draw_graph(rng, lesson)
        asked = " and ".join(map(str, lengths))
        raise ValueError(f"none of {ATTEMPTS:,} has a question answered by {asked} triples")
    except ValueError as error:
        raise UsageError(f"{lesson.graphs} graphs cannot be drawn: {error}; change their ranges") from error


def _length(rng: np.random.Generator, lesson: Lesson) -> int:
    low, high = lesson.path
    weight = QUESTIONS[lesson.task].weight
    lengths = [length for length in range(low, high + 1) for _ in range(weight(length))]
    return pick(rng, lengths)


def _random(rng: np.random.Generator, lesson: Lesson) -> Graph:
    assert lesson.out_degree is not None
    nodes = pick_between(rng, lesson.size)
    return random_graph(rng, nodes, lesson.out_degree, QUESTIONS[lesson.task].relations)


def _family(rng: np.random.Generator, lesson: Lesson) -> Graph:
    graph = family(rng, lesson.size)
    return with_derived(graph) if lesson.derived else graph


_GENERATORS: dict[str, Callable[[np.random.Generator, Lesson], Graph]] = {
    "random": _random,
    "transit": lambda rng, lesson: transit_map(rng, lesson.size),
    "family": _family,
    "lineage": lambda rng, lesson: lineage(rng, lesson.size),
}
