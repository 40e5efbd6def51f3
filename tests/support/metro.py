"""A metro whose lines run both ways, walks on it, and what "towards" keeps of them, worked out by hand."""

from __future__ import annotations

from itertools import groupby, pairwise

import networkx as nx
import numpy as np
from hypothesis import strategies as st

from graphdnc.graph import Graph
from graphdnc.language.free.relation_names import find_relation
from graphdnc.names import find_node
from graphdnc.oracle.solve import traverse
from graphdnc.questions import Traversal

LINES = {
    "Northern": ("Angel", "Old Street", "Moorgate", "Bank", "London Bridge", "Borough"),
    "Central": ("Stratford", "Liverpool Street", "Bank", "St Paul's", "Holborn", "Oxford Circus"),
    "Circle": ("Moorgate", "Liverpool Street", "Aldgate", "Tower Hill", "Monument", "Temple", "Moorgate"),
}
ONE_WAY = [
    ("Oxford Circus", "Express", "Bank"),
    ("Bank", "Express", "Stratford"),
    ("Holborn", "Lift", "Bank"),
]
METRO = Graph.from_triples(
    [
        (here, line, there)
        for line, stations in LINES.items()
        for pair in pairwise(stations)
        for here, there in (pair, pair[::-1])
    ]
    + [*ONE_WAY, ("Bank", "Northern southbound", "London Bridge"), ("Pier", "Boat", "Bank")]
)


def asked(text, graph=METRO):
    """Return the question "Moorgate: 2 Northern > Bank, 1 Central"."""
    start, _, rest = text.partition(": ")
    steps = []
    for leg in rest.split(", "):
        count, said = leg.split(" ", 1)
        relation, _, goal = said.partition(" > ")
        aim = find_node(graph, goal) if goal else None
        steps += [(find_relation(graph, relation), aim)] * int(count)
    return Traversal(find_node(graph, start), *zip(*steps, strict=True))


def ends(graph, question):
    return [graph.node_name(end) for end in dict.fromkeys(p[-1].target for p in traverse(graph, question))]


def by_hand(graph, question):
    """Return all paths that answer, worked out leg by leg on lists of walks and by networkx."""
    paths = [()]
    for (relation, goal), run in groupby(question.steps):
        count = len(list(run))
        paths = [
            (*path, *leg)
            for path in paths
            for leg in legs(graph, path[-1].target if path else question.start, relation, goal, count)
        ]
    return paths


def legs(graph, begun, relation, goal, count):
    near = None if goal is None else nearness(graph, begun, relation, goal)
    walks, seen = [()], {begun}
    for _ in range(count):
        longer = []
        for walk in walks:
            here = walk[-1].target if walk else begun
            found = [t for t in graph if t[:2] == (here, relation) and (goal is None or t.target not in seen)]
            if goal is not None and (begun == goal or goal not in seen):
                known = [near[t.target] for t in found if t.target in near]
                found = [t for t in found if begun != goal and near.get(t.target) == min(known, default=-1)]
            longer += [(*walk, triple) for triple in found]
        walks = longer
        seen |= {walk[-1].target for walk in walks}
    return walks


def nearness(graph, begun, relation, goal):
    """Return how far the goal is from each place that leads there, as the leg counts it."""
    every = nx.MultiDiGraph([(source, target) for source, _, target in graph])
    every.add_nodes_from(range(graph.nodes))
    own = nx.MultiDiGraph([(source, target) for source, r, target in graph if r == relation])
    own.add_nodes_from(range(graph.nodes))
    if nx.has_path(own, goal, begun) and not nx.has_path(own, begun, goal):
        return {}
    counted = own if nx.has_path(own, begun, goal) else every
    return {
        node: nx.shortest_path_length(counted, node, goal)
        for node in counted
        if nx.has_path(counted, node, goal)
    }


@st.composite
def questions(draw, nodes=8):
    node, relation = st.integers(0, nodes - 1), st.integers(0, 1)
    one_way = draw(st.sets(st.tuples(node, relation, node), min_size=4, max_size=12))
    # a line is usually ridden both ways
    both = one_way | {(t, r, s) for s, r, t in one_way} if draw(st.booleans()) else one_way
    start = here = draw(st.sampled_from(sorted(source for source, _, _ in both)))
    run = []
    for _ in range(draw(st.integers(1, 2))):
        # at least without the direction most walks get somewhere
        leaving = sorted(r for source, r, _ in both if source == here)
        leg = draw(st.sampled_from(leaving or [0, 1]))
        goal = draw(st.none() | node | st.sampled_from(sorted(target for _, _, target in both)))
        for _ in range(draw(st.integers(1, 3))):
            run.append((leg, goal))
            there = sorted(target for source, r, target in both if (source, r) == (here, leg))
            here = draw(st.sampled_from(there)) if there else here
    return Graph(np.array(sorted(both)), nodes, 2), Traversal(start, *zip(*run, strict=True))
