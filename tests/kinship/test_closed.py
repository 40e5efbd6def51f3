"""A family that is taken to be whole: what is assumed, what is not, and how it is marked."""

from __future__ import annotations

import pytest

from graphdnc.datasets.real import real_graph_path
from graphdnc.graph import Graph, named
from graphdnc.kinship import relatives
from graphdnc.kinship.closed import closed_family, count_assumed
from graphdnc.kinship.warnings import family_warnings
from graphdnc.readers import read_graph


def family(text: str) -> Graph:
    return Graph.from_triples(tuple(one.split()) for one in text.split(";"))


@pytest.mark.parametrize(
    ("told", "assumed"),
    [
        ("Scott brother Lewis;Scott mother Nell", "Lewis mother Nell"),
        ("A sister B;B sister C", "A sister C;C sibling A"),
        ("A brother B;B brother A;A father F;B mother M", "A mother M;B father F"),
        ("Nell husband Tom;Nell son Lewis", "Lewis father Tom"),
        ("Tom spouse Nell;Lewis father Tom", "Lewis parent Nell"),
        # one step makes another possible
        ("Ann husband Bo;Cy mother Ann;Cy brother Di", "Di mother Ann;Cy father Bo;Di father Bo"),
        # nobody gets a second mother or a third parent, and of two spouses neither is taken
        ("Ann wife Bea;Cy mother Ann", ""),
        ("A brother B;B brother A;A mother M;B mother N", ""),
        ("A brother B;B brother A;A parent M;A parent N;B parent O", ""),
        ("Tom wife Nell;Tom wife Ida;Lewis father Tom", ""),
        # siblings give C the mother X, the father's wife would be another: C gets neither
        ("C father A;A wife B;C sibling D;D mother X", "D father A"),
        ("Ann knows Bob", ""),
    ],
)
def test_what_is_assumed(told, assumed):
    graph = family(told)
    whole = closed_family(graph)
    added = [" ".join(triple).replace(" (assumed)", "") for triple in named(whole, list(whole)[len(graph) :])]
    assert sorted(added) == sorted(filter(None, assumed.split(";")))
    assert count_assumed(whole) == len(added)


def test_what_follows_from_it_is_told():
    whole = closed_family(family("Scott brother Lewis;Scott mother Nell;Nell mother Ruth"))
    found = relatives(whole, whole.node_names.index("Lewis"), "grandmother")
    assert [whole.node_name(one) for one in found] == ["Ruth"]
    said = "assumed: siblings share parents, and spouses share children; 1 fact is added, marked (assumed)"
    assert family_warnings(whole)[0] == said


def test_a_whole_family_stays_as_it_is():
    graph = read_graph(real_graph_path("family"))
    assert closed_family(graph) is graph
    assert family_warnings(family("Scott brother Lewis;Scott mother Nell")) == []
