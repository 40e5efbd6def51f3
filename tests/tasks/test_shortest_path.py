"""Shortest paths in time: the search a network is taught, step by step, and the moves that are right.

#        a -r-> b -r-> d -r-> e        two equal ways from a to d; a -> b by two relations; f leads to a only
#        a -s-> b      d -r-> a
#        a -r-> c -s-> d               g has no triples; d, the goal, lies on a circle
"""

from __future__ import annotations

from collections import Counter
from itertools import pairwise

import networkx as nx
import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from small_graphs import small_graphs

from graphdnc.datasets.questions.shortest_path import pairs, shortest_path_between
from graphdnc.episodes.labels import END, DigitCode, Labels
from graphdnc.episodes.planning import Planning
from graphdnc.episodes.steps import ANSWER_WANTED, BLANK, PLANNING, TRANSITION
from graphdnc.graph import Graph, Triple
from graphdnc.oracle.distances import distances
from graphdnc.questions import Example, ShortestPath, Traversal
from graphdnc.tasks.shortest_path.layout import lay_out, teach, without_loops
from graphdnc.tasks.shortest_path.task import ShortestPathTask
from graphdnc.tasks.traversal import TraversalTask
from graphdnc.training.loss import whole_answers_right
from graphdnc.training.tensors import encode

MAP = Graph(
    np.array([[0, 0, 1], [0, 1, 1], [0, 0, 2], [1, 0, 3], [2, 1, 3], [3, 0, 4], [3, 0, 0], [5, 0, 0]]), 7, 2
)
A, B, C, D, E, F, G = range(7)
TO_B, TO_B_TOO, TO_C, B_TO_D, C_TO_D, D_TO_E, D_TO_A, F_TO_A = MAP
LOOPS = Graph(np.array([[0, 0, 0], [0, 1, 0], [1, 0, 0], [1, 0, 1]]), 2, 2, ("x", "y"), ("r", "s"))
LABELS = Labels(np.array([11, 22, 33, 44, 55, 66, 77]), np.array([0, 5]))
CODE = DigitCode()
ALOUD, SILENT = Planning(), Planning(aloud=False, steps=3, steps_per_node=0.5)


class Choose:
    """Stands in for a random generator: of several it takes the first one, or the last."""

    def __init__(self, last=False):
        self.last = last

    def integers(self, count):
        return count - 1 if self.last else 0


def rng(seed=0):
    return np.random.default_rng(seed)


def expand(node):
    return (BLANK, BLANK, node)


def done(node):
    return (node, BLANK, BLANK)


NOTHING_LEFT = (BLANK, BLANK, BLANK)


# --- the search by hand -----------------------------------------------------------------------------------


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


# --- the search on any graph ------------------------------------------------------------------------------


@st.composite
def searches(draw):
    graph, seed = draw(small_graphs(nodes=9, triples=25)), draw(st.integers(0, 2**32 - 1))
    goal = draw(st.integers(0, graph.nodes - 1))
    return graph, goal, teach(graph, goal, rng(seed))


def expanded(search):
    return [heard[2] for heard, _ in search if heard[:2] == (BLANK, BLANK)]


def found(search):
    return [Triple(*heard) for heard, _ in search if BLANK not in heard]


@given(searches())
def test_nodes_are_expanded_in_the_order_of_their_distance(case):
    graph, goal, search = case
    away = nx.single_source_shortest_path_length(graph.to_networkx().reverse(), str(goal))
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


# --- the layout in time -----------------------------------------------------------------------------------


def said(steps, index):
    """Return the choices of a step in labels: those that are right, and the others it is restricted to."""
    right, among = steps.credit[index], steps.among[index]
    return steps.choices[index][right].tolist(), steps.choices[index][among & ~right].tolist()


def test_an_episode_by_hand():
    """The relation r has the label of END; as a part of a triple it is heard, END itself is a blank."""
    steps = lay_out(MAP, ShortestPath(A, D), (TO_C, C_TO_D), LABELS, ALOUD, Choose())

    def free(*right):
        return [list(triple) for triple in right], []

    table = [
        #  heard         transition, answer wanted, planning    said
        ((11, -1, 44), (1, 0, 0), free()),
        ((44, -1, -1), (1, 0, 1), free((0, 0, 44))),
        ((-1, -1, 44), (0, 0, 1), free((22, 0, 44), (33, 5, 44))),
        ((22, 0, 44), (0, 0, 1), free((33, 5, 44))),
        ((33, 5, 44), (0, 0, 1), free((44, 0, 0))),
        ((44, -1, -1), (0, 0, 1), free((0, 0, 22))),
        ((-1, -1, 22), (0, 0, 1), free((11, 0, 22), (11, 5, 22))),
        ((11, 0, 22), (0, 0, 1), free((22, 0, 0))),
        ((22, -1, -1), (0, 0, 1), free((0, 0, 33))),
        ((-1, -1, 33), (0, 0, 1), free((33, 0, 0))),
        ((33, -1, -1), (0, 0, 1), free((0, 0, 11))),
        ((-1, -1, 11), (0, 0, 1), free((44, 0, 11), (66, 0, 11))),
        ((44, 0, 11), (0, 0, 1), free((66, 0, 11))),
        ((66, 0, 11), (0, 0, 1), free((11, 0, 0))),
        ((11, -1, -1), (0, 0, 1), free((0, 0, 44))),
        ((-1, -1, 44), (0, 0, 1), free((44, 0, 0))),
        ((44, -1, -1), (0, 0, 1), free((0, 0, 66))),
        ((-1, -1, 66), (0, 0, 1), free((66, 0, 0))),
        ((66, -1, -1), (0, 0, 1), free((0, 0, 0))),
        ((-1, -1, 11), (1, 1, 0), free((11, 0, 22), (11, 5, 22), (11, 0, 33))),
        ((11, 0, 33), (0, 1, 0), free((33, 5, 44))),
    ]
    assert (TRANSITION, ANSWER_WANTED, PLANNING) == (0, 1, 2)
    assert len(steps) == len(table)
    for index, (heard, channels, choices) in enumerate(table):
        assert tuple(steps.shown[index].tolist()) == heard, index
        assert tuple(steps.channels[index].tolist()) == channels, index
        assert said(steps, index) == choices, index
    assert not steps.among.any(), "all else is wrong, moves that do not leave the node too"


def test_in_silence_a_move_is_one_of_those_that_leave_the_node():
    steps = lay_out(MAP, ShortestPath(C, A), (C_TO_D, D_TO_A), LABELS, SILENT, rng())
    assert said(steps, len(steps) - 2) == ([[33, 5, 44]], [])
    assert said(steps, len(steps) - 1) == ([[44, 0, 11]], [[44, 0, 55]]), "e is a dead end"
    assert steps.among.any(1).tolist() == [False] * (len(steps) - 2) + [True] * 2


def test_triples_that_lead_nowhere_else_are_not_shown():
    kept = without_loops(LOOPS)
    assert list(kept) == [Triple(1, 0, 0)]
    assert (kept.nodes, kept.relations) == (2, 2)
    assert (kept.node_names, kept.relation_names) == (("x", "y"), ("r", "s"))
    assert without_loops(MAP) is MAP
    only = Graph(np.array([[0, 0, 0], [1, 0, 1]]), 2, 1)
    assert list(without_loops(only)) == [Triple(0, 0, 0)], "something must be shown"
    for planning in (ALOUD, SILENT):
        example = Example(LOOPS, ShortestPath(1, 0), (Triple(1, 0, 0),))
        batch = encode([example], rng(), ShortestPathTask(CODE, planning))
        assert batch.lengths.tolist() == [1]
        moves = batch.credit[batch.answering]
        assert moves.sum() == 1
    steps = lay_out(LOOPS, ShortestPath(1, 0), (Triple(1, 0, 0),), LABELS, ALOUD, rng())
    assert [11, 0, 11] not in steps.shown.tolist()
    assert [11, 0, 11] not in steps.choices[steps.credit].tolist()
    assert len(TraversalTask(CODE).encode_graphs([LOOPS], rng()).inputs) == 4, "a traversal may walk them"


@st.composite
def examples(draw):
    graph = draw(small_graphs(nodes=9, triples=25))
    asked = pairs(graph)
    if not len(asked):
        graph, asked = MAP, pairs(MAP)
    start, goal = asked[draw(st.integers(0, len(asked) - 1))].tolist()
    return shortest_path_between(rng(draw(st.integers(0, 2**32 - 1))), graph, start, goal)


@given(examples(), st.sampled_from([ALOUD, SILENT]))
def test_credit_marks_what_begins_a_shortest_way_among_all_that_leaves(example, planning):
    graph, question = example.graph, example.question
    names = Labels(np.arange(graph.nodes) + 100, np.arange(graph.relations))
    steps = lay_out(graph, question, example.answer, names, planning, rng())
    first = len(steps) - len(example.answer)
    nodes = [question.start, *(triple.target for triple in example.answer)]
    ways = nx.single_source_shortest_path_length(graph.to_networkx().reverse(), str(question.goal))
    for index, node in enumerate(nodes[:-1]):
        own = steps.choices[first + index] - [100, 0, 100]
        credit, among = steps.credit[first + index], steps.among[first + index]
        closed = [] if planning.aloud else sorted(graph.leaving(node))
        assert sorted(map(tuple, own[among].tolist())) == closed
        right = {
            triple
            for triple in graph.leaving(node)
            if ways.get(str(triple.target), np.inf) + 1 == ways[str(node)]
        }
        assert {Triple(*triple) for triple in own[credit].tolist()} == right
        assert credit.sum() == len(right) > 0
        heard = [BLANK, BLANK, 100 + node] if index == 0 else [*example.answer[index - 1]]
        if index:
            heard = [heard[0] + 100, heard[1], heard[2] + 100]
        assert steps.shown[first + index].tolist() == heard
        assert steps.channels[first + index].tolist() == [index == 0, 1, 0]
    assert not steps.channels[:first, ANSWER_WANTED].any()
    assert steps.credit[1:first].any(1).all() == planning.aloud
    assert steps.channels[:, TRANSITION].sum() == 2 + planning.aloud


@given(examples())
def test_planning_in_the_layout_is_what_is_taught(example):
    names = Labels(np.arange(example.graph.nodes) + 100, np.arange(example.graph.relations))
    steps = lay_out(example.graph, example.question, example.answer, names, ALOUD, rng(5))
    search = teach(without_loops(example.graph), example.question.goal, rng(5))
    assert steps.channels[:, PLANNING].sum() == len(search) == len(steps) - 1 - len(example.answer)
    for index, (heard, statements) in enumerate(search, start=1):
        shown = [BLANK if number == BLANK else number + 100 for number in heard]
        shown[1] = heard[1]
        assert steps.shown[index].tolist() == shown
        spoken = np.array(statements)
        spoken = np.where(spoken == BLANK, END, spoken + np.array([100, 0, 100]))
        assert np.array_equal(steps.choices[index][steps.credit[index]], spoken)
    assert not steps.among[: len(search) + 1].any()


def test_a_silent_network_plans_for_a_fixed_number_of_blank_steps():
    steps = lay_out(MAP, ShortestPath(A, D), (TO_B, B_TO_D), LABELS, SILENT, rng())
    assert SILENT.budget(MAP.nodes) == 3 + 3
    assert len(steps) == 1 + 6 + 2
    assert (steps.shown[1:7] == BLANK).all()
    assert (steps.channels[1:7] == 0).all()
    assert not steps.credit[:7].any()
    assert steps.channels[:, PLANNING].sum() == 0
    batch = encode([Example(MAP, ShortestPath(A, D), (TO_B, B_TO_D))], rng(), ShortestPathTask(CODE, SILENT))
    assert batch.steps.shape == (9, 1, 92)
    assert batch.description.shape == (8, 1, 92)
    assert (batch.steps[1:7] == 0).all()
    assert batch.answer_mask[:, 0].tolist() == batch.answering[:, 0].tolist() == [False] * 7 + [True] * 2
    assert batch.spare == SILENT.rows(MAP.nodes) >= 9


def test_where_the_start_is_the_goal_there_is_no_move_to_teach():
    """The answer is the empty path; a triple that leads to where no way leads back is no way to begin it."""
    for planning in (ALOUD, SILENT):
        steps = lay_out(MAP, ShortestPath(D, D), (), LABELS, planning, rng())
        assert not steps.credit[steps.channels[:, ANSWER_WANTED] > 0].any()


# --- planning as a setting --------------------------------------------------------------------------------


def test_how_long_a_plan_may_be():
    assert ALOUD.budget(10) == 34
    assert Planning(steps=99).budget(10) == 34, "aloud the number of steps is that of what there is to say"
    assert Planning(aloud=False).budget(10) == 10
    assert Planning(aloud=False, steps=4, steps_per_node=1.5).budget(5) == 11
    assert Planning(aloud=False, steps=0).budget(100) == 0
    for planning in (ALOUD, SILENT):
        assert planning.rows(20) > planning.rows(10) > 10


@pytest.mark.parametrize("wrong", [{"steps": -1}, {"steps_per_node": -0.5}])
def test_a_plan_cannot_be_shorter_than_nothing(wrong):
    with pytest.raises(ValueError, match="must be 0 or more"):
        Planning(**wrong)


# --- as tensors -------------------------------------------------------------------------------------------

SMALL = Graph(np.array([[0, 0, 1], [1, 0, 0]]), 2, 1)
SHORT = Example(SMALL, ShortestPath(0, 1), (Triple(0, 0, 1),))
LONG = Example(MAP, ShortestPath(A, D), (TO_B, B_TO_D))


def spoken(batch):
    """Return the logits of a network that is sure and says the first right choice everywhere."""
    first = batch.credit.int().argmax(-1, keepdim=True).unsqueeze(-1).expand(-1, -1, 1, 3)
    bits = CODE.encode(batch.choices.gather(2, first).squeeze(2).numpy())
    return torch.from_numpy(bits).flatten(2) * 20


def test_a_batch_of_searches_of_different_sizes_is_padded():
    batch = encode([SHORT, LONG], rng(), ShortestPathTask(CODE, ALOUD))
    alone = encode([SHORT], rng(), ShortestPathTask(CODE, ALOUD))
    steps, choices = len(alone.steps), alone.choices.shape[2]
    assert batch.steps.shape[2] == 93
    assert batch.choices.shape[2] == 3 > choices
    assert batch.active.sum(0).tolist() == [steps, 21]
    assert torch.equal(batch.steps[:steps, 0], alone.steps[:, 0])
    assert torch.equal(batch.choices[:steps, 0, :choices], alone.choices[:, 0])
    for flags in (batch.credit, batch.among):
        assert not flags[steps:, 0].any()
        assert not flags[:, 0, choices:].any()
    assert not (batch.answer_mask & ~batch.active).any()
    assert not batch.answering[steps:, 0].any()
    assert (batch.steps[steps:, 0] == 0).all()
    assert batch.spare == ALOUD.rows(7), "that of the larger graph"
    assert batch.rows == 8 + batch.spare


def test_what_is_wanted_is_planning_and_then_the_answer():
    batch = encode([LONG], rng(), ShortestPathTask(CODE, ALOUD))
    planning = batch.steps[:, 0, 90 + PLANNING] > 0
    assert torch.equal(batch.answer_mask[:, 0], planning | batch.answering[:, 0])
    assert not (planning & batch.answering[:, 0]).any()
    assert not batch.answer_mask[0, 0], "the query asks for nothing"
    assert batch.description[:, 0, 90:].sum() == 0


def test_an_episode_is_right_where_one_right_choice_is_said_at_every_step():
    batch = encode([SHORT, LONG], rng(1), ShortestPathTask(CODE, ALOUD))
    logits = spoken(batch)
    assert whole_answers_right(logits, batch, CODE).tolist() == [True, True]
    for index in (0, 1):
        for step in batch.answer_mask[:, index].nonzero().flatten().tolist():
            wrong = logits.clone()
            place = wrong[step, index].view(3, 3, 10)[0, 0]
            place.copy_(place.roll(1))
            expected = [True, True]
            expected[index] = False
            assert whole_answers_right(wrong, batch, CODE).tolist() == expected


def test_labels_and_searches_are_fresh_each_time_but_follow_the_seed():
    generator = rng(1)
    first, second = (encode([LONG] * 4, generator, ShortestPathTask(CODE, ALOUD)) for _ in range(2))
    again = encode([LONG] * 4, rng(1), ShortestPathTask(CODE, ALOUD))
    assert torch.equal(first.steps, again.steps)
    assert torch.equal(first.choices, again.choices)
    assert not torch.equal(first.steps, second.steps)


def test_a_shortest_path_cannot_be_laid_out_without_a_plan():
    with pytest.raises(ValueError, match="planned"):
        ShortestPathTask(CODE)
    walk = Example(MAP, Traversal(A, (0,)), (TO_C,))
    assert encode([walk], rng(), TraversalTask(CODE)).steps.shape == (3, 1, 92)
