"""Questions for ways that must or must not pass something, and for rides along lines."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Least = Literal["steps", "changes", "weight"]
"""What a way should have least of. Of the ways with the fewest changes, the shortest are meant."""


@dataclass(frozen=True)
class Way:
    """Which way leads from a start to a goal under some conditions?

    Attributes:
        start: the node where the way begins.
        goal: the node where it ends.
        via: nodes that it passes, in this order.
        avoiding: nodes that it does not pass.
        without: relations that it does not follow.
        only: relations of which it follows no others; ``None`` for any.
        least: what it has least of.
        ways: how many ways are asked for, in order of length, none of which passes a node twice; 0 for all of
            the least length.
        beyond: how many ways are left out before them: 1 for "another way".
        most: the largest number of steps that it may take; ``None`` for any.
        most_changes: the largest number of changes, with ``least`` "changes"; ``None`` for any.
    """

    start: int
    goal: int
    via: tuple[int, ...] = ()
    avoiding: frozenset[int] = frozenset()
    without: frozenset[int] = frozenset()
    only: frozenset[int] | None = None
    least: Least = "steps"
    ways: int = 1
    beyond: int = 0
    most: int | None = None
    most_changes: int | None = None

    def __post_init__(self) -> None:
        if min(self.ways, self.beyond, self.most or 0, self.most_changes or 0) < 0:
            raise ValueError("numbers of ways, steps and changes cannot be negative")
        if self.most_changes is not None and self.least != "changes":
            raise ValueError("a way with a largest number of changes is one with the fewest")

    @property
    def stops(self) -> tuple[int, ...]:
        """The start, the nodes that are passed, and the goal."""
        return (self.start, *self.via, self.goal)

    @property
    def single(self) -> bool:
        """Whether one way is asked for: the best."""
        return self.ways == 1 and not self.beyond


@dataclass(frozen=True)
class Leg:
    """One leg of a ride.

    Attributes:
        relations: the relations of a line, or of one direction of it; one direction is followed at a time.
        count: how many steps it takes; ``None`` if it ends at a goal.
        goal: the node where it ends; ``None`` if its steps are counted.
    """

    relations: frozenset[int]
    count: int | None = None
    goal: int | None = None

    def __post_init__(self) -> None:
        if (self.count is None) == (self.goal is None):
            raise ValueError("a leg has a count or a goal")


@dataclass(frozen=True)
class Ride:
    """Where do lines, ridden one after the other, lead to from a node?

    A line may have several directions. All that lead somewhere are ridden, and all ends are answers.
    """

    start: int
    legs: tuple[Leg, ...]


WayQuestion = Way | Ride
"""A question that is answered by ways."""
