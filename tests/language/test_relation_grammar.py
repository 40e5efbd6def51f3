"""Questions that call relations by their names, each read as meant or refused in one line."""

from __future__ import annotations

import pytest
from effort import at_most
from hypothesis import given
from hypothesis import strategies as st

from graphdnc.errors import CapacityError, UnknownName, UsageError
from graphdnc.graph import Graph
from graphdnc.language.describe import describe
from graphdnc.language.parse import parse_question
from graphdnc.language.relation_grammar import MOST_NAMED
from graphdnc.questions import Kin, Traversal

WORLD = Graph.from_triples(
    [
        ("France", "capital", "Paris"),
        ("France", "official language", "French"),
        ("Paris", "mayor", "Anne Lee"),
        ("Anne Lee", "reports to", "James"),
        ("James", "manager", "Dr. Max Ross Jr."),
        ("James", "watches", "France"),
        ("Anne Lee", "has part", "James"),
        ("The Hague", "carries", "Paris"),
    ]
)
FAMILY = Graph.from_triples([("Freya", "mother", "Ida"), ("Ida", "boss", "Tom"), ("Tom", "brother", "Max")])


def walk(start, *relations, graph=WORLD):
    numbers = tuple(graph.relation_names.index(relation) for relation in relations)
    return Traversal(graph.node_names.index(start), numbers)


@pytest.mark.parametrize(
    ("sentence", "question"),
    [
        ("What is the capital of France?", walk("France", "capital")),
        ("what's the capital of france", walk("France", "capital")),
        ("What is France's capital?", walk("France", "capital")),
        ("frances capital", walk("France", "capital")),
        ("Tell me what the capital of France is, please", walk("France", "capital")),
        ("Do you know what the official language of France is?", walk("France", "official language")),
        ("Who is the mayor of the capital of France?", walk("France", "capital", "mayor")),
        ("Who is the mayor of France's capital?", walk("France", "capital", "mayor")),
        ("Who is France's capital's mayor?", walk("France", "capital", "mayor")),
        ("Who is James' manager?", walk("James", "manager")),
        ("Who is James's manager?", walk("James", "manager")),
        ("Who is the manager of James?", walk("James", "manager")),
        ("Who does Anne Lee report to?", walk("Anne Lee", "reports to")),
        ("What does James watch?", walk("James", "watches")),
        ("What does The Hague carry?", walk("The Hague", "carries")),
        ("What does Anne Lee have part?", walk("Anne Lee", "has part")),
        ("Name the capital of France", walk("France", "capital")),
    ],
)
def test_many_ways_of_asking_for_what_a_relation_leads_to(sentence, question):
    assert parse_question(sentence, WORLD) == question


def test_of_a_family_only_what_is_no_kinship_is_asked_for_so():
    assert isinstance(parse_question("Who is Freya's mother?", FAMILY), Kin)
    assert isinstance(parse_question("Who is Freya's aunt?", FAMILY), Kin)
    assert parse_question("Who is Ida's boss?", FAMILY) == walk("Ida", "boss", graph=FAMILY)
    mixed = walk("Freya", "mother", "boss", graph=FAMILY)
    assert parse_question("Who is the boss of Freya's mother?", FAMILY) == mixed


@pytest.mark.parametrize(
    "sentence",
    [
        "What is the capital of Frnce?",
        "What is the capital?",
        "What is the capital of",
        "Who is France's king?",
        "Is Paris the capital of France and Spain?",
        "What is not the capital of France?",
        "What does France?",
        "Who does Anne Lee report?",
        "What is the capital of the capital",
        "What is the capital of France $",
        "What is the" + " capital of the" * (MOST_NAMED + 1) + " capital of France?",
    ],
)
def test_what_is_not_understood_is_refused_in_one_line(sentence):
    with pytest.raises(UsageError) as error:
        parse_question(sentence, WORLD)
    assert len(str(error.value).splitlines()) == 1


@pytest.mark.parametrize(
    ("sentence", "message"),
    [
        ("What is the capital of Frnce?", "no node is called 'Frnce'; the nearest: 'France'"),
        ("What is the capital of the Frnce?", "no node is called 'the Frnce'; the nearest: 'France'"),
        ("What is France's capitl?", "no relation is called 'capitl'; the nearest: 'capital'"),
    ],
)
def test_the_nearest_name_is_told_with_a_question_that_works(sentence, message):
    with pytest.raises(UnknownName, match=message) as error:
        parse_question(sentence, WORLD)
    assert parse_question(str(error.value).split('"')[-2], WORLD) == walk("France", "capital")


def test_two_meanings_are_refused_with_both():
    graph = Graph.from_triples([("A", "r", "B"), ("B of A", "r", "C"), ("A", "r of B", "C")])
    with pytest.raises(UsageError, match="can be read as"):
        parse_question("What is the r of B of A?", graph)


NAMES = st.sampled_from(["of", "the", "r", "r of", "A", "A's", "of A", "does", "s", "does r", "the r", "r s"])


@given(
    st.lists(st.tuples(NAMES, NAMES, NAMES), min_size=1, max_size=5),
    st.sampled_from(("What is the {1} of {0}?", "What is {0}'s {1}?")),
    st.data(),
)
def test_with_whatever_names_it_is_read_as_meant_or_refused(triples, form, data):
    graph = Graph.from_triples(triples)
    start = data.draw(st.integers(0, graph.nodes - 1))
    relation = data.draw(st.integers(0, graph.relations - 1))
    try:
        read = parse_question(form.format(graph.node_name(start), graph.relation_name(relation)), graph)
    except (UsageError, CapacityError):
        return
    assert read == Traversal(start, (relation,)), describe(graph, read)


def test_a_long_sentence_is_read_in_time():
    with at_most(10):
        for words in ("the " * 2400, "France's " * 1100, "capital of " * 900, "capital's " * 900):
            with pytest.raises((UsageError, CapacityError)):
                parse_question(words, WORLD)
