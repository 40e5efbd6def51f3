"""``graphdnc ask``: a graph file, a question, and the answer of a network, checked."""

from __future__ import annotations

import codecs
import io
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import count, repeat
from typing import TYPE_CHECKING, Annotated, Literal, NamedTuple, TextIO

import typer

from graphdnc.cli.output import Checked, answer_record, print_answer, print_error, print_json, print_short
from graphdnc.errors import GraphDNCError, UsageError

if TYPE_CHECKING:
    from graphdnc.graph import Graph
    from graphdnc.questions import Path, Traversal
    from graphdnc.reasoner import Answer, Reasoner

VOTES = 8
TOGETHER = 16
"""Questions from standard input asked at once: faster than one by one, and the first answer comes soon."""


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
        asker.ask_lines([line] for line in _prompt(read))
        raise typer.Exit  # a person has seen what went wrong
    else:
        asker.ask_lines(_arriving(sys.stdin))
    raise typer.Exit(asker.exit_code)


def _refuse_mixtures(graph: str, question: str | None, start: str | None, follow: list[str]) -> None:
    if (start is None) != (not follow):
        raise UsageError("--start and --follow belong together: --start NODE --follow RELATION,RELATION")
    if start is not None and question is not None:
        raise UsageError("give a sentence or --start and --follow, not both")
    if graph == "-" and start is None and question is None:
        raise UsageError("with the graph on standard input, give the question as a sentence or by --start")


class Understood(NamedTuple):
    """A question that was understood.

    The exact answer is sought first, where it is to be checked: a question without one needs no network.
    """

    text: str
    question: Traversal
    exact: list[Path] | None


@dataclass
class Asker:
    """A graph, the network that holds it, and how answers are printed."""

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
        self._answer(self._read(sentence))

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
        self._answer(self._checked(question, describe(self.graph, question)))

    def ask_lines(self, batches: Iterable[list[str]]) -> None:
        """Answer one question a line; one that fails is reported, and the next one is answered."""
        numbers, asked = count(1), False
        for lines in batches:
            read = [
                (number, self._try_to_read(line.strip()))
                for line, number in zip(lines, numbers, strict=False)
                if line.strip()
            ]
            self._answer_lines(read)
            asked = asked or bool(read)
        if not asked and not sys.stdin.isatty():
            raise UsageError("no question; give a sentence, or one question a line on standard input")

    def _answer_lines(self, read: list[tuple[int, Understood | GraphDNCError]]) -> None:
        answers: Iterator[Answer | GraphDNCError]
        try:
            answers = iter(self._ask([said for _, said in read if isinstance(said, Understood)]))
        except GraphDNCError as error:
            answers = repeat(error)
        for number, said in read:
            found = next(answers) if isinstance(said, Understood) else said
            if isinstance(said, Understood) and not isinstance(found, GraphDNCError):
                self._print(said, found)
                continue
            assert isinstance(found, GraphDNCError)
            print_error(found, "" if sys.stdin.isatty() else f"line {number}: ")
            self.exit_code = max(self.exit_code, found.exit_code)

    def _try_to_read(self, sentence: str) -> Understood | GraphDNCError:
        try:
            return self._read(sentence)
        except GraphDNCError as error:
            return error

    def _read(self, sentence: str) -> Understood:
        from graphdnc.sentences import parse_question

        return self._checked(parse_question(sentence, self.graph), sentence)

    def _checked(self, question: Traversal, text: str) -> Understood:
        from graphdnc.oracle import traverse

        return Understood(text, question, traverse(self.graph, question) if self.check else None)

    def _answer(self, said: Understood) -> None:
        (answer,) = self._ask([said])
        self._print(said, answer)

    def _ask(self, read: list[Understood]) -> list[Answer]:
        if not read:
            return []
        return self._load().ask_all([said.question for said in read], self.votes, self.seed)

    def _print(self, said: Understood, answer: Answer) -> None:
        from graphdnc.oracle import is_answer

        agrees = answer.path is not None and is_answer(self.graph, said.question, answer.path)
        verdict: Literal["agrees", "disagrees", "off"] = "agrees" if agrees else "disagrees"
        checked = Checked(
            said.text, self.graph, answer, verdict if self.check else "off", said.exact, self.model
        )
        self.exit_code = max(self.exit_code, checked.exit_code)
        if self.as_json:
            print_json(answer_record(checked))
        elif self.quiet:
            print_short(checked)
        else:
            print_answer(checked)

    def _load(self) -> Reasoner:
        if self.reasoner is None:
            import torch

            from graphdnc.reasoner import Reasoner

            # steps this small gain nothing from threads, and on a busy machine wait for them without end
            torch.set_num_threads(1)
            if not self.quiet and sys.stderr.isatty():
                print(f"memorising {len(self.graph):,} triples ...", file=sys.stderr)
            self.reasoner = Reasoner.load(self.graph, self.model)
        return self.reasoner


def _arriving(stream: TextIO) -> Iterator[list[str]]:
    """Yield the lines that have arrived, some at once; wait for none once there is one.

    A program that sends the next question when it has read an answer must not wait for ever.
    """
    assert isinstance(stream, io.TextIOWrapper)
    decoder = codecs.getincrementaldecoder(stream.encoding)(stream.errors or "strict")
    rest = ""
    while chunk := stream.buffer.read1(2**16):
        *lines, rest = (rest + decoder.decode(chunk)).split("\n")
        for start in range(0, len(lines), TOGETHER):
            yield lines[start : start + TOGETHER]
    yield [rest + decoder.decode(b"", final=True)]


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
