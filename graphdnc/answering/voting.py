"""Votes: one question asked several times under fresh labels, and what all tries together say.

The network cannot tell two tries apart by anything it has learned, so their agreement says how sure it is.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

from graphdnc.answering.answer import Relative
from graphdnc.oracle.solve import is_answer
from graphdnc.questions import Asked, Example, Kin, Path, ShortestPath


class Vote(NamedTuple):
    """One try.

    ``path`` is ``None`` where the network named no path of this graph; ``denies`` tells whether it said that
    there is none. ``probability`` is what it gave to what it said. ``listed`` are the people it listed, of a
    question for kin, and the facts it said on the way to each; ``None`` where it did not come to an end.
    """

    path: Path | None
    probability: float
    denies: bool = False
    listed: tuple[tuple[int, Path], ...] | None = None


class Verdict(NamedTuple):
    """What all tries together say: a path or ``None``, how many agree, how sure that makes one, 0 to 1."""

    path: Path | None
    agreeing: int
    confidence: float
    denies: bool = False
    relatives: tuple[Relative, ...] = ()


def count(question: Asked, votes: Sequence[Vote]) -> Verdict:
    """Return the verdict on a question: of shortest paths the shortest, of others the majority."""
    if isinstance(question, Kin):
        return listed(question.person, votes)
    return shortest(votes) if isinstance(question, ShortestPath) else majority(votes)


def is_right(example: Example, votes: Sequence[Vote]) -> bool:
    """Tell whether all votes together give a whole answer that is right: a path, or all relatives."""
    verdict = count(example.question, votes)
    if isinstance(example.question, Kin):
        ended = verdict.denies or bool(verdict.relatives)
        return ended and {one.person for one in verdict.relatives} == example.people
    return verdict.path is not None and is_answer(example.graph, example.question, verdict.path)


def majority(votes: Sequence[Vote]) -> Verdict:
    """Return the path that most votes name; of paths with equally many votes the more probable one.

    A vote that names no path counts for ``None``, which wins only where all votes do.
    """
    groups: dict[Path | None, list[float]] = {}
    for vote in votes:
        groups.setdefault(vote.path, []).append(vote.probability)
    best = max(groups, key=lambda path: (path is not None, len(groups[path]), sum(groups[path])))
    if best is None:
        return Verdict(None, len(groups[best]), 0.0)
    return Verdict(best, len(groups[best]), _share(len(groups[best]), votes, groups[best][0]))


def shortest(votes: Sequence[Vote]) -> Verdict:
    """Return the shortest path that any vote found; of several that with the fewest changes of relation.

    Every path is made of real triples and leads to the goal, so one that is shorter is better whoever found
    it. Votes agree where their paths are equally short. Where no vote found a path, they may agree that
    there is none.
    """
    found = [vote for vote in votes if vote.path is not None]
    if not found:
        denying = [vote for vote in votes if vote.denies]
        if 2 * len(denying) <= len(votes):
            return Verdict(None, 0, 0.0)
        return Verdict(None, len(denying), _share(len(denying), votes, denying[0].probability), denies=True)
    least = min(len(vote.path or ()) for vote in found)
    agreeing = [vote for vote in found if len(vote.path or ()) == least]
    fewest = min(_changes(vote.path or ()) for vote in agreeing)
    best = majority([vote for vote in agreeing if _changes(vote.path or ()) == fewest]).path
    return Verdict(best, len(agreeing), _share(len(agreeing), votes, agreeing[0].probability))


def listed(asked: int, votes: Sequence[Vote]) -> Verdict:
    """Return everybody whom more than half of the votes list; those agree that list nobody else.

    Of the ways that votes said to somebody, that is given in which most facts lead on. Where fewer than half
    of the votes came to an end, there is no answer.
    """
    lists = [dict(vote.listed) for vote in votes if vote.listed is not None]
    if 2 * len(lists) <= len(votes):
        return Verdict(None, 0, 0.0)
    ways: dict[int, list[Path]] = {}
    for people in lists:
        for person, way in people.items():
            ways.setdefault(person, []).append(way)
    found = {person: said for person, said in ways.items() if 2 * len(said) > len(votes)}
    relatives = tuple(
        Relative(person, min(said, key=lambda way: _turned(asked, way)), len(said))
        for person, said in found.items()
    )
    agreeing = [
        vote for vote in votes if vote.listed is not None and dict(vote.listed).keys() == found.keys()
    ]
    sure = _share(len(agreeing), votes, agreeing[0].probability) if agreeing else 0.0
    return Verdict(None, len(agreeing), sure, denies=not relatives, relatives=relatives)


def _turned(here: int, way: Path) -> int:
    """Return how many facts of a way are stated from the far side."""
    turned = 0
    for triple in way:
        turned += triple.source != here
        here = triple.target if triple.source == here else triple.source
    return turned


def _changes(path: Path) -> int:
    return sum(triple.relation != before.relation for before, triple in pairwise(path))


def _share(agreeing: int, votes: Sequence[Vote], probability: float) -> float:
    return probability if len(votes) == 1 else agreeing / len(votes)
