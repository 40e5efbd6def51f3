"""``graphdnc ask``: a graph file, a question, and the answer of a network, checked."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from graphdnc.cli.output import Checked, answer_record, print_answer, print_error, print_json, print_short
from graphdnc.errors import GraphDNCError, UsageError

if TYPE_CHECKING:
    from graphdnc.graph import Graph
    from graphdnc.questions import Traversal
    from graphdnc.reasoner import Reasoner

VOTES = 8


def ask(
    graph: Annotated[
        str, typer.Argument(metavar="GRAPH", help="A CSV, TSV or semicolon file of triples; - is stdin.")
    ],
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
    model: Annotated[
        str, typer.Option(metavar="NAME|DIR", help="The network to ask.", envvar="GRAPHDNC_MODEL")
    ] = "traversal",
    votes: Annotated[int, typer.Option(help="Ask so many times under fresh labels.", min=1, max=256)] = VOTES,
    seed: Annotated[int, typer.Option(help="Seed of the labels.", min=0)] = 0,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object a line.")] = False,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Print only the answer's name.")] = False,
    check: Annotated[bool, typer.Option(help="Compare with the exact answer.")] = True,
    source: Annotated[
        str | None, typer.Option(metavar="COLUMN", help="Column of sources: name or number.")
    ] = None,
    relation: Annotated[str | None, typer.Option(metavar="COLUMN", help="Column of relations.")] = None,
    target: Annotated[str | None, typer.Option(metavar="COLUMN", help="Column of targets.")] = None,
) -> None:
    """Ask a question about a graph.

    Example: graphdnc ask tube.csv "From Bank take the Central westbound two stops: where am I?"

    Exit codes: 0 answered, 1 failed, 2 wrong usage, 3 the graph has no such answer, 4 the network's answer
    is not the exact one. Of several questions the highest counts.
    """
    flags = start is not None or bool(follow)
    _refuse_mixtures(graph, question, start, follow or [])
    from graphdnc.readers import Columns, read_graph

    read = read_graph(sys.stdin.buffer if graph == "-" else graph, Columns(source, relation, target))
    asker = Asker(read, model, votes, seed, check, as_json, quiet)
    if flags:
        asker.ask_by_names(start or "", follow or [])
    elif question is not None:
        asker.ask_sentence(question)
    elif sys.stdin.isatty():
        asker.ask_lines(_prompt(read))
        raise typer.Exit  # a person has seen what went wrong
    else:
        asker.ask_lines(sys.stdin)
    raise typer.Exit(asker.exit_code)


def _refuse_mixtures(graph: str, question: str | None, start: str | None, follow: list[str]) -> None:
    if (start is None) != (not follow):
        raise UsageError("--start and --follow belong together: --start NODE --follow RELATION,RELATION")
    if start is not None and question is not None:
        raise UsageError("give a sentence or --start and --follow, not both")
    if graph == "-" and start is None and question is None:
        raise UsageError("with the graph on standard input, give the question as a sentence or by --start")


@dataclass
class Asker:
    """A graph, the network that holds it, and how answers are printed.

    The exact answer is sought first: a question without one needs no network.
    """

    graph: Graph
    model: str
    votes: int
    seed: int
    check: bool
    as_json: bool
    quiet: bool
    exit_code: int = 0
    reasoner: Reasoner | None = field(default=None, repr=False)

    def ask_sentence(self, sentence: str) -> None:
        """Answer a question in words."""
        from graphdnc.sentences import parse_question

        self._ask(parse_question(sentence, self.graph), sentence)

    def ask_by_names(self, start: str, follow: list[str]) -> None:
        """Answer a question given by the names of its start and its relations."""
        from graphdnc.errors import CapacityError
        from graphdnc.names import find_node, find_relations
        from graphdnc.questions import Traversal
        from graphdnc.sentences import MAX_STEPS, describe

        relations = tuple(number for text in follow for number in find_relations(self.graph, text))
        if len(relations) > MAX_STEPS:
            raise CapacityError(f"more than {MAX_STEPS} steps; ask the question in parts")
        question = Traversal(find_node(self.graph, start), relations)
        self._ask(question, describe(self.graph, question))

    def ask_lines(self, lines: Iterable[str]) -> None:
        """Answer one question a line; one that fails is reported, and the next one is answered."""
        asked = False
        for number, line in enumerate(lines, start=1):
            if not line.strip():
                continue
            asked = True
            try:
                self.ask_sentence(line.strip())
            except GraphDNCError as error:
                print_error(error, "" if sys.stdin.isatty() else f"line {number}: ")
                self.exit_code = max(self.exit_code, error.exit_code)
        if not asked and not sys.stdin.isatty():
            raise UsageError("no question; give a sentence, or one question a line on standard input")

    def _ask(self, question: Traversal, text: str) -> None:
        from graphdnc.oracle import is_answer, traverse

        exact = traverse(self.graph, question) if self.check else None
        reasoner = self._load()
        answer = reasoner.ask(question, self.votes, self.seed)
        agrees = answer.path is not None and is_answer(self.graph, question, answer.path)
        verdict: Literal["agrees", "disagrees", "off"] = "agrees" if agrees else "disagrees"
        checked = Checked(text, self.graph, answer, verdict if self.check else "off", exact, self.model)
        self.exit_code = max(self.exit_code, checked.exit_code)
        if self.as_json:
            print_json(answer_record(checked))
        elif self.quiet:
            print_short(checked)
        else:
            print_answer(checked)

    def _load(self) -> Reasoner:
        if self.reasoner is None:
            from graphdnc.reasoner import Reasoner

            if not self.quiet and sys.stderr.isatty():
                print(f"memorising {len(self.graph):,} triples ...", file=sys.stderr)
            self.reasoner = Reasoner.load(self.graph, self.model)
        return self.reasoner


def _prompt(graph: Graph) -> Iterator[str]:
    """Yield what a person types, until Ctrl-D."""
    import contextlib

    from graphdnc.sentences import example

    with contextlib.suppress(ImportError):  # arrow keys and history, where the platform has them
        import readline  # noqa: F401
    print(f"{len(graph):,} triples. Ask, for example: {example(graph)} Ctrl-D ends.", file=sys.stderr)
    while True:
        try:
            yield input("> ")
        except EOFError:
            print(file=sys.stderr)
            return
