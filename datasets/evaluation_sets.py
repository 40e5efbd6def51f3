"""The questions of ``graphdnc eval``: about one graph, or about new graphs of a curriculum."""

from __future__ import annotations

from dataclasses import replace

from graphdnc.datasets.lessons.curriculum import load_curriculum
from graphdnc.datasets.lessons.drawing import draw_example
from graphdnc.datasets.questions.table import QUESTIONS, default_curriculum
from graphdnc.datasets.questions.task_questions import EvaluationSet
from graphdnc.episodes.labels import DigitCode, draw_labels
from graphdnc.errors import UsageError
from graphdnc.graph import Graph
from graphdnc.utils.ranges import Range, format_range
from graphdnc.utils.rng import Purpose, stream


def on_graph(task: str, graph: Graph, code: DigitCode, steps: Range | None, seed: int) -> EvaluationSet:
    """Return questions about one graph whose answers have some numbers of steps, by default the task's."""
    draw_labels(stream(Purpose.EVALUATION, seed), graph, code)  # refuse a large graph before searching it
    return QUESTIONS[task].on_graph(stream(Purpose.EVALUATION, seed), graph, steps)


def on_new_graphs(
    task: str, generator: str, lesson: str, steps: Range | None, size: Range | None, seed: int
) -> EvaluationSet:
    """Return questions about new graphs, drawn from a lesson of the default curriculum.

    The lesson is a number or ``final``; ``steps`` and ``size`` replace its ranges of lengths and sizes.
    """
    rng, name = stream(Purpose.EVALUATION, seed), default_curriculum(task, generator)
    fresh = QUESTIONS[task].fresh
    if fresh is not None:
        return fresh(rng, size, steps)
    curriculum = load_curriculum(name)
    number = curriculum.lesson_number(lesson)
    drawn = curriculum.lessons[number - 1]
    drawn = replace(drawn, path=steps or drawn.path, size=size or drawn.size)
    settings: dict[str, int | str] = {"curriculum": name, "lesson": number, "steps": format_range(drawn.path)}
    if size is not None:
        settings["nodes"] = format_range(size)
    return EvaluationSet(iter(lambda: draw_example(rng, drawn), None), settings)


def on_chains(task: str, asked: EvaluationSet, steps: Range | None, seed: int) -> EvaluationSet:
    """Return the same graphs, each with a question for a chain of random steps.

    Raises:
        UsageError: the task has no such questions, or no number of steps is given.
    """
    chains = QUESTIONS[task].chains
    if chains is None or steps is None:
        raise UsageError("--chains is for kinship and needs --steps; leave it out, or add --steps")
    return chains(stream(Purpose.EVALUATION, seed, 1), asked, steps)
