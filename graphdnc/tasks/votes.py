"""Votes: the same question asked several times under fresh labels, and what all tries say together.

The labels differ from try to try, so a network cannot repeat a mistake by rote. How many votes agree
therefore says how sure it is.
"""

from __future__ import annotations

from collections.abc import Sequence
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
        listed: for a kinship question, the people listed and the facts said on the way to each; ``None``
            where the network did not finish.
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


def share(agreeing: int, votes: Sequence[Vote], probability: float) -> float:
    """Return the share of votes that agree; for a single vote, its probability."""
    return probability if len(votes) == 1 else agreeing / len(votes)
