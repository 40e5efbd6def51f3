"""``graphdnc eval``: how many answers of a network are right."""

from __future__ import annotations

from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from graphdnc.cli.options import AsJson, Means, ThreeColumns, columns_of, graph_source
from graphdnc.cli.output import print_json, write_figure
from graphdnc.errors import UsageError
from graphdnc.pictures.figures import format_of

if TYPE_CHECKING:
    from graphdnc.datasets.questions.task_questions import EvaluationSet
    from graphdnc.evaluation import Report
    from graphdnc.networks.checkpoint import Checkpoint
    from graphdnc.utils.ranges import Range

MOST_STEPS = 200
MOST_NODES = 100_000


def evaluate_model(
    model: Annotated[str, typer.Argument(metavar="MODEL", help="A network, by name or folder.")],
    task: Annotated[
        str | None, typer.Option(help="The task. Default: the task that the network was trained for.")
    ] = None,
    graphs: Annotated[
        str | None,
        typer.Option(
            help="random, transit, family, lineage, or a graph file. Default: random; lineage for kinship."
        ),
    ] = None,
    lesson: Annotated[str, typer.Option(help="The number of a lesson, or final.")] = "final",
    steps: Annotated[
        str | None,
        typer.Option(
            metavar="N|N-M",
            help="Steps of an answer. Default: as in the lesson; on a file 7 for traversal, 4 for inference.",
        ),
    ] = None,
    chains: Annotated[
        bool, typer.Option("--chains", help="For kinship: ask for random rules of --steps steps, not terms.")
    ] = False,
    nodes: Annotated[
        str | None,
        typer.Option(metavar="N|N-M", help="Nodes of random graphs, or people. Default: as in the lesson."),
    ] = None,
    episodes: Annotated[
        int, typer.Option(help="Questions to ask, or stories of each task, if there are enough.", min=1)
    ] = 1000,
    seed: Annotated[int, typer.Option(help="Seed of graphs, questions and labels.", min=0)] = 0,
    votes: Annotated[
        int | None,
        typer.Option(
            help="Times to ask each question. Default: 1; with --calibration as many as ask uses.",
            min=1,
            max=256,
        ),
    ] = None,
    silent: Annotated[
        bool, typer.Option("--silent", help="Let the network plan in silence, if it was taught to.")
    ] = False,
    calibration: Annotated[
        bool, typer.Option("--calibration", help="Show the share of right answers by confidence.")
    ] = False,
    plot: Annotated[
        str | None,
        typer.Option(
            metavar="FILE", help="Draw accuracy by steps, triples and rows of memory, as .svg or .png."
        ),
    ] = None,
    size: Annotated[
        list[str] | None,
        typer.Option(
            metavar="NAME=N|N-M",
            help="For sequences: a size, such as length=40. Repeatable. Default: as in the lesson.",
        ),
    ] = None,
    rows: Annotated[
        int | None,
        typer.Option(help="For sequences and stories: rows of memory. Default: as in training.", min=1),
    ] = None,
    stories: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="For stories: a corpus of them, whose tests are taken."),
    ] = None,
    columns: ThreeColumns = None,
    means: Means = None,
    as_json: AsJson = False,
) -> None:
    """Measure how many answers of a network are right.

    Example: graphdnc eval traversal --graphs underground --steps 7 --episodes 500

    Questions are new, and an answer is right only if all of it is. A path must be as short as possible. On a
    graph file, shortest paths are asked for random pairs of nodes, each pair once.

    Networks for sequences are measured on fresh ones: graphdnc eval runs/copy/best --size length=40 --rows 48

    Networks for stories are measured on all tests of a corpus: graphdnc eval runs/babi/best --stories babi.h5
    """
    from graphdnc.tasks.stories import BABI

    lengths = _range("--steps", steps, 1, MOST_STEPS)
    sizes = _nodes(nodes, graphs)
    if plot is not None:
        format_of(plot)  # refused before anything is measured
    about_graphs = (task, graphs, steps, nodes, votes, columns, means, chains, silent, calibration)
    if _task_of(model) == BABI:
        from graphdnc.cli.eval_stories import evaluate_story_model

        _refuse_all_but_stories(model, any((*about_graphs, size, plot)))
        evaluate_story_model(model, stories, rows, episodes, as_json)
        return
    if stories is not None:
        raise UsageError(f"{model} was not trained on stories; leave --stories out")
    if _is_for_sequences(model):
        from graphdnc.cli.eval_sequences import evaluate_sequence_model

        _refuse_options(model, any(about_graphs))
        evaluate_sequence_model(model, lesson, size or [], rows, episodes, seed, plot, as_json)
        return
    _refuse_sizes(model, bool(size or rows))
    from graphdnc.datasets.evaluation_sets import on_chains
    from graphdnc.datasets.questions.table import QUESTIONS
    from graphdnc.evaluation import evaluate
    from graphdnc.utils.progress import ProgressBar

    checkpoint = _loaded(model, task, silent)
    graphs = graphs or next(iter(QUESTIONS[checkpoint.task.name].curricula))
    asked = _questions(
        checkpoint, graphs, columns, means or [], lesson, None if chains else lengths, sizes, seed
    )
    if chains:
        asked = on_chains(checkpoint.task.name, asked, lengths, seed)
    most = episodes if asked.count is None else min(episodes, asked.count)
    times = votes or (checkpoint.task.usual_votes if calibration else 1)
    with ProgressBar("asked", most) as bar:

        def show(counted: Report) -> None:
            bar.show(counted.episodes, f"{counted.accuracy.share:.2%} right")

        found = evaluate(checkpoint, islice(asked.examples, most), times, seed, report=show)
    settings = asked.settings | {"votes": times} | ({"planning": "silent"} if silent else {})
    _print(checkpoint, graphs, found, seed, model, settings, calibration, as_json)
    if plot is not None:
        from graphdnc.pictures.accuracy import accuracy_by_size

        write_figure(plot, lambda format: accuracy_by_size(found, f"{model} on {graphs}", format))


def _nodes(nodes: str | None, graphs: str | None) -> Range | None:
    sizes = _range("--nodes", nodes, 2, MOST_NODES)
    if sizes is not None and graphs not in (None, "random", "lineage"):
        raise UsageError("--nodes is for random graphs and lineages; leave out --nodes or --graphs")
    return sizes


def _loaded(model: str, task: str | None, silent: bool) -> Checkpoint:
    from graphdnc.networks.checkpoint import load_checkpoint

    checkpoint = load_checkpoint(model)
    if task not in (None, checkpoint.task.name):
        trained = checkpoint.task.name
        raise UsageError(f"{model} was trained for {trained}, not for {task!r}; leave --task out")
    return checkpoint.in_silence() if silent else checkpoint


def _print(
    checkpoint: Checkpoint,
    graphs: str,
    found: Report,
    seed: int,
    model: str,
    settings: dict[str, int | str],
    calibration: bool,
    as_json: bool,
) -> None:
    from graphdnc.cli.print_evaluation import print_bins, print_tables, record_of

    if as_json:
        bins = {"calibration": [bin._asdict() for bin in found.calibration.bins()]} if calibration else {}
        print_json(record_of(checkpoint.task, graphs, found, seed, model, settings) | bins)
        return
    print_tables(checkpoint.task, graphs, found, model, settings)
    if calibration:
        print_bins(found.calibration)


def _refuse_sizes(model: str, given: bool) -> None:
    if given:
        raise UsageError(f"{model} is for questions about graphs; leave --size and --rows out")


def _refuse_options(model: str, given: bool) -> None:
    if given:
        raise UsageError(
            f"{model} was trained for sequences, without graphs or questions; use only --lesson, --size, "
            "--rows, --episodes, --seed, --plot and --json"
        )


def _refuse_all_but_stories(model: str, given: bool) -> None:
    if given:
        raise UsageError(
            f"{model} answers questions about stories; use only --stories, --rows, --episodes and --json"
        )


def _task_of(model: str) -> str:
    from graphdnc.networks.catalogue import listing

    return listing(model).task


def _is_for_sequences(model: str) -> bool:
    from graphdnc.tasks.sequences import SEQUENCE_TASKS

    return _task_of(model) in SEQUENCE_TASKS


def _questions(
    checkpoint: Checkpoint,
    graphs: str,
    columns: str | None,
    means: list[str],
    lesson: str,
    steps: Range | None,
    nodes: Range | None,
    seed: int,
) -> EvaluationSet:
    from graphdnc.datasets.evaluation_sets import on_graph, on_new_graphs
    from graphdnc.datasets.lessons.curriculum import SIZES
    from graphdnc.readers import read_graph

    if graphs in SIZES:
        if columns is not None or means:
            option = "--columns" if means == [] else "--means"
            raise UsageError(f"{option} is for a graph file; name the file with --graphs FILE")
        return on_new_graphs(checkpoint.task.name, graphs, lesson, steps, nodes, seed)
    if lesson != "final":
        raise UsageError("a graph file has no lessons; leave --lesson out, --steps sets the length")
    graph = read_graph(graph_source(graphs), columns_of(columns, None, None, None), means=means)
    return on_graph(checkpoint.task.name, graph, checkpoint.task.code, steps, seed)


def _range(option: str, text: str | None, least: int, most: int) -> Range | None:
    from graphdnc.utils.ranges import parse_range

    if text is None:
        return None
    try:
        return parse_range(text, least, most)
    except ValueError as error:
        raise UsageError(f"{option} {error}; write for example {option} 2-8") from None
