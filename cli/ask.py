"""``graphdnc ask``: a graph file, a question, and the answer of a network, checked."""

from __future__ import annotations

import codecs
import io
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import count
from typing import TYPE_CHECKING, Annotated, NamedTuple, TextIO

import typer

from graphdnc.cli.answers import Checked, answer_record, print_answer, print_short
from graphdnc.cli.options import FormatName, GraphFile, RelationColumn, SourceColumn, TargetColumn
from graphdnc.cli.output import print_error, print_json
from graphdnc.errors import GraphDNCError, UsageError

if TYPE_CHECKING:
    from graphdnc.graph import Graph
    from graphdnc.questions import Path, Question
    from graphdnc.reasoner import Answer, Reasoner
    from graphdnc.sentences import Sayable

VOTES = {"traversal": 8, "shortest-path": 16}
"""How often a question of each kind is asked where no number is given."""
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

    weights: list[str] = []
    given = sys.stdin.buffer if graph == "-" else graph
    read = read_graph(given, Columns(source, relation, target), weights.append, format=format)
    asker = Asker(
        read.undirected() if undirected else read, model, votes, seed, check, as_json, quiet, weights
    )
    if traversal:
        asker.ask_traversal(start or "", follow or [])
    elif path:
        asker.ask_path(origin or "", goal or "")
    elif question is not None:
        asker.ask_sentence(question)
    elif sys.stdin.isatty():
        asker.ask_lines([line] for line in _prompt(read))
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


class Understood(NamedTuple):
    """A question that was understood.

    The exact answer is sought first, where it is to be checked: a traversal without one needs no network.
    That no way leads to a goal the network has to find out itself; ``why`` says why.
    """

    text: str
    question: Question
    exact: list[Path] | None
    why: str = ""


@dataclass
class Asker:
    """A graph, the networks that hold it, and how answers are printed.

    Attributes:
        model: the network to ask; ``None`` chooses by the kind of question.
        votes: how often to ask; ``None`` chooses by the kind of question.
        weights: columns of the file that a person may think are used.
        reasoners: the networks that were needed so far, by name.
    """

    graph: Graph
    model: str | None
    votes: int | None
    seed: int
    check: bool
    as_json: bool
    quiet: bool
    weights: list[str]
    exit_code: int = 0
    reasoners: dict[str, Reasoner] = field(default_factory=dict, repr=False)

    def ask_sentence(self, sentence: str) -> None:
        """Answer a question in words."""
        self._answer(self._read(sentence))

    def ask_traversal(self, start: str, follow: list[str]) -> None:
        """Answer a question given by the names of its start and its relations."""
        from graphdnc.errors import CapacityError
        from graphdnc.names import find_node, find_relations
        from graphdnc.questions import Traversal
        from graphdnc.sentences import MAX_STEPS

        relations = tuple(number for text in follow for number in find_relations(self.graph, text))
        if len(relations) > MAX_STEPS:
            raise CapacityError(f"more than {MAX_STEPS} steps; ask the question in parts")
        self._answer_described(Traversal(find_node(self.graph, start), relations))

    def ask_path(self, start: str, goal: str) -> None:
        """Answer a question for the shortest path between two nodes given by name."""
        from graphdnc.names import find_node
        from graphdnc.questions import ShortestPath

        self._answer_described(ShortestPath(find_node(self.graph, start), find_node(self.graph, goal)))

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
        answers = iter(self._ask([said for _, said in read if isinstance(said, Understood)]))
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

        return self._understood(sentence, parse_question(sentence, self.graph))

    def _understood(self, text: str, question: Question) -> Understood:
        from graphdnc.errors import NoAnswer
        from graphdnc.oracle import answers
        from graphdnc.questions import ShortestPath

        if isinstance(question, ShortestPath):
            self._warn_of_weights()
        if not self.check:
            return Understood(text, question, None)
        try:
            return Understood(text, question, answers(self.graph, question))
        except NoAnswer as error:
            if not isinstance(question, ShortestPath):
                raise
            return Understood(text, question, [], str(error))

    def _warn_of_weights(self) -> None:
        """Say once that the shortest path is not the one of the least weight."""
        from graphdnc.readers.source import shown

        for column in self.weights:
            told = f"note: the column {shown(column)} is not used: the shortest path has the fewest steps"
            print(told, file=sys.stderr, flush=True)
        self.weights = []

    def _answer_described(self, question: Sayable) -> None:
        from graphdnc.sentences import describe

        self._answer(self._understood(describe(self.graph, question), question))

    def _answer(self, said: Understood) -> None:
        (answer,) = self._ask([said])
        if isinstance(answer, GraphDNCError):
            raise answer
        self._print(said, answer)

    def _ask(self, read: list[Understood]) -> list[Answer | GraphDNCError]:
        """Return the answers, or why there are none; questions of one kind are asked together."""
        from graphdnc.questions import task_of

        found: dict[int, Answer | GraphDNCError] = {}
        alike: dict[str, list[int]] = {}
        for place, said in enumerate(read):
            answer = _already_there(said.question)
            if answer is None:
                alike.setdefault(task_of(said.question), []).append(place)
            else:
                found[place] = answer
        for kind, places in alike.items():
            answers = self._ask_alike(kind, [read[place].question for place in places])
            found.update(zip(places, answers, strict=True))
        return [found[place] for place in range(len(read))]

    def _ask_alike(self, kind: str, questions: list[Question]) -> list[Answer | GraphDNCError]:
        try:
            reasoner = self._reasoner(self.model or kind)
            return [*reasoner.ask_all(questions, self.votes or VOTES[kind], self.seed)]
        except GraphDNCError as error:
            return [error] * len(questions)

    def _print(self, said: Understood, answer: Answer) -> None:
        from graphdnc.questions import task_of

        asked = (self.model or task_of(said.question)) if answer.votes else None
        checked = Checked(said.text, self.graph, answer, said.exact, said.why, asked)
        self.exit_code = max(self.exit_code, checked.exit_code)
        if self.as_json:
            print_json(answer_record(checked))
        elif self.quiet:
            print_short(checked)
        else:
            print_answer(checked)

    def _reasoner(self, model: str) -> Reasoner:
        if model not in self.reasoners:
            import torch

            from graphdnc.reasoner import Reasoner

            # steps this small gain nothing from threads, and on a busy machine wait for them without end
            torch.set_num_threads(1)
            if not self.quiet and sys.stderr.isatty():
                print(f"memorising {len(self.graph):,} triples ...", file=sys.stderr)
            self.reasoners[model] = Reasoner.load(self.graph, model)
        return self.reasoners[model]


def _already_there(question: Question) -> Answer | None:
    """Return the answer that needs no network: the empty path, where the start is the goal."""
    from graphdnc.questions import ShortestPath

    if not isinstance(question, ShortestPath) or question.start != question.goal:
        return None
    from graphdnc.reasoner import Answer

    return Answer(
        question, path=(), denies=False, confidence=1.0, votes=0, agreeing=0, seconds=0.0, memorised=0
    )


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


def _prompt(graph: Graph) -> Iterator[str]:
    """Yield what a person types, until Ctrl-D."""
    import contextlib

    from graphdnc.sentences import example, path_example

    with contextlib.suppress(ImportError):  # arrow keys and history, where the platform has them
        import readline  # noqa: F401
    examples = f"{example(graph)} {path_example(graph)}"
    print(f"{len(graph):,} triples. Ask, for example: {examples} Ctrl-D ends.", file=sys.stderr)
    while True:
        try:
            yield input("> ")
        except EOFError:
            print(file=sys.stderr)
            return
