"""A graph and everything that can be asked about it: the way in, for programs and for the command line.

Networks are loaded when a question first needs them, so that a question with a wrong name is refused at once.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple, ParamSpec, TypeVar

from graphdnc.answering.answer import Answer, CheckedAnswer
from graphdnc.answering.compound.compound import CompoundQuestions
from graphdnc.answering.kinship.family import Family
from graphdnc.answering.path_answer import CheckedPath
from graphdnc.answering.sessions import Sessions
from graphdnc.errors import CheckpointError, GraphDNCError, NoAnswer, UsageError, reported
from graphdnc.graph import Graph
from graphdnc.kinship.closed import closed_family
from graphdnc.kinship.vocabulary import Vocabulary, standard_vocabulary
from graphdnc.language.describe import describe
from graphdnc.language.free.follow_ups import Context
from graphdnc.language.understand import Understood, understand
from graphdnc.oracle.solve import answers
from graphdnc.questions import (
    Asked,
    Between,
    Claim,
    Compound,
    Inverse,
    Kin,
    KinQuestion,
    Path,
    Sayable,
    ShortestPath,
    Traversal,
    reverse_path,
)
from graphdnc.questions.numbers import check_numbers
from graphdnc.questions.put import Asking, Put
from graphdnc.readers import Columns, read_graph
from graphdnc.readers.source import GraphSource
from graphdnc.tasks import task_of
from graphdnc.weights import Weights

if TYPE_CHECKING:
    from graphdnc.answering.trace import Trace

Given = ParamSpec("Given")
Found = TypeVar("Found")


class ParsedQuestion(NamedTuple):
    """A question that was understood.

    Attributes:
        text: the question as it was asked.
        question: the question in numbers.
        exact: the exact paths; ``None`` without the check, and for questions about kin, which are checked
            later. Empty if no path leads to a goal, which the network must discover itself.
        why: the reason if there is no exact path.
        put: how the question is put: what its answer should say first.
        notes: what was read otherwise than it was typed.
    """

    text: str
    question: Sayable
    exact: list[Path] | None = None
    why: str = ""
    put: Put = "list"
    notes: tuple[str, ...] = ()


class Reasoner:
    """A graph, and the networks that answer questions about it.

    Attributes:
        graph: the graph; if it is asked about undirected, with every triple also in the other direction.
        family: the graph as it was given, with the terms of kinship, for questions about kin.
        networks: the networks, and how they are asked.
        check: whether exact answers are found too.
        both_ways: whether every triple is followed in both directions.
        compound: the questions that take several questions to networks.
    """

    def __init__(
        self,
        graph: Graph,
        model: str | None = None,
        votes: int | None = None,
        seed: int = 0,
        check: bool = True,
        *,
        loading: Callable[[Graph], object] = lambda graph: None,
        undirected: bool = False,
        vocabulary: Vocabulary | None = None,
        weights: Weights | None = None,
        closed: bool = False,
    ) -> None:
        """Get ready to answer questions about a graph.

        ``weights`` are those of its triples, for the fastest way and the like. ``model``, ``votes``,
        ``seed`` and ``loading`` are those of :class:`graphdnc.answering.sessions.Sessions`.
        With ``closed``, siblings are assumed to share their parents, and spouses their children
        (:mod:`graphdnc.kinship.closed`).

        Raises:
            UsageError: the graph has no triples, or there are fewer votes than 1.
        """
        if not len(graph):
            raise UsageError("the graph has no triples, so nothing can be asked about it")
        if votes is not None and votes < 1:
            raise UsageError(f"votes must be at least 1, got {votes}")
        self.family = Family(
            closed_family(graph) if closed else graph, vocabulary or standard_vocabulary(), check
        )
        self.networks = Sessions(model, votes, seed, loading)
        self.check = check
        self._given, self._weights = graph, weights
        self.follow_both_ways(undirected)

    def follow_both_ways(self, both: bool) -> None:
        """Follow every triple in both directions from now on, or only as it was given."""
        self.both_ways = both
        self.graph = self._given.undirected() if both else self._given
        weighed = self._weights.both_ways() if self._weights and both else self._weights
        self.compound = CompoundQuestions(self.graph, self.family.graph, weighed, self.check)

    def weigh(self, weights: Weights | None) -> None:
        """Use the weights of these triples from now on, for the fastest way and the like."""
        self._weights = weights
        self.follow_both_ways(self.both_ways)

    def define(self, definition: str) -> None:
        """Add a term of kinship, written "NAME = RULE".

        Raises:
            UsageError: it is not written so, or the rule is not understood.
        """
        self.family.vocabulary = self.family.vocabulary.define(definition)

    @classmethod
    def from_file(
        cls,
        file: GraphSource,
        columns: Columns | None = None,
        *,
        format: str | None = None,
        undirected: bool = False,
        model: str | None = None,
        votes: int | None = None,
        means: Iterable[str] = (),
        closed: bool = False,
    ) -> Reasoner:
        """Return a reasoner for the graph in a file of any format.

        With ``undirected``, every triple is also followed in the other direction. ``means`` has one's own
        words for relations of kinship, such as "erzeuger = father"; ``closed`` is as in :class:`Reasoner`.

        Raises:
            GraphFileError: the file cannot be read; the message names the line.
            UsageError: there is no such column or format.
            CapacityError: the file is too large.
        """
        graph = read_graph(file, columns, format=format, means=means)
        return cls(graph, model, votes, undirected=undirected, closed=closed)

    def ask(self, question: str | Sayable | Asking) -> CheckedAnswer:
        """Ask a question, in a sentence or in numbers, and return the answer by name.

        Raises:
            UsageError: the sentence is not understood, asks several questions, or the network is for another
                kind of question.
            NoAnswer: no path of the graph follows the relations of the question.
            CheckpointError: the network is missing or damaged.
            CapacityError: there is no room for the question, the graph or the votes.
        """
        (answer,) = self.answer([self.read(question)])
        if isinstance(answer, GraphDNCError):
            raise answer
        return answer

    def ask_all(self, questions: Iterable[str | Sayable | Asking]) -> list[CheckedAnswer | GraphDNCError]:
        """Ask questions together, which is faster; return for each the answer, or the error if there is none.

        Raises:
            UsageError: ``questions`` is a single sentence.
        """
        if isinstance(questions, str):
            raise UsageError("several questions are asked together; give a list of them")
        read = [_or_error(self.read, question) for question in questions]
        return self.answer(read)

    def read(self, question: str | Sayable | Asking) -> ParsedQuestion:
        """Understand a question and, if it is to be checked, find its exact answer.

        Raises:
            UsageError: the sentence is not understood; the message shows one that is.
            NoAnswer: no path of the graph follows the relations of the question.
            CapacityError: the question is too long.
        """
        if isinstance(question, str):
            understood = self.understand(question)
            if len(understood.askings) > 1:
                raise UsageError(
                    f"this asks {len(understood.askings)} questions; read each of understand(...).askings"
                )
            return self.parsed(question, understood.askings[0], understood.notes)
        asked = question if isinstance(question, Asking) else Asking(question)
        check_numbers(self.graph, asked.question)
        return self.parsed(describe(self.graph, asked.question), asked)

    def understand(self, sentence: str, context: Context | None = None) -> Understood:
        """Return what a sentence asks: one question or several. ``context`` is what was asked before.

        Raises:
            UsageError: the sentence is not understood; the message shows one that is.
            CapacityError: the sentence is too long.
        """
        weighted = self.compound.weights is not None
        vocabulary = self.family.vocabulary
        return understand(sentence, self.graph, vocabulary, weighted=weighted, context=context)

    def sentence(self, asking: Asking) -> str:
        """Return a sentence for a question, as it is put."""
        return describe(self.graph, asking.question)

    def parsed(self, text: str, asking: Asking, notes: tuple[str, ...] = ()) -> ParsedQuestion:
        """Return a question with its exact answer, if it is to be checked and is found at once.

        Raises:
            NoAnswer: no path of the graph follows the relations of the question.
        """
        asked, put = asking
        if isinstance(asked, KinQuestion):
            self.family.require_facts()  # a graph without facts is refused before anything is loaded
        if isinstance(asked, KinQuestion | Compound):
            return ParsedQuestion(text, asked, put=put, notes=notes)
        # the moves towards a place are found exactly in any case
        if not self.check and not (isinstance(asked, Traversal) and asked.towards):
            return ParsedQuestion(text, asked, put=put, notes=notes)
        try:
            exact = answers(self.graph, asked)
            return ParsedQuestion(text, asked, exact if self.check else None, put=put, notes=notes)
        except NoAnswer as error:
            if not isinstance(asked, ShortestPath):
                raise
            return ParsedQuestion(text, asked, [], str(error), put, notes)

    def answer(self, read: Sequence[ParsedQuestion | GraphDNCError]) -> list[CheckedAnswer | GraphDNCError]:
        """Return for each question the answer, or the error if there is none or it was not understood.

        Questions of one kind are asked together. A question that fails costs no other its answer.
        """
        found = iter(self._answers([one for one in read if isinstance(one, ParsedQuestion)]))
        return [next(found) if isinstance(one, ParsedQuestion) else one for one in read]

    def _answers(self, read: list[ParsedQuestion]) -> list[CheckedAnswer | GraphDNCError]:
        """Return for each question that was understood the answer, or the error if there is none."""
        found: dict[int, CheckedAnswer | GraphDNCError] = {}
        groups: dict[tuple[str, Graph], list[int]] = {}
        for place, one in enumerate(read):
            if isinstance(one.question, Between):
                found[place] = _or_error(self.family.find_relation, one.text, one.question, self.networks)
            elif isinstance(one.question, Compound):
                answer = self.compound.answer
                found[place] = _or_error(answer, one.text, one.question, one.put, self.networks)
            elif _is_there(one.question):
                found[place] = self._checked(one, _empty_path(one.question), None)
            else:
                asked, graph = self._for_network(one.question)
                groups.setdefault((task_of(asked).name, graph), []).append(place)
        for (task, graph), places in groups.items():
            together = self._answer_group(task, graph, [read[place] for place in places])
            found.update(zip(places, together, strict=True))
        return [found[place] for place in range(len(read))]

    def _for_network(self, question: Sayable | Asked) -> tuple[Asked, Graph]:
        """Return the question for a network, and the graph that it is about."""
        match question:
            case Inverse():
                return question.walk, self.graph.inverse
            case Claim(kin):
                return kin, self.family.facts  # the network is not told whom the claim is about
            case Kin():
                return question, self.family.facts
        assert not isinstance(question, Between | Compound), "that takes several questions"
        return question, self.graph

    def _answer_group(
        self, task: str, graph: Graph, read: list[ParsedQuestion]
    ) -> list[CheckedAnswer | GraphDNCError]:
        """Answer questions of one kind about one graph."""
        model = self.networks.model_for(task)
        try:
            questions = [self._for_network(one.question)[0] for one in read]
            found = self.networks.answer_all(model, task, graph, questions)
        except Exception as error:
            failed = reported(error)
            if len(read) == 1 or isinstance(error, CheckpointError):
                return [failed] * len(read)
            # there may be no room for one of the questions; the others are answered
            return [self._answer_group(task, graph, [one])[0] for one in read]
        return [_or_error(self._checked, *pair, model) for pair in zip(read, found, strict=True)]

    def _checked(self, read: ParsedQuestion, answer: Answer, model: str | None) -> CheckedAnswer:
        question = read.question
        if isinstance(question, Kin | Claim):
            found = self.family.checked_relatives(read.text, question, answer, model, self.networks)
            return replace(found, put=read.put)
        if isinstance(question, Inverse):
            path, paths = answer.path and reverse_path(answer.path), tuple(map(reverse_path, answer.paths))
            answer = replace(answer, question=question, path=path, paths=paths)
        return CheckedPath(read.text, self.graph, answer, read.exact, read.why, model, put=read.put)

    def trace(self, question: str | Sayable | Asked) -> Trace | None:
        """Return what the network hears, says and reads at every step of its first try at a question.

        For an inverse question, the network is asked about the inverse graph; of a large graph, about the
        part that the question needs, which is then the graph of the trace. ``None`` if no network is needed,
        because the start is the goal.

        Raises:
            UsageError: the sentence is not understood, or it asks how two people are related.
            CapacityError: a walk needs several parts of a large graph, or there are too many steps.
        """
        parsed = self.read(question).question if isinstance(question, str) else question
        check_numbers(self.graph, parsed)
        if isinstance(parsed, Compound):
            raise UsageError("this takes several questions to networks; trace a walk or a shortest path")
        if isinstance(parsed, Between):
            raise UsageError(
                "how two people are related takes many questions; trace a question about relatives"
            )
        if _is_there(parsed):
            return None
        asked, graph = self._for_network(parsed)
        task, networks = task_of(asked).name, self.networks
        session = networks.open(networks.model_for(task), graph)
        return session.trace(asked, networks.votes_for(task), networks.seed)


def _or_error(
    find: Callable[Given, Found], *given: Given.args, **named: Given.kwargs
) -> Found | GraphDNCError:
    try:
        return find(*given, **named)
    except Exception as error:
        return reported(error)


def _is_there(question: Sayable | Asked) -> bool:
    """Return whether the start is the goal, so that the empty path is the answer."""
    return isinstance(question, ShortestPath) and question.start == question.goal


def _empty_path(question: Sayable) -> Answer:
    assert isinstance(question, ShortestPath)
    return Answer(question, (), denies=False, confidence=1.0, votes=0, agreeing=0, seconds=0.0, memorised=0)
