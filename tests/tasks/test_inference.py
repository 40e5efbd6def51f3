"""Relations in time: the query, the edges said one by one, and the answer."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from relation_episodes import ALOUD, CHAIN, CODE, LABELS, TASK, example, rng
from tensors import labels_of

from graphdnc.datasets.questions.inference import followable, relation_from
from graphdnc.episodes.labels import END, DigitCode, draw_labels
from graphdnc.episodes.steps import ANSWER_WANTED, BLANK, PLANNING, TRANSITION
from graphdnc.graph import Graph, Triple
from graphdnc.oracle.solve import is_answer
from graphdnc.questions import Relation
from graphdnc.questions.relation_table import EDGES, LENGTHS, SEQUENCES, number_of
from graphdnc.tasks.inference import BUDGET, SPARE, as_heard, lay_out, query
from graphdnc.training.tensors import encode


def test_an_episode_by_hand() -> None:
    """Edge 0 has the label of END; it is heard all the same."""
    question = Relation(0, number_of((0, 4, 2)))
    answer = (Triple(0, 0, 1), Triple(1, 4, 2), Triple(2, 2, 3))
    asked = EDGES + question.relation
    steps = lay_out(question, answer, LABELS, ALOUD)
    table = [
        #  heard          transition, answer wanted, planning    may be said
        ((11, asked, -1), (1, 0, 0), []),
        ((-1, -1, 11), (1, 0, 1), [[11, 0, 0]]),
        ((11, 0, -1), (0, 0, 1), [[11, 0, 22]]),
        ((11, 0, 22), (0, 0, 1), [[22, 4, 0]]),
        ((22, 4, -1), (0, 0, 1), [[22, 4, 33]]),
        ((22, 4, 33), (0, 0, 1), [[33, 2, 0]]),
        ((33, 2, -1), (0, 0, 1), [[33, 2, 44]]),
        ((33, 2, 44), (0, 0, 1), [[0, 0, 0]]),
        ((-1, -1, -1), (1, 1, 0), [[11, asked, 44]]),
    ]
    assert (TRANSITION, ANSWER_WANTED, PLANNING) == (0, 1, 2)
    assert len(steps) == len(table)
    for index, (shown, channels, right) in enumerate(table):
        assert tuple(steps.shown[index].tolist()) == shown, index
        assert tuple(steps.channels[index].tolist()) == channels, index
        assert steps.choices[index][steps.credit[index]].tolist() == right, index
    assert not steps.among.any(), "anything may be said, only this is right"


def test_what_is_said_is_heard_but_for_ends() -> None:
    said = np.array([[11, 0, END], [11, 0, 22], [11, 7, END], [END, END, END], [END, 3, 22]])
    assert as_heard(said).tolist() == [[11, 0, -1], [11, 0, 22], [11, 7, -1], [-1, 0, -1], [-1, 3, 22]]
    assert said[0, 2] == END, "what was said stays what it is"


def test_the_budget_is_that_of_the_longest_relation() -> None:
    assert LENGTHS[1] == 5
    assert BUDGET == 11
    ring = Graph(np.array([(node, edge, (node + 1) % 3) for node in range(3) for edge in range(10)]), 3, 10)
    for length in range(2, 6):
        start, relation = followable(ring, length)[0].tolist()
        asked = relation_from(ring, start, relation)
        steps = lay_out(asked.question, asked.answer, LABELS, ALOUD)  # type: ignore[arg-type]
        assert steps.channels[:, PLANNING].sum() == 2 * length + 1 <= BUDGET
        assert len(steps) == 2 * length + 3


@given(st.integers(0, 10**6), st.integers(2, 5))
def test_statements_follow_the_answer(seed: int, length: int) -> None:
    asked = example(seed, length)
    question, answer = asked.question, asked.answer
    assert isinstance(question, Relation)
    labels = draw_labels(rng(seed), asked.graph, CODE)
    steps = lay_out(question, answer, labels, ALOUD)
    assert is_answer(asked.graph, question, answer)
    planned = np.flatnonzero(steps.channels[:, PLANNING])
    assert planned.tolist() == list(range(1, len(steps) - 1))
    said = np.stack([steps.choices[index][steps.credit[index]][0] for index in planned])
    for before, after in pairwise(planned.tolist()):
        assert as_heard(said[before - 1 : before])[0].tolist() == steps.shown[after].tolist()
    names = {int(label): node for node, label in enumerate(labels.nodes)}
    found = [Triple(names[a], edge, names[c]) for a, edge, c in said[1:-1:2].tolist()]
    assert tuple(found) == answer
    assert tuple(said[:-1:2, 1].tolist()) == SEQUENCES[question.relation]
    assert (said[:-1:2, 2] == END).all()
    assert said[-1].tolist() == [END] * 3
    assert steps.credit.sum(1).tolist() == [0] + [1] * (len(steps) - 1)
    told = steps.choices[-1][steps.credit[-1]][0].tolist()
    assert told == [*steps.shown[0].tolist()[:2], labels.nodes[answer[-1].target]]


def test_known_relations_keep_their_labels_and_nodes_do_not() -> None:
    drawn = [draw_labels(rng(seed), CHAIN, CODE) for seed in range(20)]
    assert all(own.relations.tolist() == list(range(EDGES)) for own in drawn)
    assert len({tuple(own.nodes.tolist()) for own in drawn}) == 20
    assert all(END not in own.nodes for own in drawn)
    others = {tuple(draw_labels(rng(seed), CHAIN, DigitCode()).relations.tolist()) for seed in range(20)}
    assert len(others) == 20
    assert not DigitCode().known_relations


def test_a_batch_is_laid_out_with_a_few_spare_rows() -> None:
    examples = [example(seed) for seed in range(6)]
    batch = encode(examples, rng(), TASK)
    assert TASK.input_size == batch.steps.shape[-1] == batch.description.shape[-1] == 93
    assert batch.spare == SPARE == TASK.spare_rows(examples[0].question, 1000)
    assert batch.rows == max(len(each.graph) for each in examples) + SPARE
    assert batch.active.sum(0).tolist() == [2 * len(each.answer) + 3 for each in examples]
    assert batch.answer_mask.sum(0).tolist() == [2 * len(each.answer) + 2 for each in examples]
    assert batch.answering.sum(0).tolist() == [1] * 6
    assert all(own.relations.tolist() == list(range(EDGES)) for own in batch.labels)
    relations = labels_of(batch.steps[0, :, 30:60], CODE)
    assert relations.tolist() == [EDGES + each.question.relation for each in examples]  # type: ignore[union-attr]


def test_an_edge_from_a_node_to_itself_is_described() -> None:
    """A relation may have to walk it, unlike a shortest path."""
    loops = Graph(np.array([[0, 0, 0], [0, 4, 1], [1, 2, 0]]), 2, EDGES)
    assert len(TASK.encode_graphs([loops], rng()).inputs) == 3


def test_the_query_is_that_of_the_table() -> None:
    questions: Sequence[tuple[int, int]] = [(0, 0), (3, 399)]
    asked = [query(Relation(*each), LABELS) for each in questions]
    assert asked == [[11, 10, BLANK], [44, 409, BLANK]]
