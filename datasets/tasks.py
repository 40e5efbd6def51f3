"""Questions about a given graph, each with its exact answer."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache

import numpy as np
from numpy.typing import NDArray

from graphdnc.errors import CapacityError
from graphdnc.graph import Graph, Triple
from graphdnc.kinship import Term, relatives, standard_vocabulary
from graphdnc.kinship.program import compile_rule
from graphdnc.kinship.rules import WORDS
from graphdnc.oracle.distances import distances
from graphdnc.oracle.solve import answers
from graphdnc.questions import Example, Kin, Path, Relation, ShortestPath, Traversal
from graphdnc.questions.relation_table import EDGES, SEQUENCES

ATTEMPTS = 1000
"""Walks tried before a graph is said to have none of the length asked; only dead ends cost attempts."""


def random_traversal(rng: np.random.Generator, graph: Graph, length: int) -> Example:
    """Walk ``length`` steps at random from a random start; the question is to walk them again.

    Only steps that lead to exactly one place are taken, so the answer is the only one. A walk that meets
    a dead end is dropped and another one is drawn.

    Raises:
        ValueError: no walk of that length was found.
    """
    ways: dict[int, list[Triple]] = {}
    for _ in range(ATTEMPTS):
        path = _walk(rng, graph, length, ways)
        if path is not None:
            question = Traversal(path[0].source, tuple(triple.relation for triple in path))
            return Example(graph, question, path)
    raise ValueError(f"no walk of {length} steps in a graph of {len(graph)} triples")


def _walk(rng: np.random.Generator, graph: Graph, length: int, ways: dict[int, list[Triple]]) -> Path | None:
    """Return a random walk, or ``None`` at a dead end; ``ways`` keeps what was found for each node."""
    node = int(rng.integers(graph.nodes))
    path = []
    for chance in rng.random(length).tolist():
        if node not in ways:
            ways[node] = _certain(graph.leaving(node))
        if not ways[node]:
            return None
        path.append(ways[node][int(chance * len(ways[node]))])
        node = path[-1].target
    return tuple(path)


def _certain(leaving: tuple[Triple, ...]) -> list[Triple]:
    """Return the triples whose relation leaves the node to one place only."""
    relations = [triple.relation for triple in leaving]
    if len(set(relations)) == len(relations):
        return list(leaving)
    return [triple for triple in leaving if relations.count(triple.relation) == 1]


def random_shortest_path(rng: np.random.Generator, graph: Graph, length: int) -> Example:
    """Ask for a way of ``length`` triples, none shorter, between two nodes uniform among all such pairs.

    Raises:
        ValueError: the graph has no two nodes that far apart.
    """
    found = pairs(graph, length)
    if not len(found):
        raise ValueError(f"no two nodes are {length} triples apart in a graph of {len(graph)} triples")
    start, goal = found[rng.integers(len(found))].tolist()
    return shortest_path_between(rng, graph, start, goal)


def shortest_path_between(rng: np.random.Generator, graph: Graph, start: int, goal: int) -> Example:
    """Ask for the shortest path between two nodes; of several, each step of the answer is drawn evenly.

    Raises:
        ValueError: no way leads from start to goal.
    """
    left = distances(graph, goal).tolist()
    if left[start] < 0:
        raise ValueError(f"no way leads from node {start} to node {goal}")
    node, path = start, []
    for chance in rng.random(left[start]).tolist():
        nearer = [triple for triple in graph.leaving(node) if left[triple.target] == left[node] - 1]
        path.append(nearer[int(chance * len(nearer))])
        node = path[-1].target
    return Example(graph, ShortestPath(start, goal), tuple(path))


def pairs(graph: Graph, length: int | None = None) -> NDArray[np.int64]:
    """Return all ``(start, goal)`` whose shortest path has ``length`` triples, ``[pairs, 2]``, in order.

    With ``None``, all pairs of different nodes with any way from start to goal.
    """
    source, _, target = graph.triples[graph.triples[:, 0].argsort()].T
    first = np.flatnonzero(np.diff(source, prepend=-1))
    # Row by node: a bit for each node that so many steps lead to. Bits, so that large graphs are soon done.
    itself = np.packbits(np.eye(graph.nodes, dtype=bool), axis=1)
    near, before, steps = itself, np.zeros_like(itself), 0
    while steps != length and not np.array_equal(near, before):
        before, near, steps = near, near.copy(), steps + 1
        near[source[first]] |= np.bitwise_or.reduceat(before[target], first, axis=0)
    found = near ^ (itself if length is None else before)
    return np.argwhere(np.unpackbits(found, axis=1, count=graph.nodes))


def random_relation(rng: np.random.Generator, graph: Graph, length: int) -> Example:
    """Ask where a relation of ``length`` edges leads: uniform among all that :func:`followable` returns.

    Raises:
        ValueError: no relation of that length can be followed, or the graph has no edge labels.
    """
    found = followable(graph, length)
    if not len(found):
        raise ValueError(f"no relation of {length} edges can be followed in a graph of {len(graph)} triples")
    return relation_from(graph, *found[rng.integers(len(found))].tolist())


def relation_from(graph: Graph, start: int, relation: int) -> Example:
    """Ask where a relation leads from a start; both as in a row of :func:`followable`.

    Raises:
        NoAnswer: it cannot be followed to its end.
        UsageError: the graph has no edge labels.
    """
    question = Relation(start, relation)
    return Example(graph, question, answers(graph, question)[0])


def every_relation(graph: Graph, length: int) -> list[Example]:
    """Return all questions for relations of ``length`` edges, as the family is asked in the paper's test.

    Raises:
        ValueError: as :func:`followable`.
    """
    return [relation_from(graph, start, relation) for start, relation in followable(graph, length).tolist()]


def followable(graph: Graph, length: int) -> NDArray[np.int64]:
    """Return all ``(start, relation)`` for relations of ``length`` edges, ``[pairs, 2]``, in order.

    The relation can be followed from the start to its end, with one place to go at each step.

    Raises:
        ValueError: the graph has another number of relations than there are edge labels.
    """
    if graph.relations != EDGES:
        raise ValueError(f"a graph has {graph.relations} relations, {EDGES} edge labels are needed")
    # By node and edge label: where it leads; nowhere is one node more, which nothing leaves.
    leads = np.full((graph.nodes + 1, EDGES), graph.nodes)
    ways = np.zeros_like(leads)
    source, edge, target = graph.triples.T
    leads[source, edge] = target
    np.add.at(ways, (source, edge), 1)
    leads[ways > 1] = graph.nodes
    numbers, sequences = _relations(length)
    node = np.arange(graph.nodes)[:, None]
    for labels in sequences.T:
        node = leads[node, labels]
    start, which = np.nonzero(node < graph.nodes)
    return np.stack([start, numbers[which]], axis=1)


@cache
def _relations(length: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return the numbers of the relations of a length, and their edge labels, ``[relations, length]``."""
    numbers = [number for number, edges in enumerate(SEQUENCES) if len(edges) == length]
    sequences = np.array([SEQUENCES[number] for number in numbers], dtype=np.int64)
    return np.array(numbers, dtype=np.int64), sequences.reshape(-1, length)


SOMEBODY = 0.5
"""How often a term is asked of somebody who has such a relative, where anybody has."""


def random_kin(rng: np.random.Generator, graph: Graph, steps: int) -> Example:
    """Ask for somebody's relatives by a term of so many steps, drawn evenly; see :func:`kin_of`.

    Raises:
        ValueError: no term has so many steps.
        UsageError: no relation of the graph is one of kinship.
    """
    terms = terms_of(steps)
    if not terms:
        raise ValueError(f"no term of kinship has {steps} steps")
    return kin_of(rng, graph, terms[int(rng.integers(len(terms)))])


def kin_of(rng: np.random.Generator, graph: Graph, term: Term) -> Example:
    """Ask for somebody's relatives by a term; half the time there are some, if anybody has any."""
    people = rng.permutation(graph.nodes).tolist()
    if rng.random() < SOMEBODY:
        # the first one who has some, or anybody
        people = [person for person in people if relatives(graph, person, term)][:1] or people
    return Example(graph, Kin(people[0], term), (), relatives(graph, people[0], term))


def balanced_kin(
    rng: np.random.Generator, draw: Callable[[np.random.Generator], Graph], terms: Sequence[Term]
) -> Example:
    """Draw a family and ask for somebody's relatives: all terms alike, as often some as none.

    Where a relative is wanted, families are drawn until somebody has one, ``ATTEMPTS // 10`` at most.
    """
    term, wanted = terms[int(rng.integers(len(terms)))], rng.random() < SOMEBODY
    for _ in range(ATTEMPTS // 10):
        graph = draw(rng)
        people = rng.permutation(graph.nodes).tolist()
        fitting = [person for person in people if bool(relatives(graph, person, term)) == wanted]
        if fitting:
            return Example(graph, Kin(fitting[0], term), (), relatives(graph, fitting[0], term))
    return Example(graph, Kin(people[0], term), (), relatives(graph, people[0], term))


def random_chain(rng: np.random.Generator, graph: Graph, steps: int) -> Example:
    """Ask who a rule of so many elementary steps leads to, each with a sex or without, drawn at random.

    Half the time the steps are those of a way that somebody can go, if anybody can. Chains that take more
    instructions than a network carries out, six siblings or more, are drawn again.
    """
    somebody = rng.random() < SOMEBODY
    example = None
    for _ in range(ATTEMPTS // 10):
        words = [_STEPS[int(rng.integers(len(_STEPS)))] for _ in range(steps)]
        rule = standard_vocabulary().parse("/".join(words))
        try:
            compile_rule(rule)
        except CapacityError:
            continue
        term = Term(str(rule), rule, "Drawn", str(rule))
        people = rng.permutation(graph.nodes).tolist()
        reaching = [person for person in people if relatives(graph, person, term)] if somebody else []
        person = (reaching or people)[0]
        example = Example(graph, Kin(person, term), (), relatives(graph, person, term))
        if bool(reaching) == somebody:
            break
    assert example is not None
    return example


_STEPS = (*WORDS, *(word for words in WORDS.values() for word in words))


@cache
def terms_of(steps: int) -> tuple[Term, ...]:
    """Return the terms of English kinship whose rules have so many steps."""
    return tuple(term for term in standard_vocabulary() if term.rule.steps == steps)


DRAWS: dict[str, Callable[[np.random.Generator, Graph, int], Example]] = {
    "traversal": random_traversal,
    "shortest-path": random_shortest_path,
    "inference": random_relation,
    "kinship": random_kin,
}
"""What draws a question of a given length about a graph, by task; ValueError where the graph has none."""
