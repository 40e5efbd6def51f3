"""Finds relations by their names, and by the verbs that people ask with where a noun names a relation."""

from __future__ import annotations

from functools import lru_cache

from graphdnc.graph import Graph
from graphdnc.language.free.words import verbs_of_nouns
from graphdnc.names import NameIndex, fold


@lru_cache(maxsize=4)
def relation_index(graph: Graph) -> NameIndex:
    """Return the names of the relations of a graph, and verbs for some nouns, cached.

    >>> relation_index(Graph.from_triples([("flask", "dependency", "jinja2")])).find("depends on")
    0
    """
    names, known = [graph.relation_name(number) for number in range(graph.relations)], verbs_of_nouns()
    verbs = {number: verb for number, name in enumerate(names) if (verb := known.get(fold(name)))}
    return NameIndex("relation", names, verbs=verbs)


def find_relation(graph: Graph, text: str) -> int:
    """Return the number of the relation with a name; see :meth:`NameIndex.find` for errors."""
    return relation_index(graph).find(text)
