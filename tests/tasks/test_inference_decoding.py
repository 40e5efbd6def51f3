"""How a network is asked for relations: what it hears, when it ends, and which path it names."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from networks import INFERENCE
from stand_ins import Follower, Talker
from step_answers import ALOUD, END_OF_ALL, Babbler, rng

from graphdnc.answering.decoding import Decoder
from graphdnc.datasets.questions.inference import every_relation
from graphdnc.episodes.encoding import describe, show
from graphdnc.episodes.labels import END, DigitCode, Labels, draw_labels
from graphdnc.episodes.steps import BLANK
from graphdnc.graph import Graph, Triple
from graphdnc.model.dnc import DNC
from graphdnc.model.runtime.eager import EagerNetwork
from graphdnc.oracle.solve import is_answer
from graphdnc.questions import Relation
from graphdnc.questions.relation_table import EDGES, SEQUENCES, number_of
from graphdnc.tasks.inference import BUDGET, InferenceTask, lay_out
from graphdnc.tasks.votes import Vote

KNOWN = DigitCode(known_relations=True)
#   0 -0-> 1 -4-> 2 -2-> 3, and from every node an edge 9 to the next; (0, 4, 2) is a relation
CHAIN = Graph(np.array([[0, 0, 1], [1, 4, 2], [2, 2, 3], *[[n, 9, (n + 1) % 4] for n in range(4)]]), 4, EDGES)
CHAIN_LABELS = Labels(np.array([100, 200, 300, 400]), np.arange(EDGES))
ASKED = Relation(0, number_of((0, 4, 2)))


def relate(network, graphs, questions, seed=0, labels=None):
    """Ask where relations lead, each of its graph."""
    task = InferenceTask(KNOWN, ALOUD)
    labels = labels or [draw_labels(rng(seed + index), graph, KNOWN) for index, graph in enumerate(graphs)]
    described = [describe(*pair, rng(seed)) for pair in zip(graphs, labels, strict=True)]
    lengths = [len(triples) for triples in described]
    shown = np.full((max(lengths), len(graphs), 3), BLANK)
    for index, triples in enumerate(described):
        shown[: len(triples), index] = triples
    inputs = show(shown, np.zeros((*shown.shape[:2], 3), np.float32), KNOWN)
    rows = len(inputs) + task.spare_rows(questions[0], 0)
    state = network.memorise(inputs, np.array(lengths), rows)
    return Decoder(network, task).answer(state, graphs, questions, labels)


def follower(**options):
    return Talker(lambda triples, number: Follower(triples, **options))


@st.composite
def edge_graphs(draw):
    """Graphs in which many relations can be followed: few nodes, few dead ends."""
    nodes, seed = draw(st.integers(2, 5)), draw(st.integers(0, 10**6))
    drawing = rng(seed)
    rows = [(node, edge, int(drawing.integers(nodes))) for node in range(nodes) for edge in range(EDGES)]
    kept = [row for row in rows if drawing.random() < 0.7] or rows[:1]
    return Graph(np.array(kept), nodes, EDGES)


@settings(max_examples=15)
@given(edge_graphs(), st.integers(2, 5), st.integers(0, 1000))
def test_who_follows_as_is_taught_answers_every_relation(graph, length, seed):
    examples = every_relation(graph, length)[:40]
    if not examples:
        return
    network = follower()
    votes = relate(network, [graph] * len(examples), [each.question for each in examples], seed)
    assert network.steps <= 2 + BUDGET
    for example, vote in zip(examples, votes, strict=True):
        assert vote.path == example.answer
        assert not vote.denies
        assert vote.probability == pytest.approx(1, abs=1e-3)


def test_what_is_heard_of_a_relation_is_what_is_taught():
    network = follower()
    (vote,) = relate(network, [CHAIN], [ASKED], labels=[CHAIN_LABELS])
    assert vote.path == (Triple(0, 0, 1), Triple(1, 4, 2), Triple(2, 2, 3))
    steps = lay_out(ASKED, vote.path, CHAIN_LABELS, ALOUD)
    taught = zip(steps.shown.tolist(), steps.channels.astype(int).tolist(), strict=True)
    assert network.heard[0] == [(tuple(shown), tuple(channels)) for shown, channels in taught]


def test_a_network_may_follow_five_edges_and_no_more():
    long = Relation(0, next(number for number, edges in enumerate(SEQUENCES) if len(edges) == 5))
    five = Graph(np.array([(n, edge, n + 1) for n, edge in enumerate(long.edges)]), 6, EDGES)
    (vote,) = relate(follower(), [five], [long])
    assert len(vote.path) == 5
    endless = Graph(np.array([(0, edge, 0) for edge in range(EDGES)]), 1, EDGES)
    network = follower(swap={long.relation: (0,) * 100})
    (vote,) = relate(network, [endless], [long])
    assert network.steps == 2 + BUDGET
    assert sum(channels[2] for _, channels in network.heard[0]) == BUDGET
    assert len(vote.path or ()) <= 5


@pytest.mark.parametrize("edges", [(1, 4, 2), (0, 4, 3), (0, 0, 2)])
def test_an_edge_that_is_not_there_leads_nowhere(edges):
    (vote,) = relate(follower(swap={ASKED.relation: edges}), [CHAIN], [ASKED])
    assert (vote.path, vote.denies) == (None, False)


def test_who_names_another_end_than_it_came_to_has_no_path():
    (vote,) = relate(follower(lost=True), [CHAIN], [ASKED])
    assert (vote.path, vote.denies) == (None, False)


def test_another_edge_that_is_there_gives_its_own_way_which_is_no_answer():
    (vote,) = relate(follower(swap={ASKED.relation: (9, 4, 2)}), [CHAIN], [ASKED])
    assert vote.path == (Triple(0, 9, 1), Triple(1, 4, 2), Triple(2, 2, 3))
    assert not is_answer(CHAIN, ASKED, vote.path)


@pytest.mark.parametrize("place", [0, 1])
def test_an_answer_repeats_the_question(place):
    def mind(triples, number):
        follow = Follower(triples)

        def says(heard, channels):
            said = follow(heard, channels)
            if channels[1]:
                return [333 if index == place else label for index, label in enumerate(said)]
            return said

        return says

    (vote,) = relate(Talker(mind), [CHAIN], [ASKED], labels=[CHAIN_LABELS])
    assert vote.path is None


@pytest.mark.parametrize("made_up", [(100, 0, 400), (300, 0, 200)])
def test_an_edge_that_is_made_up_leads_nowhere(made_up):
    """It says one edge that is not there, to a node that is, or from a node that it is not at."""
    minds = {(100, 0, BLANK): made_up, made_up: END_OF_ALL, (-1, -1, 100): (100, 0, END)}

    def mind(triples, number):
        answer = (100, EDGES + ASKED.relation, made_up[2])
        return lambda heard, channels: answer if channels[1] else minds.get(tuple(heard))

    (vote,) = relate(Talker(mind), [CHAIN], [ASKED], labels=[CHAIN_LABELS])
    assert vote.path is None


@settings(max_examples=40)
@given(st.integers(0, 10**6), st.integers(1, 6))
def test_nonsense_about_relations_ends_and_names_no_path_that_is_not_there(seed, count_):
    network = Talker(lambda triples, number: Babbler(triples, seed + number))
    votes = relate(network, [CHAIN] * count_, [ASKED] * count_, seed)
    assert network.steps <= 2 + BUDGET
    for vote in votes:
        assert not vote.denies
        if vote.path is not None:
            assert all(triple in CHAIN.leaving(triple.source) for triple in vote.path)


@pytest.mark.parametrize("seed", range(4))
def test_relations_asked_together_are_answered_as_alone(seed):
    triples = [(node, edge, (node + edge) % 3) for node in range(3) for edge in range(EDGES)]
    other = Graph(np.array(triples), 3, EDGES)
    asked = [(CHAIN, ASKED), *((other, Relation(number % 3, 90 * number)) for number in range(5))]
    labels = [draw_labels(rng(seed + index), graph, KNOWN) for index, (graph, _) in enumerate(asked)]
    for mind in (lambda triples, number: Follower(triples), lambda triples, number: Babbler(triples, number)):
        many = Talker(mind)
        together = relate(many, *zip(*asked, strict=True), labels=labels)
        for index, (graph, question) in enumerate(asked):
            one = Talker(lambda triples, number, index=index, mind=mind: mind(triples, index))
            (alone,) = relate(one, [graph], [question], labels=[labels[index]])
            assert one.heard[0] == many.heard[index]
            assert alone == together[index]


@pytest.mark.parametrize("fast", [True, False])
def test_a_real_network_answers_relations_within_its_budget(fast):
    torch.manual_seed(1)
    network = DNC(INFERENCE).eval()
    network.use_kernels = fast
    with torch.no_grad():
        for parameter in network.parameters():
            parameter.add_(0.1 * torch.randn_like(parameter))
    for vote in relate(EagerNetwork(network), [CHAIN] * 8, [Relation(0, 50 * number) for number in range(8)]):
        assert 0 <= vote.probability <= 1
        assert len(vote.path or ()) <= 5


def test_of_votes_on_a_relation_the_most_win_and_not_the_shortest():
    right = (Triple(0, 0, 1), Triple(1, 4, 2), Triple(2, 2, 3))
    votes = [Vote(right, 0.9)] * 15 + [Vote((Triple(0, 9, 1),), 0.1)]
    verdict = InferenceTask.count(ASKED, votes)
    assert (verdict.path, verdict.agreeing) == (right, 15)
