"""Lists that networks find: what is one step away or at any distance, and what is known of lines.

A network for shortest paths lists all that leads to a node by the search that it says aloud. It is shown the
triples of the relations asked for only, and the other way round for what the node leads to. A network for
walks is asked for every relation by itself where relations are asked for, not nodes.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from graphdnc.answering.compound.networks import Networks
from graphdnc.graph import Graph, Triple
from graphdnc.oracle.lists import along, joined, parent_facts, people_of, searched
from graphdnc.questions import Path, reverse_path
from graphdnc.questions.lists import Among, Common, LinesAt, ListQuestion, Neighbours, Reach, Size, Termini
from graphdnc.tasks.votes import Relative


@dataclass(frozen=True)
class Found:
    """What networks list.

    Attributes:
        members: the nodes or, for lines, the relations, the nearest first; for each the triples that lead
            there from the node of the question, and the number of votes.
        answered: whether the networks gave an answer; nobody is one.
    """

    members: tuple[Relative, ...] = ()
    answered: bool = True


def find_list(graph: Graph, question: ListQuestion, networks: Networks, facts: bool = False) -> Found:
    """Return what networks list for a question; with ``facts``, by all triples of a node."""
    match question:
        case Neighbours(node, relations) if facts:
            named = triples_named(graph, node, relations, networks)
            ends = ((triple, triple.target if triple.source == node else triple.source) for triple in named)
            return Found(tuple(Relative(end, (triple,), named[triple]) for triple, end in ends))
        case Neighbours() | Reach():
            return _listed(graph, question, networks)
        case LinesAt():
            return _lines(graph, question, networks)
        case Common():
            return _common(graph, question, networks)
        case Termini():
            return _termini(graph, question, networks)
        case Among(inner):
            return find_list(graph, inner, networks)
    assert isinstance(question, Size)
    return Found(())


def _listed(graph: Graph, question: Reach | Neighbours, networks: Networks) -> Found:
    within = 1 if isinstance(question, Neighbours) else question.within
    made = searched(graph, question)
    if not len(made):
        return Found(())
    (answer,) = networks.leading_to(made, [question.node], within)
    sex = question.sex if isinstance(question, Reach) else None
    allowed = people_of(graph, sex) if sex else None
    members = tuple(
        one._replace(shown=_as_given(graph, question, one.shown))
        for one in sorted(answer.relatives, key=lambda one: len(one.shown))
        if allowed is None or one.person in allowed
    )
    return Found(members, bool(answer.relatives) or answer.denies)


def _as_given(graph: Graph, question: Reach | Neighbours, path: Path) -> Path:
    """Return a path to the node of a question as the graph states it, from the node on where it leads out."""
    if isinstance(question, Reach) and question.kin:
        facts = parent_facts(graph)
        return tuple(facts[frozenset((one.source, one.target))] for one in path)
    if question.direction == "out":
        return reverse_path(path)
    if question.direction == "in":
        return path
    return tuple(one if one in graph.leaving(one.source) else Triple(*one[::-1]) for one in path)


def triples_named(graph: Graph, node: int, relations: Iterable[int], networks: Networks) -> dict[Triple, int]:
    """Return the triples with a node that a network names, asked for every relation from both of its ends."""
    asked = sorted(relations)
    out = networks.one_step(graph, node, asked)
    back = networks.one_step(graph.inverse, node, asked)
    return {
        **out,
        **{Triple(target, relation, source): votes for (source, relation, target), votes in back.items()},
    }


def _lines(graph: Graph, question: LinesAt, networks: Networks) -> Found:
    named = triples_named(graph, question.node, question.relations, networks)
    members = [Relative(triple.relation, (triple,), votes) for triple, votes in named.items()]
    return Found(tuple(members))


def _common(graph: Graph, question: Common, networks: Networks) -> Found:
    one, other = (_listed(graph, each, networks) for each in (question.one, question.other))
    ways = [{each.person: each for each in found.members} for found in (one, other)]
    far = [{person: len(each.shown) for person, each in found.items()} for found in ways]
    members = tuple(
        Relative(
            node,
            (*ways[0][node].shown, *ways[1][node].shown),
            min(ways[0][node].agreeing, ways[1][node].agreeing),
        )
        for node in joined(question, far[0], far[1])
    )
    return Found(members, one.answered and other.answered)


def _termini(graph: Graph, question: Termini, networks: Networks) -> Found:
    """Let a network list the nodes of a line from one of them on, and the neighbours of each."""
    line = along(graph, question.relations, "both")
    left = dict.fromkeys(np.unique(line.triples[:, [0, 2]]).tolist())
    ends: list[Relative] = []
    while left:
        first = next(iter(left))
        (answer,) = networks.leading_to(line, [first])
        stops = [first, *(one.person for one in answer.relatives)]
        if question.every:
            ends += (
                [Relative(first, answer.relatives[0].shown[-1:], answer.agreeing)] if answer.relatives else []
            )
            ends += answer.relatives
            left = {node: None for node in left if node not in stops}
            continue
        near = networks.leading_to(line, stops, within=1)
        for stop, said in zip(stops, near, strict=True):
            left.pop(stop, None)
            if len(said.relatives) == 1:
                ends.append(Relative(stop, said.relatives[0].shown, said.agreeing))
    return Found(tuple(ends))
