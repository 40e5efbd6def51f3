"""The 400 relations of inference: the table, what they mean on the family, and questions for them."""

from __future__ import annotations

import csv
import hashlib
import io
from collections import Counter
from itertools import product
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from make_relation_table import write
from small_graphs import small_graphs

from graphdnc.datasets.generators.random_graphs import random_graph
from graphdnc.datasets.questions.inference import every_relation, followable, random_relation, relation_from
from graphdnc.datasets.real import real_graph_path
from graphdnc.errors import NoAnswer, UnknownName, UsageError
from graphdnc.graph import Graph, Triple
from graphdnc.oracle.solve import answers, is_answer
from graphdnc.questions import Relation, relation_table
from graphdnc.questions.relation_table import (
    EDGE_NAMES,
    EDGES,
    LENGTHS,
    SEQUENCES,
    edge_labelled,
    number_of,
)
from graphdnc.readers import read_graph

FAMILY = edge_labelled(read_graph(real_graph_path("family")))
with Path(relation_table.__file__).with_suffix(".csv").open(encoding="utf-8", newline="") as _file:
    KIN = {int(row["relation"]): row["kin"] for row in csv.DictReader(_file) if row["kin"]}
PERSON = {name: number for number, name in enumerate(FAMILY.node_names)}

# The table


def test_there_are_a_hundred_different_relations_of_each_length():
    assert len(SEQUENCES) == len(set(SEQUENCES)) == 400
    assert Counter(map(len, SEQUENCES)) == dict.fromkeys(range(LENGTHS[0], LENGTHS[1] + 1), 100)
    assert {edge for edges in SEQUENCES for edge in edges} == set(range(EDGES))


def test_the_table_is_the_one_that_was_drawn():
    text = io.StringIO()
    write(text)
    assert Path(relation_table.__file__).with_suffix(".csv").read_text(encoding="utf-8") == text.getvalue()


def test_the_table_never_changes():
    """Networks know it by heart."""
    assert (SEQUENCES[0], SEQUENCES[206]) == ((0, 4, 2), (0, 0, 0, 2))
    told = hashlib.sha256(repr(SEQUENCES).encode()).hexdigest()
    assert told == "b8e38154927598fea1ef6e0dd4c8ea3f09ba69dd0b719655598391ac58487445"


@pytest.mark.parametrize("edges", [(), (1,), (0, 0, 0, 0), (1, 2, 3, 4, 5, 6), (0, 10)])
def test_other_edges_are_no_relation(edges):
    with pytest.raises(ValueError, match="no relation stands for the edges"):
        number_of(edges)


@pytest.mark.parametrize("number", [-1, 400])
def test_there_is_no_question_for_another_number(number):
    with pytest.raises(ValueError, match=f"a relation must be from 0 to 399, got {number}"):
        Relation(0, number)


def test_every_number_is_the_relation_of_its_edges():
    assert [number_of(Relation(0, number).edges) for number in range(400)] == [*range(400)]


# The family


def test_the_family_has_edge_labels_for_relations_and_the_facts_of_its_file():
    with real_graph_path("family").open(encoding="utf-8") as file:
        facts = {tuple(row.values()) for row in csv.DictReader(file)}
    assert FAMILY.relations == EDGES
    assert FAMILY.relation_names[: len(EDGE_NAMES)] == EDGE_NAMES
    name, relation = FAMILY.node_name, FAMILY.relation_name
    assert {(name(s), relation(r), name(t)) for s, r, t in FAMILY} == facts
    assert all(triple.relation == EDGE_NAMES.index(relation(triple.relation)) for triple in FAMILY)


def test_a_relation_without_an_edge_label_is_named():
    with pytest.raises(UnknownName, match="no edge label stands for 'aunt'; name relations mother, father,"):
        edge_labelled(Graph.from_triples([("a", "mother", "b"), ("a", "aunt", "c")]))


def test_the_maternal_great_uncle_of_freya_is_fergus():
    number = number_of([EDGE_NAMES.index(name) for name in ("mother", "mother", "mother", "son")])
    assert KIN[number] == "maternal great uncle"
    example = relation_from(FAMILY, PERSON["Freya"], number)
    passed = [FAMILY.node_name(triple.target) for triple in example.answer]
    assert passed == ["Isla", "Moira", "Edith", "Fergus"]


def facts():
    """Parents, children, siblings, spouses and men of the family, from its file alone."""
    with real_graph_path("family").open(encoding="utf-8") as file:
        rows = [tuple(row.values()) for row in csv.DictReader(file)]
    kinds = {
        "parents": ("mother", "father"),
        "children": ("son", "daughter"),
        "spouses": ("husband", "wife"),
    }
    tables = {
        kind: {person: {t for s, r, t in rows if s == person and r in names} for person in PERSON}
        for kind, names in kinds.items()
    }
    parents = tables["parents"]
    tables["siblings"] = {
        one: {other for other in PERSON if other != one and parents[one] and parents[other] == parents[one]}
        for one in PERSON
    }
    return tables, {t for _, r, t in rows if r in ("father", "son", "brother", "husband")}


def relatives() -> dict[str, set[tuple[str, str]]]:
    """Who is what of whom by the definitions of English, by term: for a term all (person, relative)."""
    tables, men = facts()
    parents, children, siblings, spouses = (
        tables[kind] for kind in ("parents", "children", "siblings", "spouses")
    )

    def over(table, people):
        return {other for person in people for other in table[person]}

    found: dict[str, set[tuple[str, str]]] = {}

    def add(person, male, female, others, side=""):
        for other in others:
            found.setdefault(side + (male if other in men else female), set()).add((person, other))

    for person in PERSON:
        for parent in parents[person]:
            side = "paternal " if parent in men else "maternal "
            grands = parents[parent]
            cousins = over(children, siblings[parent])
            add(person, "cousin", "cousin", cousins, side)
            add(person, "great uncle", "great aunt", over(siblings, grands), side)
            removed = over(children, over(siblings, grands)) | over(children, cousins)
            add(person, "first cousin once removed", "first cousin once removed", removed, side)
            in_law = over(spouses, siblings[parent])
            add(person, "uncle by marriage", "aunt by marriage", in_law, side)
            in_law = over(spouses, over(siblings, grands))
            add(person, "great uncle by marriage", "great aunt by marriage", in_law, side)
            add(person, "cousin by marriage", "cousin by marriage", over(spouses, cousins), side)
        nephews = over(children, siblings[person])
        add(person, "great nephew", "great niece", over(children, nephews))
        add(person, "nephew by marriage", "niece by marriage", over(spouses, nephews))
    return found


def walked(edges):
    """All ways along edge labels through the family that pass nobody twice: the people, by name."""
    for start in range(FAMILY.nodes):
        people = [start]
        for edge in edges:
            people += [triple.target for triple in FAMILY.follow(people[-1], edge)]
        if len(set(people)) == len(edges) + 1:
            yield [FAMILY.node_name(person) for person in people]


def test_terms_of_kinship_lead_to_all_such_relatives_and_to_no_others():
    found: dict[str, set[tuple[str, str]]] = {}
    for number, term in KIN.items():
        assert len(SEQUENCES[number]) == 4
        ends = {(people[0], people[-1]) for people in walked(SEQUENCES[number])}
        assert ends, f"{SEQUENCES[number]} leads nobody to a {term}"
        found.setdefault(term, set()).update(ends)
    assert found == relatives()


def test_all_short_ways_to_such_relatives_are_in_the_table():
    """Up, across and down, then perhaps to a spouse: whatever such way leads to a relative is a relation."""
    known = {pair for pairs in relatives().values() for pair in pairs}
    steps = {"mother": 0, "father": 0, "brother": 1, "sister": 1, "son": 2, "daughter": 2}
    order = [steps.get(name, 3) for name in EDGE_NAMES]
    for edges in product(range(len(EDGE_NAMES)), repeat=4):
        ranks = [order[edge] for edge in edges]
        if ranks == sorted(ranks) and ranks.count(1) <= 1 and ranks.count(3) <= 1:
            leads = {(people[0], people[-1]) for people in walked(edges)} & known
            assert not leads or number_of(edges) in KIN


def test_all_four_step_questions_about_the_family():
    asked = every_relation(FAMILY, 4)
    assert len(asked) == len({example.question for example in asked}) == 275
    assert sum(example.question.relation in KIN for example in asked) == 194
    assert all(is_answer(FAMILY, example.question, example.answer) for example in asked)
    assert {len(example.answer) for example in asked} == {4}


# Questions and answers


def by_hand(graph, start, edges):
    paths = [()]
    for edge in edges:
        paths = [
            (*path, triple)
            for path in paths
            for triple in graph
            if triple.source == (path[-1].target if path else start) and triple.relation == edge
        ]
    return paths


@given(small_graphs(relations=4, triples=20, of=EDGES), st.data())
@settings(max_examples=60)
def test_a_relation_is_answered_by_all_walks_along_its_edges(graph, data):
    low = [number for number, edges in enumerate(SEQUENCES) if max(edges) < 4]
    question = Relation(data.draw(st.integers(0, graph.nodes - 1)), data.draw(st.sampled_from(low)))
    expected = by_hand(graph, question.start, question.edges)
    if expected:
        assert answers(graph, question) == expected
    else:
        with pytest.raises(NoAnswer, match="does not leave"):
            answers(graph, question)
    walks = [()]
    for _ in range(len(question.edges)):
        walks = [(*walk, triple) for walk in walks[:40] for triple in graph]
        assert all(is_answer(graph, question, walk) == (walk in expected) for walk in walks[:200])


@given(st.integers(0, 2**32), st.integers(*LENGTHS))
@settings(max_examples=25)
def test_followable_relations_of_random_graphs_are_all_that_have_an_answer(seed, length):
    graph = random_graph(np.random.default_rng(seed), 8, (2, 4), EDGES)
    expected = [
        [start, number]
        for start in range(graph.nodes)
        for number, edges in enumerate(SEQUENCES)
        if len(edges) == length and by_hand(graph, start, edges)
    ]
    assert followable(graph, length).tolist() == expected


@given(small_graphs(relations=4, triples=20, of=EDGES), st.integers(*LENGTHS))
@settings(max_examples=60)
def test_a_followable_relation_has_one_place_to_go_at_each_step(graph, length):
    for start, number in followable(graph, length).tolist():
        (path,) = by_hand(graph, start, SEQUENCES[number])
        assert all(len(graph.follow(triple.source, triple.relation)) == 1 for triple in path)


def test_a_fork_is_not_followed():
    straight = [(0, 3, 1), (1, 4, 2)]
    graph = Graph(np.array(straight), 4, EDGES)
    assert followable(graph, 2).tolist() == [[0, number_of((3, 4))]]
    assert answers(graph, Relation(0, number_of((3, 4)))) == [tuple(Triple(*row) for row in straight)]
    for fork in ((0, 3, 3), (1, 4, 3)):
        assert followable(Graph(np.array([*straight, fork]), 4, EDGES), 2).shape == (0, 2)


def test_questions_are_drawn_evenly_among_all_that_can_be_followed():
    rng = np.random.default_rng(0)
    graph = random_graph(rng, 6, (2, 3), EDGES)
    possible = set(map(tuple, followable(graph, 2).tolist()))
    drawn = [random_relation(rng, graph, 2) for _ in range(100 * len(possible))]
    asked = Counter((example.question.start, example.question.relation) for example in drawn)
    assert set(asked) == possible
    assert 50 < min(asked.values()) < max(asked.values()) < 150
    assert all(example.graph is graph for example in drawn)
    assert all(is_answer(graph, example.question, example.answer) for example in drawn)


def test_a_graph_without_such_a_relation_says_so():
    rng = np.random.default_rng(0)
    with pytest.raises(ValueError, match="no relation of 2 edges can be followed in a graph of 1 triples"):
        random_relation(rng, Graph(np.array([[0, 0, 1]]), 2, EDGES), 2)
    for length in (1, 6):
        assert followable(FAMILY, length).shape == (0, 2)


def test_graphs_without_edge_labels_are_refused():
    graph, question = Graph(np.array([[0, 3, 1], [1, 4, 0]]), 2, 5), Relation(0, number_of((3, 4)))
    with pytest.raises(ValueError, match="a graph has 5 relations, 10 edge labels are needed"):
        followable(graph, 2)
    with pytest.raises(UsageError, match="needs a graph with 10 edge labels, this one has 5 relations; give"):
        answers(graph, question)
    path = (Triple(0, 3, 1), Triple(1, 4, 0))
    assert not is_answer(graph, question, path)
    assert is_answer(Graph(graph.triples, 2, EDGES), question, path)
