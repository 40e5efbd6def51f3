"""Names as people type them, and the nearest ones to a misspelt name."""

from __future__ import annotations

import pytest
from effort import at_most
from hypothesis import given
from hypothesis import strategies as st

from graphdnc.errors import UnknownName, UsageError
from graphdnc.graph import Graph
from graphdnc.language.free.relation_names import find_relation
from graphdnc.language.named_questions import find_steps
from graphdnc.names import NameIndex, find_node, fold

GRAPH = Graph.from_triples(
    [
        ("King's Cross St Pancras", "Central eastbound", "Elephant & Castle"),
        ("Köln", "-1", "Łódź"),
        ("Bond Street", "1", "Baker Street"),
        ("+", "r, s", "-"),
        ("St. Paul\u2019s", "r", "北京"),
        ("Washington, D.C.", "s", "किताब"),
        ("C", "Northern southbound", "C++"),
    ]
)


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        ("kings cross st pancras", "King's Cross St Pancras"),
        ("  KING\u2019S   CROSS,\tST. PANCRAS ", "King's Cross St Pancras"),
        ("elephant and castle", "Elephant & Castle"),
        ("Elephant&Castle", "Elephant & Castle"),
        ("koln", "Köln"),
        ("Ko\u0308ln", "Köln"),
        ("lodz", "Łódź"),
        ("st pauls", "St. Paul\u2019s"),
        ("bond-street", "Bond Street"),
        ("\uff22ond street", "Bond Street"),
        ("washington dc", "Washington, D.C."),
        ("北京", "北京"),
        ("किताब", "किताब"),
        ("+", "+"),
        ("-", "-"),
        ("C", "C"),
        ("C++", "C++"),
    ],
)
def test_case_accents_punctuation_and_spaces_do_not_count(typed, name):
    assert GRAPH.node_name(find_node(GRAPH, typed)) == name


def test_a_sign_before_a_number_counts():
    assert GRAPH.relation_name(find_relation(GRAPH, "1")) == "1"
    assert GRAPH.relation_name(find_relation(GRAPH, "-1")) == "-1"
    with pytest.raises(UnknownName):
        find_relation(GRAPH, "+1")


def test_a_name_of_several_is_refused_with_all_of_them():
    with pytest.raises(UsageError, match=r"'c' matches several nodes: 'C', 'C\+\+'; type one of them"):
        find_node(GRAPH, "c")


@pytest.mark.parametrize(
    ("typed", "message"),
    [
        ("Bond Strete", "the nearest: 'Bond Street', 'Baker Street'"),
        ("cross", 'the nearest: "King\'s Cross St Pancras"'),
        ("pancras cross", 'the nearest: "King\'s Cross St Pancras"'),
        ("Elefant", "the nearest: 'Elephant & Castle'"),
        ("Xyzzy", 'names include "King\'s Cross St Pancras"'),
        ("", "no node is called ''; names include"),
    ],
)
def test_an_unknown_name_comes_with_the_nearest(typed, message):
    with pytest.raises(UnknownName) as error:
        find_node(GRAPH, typed)
    assert message in str(error.value)
    assert error.value.exit_code == 2


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("r", ["r"]),
        ("r,s", ["r", "s"]),
        ("r, s", ["r, s"]),
        ("s,r", ["s", "r"]),
        ("1, r, s, -1", ["1", "r, s", "-1"]),
        ("northern southbound,Central Eastbound", ["Northern southbound", "Central eastbound"]),
    ],
)
def test_a_list_of_relations_is_split_around_names_with_commas(text, names):
    steps = find_steps(GRAPH, text)
    assert [(GRAPH.relation_name(number), node) for number, node in steps] == [(name, None) for name in names]


@pytest.mark.parametrize(
    ("text", "steps"),
    [
        ("r towards C", [("r", "C")]),
        ("r toward koln,s", [("r", "Köln"), ("s", None)]),
        ("r, s TOWARDS Washington, D.C., 1 towards C++", [("r, s", "Washington, D.C."), ("1", "C++")]),
        ("r,s towards Washington, D.C.", [("r", None), ("s", "Washington, D.C.")]),
        ("r towards C, s", [("r", "C"), ("s", None)]),
        ("r heading for C,s in the direction of Köln", [("r", "C"), ("s", "Köln")]),
    ],
)
def test_a_step_may_be_towards_a_node(text, steps):
    found = find_steps(GRAPH, text)
    named = [(GRAPH.relation_name(r), None if n is None else GRAPH.node_name(n)) for r, n in found]
    assert named == steps


def test_a_relation_may_have_towards_in_its_name():
    graph = Graph.from_triples([("a", "line towards b", "b"), ("a", "line", "c")])
    assert find_steps(graph, "Line towards B, line towards c, line towards b") == [
        (0, None),
        (1, 2),
        (0, None),
    ]
    assert find_steps(graph, "line towards b towards c, line direction c") == [(0, 2), (1, 2)]


@pytest.mark.parametrize(
    "text", ["r towards Nowhere", "r towards ", "nothing towards C", "r towards C towards C"]
)
def test_a_step_towards_what_there_is_not_is_refused(text):
    with pytest.raises(UnknownName):
        find_steps(GRAPH, text)


@pytest.mark.parametrize("text", ["r,,s,", "", ",", "r,Nothern"])
def test_a_list_with_a_hole_or_an_unknown_name_is_refused(text):
    with pytest.raises(UnknownName):
        find_steps(GRAPH, text)


def test_a_graph_without_names_is_asked_by_number():
    graph = Graph([[0, 0, 1]], nodes=2, relations=1)
    assert find_node(graph, "1") == 1
    with pytest.raises(UnknownName):
        find_node(graph, "2")


@given(st.text(max_size=20))
def test_folding_twice_changes_nothing(text):
    assert fold(fold(text)) == fold(text)


def test_looking_for_a_name_among_very_many_takes_no_time():
    index = NameIndex("node", [f"Station number {number}" for number in range(50_000)])
    with at_most(5):
        with pytest.raises(UnknownName, match="nearest: 'Station number 77'"):
            index.find("station numer 77")
        with pytest.raises(UnknownName):
            index.find("x" * 100_000)


def test_emoji_are_words():
    assert fold("\u2615") == fold("\u2615\ufe0f") == "\u2615"
    graph = Graph.from_triples([("\u2615", "\u27a1\ufe0f", "\u26bd")])
    assert find_node(graph, "\u26bd\ufe0f") == 1
    assert find_relation(graph, "\u27a1") == 0
