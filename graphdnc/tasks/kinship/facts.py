"""The facts of a family in labels, each stated from both sides."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from graphdnc.episodes.labels import Labels
from graphdnc.graph import Graph
from graphdnc.kinship.facts import OPPOSITE, roles_of
from graphdnc.kinship.rules import SEXES, WORDS
from graphdnc.tasks.kinship.layout import REVERSED, Statement


def facts_in_labels(graph: Graph, labels: Labels) -> set[Statement]:
    """Return all facts of a family in labels, each stated from both sides.

    Triples that state no kinship, or lead from a person to itself, are left out.
    """
    facts = set()
    for triple in graph:
        role = roles_of(graph).get(triple.relation)
        if role and triple.source != triple.target:
            source, target = int(labels.nodes[triple.source]), int(labels.nodes[triple.target])
            facts.add((source, relation_label(*role), target))
            facts.add((target, REVERSED + relation_label(OPPOSITE[role[0]], None), source))
    return facts


def describe(graph: Graph, labels: Labels, rng: np.random.Generator) -> NDArray[np.int64]:
    """Return the facts of a family in labels, ``[rows, 3]``, in random order."""
    facts = np.array(sorted(facts_in_labels(graph, labels)), np.int64).reshape(-1, 3)
    return facts[rng.permutation(len(facts))]


def relation_label(step: str, sex: str | None) -> int:
    """Return the label of a fact's relation: the tens digit gives the step, the last digit the sex."""
    return 10 * (1 + list(WORDS).index(step)) + (1 + SEXES.index(sex) if sex else 0)
