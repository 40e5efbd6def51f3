"""Votes: one question asked several times under fresh labels, and what all tries together say.

The network cannot tell two tries apart by anything it has learned, so their agreement says how sure it is.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

from graphdnc.questions import Path, Question, ShortestPath


class Vote(NamedTuple):
    """One try.

    ``path`` is ``None`` where the network named no path of this graph; ``denies`` tells whether it said that
    there is none. ``probability`` is what it gave to what it said.
    """

    path: Path | None
    probability: float
    denies: bool = False


class Verdict(NamedTuple):
    """What all tries together say: a path or ``None``, how many agree, how sure that makes one, 0 to 1."""

    path: Path | None
    agreeing: int
    confidence: float
    denies: bool = False


def count(question: Question, votes: Sequence[Vote]) -> Verdict:
    """Return the verdict on a question: of shortest paths the shortest, of others the majority."""
    return shortest(votes) if isinstance(question, ShortestPath) else majority(votes)


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


def _changes(path: Path) -> int:
    return sum(triple.relation != before.relation for before, triple in pairwise(path))


def _share(agreeing: int, votes: Sequence[Vote], probability: float) -> float:
    return probability if len(votes) == 1 else agreeing / len(votes)
