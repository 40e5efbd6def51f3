"""Whether a confidence is what it says: of answers said with 70%, are 70% right?"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

BINS = 10


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
