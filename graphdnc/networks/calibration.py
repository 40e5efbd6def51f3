"""Whether a confidence is what it says: of answers said with 70%, are 70% right?"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

BINS = 10
_ROUNDS = 100


@dataclass(frozen=True)
class Curve:
    """How often answers are right on which so many votes agree, as a logistic curve.

    Tries under fresh labels seldom make the same mistake, so an answer that a few of them give is right more
    often than their share says. The two numbers are fitted on answers to hard questions (:func:`fitted`), and
    belong to a network.

    Attributes:
        offset: log-odds that an answer is right on which half of the votes agree.
        slope: how much these grow with the log-odds of the share of votes.
    """

    offset: float
    slope: float

    def confidence(self, agreeing: int, votes: int) -> float:
        """Return the probability, 0 to 1, that an answer is right on which so many of several votes agree.

        >>> round(Curve(0.0, 1.0).confidence(7, 8), 3)
        0.833
        """
        return _logistic(self.offset + self.slope * _log_odds(agreeing, votes))


def fitted(counted: Iterable[tuple[int, int, bool]]) -> Curve:
    """Return the curve that fits answers best: how many votes agreed, of how many, and whether it was right.

    Newton's method on the likelihood, with a weak normal prior (deviation 10) that keeps it finite where all
    answers are right.
    """
    rows = [(_log_odds(agreeing, votes), float(right)) for agreeing, votes, right in counted]
    offset, slope, prior = 0.0, 1.0, 0.01
    for _ in range(_ROUNDS):
        gradient = [-prior * offset, -prior * (slope - 1.0)]
        bend = [prior, 0.0, prior]
        for odds, right in rows:
            sure = _logistic(offset + slope * odds)
            weight = sure * (1 - sure)
            gradient = [gradient[0] + right - sure, gradient[1] + (right - sure) * odds]
            bend = [bend[0] + weight, bend[1] + weight * odds, bend[2] + weight * odds * odds]
        scale = bend[0] * bend[2] - bend[1] * bend[1]
        change = (
            (bend[2] * gradient[0] - bend[1] * gradient[1]) / scale,
            (bend[0] * gradient[1] - bend[1] * gradient[0]) / scale,
        )
        longest = max(1.0, abs(change[0]), abs(change[1]))
        offset, slope = offset + change[0] / longest, slope + change[1] / longest
    return Curve(offset, slope)


def _log_odds(agreeing: int, votes: int) -> float:
    # half a vote more on either side keeps all and none finite
    return math.log((agreeing + 0.5) / (votes - agreeing + 0.5))


def _logistic(value: float) -> float:
    return 1 / (1 + math.exp(-value)) if value > -700 else 0.0


class Bin(NamedTuple):
    """Answers of like confidence.

    Attributes:
        low, high: what confidences they have: ``low`` or more, less than ``high``, or 1.
        answers: how many there are.
        confidence: the mean of theirs.
        right: the share of them that are right.
    """

    low: float
    high: float
    answers: int
    confidence: float
    right: float


@dataclass
class Calibration:
    """Confidences of answers, and whether these were right."""

    _said: list[tuple[float, bool]] = field(default_factory=list)

    def add(self, confidence: float, right: bool) -> None:
        """Count an answer of a confidence from 0 to 1."""
        self._said.append((confidence, right))

    def bins(self) -> Iterator[Bin]:
        """Yield the bins of equal width that have answers, the least sure first."""
        for number in range(BINS):
            inside = [said for said in self._said if min(int(said[0] * BINS), BINS - 1) == number]
            if inside:
                sure, right = (sum(values) / len(inside) for values in zip(*inside, strict=True))
                yield Bin(number / BINS, (number + 1) / BINS, len(inside), sure, right)

    @property
    def error(self) -> float:
        """The expected calibration error, 0 to 1 (Naeini et al. 2015): how far off the bins are, on average.

        >>> counted = Calibration()
        >>> for right in (True, True, True, False):
        ...     counted.add(0.95, right)
        >>> round(counted.error, 2)
        0.2
        """
        total = len(self._said)
        return sum(bin.answers / total * abs(bin.confidence - bin.right) for bin in self.bins())
