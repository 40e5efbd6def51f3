"""Sentences of a stranger: plurals of names, "directly" inside a verb, and how many stations there are."""

from __future__ import annotations

import pytest

from graphdnc.errors import GraphDNCError
from graphdnc.graph import Graph
from graphdnc.language.describe import describe
from graphdnc.language.understand import understand

FOOD = Graph.from_triples(
    [("rabbit", "eats", "grass"), ("fox", "eats", "rabbit"), ("blue tit", "eats", "fly")]
)
STAFF = Graph.from_triples([("Sam Reed", "reports to", "Aiko Sato"), ("Aiko Sato", "reports to", "Max Roe")])


def said(sentence: str, graph: Graph) -> str:
    (asking,) = understand(sentence, graph).askings
    return f"{asking.put}: {describe(graph, asking.question)}"


@pytest.mark.parametrize(
    ("sentence", "right", "notes"),
    [
        ("who eats rabbits?", "list: What eats rabbit?", ("'rabbits' is read as 'rabbit'",)),
        (
            "Does the fox eat blue tits?",
            "whether: Does fox eats blue tit?",
            ("'blue tits' is read as 'blue tit'",),
        ),
        ("what do blue tits eat?", "list: Everything blue tit eats", ("'blue tits' is read as 'blue tit'",)),
        ("How many animals eat grass?", "count: What eats grass?", ()),
    ],
)
def test_a_plural_is_read_as_the_name_with_a_note(sentence, right, notes):
    assert said(sentence, FOOD) == right
    assert understand(sentence, FOOD).notes == notes


def test_a_plural_of_no_name_is_refused():
    with pytest.raises(GraphDNCError, match="no node is called 'dragons'"):
        understand("who eats dragons?", FOOD)


@pytest.mark.parametrize(
    ("sentence", "right"),
    [
        ("who reports directly to Aiko Sato?", "list: What reports to Aiko Sato?"),
        ("Does Sam report directly to Aiko?", "whether: Does Sam Reed reports to Aiko Sato?"),
        ("who reports to Max Roe directly?", "list: What reports to Max Roe?"),
    ],
)
def test_directly_may_stand_inside_a_verb(sentence, right):
    assert said(sentence, STAFF) == right


def test_stations_that_are_there_are_nodes():
    assert said("How many stations are there?", FOOD) == said("How many nodes are there?", FOOD)
