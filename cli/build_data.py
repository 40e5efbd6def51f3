"""``graphdnc build-data``: make a corpus of generated graphs and questions, or say what is in one."""

from __future__ import annotations

import re
import sys
from dataclasses import replace
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from graphdnc.cli.output import print_rows

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from graphdnc.corpus.files import Split
    from graphdnc.datasets.build_corpus import Numbered
    from graphdnc.datasets.lessons import Curriculum, Lesson
    from graphdnc.graph import Graph, Triple
    from graphdnc.questions import Asked, Example

SHOWN = 12
"""Triples of the sample graph that are printed."""


class Generator(StrEnum):
    """Where graphs come from."""

    random = "random"
    transit = "transit"
    family = "family"
    lineage = "lineage"


DEFAULTS = {
    "traversal": {
        Generator.random: "traversal-paper",
        Generator.transit: "traversal-transit",
        Generator.family: "traversal-family",
    },
    "shortest-path": {
        Generator.random: "shortest-path-paper",
        Generator.transit: "shortest-path-transit",
    },
    "inference": {Generator.random: "inference-paper"},
    "kinship": {Generator.lineage: "kinship"},
}
"""The curriculum of a task on the graphs of a generator, where no other is named."""


def default_curriculum(task: str, generator: str) -> str:
    """Return the name of the curriculum for a task on the graphs of a generator.

    Raises:
        UsageError: there is no such task, or it has no curriculum on these graphs.
    """
    from graphdnc.errors import UsageError

    if task not in DEFAULTS:
        raise UsageError(f"no curriculum for the task {task!r}; write --task {' or --task '.join(DEFAULTS)}")
    names = {found.value: name for found, name in DEFAULTS[task].items()}
    if generator not in names:
        raise UsageError(
            f"no curriculum for --task {task} on {generator} graphs; choose {' or '.join(names)} graphs"
        )
    return names[generator]


def build_data(
    generator: Annotated[
        Generator | None, typer.Argument(help="What draws the graphs. Default: what the curriculum says.")
    ] = None,
    task: Annotated[str, typer.Option(help="Traversal, shortest-path or inference.")] = "traversal",
    lesson: Annotated[str, typer.Option(help="A lesson's number, all, or final.")] = "final",
    episodes: Annotated[int, typer.Option(help="How many examples, all splits together.", min=1)] = 10_000,
    seed: Annotated[int, typer.Option(help="The same seed gives the same data.", min=0)] = 0,
    workers: Annotated[int, typer.Option(help="Processes that draw; 0: one a core.", min=0)] = 0,
    output: Annotated[Path | None, typer.Option("--output", "-o", help="The corpus to write.")] = None,
    force: Annotated[bool, typer.Option("--force", help="Replace the corpus if it exists.")] = False,
    curriculum: Annotated[
        str | None,
        typer.Option(help="A shipped curriculum's name, or a TOML file. Default: by task and generator."),
    ] = None,
    size: Annotated[
        str | None, typer.Option(help="Other nodes, triples or people than the lesson's: 10-40.")
    ] = None,
    describe: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Print what is in a corpus; build nothing.")
    ] = None,
) -> None:
    """Make an HDF5 corpus of generated graphs, each with a question and its exact answer.

    Example: graphdnc build-data random --lesson final --episodes 100000 -o corpus.h5
    """
    from graphdnc.datasets.lessons import load_curriculum
    from graphdnc.errors import UsageError

    if describe is not None:
        _describe(describe)
        return
    if output is None:
        raise UsageError("no output; name the corpus to write: -o corpus.h5")
    if output.is_dir():
        raise UsageError(
            f"{output} is a directory; name the corpus to write in it: -o {output / 'corpus.h5'}"
        )
    chosen = load_curriculum(curriculum or default_curriculum(task, generator or Generator.random))
    if chosen.task == "kinship":
        raise UsageError(
            "a corpus holds answers that are paths; families and their kin are drawn while training: "
            "graphdnc train runs/kinship.toml"
        )
    if task != chosen.task:
        raise UsageError(f"{chosen.name} is not for the task {task!r}; write --task {chosen.task}")
    lessons = _lessons(chosen, lesson, generator, size)
    _build(output, lessons, episodes, seed, workers or None, force)


def _lessons(curriculum: Curriculum, wanted: str, generator: Generator | None, size: str | None) -> Numbered:
    """Return the lessons asked for, with their numbers."""
    from graphdnc.errors import UsageError

    count = len(curriculum.lessons)
    numbers = {"all": range(1, count + 1), "final": [count]}.get(wanted)
    if numbers is None:
        if not wanted.isdecimal() or not 1 <= int(wanted) <= count:
            raise UsageError(f"no lesson {wanted!r} in {curriculum.name}; write 1 to {count}, all or final")
        numbers = [int(wanted)]
    lessons = tuple((number, curriculum.lessons[number - 1]) for number in numbers)
    for number, lesson in lessons:
        if generator is not None and lesson.graphs != generator.value:
            raise UsageError(
                f"lesson {number} of {curriculum.name} draws {lesson.graphs} graphs; "
                f"leave out {generator.value!r}, or choose another --lesson or --curriculum"
            )
    return lessons if size is None else tuple((number, _resized(lesson, size)) for number, lesson in lessons)


def _resized(lesson: Lesson, size: str) -> Lesson:
    from graphdnc.datasets.lessons import LEAST, SIZES
    from graphdnc.errors import UsageError

    parts = re.fullmatch(r"(\d+)(?:-(\d+))?", size)
    low, high = (int(parts[1]), int(parts[2] or parts[1])) if parts else (0, 0)
    if not LEAST[lesson.graphs] <= low <= high:
        least, unit = LEAST[lesson.graphs], SIZES[lesson.graphs]
        raise UsageError(f"--size {size!r} is no range of {unit}; write for example 10-40, from {least} up")
    return replace(lesson, size=(low, high))


def _build(
    output: Path, lessons: Numbered, episodes: int, seed: int, workers: int | None, force: bool
) -> None:
    from time import perf_counter

    from rich.console import Console
    from rich.progress import Progress

    from graphdnc.cli.progress import say
    from graphdnc.datasets.build_corpus import build_corpus
    from graphdnc.utils.interrupts import Postponed

    started = perf_counter()
    bar = Progress(console=Console(stderr=True), transient=True, disable=not sys.stderr.isatty())
    drawing = bar.add_task("drawing", total=episodes)
    with bar, Postponed() as interruption:

        def advance(drawn: int) -> None:
            bar.advance(drawing, drawn)
            interruption.take_up()

        counts = build_corpus(output, lessons, episodes, seed, workers, force, advance)
    parts = ", ".join(f"{split} {count:,}" for split, count in counts.items())
    say(f"wrote {output}: {parts} in {perf_counter() - started:.1f} s; look inside with --describe {output}")


def _describe(path: Path) -> None:
    """Print how a corpus was made, what it holds, and one example in words."""
    from graphdnc.corpus.files import Corpus
    from graphdnc.corpus.schema import SPLITS, VERSION

    with Corpus(path) as corpus:
        info = corpus.info
        splits = {name: corpus.split(name) for name in SPLITS}
        print(f"{path}: {info.task} on {info.generator} graphs, seed {info.seed}")
        print(f"schema {VERSION}, written by graphdnc {info.graphdnc}")
        _print_lessons(info.parameters)
        _print_splits(splits)
        filled = [split for split in splits.values() if len(split)]
        if filled:
            _print_example(filled[0].example(0))


def _print_lessons(parameters: Mapping[str, Any]) -> None:
    rows = []
    for lesson in parameters.get("lessons", []):
        ranges = {key: value for key, value in lesson.items() if key not in ("lesson", "task", "graphs")}
        rest = [f"{key.replace('_', '-')} {_value(value)}" for key, value in ranges.items()]
        rows.append((str(lesson["lesson"]), lesson["graphs"], ", ".join(rest)))
    print()
    print_rows(("lesson", "graphs", "ranges, both ends included"), rows)


def _print_splits(splits: dict[str, Split]) -> None:
    rows = []
    for name, split in splits.items():
        columns = split.columns
        triples, steps = (_span(columns[f"{key}_offsets"]) for key in ("graphs/triple", "questions/step"))
        rows.append((name, f"{len(columns['graphs/nodes']):,}", f"{len(split):,}", triples, steps))
    print()
    print_rows(("split", "graphs", "questions", "triples", "steps"), rows)


def _span(offsets: Any) -> str:
    lengths = offsets[1:] - offsets[:-1]
    return f"{lengths.min()}-{lengths.max()}, mean {lengths.mean():.1f}" if len(lengths) else "-"


def _value(value: Any) -> str:
    return "-".join(map(str, value)) if isinstance(value, list) else str(value).lower()


def _print_example(example: Example) -> None:
    """Print the first triples of a graph, the question as a sentence, and the answer."""
    graph = example.graph
    shown = list(graph)[:SHOWN]
    print(f"\n{len(shown)} of the {len(graph)} triples of a graph:\n")
    _print_triples(graph, shown)
    print(f"\nquestion: {_sentence(graph, example.question)}\nanswer:\n")
    _print_triples(graph, example.answer)


def _sentence(graph: Graph, question: Asked) -> str:
    from graphdnc.questions import Kin, Relation, Traversal

    assert not isinstance(question, Kin), "corpora hold paths"
    start = graph.node_name(question.start)
    if isinstance(question, Traversal):
        steps = ", then ".join(graph.relation_name(relation) for relation in question.relations)
        return f"Start at {start}, follow {steps}: where am I?"
    if isinstance(question, Relation):
        return f"Start at {start}, follow relation number {question.relation}: where am I?"
    return f"From {start} to {graph.node_name(question.goal)}: which way is shortest?"


def _print_triples(graph: Graph, triples: Iterable[Triple]) -> None:
    from graphdnc.graph import named

    print_rows(("source", "relation", "target"), named(graph, tuple(triples)))
