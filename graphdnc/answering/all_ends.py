"""All ends of a walk whose relations lead to several places, as a network finds them.

The network is asked for one relation at a time from every node it has found so far. Asked for whole walks
again and again, each memory with other targets, it finds fewer (docs/experiments.md).
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
"""Targets of one relation from one node that are tried at most, each in a memory of its own."""
MOST_FOLLOWED = 256
"""Nodes that the listing goes on from at most, at every step."""


class AllEnds(NamedTuple):
    """What a network found, asked for one relation at a time.

    Attributes:
        paths: a path to each end that was found, in the order found.
        shares: how many of the tries named a triple of the graph, 0 to 1, by step and the node left there.
        tries: how often it was asked at the step where it was asked most.
        complete: false where there were more places to try or to go on from than there is time for.
    """

    paths: tuple[Path, ...]
    shares: dict[tuple[int, int], float]
    tries: int
    complete: bool

    def share(self, path: Path) -> float:
        """Return the least share of tries that named a triple of the graph, over the steps of a path."""
        return min(self.shares.get((step, triple.source), 0.0) for step, triple in enumerate(path))


def find_all_ends(
    graph: Graph, question: Traversal, votes: int, memories: Callable[[int], GraphMemory]
) -> AllEnds:
    """Let a network follow one relation at a time from every node found, and return a path to each end.

    What it names counts only where it is a triple of the graph, and leads on only where the step may walk it:
    towards a place, not all do (:class:`graphdnc.oracle.towards.WalkConstraints`). ``memories`` returns the
    graph memorised so many times: ``votes``, or as many as there are places to try.
    """
    course = WalkConstraints(graph, question)
    reached: dict[Place, Path] = {course.start: ()}
    shares: dict[tuple[int, int], float] = {}
    most, complete = votes, True
    for step, relation in enumerate(question.relations):
        # from the others nothing that is said could count
        moves = {place: kept for place in reached if (kept := course.moves(step, place))}
        nodes = dict.fromkeys(place.node for place in moves)
        places = max((len(graph.follow(node, relation)) for node in nodes), default=0)
        tries = max(votes, min(places, MOST_SHOWN))
        asked = [Traversal(node, (relation,)) for node in nodes]
        said = zip(asked, memories(tries).ask(asked) if asked else [], strict=True)
        named = {one.start: _named(graph, one, tried) for one, tried in said}
        shares |= {(step, node): those.total() / tries for node, those in named.items()}
        further: dict[Place, Path] = {}
        for place, kept in moves.items():
            for triple, _ in named[place.node].most_common():
                if triple in kept:
                    further.setdefault(kept[triple], (*reached[place], triple))
        most = max(most, tries)
        # where the walk ends all are answers
        followed = MOST_FOLLOWED if step + 1 < len(question.relations) else len(further)
        complete = complete and places <= tries and len(further) <= followed
        reached = dict(list(further.items())[:followed])
    return AllEnds(tuple(reached.values()), shares, most, complete)


def returns(path: Path) -> int:
    """Return how often a path comes back to where it was: what people mean mostly does not."""
    return len(path) + 1 - len({triple.source for triple in path} | {triple.target for triple in path})


def _named(graph: Graph, asked: Traversal, votes: list[Vote]) -> Counter[Triple]:
    """Return how often each triple that answers a question of one step was named."""
    right = graph.follow(asked.start, asked.relations[0])
    named = (vote.path[0] for vote in votes if vote.path and len(vote.path) == 1)
    return Counter(triple for triple in named if triple in right)
