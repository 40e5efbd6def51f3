"""How two people are related, and the facts that show it."""

import numpy as np
import pytest
from families import evidence, how, names, small, told

from graphdnc.datasets.generators.lineages import lineage
from graphdnc.datasets.real import real_graph_path
from graphdnc.errors import NoAnswer
from graphdnc.graph import Graph
from graphdnc.kinship import relation_between, relatives, standard_vocabulary
from graphdnc.kinship.facts import facts_of
from graphdnc.kinship.relatives import proof
from graphdnc.readers import read_graph


@pytest.mark.parametrize(
    ("person", "relative", "terms", "words"),
    [
        ("Zoe", "Gil", ["maternal great-uncle"], "mother mother brother"),
        ("Zoe", "Hazel", ["half-sister"], "father daughter"),
        ("Zoe", "Zita", ["sister"], "sister"),
        ("Zoe", "Toni", ["brother-in-law"], "husband brother"),
        ("Eva", "Zeb", ["double cousin"], "mother sister son"),
        ("Zoe", "Tom", ["husband"], "husband"),
        ("Tom", "Vera", ["co-parent"], "co-parent"),
        ("Zoe", "Gus", ["maternal grandfather"], "mother father"),
        ("Zoe", "Dora", ["second cousin once removed"], "mother mother brother daughter daughter daughter"),
        ("Eva", "Toni", ["paternal uncle"], "father brother"),
        ("Zoe", "Sid", [], "sister sister father"),
        ("Art", "Fred", [], "wife sister daughter daughter husband father"),
    ],
)
def test_how_two_people_are_related(family, person, relative, terms, words):
    found = how(family, person, relative)
    assert [term.name for term in found.terms] == terms
    assert len(found.evidence) == max(1, len(terms))
    way = found.evidence[0].links
    assert way[-1].person == family.node_names.index(relative)
    assert [link.word for link in way] == words.split()


def test_somebody_closest_in_two_ways_is_called_both():
    graph = small("Ann mother Eve, Ann father Max, Eve brother Tom, Max brother Tom")
    assert [term.name for term in how(graph, "Ann", "Tom").terms] == ["maternal uncle", "paternal uncle"]


def test_a_defined_term_is_an_answer_too(family):
    vocabulary = standard_vocabulary().define("swain = niece/child")
    zoe, lia = map(family.node_names.index, ("Zoe", "Lia"))
    found = relation_between(family, zoe, lia, vocabulary)
    assert [term.name for term in found.terms] == ["great-niece", "swain"]


def test_the_facts_that_show_it_are_stated_ones():
    graph = small("Eve daughter Ann, Ida child Eve, Ida child Tom, Bea brother Tom, Tom daughter Lou")
    person, uncle = map(graph.node_names.index, ("Ann", "Tom"))
    shown = evidence(graph, person, standard_vocabulary().find("uncle"), uncle)
    assert [link.word for link in shown.links] == ["parent", "brother"]
    assert told(graph, shown.triples) == [
        "Eve daughter Ann",
        "Ida child Eve",
        "Ida child Tom",
        "Bea brother Tom",
    ]


def test_the_other_parents_of_half_siblings_are_shown(family):
    found = how(family, "Zoe", "Hank")
    assert told(family, found.evidence[0].links[0].triples) == ["Zoe father Max"]
    beside = told(family, found.evidence[0].beside)
    assert {"Zoe mother Mia", "Stella son Hank"} <= set(beside)


def test_what_is_not_so_has_no_evidence(family):
    zoe, tom = map(family.node_names.index, ("Zoe", "Tom"))
    assert proof(facts_of(family), standard_vocabulary().find("uncle").rule, zoe, tom) is None
    with pytest.raises(NoAnswer, match="'Zoe' is the same person; name two people"):
        relation_between(family, zoe, zoe)
    with pytest.raises(NoAnswer, match="nothing stated relates 'Tom' and 'Ann'; state a fact that joins"):
        how(small("Ann mother Eve, Tom mother Ida"), "Ann", "Tom")


@pytest.mark.parametrize("style", ["all", "mixed"])
def test_what_shows_it_is_stated_and_enough(style):
    terms = standard_vocabulary().define("outer = sibling/half-sibling[female] | parent/full brother/child")
    for seed in range(6):
        graph = lineage(np.random.default_rng(seed), (10, 25), style)
        stated = set(graph)
        for term in terms:
            for person in range(0, graph.nodes, 3):
                for relative in relatives(graph, person, term):
                    shown = evidence(graph, person, term, relative)
                    assert set(shown.triples) <= stated
                    assert shown.links[-1].person == relative
                    alone = Graph(
                        np.array(shown.triples), graph.nodes, graph.relations, None, graph.relation_names
                    )
                    assert relative in relatives(alone, person, term)


def test_the_closest_terms_hold_and_no_other_says_more():
    terms = standard_vocabulary()
    for seed in range(8):
        graph = lineage(np.random.default_rng(seed), (10, 25))
        for person in range(0, graph.nodes, 4):
            by_term = {term: relatives(graph, person, term) for term in terms}
            for relative in range(graph.nodes):
                fitting = [term for term, people in by_term.items() if relative in people]
                if fitting:
                    closest = relation_between(graph, person, relative).terms
                    assert set(closest) <= set(fitting)
                    assert not any(more.narrower_than(term) for term in closest for more in fitting)


def test_the_real_family_has_the_great_uncle_of_the_paper():
    graph = read_graph(real_graph_path("family"))
    assert names(graph, "Freya", "maternal great uncle") == {"Fergus"}
    assert names(graph, "Colin", "cousin") == {"Ewan", "Isla"}
    assert [term.name for term in how(graph, "Freya", "Fergus").terms] == ["maternal great-uncle"]
