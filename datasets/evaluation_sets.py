"""The questions that ``graphdnc eval`` asks: on one graph, or on new graphs of a curriculum."""

from __future__ import annotations

from dataclasses import replace

from graphdnc.datasets.lessons.curriculum import load_curriculum
from graphdnc.datasets.lessons.drawing import draw_example
from graphdnc.datasets.questions.kinship import chains
from graphdnc.datasets.questions.table import QUESTIONS, default_curriculum
from graphdnc.datasets.questions.task_questions import EvaluationSet
from graphdnc.episodes.labels import LabelCode, draw_labels
from graphdnc.graph import Graph
from graphdnc.utils.ranges import Range, format_range
from graphdnc.utils.rng import Purpose, stream


def on_graph(task: str, graph: Graph, code: LabelCode, steps: Range | None, seed: int) -> EvaluationSet:
    """Return questions about one graph, with answers of so many steps or of the task's default length.

    Raises:
        CapacityError: the code has fewer labels than the graph needs.
        NoAnswer: the graph has no such question.
    """
    draw_labels(stream(Purpose.EVALUATION, seed), graph, code)  # refuses a large graph before it is searched
    return QUESTIONS[task].on_graph(stream(Purpose.EVALUATION, seed), graph, steps)


def on_new_graphs(
    task: str, generator: str, lesson: str, steps: Range | None, size: Range | None, seed: int
) -> EvaluationSet:
    """Return questions about new graphs, by a lesson of the default curriculum or with other ranges.

    Raises:
        UsageError: there is no such curriculum or lesson.
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
    return EvaluationSet((draw_example(rng, drawn) for _ in iter(int, 1)), settings)


def random_rules(families: EvaluationSet, steps: Range, seed: int) -> EvaluationSet:
    """Return the same families, with a question each for a kinship rule of so many random steps."""
    return chains(stream(Purpose.EVALUATION, seed, 1), families, steps)
