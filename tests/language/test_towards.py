"""How walks narrowed by "towards" are said, read and described."""

from __future__ import annotations

import pytest
from hypothesis import given
from metro import METRO, asked, ends, questions

from graphdnc.errors import NoAnswer, UnknownName, UsageError
from graphdnc.graph import Graph
from graphdnc.language.describe import describe, towards_example
from graphdnc.language.parse import parse_question
from graphdnc.language.suggestions import narrowing
from graphdnc.oracle.solve import traverse
from graphdnc.questions import Traversal

SAME = [  # Moorgate, the Northern twice towards Bank
    "From Moorgate take the Northern two stops towards Bank: where am I?",
    "from moorgate take the northern two stops toward bank",
    "From Moorgate take the Northern towards Bank two stops: where am I?",
    "From Moorgate take the Northern line in the direction of Bank for two stops",
    "From Moorgate take the Northern for two stops, heading for Bank station",
    "From Moorgate take the Northern twice, headed towards Bank",
    "I'm at Moorgate. I take the Northern, going towards Bank, for two stops. Where am I?",
    "Moorgate: Northern direction Bank x2",
    "From Moorgate, two stops on the Northern bound for Bank",
    "From Moorgate, two stops towards Bank on the Northern",
    "From Moorgate take the Northern towards Bank, then the Northern towards Bank",
    "Take the Northern towards Bank from Moorgate for two stops",
    "Take the Northern two stops towards Bank from Moorgate",
    "Take the Northern from Moorgate two stops towards Bank",
    "Take the Northern from Moorgate towards Bank, two stops: where am I?",
    "Where do I end up if I take the Northern two stops towards Bank from Moorgate?",
]


@pytest.mark.parametrize("sentence", SAME)
def test_many_ways_of_saying_towards(sentence):
    assert parse_question(sentence, METRO) == asked("Moorgate: 2 Northern > Bank")


@pytest.mark.parametrize(
    ("sentence", "question"),
    [
        (
            "From Moorgate take the Northern two stops towards Bank, then the Central one stop towards "
            "Oxford Circus",
            "Moorgate: 2 Northern > Bank, 1 Central > Oxford Circus",
        ),
        (
            "From Angel take the Northern two stops, then the Circle towards Aldgate three stops and the "
            "Central once",
            "Angel: 2 Northern, 3 Circle > Aldgate, 1 Central",
        ),
        (
            "Take the Northern and the Central two stops towards St Paul's from Moorgate",
            "Moorgate: 1 Northern, 2 Central > St Paul's",
        ),
        (
            "From Bank one stop towards Angel on the Northern, then two stops on the Circle",
            "Bank: 1 Northern > Angel, 2 Circle",
        ),
    ],
)
def test_every_step_has_its_own_direction(sentence, question):
    assert parse_question(sentence, METRO) == asked(question)


@pytest.mark.parametrize(
    "sentence",
    [
        "From Moorgate take the Northern towards",
        "From Moorgate take the Northern two stops to Bank",
        "From Moorgate take the Northern two stops to",
        "From Moorgate take the Northern two stops towards Bank towards Angel",
        "From Moorgate take the Northern towards Bank two stops towards Bank",
        "From Moorgate take the Northern two stops towards Bank or Angel",
        "From Moorgate take the Northern away from Bank",
        "From Moorgate take the Northern two stops not towards Bank",
        "From Moorgate two stops towards Bank",
    ],
)
def test_what_is_not_understood_is_refused_with_a_direction_that_works(sentence):
    with pytest.raises(UsageError) as error:
        parse_question(sentence, METRO)
    message = str(error.value)
    assert len(message.splitlines()) == 1
    if "away" not in sentence and " not " not in sentence:
        assert f'try "{towards_example(METRO)}"' in message


def test_the_example_of_a_direction_is_read_and_has_an_answer():
    assert ends(METRO, parse_question(towards_example(METRO), METRO)) == ["Old Street"]


@pytest.mark.parametrize(
    ("sentence", "message"),
    [
        ("From Moorgate take the Northern towards Bnak", "no node is called 'Bnak'; the nearest: 'Bank'"),
        # nothing is like it, but only a node can stand there
        ("From Moorgate take the Northern towards Xyz", "no node is called 'Xyz'; names include "),
        ("How do I get from Moorgate to 99?", "no node is called '99'; names include "),
        (
            "From Moorgate take the Northern towards southbound two stops",
            "but 'Northern southbound' is a relation; follow that",
        ),
    ],
)
def test_a_place_that_there_is_not_is_refused(sentence, message):
    with pytest.raises(UnknownName, match=message):
        parse_question(sentence, METRO)


def test_a_name_may_hold_the_word():
    graph = Graph.from_triples(
        [("a", "line", "b"), ("a", "line", "c"), ("a", "line towards b", "c"), ("b", "line", "way towards c")]
    )
    assert parse_question("from a take line towards b", graph) == Traversal(0, (1,))
    assert parse_question("from a take line towards c", graph) == Traversal(0, (0,), (2,))
    assert parse_question("from b take line towards way towards c", graph) == Traversal(1, (0,), (3,))


@given(questions())
def test_what_describe_says_is_read_back(case):
    graph, question = case
    named = Graph(graph.triples, graph.nodes, graph.relations, tuple("abcdefgh"), ("red", "blue"))
    assert parse_question(describe(named, question), named) == question


def test_a_narrowing_asks_for_one_end_and_is_read_back():
    question = asked("Moorgate: 2 Northern, 1 Central")
    said = narrowing(METRO, traverse(METRO, asked("Moorgate: 1 Northern, 1 Central")))
    assert said == (
        "Start at Moorgate, take Northern one stop towards Bank, then Central one stop towards "
        "Liverpool Street: where am I?"
    )
    assert ends(METRO, parse_question(said, METRO)) == ["Liverpool Street"]
    with pytest.raises(NoAnswer):
        traverse(METRO, question)
