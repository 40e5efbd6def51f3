"""What is drawn of a graph: lines, layouts, generations, and the way of an answer."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from graphdnc.answering.answer import Answer
from graphdnc.answering.path_answer import CheckedPath
from graphdnc.datasets.real import real_graph_path
from graphdnc.graph import Graph, Triple
from graphdnc.kinship.facts import facts_of
from graphdnc.pictures.generations import by_generations
from graphdnc.pictures.layouts import by_coordinates, by_distances
from graphdnc.pictures.lines import DASHES, PALETTE, lines_of
from graphdnc.pictures.scene import MOST_NODES, PART, Edge, scene_of, sides
from graphdnc.questions import ShortestPath, Traversal
from graphdnc.readers import read_graph
from graphdnc.readers.notes import Look


def checked(graph, question, path):
    answer = Answer(question, path, False, 1.0, 1, 1, 0.0, 1, paths=(path,) if path else ())
    return CheckedPath("a question", graph, answer, [path], "", "a network")


def two_way(*stations, line="Red"):
    pairs = list(itertools.pairwise(stations))
    there = [(a, f"{line} northbound", b) for a, b in pairs]
    return there + [(b, f"{line} southbound", a) for a, b in pairs]


@pytest.mark.parametrize(
    ("relation", "line"),
    [
        ("Victoria northbound", "Victoria"),
        ("Northern southbound via Charing Cross", "Northern"),
        ("District westbound to Wimbledon", "District"),
        ("Circle anticlockwise", "Circle"),
        ("12 towards Oxford Circus", "12"),
        ("S1 (inbound)", "S1"),
        ("towards Hove", "towards Hove"),
        ("mother", "mother"),
    ],
)
def test_a_relation_belongs_to_a_line(relation, line):
    (drawn,), _ = lines_of(Graph.from_triples([("a", relation, "b")]), {}, joined=True)
    assert drawn.name == line


def test_lines_have_the_colours_of_the_file_or_different_ones():
    graph = Graph.from_triples(
        [("a", f"L{n} {way}bound", "b") for n in range(14) for way in ("north", "south")]
    )
    lines, belongs = lines_of(graph, {"L3 northbound": "#123456"}, joined=True)
    assert belongs == [n // 2 for n in range(28)]
    assert lines[3].colour == "#123456"
    assert len({(line.colour, line.dash) for line in lines}) == 14
    assert (lines[12].colour, lines[12].dash) == (PALETTE[0], DASHES[1])
    apart, _ = lines_of(graph, {}, joined=False)
    assert len(apart) == 28


def test_distances_on_paper_are_those_in_the_graph():
    pairs = [(n, n + 1) for n in range(9)]
    drawn = by_distances(10, pairs)
    away = np.linalg.norm(drawn[:, None] - drawn, axis=-1)
    assert np.allclose(away, abs(np.subtract.outer(range(10), range(10))), atol=0.05)
    assert np.ptp(drawn[:, 0]) > np.ptp(drawn[:, 1]), "the longest side lies across"
    assert np.array_equal(drawn, by_distances(10, pairs)), "the same graph is drawn the same"


def test_parts_that_are_not_connected_do_not_overlap():
    drawn = by_distances(7, [(0, 1), (1, 2), (2, 0), (3, 4), (5, 5)])
    away = np.linalg.norm(drawn[:, None] - drawn, axis=-1)[np.triu_indices(7, 1)]
    assert away.min() > 0.5
    assert by_distances(0, []).shape == (0, 2)


def test_coordinates_are_kept_and_degrees_are_as_long_as_on_the_ground():
    places = np.array([[0.0, 60.0], [1.0, 60.0], [0.0, 61.0]])
    east, north = np.ptp(by_coordinates(places, geographic=True), axis=0)
    assert north == pytest.approx(2 * east, rel=0.02)
    flat = by_coordinates(places, geographic=False)
    assert np.linalg.norm(flat[0] - flat[1]) == pytest.approx(1)
    assert flat[2, 1] < flat[0, 1], "north is up"
    assert np.isfinite(by_coordinates(np.zeros((3, 2)), geographic=False)).all()


def test_a_map_of_lines_is_drawn_with_its_way():
    graph = Graph.from_triples(two_way("a", "b", "c") + two_way("b", "c", "d", line="Blue"))
    path = (Triple(0, 0, 1), Triple(1, 0, 2))
    scene = scene_of(checked(graph, ShortestPath(0, 2), path))
    assert (scene.kind, [line.name for line in scene.lines]) == ("lines", ["Red", "Blue"])
    assert sorted(scene.edges) == [
        Edge(0, 1, 0, False),
        Edge(1, 2, 0, False),
        Edge(1, 2, 1, False),
        Edge(2, 3, 1, False),
    ]
    assert [hop[:3] for hop in scene.ways[0]] == [(0, 1, 0), (1, 2, 0)]
    assert (scene.asked, scene.ends) == ([0, 2], [2])


def test_coordinates_of_the_file_are_used_if_all_nodes_have_them():
    graph = Graph.from_triples(two_way("a", "b", "c"))
    look = Look({"a": (0.0, 0.0), "b": (0.0, 1.0), "c": (0.0, 5.0)})
    drawn = scene_of(checked(graph, ShortestPath(0, 2), ()), look).positions
    assert drawn[0, 1] - drawn[2, 1] == pytest.approx(5 * (drawn[0, 1] - drawn[1, 1]))
    del look.places["b"]
    assert np.ptp(scene_of(checked(graph, ShortestPath(0, 2), ()), look).positions[:, 0]) == pytest.approx(
        2, abs=0.05
    )


def test_other_graphs_have_arrows_and_their_relations():
    graph = Graph.from_triples(
        [("flask", "needs", "click"), ("flask", "needs", "jinja"), ("jinja", "uses", "x")]
    )
    scene = scene_of(checked(graph, Traversal(0, (0,)), (Triple(0, 0, 1),)))
    assert scene.kind == "graph"
    assert all(edge.one_way for edge in scene.edges)
    assert scene.relations == {"needs": 0, "uses": 1}


def test_parents_are_above_their_children_and_couples_side_by_side():
    graph = read_graph(real_graph_path("family"))
    facts = facts_of(graph)
    people = list(range(graph.nodes))
    drawn = by_generations(people, facts)
    for person in people:
        for parent in facts.steps["parent"][person]:
            assert drawn[person, 1] == drawn[parent, 1] + 1
        for partner in facts.steps["spouse"][person]:
            assert drawn[person, 1] == drawn[partner, 1]
            assert abs(drawn[person, 0] - drawn[partner, 0]) == pytest.approx(1)
    places = {(round(x, 6), y) for x, y in drawn}
    assert len(places) == len(people), "nobody stands on anybody"


def test_of_a_large_graph_the_part_around_the_answer_is_drawn():
    count = MOST_NODES + 100
    graph = Graph.from_triples([(f"s{n}", "next", f"s{(n + 1) % count}") for n in range(count)])
    path = (Triple(500, 0, 501), Triple(501, 0, 502))
    scene = scene_of(checked(graph, Traversal(500, (0, 0)), path))
    assert (len(scene.names), scene.whole) == (PART, count)
    assert {"s500", "s501", "s502", "s499"} <= set(scene.names)
    assert [scene.names[hop.target] for hop in scene.ways[0]] == ["s501", "s502"]


def test_edges_between_the_same_two_nodes_lie_side_by_side():
    edges = [Edge(0, 1, 0, False), Edge(1, 0, 1, True), Edge(0, 1, 2, True), Edge(1, 2, 0, True)]
    assert sides(edges) == [-1.0, 0.0, 1.0, 0.0]


def test_in_a_picture_no_two_parallel_lines_cover_each_other():
    pytest.importorskip("matplotlib", reason="the extra plots is not installed")
    from graphdnc.pictures import route

    graph = Graph.from_triples(two_way("a", "b", "c") + two_way("a", "b", line="Blue"))
    scene = scene_of(checked(graph, Traversal(0, (0,)), (Triple(0, 0, 1),)))
    between = [edge for edge in scene.edges if {*edge[:2]} == {0, 1}]
    shifts = [route._shift(scene, edge, side) for edge, side in zip(between, sides(between), strict=True)]
    assert len(between) == 2
    along = scene.positions[1] - scene.positions[0]
    (first, second) = map(np.array, shifts)
    assert np.allclose([first @ along, second @ along], 0, atol=1e-9), "they are moved across the way"
    assert np.allclose(first, -second)
    assert np.linalg.norm(first - second) == pytest.approx(1)
