"""The search that a network is taught: by hand, and on any graph."""

from __future__ import annotations

from collections import Counter
from itertools import pairwise

import networkx as nx
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from in_networkx import to_networkx
from searches import (
    ALOUD,
    B_TO_D,
    C_TO_D,
    D_TO_A,
    F_TO_A,
    LOOPS,
    MAP,
    NOTHING_LEFT,
    TO_B,
    TO_B_TOO,
    TO_C,
    A,
    B,
    C,
    Choose,
    D,
    F,
    G,
    done,
    expand,
    rng,
)
from small_graphs import small_graphs

from graphdnc.episodes.steps import BLANK
from graphdnc.graph import Graph, Triple
from graphdnc.oracle.distances import distances
from graphdnc.tasks.shortest_path.layout import teach


def test_a_whole_search_is_that_of_the_table():
    assert teach(MAP, D, Choose()) == [
        (done(D), [expand(D)]),
        (expand(D), [B_TO_D, C_TO_D]),
        (B_TO_D, [C_TO_D]),
        (C_TO_D, [done(D)]),
        (done(D), [expand(B)]),
        (expand(B), [TO_B, TO_B_TOO]),
        (TO_B, [done(B)]),
        (done(B), [expand(C)]),
        (expand(C), [done(C)]),
        (done(C), [expand(A)]),
        (expand(A), [D_TO_A, F_TO_A]),
        (D_TO_A, [F_TO_A]),
        (F_TO_A, [done(A)]),
        (done(A), [expand(D)]),
        (expand(D), [done(D)]),
        (done(D), [expand(F)]),
        (expand(F), [done(F)]),
        (done(F), [NOTHING_LEFT]),
    ]


def test_what_is_found_first_is_expanded_first():
    assert teach(MAP, D, Choose(last=True)) == [
        (done(D), [expand(D)]),
        (expand(D), [B_TO_D, C_TO_D]),
        (C_TO_D, [B_TO_D]),
        (B_TO_D, [done(D)]),
        (done(D), [expand(C)]),
        (expand(C), [TO_C]),
        (TO_C, [done(C)]),
        (done(C), [expand(B)]),
        (expand(B), [done(B)]),
        (done(B), [expand(A)]),
        (expand(A), [D_TO_A, F_TO_A]),
        (F_TO_A, [D_TO_A]),
        (D_TO_A, [done(A)]),
        (done(A), [expand(F)]),
        (expand(F), [done(F)]),
        (done(F), [expand(D)]),
        (expand(D), [done(D)]),
        (done(D), [NOTHING_LEFT]),
    ]


@pytest.mark.parametrize("goal", [F, G])
def test_where_nothing_leads_to_the_goal_nothing_is_found(goal):
    assert teach(MAP, goal, Choose()) == [
        (done(goal), [expand(goal)]),
        (expand(goal), [done(goal)]),
        (done(goal), [NOTHING_LEFT]),
    ]


def test_a_goal_that_leads_to_itself_is_found_once_more_and_no_other_node_is():
    goal_again, goal_too, other, _ = LOOPS
    assert teach(LOOPS, 0, Choose()) == [
        (done(0), [expand(0)]),
        (expand(0), [goal_again, goal_too, other]),
        (goal_again, [other]),
        (other, [done(0)]),
        (done(0), [expand(0)]),
        (expand(0), [done(0)]),
        (done(0), [expand(1)]),
        (expand(1), [done(1)]),
        (done(1), [NOTHING_LEFT]),
    ]


def test_of_several_finds_each_is_made_now_and_then():
    firsts = Counter(teach(MAP, D, rng(seed))[2][0] for seed in range(200))
    assert set(firsts) == {B_TO_D, C_TO_D}
    assert min(firsts.values()) > 60


@st.composite
def searches(draw, slips=0.0):
    graph, seed = draw(small_graphs(nodes=9, triples=25)), draw(st.integers(0, 2**32 - 1))
    goal = draw(st.integers(0, graph.nodes - 1))
    return graph, goal, teach(graph, goal, rng(seed), slips=slips)


def expanded(search):
    return [heard[2] for heard, _ in search if heard[:2] == (BLANK, BLANK)]


def found(search):
    return [Triple(*heard) for heard, _ in search if BLANK not in heard]


@given(searches())
def test_nodes_are_expanded_in_the_order_of_their_distance(case):
    graph, goal, search = case
    away = nx.single_source_shortest_path_length(to_networkx(graph).reverse(), str(goal))
    order = expanded(search)
    assert order[0] == goal
    left = [away[str(node)] for node in order[1:] if node != goal]
    assert left == sorted(left)


@given(searches())
def test_every_node_with_a_way_to_the_goal_is_found_and_expanded_once(case):
    graph, goal, search = case
    away = distances(graph, goal)
    reaching = {node for node in range(graph.nodes) if away[node] >= 0}
    times = Counter(triple.source for triple in found(search))
    on_a_circle = any(away[triple.target] >= 0 for triple in graph.leaving(goal))
    assert times == Counter(reaching - {goal}) + Counter({goal: int(on_a_circle)})
    assert expanded(search) == [goal, *(triple.source for triple in found(search))], "the order of finding"


@given(searches())
def test_what_may_be_found_enters_the_node_from_where_nothing_was_found(case):
    graph, _, search = case
    known, node = set(), None
    for heard, said in search:
        if heard[:2] == (BLANK, BLANK):
            node = heard[2]
        elif BLANK not in heard:
            assert heard in graph
            known.add(heard[0])
        may_be_found = [triple for triple in graph if triple.target == node and triple.source not in known]
        if heard[1:] == (BLANK, BLANK):
            assert [statement[:2] for statement in said] == [(BLANK, BLANK)]
        else:
            assert said == (may_be_found or [done(node)])


@given(searches())
def test_what_is_heard_is_what_was_said_to_the_end(case):
    graph, goal, search = case
    assert search[0] == (done(goal), [expand(goal)])
    for (_, statements), (heard, _) in pairwise(search):
        assert heard in statements
    assert search[-1][1] == [NOTHING_LEFT]
    assert all(said != [NOTHING_LEFT] for _, said in search[:-1])
    assert len(search) == 3 * len(expanded(search)) <= ALOUD.budget(graph.nodes)
    assert len(found(search)) + 1 < ALOUD.rows(graph.nodes), "at least one row stays empty"


@given(searches())
def test_the_first_find_of_a_node_begins_a_shortest_way(case):
    graph, goal, search = case
    away = distances(graph, goal)
    for triple in found(search):
        if triple.source != goal:
            assert away[triple.target] == away[triple.source] - 1


@given(searches(slips=0.5))
def test_after_a_slip_the_node_passed_over_is_right_and_nothing_is_left_out(case):
    graph, goal, search = case
    assume(all(triple.source != goal for triple in found(search)))  # each node is in the queue once
    queue, ended = [goal], set()
    for (heard, said), following in zip(search, [*search[1:], (None, None)], strict=True):
        if BLANK not in heard:
            queue.append(heard[0])
        elif heard[1:] == (BLANK, BLANK) and following[0] is not None:
            assert said == [expand(next(node for node in queue if node not in ended))]
            ended.add(following[0][2])
    assert search[-1][1] == [NOTHING_LEFT]
    away = distances(graph, goal)
    assert {triple.source for triple in found(search)} | {goal} == {
        n for n, far in enumerate(away) if far >= 0
    }
    for triple in found(search):
        if triple.source != goal:
            assert away[triple.target] == away[triple.source] - 1


def test_some_nodes_are_expanded_out_of_turn():
    star = Graph.from_triples([(f"n{number}", "to", "goal") for number in range(8)])
    goal = star.node_names.index("goal")
    orders = [expanded(teach(star, goal, rng(seed), slips=0.3)) for seed in range(20)]
    assert all(set(order) == set(range(9)) for order in orders)
    assert any(order != expanded(teach(star, goal, rng(seed))) for seed, order in enumerate(orders))
    assert any(len(order) > 9 for order in orders), "some are expanded again"
