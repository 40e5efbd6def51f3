"""Exact answers on graphs small enough to work out by hand."""

from __future__ import annotations

import networkx as nx
import numpy as np
import pytest
from effort import at_most
from hypothesis import given
from hypothesis import strategies as st
from in_networkx import to_networkx
from small_graphs import small_graphs

from graphdnc.errors import CapacityError, NoAnswer
from graphdnc.graph import Graph, Triple
from graphdnc.oracle.distances import distances
from graphdnc.oracle.solve import MAX_PATHS, answers, is_answer, is_path, shortest_path, traverse
from graphdnc.questions import ShortestPath, Traversal

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
BOTH_WAYS = "if triples lead both ways, ask with --undirected"
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
        (
            DORA,
            (CHILD,),
            "step 1: 'child' does not leave Dora; nothing leaves it; 'child' leads there: " + BOTH_WAYS,
        ),
        (BEN, (SPOUSE,), "step 1: 'spouse' does not leave Ben; what leaves it: child"),
        (
            ANNA,
            (CHILD, CHILD, CHILD),
            "step 3: 'child' does not leave Dora or Emil; nothing leaves it; "
            "'child' leads there: " + BOTH_WAYS,
        ),
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
    with at_most(1), pytest.raises(CapacityError, match="more than 10,000 paths"):
        traverse(graph, Traversal(0, (0,) * 40))


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
    graph = draw(small_graphs())
    steps = draw(st.lists(st.integers(0, graph.relations - 1), min_size=1, max_size=5))
    return graph, Traversal(draw(st.integers(0, graph.nodes - 1)), tuple(steps))


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


# Shortest paths

#        a -r-> b -r-> d -r-> e        two equal ways from a to d; a -> b by two relations; f leads to a only
#        a -s-> b      d -r-> a
#        a -r-> c -s-> d               g has no triples
MAP = Graph(
    np.array([[0, 0, 1], [0, 1, 1], [0, 0, 2], [1, 0, 3], [2, 1, 3], [3, 0, 4], [3, 0, 0], [5, 0, 0]]),
    7, 2, tuple("abcdefg"), ("r", "s"),
)  # fmt: skip
A, B, C, D, E, F, G = range(7)
TO_B, TO_B_TOO, TO_C, B_TO_D, C_TO_D, D_TO_E, D_TO_A, _ = MAP


def test_distances_count_the_fewest_triples_to_a_goal():
    assert distances(MAP, D).tolist() == [2, 1, 1, 0, -1, 3, -1]
    assert distances(MAP, F).tolist() == [-1, -1, -1, -1, -1, 0, -1]
    assert distances(MAP, G).dtype == np.int64


def test_a_shortest_path_is_one_of_the_equal_ones_and_all_of_them_pass_the_check():
    question = ShortestPath(A, D)
    assert answers(MAP, question) == [shortest_path(MAP, question)] == [(TO_B, B_TO_D)]
    for path in ((TO_B, B_TO_D), (TO_B_TOO, B_TO_D), (TO_C, C_TO_D)):
        assert is_answer(MAP, question, path)
        assert is_path(MAP, question, path)


def test_answers_to_a_traversal_are_all_its_paths():
    question = Traversal(ANNA, (CHILD, CHILD))
    assert answers(FAMILY, question) == traverse(FAMILY, question)
    assert len(answers(FAMILY, question)) == 2


def test_from_a_node_to_itself_there_is_nothing_to_walk():
    assert shortest_path(MAP, ShortestPath(G, G)) == ()
    assert is_answer(MAP, ShortestPath(A, A), ())
    around = (TO_C, C_TO_D, D_TO_A)
    assert is_path(MAP, ShortestPath(A, A), around)
    assert not is_answer(MAP, ShortestPath(A, A), around)


def test_a_detour_is_a_path_and_no_answer():
    detour = (TO_B, B_TO_D, D_TO_A, TO_C, C_TO_D)
    assert is_path(MAP, ShortestPath(A, D), detour)
    assert not is_answer(MAP, ShortestPath(A, D), detour)


@pytest.mark.parametrize(
    "path",
    [
        (),
        (TO_B,),
        (TO_B, C_TO_D),
        (TO_B, Triple(B, 1, D)),
        (B_TO_D,),
        (TO_B, B_TO_D, D_TO_E),
        (Triple(A, 0, D),),
        (Triple(A, 0, 99), Triple(99, 0, D)),
    ],
    ids=[
        "empty",
        "short",
        "jump",
        "other relation",
        "other start",
        "too far",
        "no such edge",
        "no such node",
    ],
)
def test_wrong_ways_are_neither_paths_nor_answers(path):
    assert not is_path(MAP, ShortestPath(A, D), path)
    assert not is_answer(MAP, ShortestPath(A, D), path)


@pytest.mark.parametrize(("start", "goal", "message"), [
    (A, F, f"from 'a' to 'f'; choose a goal that it leads to: b, c, d, e; there is a path back: {BOTH_WAYS}"),
    (E, A, f"from 'e' to 'a'; nothing leaves 'e'; there is a path back: {BOTH_WAYS}"),
    (A, G, "from 'a' to 'g'; choose a goal that it leads to: b, c, d, e"),
])  # fmt: skip
def test_no_way_names_where_the_start_does_lead(start, goal, message):
    with pytest.raises(NoAnswer) as error:
        shortest_path(MAP, ShortestPath(start, goal))
    assert str(error.value) == f"there is no path {message}"
    assert not is_answer(MAP, ShortestPath(start, goal), ())


def test_a_long_way_takes_no_time():
    chain = Graph(np.array([(node, 0, node + 1) for node in range(50_000)]), 50_002, 1)
    with at_most(5):
        assert len(shortest_path(chain, ShortestPath(0, 50_000))) == 50_000
        with pytest.raises(NoAnswer, match="and 49,988 more") as error:
            shortest_path(chain, ShortestPath(0, 50_001))
        assert len(str(error.value)) < 400


@given(small_graphs())
def test_distances_and_shortest_paths_are_those_of_networkx(graph):
    known = dict(nx.all_pairs_shortest_path_length(to_networkx(graph)))
    for goal in range(graph.nodes):
        found = distances(graph, goal).tolist()
        assert found == [known[str(start)].get(str(goal), -1) for start in range(graph.nodes)]
        for start in range(graph.nodes):
            question = ShortestPath(start, goal)
            if found[start] < 0:
                with pytest.raises(NoAnswer):
                    shortest_path(graph, question)
            else:
                path = shortest_path(graph, question)
                assert len(path) == found[start]
                assert is_answer(graph, question, path)


@given(small_graphs(), st.integers(0, 5), st.integers(0, 5))
def test_the_check_of_a_way_passes_exactly_what_ends_at_the_goal_and_is_shortest(graph, start, goal):
    question = ShortestPath(start % graph.nodes, goal % graph.nodes)
    fewest = distances(graph, question.goal)[question.start]
    walks = [()]
    for length in range(4):
        for walk in walks:
            arrived = (walk[-1].target if walk else question.start) == question.goal
            assert is_path(graph, question, walk) == arrived
            assert is_answer(graph, question, walk) == (arrived and length == fewest)
        ends = [(walk, walk[-1].target if walk else question.start) for walk in walks[:30]]
        walks = [(*walk, triple) for walk, end in ends for triple in graph if triple.source == end]
