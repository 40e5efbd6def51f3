"""Votes: what several tries say together, ties and single tries included."""

from __future__ import annotations

import pytest

from graphdnc.graph import Triple
from graphdnc.questions import ShortestPath, Traversal
from graphdnc.tasks.shortest_path.task import ShortestPathTask, shortest
from graphdnc.tasks.traversal import TraversalTask
from graphdnc.tasks.votes import Verdict, Vote, majority

P, Q, R = (Triple(0, 0, 1),), (Triple(0, 0, 2),), (Triple(0, 1, 3),)
LONG, LONGER = (*P, Triple(1, 0, 3)), (*P, Triple(1, 0, 2), Triple(2, 0, 3))
SAME, CHANGED = (Triple(0, 1, 4), Triple(4, 1, 3)), (Triple(0, 0, 4), Triple(4, 1, 3))
DENIED, LOST = Vote(None, 1.0, denies=True), Vote(None, 0.9)


def says(verdict, path, agreeing, confidence, denies=False):
    assert verdict == Verdict(path, agreeing, pytest.approx(confidence), denies)


@pytest.mark.parametrize(
    ("votes", "winner"),
    [
        ([(P, 0.1), (Q, 0.9), (P, 0.1)], (P, 2, 2 / 3)),
        ([(P, 0.1), (Q, 0.9)], (Q, 1, 0.5)),
        ([(None, 0.9), (None, 0.9), (P, 0.3)], (P, 1, 1 / 3)),
        ([(P, 0.3)], (P, 1, 0.3)),
        ([(None, 0.9), (None, 0.9)], (None, 2, 0.0)),
        ([(None, 0.9)], (None, 1, 0.0)),
    ],
)
def test_the_majority(votes, winner):
    says(majority([Vote(*vote) for vote in votes]), *winner)


@pytest.mark.parametrize(
    ("votes", "winner"),
    [
        # the shortest wins, however many found another and however sure they are
        ([(LONG, 0.9), (LONG, 0.9), (P, 0.1)], (P, 1, 1 / 3)),
        ([(LONGER, 1.0), (None, 1.0), (LONG, 0.1)], (LONG, 1, 1 / 3)),
        # all that are as short agree; of them the one named most often, then the more probable
        ([(P, 0.9), (Q, 0.1), (Q, 0.1), (LONG, 1.0)], (Q, 3, 3 / 4)),
        ([(P, 0.2), (Q, 0.3), (R, 0.1)], (Q, 3, 1.0)),
        ([(P, 0.2), (P, 0.2), (Q, 0.3), (Q, 0.3)], (Q, 4, 1.0)),
        # of those as short the one with the fewest changes of relation, however many named another
        ([(CHANGED, 0.9), (CHANGED, 0.9), (SAME, 0.1), (LONGER, 1.0)], (SAME, 3, 3 / 4)),
        ([(CHANGED, 0.9), (SAME, 0.1), (LONG, 0.1), (LONG, 0.1)], (LONG, 4, 1.0)),
        # who found none does not agree
        ([(None, 1.0), (None, 1.0), (None, 1.0), (P, 0.1)], (P, 1, 1 / 4)),
        ([(P, 0.3)], (P, 1, 0.3)),
        # the empty path is a path
        ([((), 1.0), ((), 1.0)], ((), 2, 1.0)),
        ([((), 1.0)], ((), 1, 1.0)),
    ],
)
def test_the_shortest(votes, winner):
    says(shortest([Vote(*vote) for vote in votes]), *winner)


@pytest.mark.parametrize(
    ("votes", "verdict"),
    [
        ([DENIED], (None, 1, 1.0, True)),
        ([Vote(None, 0.4, denies=True)], (None, 1, 0.4, True)),
        ([LOST], (None, 0, 0.0, False)),
        ([DENIED, DENIED, LOST], (None, 2, 2 / 3, True)),
        # not more than a half: nothing is known
        ([DENIED, LOST], (None, 0, 0.0, False)),
        ([DENIED, DENIED, LOST, LOST], (None, 0, 0.0, False)),
        ([DENIED, LOST, LOST], (None, 0, 0.0, False)),
        # one way found is a way, whatever the others say
        ([DENIED, DENIED, DENIED, Vote(P, 0.2)], (P, 1, 1 / 4, False)),
    ],
)
def test_that_there_is_no_way_is_said_by_more_than_half(votes, verdict):
    says(shortest(votes), *verdict)


def test_what_is_asked_says_how_votes_are_counted():
    votes = [Vote(LONG, 0.9), Vote(LONG, 0.9), Vote(P, 0.9)]
    assert TraversalTask.count(Traversal(0, (0, 0)), votes) == majority(votes)
    assert ShortestPathTask.count(ShortestPath(0, 1), votes) == shortest(votes)
    assert majority(votes).path == LONG
    assert shortest(votes).path == P
