"""Yes, no, and what no fact settles."""

from __future__ import annotations

import pytest

from graphdnc.datasets.real import real_graph_path
from graphdnc.graph import Graph
from graphdnc.kinship import standard_vocabulary
from graphdnc.kinship.unknown import not_known, open_relatives
from graphdnc.readers import read_graph

KARL = "Karl son Peter;Peter child Max;Peter son Tim;Karl child Lena;Lena daughter Ute;Zoe mother Eva"
KARL += ";Ann wife Bea"
FAMILY = read_graph(real_graph_path("family"))


def small(text: str) -> Graph:
    return Graph.from_triples(tuple(one.split()) for one in text.split(";"))


def why(graph: Graph, relative: str, person: str, term: str) -> str | None:
    numbers = map(graph.node_names.index, (person, relative))
    return not_known(graph, next(numbers), standard_vocabulary().find(term), next(numbers))


@pytest.mark.parametrize(
    ("relative", "person", "term", "said"),
    [
        ("Tim", "Karl", "grandson", None),
        ("Max", "Karl", "grandson", "Max's sex is not stated"),
        ("Max", "Karl", "granddaughter", "Max's sex is not stated"),
        ("Max", "Karl", "grandchild", None),
        ("Ute", "Karl", "grandson", None),
        ("Ute", "Max", "cousin", None),
        ("Karl", "Ute", "maternal grandfather", "a sex on the way is not stated"),
        ("Karl", "Ute", "maternal grandparent", "Lena's sex is not stated"),
        ("Zoe", "Max", "cousin", "a parent of Zoe is not stated"),
        ("Eva", "Max", "mother", "a parent of Max is not stated"),
        ("Zoe", "Peter", "father", "a parent of Peter is not stated"),
        ("Peter", "Zoe", "mother", None),
        ("Peter", "Zoe", "father", "a parent of Zoe is not stated"),
        ("Tim", "Zoe", "mother", None),
        ("Bea", "Ann", "sister", "the parents of Bea are not stated; Bea is Ann's wife"),
        ("Zoe", "Tim", "wife", "a spouse of Zoe is not stated"),
        ("Tim", "Ann", "husband", None),
        ("Karl", "Tim", "daughter", None),
    ],
)
def test_what_no_fact_settles(relative, person, term, said):
    assert why(small(KARL), relative, person, term) == said


@pytest.mark.parametrize(
    ("relative", "person", "term"),
    [
        ("Liam", "Freya", "cousin"),
        ("Liam", "Freya", "wife"),
        ("Theo", "Asha", "sibling"),
        ("Ewan", "Isla", "son"),
    ],
)
def test_facts_say_no(relative, person, term):
    assert why(FAMILY, relative, person, term) is None


def test_what_somebody_is_by_marriage_is_said():
    said = "the parents of Omar are not stated; Omar is Freya's uncle by marriage"
    assert why(FAMILY, "Omar", "Freya", "uncle") == said


def test_somebody_of_whom_nothing_is_stated():
    graph = small("Ann spouse Carl;Skip profession Sportscaster")
    said = "no fact of kinship is stated about Skip"
    assert why(graph, "Skip", "Ann", "brother") == said
    assert open_relatives(graph, 2, standard_vocabulary().find("father")) == [said]


def test_who_would_be_a_relative_of_another_sex():
    graph = small("Ann spouse Carl;Ann child Bob")
    husband, son = map(standard_vocabulary().find, ("husband", "son"))
    assert open_relatives(graph, 0, husband) == ["Carl is Ann's spouse; Carl's sex is not stated"]
    assert open_relatives(graph, 0, son) == ["Bob is Ann's child; Bob's sex is not stated"]
    assert open_relatives(FAMILY, 0, husband) == []


def test_a_stated_term_leaves_the_sex_of_the_other_open():
    graph = small("Tom uncle Bob;Tom mother Eve")
    assert open_relatives(graph, 1, standard_vocabulary().find("nephew")) == [
        "Tom is Bob's niece or nephew; Tom's sex is not stated"
    ]
    assert why(graph, "Tom", "Bob", "niece") == "Tom's sex is not stated"
    assert why(graph, "Bob", "Tom", "uncle") is None
    assert why(graph, "Bob", "Tom", "cousin") is None


def test_the_parents_that_are_missing_may_be_those_of_an_ancestor():
    graph = small("Cleo father Ivan;Cleo mother Grace;Henry spouse Grace")
    said = "the parents of Ivan are not stated; Cleo is Henry's stepchild"
    assert why(graph, "Cleo", "Henry", "grandchild") == said


def test_somebody_with_a_mother_has_no_other():
    graph = small("Ada mother Eve;Zoe daughter Ann;Zoe mother Liz")
    assert why(graph, "Ann", "Ada", "mother") is None
    assert why(graph, "Ann", "Ada", "parent") == "a parent of Ada is not stated"


@pytest.mark.parametrize(
    ("person", "term", "said"),
    [
        ("Zoe", "cousin", "the parents of Eva are not stated"),
        ("Karl", "mother", "the parents of Karl are not stated"),
        ("Zoe", "father", "a parent of Zoe is not stated"),
        ("Zoe", "brother", "a parent of Zoe is not stated"),
        ("Ann", "husband", None),
        ("Tim", "grandparent", None),
    ],
)
def test_whose_parents_may_be_why_nobody_is_a_relative(person, term, said):
    family = small(KARL)
    found = open_relatives(family, family.node_names.index(person), standard_vocabulary().find(term))
    assert found == ([said] if said else [])
