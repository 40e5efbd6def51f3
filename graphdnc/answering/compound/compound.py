"""Questions that take several questions to networks: answered by these, checked by exact search."""

from __future__ import annotations

from dataclasses import dataclass

from graphdnc.answering.answer import CheckedAnswer
from graphdnc.answering.compound.answers import CheckedList, CheckedWays
from graphdnc.answering.compound.lists import find_list
from graphdnc.answering.compound.networks import Networks
from graphdnc.answering.compound.rides import exact_rides, find_rides
from graphdnc.answering.compound.ways import find_ways
from graphdnc.answering.sessions import Sessions
from graphdnc.errors import NoAnswer, UsageError
from graphdnc.graph import Graph
from graphdnc.oracle import lists
from graphdnc.oracle.ways import MOST_WAYS, best_way, further_ways
from graphdnc.questions import Compound, Path
from graphdnc.questions.lists import Among, Common, LinesAt, ListQuestion, Neighbours, Reach, Size, Termini
from graphdnc.questions.put import Put
from graphdnc.questions.ways import Ride, Way
from graphdnc.weights import Weights


@dataclass
class CompoundQuestions:
    """A graph that is asked questions which take several questions to networks.

    Attributes:
        graph: the graph.
        family: the graph whose facts of kinship are followed, as it was given.
        weights: the weights of its triples, if they are known.
        check: whether exact answers are found too.
    """

    graph: Graph
    family: Graph
    weights: Weights | None
    check: bool

    def answer(self, text: str, question: Compound, put: Put, sessions: Sessions) -> CheckedAnswer:
        """Answer a question.

        Raises:
            NoAnswer: a ride leads nowhere, or there are no further ways.
            UsageError: conditions do not go together, or there are no weights.
        """
        if isinstance(question, Way | Ride):
            return self._ways(text, question, put, sessions)
        return self._list(text, question, put, sessions)

    def _ways(self, text: str, question: Way | Ride, put: Put, sessions: Sessions) -> CheckedWays:
        if isinstance(question, Way):
            self._refuse(question)
        exact, why = self._exact_ways(question)
        networks = Networks(sessions)
        if isinstance(question, Ride):
            paths = find_rides(self.graph, question, networks)
        else:
            paths = find_ways(self.graph, question, networks, self.weights)
        denies = not paths and bool(networks.said) and networks.said[-1].denies
        answer = networks.answer(question, paths, denies=denies)
        return CheckedWays(
            text, self.graph, answer, exact, why, networks.model, self.weights, len(networks.said), put=put
        )

    def _refuse(self, way: Way) -> None:
        """Refuse conditions that do not go together.

        Raises:
            UsageError: they do not.
        """
        if way.least == "weight" and self.weights is None:
            raise UsageError(
                "the triples have no weights to compare; give --weight COLUMN with a column of minutes or "
                "miles, or ask for the fewest stops"
            )
        if not way.single and (way.via or way.least == "changes"):
            what = "via a node" if way.via else "with the fewest changes"
            raise UsageError(f"further ways {what} are not found; ask for one way, or leave that out")
        if way.ways > MOST_WAYS or way.beyond > MOST_WAYS:
            raise UsageError(f"more than {MOST_WAYS} ways are not found; ask for fewer")
        barred = sorted(way.avoiding.intersection(way.stops))
        if barred:
            name = self.graph.node_name(barred[0])
            raise UsageError(f"a way that passes {name!r} cannot avoid {name!r}; leave one of the two out")

    def _exact_ways(self, question: Way | Ride) -> tuple[list[Path] | None, str]:
        """Return the exact ways, ``None`` without the check, and the reason if there is none."""
        if isinstance(question, Ride):  # a ride that leads nowhere is refused, as a walk is
            exact = exact_rides(self.graph, question)
            return (exact if self.check else None), ""
        if not self.check:
            return None, ""
        try:
            if question.single:
                return [best_way(self.graph, question, self.weights)], ""
            return further_ways(self.graph, question, self.weights), ""
        except NoAnswer as error:
            return [], str(error)

    def _list(self, text: str, question: ListQuestion, put: Put, sessions: Sessions) -> CheckedList:
        graph = self.family if self._is_kin(question) else self.graph
        networks = Networks(sessions)
        found = find_list(graph, question, networks, facts=put == "facts")
        denies = not found.members and found.answered
        answer = networks.answer(question, relatives=found.members, denies=denies)
        exact = exact_list(graph, question) if self.check else None
        why = "" if exact else "the graph states none"
        return CheckedList(
            text, graph, answer, exact, why, networks.model, found, len(networks.said), put=put
        )

    def _is_kin(self, question: ListQuestion) -> bool:
        inner = question.question if isinstance(question, Among) else question
        one = inner.one if isinstance(inner, Common) else inner
        return isinstance(one, Reach) and one.kin


def exact_list(graph: Graph, question: ListQuestion) -> dict[int, int]:
    """Return the exact members of a list, each with its distance."""
    match question:
        case Among(inner):
            return exact_list(graph, inner)
        case Neighbours() | Reach():
            return lists.reached(graph, question)
        case LinesAt():
            return dict.fromkeys(sorted(lists.lines_at(graph, question)), 1)
        case Common():
            return lists.common(graph, question)
        case Termini():
            return dict.fromkeys(lists.termini(graph, question), 1)
    assert isinstance(question, Size)
    return {}
