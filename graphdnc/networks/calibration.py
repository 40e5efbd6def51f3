"""Calibration of confidences: of all answers with confidence 70%, are 70% right?"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

BINS = 10
_ROUNDS = 100


@dataclass(frozen=True)
class Curve:
    """The probability that an answer is right, given how many votes agree, as a logistic curve.

    Tries under fresh labels rarely make the same mistake, so an answer is right more often than its share of
    the votes. Each network has its own curve, fitted on answers to hard questions (:func:`fitted`).

    Attributes:
        offset: the log-odds that an answer is right if half of the votes agree.
        slope: how much the log-odds grow with the log-odds of the share of votes.
    """

    offset: float
    slope: float

    def confidence(self, agreeing: int, votes: int) -> float:
        """Return the probability, 0 to 1, that an answer is right if ``agreeing`` of ``votes`` votes agree.

        >>> round(Curve(0.0, 1.0).confidence(7, 8), 3)
        0.833
        """
        return _logistic(self.offset + self.slope * _log_odds(agreeing, votes))


@dataclass(frozen=True)
class Agreement:
    """How many first tries must agree for an answer to need no more tries, and how sure it then is.

    It was measured on the same kinds of hard questions as :class:`Curve` is fitted on.

    Attributes:
        tries: the number of first tries, at least 2.
        right: the number of questions on which they agreed and were right.
        asked: the number of questions on which they agreed.
    """

    tries: int
    right: int
    asked: int

    def __post_init__(self) -> None:
        if self.tries < 2 or not 0 <= self.right <= self.asked:
            raise ValueError(f"at least 2 tries, and no more right than asked, are needed; got {self}")

    @property
    def confidence(self) -> float:
        """The probability, 0 to 1, that such an answer is right: one more of each kind is counted.

        >>> round(Agreement(2, right=998, asked=998).confidence, 3)
        0.999
        """
        return (self.right + 1) / (self.asked + 2)


def fitted(counted: Iterable[tuple[int, int, bool]]) -> Curve:
    """Return the curve that fits answers best, given as (agreeing votes, all votes, right).

    Newton's method maximises the likelihood, with a weak normal prior (deviation 10) that keeps the curve
    finite if all answers are right.
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
    # half a vote more on either side keeps the result finite
    return math.log((agreeing + 0.5) / (votes - agreeing + 0.5))


def _logistic(value: float) -> float:
    return 1 / (1 + math.exp(-value)) if value > -700 else 0.0


class Bin(NamedTuple):
    """Answers of similar confidence.

    Attributes:
        low, high: the range of confidences, from ``low`` to below ``high``; the last bin includes 1.
        confidence: the mean confidence of the answers.
        right: the share of right answers.
    """

    low: float
    high: float
    answers: int
    confidence: float
    right: float


@dataclass
class Calibration:
    """The confidences of answers, and whether the answers were right."""

    _said: list[tuple[float, bool]] = field(default_factory=list)

    def add(self, confidence: float, right: bool) -> None:
        """Count an answer with a confidence from 0 to 1."""
        self._said.append((confidence, right))

    def bins(self) -> Iterator[Bin]:
        """Yield the bins of equal width that have answers, in order of confidence."""
        for number in range(BINS):
            inside = [said for said in self._said if min(int(said[0] * BINS), BINS - 1) == number]
            if inside:
                sure, right = (sum(values) / len(inside) for values in zip(*inside, strict=True))
                yield Bin(number / BINS, (number + 1) / BINS, len(inside), sure, right)

    @property
    def error(self) -> float:
        """The expected calibration error, 0 to 1 (Naeini et al. 2015): the mean error of the bins.

        >>> counted = Calibration()
        >>> for right in (True, True, True, False):
        ...     counted.add(0.95, right)
        >>> round(counted.error, 2)
        0.2
        """
        total = len(self._said)
        return sum(bin.answers / total * abs(bin.confidence - bin.right) for bin in self.bins())
