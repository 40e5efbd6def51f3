"""``graphdnc ask``: a graph file, a question, and the answer of a network, checked."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

import typer

from graphdnc.cli.ask.batch import Line, Tally, arriving, questions_in, questions_of
from graphdnc.cli.ask.print_answer import exit_code, print_answer, print_short
from graphdnc.cli.ask.prompt import Prompt
from graphdnc.cli.ask.trace_file import TraceFile, print_trace
from graphdnc.cli.options import (
    FormatName,
    GraphFile,
    SourceColumn,
    TargetColumn,
    ThreeColumns,
    columns_of,
    graph_source,
)
from graphdnc.cli.output import print_error, print_json
from graphdnc.errors import GraphDNCError, UsageError
from graphdnc.utils.interrupts import Interrupts

if TYPE_CHECKING:
    from graphdnc.answering.answer import CheckedAnswer
    from graphdnc.graph import Graph
    from graphdnc.kinship.vocabulary import Vocabulary
    from graphdnc.questions import Sayable
    from graphdnc.readers import Columns, Inspection
    from graphdnc.reasoner import Reasoner

MANY = 64
"""Of so many questions each takes fewer tries."""


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
        typer.Option(metavar="FILE", help="A file of questions, one a line; # begins a comment; - is stdin."),
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
    person: Annotated[
        str | None, typer.Option("--of", metavar="NODE", help="The person whose relatives are asked for.")
    ] = None,
    relative: Annotated[
        str | None,
        typer.Option("--is", metavar="NODE", help="Who is related to them: how, or whether by --relation."),
    ] = None,
    define: Annotated[
        list[str] | None,
        typer.Option(metavar='"NAME = RULE"', help="Define a term of kinship (docs/kinship.md). Repeatable."),
    ] = None,
    undirected: Annotated[
        bool, typer.Option("--undirected", help="Every triple also leads the other way.")
    ] = False,
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
            help="Ask so many times under fresh labels. Default: 8, or 16 for a shortest path or kin.",
            min=1,
            max=256,
        ),
    ] = None,
    seed: Annotated[int, typer.Option(help="Seed of the labels.", min=0)] = 0,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object a line.")] = False,
    quiet: Annotated[
        bool, typer.Option("--quiet", "-q", help="Print the answer alone, on one line.")
    ] = False,
    trace: Annotated[
        str | None,
        typer.Option(metavar="FILE", help="Write all the network heard, said and read, as JSON lines."),
    ] = None,
    check: Annotated[
        bool, typer.Option(help="Compare with the exact answer. --check=strict says the same.")
    ] = True,
    source: SourceColumn = None,
    relation: Annotated[
        str | None,
        typer.Option(
            metavar="TERM|COLUMN",
            help="With --of a term of kinship, or a rule; otherwise column of relations, attribute of edges.",
        ),
    ] = None,
    target: TargetColumn = None,
    columns: ThreeColumns = None,
    format: FormatName = None,
) -> None:
    """Ask a question about a graph.

    Example: graphdnc ask tube.csv "From Bank take the Central westbound two stops: where am I?"

    Example: graphdnc ask tube.csv "How do you get from Moorgate to Piccadilly Circus?"

    Example: graphdnc ask family.csv "Who is Freya's maternal great uncle?"

    Exit codes: 0 answered, 1 failed, 2 wrong usage, 3 the graph has no such answer, 4 the network's answer
    is not the exact one. Of several questions the highest counts.
    """
    described = _described(start, follow or [], origin, goal)
    kin = person is not None or relative is not None
    _refuse_two_sources(graph, question, questions, kin or bool(described))
    _refuse_mixtures(question, described, kin)
    if described != ["inverse"]:
        _refuse_halves(start, follow or [], origin, goal)
    _refuse_halves_of_kin(person, relation, relative)
    picked = columns_of(columns, source, None if kin else relation, target)
    vocabulary = _vocabulary(define or [])
    questions = None if questions == "-" else questions  # they come one a line where there are no others
    batches = [] if questions is None else questions_of(questions)
    traces = None if trace is None else TraceFile(trace)
    from graphdnc.reasoner import VOTES, VOTES_OF_MANY, Reasoner

    read = _read(graph, picked, format, quiet)
    total = sum(map(len, batches))
    usual = VOTES_OF_MANY if total >= MANY else VOTES
    reasoner = Reasoner(read.graph, model, votes, seed, check, _loading(quiet), undirected, vocabulary, usual)
    asker = Asker(reasoner, as_json, quiet, list(read.weights), traces)
    if described == ["traversal"]:
        asker.ask_traversal(start or "", follow or [])
    elif described == ["inverse"]:
        asker.ask_inverse(follow or [], goal or "")
    elif described == ["path"]:
        asker.ask_path(origin or "", goal or "")
    elif kin:
        asker.ask_kin(person or "", relation, relative)
    elif question is not None:
        asker.ask(question)
    elif questions is not None:
        asker.ask_lines(batches, total)
    elif sys.stdin.isatty():
        Prompt(asker).run()
        asker.exit_code = 0  # a person has seen what went wrong
    else:
        asker.ask_lines(questions_in(arriving(sys.stdin)))
    if traces is not None:
        traces.save()
    raise typer.Exit(asker.exit_code)


def _read(graph: str, columns: Columns, format: str | None, quiet: bool) -> Inspection:
    """Read a graph, the compiler at work beside, and say what may be meant otherwise in the file."""
    from graphdnc.model.kernels.cpu.build import begin_to_build
    from graphdnc.readers import inspect_graph

    begin_to_build("forward")
    read = inspect_graph(graph_source(graph, quiet), columns, format=format)
    for note in read.notes:
        if note.doubtful:
            print(f"note: line {note.lines[0]}: {note.text}", file=sys.stderr, flush=True)
    return read


def _refuse_two_sources(graph: str, question: str | None, questions: str | None, described: bool) -> None:
    if questions is not None and (question is not None or described):
        raise UsageError("--questions names a file of questions; give no other question with it")
    if graph == "-" and question is None and questions in (None, "-") and not described:
        raise UsageError(
            "with the graph on standard input, give the question as a sentence, by --questions, or by "
            "--start, --from or --of"
        )


_PAIRS = {
    "traversal": "--start and --follow",
    "path": "--from and --to",
    "inverse": "--follow and --to",
}
"""The options that describe a question of each kind."""


def _described(start: str | None, follow: list[str], origin: str | None, goal: str | None) -> list[str]:
    """Return what kinds of questions options describe, of those in :data:`_PAIRS`; the halves of two, too."""
    if follow and goal is not None and start is None and origin is None:
        return ["inverse"]
    given = {"traversal": start is not None or bool(follow), "path": origin is not None or goal is not None}
    return [kind for kind, is_given in given.items() if is_given]


def _refuse_mixtures(question: str | None, described: list[str], kin: bool) -> None:
    if kin and (described or question is not None):
        raise UsageError("--of asks for somebody's relatives; give no other question with it")
    if len(described) > 1:
        raise UsageError(
            "--start and --follow ask what relations lead to, --from and --to for a shortest path; "
            "give one pair"
        )
    if described and question is not None:
        raise UsageError(f"give a sentence or {_PAIRS[described[0]]}, not both")


_BACKWARDS = "--follow RELATION --to NODE asks from where it leads there"


def _refuse_halves(start: str | None, follow: list[str], origin: str | None, goal: str | None) -> None:
    if (start is None) != (not follow):
        raise UsageError(
            f"--start and --follow belong together: --start NODE --follow RELATION,RELATION; {_BACKWARDS}"
        )
    if (origin is None) != (goal is None):
        raise UsageError(f"--from and --to belong together: --from NODE --to NODE; {_BACKWARDS}")


def _refuse_halves_of_kin(person: str | None, relation: str | None, relative: str | None) -> None:
    if relative is not None and person is None:
        raise UsageError("--is needs --of: --of NODE --is NODE asks how the second is related to the first")
    if person is not None and relation is None and relative is None:
        raise UsageError(
            "with --of give --relation TERM, such as uncle or mother/brother, or --is NODE to ask how "
            "they are related, or both; a column of relations is then given by --columns "
            "SOURCE,RELATION,TARGET"
        )


def _vocabulary(definitions: list[str]) -> Vocabulary:
    """Return the terms of kinship with those of one's own."""
    from graphdnc.kinship.vocabulary import standard_vocabulary

    vocabulary = standard_vocabulary()
    for definition in definitions:
        vocabulary = vocabulary.define(definition)
    return vocabulary


@dataclass
class Asker:
    """Asks a reasoner and prints what it answers.

    Attributes:
        weights: columns of the file that a person may think are used.
        traces: where the steps of every answer go.
        showing: whether they are shown after every answer, too.
        doubted: whether it was said what may be meant otherwise in a family.
    """

    reasoner: Reasoner
    as_json: bool
    quiet: bool
    weights: list[str]
    traces: TraceFile | None = None
    showing: bool = False
    doubted: bool = False
    exit_code: int = 0

    def ask(self, question: str | Sayable) -> None:
        """Answer a question, in words or in numbers."""
        answer = self.reasoner.ask(question)
        self.exit_code = max(self._print(answer), self._trace(answer))

    def ask_traversal(self, start: str, follow: list[str]) -> None:
        """Answer a question given by the names of its start and its relations."""
        from graphdnc.names import find_node
        from graphdnc.questions import Traversal

        relations, towards = self._steps(follow)
        self.ask(Traversal(find_node(self.reasoner.graph, start), relations, towards))

    def ask_inverse(self, follow: list[str], goal: str) -> None:
        """Answer from where relations lead to a node, all given by name."""
        from graphdnc.names import find_node
        from graphdnc.questions import Inverse

        relations, towards = self._steps(follow)
        if set(towards) != {None}:
            raise UsageError("with --to NODE, --follow takes relations alone: they lead towards NODE")
        self.ask(Inverse(find_node(self.reasoner.graph, goal), relations))

    def _steps(self, follow: list[str]) -> tuple[tuple[int, ...], tuple[int | None, ...]]:
        """Return the relations to follow, and the node towards which each is followed."""
        from graphdnc.errors import CapacityError
        from graphdnc.language.steps import find_steps
        from graphdnc.language.walk_grammar import MAX_STEPS

        steps = [step for text in follow for step in find_steps(self.reasoner.graph, text)]
        if len(steps) > MAX_STEPS:
            raise CapacityError(f"more than {MAX_STEPS} steps; ask the question in parts")
        relations, towards = zip(*steps, strict=True)
        return relations, towards

    def ask_path(self, start: str, goal: str) -> None:
        """Answer a question for the shortest path between two nodes given by name."""
        from graphdnc.names import find_node
        from graphdnc.questions import ShortestPath

        graph = self.reasoner.graph
        self.ask(ShortestPath(find_node(graph, start), find_node(graph, goal)))

    def ask_kin(self, person: str, relation: str | None, relative: str | None) -> None:
        """Answer who somebody's relatives are, what ``relative`` is to them, or whether it is that."""
        from graphdnc.errors import UnknownName
        from graphdnc.names import find_node
        from graphdnc.questions import Between, Claim, Kin

        graph, vocabulary = self.reasoner.graph, self.reasoner.vocabulary
        number = find_node(graph, person)
        other = None if relative is None else find_node(graph, relative)
        if relation is None and other is not None:
            self.ask(Between(number, other))
            return
        try:
            kin = Kin(number, vocabulary.term(relation or ""))
        except UnknownName as error:
            raise UnknownName(f"{error}; with --of, a column is given by --columns S,R,T") from None
        self.ask(kin if other is None else Claim(kin, other))

    def ask_lines(self, batches: Iterable[list[Line]], total: int | None = None) -> None:
        """Answer one question a line; one that fails is reported, and the next one is answered.

        Of more than one it is said at the end what became of them, unless ``quiet``. ``total`` is how many
        there are, where that is known.
        """
        from graphdnc.cli.progress import say
        from graphdnc.utils.progress import ProgressBar

        tally = Tally(self.reasoner.check)
        with ProgressBar("answered", total, shown=not self.quiet and not sys.stdout.isatty()) as bar:
            for lines in batches:
                found = self.reasoner.ask_all(line.text for line in lines)
                bar.clear()
                for line, answer in zip(lines, found, strict=True):
                    tally.codes[self._print_line(line, answer)] += 1
                bar.show(tally.codes.total())
        if not tally.codes:
            raise UsageError("no question; give a sentence, or one question a line on standard input")
        self.exit_code = max(tally.codes)
        if tally.codes.total() > 1 and not self.quiet:
            say(str(tally))

    def _print_line(self, line: Line, answer: CheckedAnswer | GraphDNCError) -> int:
        where = f"line {line.number}: "
        if isinstance(answer, GraphDNCError):
            print_error(answer, where)
            if self.traces is not None:
                self.traces.add(None)
            return answer.exit_code
        plain = not (self.as_json or self.quiet)
        if plain:
            print(f"{where}{line.text}")
        code = max(self._print(answer), self._trace(answer, where))
        if plain:
            print(flush=True)
        return code

    def _trace(self, answer: CheckedAnswer, where: str = "") -> int:
        """Trace an answer where that is wanted; return the exit code, for what cannot be traced as well."""
        if self.traces is None and not self.showing:
            return 0
        trace, code = None, 0
        try:
            trace = self.reasoner.trace(answer.question)
        except GraphDNCError as error:
            print_error(error, f"{where}not traced: ")
            code = error.exit_code
        if self.traces is not None:
            self.traces.add(trace)
        if self.showing and not code:
            print_trace(trace)
        return code

    def _print(self, checked: CheckedAnswer) -> int:
        """Print an answer and return its exit code."""
        if checked.kind == "shortest-path":
            self._warn_of_weights()
        elif checked.kind != "traversal":
            self._doubt()
        if self.as_json:
            print_json(checked.record())
        elif self.quiet:
            print_short(checked)
        else:
            print_answer(checked)
        return exit_code(checked)

    def _doubt(self) -> None:
        """Say once what may be meant otherwise in a family."""
        from graphdnc.kinship.warnings import doubts

        # as it was given: asked about undirected, a graph has every triple the other way round, too
        for doubt in [] if self.doubted else doubts(self.reasoner.family, self.reasoner.vocabulary):
            print(f"note: {doubt}", file=sys.stderr, flush=True)
        self.doubted = True

    def _warn_of_weights(self) -> None:
        """Say once that the shortest path is not the one of the least weight."""
        from graphdnc.utils.text import quote

        for column in self.weights:
            told = f"note: the column {quote(column)} is not used: the shortest path has the fewest steps"
            print(told, file=sys.stderr, flush=True)
        self.weights = []


def _loading(quiet: bool) -> Callable[[Graph], None]:
    """Return what is done before a network memorises a graph."""

    def prepare(graph: Graph) -> None:
        # should torch be needed: steps this small gain nothing from threads, and on a busy machine wait for
        # them without end
        os.environ.setdefault("OMP_NUM_THREADS", "1")
        with Interrupts():  # an import that breaks off cannot be repeated
            import graphdnc.answering.open_session  # noqa: F401
            from graphdnc.model.kernels.cpu.build import build_failure, is_to_be_built
        if quiet or not sys.stderr.isatty():
            return
        if is_to_be_built("forward"):
            print("compiling the steps of the network, this once ...", file=sys.stderr)
        slower = build_failure("forward")
        where = "" if slower is None else f", by torch, which takes longer: {slower}"
        print(f"asking a network about {len(graph):,} triples{where} ...", file=sys.stderr)

    return prepare
