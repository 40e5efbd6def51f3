"""A graph and all that can be asked of it: the one way in, for programs and for the command line.

Networks are loaded when a question first needs them, so that a question with a wrong name is refused at
once.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple, TypeVar

from graphdnc.answering.answer import Answer, CheckedAnswer
from graphdnc.answering.kinship.answer import UNRELATED, CheckedRelation, CheckedRelatives, relation_answer
from graphdnc.answering.kinship.relationship import relate
from graphdnc.answering.kinship.subfamily import both_ways
from graphdnc.answering.path_answer import CheckedPath
from graphdnc.errors import CheckpointError, GraphDNCError, NoAnswer, UnknownName, UsageError
from graphdnc.graph import Graph
from graphdnc.kinship.facts import roles_of
from graphdnc.kinship.relatives import Relationship, relation_between, relatives
from graphdnc.kinship.vocabulary import Vocabulary, standard_vocabulary
from graphdnc.language.describe import describe
from graphdnc.language.parse import parse_question
from graphdnc.oracle.solve import answers
from graphdnc.questions import (
    Asked,
    Between,
    Claim,
    Inverse,
    Kin,
    KinQuestion,
    Path,
    Relation,
    Sayable,
    ShortestPath,
    Traversal,
    Walk,
    reverse_path,
)
from graphdnc.readers import Columns, read_graph
from graphdnc.readers.source import GraphSource
from graphdnc.tasks import TASKS, task_of

if TYPE_CHECKING:
    from graphdnc.answering.open_session import Session
    from graphdnc.answering.trace import Trace

VOTES = {name: task.usual_votes for name, task in TASKS.items()}
"""How often a question of each task is asked if no number is given."""
VOTES_OF_MANY = {name: task.usual_votes_of_many or task.usual_votes for name, task in TASKS.items()}
"""The same for many questions asked together."""
InNumbers = TypeVar("InNumbers", bound=Sayable | Asked)


class ParsedQuestion(NamedTuple):
    """A question that was understood.

    The exact answer is sought first, where it is to be checked: a traversal without one needs no network.
    That no way leads to a goal the network has to find out itself; ``why`` says why. The exact answer of a
    question for kin is found later: nobody is an answer too.
    """

    text: str
    question: Sayable
    exact: list[Path] | None
    why: str = ""


class Reasoner:
    """A graph, the networks that hold it, and how they are asked.

    Attributes:
        graph: what is asked about, every triple also the other way round where it is asked about undirected.
        family: the graph as it was given, asked for kin.
        model: the name or folder of the network to ask; ``None`` chooses by the kind of question.
        votes: how often to ask; ``None`` chooses by the kind of question, from ``usual``.
        seed: seed of the labels.
        check: whether the exact answer is sought too.
        loading: told the graph before a network memorises it, which takes a while.
        vocabulary: the terms of kinship that can be asked for.
        usual: how often questions of each kind are asked where no number is given.
    """

    def __init__(
        self,
        graph: Graph,
        model: str | None = None,
        votes: int | None = None,
        seed: int = 0,
        check: bool = True,
        loading: Callable[[Graph], object] = lambda graph: None,
        undirected: bool = False,
        vocabulary: Vocabulary | None = None,
        usual: Mapping[str, int] = VOTES,
    ) -> None:
        if not len(graph):
            raise UsageError("the graph has no triples, so nothing can be asked about it")
        if votes is not None and votes < 1:
            raise UsageError(f"a question is asked once at least, not {votes} times")
        self.graph = graph.undirected() if undirected else graph
        self.model, self.votes, self.seed = model, votes, seed
        self.check, self.loading, self.usual = check, loading, usual
        self.vocabulary = vocabulary or standard_vocabulary()
        self.family = graph
        self._sessions: dict[tuple[str, Graph], Session] = {}

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
    ) -> Reasoner:
        """Ask about the graph in a file of any format; ``undirected`` lets every triple lead both ways.

        Raises:
            GraphFileError: the file cannot be read; the message names the line.
            UsageError: there is no such column or format.
            CapacityError: the file is larger than is read.
        """
        graph = read_graph(file, columns, format=format)
        return cls(graph, model, votes, undirected=undirected)

    def ask(self, question: str | Sayable) -> CheckedAnswer:
        """Ask a question, in a sentence or in numbers, and return the answer by name.

        Raises:
            UsageError: the sentence is not understood, or the network is for another kind of question.
            NoAnswer: no path of the graph follows the relations asked for.
            CheckpointError: the network is missing or damaged.
            CapacityError: the question, the graph or the votes are more than there is room for.
        """
        (answer,) = self.answer([self.read(question)])
        if isinstance(answer, GraphDNCError):
            raise answer
        return answer

    def ask_all(self, questions: Iterable[str | Sayable]) -> list[CheckedAnswer | GraphDNCError]:
        """Ask questions together, which is faster; return the answer to each, or why there is none.

        Raises:
            UsageError: this is one question.
        """
        if isinstance(questions, str):
            raise UsageError("several questions are asked together; give a list of them")
        read = [self._try_to_read(question) for question in questions]
        found = iter(self.answer([said for said in read if isinstance(said, ParsedQuestion)]))
        return [next(found) if isinstance(said, ParsedQuestion) else said for said in read]

    def _try_to_read(self, question: str | Sayable) -> ParsedQuestion | GraphDNCError:
        try:
            return self.read(question)
        except GraphDNCError as error:
            return error

    def read(self, question: str | Sayable) -> ParsedQuestion:
        """Understand a question and, where it is to be checked, find its exact answer.

        Raises:
            UsageError: the sentence is not understood; the message shows one that is.
            NoAnswer: no path of the graph follows the relations asked for.
            CapacityError: the question is longer than is read.
        """
        asked = self._parse(question) if isinstance(question, str) else _known(self.graph, question)
        text = question if isinstance(question, str) else describe(self.graph, asked)
        if isinstance(asked, KinQuestion):
            roles_of(self.graph)  # a graph that states no kinship is refused before anything is loaded
            return ParsedQuestion(text, asked, None)
        # which moves are towards a place is found exactly in any case
        if not self.check and not (isinstance(asked, Traversal) and asked.towards):
            return ParsedQuestion(text, asked, None)
        try:
            exact = answers(self.graph, asked)
            return ParsedQuestion(text, asked, exact if self.check else None)
        except NoAnswer as error:
            if not isinstance(asked, ShortestPath):
                raise
            return ParsedQuestion(text, asked, [], str(error))

    def _parse(self, sentence: str) -> Sayable:
        return parse_question(sentence, self.graph, self.vocabulary)

    def answer(self, read: Sequence[ParsedQuestion]) -> list[CheckedAnswer | GraphDNCError]:
        """Return the answers, or why there are none; questions of one kind are asked together."""
        found: dict[int, CheckedAnswer | GraphDNCError] = {}
        alike: dict[tuple[str, Graph], list[int]] = {}
        for place, said in enumerate(read):
            answer = _already_there(said.question)
            if isinstance(said.question, Between):
                found[place] = self._answer_relation(said, said.question)
            elif answer is not None:
                found[place] = self._checked(said, answer, None)
            else:
                put, graph = self._put(said.question)
                alike.setdefault((task_of(put).name, graph), []).append(place)
        for (task, graph), places in alike.items():
            together = self._answer_alike(task, graph, [read[place] for place in places])
            found.update(zip(places, together, strict=True))
        return [found[place] for place in range(len(read))]

    def _put(self, question: Walk | Inverse | Kin | Claim | Asked) -> tuple[Asked, Graph]:
        """Return the question for a network, and the graph that it is about."""
        match question:
            case Inverse():
                return question.walk, self.graph.inverse
            case Claim(kin):
                return kin, self.family  # the network is not told whom the claim is about
            case Kin():
                return question, self.family
        return question, self.graph

    def _answer_alike(
        self, task: str, graph: Graph, read: list[ParsedQuestion]
    ) -> list[CheckedAnswer | GraphDNCError]:
        model = self.model or task
        try:
            questions = [self._put(one.question)[0] for one in read if not isinstance(one.question, Between)]
            answers = self.session(model, graph).answer_all(questions, self._votes(task), self.seed)
        except GraphDNCError as error:
            if len(read) == 1 or isinstance(error, CheckpointError):
                return [error] * len(read)
            # what one question needs may be more than there is room for; the others are answered
            return [self._answer_alike(task, graph, [one])[0] for one in read]
        return [self._checked(*pair, model) for pair in zip(read, answers, strict=True)]

    def _answer_relation(self, read: ParsedQuestion, between: Between) -> CheckedAnswer | GraphDNCError:
        try:
            exact, why = self._exact_relation(between)
            model = self.model or "kinship"
            session = self.session(model, self.family)
            found = relate(session, self.family, between, self.vocabulary, self._votes("kinship"), self.seed)
            way = None if found.terms else self._way_between(between)
        except GraphDNCError as error:
            return error
        answer, asked = relation_answer(between, found, way), found.asked + (way is not None)
        model = "shortest-path" if way else model
        return CheckedRelation(read.text, self.family, answer, exact, why, model, found.terms, asked)

    def _exact_relation(self, between: Between) -> tuple[Relationship | None, str]:
        """Return how two people are related, ``None`` without the check, and why they are not related."""
        if between.person == between.relative:
            name = self.family.node_name(between.person)
            raise NoAnswer(f"{name!r} is the same person; name two people")
        if not self.check:
            return None, ""
        try:
            return relation_between(self.family, between.person, between.relative, self.vocabulary), ""
        except NoAnswer as error:
            return UNRELATED, str(error)

    def _way_between(self, between: Between) -> Answer:
        """Ask for a shortest path between two people along facts in either direction."""
        session = self.session("shortest-path", self._both_ways)
        way = ShortestPath(between.person, between.relative)
        return session.answer_all([way], self._votes("shortest-path"), self.seed)[0]

    def _checked(self, read: ParsedQuestion, answer: Answer, model: str | None) -> CheckedAnswer:
        question = read.question
        if isinstance(question, Kin | Claim):
            claimed = question.relative if isinstance(question, Claim) else None
            kin = question.kin if isinstance(question, Claim) else question
            exact = relatives(self.family, kin.person, kin.term) if self.check else None
            owner = self.family.node_name(kin.person)
            why = "" if exact else f"no stated facts make anybody {owner}'s {kin.term.name}"
            return CheckedRelatives(read.text, self.family, answer, exact, why, model, claimed)
        if isinstance(question, Inverse):
            path, paths = answer.path and reverse_path(answer.path), tuple(map(reverse_path, answer.paths))
            answer = replace(answer, question=question, path=path, paths=paths)
        return CheckedPath(read.text, self.graph, answer, read.exact, read.why, model)

    def _votes(self, task: str) -> int:
        return self.votes or self.usual[task]

    def session(self, model: str, graph: Graph) -> Session:
        """Return the session of a network, by name or folder, with a graph; it is opened once.

        Raises:
            CheckpointError: there is no such network, or it is damaged.
        """
        if (model, graph) not in self._sessions:
            self.loading(graph)
            from graphdnc.answering import open_session  # NumPy takes a moment to load

            self._sessions[model, graph] = open_session.load_session(graph, model)
        return self._sessions[model, graph]

    def trace(self, question: str | Sayable | Asked) -> Trace | None:
        """Return what the network reads and says at every step of its first try at a question.

        For an inverse question, it is asked about the inverse graph. ``None`` if the answer needs no network,
        because the start is the goal.

        Raises:
            UsageError: the sentence is not understood, or it asks how two people are related.
            CapacityError: the graph is asked about in parts, or there are too many steps.
        """
        asked = self._parse(question) if isinstance(question, str) else _known(self.graph, question)
        if isinstance(asked, Between):
            raise UsageError("how two people are related takes many questions; trace one for somebody's kin")
        if _already_there(asked) is not None:
            return None
        put, graph = self._put(asked)
        task = task_of(put).name
        return self.session(self.model or task, graph).trace(put, self._votes(task), self.seed)

    @cached_property
    def _both_ways(self) -> Graph:
        return both_ways(self.family)


def _known(graph: Graph, question: InNumbers) -> InNumbers:
    """Return a question whose numbers are those of nodes and relations of a graph.

    Raises:
        UnknownName: there is no such node or relation.
        UsageError: it is no question, or has no numbers.
    """
    relations: tuple[int, ...] = ()
    match question:
        case Traversal(start, relations, towards):
            nodes = (start, *(node for node in towards if node is not None))
        case Inverse(goal, relations):
            nodes = (goal,)
        case ShortestPath(start, goal):
            nodes = (start, goal)
        case Relation(start) | Kin(start):
            nodes = (start,)
        case Claim(Kin(start), relative) | Between(start, relative):
            nodes = (start, relative)
        case _:
            raise UsageError(f"a question is a sentence, or one of graphdnc.questions, not {question!r}")
    for kind, numbers, count in (("node", nodes, graph.nodes), ("relation", relations, graph.relations)):
        for number in numbers:
            if not hasattr(number, "__index__"):
                raise UsageError(f"a {kind} is a number, not {number!r}; ask by names in a sentence")
            if not 0 <= number < count:
                raise UnknownName(f"there is no {kind} {number}; the graph has {count}, numbered from 0")
    return question


def _already_there(question: Sayable | Asked) -> Answer | None:
    """Return the answer that needs no network: the empty path, where the start is the goal."""
    if not isinstance(question, ShortestPath) or question.start != question.goal:
        return None
    return Answer(
        question, path=(), denies=False, confidence=1.0, votes=0, agreeing=0, seconds=0.0, memorised=0
    )
