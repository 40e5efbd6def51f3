"""``graphdnc build-data``: build a corpus of generated graphs and questions, or describe one."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

if TYPE_CHECKING:
    from graphdnc.corpus.shards import Part
    from graphdnc.datasets.build_corpus import Numbered
    from graphdnc.datasets.lessons.curriculum import Curriculum, Lesson


Generator = Literal["random", "transit", "family", "lineage"]
Source = Literal[Generator, "babi"]


def build_data(
    generator: Annotated[
        Source | None,
        typer.Argument(
            help="The generator of the graphs, or babi for published stories. Default: as in the curriculum."
        ),
    ] = None,
    task: Annotated[str, typer.Option(help="traversal, shortest-path or inference.")] = "traversal",
    lesson: Annotated[str, typer.Option(help="The number of a lesson, final, or all.")] = "final",
    episodes: Annotated[int, typer.Option(help="Examples in all splits together.", min=1)] = 10_000,
    seed: Annotated[int, typer.Option(help="Seed of graphs and questions.", min=0)] = 0,
    workers: Annotated[int, typer.Option(help="Processes to use; 0 for one for each core.", min=0)] = 0,
    output: Annotated[Path | None, typer.Option("--output", "-o", help="The file to write.")] = None,
    force: Annotated[bool, typer.Option("--force", help="Replace the file if it exists.")] = False,
    curriculum: Annotated[
        str | None,
        typer.Option(help="A shipped curriculum, or a TOML file. Default: by task and generator."),
    ] = None,
    size: Annotated[
        str | None,
        typer.Option(metavar="N|N-M", help="Nodes, triples or people. Default: as in the lesson."),
    ] = None,
    shard: Annotated[
        str | None,
        typer.Option(metavar="I/N", help="Write only part I of N; train reads all N as one corpus."),
    ] = None,
    cluster: Annotated[
        str | None,
        typer.Option(metavar="ADDRESS", help="Draw on the Dask cluster with its scheduler at this address."),
    ] = None,
    folder: Annotated[
        Path | None,
        typer.Option("--from", metavar="FOLDER", help="For babi: the folder with the files of the tasks."),
    ] = None,
    longest: Annotated[
        int | None,
        typer.Option(help="For babi: cut stories, but no tests, to so many words. Default: whole.", min=1),
    ] = None,
    describe: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Describe this corpus, and build nothing.")
    ] = None,
) -> None:
    """Build an HDF5 corpus of generated graphs, each with a question and its exact answer.

    Example: graphdnc build-data random --lesson final --episodes 100000 -o corpus.h5

    Example: graphdnc build-data random --episodes 100000 --shard 2/8 -o shards/2.h5

    Example: graphdnc build-data babi --from tasks_1-20_v1-2/en-10k -o babi.h5
    """
    from graphdnc.cli.build_stories import build_stories
    from graphdnc.cli.describe_corpus import describe_corpus
    from graphdnc.datasets.lessons.curriculum import load_curriculum
    from graphdnc.datasets.questions.table import default_curriculum
    from graphdnc.errors import UsageError
    from graphdnc.tasks import TASKS

    if describe is not None:
        describe_corpus(describe)
        return
    if output is None:
        raise UsageError("no output; name the corpus to write: -o corpus.h5")
    if output.is_dir():
        inside = output / "corpus.h5"
        raise UsageError(f"{output} is a directory; name the corpus to write in it: -o {inside}")
    if generator == "babi":
        build_stories(folder, output, longest, force)
        return
    if folder is not None or longest is not None:
        raise UsageError("--from and --longest are for stories; write graphdnc build-data babi")
    chosen = load_curriculum(curriculum or default_curriculum(task, generator or "random"))
    if not TASKS[chosen.task].in_corpora:
        raise UsageError(
            f"the task {chosen.task} has no corpora; its examples are drawn during training: "
            f"graphdnc train runs/{chosen.task}.toml"
        )
    if task != chosen.task:
        raise UsageError(f"{chosen.name} is not for the task {task!r}; write --task {chosen.task}")
    _build(
        *(output, _lessons(chosen, lesson, generator, size), episodes, seed, workers or None, force),
        None if shard is None else _part(shard),
        cluster,
    )


def _part(shard: str) -> Part:
    from graphdnc.corpus.shards import Part
    from graphdnc.errors import UsageError
    from graphdnc.utils.text import is_number

    number, _, count = shard.partition("/")
    if not (is_number(number) and is_number(count) and 1 <= int(number) <= int(count)):
        raise UsageError(f"--shard {shard}: write it as I/N, for example 2/8, with I from 1 to N")
    return Part(int(number), int(count))


def _lessons(curriculum: Curriculum, wanted: str, generator: Generator | None, size: str | None) -> Numbered:
    from graphdnc.errors import UsageError

    lessons = tuple(enumerate(curriculum.lessons, start=1))
    if wanted != "all":
        lessons = (lessons[curriculum.lesson_number(wanted) - 1],)
    for number, lesson in lessons:
        if generator is not None and lesson.graphs != generator:
            raise UsageError(
                f"lesson {number} of {curriculum.name} draws {lesson.graphs} graphs; "
                f"leave out {generator!r}, or choose another --lesson or --curriculum"
            )
    return lessons if size is None else tuple((number, _resized(lesson, size)) for number, lesson in lessons)


def _resized(lesson: Lesson, size: str) -> Lesson:
    from graphdnc.datasets.lessons.curriculum import LEAST, SIZES
    from graphdnc.errors import UsageError
    from graphdnc.utils.ranges import parse_range

    try:
        return replace(lesson, size=parse_range(size, LEAST[lesson.graphs]))
    except ValueError as error:
        raise UsageError(f"--size: {SIZES[lesson.graphs]}: {error}; write for example 10-40") from None


def _build(
    output: Path,
    lessons: Numbered,
    episodes: int,
    seed: int,
    workers: int | None,
    force: bool,
    shard: Part | None,
    cluster: str | None,
) -> None:
    from functools import partial
    from time import perf_counter

    from graphdnc.cli.progress import say
    from graphdnc.datasets.build_corpus import build_corpus
    from graphdnc.datasets.cluster import draw_on_cluster
    from graphdnc.utils.interrupts import Interrupts
    from graphdnc.utils.progress import ProgressBar

    started = perf_counter()
    draw = None if cluster is None else partial(draw_on_cluster, cluster)
    total = episodes if shard is None else None
    with ProgressBar("drawing", total) as bar, Interrupts() as interrupts:

        def advance(drawn: int) -> None:
            bar.advance(drawn)
            interrupts.check()

        counts = build_corpus(output, lessons, episodes, seed, workers, force, advance, shard, draw)
    parts = ", ".join(f"{split} {count:,}" for split, count in counts.items())
    say(f"wrote {output}: {parts} in {perf_counter() - started:.1f} s; look inside with --describe {output}")
