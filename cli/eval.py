"""``graphdnc eval``: how many whole answers of a network are right."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from itertools import islice
from typing import TYPE_CHECKING, Annotated, Any

import typer

from graphdnc.cli.output import print_json, print_rows
from graphdnc.errors import NoAnswer, UsageError

if TYPE_CHECKING:
    import numpy as np

    from graphdnc.evaluation import Accuracy, Report
    from graphdnc.graph import Graph
    from graphdnc.questions import Example
    from graphdnc.training.checkpoint import Checkpoint

Range = tuple[int, int]
"""From and to, both included."""

STEPS = (7, 7)
"""Path length of traversals on a graph file: that of the paper's London Underground."""
INFERRED = (4, 4)
"""Edges of a relation on a family's file: those of the paper's family tree."""
MOST_STEPS = 200
MOST_NODES = 100_000


def evaluate_model(
    model: Annotated[str, typer.Argument(metavar="MODEL", help="A network's name or folder.")],
    task: Annotated[
        str | None, typer.Option(help="What is asked. Default: what the network was trained for.")
    ] = None,
    graphs: Annotated[str, typer.Option(help="random, transit, family, or a graph file.")] = "random",
    lesson: Annotated[str, typer.Option(help="A lesson's number, or final.")] = "final",
    steps: Annotated[
        str | None,
        typer.Option(
            metavar="N|N-M",
            help="Steps of an answer. Default: the lesson's; on a file 7, of paths any, of relations 4.",
        ),
    ] = None,
    nodes: Annotated[
        str | None, typer.Option(metavar="N|N-M", help="Other nodes of random graphs than the lesson's.")
    ] = None,
    episodes: Annotated[int, typer.Option(help="Questions asked, or as many as there are.", min=1)] = 1000,
    seed: Annotated[int, typer.Option(help="Seed of graphs, questions and labels.", min=0)] = 0,
    votes: Annotated[int, typer.Option(help="Ask each so many times.", min=1, max=256)] = 1,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Measure a network on fresh questions.

    The figure is the share of whole answers that are right: of shortest paths, those as short as can be. On
    a graph file shortest paths are asked between pairs of nodes, at random, each pair once.

    Example: graphdnc eval traversal --graphs underground.csv --steps 7 --episodes 500
    """
    lengths = _range("--steps", steps, 1, MOST_STEPS)
    sizes = _range("--nodes", nodes, 2, MOST_NODES)
    if sizes is not None and graphs != "random":
        raise UsageError("--nodes is for random graphs; leave it out, or write --graphs random")
    from graphdnc.evaluation import evaluate
    from graphdnc.training.checkpoint import load_checkpoint

    checkpoint = load_checkpoint(model)
    if task not in (None, checkpoint.task):
        raise UsageError(f"{model} was trained for {checkpoint.task}, not for {task!r}; leave --task out")
    drawn = _draw(checkpoint, graphs, lesson, lengths, sizes, seed)
    most = episodes if drawn.most is None else min(episodes, drawn.most)
    found = evaluate(checkpoint, islice(drawn.examples, most), votes, seed, report=_progress(most))
    settings = drawn.settings | {"votes": votes}
    if as_json:
        print_json(_record(checkpoint.task, graphs, found, seed, model, settings))
    else:
        _print_tables(checkpoint.task, graphs, found, model, settings)


@dataclass(frozen=True)
class Drawn:
    """Questions to ask.

    Attributes:
        examples: the questions, each with its exact answer.
        settings: what they are drawn from, for the record.
        most: how many there are; ``None`` where there is no end of them.
    """

    examples: Iterator[Example]
    settings: dict[str, int | str]
    most: int | None = None


def _draw(
    checkpoint: Checkpoint, graphs: str, lesson: str, steps: Range | None, nodes: Range | None, seed: int
) -> Drawn:
    from graphdnc.cli.build_data import Generator
    from graphdnc.training.stream import Purpose, stream

    rng = stream(Purpose.EVALUATION, seed)
    if graphs in list(Generator):
        return _fresh_graphs(checkpoint.task, graphs, lesson, steps, nodes, rng)
    from graphdnc.readers import read_graph

    if lesson != "final":
        raise UsageError("a graph file has no lessons; leave --lesson out, --steps sets the length")
    graph = read_graph(sys.stdin.buffer if graphs == "-" else graphs)
    if checkpoint.task == "traversal":
        length = steps or STEPS
        return Drawn(_walks(graph, length, rng), {"triples": len(graph), "steps": _shown(length)})
    if checkpoint.task == "inference":
        return _relations(graph, steps or INFERRED, rng)
    from graphdnc.episodes.labels import draw_labels

    # more nodes than there are labels are refused at once, not when all pairs of them have been counted
    draw_labels(stream(Purpose.EVALUATION, seed), graph, checkpoint.code)
    return _pairs(graph, steps, rng)


def _fresh_graphs(
    task: str, graphs: str, lesson: str, steps: Range | None, nodes: Range | None, rng: np.random.Generator
) -> Drawn:
    from graphdnc.cli.build_data import default_curriculum
    from graphdnc.datasets.lessons import draw_example, load_curriculum

    curriculum = load_curriculum(default_curriculum(task, graphs))
    number = _lesson_number(lesson, len(curriculum.lessons))
    drawn = curriculum.lessons[number - 1]
    drawn = replace(drawn, path=steps or drawn.path, size=nodes or drawn.size)
    settings: dict[str, int | str] = {
        "curriculum": curriculum.name,
        "lesson": number,
        "steps": _shown(drawn.path),
    }
    if nodes is not None:
        settings["nodes"] = _shown(nodes)
    return Drawn((draw_example(rng, drawn) for _ in iter(int, 1)), settings)


def _lesson_number(wanted: str, count: int) -> int:
    if wanted == "final":
        return count
    if not wanted.isdecimal() or not 1 <= int(wanted) <= count:
        raise UsageError(f"no lesson {wanted!r}; write --lesson 1 to {count}, or final")
    return int(wanted)


def _range(option: str, text: str | None, least: int, most: int) -> Range | None:
    if text is None:
        return None
    parts = re.fullmatch(r"(\d{1,9})(?:-(\d{1,9}))?", text)
    low, high = (int(parts[1]), int(parts[2] or parts[1])) if parts else (0, 0)
    if not least <= low <= high <= most:
        raise UsageError(
            f"{option} {text!r} is no range from {least} to {most:,}; write for example {option} 2-8"
        )
    return low, high


def _shown(span: Range) -> int | str:
    return span[0] if span[0] == span[1] else f"{span[0]}-{span[1]}"


def _walks(graph: Graph, steps: Range, rng: np.random.Generator) -> Iterator[Example]:
    from graphdnc.datasets.tasks import random_traversal

    low, high = steps
    while True:
        try:
            yield random_traversal(rng, graph, low if low == high else int(rng.integers(low, high + 1)))
        except ValueError as error:
            raise NoAnswer(f"{error}; write a smaller --steps") from error


def _pairs(graph: Graph, steps: Range | None, rng: np.random.Generator) -> Drawn:
    """Return a question for every pair of nodes so many steps apart, in random order."""
    import numpy as np

    from graphdnc.datasets.tasks import pairs, shortest_path_between

    if steps is None:
        found = pairs(graph)
    else:
        found = np.concatenate([pairs(graph, length) for length in range(steps[0], steps[1] + 1)])
    if not len(found):
        apart = "with a way between them" if steps is None else f"{_shown(steps)} steps apart"
        raise NoAnswer(f"the graph has no two nodes {apart}; leave --steps out, or give another graph")
    order = found[rng.permutation(len(found))].tolist()
    examples = (shortest_path_between(rng, graph, start, goal) for start, goal in order)
    wanted = "any" if steps is None else _shown(steps)
    return Drawn(examples, {"triples": len(graph), "steps": wanted, "pairs": len(order)}, len(order))


def _relations(graph: Graph, steps: Range, rng: np.random.Generator) -> Drawn:
    """Return a question for every relation of so many steps from everybody, in random order."""
    from graphdnc.datasets.tasks import every_relation
    from graphdnc.relations import edge_labelled

    labelled = edge_labelled(graph)
    found = [
        example for length in range(steps[0], steps[1] + 1) for example in every_relation(labelled, length)
    ]
    if not found:
        raise NoAnswer(f"no relation of {_shown(steps)} steps leads from anybody; write --steps 2 to 5")
    examples = (found[index] for index in rng.permutation(len(found)))
    settings: dict[str, int | str] = {"triples": len(graph), "steps": _shown(steps), "questions": len(found)}
    return Drawn(examples, settings, len(found))


def _progress(episodes: int) -> Callable[[Report], None]:
    def report(counted: Report) -> None:
        if sys.stderr.isatty():
            end = "\n" if counted.episodes == episodes else ""
            line = f"\r{counted.episodes:,} of {episodes:,}: {counted.accuracy.share:.2%} right"
            print(line, end=end, file=sys.stderr, flush=True)

    return report


def _record(
    task: str, graphs: str, found: Report, seed: int, model: str, settings: dict[str, int | str]
) -> dict[str, Any]:
    """Return a measurement as the fields of ``eval --json``."""
    record = {
        "task": task,
        "graphs": graphs,
        "episodes": found.episodes,
        **_accuracy(found.accuracy),
        "seed": seed,
        "model": model,
        "settings": settings,
    }
    if task == "shortest-path":
        record["valid"] = round(found.valid.share, 6)
        record["by_length"] = {
            str(length): {"episodes": right.episodes, **_accuracy(right)}
            for length, right in found.by_length.items()
        }
    return record


def _accuracy(right: Accuracy) -> dict[str, Any]:
    return {"accuracy": round(right.share, 6), "interval": [round(end, 6) for end in right.interval]}


def _print_tables(task: str, graphs: str, found: Report, model: str, settings: dict[str, int | str]) -> None:
    """Print the measurement as a row; of shortest paths also how many are valid, and a row by length."""
    words = ", ".join(f"{name} {value}" for name, value in settings.items())
    columns = ("model", "graphs", "settings", "episodes", "whole answers right", "95% interval")
    row = (model, graphs, words, *_cells(found.accuracy))
    if task != "shortest-path":
        print_rows(columns, [row])
        return
    print_rows((*columns, "valid paths"), [(*row, f"{found.valid.share:.2%}")])
    print()
    rows = [(str(length), *_cells(right)) for length, right in found.by_length.items()]
    print_rows(("steps", "episodes", "whole answers right", "95% interval"), rows)


def _cells(right: Accuracy) -> tuple[str, ...]:
    low, high = right.interval
    return f"{right.episodes:,}", f"{right.share:.2%}", f"{low:.2%} to {high:.2%}"
