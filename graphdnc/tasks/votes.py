"""Votes: the same question asked several times under fresh labels, and what all tries say together.

The labels differ from try to try, so a network cannot repeat a mistake by rote. How many votes agree
therefore says how sure it is.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

from graphdnc.questions import Path


class Relative(NamedTuple):
    """A person whom the network lists as a relative.

    Attributes:
        shown: facts of the graph that the network said on the way there, in order; may be empty.
        agreeing: how many votes list this person.
    """

    person: int
    shown: Path
    agreeing: int


class Vote(NamedTuple):
    """The answer of one try.

    Attributes:
        path: the path named, or ``None`` where the network named no path of this graph.
        probability: the probability that the network gave to its answer.
        denies: whether the network said that there is no answer.
        listed: for a kinship question, the people listed and the facts said on the way to each; for all nodes
            that lead to a goal, these and their ways there. ``None`` where the network did not finish.
    """

    path: Path | None
    probability: float
    denies: bool = False
    listed: tuple[tuple[int, Path], ...] | None = None


class Verdict(NamedTuple):
    """The answer that all votes give together.

    Attributes:
        agreeing: how many votes agree with it.
        confidence: from 0 to 1, before calibration.
        denies: whether the votes say that there is no answer.
    """

    path: Path | None
    agreeing: int
    confidence: float
    denies: bool = False
    relatives: tuple[Relative, ...] = ()


def majority(votes: Sequence[Vote]) -> Verdict:
    """Return the path that most votes name; among equals, the more probable one.

    A vote without a path counts for ``None``, which wins only if no vote names a path.
    """
    groups: dict[Path | None, list[float]] = {}
    for vote in votes:
        groups.setdefault(vote.path, []).append(vote.probability)
    best = max(groups, key=lambda path: (path is not None, len(groups[path]), sum(groups[path])))
    if best is None:
        return Verdict(None, len(groups[best]), 0.0)
    return Verdict(best, len(groups[best]), share(len(groups[best]), votes, groups[best][0]))


def listed_by_most(votes: Sequence[Vote], cost: Callable[[Path], int] = len) -> Verdict:
    """Return everybody whom more than half of the votes list; votes that list the same people agree.

    Of the ways that votes give to a person, this is the one of the least cost. If fewer than half of the
    votes finished, there is no answer.
    """
    lists = [dict(vote.listed) for vote in votes if vote.listed is not None]
    if 2 * len(lists) <= len(votes):
        return Verdict(None, 0, 0.0)
    ways: dict[int, list[Path]] = {}
    for people in lists:
        for person, way in people.items():
            ways.setdefault(person, []).append(way)
    found = {person: said for person, said in ways.items() if 2 * len(said) > len(votes)}
    relatives = tuple(Relative(person, min(said, key=cost), len(said)) for person, said in found.items())
    agreeing = [
        vote for vote in votes if vote.listed is not None and dict(vote.listed).keys() == found.keys()
    ]
    sure = share(len(agreeing), votes, agreeing[0].probability) if agreeing else 0.0
    return Verdict(None, len(agreeing), sure, denies=not relatives, relatives=relatives)


def share(agreeing: int, votes: Sequence[Vote], probability: float) -> float:
    """Return the share of votes that agree; for a single vote, its probability."""
    return probability if len(votes) == 1 else agreeing / len(votes)
