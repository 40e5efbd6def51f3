"""Exact answers on graphs small enough to work out by hand."""

from __future__ import annotations

import time

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from graphdnc.errors import CapacityError, NoAnswer
from graphdnc.graph import Graph, Triple
from graphdnc.oracle import MAX_PATHS, is_answer, traverse
from graphdnc.questions import Traversal

#   Anna -child-> Ben -child-> Dora        Anna -child-> Carl -child-> Emil
FAMILY = Graph.from_triples(
    [
        ("Anna", "child", "Ben"),
        ("Anna", "child", "Carl"),
        ("Ben", "child", "Dora"),
        ("Carl", "child", "Emil"),
        ("Carl", "spouse", "Fay"),
        ("Fay", "spouse", "Carl"),
    ]
)
ANNA, BEN, CARL, DORA, EMIL, FAY = range(6)
CHILD, SPOUSE = range(2)


def ends(graph, question):
    return [path[-1].target for path in traverse(graph, question)]


def test_a_relation_to_two_places_gives_two_paths():
    assert ends(FAMILY, Traversal(ANNA, (CHILD,))) == [BEN, CARL]
    assert ends(FAMILY, Traversal(ANNA, (CHILD, CHILD))) == [DORA, EMIL]


def test_a_branch_that_ends_early_is_no_path():
    assert traverse(FAMILY, Traversal(ANNA, (CHILD, SPOUSE))) == [
        (Triple(ANNA, CHILD, CARL), Triple(CARL, SPOUSE, FAY))
    ]


def test_a_circle_may_be_walked_for_ever():
    assert ends(FAMILY, Traversal(FAY, (SPOUSE,) * 7)) == [CARL]


@pytest.mark.parametrize(
    ("start", "relations", "message"),
    [
        (DORA, (CHILD,), "step 1: 'child' does not leave Dora; nothing leaves it"),
        (BEN, (SPOUSE,), "step 1: 'spouse' does not leave Ben; what leaves it: child"),
        (ANNA, (CHILD, CHILD, CHILD), "step 3: 'child' does not leave Dora or Emil; nothing leaves it"),
    ],
)
def test_no_answer_names_the_place_where_all_paths_end(start, relations, message):
    with pytest.raises(NoAnswer) as error:
        traverse(FAMILY, Traversal(start, relations))
    assert str(error.value) == message


def test_a_message_about_a_hub_stays_short():
    lines = [("hub", f"line {number}", "end") for number in range(500)]
    hub = Graph.from_triples([*lines, ("end", "back", "hub")])
    with pytest.raises(NoAnswer, match="and 488 more") as error:
        traverse(hub, Traversal(0, (500,)))
    assert len(str(error.value)) < 400


def doubling(levels):
    """Two nodes a level, each leading to both of the next: 2 ** levels paths."""
    return Graph.from_triples(
        (f"{level}{a}", "r", f"{level + 1}{b}") for level in range(levels) for a in "ab" for b in "ab"
    )


def test_many_paths_are_refused_at_once():
    graph = doubling(40)
    assert len(traverse(graph, Traversal(0, (0,) * 13))) == 2**13 <= MAX_PATHS
    started = time.perf_counter()
    with pytest.raises(CapacityError, match="more than 10,000 paths"):
        traverse(graph, Traversal(0, (0,) * 40))
    assert time.perf_counter() - started < 1


def test_many_ways_into_one_dead_end_are_no_answer_and_take_no_time():
    graph = doubling(40)
    with pytest.raises(NoAnswer, match="step 41"):
        traverse(graph, Traversal(0, (0,) * 41))


def test_many_ways_that_die_out_cost_nothing():
    #  a doubling part from which only one edge leads on
    triples = [(f"{n}{a}", "r", f"{n + 1}{b}") for n in range(12) for a in "ab" for b in "ab"]
    graph = Graph.from_triples(
        [("s", "r", "0a"), ("s", "r", "p0"), *triples] + [(f"p{n}", "r", f"p{n + 1}") for n in range(20)]
    )
    start = 0
    assert len(traverse(graph, Traversal(start, (0,) * 20))) == 1


@st.composite
def questions(draw):
    nodes, relations = draw(st.integers(1, 6)), draw(st.integers(1, 3))
    rows = st.tuples(st.integers(0, nodes - 1), st.integers(0, relations - 1), st.integers(0, nodes - 1))
    triples = draw(st.sets(rows, min_size=1, max_size=14))
    graph = Graph(np.array(sorted(triples)), nodes, relations)
    steps = draw(st.lists(st.integers(0, relations - 1), min_size=1, max_size=5))
    return graph, Traversal(draw(st.integers(0, nodes - 1)), tuple(steps))


@given(questions())
def test_the_oracle_finds_exactly_the_paths_that_pass_the_check(asked):
    graph, question = asked
    by_hand = [()]
    for relation in question.relations:
        by_hand = [
            (*path, triple)
            for path in by_hand
            for triple in graph
            if triple.source == (path[-1].target if path else question.start) and triple.relation == relation
        ]
    try:
        found = traverse(graph, question)
    except NoAnswer:
        found = []
    assert found == by_hand
    assert all(is_answer(graph, question, path) for path in found)


@pytest.mark.parametrize(
    "path",
    [
        (),
        (Triple(ANNA, CHILD, CARL),),
        (Triple(ANNA, CHILD, CARL), Triple(CARL, CHILD, EMIL)),
        (Triple(ANNA, CHILD, BEN), Triple(CARL, SPOUSE, FAY)),
        (Triple(ANNA, CHILD, CARL), Triple(CARL, SPOUSE, ANNA)),
        (Triple(FAY, SPOUSE, CARL), Triple(CARL, SPOUSE, FAY)),
        (Triple(ANNA, CHILD, CARL), Triple(CARL, SPOUSE, FAY), Triple(FAY, SPOUSE, CARL)),
    ],
    ids=["empty", "short", "other relation", "jump", "no such edge", "other start", "long"],
)
def test_wrong_paths_are_no_answer(path):
    assert not is_answer(FAMILY, Traversal(ANNA, (CHILD, SPOUSE)), path)
