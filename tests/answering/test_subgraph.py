"""Parts of large graphs: always a part, never more than there is room for, and the answer within it."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from graphdnc.answering.subgraph import Subgraph, SubgraphLimits
from graphdnc.answering.subgraph_choice import around, between
from graphdnc.errors import CapacityError
from graphdnc.graph import Graph, Triple
from graphdnc.oracle.distances import distances
from graphdnc.oracle.solve import is_answer, shortest_path, traverse
from graphdnc.questions import ShortestPath, Traversal


def graphs(most_nodes: int = 12, most_relations: int = 4) -> st.SearchStrategy[Graph]:
    def build(size: tuple[int, int]) -> st.SearchStrategy[Graph]:
        nodes, relations = size
        node = st.integers(0, nodes - 1)
        triples = st.sets(st.tuples(node, st.integers(0, relations - 1), node), min_size=1, max_size=40)
        return triples.map(lambda rows: Graph(np.array(sorted(rows)), nodes, relations))

    return st.tuples(st.integers(2, most_nodes), st.integers(1, most_relations)).flatmap(build)


ROOMS = st.builds(SubgraphLimits, st.integers(2, 13), st.integers(2, 5), st.integers(2, 45))


def fits(part: Subgraph, room: SubgraphLimits) -> None:
    """Assert that a part is one, and no larger than the room."""
    assert part.graph.nodes <= room.nodes
    assert part.graph.relations <= room.relations
    assert len(part.graph) <= room.triples
    whole = set(part.whole)
    assert all(triple in whole for triple in part.outside(tuple(part.graph)))
    assert len(set(part.outside(tuple(part.graph)))) == len(part.graph) == len(part.rows)


@given(st.data(), graphs(), ROOMS)
def test_the_part_of_a_traversal_holds_every_walk_along_its_prefix(data, graph, room):
    start = data.draw(st.integers(0, graph.nodes - 1))
    relations = data.draw(st.lists(st.integers(0, graph.relations - 1), min_size=1, max_size=5))
    question = Traversal(start, tuple(relations))
    part = around(graph, question, room)
    fits(part, room)
    assert part.prefix
    assert part.prefix == question.relations[: len(part.prefix)]
    inside = part.question_inside(Traversal(start, part.prefix))
    assert part.nodes[inside.start] == start
    assert tuple(part.relations[list(inside.relations)].tolist()) == part.prefix
    if part.complete:
        first = Traversal(start, part.prefix)
        assert ends(part.graph, inside, part) == ends(graph, first)
    if room.allow(graph):
        assert (part.prefix, part.complete) == (question.relations, True)


def test_relations_of_a_prefix_have_a_place_before_any_other():
    """The one relation near the start must not take the room of the two that are asked for."""
    graph, room = Graph(np.array([[0, 0, 0], [1, 2, 0]]), 2, 3), SubgraphLimits(2, 2, 2)
    part = around(graph, Traversal(1, (0, 1, 2)), room)
    fits(part, room)
    assert part.prefix == (0, 1)


def ends(graph: Graph, question: Traversal, part: Subgraph | None = None) -> set[int]:
    nodes = {question.start}
    for relation in question.relations:
        nodes = {triple.target for node in nodes for triple in graph.follow(node, relation)}
    return nodes if part is None else set(part.nodes[list(nodes)].tolist())


@given(st.data(), graphs(), ROOMS)
def test_the_part_of_a_shortest_path_holds_one_whole(data, graph, room):
    node = st.integers(0, graph.nodes - 1)
    question = ShortestPath(data.draw(node), data.draw(node))
    fewest = int(distances(graph, question.goal)[question.start])
    # as many relations as a way can have: labels of relations are never fewer than those of nodes
    room = SubgraphLimits(room.nodes, max(room.nodes, room.relations), room.triples)
    if fewest >= 0 and (fewest + 1 > room.nodes or fewest > room.triples):
        with pytest.raises(CapacityError, match="ask in parts, by way of"):
            between(graph, question, room)
        return
    part = between(graph, question, room)
    fits(part, room)
    inside = part.question_inside(question)
    assert distances(part.graph, inside.goal)[inside.start] == fewest
    if fewest >= 0:
        assert is_answer(graph, question, part.outside(shortest_path(part.graph, inside)))


def grid(size: int) -> Graph:
    """Return streets one way east and south, all of whose ways between two corners are equally short."""
    rows = [
        (f"{x},{y}", way, f"{x + (way == 'e')},{y + (way == 's')}")
        for x in range(size)
        for y in range(size)
        for way in "es"
        if (x if way == "e" else y) < size - 1
    ]
    return Graph.from_triples(rows)


def test_of_too_many_ways_equally_short_some_are_left_whole():
    city = grid(40)
    names = {city.node_name(node): node for node in range(city.nodes)}
    question = ShortestPath(names["0,0"], names["39,39"])
    room = SubgraphLimits(300, 300, 500)
    part = between(city, question, room)
    fits(part, room)
    assert part.graph.nodes > 200, "more than one way"
    inside = part.question_inside(question)
    assert len(shortest_path(part.graph, inside)) == 78


def test_a_long_way_gets_more_room():
    city = grid(40)
    names = {city.node_name(node): node for node in range(city.nodes)}
    question = ShortestPath(names["0,0"], names["39,39"])
    with pytest.raises(CapacityError, match="more than 49 steps"):
        between(city, question, SubgraphLimits(50, 50, 500))
    assert (
        between(city, question, SubgraphLimits(50, 50, 500), SubgraphLimits(400, 400, 900)).graph.nodes > 300
    )


def test_room_is_filled_with_what_is_next():
    """One line of ten stations is asked for; what it leads to further on and other lines fill the part."""
    line = [(f"s{number}", "red", f"s{number + 1}") for number in range(10)]
    other = [(f"s{number}", "blue", f"t{number}") for number in range(10)]
    graph = Graph.from_triples([*line, *other])
    part = around(graph, Traversal(0, (0, 0)), SubgraphLimits(14, 9, 99))
    assert part.graph.nodes == 14
    assert sum(relation == 1 for _, relation, _ in part.graph) >= 3
    assert part.prefix == (0, 0)
    tight = around(graph, Traversal(0, (0, 0)), SubgraphLimits(14, 9, 4))
    assert [tuple(triple) for triple in tight.outside(tuple(tight.graph))] == [
        tuple(Triple(number, 0, number + 1)) for number in range(4)
    ]


def test_a_walk_reaches_as_far_as_all_that_is_near_fits():
    """A binary tree of two relations: 31 nodes are within four steps."""
    tree = Graph.from_triples((str(n), "lr"[k], str(2 * n + k)) for n in range(1, 256) for k in range(2))
    question = Traversal(0, (0, 1, 1, 0, 0, 1))
    assert len(around(tree, question, SubgraphLimits(31, 9, 99)).prefix) == 4
    assert len(around(tree, question, SubgraphLimits(30, 9, 99)).prefix) == 3
    assert around(tree, question, SubgraphLimits(127, 9, 200)).prefix == question.relations


def test_a_relation_that_leads_to_more_places_than_fit_is_said_to():
    star = Graph.from_triples([("hub", "r", str(number)) for number in range(50)])
    for room in (SubgraphLimits(20, 9, 99), SubgraphLimits(60, 9, 20)):
        part = around(star, Traversal(0, (0,)), room)
        fits(part, room)
        assert (part.prefix, part.complete) == ((0,), False)
        assert len(part.graph) >= 19
    assert around(star, Traversal(0, (0,)), SubgraphLimits(51, 9, 50)).complete


def test_all_answers_of_an_ambiguous_walk_are_in_the_part():
    graph = Graph.from_triples([("a", "r", "b"), ("a", "r", "c"), ("b", "s", "d"), ("c", "s", "e")])
    part = around(graph, Traversal(0, (0, 1)), SubgraphLimits(9, 9, 9))
    inside = part.question_inside(Traversal(0, part.prefix))
    found = {part.outside(path) for path in traverse(part.graph, inside)}
    assert found == set(traverse(graph, Traversal(0, (0, 1))))


def test_a_part_too_small_for_anything_is_no_room():
    with pytest.raises(ValueError, match="needs at least two nodes"):
        SubgraphLimits(1, 5, 5)
