"""Sentences to suggest for a graph. Each one is read back as the question that it describes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice

from graphdnc.errors import GraphDNCError
from graphdnc.graph import Graph, Triple
from graphdnc.kinship import relatives, standard_vocabulary
from graphdnc.kinship.family_graph import states_kinship
from graphdnc.language.describe import describe
from graphdnc.language.parse import parse_question
from graphdnc.oracle.solve import narrowed
from graphdnc.questions import Kin, Path, Sayable, ShortestPath, Traversal

MOST_NARROWED = 20
"""The largest number of paths that :func:`narrowing` looks at."""
_TRIED = 200


def sentence_for(graph: Graph, question: Sayable | None) -> str | None:
    """Return the sentence of :func:`describe`, or ``None`` if a name gives it another meaning."""
    if question is None:
        return None
    sentence = describe(graph, question)
    try:
        return sentence if parse_question(sentence, graph) == question else None
    except GraphDNCError:
        return None


def narrowing(graph: Graph, paths: Iterable[Path]) -> str | None:
    """Return a sentence with "towards" that only one of several paths answers, or ``None``."""
    for path in islice(paths, MOST_NARROWED):
        sentence = sentence_for(graph, narrowed(graph, path))
        if sentence is not None:
            return sentence
    return None


def suggested_questions(graph: Graph) -> Iterator[str]:
    """Yield sentences about a graph, of each kind in turn."""
    given = set()
    for asked in _candidates(graph):
        sentence = sentence_for(graph, narrowed(graph, asked) if isinstance(asked, tuple) else asked)
        if sentence is not None and sentence not in given:
            given.add(sentence)
            yield sentence


def _candidates(graph: Graph) -> Iterator[Path | Traversal | ShortestPath | Kin]:
    """Yield two steps, a shortest path, and one step (in a family: relatives), in turn."""
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
    """Return a question for each suggested term, about the first person with such a relative."""
    found = []
    for term in map(standard_vocabulary().find, ("cousin", "uncle", "grandparent", "sibling", "parent")):
        with_one = (person for person in range(graph.nodes) if relatives(graph, person, term))
        found += [Kin(person, term) for person in islice(with_one, 1)]
    return found
