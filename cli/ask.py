"""``graphdnc ask``: a graph file, a question, and the answer of a network, checked."""

from __future__ import annotations

import codecs
import io
import sys
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import count
from typing import TYPE_CHECKING, Annotated, TextIO

import typer

from graphdnc.cli.answers import answer_record, exit_code, print_answer, print_short
from graphdnc.cli.interrupts import Postponed
from graphdnc.cli.options import FormatName, GraphFile, RelationColumn, SourceColumn, TargetColumn
from graphdnc.cli.output import print_error, print_json
from graphdnc.cli.prompt import Prompt
from graphdnc.errors import GraphDNCError, UsageError

if TYPE_CHECKING:
    from graphdnc.answers import Checked
    from graphdnc.graph import Graph
    from graphdnc.reasoner import Reasoner
    from graphdnc.sentences import Sayable

TOGETHER = 16
"""Questions from standard input asked at once: faster than one by one, and the first answer comes soon."""


def ask(
    graph: GraphFile,
    question: Annotated[
        str | None,
        typer.Argument(
            metavar="QUESTION", help="A sentence. Without one: a prompt, or one question a line on stdin."
        ),
    ] = None,
    start: Annotated[str | None, typer.Option(metavar="NODE", help="The node to start from.")] = None,
    follow: Annotated[
        list[str] | None, typer.Option(metavar="R1,R2", help="The relations to follow. Repeatable.")
    ] = None,
    origin: Annotated[
        str | None, typer.Option("--from", metavar="NODE", help="The start of a shortest path.")
    ] = None,
    goal: Annotated[str | None, typer.Option("--to", metavar="NODE", help="The goal of that path.")] = None,
    undirected: Annotated[
        bool, typer.Option("--undirected", help="Every triple also leads the other way.")
    ] = False,
    model: Annotated[
        str | None,
        typer.Option(
            metavar="NAME|DIR",
            help="The network to ask. Default: traversal or shortest-path, by question.",
            envvar="GRAPHDNC_MODEL",
        ),
    ] = None,
    votes: Annotated[
        int | None,
        typer.Option(
            help="Ask so many times under fresh labels. Default: 8, or 16 for a shortest path.",
            min=1,
            max=256,
        ),
    ] = None,
    seed: Annotated[int, typer.Option(help="Seed of the labels.", min=0)] = 0,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object a line.")] = False,
    quiet: Annotated[
        bool, typer.Option("--quiet", "-q", help="Print the answer alone, on one line.")
    ] = False,
    check: Annotated[bool, typer.Option(help="Compare with the exact answer.")] = True,
    source: SourceColumn = None,
    relation: RelationColumn = None,
    target: TargetColumn = None,
    format: FormatName = None,
) -> None:
    """Ask a question about a graph.

    Example: graphdnc ask tube.csv "From Bank take the Central westbound two stops: where am I?"

    Example: graphdnc ask tube.csv "How do you get from Moorgate to Piccadilly Circus?"

    Exit codes: 0 answered, 1 failed, 2 wrong usage, 3 the graph has no such answer, 4 the network's answer
    is not the exact one. Of several questions the highest counts.
    """
    traversal, path = start is not None or bool(follow), origin is not None or goal is not None
    _refuse_mixtures(graph, question, traversal, path)
    _refuse_halves(start, follow or [], origin, goal)
    from graphdnc.readers import Columns, read_graph
    from graphdnc.reasoner import Reasoner

    weights: list[str] = []
    given = sys.stdin.buffer if graph == "-" else graph
    read = read_graph(given, Columns(source, relation, target), weights.append, format=format)
    shown = read.undirected() if undirected else read
    asker = Asker(Reasoner(shown, model, votes, seed, check, _loading(quiet)), as_json, quiet, weights)
    if traversal:
        asker.ask_traversal(start or "", follow or [])
    elif path:
        asker.ask_path(origin or "", goal or "")
    elif question is not None:
        asker.ask(question)
    elif sys.stdin.isatty():
        Prompt(asker).run()
        raise typer.Exit  # a person has seen what went wrong
    else:
        asker.ask_lines(_arriving(sys.stdin))
    raise typer.Exit(asker.exit_code)


def _refuse_mixtures(graph: str, question: str | None, traversal: bool, path: bool) -> None:
    if traversal and path:
        raise UsageError(
            "--start and --follow ask what relations lead to, --from and --to for a shortest path; "
            "give one pair"
        )
    if (traversal or path) and question is not None:
        raise UsageError(
            f"give a sentence or {'--from and --to' if path else '--start and --follow'}, not both"
        )
    if graph == "-" and not traversal and not path and question is None:
        raise UsageError(
            "with the graph on standard input, give the question as a sentence or by --start or --from"
        )


def _refuse_halves(start: str | None, follow: list[str], origin: str | None, goal: str | None) -> None:
    if (start is None) != (not follow):
        raise UsageError("--start and --follow belong together: --start NODE --follow RELATION,RELATION")
    if (origin is None) != (goal is None):
        raise UsageError("--from and --to belong together: --from NODE --to NODE")


@dataclass
class Asker:
    """Asks a reasoner and prints what it answers.

    Attributes:
        weights: columns of the file that a person may think are used.
    """

    reasoner: Reasoner
    as_json: bool
    quiet: bool
    weights: list[str]
    exit_code: int = 0

    def ask(self, question: str | Sayable) -> None:
        """Answer a question, in words or in numbers."""
        self._print(self.reasoner.ask(question))

    def ask_traversal(self, start: str, follow: list[str]) -> None:
        """Answer a question given by the names of its start and its relations."""
        from graphdnc.errors import CapacityError
        from graphdnc.names import find_node, find_relations
        from graphdnc.questions import Traversal
        from graphdnc.sentences import MAX_STEPS

        graph = self.reasoner.graph
        relations = tuple(number for text in follow for number in find_relations(graph, text))
        if len(relations) > MAX_STEPS:
            raise CapacityError(f"more than {MAX_STEPS} steps; ask the question in parts")
        self.ask(Traversal(find_node(graph, start), relations))

    def ask_path(self, start: str, goal: str) -> None:
        """Answer a question for the shortest path between two nodes given by name."""
        from graphdnc.names import find_node
        from graphdnc.questions import ShortestPath

        graph = self.reasoner.graph
        self.ask(ShortestPath(find_node(graph, start), find_node(graph, goal)))

    def ask_lines(self, batches: Iterable[list[str]]) -> None:
        """Answer one question a line; one that fails is reported, and the next one is answered."""
        numbers, asked = count(1), False
        for lines in batches:
            told = [
                (number, line.strip()) for line, number in zip(lines, numbers, strict=False) if line.strip()
            ]
            found = self.reasoner.ask_all(line for _, line in told)
            for (number, _), answer in zip(told, found, strict=True):
                self._print_line(number, answer)
            asked = asked or bool(told)
        if not asked:
            raise UsageError("no question; give a sentence, or one question a line on standard input")

    def _print_line(self, number: int, answer: Checked | GraphDNCError) -> None:
        if isinstance(answer, GraphDNCError):
            print_error(answer, f"line {number}: ")
            self.exit_code = max(self.exit_code, answer.exit_code)
        else:
            self._print(answer)

    def _print(self, checked: Checked) -> None:
        self.exit_code = max(self.exit_code, exit_code(checked))
        if checked.kind == "shortest-path":
            self._warn_of_weights()
        if self.as_json:
            print_json(answer_record(checked))
        elif self.quiet:
            print_short(checked)
        else:
            print_answer(checked)

    def _warn_of_weights(self) -> None:
        """Say once that the shortest path is not the one of the least weight."""
        from graphdnc.readers.source import shown

        for column in self.weights:
            told = f"note: the column {shown(column)} is not used: the shortest path has the fewest steps"
            print(told, file=sys.stderr, flush=True)
        self.weights = []


def _loading(quiet: bool) -> Callable[[Graph], None]:
    """Return what is done before a network memorises a graph."""

    def prepare(graph: Graph) -> None:
        with Postponed():  # an import that breaks off cannot be taken up again
            import torch

            import graphdnc.holder  # noqa: F401
        # steps this small gain nothing from threads, and on a busy machine wait for them without end
        torch.set_num_threads(1)
        if not quiet and sys.stderr.isatty():
            print(f"memorising {len(graph):,} triples ...", file=sys.stderr)

    return prepare


def _arriving(stream: TextIO) -> Iterator[list[str]]:
    """Yield the lines that have arrived, some at once; wait for none once there is one.

    A program that sends the next question when it has read an answer must not wait for ever.
    """
    assert isinstance(stream, io.TextIOWrapper)
    # some editors mark a file as UTF-8 by a byte order mark, which is no part of a question
    encoding = "utf-8-sig" if codecs.lookup(stream.encoding).name == "utf-8" else stream.encoding
    decoder = codecs.getincrementaldecoder(encoding)(stream.errors or "strict")
    rest = ""
    while chunk := stream.buffer.read1(2**16):
        *lines, rest = (rest + decoder.decode(chunk)).split("\n")
        for start in range(0, len(lines), TOGETHER):
            yield lines[start : start + TOGETHER]
    yield [rest + decoder.decode(b"", final=True)]
