"""How two people are related, found out by questions, and families in parts; a stand-in answers exactly."""

from __future__ import annotations

from functools import reduce

import numpy as np
import pytest
from kin_stand_ins import VOTES, answer_exactly, in_parts

from graphdnc.answering import subgraph_session
from graphdnc.answering.kinship.relationship import groups, related
from graphdnc.answering.kinship.subfamily import Reach, both_ways, neighbourhood, reach, widest
from graphdnc.answering.subgraph import SubgraphLimits
from graphdnc.datasets.generators.lineages import STYLES, lineage
from graphdnc.datasets.real import real_graph_path
from graphdnc.errors import CapacityError, NoAnswer, UsageError
from graphdnc.graph import Graph
from graphdnc.kinship import relation_between, relatives, standard_vocabulary
from graphdnc.kinship.relatives import words_along
from graphdnc.oracle.solve import answers, is_path
from graphdnc.questions import Between, Kin, ShortestPath
from graphdnc.readers import read_graph
from graphdnc.reasoner import Reasoner

ALL = SubgraphLimits(999)
TERMS = standard_vocabulary()
FAMILY = read_graph(real_graph_path("family"))


def person(name, graph=FAMILY):
    return graph.node_names.index(name)


def exactly(graph, lies=None):
    """Return what answers questions about a graph by exact rules, and keeps the terms in ``asked``."""

    def ask(questions, once=False):
        ask.asked.append([question.term.name for question in questions if isinstance(question, Kin)])
        return [answer_exactly(graph, question, lies=lies) for question in questions]

    ask.asked = []
    return ask


def terms_of(found):
    return [term.name for term in found.terms]


@pytest.mark.parametrize(
    ("who", "relative", "terms", "rounds", "questions"),
    [
        ("Freya", "Isla", ["mother"], 2, 6),
        ("Freya", "Liam", ["brother"], 2, 7),
        ("Isla", "Graham", ["husband"], 2, 6),
        ("Freya", "Moira", ["maternal grandmother"], 4, 20),
        ("Freya", "Fergus", ["maternal great-uncle"], 5, 33),
        ("Freya", "Theo", ["paternal cousin"], 4, 31),
        ("Hazel", "Freya", ["second cousin"], 5, 40),
    ],
)
def test_near_relatives_take_few_questions(who, relative, terms, rounds, questions):
    ask = exactly(FAMILY)
    found = related(ask, person(who), person(relative), TERMS)
    assert terms_of(found) == terms
    assert (len(ask.asked), found.asked, found.seconds) == (rounds, questions, questions / 2)
    assert found.memorised == len(FAMILY)
    assert [one.person for one in found.relatives] == [person(relative)]
    assert found.answers[0].question == Kin(person(who), found.terms[0])


def test_terms_are_asked_from_near_to_far_and_what_says_more_after_what_says_less():
    together = groups(TERMS)
    assert [len(group) for group in together] == [4, 11, 14, 6, 5]
    names = [term.name for group in together for term in group]
    assert names[:4] == ["parent", "child", "sibling", "spouse"]
    assert "aunt or uncle" in names
    assert {"half-sibling", "double cousin", "mother", "maternal grandparent"}.isdisjoint(names)
    ask = exactly(FAMILY)
    related(ask, person("Freya"), person("Moira"), TERMS)
    assert ask.asked[2:] == [
        ["grandmother", "grandfather", "maternal grandparent", "paternal grandparent"],
        ["maternal grandmother"],
    ]


def test_where_no_term_fits_all_are_asked_for():
    found = related(exactly(FAMILY), person("Colin"), person("Freya"), TERMS)
    assert terms_of(found) == ["first cousin once removed"]
    found = related(exactly(FAMILY), person("Priya"), person("Theo"), TERMS)
    assert (found.terms, found.answers, found.asked) == ((), (), 40)


def test_terms_that_do_not_lead_so_far_are_not_asked_for():
    ask = exactly(FAMILY)
    who, relative = person("Hazel"), person("Freya")
    found = related(ask, who, relative, TERMS, apart=lambda: 6)
    assert terms_of(found) == ["second cousin"]
    nearest, *further = ask.asked
    assert nearest == [term.name for term in groups(TERMS)[0]]
    assert all(
        reach(TERMS.find(name).rule).facts >= 6 for names in further for name in names if name in TERMS
    )
    assert found.asked < 40


def test_if_no_term_leads_so_far_only_the_nearest_are_asked_for():
    ask = exactly(FAMILY)
    found = related(ask, person("Hazel"), person("Freya"), TERMS, apart=lambda: 100)
    assert (terms_of(found), len(ask.asked)) == ([], 1)


@pytest.mark.parametrize("style", STYLES)
def test_with_exact_answers_the_terms_are_those_of_the_exact_rules(style):
    for seed in range(6):
        rng = np.random.default_rng(seed)
        family = lineage(rng, (20, 24), style)
        ask = exactly(family)
        for _ in range(25):
            who, relative = map(int, rng.choice(family.nodes, 2, replace=False))
            try:
                exact = relation_between(family, who, relative).terms
            except NoAnswer:
                exact = ()
            assert related(ask, who, relative, TERMS).terms == exact


def test_a_sibling_of_a_parent_of_no_known_sex_has_no_term():
    family = Graph.from_triples([("Ann", "parent", "Eve"), ("Eve", "sibling", "Kim")])
    assert terms_of(related(exactly(family), 0, 2, TERMS)) == []
    twice = [("Ann", "parent", "Kit"), ("Kit", "parent", "Eve"), ("Eve", "sibling", "Kim"), ("Ann", "x", "y")]
    family = Graph.from_triples([*twice, ("Kit", "sibling", "Eve")])
    assert terms_of(related(exactly(family), 0, 2, TERMS)) == ["grandparent"]


def test_what_the_network_says_is_believed():
    lies = {"spouse": ["Fergus"], "husband": [], "wife": []}
    found = related(exactly(FAMILY, lies), person("Freya"), person("Fergus"), TERMS)
    assert terms_of(found) == ["spouse"]
    assert found.relatives[0].agreeing == VOTES // 2
    lies = {"maternal grandmother": []}
    found = related(exactly(FAMILY, lies), person("Freya"), person("Moira"), TERMS)
    assert terms_of(found) == ["grandmother", "maternal grandparent"]


def test_terms_of_ones_own_are_found_too():
    own = TERMS.define("clan elder = mother/mother/brother")
    found = related(exactly(FAMILY), person("Freya"), person("Fergus"), own)
    assert terms_of(found) == ["maternal great-uncle", "clan elder"]
    assert related(exactly(FAMILY), person("Freya"), person("Isla"), own).asked == 6


def test_a_way_is_said_in_words():
    path = answers(both_ways(FAMILY), ShortestPath(person("Colin"), person("Isla")))[0]
    assert words_along(FAMILY, path) in {
        ("father", "sister", "daughter"),
        ("mother", "husband", "sister", "daughter"),
    }
    stated = Graph.from_triples([("Kim", "child", "Ann"), ("Bo", "wife", "Kim"), ("Ann", "knows", "Bo")])
    path = answers(both_ways(stated), ShortestPath(1, 2))[0]
    assert words_along(stated, path) == ("mother", "spouse")


class TestNeighbourhood:
    def test_rules_reach_as_far_as_their_steps_and_conditions(self):
        for rule, far in [
            ("mother", Reach(parent=1, facts=1)),
            ("parent/sister", Reach(parent=2, child=1, sibling=1, facts=3)),
            ("cousin", Reach(parent=2, child=2, sibling=1, facts=4)),
            ("co-parent", Reach(parent=1, child=1, facts=2)),
            ("self", Reach()),
            ("spouse | child/child", Reach(child=2, spouse=1, facts=2)),
            ("parent[sibling/child]", Reach(parent=1, child=2, sibling=1, facts=3)),
            ("third cousin", Reach(parent=4, child=4, sibling=1, facts=8)),
            ("child/aunt by marriage", Reach(parent=2, child=2, sibling=1, spouse=1, facts=5)),
        ]:
            assert reach(TERMS.parse(rule)) == far, rule

    def test_what_is_asked_of_a_part_has_the_answer_of_the_whole(self):
        for seed in range(12):
            rng = np.random.default_rng(seed)
            family = lineage(rng, (35, 40))
            for term in rng.permutation(np.array(TERMS.terms, object))[:40]:
                who = int(rng.integers(family.nodes))
                part = neighbourhood(family, who, reach(term.rule), ALL)
                found = relatives(part.graph, part.inside(who), term)
                assert {part.nodes[one] for one in found} == relatives(family, who, term), term.name

    def test_two_people_are_related_as_in_the_whole_by_what_is_near_either(self):
        far = reduce(Reach.within, (reach(term.rule) for term in TERMS))
        assert far.facts == 8
        for seed in range(12):
            rng = np.random.default_rng(seed)
            family = lineage(rng, (35, 40))
            for _ in range(12):
                who, relative = map(int, rng.choice(family.nodes, 2, replace=False))
                part = widest(family, who, relative, far, ALL)
                inside = part.inside(who), part.inside(relative)
                found = related(exactly(part.graph), *inside, TERMS)
                whole = related(exactly(family), who, relative, TERMS)
                assert found.terms == whole.terms

    def test_names_and_facts_are_those_of_the_whole(self):
        part = neighbourhood(FAMILY, person("Freya"), reach(TERMS.parse("parent | sibling")), ALL)
        assert {"Isla", "Graham", "Liam", "Freya"} <= set(part.graph.node_names)
        assert len(part.nodes) == part.graph.nodes < FAMILY.nodes
        assert part.graph.relation_names == FAMILY.relation_names
        assert set(part.outside(part.graph)) == {
            triple for triple in FAMILY if {triple.source, triple.target} <= set(part.nodes)
        }
        assert [part.inside(one) for one in part.nodes] == list(range(len(part.nodes)))

    def test_only_facts_of_the_kinds_of_the_rule_are_walked(self):
        part = neighbourhood(FAMILY, person("Freya"), Reach(parent=2, facts=2), ALL)
        assert set(part.graph.node_names) == {"Freya", "Isla", "Graham", "Moira", "Duncan", "Dora", "Stanley"}

    def test_who_tells_the_sex_of_somebody_near_comes_along(self):
        facts = [("Ann", "child", "Kim"), ("Kim", "child", "Lou"), ("Max", "wife", "Kim")]
        family = Graph.from_triples(facts)
        part = neighbourhood(family, family.node_names.index("Lou"), Reach(parent=1, facts=1), ALL)
        assert part.graph.node_names == ("Kim", "Lou", "Max")

    def test_too_many_people_are_refused_or_left_out(self):
        who, far = person("Freya"), reach(TERMS.parse("cousin"))
        with pytest.raises(CapacityError, match="more than 9 people are near enough to 'Freya'"):
            neighbourhood(FAMILY, who, far, SubgraphLimits(9))
        assert 2 < len(widest(FAMILY, who, person("Theo"), far, SubgraphLimits(9)).nodes) <= 9
        with pytest.raises(UsageError, match="no relation of the graph is one of kinship"):
            neighbourhood(Graph.from_triples([("a", "r", "b")]), 0, far, ALL)


class TestFamily:
    @pytest.fixture
    def holding(self, monkeypatch):
        """Return a function that makes a reasoner, and the list of the graphs that are held, by network."""

        def make(most):
            held = []
            load = lambda graph, model, as_needed: in_parts(graph, model, SubgraphLimits(most), held)  # noqa: E731
            monkeypatch.setattr(subgraph_session, "load_session", load)
            return Reasoner(FAMILY), held

        return make

    def test_a_family_that_fits_is_asked_about_as_a_whole_and_held_once(self, holding):
        reasoner, held = holding(999)
        asked = [Kin(person("Freya"), TERMS.find(name)) for name in ("cousin", "maternal great-uncle")]
        assert [answer.ends for answer in reasoner.ask_all(asked)] == [["Asha", "Theo"], ["Fergus"]]
        reasoner.ask(Between(person("Freya"), person("Theo")))
        # how far apart they are is asked as well
        assert [one[:2] for one in held] == [("kinship", FAMILY.nodes), ("shortest-path", FAMILY.nodes)]

    def test_of_a_large_family_a_part_is_asked_about_in_the_numbers_of_the_whole(self, holding):
        reasoner, held = holding(FAMILY.nodes - 1)
        question = Kin(person("Freya"), TERMS.find("mother"))
        answer = reasoner.ask(question).answer
        assert answer.question == question
        assert [one.person for one in answer.relatives] == [person("Isla")]
        assert set(answer.relatives[0].shown) <= set(FAMILY)
        assert [one[:2] for one in held] == [("kinship", 3)]
        assert answer.memorised < len(FAMILY)
        reasoner.ask(question)
        assert len(held) == 1
        between = Between(person("Hazel"), person("Liam"))
        found = reasoner.ask(between)
        assert terms_of(found) == ["second cousin"]
        assert found.answer.relatives[0].person == person("Liam")

    @pytest.mark.parametrize("most", [999, FAMILY.nodes - 1])
    def test_a_way_is_sought_in_both_directions(self, holding, most):
        reasoner, held = holding(most)
        between = Between(person("Priya"), person("Theo"))
        answer = reasoner.ask(between).answer
        assert answer.question == between
        assert is_path(FAMILY.undirected(), ShortestPath(between.person, between.relative), answer.path)
        assert held[-1][0] == "shortest-path"


def test_other_relations_are_no_way():
    family = Graph.from_triples([("a", "mother", "b"), ("a", "friend", "c")])
    assert len(both_ways(family)) == 2
