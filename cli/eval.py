"""``graphdnc eval``: how many whole answers of a network are right."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import TYPE_CHECKING, Annotated

import typer

from graphdnc.cli.output import print_json, print_rows
from graphdnc.errors import NoAnswer, UsageError

if TYPE_CHECKING:
    import numpy as np

    from graphdnc.graph import Graph
    from graphdnc.questions import Example

STEPS = 7
"""Path length on a graph file: that of the paper's London Underground."""


def evaluate_model(
    model: Annotated[str, typer.Argument(metavar="MODEL", help="A network's name or folder.")],
    task: Annotated[str, typer.Option(help="What is asked: traversal.")] = "traversal",
    graphs: Annotated[str, typer.Option(help="random, transit, family, or a graph file.")] = "random",
    lesson: Annotated[str, typer.Option(help="A lesson's number, or final.")] = "final",
    steps: Annotated[
        int | None, typer.Option(help="Relations a question follows; default: the lesson's.", min=1, max=200)
    ] = None,
    episodes: Annotated[int, typer.Option(help="Questions asked.", min=1)] = 1000,
    seed: Annotated[int, typer.Option(help="Seed of graphs, questions and labels.", min=0)] = 0,
    votes: Annotated[int, typer.Option(help="Ask each so many times.", min=1, max=256)] = 1,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Measure a network on fresh questions.

    The figure is the share of whole answers that are right.

    Example: graphdnc eval traversal --graphs underground.csv --steps 7 --episodes 500
    """
    from graphdnc.evaluation import evaluate
    from graphdnc.training.checkpoint import load_checkpoint

    if task != "traversal":
        raise UsageError(f"there is no task {task!r}; write --task traversal")
    examples, settings = _examples(graphs, lesson, steps, seed)
    checkpoint = load_checkpoint(model)
    drawn = (next(examples) for _ in range(episodes))
    found = evaluate(checkpoint, drawn, votes, seed, report=_progress(episodes))
    settings["votes"] = votes
    if as_json:
        print_json(
            {
                "task": task,
                "graphs": graphs,
                "episodes": found.episodes,
                "accuracy": round(found.share, 6),
                "interval": [round(end, 6) for end in found.interval],
                "seed": seed,
                "model": model,
                "settings": settings,
            }
        )
        return
    low, high = found.interval
    words = ", ".join(f"{name} {value}" for name, value in settings.items())
    row = (model, graphs, words, f"{found.episodes:,}", f"{found.share:.2%}", f"{low:.2%} to {high:.2%}")
    print_rows(("model", "graphs", "settings", "episodes", "whole answers right", "95% interval"), [row])


def _examples(
    graphs: str, lesson: str, steps: int | None, seed: int
) -> tuple[Iterator[Example], dict[str, int | str]]:
    """Return an endless stream of examples, and what they are drawn from in words for the record."""
    from graphdnc.cli.build_data import CURRICULA
    from graphdnc.training.stream import Purpose, stream

    rng = stream(Purpose.EVALUATION, seed)
    settings: dict[str, int | str]
    generators = {generator.value: name for generator, name in CURRICULA.items()}
    if graphs in generators:
        from graphdnc.datasets.lessons import draw_example, load_curriculum

        curriculum = load_curriculum(generators[graphs])
        number = _lesson_number(lesson, len(curriculum.lessons))
        drawn = curriculum.lessons[number - 1]
        if steps is not None:
            drawn = replace(drawn, path=(steps, steps))
        settings = {
            "curriculum": curriculum.name,
            "lesson": number,
            "steps": _range(drawn.path),
        }
        return (draw_example(rng, drawn) for _ in iter(int, 1)), settings

    from graphdnc.readers import read_graph

    if lesson != "final":
        raise UsageError("a graph file has no lessons; leave --lesson out, --steps sets the length")
    graph = read_graph(sys.stdin.buffer if graphs == "-" else graphs)
    length = steps or STEPS
    return _walks(graph, length, rng), {"triples": len(graph), "steps": length}


def _lesson_number(wanted: str, count: int) -> int:
    if wanted == "final":
        return count
    if not wanted.isdecimal() or not 1 <= int(wanted) <= count:
        raise UsageError(f"no lesson {wanted!r}; write --lesson 1 to {count}, or final")
    return int(wanted)


def _range(path: tuple[int, int]) -> int | str:
    return path[0] if path[0] == path[1] else f"{path[0]}-{path[1]}"


def _walks(graph: Graph, length: int, rng: np.random.Generator) -> Iterator[Example]:
    from graphdnc.datasets.tasks import random_traversal

    while True:
        try:
            yield random_traversal(rng, graph, length)
        except ValueError as error:
            raise NoAnswer(f"{error}; write a smaller --steps") from error


def _progress(episodes: int) -> Callable[[int, int], None]:
    def report(correct: int, done: int) -> None:
        if sys.stderr.isatty():
            end = "\n" if done == episodes else ""
            line = f"\r{done:,} of {episodes:,}: {correct / done:.2%} right"
            print(line, end=end, file=sys.stderr, flush=True)

    return report
