"""Draw new graphs and questions about them from the ranges of a lesson."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

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
    return draw_examples(rng, replace(lesson, questions=1))[0]


def draw_examples(rng: np.random.Generator, lesson: Lesson) -> list[Example]:
    """Draw a new graph and all questions of a lesson about it, each with a length of its own.

    The examples share one graph object, so a corpus stores it once. Raises the errors of
    :func:`draw_example`.
    """
    draw_graph, asked = _GENERATORS[lesson.graphs], QUESTIONS[lesson.task]
    low, high = lesson.path
    weighted = [length for length in range(low, high + 1) for _ in range(asked.weight(length))]
    try:
        graph = draw_graph(rng, lesson)
        lengths = [pick(rng, weighted) for _ in range(lesson.questions)]
        for _ in range(ATTEMPTS):
            try:
                return [asked.draw(rng, graph, length) for length in lengths]
            except ValueError:
                graph = draw_graph(rng, lesson)
        wanted = " and ".join(map(str, lengths))
        raise ValueError(f"none of {ATTEMPTS:,} has a question answered by {wanted} triples")
    except ValueError as error:
        raise UsageError(f"{lesson.graphs} graphs cannot be drawn: {error}; change their ranges") from error


def _random(rng: np.random.Generator, lesson: Lesson) -> Graph:
    assert lesson.out_degree is not None
    nodes = pick_between(rng, lesson.size)
    relations = QUESTIONS[lesson.task].relations
    if lesson.relations is not None:
        relations = pick_between(rng, lesson.relations)
    return random_graph(rng, nodes, lesson.out_degree, relations)


def _family(rng: np.random.Generator, lesson: Lesson) -> Graph:
    graph = family(rng, lesson.size)
    return with_derived(graph) if lesson.derived else graph


_GENERATORS: dict[str, Callable[[np.random.Generator, Lesson], Graph]] = {
    "random": _random,
    "transit": lambda rng, lesson: transit_map(rng, lesson.size),
    "family": _family,
    "lineage": lambda rng, lesson: lineage(rng, lesson.size),
}
