"""Shortest paths in time: the layout of search and moves, planning as a setting, and batches of both."""

from __future__ import annotations

import networkx as nx
import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from in_networkx import to_networkx
from searches import (
    ALOUD,
    B_TO_D,
    C_TO_D,
    CODE,
    D_TO_A,
    LABELS,
    LOOPS,
    MAP,
    SILENT,
    TO_B,
    TO_C,
    A,
    B,
    C,
    Choose,
    D,
    E,
    F,
    rng,
    said,
)
from small_graphs import small_graphs

from graphdnc.datasets.questions.shortest_path import pairs, shortest_path_between
from graphdnc.episodes.labels import END, Labels
from graphdnc.episodes.planning import Planning
from graphdnc.episodes.steps import ANSWER_WANTED, BLANK, PLANNING, TRANSITION
from graphdnc.graph import Graph, Triple
from graphdnc.questions import Example, ShortestPath, Traversal
from graphdnc.tasks.shortest_path.layout import lay_out, teach, without_loops
from graphdnc.tasks.shortest_path.task import ShortestPathTask
from graphdnc.tasks.traversal import TraversalTask
from graphdnc.tasks.votes import Vote
from graphdnc.training.loss import whole_answers_right
from graphdnc.training.tensors import encode


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
        ((11, 0, 22), (0, 0, 1), free()),
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


def test_where_no_path_leads_the_search_continues_until_nothing_is_left():
    steps = lay_out(MAP, ShortestPath(E, F), (), LABELS, ALOUD, Choose())
    assert steps.shown.tolist() == [[55, -1, 66], [66, -1, -1], [-1, -1, 66], [66, -1, -1]]
    assert said(steps, 3) == ([[0, 0, 0]], [])
    assert not steps.channels[:, ANSWER_WANTED].any()


@pytest.mark.parametrize(("denied", "right"), [(3, True), (2, False)])
def test_it_is_right_to_deny_a_path_only_where_there_is_none(denied, right):
    votes = [Vote(None, 0.9, True)] * denied + [Vote(None, 0.1)] * (4 - denied)
    assert ShortestPathTask.is_right(Example(MAP, ShortestPath(E, F), ()), votes) == right
    assert not ShortestPathTask.is_right(Example(MAP, ShortestPath(A, B), (TO_B,)), votes)
    assert ShortestPathTask.is_right(Example(MAP, ShortestPath(D, D), ()), [Vote((), 1.0)])


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
    ways = nx.single_source_shortest_path_length(to_networkx(graph).reverse(), str(question.goal))
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
    assert steps.credit[1 : first - 1].any(1).all() == planning.aloud
    assert not steps.credit[first - 1].any(), "the start is found: there is nothing to say"
    assert steps.channels[:, TRANSITION].sum() == 2 + planning.aloud


@given(examples())
def test_planning_in_the_layout_is_what_is_taught(example):
    names = Labels(np.arange(example.graph.nodes) + 100, np.arange(example.graph.relations))
    steps = lay_out(example.graph, example.question, example.answer, names, ALOUD, rng(5))
    question = example.question
    search = teach(without_loops(example.graph), question.goal, rng(5), until=question.start)
    assert search[-1][0][0] == question.start, "the search ends where the start is found"
    assert steps.channels[:, PLANNING].sum() == len(search) == len(steps) - 1 - len(example.answer)
    for index, (heard, statements) in enumerate(search, start=1):
        shown = [BLANK if number == BLANK else number + 100 for number in heard]
        shown[1] = heard[1]
        assert steps.shown[index].tolist() == shown
        spoken = np.array(statements, np.int64).reshape(-1, 3)
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
    assert batch.active.sum(0).tolist() == [steps, 10]
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
    wanted = planning | batch.answering[:, 0]
    wanted[planning.nonzero().max()] = False  # the start is found
    assert torch.equal(batch.answer_mask[:, 0], wanted)
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
