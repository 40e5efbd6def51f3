"""Facts in other words: the same facts in the twelve words, and what the graph says in place of each."""

from __future__ import annotations

import numpy as np
import pytest

from graphdnc.datasets.real import real_graph_path
from graphdnc.graph import Graph, named
from graphdnc.kinship import relatives
from graphdnc.kinship.family_graph import family_graph, states_kinship
from graphdnc.readers import read_graph


def read(text: str) -> Graph:
    return Graph.from_triples(tuple(part.strip() for part in one.split(",")) for one in text.split(";"))


def told(graph: Graph) -> list[str]:
    return [" ".join(triple) for triple in named(graph, graph)]


def who(graph: Graph, person: str, term: str) -> set[str]:
    found = relatives(graph, graph.node_names.index(person), term)
    return {graph.node_name(one) for one in found}


@pytest.mark.parametrize("name", ["family", "underground"])
def test_a_graph_in_the_usual_words_is_left_as_it_is(name):
    graph = read_graph(real_graph_path(name))
    assert family_graph(graph).graph is graph


def test_facts_are_reworded_and_known_as_they_were_given():
    graph = read(
        "Ben,is son of,Grace;Cleo,daughter_of,Grace;Dan,has_father,Ivan;Ivan,married,Grace;Ivan,owns,Bar"
    )
    family = family_graph(graph)
    assert told(family.graph) == [
        "Grace son Ben",
        "Grace daughter Cleo",
        "Dan father Ivan",
        "Ivan spouse Grace",
        "Ivan owns Bar",
    ]
    assert named(family.graph, family.as_given(tuple(family.graph))) == named(graph, graph)
    assert family_graph(family.graph).graph is family.graph
    assert who(graph, "Grace", "son") == {"Ben"}
    assert who(graph, "Grace", "husband") == {"Ivan"}


def test_plural_words_are_roles():
    graph = read("Bob,parents,Ann;Ann,children,Bob;Ann,spouse,Carl")
    assert who(graph, "Bob", "parent") == {"Ann"}
    assert len(family_graph(graph).graph) == 3


@pytest.mark.parametrize(
    ("facts", "brother", "sister"),
    [
        ("Ada,mother,Eve;Ben,mother,Eve;Ben,gender,male;Ada,sex,F", "Ben", "Ada"),
        ("Ada,mother,Eve;Ben,mother,Eve;Ben,is,male;Ada,is a,woman", "Ben", "Ada"),
        ("Eve,child,Ada;Eve,child,Ben;Ben,Geschlecht,männlich;Ada,Geschlecht,w", "Ben", "Ada"),
        ("Eve,child,Ada;Eve,child,Ben;Ben,sexo,H;Ada,sexo,M", "Ben", "Ada"),
        ("Ada,sibling,Ben;Ada,sexe,femme;Ben,sexe,homme", "Ben", "Ada"),
    ],
)
def test_a_sex_can_be_a_fact(facts, brother, sister):
    graph = read(facts)
    assert who(graph, sister, "brother") == {brother}
    assert who(graph, brother, "sister") == {sister}
    assert who(graph, sister, "sister") == set()


def test_a_sex_that_a_fact_tells_is_not_told_again():
    graph = read("Eve,son,Ben;Ben,gender,male")
    assert family_graph(graph).graph is graph


@pytest.mark.parametrize(
    "facts", ["a,kind,b;b,kind,c", "a,child of,b", "a,gender,male", "a,grandson,b", "a,is,male"]
)
def test_a_graph_without_sure_words_states_no_kinship(facts):
    assert not states_kinship(read(facts))


def test_words_that_may_mean_something_else_count_beside_sure_ones():
    assert who(read("Ida,Kind,Leo;Leo,Vater,Max"), "Ida", "child") == {"Leo"}


def test_a_graph_without_names_states_no_kinship():
    assert not states_kinship(Graph(np.array([[0, 0, 1]]), 2, 1))


def test_stated_terms_count_where_they_are_asked_for():
    graph = read("Jason,grandson,Scott;Scott,brother,Lewis;Scott,mother,Nell;Gus,half-brother,Ben")
    assert who(graph, "Jason", "grandson") == who(graph, "Jason", "grandchild") == {"Scott"}
    assert who(graph, "Scott", "grandparent") == {"Jason"}
    assert who(graph, "Scott", "grandfather") == set(), "Jason's sex is not stated"
    assert who(graph, "Gus", "brother") == {"Ben"}
    assert who(graph, "Jason", "child") == who(graph, "Jason", "great-grandchild") == set()
    turned = read("Scott,is grandson of,Jason;Jason,brother,Tim;Tim,brother,Jason")
    assert who(turned, "Jason", "grandson") == {"Scott"}
    assert who(turned, "Scott", "grandfather") == {"Jason"}
