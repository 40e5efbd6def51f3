"""``graphdnc eval``: how many whole answers of a network are right."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, Annotated

import typer

from graphdnc.cli.options import ThreeColumns, columns_of, graph_source
from graphdnc.cli.output import print_json
from graphdnc.datasets.generators import Generator
from graphdnc.errors import UsageError
from graphdnc.utils.ranges import Range, parse_range

if TYPE_CHECKING:
    from graphdnc.datasets.questions.task_questions import EvaluationSet
    from graphdnc.evaluation import Report
    from graphdnc.networks.checkpoint import Checkpoint

MOST_STEPS = 200
MOST_NODES = 100_000


def evaluate_model(
    model: Annotated[str, typer.Argument(metavar="MODEL", help="A network's name or folder.")],
    task: Annotated[
        str | None, typer.Option(help="What is asked. Default: what the network was trained for.")
    ] = None,
    graphs: Annotated[
        str | None,
        typer.Option(
            help="random, transit, family, lineage, or a graph file. Default: random, or of kin lineage."
        ),
    ] = None,
    lesson: Annotated[str, typer.Option(help="A lesson's number, or final.")] = "final",
    steps: Annotated[
        str | None,
        typer.Option(
            metavar="N|N-M",
            help="Steps of an answer. Default: the lesson's; on a file 7, of paths any, of relations 4.",
        ),
    ] = None,
    chains: Annotated[
        bool, typer.Option("--chains", help="Of kin: rules of --steps steps drawn at random, not terms.")
    ] = False,
    nodes: Annotated[
        str | None,
        typer.Option(metavar="N|N-M", help="Other nodes of random graphs, or people, than the lesson's."),
    ] = None,
    episodes: Annotated[int, typer.Option(help="Questions asked, or as many as there are.", min=1)] = 1000,
    seed: Annotated[int, typer.Option(help="Seed of graphs, questions and labels.", min=0)] = 0,
    votes: Annotated[
        int | None,
        typer.Option(
            help="Ask each so many times. Default: once, with --calibration as often as ask does.",
            min=1,
            max=256,
        ),
    ] = None,
    calibration: Annotated[
        bool, typer.Option("--calibration", help="Show how often answers are right, by confidence.")
    ] = False,
    columns: ThreeColumns = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Measure a network on fresh questions.

    The figure is the share of whole answers that are right: of shortest paths, those as short as can be. On
    a graph file shortest paths are asked between pairs of nodes, at random, each pair once.

    Example: graphdnc eval traversal --graphs underground.csv --steps 7 --episodes 500
    """
    lengths = _range("--steps", steps, 1, MOST_STEPS)
    sizes = _range("--nodes", nodes, 2, MOST_NODES)
    if sizes is not None and graphs not in (None, "random", "lineage"):
        raise UsageError("--nodes is for random graphs and lineages; leave it out, or --graphs")
    from graphdnc.cli.print_evaluation import print_bins, print_tables, record_of
    from graphdnc.datasets.evaluation_sets import random_rules
    from graphdnc.evaluation import evaluate
    from graphdnc.networks.checkpoint import load_checkpoint
    from graphdnc.utils.progress import ProgressBar

    checkpoint = load_checkpoint(model)
    if task not in (None, checkpoint.task.name):
        raise UsageError(
            f"{model} was trained for {checkpoint.task.name}, not for {task!r}; leave --task out"
        )
    graphs = graphs or ("lineage" if checkpoint.task.name == "kinship" else "random")
    if chains and (checkpoint.task.name != "kinship" or lengths is None):
        raise UsageError("--chains is for networks of kinship, with --steps; leave it out")
    asked = _questions(checkpoint, graphs, columns, lesson, None if chains else lengths, sizes, seed)
    if chains and lengths is not None:
        asked = random_rules(asked, lengths, seed)
    most = episodes if asked.count is None else min(episodes, asked.count)
    times = votes or (checkpoint.task.usual_votes if calibration else 1)
    with ProgressBar("asked", most) as bar:

        def show(counted: Report) -> None:
            bar.show(counted.episodes, f"{counted.accuracy.share:.2%} right")

        found = evaluate(checkpoint, islice(asked.examples, most), times, seed, report=show)
    settings = asked.settings | {"votes": times}
    if as_json:
        bins = {"calibration": [bin._asdict() for bin in found.calibration.bins()]} if calibration else {}
        print_json(record_of(checkpoint.task.name, graphs, found, seed, model, settings) | bins)
    else:
        print_tables(checkpoint.task.name, graphs, found, model, settings)
        if calibration:
            print_bins(found.calibration)


def _questions(
    checkpoint: Checkpoint,
    graphs: str,
    columns: str | None,
    lesson: str,
    steps: Range | None,
    nodes: Range | None,
    seed: int,
) -> EvaluationSet:
    """Return the questions to ask, on new graphs of a generator or on a graph file."""
    from graphdnc.datasets.evaluation_sets import on_graph, on_new_graphs
    from graphdnc.readers import read_graph

    if graphs in list(Generator):
        if columns is not None:
            raise UsageError("--columns is for a graph file; name it by --graphs FILE")
        return on_new_graphs(checkpoint.task.name, graphs, lesson, steps, nodes, seed)
    if lesson != "final":
        raise UsageError("a graph file has no lessons; leave --lesson out, --steps sets the length")
    graph = read_graph(graph_source(graphs), columns_of(columns, None, None, None))
    return on_graph(checkpoint.task.name, graph, checkpoint.task.code, steps, seed)


def _range(option: str, text: str | None, least: int, most: int) -> Range | None:
    if text is None:
        return None
    try:
        return parse_range(text, least, most)
    except ValueError as error:
        raise UsageError(f"{option} {error}; write for example {option} 2-8") from None
