"""All ends of a walk whose relations lead to several places, as a network finds them.

The network is asked for one relation at a time, from every node that it has found so far. It finds fewer ends
if it is asked for whole walks many times, each time with other targets in memory (docs/experiments.md).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import NamedTuple

from graphdnc.answering.memory import GraphMemory
from graphdnc.graph import Graph, Triple
from graphdnc.oracle.towards import Place, WalkConstraints
from graphdnc.questions import Path, Traversal
from graphdnc.tasks.votes import Vote

MOST_SHOWN = 64
"""Targets of one relation from one node that are tried, each in a memory of its own."""
MOST_FOLLOWED = 256
"""Nodes from which the walk goes on, at every step."""


class AllEnds(NamedTuple):
    """The ends that a network found, asked for one relation at a time.

    Attributes:
        paths: one path to each end, in the order in which they were found.
        shares: the share of tries that named a triple of the graph, from 0 to 1, by step and source node.
        tries: the number of tries at the step that had most of them.
        complete: false if there were more places to try, or to go on from, than the limits allow.
    """

    paths: tuple[Path, ...]
    shares: dict[tuple[int, int], float]
    tries: int
    complete: bool

    def share(self, path: Path) -> float:
        """Return the smallest share of tries that named a triple of the graph, over the steps of a path."""
        return min(self.shares.get((step, triple.source), 0.0) for step, triple in enumerate(path))


def find_all_ends(
    graph: Graph, question: Traversal, votes: int, memories: Callable[[int], GraphMemory]
) -> AllEnds:
    """Let a network follow one relation at a time from every node found, and return a path to each end.

    A triple that the network names counts only if it is in the graph. The walk goes on from it only if the
    step allows it: a step towards a place does not allow all
    (:class:`graphdnc.oracle.towards.WalkConstraints`). ``memories`` returns the graph memorised a number of
    times: ``votes``, or the number of places to try.
    """
    constraints = WalkConstraints(graph, question)
    reached: dict[Place, Path] = {constraints.start: ()}
    shares: dict[tuple[int, int], float] = {}
    most, complete = votes, True
    for step, relation in enumerate(question.relations):
        # from other places, no triple that the network names could count
        moves = {place: kept for place in reached if (kept := constraints.moves(step, place))}
        nodes = dict.fromkeys(place.node for place in moves)
        places = max((len(graph.follow(node, relation)) for node in nodes), default=0)
        tries = max(votes, min(places, MOST_SHOWN))
        asked = [Traversal(node, (relation,)) for node in nodes]
        said = zip(asked, memories(tries).vote(asked) if asked else [], strict=True)
        named = {one.start: _named(graph, one, tried) for one, tried in said}
        shares |= {(step, node): those.total() / tries for node, those in named.items()}
        further: dict[Place, Path] = {}
        for place, kept in moves.items():
            for triple, _ in named[place.node].most_common():
                if triple in kept:
                    further.setdefault(kept[triple], (*reached[place], triple))
        most = max(most, tries)
        # at the end of the walk, all places are answers
        followed = MOST_FOLLOWED if step + 1 < len(question.relations) else len(further)
        complete = complete and places <= tries and len(further) <= followed
        reached = dict(list(further.items())[:followed])
    return AllEnds(tuple(reached.values()), shares, most, complete)


def returns(path: Path) -> int:
    """Return how often a path comes back to an earlier node, which is rarely what people mean."""
    return len(path) + 1 - len({triple.source for triple in path} | {triple.target for triple in path})


def _named(graph: Graph, asked: Traversal, votes: list[Vote]) -> Counter[Triple]:
    """Return the number of votes for each triple that answers a question of one step."""
    right = graph.follow(asked.start, asked.relations[0])
    named = (vote.path[0] for vote in votes if vote.path and len(vote.path) == 1)
    return Counter(triple for triple in named if triple in right)
