"""Questions for relations that no triple states: sequences of edge labels."""

from __future__ import annotations

from functools import cache

import numpy as np
from numpy.typing import NDArray

from graphdnc.datasets.questions.task_questions import EvaluationSet, TaskQuestions
from graphdnc.errors import NoAnswer
from graphdnc.graph import Graph
from graphdnc.oracle.solve import answers
from graphdnc.questions import Example, Relation
from graphdnc.questions.relation_table import EDGES, LENGTHS, SEQUENCES, edge_labelled
from graphdnc.utils.ranges import Range, format_range

STEPS = (4, 4)
"""Edges of a relation on a graph file by default, as for the paper's family tree."""


def random_relation(rng: np.random.Generator, graph: Graph, length: int) -> Example:
    """Ask where a relation of ``length`` edges leads, uniformly among the results of :func:`followable`.

    Raises:
        ValueError: no relation of that length can be followed, or the graph has no edge labels.
    """
    found = followable(graph, length)
    if not len(found):
        raise ValueError(f"no relation of {length} edges can be followed in a graph of {len(graph)} triples")
    return relation_from(graph, *found[rng.integers(len(found))].tolist())


def relation_from(graph: Graph, start: int, relation: int) -> Example:
    """Ask where a relation leads from a start, as given by a row of :func:`followable`."""
    question = Relation(start, relation)
    return Example(graph, question, answers(graph, question)[0])


def every_relation(graph: Graph, length: int) -> list[Example]:
    """Return all questions for relations of ``length`` edges, as in the paper's test on a family."""
    return [relation_from(graph, start, relation) for start, relation in followable(graph, length).tolist()]


def followable(graph: Graph, length: int) -> NDArray[np.int64]:
    """Return all pairs of a start and a relation of ``length`` edges, in order, ``[pairs, 2]``.

    The relation can be followed from the start to its end, and each step leads to one node.

    Raises:
        ValueError: the graph has another number of relations than there are edge labels.
    """
    if graph.relations != EDGES:
        raise ValueError(f"a graph has {graph.relations} relations, {EDGES} edge labels are needed")
    # Where each edge label leads from each node; an extra node, which nothing leaves, means nowhere.
    leads = np.full((graph.nodes + 1, EDGES), graph.nodes)
    ways = np.zeros_like(leads)
    source, edge, target = graph.triples.T
    leads[source, edge] = target
    np.add.at(ways, (source, edge), 1)
    leads[ways > 1] = graph.nodes
    numbers, sequences = _relations(length)
    node = np.arange(graph.nodes)[:, None]
    for labels in sequences.T:
        node = leads[node, labels]
    start, which = np.nonzero(node < graph.nodes)
    return np.stack([start, numbers[which]], axis=1)


@cache
def _relations(length: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return the numbers of the relations of a length, and their edge labels ``[relations, length]``."""
    numbers = [number for number, edges in enumerate(SEQUENCES) if len(edges) == length]
    sequences = np.array([SEQUENCES[number] for number in numbers], dtype=np.int64)
    return np.array(numbers, dtype=np.int64), sequences.reshape(-1, length)


def all_relations(rng: np.random.Generator, graph: Graph, steps: Range | None) -> EvaluationSet:
    """Return a question for every node and relation of some numbers of edges, in random order.

    Raises:
        NoAnswer: no such relation can be followed.
        UsageError: the relations of the graph are not the edge labels.
    """
    low, high = steps or STEPS
    wanted, labelled = format_range((low, high)), edge_labelled(graph)
    found = [example for length in range(low, high + 1) for example in every_relation(labelled, length)]
    if not found:
        raise NoAnswer(f"no relation of {wanted} steps leads from any node; write --steps 2 to 5")
    examples = (found[index] for index in rng.permutation(len(found)))
    settings: dict[str, int | str] = {"triples": len(graph), "steps": wanted, "questions": len(found)}
    return EvaluationSet(examples, settings, len(found))


def _sentence(graph: Graph, question: Relation) -> str:
    start = graph.node_name(question.start)
    return f"Start at {start}, follow relation number {question.relation}: where am I?"


INFERENCE = TaskQuestions(
    draw=random_relation,
    on_graph=all_relations,
    sentence=_sentence,
    curricula={"random": "inference-paper"},
    generators=("random",),
    relations=EDGES,
    lengths=LENGTHS,
)
