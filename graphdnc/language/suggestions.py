"""Sentences worth asking about a graph, each understood as it is meant."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice

from graphdnc.errors import GraphDNCError
from graphdnc.graph import Graph, Triple
from graphdnc.kinship import relatives, standard_vocabulary
from graphdnc.kinship.facts import states_kinship
from graphdnc.language.describe import describe
from graphdnc.language.parse import parse_question
from graphdnc.oracle.solve import narrowed
from graphdnc.questions import Kin, Path, Sayable, ShortestPath, Traversal

MOST_NARROWED = 20
"""Ends that are looked at for a sentence that asks for one of them alone."""
_TRIED = 200
_TERMS = ("cousin", "uncle", "grandparent", "sibling", "parent")
"""Terms of kinship that may be asked for, as an example."""


def sentence_for(graph: Graph, question: Sayable) -> str | None:
    """Return what :func:`describe` says, ``None`` where a name makes it say something else too."""
    sentence = describe(graph, question)
    try:
        return sentence if parse_question(sentence, graph) == question else None
    except GraphDNCError:
        return None


def narrowing(graph: Graph, paths: Iterable[Path]) -> str | None:
    """Return a sentence that asks for the end of one of several paths alone, by a place to go towards.

    ``None`` where there is none for the first :data:`MOST_NARROWED` of them.
    """
    for path in islice(paths, MOST_NARROWED):
        question = narrowed(graph, path)
        sentence = None if question is None else sentence_for(graph, question)
        if sentence is not None:
            return sentence
    return None


def suggested_questions(graph: Graph) -> Iterator[str]:
    """Yield sentences about a graph that are understood as they are meant, of each kind in turn."""
    given = set()
    for asked in _candidates(graph):
        question = narrowed(graph, asked) if isinstance(asked, tuple) else asked
        sentence = None if question is None else sentence_for(graph, question)
        if sentence is not None and sentence not in given:
            given.add(sentence)
            yield sentence


def _candidates(graph: Graph) -> Iterator[Path | Traversal | ShortestPath | Kin]:
    """Yield a path of two steps to walk, a shortest path and a single step, and so on, across the graph.

    Of a family, somebody's relatives are asked for instead of the single steps.
    """
    kinds: tuple[list[Path | Traversal | ShortestPath | Kin], ...] = ([], [], [])
    spread = range(0, len(graph), max(1, len(graph) // _TRIED))
    for row in graph.triples[spread].tolist():
        triple = Triple(*row)
        kinds[2].append(Traversal(triple.source, (triple.relation,)))
        for after in graph.leaving(triple.target):
            if after.target not in (triple.source, triple.target):
                kinds[0].append((triple, after))
                kinds[1].append(ShortestPath(triple.source, after.target))
                break
    kinds[2].reverse()  # from another part of the graph
    if states_kinship(graph):
        kinds[2][:0] = _kin(graph)
    for place in range(len(kinds[2])):
        yield from (kind[place] for kind in kinds if place < len(kind))


def _kin(graph: Graph) -> list[Kin]:
    """Return a question for each of some terms, of the first person who has such a relative."""
    found = []
    for name in _TERMS:
        term = standard_vocabulary().find(name)
        somebody = (person for person in range(graph.nodes) if relatives(graph, person, term))
        found += [Kin(person, term) for person in islice(somebody, 1)]
    return found
