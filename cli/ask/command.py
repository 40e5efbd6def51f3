"""``graphdnc ask``: a graph file, a question, and the answer of a network, checked."""

from __future__ import annotations

import sys
from dataclasses import replace
from typing import Annotated

import typer

from graphdnc.cli.ask.batch import arriving, questions_in, questions_of
from graphdnc.cli.ask.loading import read_graph_file, say_what_takes_long, weights_in
from graphdnc.cli.ask.pictures.picture_files import PictureFile, pictures_for
from graphdnc.cli.ask.question_options import (
    Conditions,
    Lists,
    QuestionOptions,
    refuse_two_sources,
    vocabulary_with,
)
from graphdnc.cli.options import (
    AsJson,
    FormatName,
    GraphFile,
    Means,
    SourceColumn,
    TargetColumn,
    ThreeColumns,
    columns_of,
)
from graphdnc.errors import UsageError


def ask(
    graph: GraphFile,
    question: Annotated[
        str | None,
        typer.Argument(
            metavar="QUESTION", help="A sentence. Without one: a prompt, or one question a line on stdin."
        ),
    ] = None,
    questions: Annotated[
        str | None,
        typer.Option(metavar="FILE", help="A file of questions, one a line; # starts a comment; - is stdin."),
    ] = None,
    start: Annotated[str | None, typer.Option(metavar="NODE", help="The node to start from.")] = None,
    follow: Annotated[
        list[str] | None,
        typer.Option(metavar="R1,R2", help='The relations to follow, or "R1 towards NODE". Repeatable.'),
    ] = None,
    origin: Annotated[
        str | None, typer.Option("--from", metavar="NODE", help="The start of a shortest path.")
    ] = None,
    goal: Annotated[
        str | None,
        typer.Option("--to", metavar="NODE", help="Its goal; with --follow alone, where relations lead to."),
    ] = None,
    via: Annotated[
        list[str] | None, typer.Option(metavar="NODE", help="With --from: pass this node. Repeatable.")
    ] = None,
    avoid: Annotated[
        list[str] | None, typer.Option(metavar="NODE", help="With --from: avoid this node. Repeatable.")
    ] = None,
    without: Annotated[
        list[str] | None,
        typer.Option(
            metavar="LINE", help="With --from or --reach: without this line or relation. Repeatable."
        ),
    ] = None,
    only: Annotated[
        list[str] | None,
        typer.Option(
            metavar="LINE", help="With --from or --reach: on this line or relation only. Repeatable."
        ),
    ] = None,
    fewest_changes: Annotated[
        bool, typer.Option("--fewest-changes", help="With --from: change lines as rarely as possible.")
    ] = False,
    ways: Annotated[
        int, typer.Option(help="With --from: the number of ways, in order of length.", min=1, max=10)
    ] = 1,
    reach: Annotated[
        str | None, typer.Option(metavar="NODE", help="List what this node leads to, at any distance.")
    ] = None,
    within: Annotated[
        int | None, typer.Option(metavar="STEPS", help="With --reach: in at most so many steps.", min=1)
    ] = None,
    backwards: Annotated[
        bool, typer.Option("--backwards", help="With --reach: list what leads to the node.")
    ] = False,
    lines: Annotated[str | None, typer.Option(metavar="NODE", help="List the lines that serve it.")] = None,
    stops: Annotated[str | None, typer.Option(metavar="LINE", help="List the nodes of a line.")] = None,
    ends: Annotated[str | None, typer.Option(metavar="LINE", help="List the nodes where it ends.")] = None,
    person: Annotated[
        str | None, typer.Option("--of", metavar="NODE", help="The person whose relatives to name.")
    ] = None,
    relative: Annotated[
        str | None,
        typer.Option("--is", metavar="NODE", help="Another person: how are they related, or by --relation?"),
    ] = None,
    define: Annotated[
        list[str] | None,
        typer.Option(metavar='"NAME = RULE"', help="Define a term of kinship (docs/kinship.md). Repeatable."),
    ] = None,
    means: Means = None,
    closed: Annotated[
        bool, typer.Option("--closed", help="Assume that siblings share parents and spouses share children.")
    ] = False,
    undirected: Annotated[
        bool, typer.Option("--undirected", help="Follow every triple in the other direction too.")
    ] = False,
    weight: Annotated[
        str | None,
        typer.Option(
            metavar="COLUMN",
            help="Column or edge attribute of minutes, miles or the like: what the fastest way has least of.",
        ),
    ] = None,
    model: Annotated[
        str | None,
        typer.Option(
            metavar="NAME|DIR",
            help="The network to ask. Default: traversal, shortest-path or kinship, by question.",
            envvar="GRAPHDNC_MODEL",
        ),
    ] = None,
    votes: Annotated[
        int | None,
        typer.Option(
            help="Ask this often, each time under new labels. Default: 8, or 16 for a shortest path or kin.",
            min=1,
            max=256,
        ),
    ] = None,
    seed: Annotated[int, typer.Option(help="Seed of the labels.", min=0)] = 0,
    memory: Annotated[
        str | None,
        typer.Option(
            metavar="SIZE",
            help="What memorised graphs may take, such as 512MiB. Default: half of the memory that is free.",
        ),
    ] = None,
    as_json: AsJson = False,
    as_csv: Annotated[
        bool, typer.Option("--csv", help="Print CSV: a header, then a row for each question.")
    ] = False,
    quiet: Annotated[
        bool, typer.Option("--quiet", "-q", help="Print the answer alone, on one line.")
    ] = False,
    trace: Annotated[
        str | None,
        typer.Option(
            metavar="FILE",
            help="What happened in the memory: a page (.html), figure (.png, .svg), arrays (.npz), - for the "
            "terminal, otherwise JSON lines.",
        ),
    ] = None,
    show: Annotated[
        str | None,
        typer.Option(
            metavar="FILE", help="The answer on the graph: a page (.html) or a picture (.svg, .png)."
        ),
    ] = None,
    check: Annotated[
        bool, typer.Option(help="Compare with the exact answer. --check=strict is the same.")
    ] = True,
    source: SourceColumn = None,
    relation: Annotated[
        str | None,
        typer.Option(
            metavar="TERM|COLUMN",
            help="With --of: a term of kinship or a rule. Otherwise: column of relations, or edge attribute.",
        ),
    ] = None,
    target: TargetColumn = None,
    columns: ThreeColumns = None,
    format: FormatName = None,
) -> None:
    """Ask a question about a graph.

    Example: graphdnc ask underground "From Bank take the Central westbound two stops: where am I?"

    Example: graphdnc ask underground "How do you get from Moorgate to Piccadilly Circus?"

    Example: graphdnc ask family "Who is Freya's maternal great uncle?"

    Exit codes: 0 answered, 1 failed, 2 wrong usage, 3 the graph has no such answer, 4 the network's answer
    is not the exact one. For several questions, the highest one.
    """
    described = QuestionOptions(
        *(start, follow or [], origin, goal, person, relation, relative),
        Conditions(via or [], avoid or [], without or [], only or [], fewest_changes, ways),
        Lists(reach, within, backwards, lines, stops, ends),
    )
    refuse_two_sources(graph, question, questions, described)
    described.check(question)
    if as_csv and (as_json or quiet):
        raise UsageError("--csv, --json and --quiet are three kinds of output; give one of them")
    picked = columns_of(columns, source, None if described.kin else relation, target)
    picked = replace(picked, weight=weight)
    vocabulary = vocabulary_with(define or [])
    batches = [] if questions in (None, "-") else questions_of(questions)
    size = None if memory is None else _size(memory)
    pictures = pictures_for(show, trace, described.kind is not None or question is not None)
    # not above: these take a moment to load, and wrong options are refused before
    from graphdnc.answering.memory import BUDGET
    from graphdnc.cli.ask.asker import Asker
    from graphdnc.cli.ask.prompt import Prompt
    from graphdnc.readers.notes import describe_missed
    from graphdnc.reasoner import Reasoner

    BUDGET.limit = size
    read = read_graph_file(graph, picked, format, quiet, means or [])
    total = sum(map(len, batches))
    reasoner = Reasoner(
        read.graph,
        model,
        votes,
        seed,
        check,
        loading=say_what_takes_long(quiet),
        undirected=undirected,
        vocabulary=vocabulary,
        weights=read.weighted,
        closed=closed,
    )
    for picture in pictures:
        if isinstance(picture, PictureFile):
            picture.look = read.look
    missed = describe_missed(read.account)
    asker = Asker(reasoner, as_json, quiet, list(read.weights), list(pictures), missed, as_csv=as_csv)
    if described.kind is not None:
        asker.answer(described.question(reasoner.graph, vocabulary))
    elif question is not None:
        asker.answer(question)
    elif batches:
        asker.answer_lines(batches, total)
    elif sys.stdin.isatty():
        Prompt(asker, weights_in(graph, picked, format, means or [])).run()
        asker.exit_code = 0  # a person has seen what went wrong
    else:
        asker.answer_lines(questions_in(arriving(sys.stdin)))
    for picture in pictures:
        picture.save()
    raise typer.Exit(asker.exit_code)


def _size(memory: str) -> int:
    from graphdnc.utils.memory import parse_size

    try:
        return parse_size(memory)
    except ValueError as error:
        raise UsageError(f"--memory: {error}") from error
