"""Many ways of asking, each read as meant or refused: never as something else."""

from __future__ import annotations

import pytest
from effort import at_most
from tube import (
    BANK,
    BOND,
    CENTRAL,
    ELEPHANT,
    KINGS,
    NORTHERN,
    ONE,
    SAO_PAULO,
    SOUTHBOUND,
    TUBE,
    WASHINGTON,
    WATERLOO,
)

from graphdnc.errors import CapacityError, UsageError
from graphdnc.graph import Graph
from graphdnc.language.parse import parse_question
from graphdnc.language.walk_grammar import MAX_STEPS
from graphdnc.questions import Traversal

SAME = [  # Bond Street, the Central eastbound once, the Northern southbound twice
    "Start at Bond Street, take the Central eastbound one stop, then the Northern southbound two stops: "
    "where am I?",
    "start at bond street take central eastbound one stop then northern southbound two stops where am i",
    "START AT BOND STREET. TAKE THE CENTRAL EASTBOUND. THEN THE NORTHERN SOUTHBOUND TWO STOPS.",
    "From Bond Street follow Central eastbound, Northern southbound and Northern southbound",
    "From Bond Street follow Central eastbound, Northern southbound, and then Northern southbound.",
    "Starting from Bond Street, go Central eastbound for 1 stop, then Northern southbound (2 stops). "
    "Where do I end up?",
    "Starting at Bond Street station, I go one stop along the Central eastbound, followed by two stops on "
    "the Northern southbound. Which station am I at?",
    "Where am I if I start at Bond Street and take the Central line eastbound for one station and then the "
    "Northern southbound twice?",
    "Where do you end up if you follow Central eastbound, then Northern southbound for two stops, "
    "from Bond Street?",
    "Take the Central eastbound from Bond Street one stop, then change to the Northern southbound line for "
    "two stops.",
    "Take the Central eastbound one stop from Bond Street, and switch to the Northern line southbound "
    "for 2 stations",
    "I'm at Bond Street. I take the Central eastbound, then two stops on the Northern southbound. "
    "What station do I reach?",
    "Bond Street: Central eastbound, Northern southbound x2",
    "Bond Street -> Central eastbound -> Northern southbound -> Northern southbound",
    "bond street central eastbound northern southbound northern southbound",
    "Board at Bond-Street; ride Central-eastbound once; then Northern_southbound 2 times!",
    "Tell me where I am if I leave Bond Street by the Central eastbound and continue on the Northern "
    "southbound for two steps.",
    "“From \u2018Bond Street\u2019 follow “Central eastbound”, “Northern southbound” twice.”",
    "  From\tBond   Street\nfollow Central eastbound,\nNorthern southbound, Northern southbound  ",
    "If we start at Bond Street and take the Central eastbound and next the Northern southbound two hops, "
    "where do we land?",
    "From Bond Street: the Central eastbound 1 stop, Northern southbound 2 edges",
]


@pytest.mark.parametrize("sentence", SAME)
def test_many_ways_of_asking_the_same(sentence):
    assert parse_question(sentence, TUBE) == Traversal(BOND, (CENTRAL, SOUTHBOUND, SOUTHBOUND))


@pytest.mark.parametrize(
    ("sentence", "start", "relations"),
    [
        ("From Elephant & Castle follow Central eastbound", ELEPHANT, (CENTRAL,)),
        ("from elephant and castle and then follow central eastbound", ELEPHANT, (CENTRAL,)),
        ("From kings cross st pancras take the Waterloo and City eastbound", KINGS, (WATERLOO,)),
        ("At KING\u2019S CROSS, ST. PANCRAS take", KINGS, None),  # a comma that the name does not have
        ("From King's Cross St. Pancras, Waterloo & City eastbound", KINGS, (WATERLOO,)),
        ("From Washington, D.C., take 1 one stop", WASHINGTON, (ONE,)),
        ("From Washington DC take 1 two stops", WASHINGTON, (ONE, ONE)),
        ("From Washington, D.C. follow 1, 1 and 1", WASHINGTON, (ONE, ONE, ONE)),
        ("from sao paulo take 1", SAO_PAULO, (ONE,)),
        ("From Bank take the Northern", BANK, (NORTHERN,)),
        ("From Bank take the Northern line two stops", BANK, (NORTHERN, NORTHERN)),
        ("From Bank take the Northern line southbound", BANK, (SOUTHBOUND,)),
        ("From Bank take the Northern and the Northern southbound", BANK, (NORTHERN, SOUTHBOUND)),
        ("From Bank take the Northern twenty stops", BANK, (NORTHERN,) * 20),
        ("From Bank take the Northern twenty-one stops", BANK, (NORTHERN,) * 21),
        ("From Bank take the Northern for Thirty two stations", BANK, (NORTHERN,) * 32),
        ("From Bank, forty stops on the Northern", BANK, (NORTHERN,) * 40),
        ("From Bank take the Northern ninety-nine times", BANK, (NORTHERN,) * 99),
        ("From Bank take the Northern 200 stops", BANK, (NORTHERN,) * 200),
    ],
)
def test_names_with_commas_accents_and_little_words(sentence, start, relations):
    if relations is None:
        with pytest.raises(UsageError):
            parse_question(sentence, TUBE)
    else:
        assert parse_question(sentence, TUBE) == Traversal(start, relations)


@pytest.mark.parametrize("count", ["201 stops", "1000000 stops", "9" * 5000 + " stops"])
def test_too_many_steps_are_refused(count):
    with pytest.raises(CapacityError, match=f"more than {MAX_STEPS} steps"):
        parse_question(f"From Bank take the Northern {count}", TUBE)


def test_a_long_sentence_is_read_in_time_and_a_longer_one_refused():
    with at_most(5):
        sentence = "From Bank " + "take the Northern, then " * 199 + "the Northern"
        assert parse_question(sentence, TUBE) == Traversal(BANK, (NORTHERN,) * 200)
        with pytest.raises(UsageError):
            parse_question("the " * 2400, TUBE)
        with pytest.raises(CapacityError, match="10,400 characters, more than 10,000"):
            parse_question("the " * 2600, TUBE)


class TestNamesThatAreAlsoFixedWords:
    GRAPH = Graph.from_triples(
        [
            ("a", "next", "b"),
            ("b", "a", "start"),
            ("start", "then", "b"),
            ("b", "to", "two"),
            ("two", "2", "a"),
        ]
    )

    @pytest.mark.parametrize(
        ("sentence", "names"),
        [
            ("From a follow next, a, then", "a next a then"),
            ("From a follow next", "a next"),
            ("From a follow next and a", "a next a"),
            ("Start at start, follow then", "start then"),
            ("from b follow to, 2 and next", "b to 2 next"),
            ("from two take 2 two stops", "two 2 2"),
        ],
    )
    def test_a_name_comes_before_a_fixed_word(self, sentence, names):
        start, *relations = names.split()
        assert parse_question(sentence, self.GRAPH) == self.question(start, relations)

    def test_a_sentence_with_two_meanings_is_refused_with_both(self):
        with pytest.raises(UsageError, match=r"can be read as .* or as .*; use --start"):
            parse_question("From a follow next, then to", self.GRAPH)

    def question(self, start, relations):
        nodes, names = self.GRAPH.node_names, self.GRAPH.relation_names
        return Traversal(nodes.index(start), tuple(map(names.index, relations)))


def test_names_that_differ_only_in_signs_must_be_typed_exactly():
    graph = Graph.from_triples([("C", "+1", "C++"), ("C++", "-1", "C"), ("C", "r", "C#")])
    assert parse_question("From C++ follow -1", graph) == Traversal(1, (1,))
    assert parse_question("From C follow +1", graph) == Traversal(0, (0,))
    with pytest.raises(UsageError, match="can be read as"):
        parse_question("From c follow +1", graph)


def test_a_relation_that_is_called_as_a_number_begins_is_that_relation():
    graph = Graph.from_triples([("A", "Line", "B"), ("A", "Line twenty", "B"), ("A", "one", "B")])
    assert parse_question("From A take the Line twenty one stop", graph) == Traversal(0, (1,))
    assert parse_question("From A take the Line twenty-one stops", graph) == Traversal(0, (0,) * 21)
    assert parse_question("From A take the Line 21 stops", graph) == Traversal(0, (0,) * 21)
