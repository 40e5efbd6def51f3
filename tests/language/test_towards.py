"""Walks narrowed by "towards": what it means, how it is said, and that the shipped network answers it."""

from __future__ import annotations

import re
import sys
from itertools import groupby, pairwise

import networkx as nx
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from stand_ins import Walker, checkpoint

from graphdnc.answering.session import GraphSession
from graphdnc.answering.subgraph import SubgraphLimits
from graphdnc.answering.subgraph_session import SubgraphSession
from graphdnc.cli.ask.print_answer import exit_code, print_answer
from graphdnc.cli.main import main
from graphdnc.datasets.real import real_graph_path
from graphdnc.errors import NoAnswer, UnknownName, UsageError
from graphdnc.graph import Graph
from graphdnc.language.describe import describe, towards_example
from graphdnc.language.parse import parse_question
from graphdnc.language.suggestions import narrowing
from graphdnc.names import find_node, find_relation
from graphdnc.oracle.solve import is_answer, narrowed, traverse
from graphdnc.questions import Traversal
from graphdnc.readers import read_graph
from graphdnc.reasoner import Reasoner

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


# --- what it means ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("question", "found"),
    [
        ("Moorgate: 1 Northern", ["Old Street", "Bank"]),
        ("Moorgate: 1 Northern > Bank", ["Bank"]),
        ("Angel: 3 Northern > Borough", ["Bank"]),
        # the place is passed: the walk goes on, and not back
        ("Moorgate: 2 Northern > Bank", ["London Bridge"]),
        ("Moorgate: 3 Northern > Bank", ["Borough"]),
        # a leg of its own begins, on either side of the place
        ("Moorgate: 1 Northern > Bank, 1 Central > Oxford Circus", ["St Paul's"]),
        ("Moorgate: 1 Northern > Bank, 1 Central > Stratford", ["Liverpool Street"]),
        # the same relation towards another place
        ("Moorgate: 1 Northern > Bank, 1 Northern > Angel", ["Moorgate"]),
        # both directions are as near; gone past it, either way goes on
        ("Moorgate: 1 Circle > Tower Hill", ["Liverpool Street", "Temple"]),
        ("Moorgate: 3 Circle > Tower Hill", ["Tower Hill"]),
        # the line does not lead there: the nearest by all lines
        ("Old Street: 1 Northern > Holborn", ["Moorgate"]),
        ("Liverpool Street: 1 Central > Borough", ["Bank"]),
        ("Moorgate: 3 Northern > Holborn", ["Borough"]),
        # several places before the leg begins: each leg has its own direction
        ("Moorgate: 1 Northern, 2 Northern > Moorgate", ["Bank", "Old Street"]),
        # one relation is in doubt, the other not
        ("Pier: 1 Boat, 1 Northern > Angel", ["Moorgate"]),
        ("Oxford Circus: 2 Express > Stratford", ["Stratford"]),
    ],
)
def test_what_towards_keeps(question, found):
    assert sorted(ends(METRO, asked(question))) == sorted(found)


@pytest.mark.parametrize(
    ("question", "message"),
    [
        (
            "Bank: 1 Northern > Bank",
            "step 1: this is 'Bank' already, so nothing leads towards it; "
            "'Northern' leads towards London Bridge, Moorgate",
        ),
        (
            "Moorgate: 1 Northern > Pier",
            "step 1: there is no path from Moorgate to 'Pier'; 'Northern' leads towards Bank, Old Street",
        ),
        (
            "Bank: 1 Express > Oxford Circus",
            "step 1: 'Express' leads from 'Oxford Circus' to Bank, not back; "
            "what leaves it: Central, Express, Northern, Northern southbound",
        ),
        (
            "Moorgate: 4 Northern > Bank",
            "step 4: 'Northern' leads from Borough only to places already passed; follow it fewer times",
        ),
        (
            "Old Street: 5 Northern > Holborn",
            "step 5: 'Northern' leads from Borough to no new place in the direction of 'Holborn'; "
            "follow it fewer times, or towards another node",
        ),
        (
            "Moorgate: 1 Boat > Bank",
            "step 1: 'Boat' does not leave Moorgate; what leaves it: Circle, Northern",
        ),
    ],
)
def test_where_nothing_leads_towards_it_that_is_told(question, message):
    with pytest.raises(NoAnswer) as error:
        traverse(METRO, asked(question))
    assert str(error.value) == message


def test_steps_towards_nothing_are_the_same_question():
    assert Traversal(0, (1, 2), (None, None)) == Traversal(0, (1, 2))
    assert Traversal(0, (1, 2), (None, 3)).steps == ((1, None), (2, 3))
    with pytest.raises(ValueError, match="a node or None for each relation"):
        Traversal(0, (1, 2), (3,))


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


@settings(max_examples=300)
@given(questions())
def test_the_oracle_finds_what_is_worked_out_by_hand(case):
    graph, question = case
    try:
        found = traverse(graph, question)
    except NoAnswer:
        found = []
    assert len(set(found)) == len(found)
    assert set(found) == set(by_hand(graph, question))
    free = Traversal(question.start, question.relations)
    walks = by_hand(graph, free)
    assert [path for path in walks if is_answer(graph, question, path)] == [p for p in walks if p in found]


@settings(max_examples=100)
@given(questions())
def test_a_narrowed_question_has_one_end_that_of_the_path(case):
    graph, question = case
    for path in by_hand(graph, Traversal(question.start, question.relations))[:10]:
        one = narrowed(graph, path)
        if one is not None:
            assert one.relations == question.relations
            assert {found[-1].target for found in by_hand(graph, one)} == {path[-1].target}


# --- how it is said ---------------------------------------------------------------------------------------

SAME = [  # Moorgate, the Northern twice towards Bank
    "From Moorgate take the Northern two stops towards Bank: where am I?",
    "from moorgate take the northern two stops toward bank",
    "From Moorgate take the Northern towards Bank two stops: where am I?",
    "From Moorgate take the Northern line in the direction of Bank for two stops",
    "From Moorgate take the Northern for two stops, heading for Bank station",
    "From Moorgate take the Northern twice, headed towards Bank",
    "I'm at Moorgate. I take the Northern, going towards Bank, for two stops. Where am I?",
    "Moorgate: Northern direction Bank x2",
    "From Moorgate, two stops on the Northern bound for Bank",
    "From Moorgate, two stops towards Bank on the Northern",
    "From Moorgate take the Northern towards Bank, then the Northern towards Bank",
    "Take the Northern towards Bank from Moorgate for two stops",
    "Take the Northern two stops towards Bank from Moorgate",
    "Take the Northern from Moorgate two stops towards Bank",
    "Take the Northern from Moorgate towards Bank, two stops: where am I?",
    "Where do I end up if I take the Northern two stops towards Bank from Moorgate?",
]


@pytest.mark.parametrize("sentence", SAME)
def test_many_ways_of_saying_towards(sentence):
    assert parse_question(sentence, METRO) == asked("Moorgate: 2 Northern > Bank")


@pytest.mark.parametrize(
    ("sentence", "question"),
    [
        (
            "From Moorgate take the Northern two stops towards Bank, then the Central one stop towards "
            "Oxford Circus",
            "Moorgate: 2 Northern > Bank, 1 Central > Oxford Circus",
        ),
        (
            "From Angel take the Northern two stops, then the Circle towards Aldgate three stops and the "
            "Central once",
            "Angel: 2 Northern, 3 Circle > Aldgate, 1 Central",
        ),
        (
            "Take the Northern and the Central two stops towards St Paul's from Moorgate",
            "Moorgate: 1 Northern, 2 Central > St Paul's",
        ),
        (
            "From Bank one stop towards Angel on the Northern, then two stops on the Circle",
            "Bank: 1 Northern > Angel, 2 Circle",
        ),
    ],
)
def test_every_step_has_its_own_direction(sentence, question):
    assert parse_question(sentence, METRO) == asked(question)


@pytest.mark.parametrize(
    "sentence",
    [
        "From Moorgate take the Northern towards",
        "From Moorgate take the Northern two stops to Bank",
        "From Moorgate take the Northern two stops to",
        "From Moorgate take the Northern two stops towards Bank towards Angel",
        "From Moorgate take the Northern towards Bank two stops towards Bank",
        "From Moorgate take the Northern two stops towards Bank or Angel",
        "From Moorgate take the Northern away from Bank",
        "From Moorgate take the Northern two stops not towards Bank",
        "From Moorgate two stops towards Bank",
    ],
)
def test_what_is_not_understood_is_refused_with_a_direction_that_works(sentence):
    with pytest.raises(UsageError) as error:
        parse_question(sentence, METRO)
    message = str(error.value)
    assert len(message.splitlines()) == 1
    if "away" not in sentence and " not " not in sentence:
        assert f'try "{towards_example(METRO)}"' in message


def test_the_example_of_a_direction_is_read_and_has_an_answer():
    assert ends(METRO, parse_question(towards_example(METRO), METRO)) == ["Old Street"]


@pytest.mark.parametrize(
    ("sentence", "message"),
    [
        ("From Moorgate take the Northern towards Bnak", "no node is called 'Bnak'; the nearest: 'Bank'"),
        # nothing is like it, but only a node can stand there
        ("From Moorgate take the Northern towards Xyz", "no node is called 'Xyz'; names include "),
        ("How do I get from Moorgate to 99?", "no node is called '99'; names include "),
        (
            "From Moorgate take the Northern towards southbound two stops",
            "but 'Northern southbound' is a relation; follow that",
        ),
    ],
)
def test_a_place_that_there_is_not_is_refused(sentence, message):
    with pytest.raises(UnknownName, match=message):
        parse_question(sentence, METRO)


def test_a_name_may_hold_the_word():
    graph = Graph.from_triples(
        [("a", "line", "b"), ("a", "line", "c"), ("a", "line towards b", "c"), ("b", "line", "way towards c")]
    )
    assert parse_question("from a take line towards b", graph) == Traversal(0, (1,))
    assert parse_question("from a take line towards c", graph) == Traversal(0, (0,), (2,))
    assert parse_question("from b take line towards way towards c", graph) == Traversal(1, (0,), (3,))


@given(questions())
def test_what_describe_says_is_read_back(case):
    graph, question = case
    named = Graph(graph.triples, graph.nodes, graph.relations, tuple("abcdefgh"), ("red", "blue"))
    assert parse_question(describe(named, question), named) == question


def test_a_narrowing_asks_for_one_end_and_is_read_back():
    question = asked("Moorgate: 2 Northern, 1 Central")
    said = narrowing(METRO, traverse(METRO, asked("Moorgate: 1 Northern, 1 Central")))
    assert said == (
        "Start at Moorgate, take Northern one stop towards Bank, then Central one stop towards "
        "Liverpool Street: where am I?"
    )
    assert ends(METRO, parse_question(said, METRO)) == ["Liverpool Street"]
    with pytest.raises(NoAnswer):
        traverse(METRO, question)


# --- how a network answers --------------------------------------------------------------------------------


def session(graph, whole):
    """Return a session in which a network walks by rule, in the whole graph or in small parts."""
    if whole:
        return GraphSession(checkpoint(Walker()), graph)
    return SubgraphSession(checkpoint(Walker()), graph, SubgraphLimits(7, 2, 12))


@settings(max_examples=150, deadline=None)
@given(questions(), st.booleans())
def test_a_network_that_makes_no_mistake_finds_every_end(case, whole):
    graph, question = case
    exact = by_hand(graph, question)
    if not exact:
        return
    holder = session(graph, whole)
    answer = holder.answer(question, votes=2)
    if answer.complete:
        assert {path[-1].target for path in answer.paths} == {path[-1].target for path in exact}
    assert all(is_answer(graph, question, path) for path in answer.paths)


def test_what_a_network_does_not_name_is_never_filled_in():
    """Of the two memories that say anything none was shown the triple that leads towards c."""
    graph = Graph.from_triples([("a", "r", "b"), ("a", "r", "c")])
    reasoner = Reasoner(graph, votes=2)
    reasoner.networks.opened["traversal", graph] = GraphSession(
        checkpoint(Walker(wrong=range(8), first=0)), graph
    )
    answer = reasoner.ask("from a take r towards c")
    assert (answer.ends, answer.exact_ends, answer.check) == ([], ["c"], "disagrees")


@pytest.mark.parametrize("whole", [True, False])
def test_what_leads_elsewhere_is_no_answer(whole, capsys):
    """Of a hub of 100 places 64 are tried: the place named is among them, or nothing is said to be it."""
    graph = Graph.from_triples([("hub", "r", f"n{number}") for number in range(100)])
    reasoner = Reasoner(graph, votes=2, check=False)
    reasoner.networks.opened["traversal", graph] = session(graph, whole)
    answers = [reasoner.ask(f"from hub take r towards n{number}") for number in range(100)]
    assert {tuple(answer.ends) for answer in answers} > {(), ("n0",)}
    for number, answer in enumerate(answers):
        assert answer.ends in ([f"n{number}"], [])
        assert not answer.answer.complete
    lost = next(answer for answer in answers if not answer.ends)
    assert (lost.path, lost.paths, lost.confidence, exit_code(lost)) == ([], [], 0.0, 1)
    print_answer(lost)
    shown = capsys.readouterr().out
    assert shown.startswith("The network named nothing that leads towards the place asked for.\n")
    assert shown.endswith(
        "note: relations lead to more places than were tried; the end may be among the others\n"
    )


def test_without_a_check_too_a_direction_without_an_answer_is_refused():
    reasoner = Reasoner(METRO, check=False)
    with pytest.raises(NoAnswer, match="'Bank' already"):
        reasoner.read("From Bank take the Northern towards Bank")
    assert reasoner.read("From Bank take the Northern towards Angel").exact is None


def without_directions():
    """Return the Underground, its relations the lines alone."""
    graph = read_graph(real_graph_path("underground"))
    direction = re.compile(r" (north|south|east|west)bound| (anti)?clockwise")
    return Graph.from_triples(
        (graph.node_name(s), direction.sub("", graph.relation_name(r)), graph.node_name(t))
        for s, r, t in graph
    )


@pytest.mark.parametrize(
    ("sentence", "found"),
    [
        ("From Moorgate take the Northern two stops towards Bank", ["London Bridge"]),
        (
            "From Angel take the Northern three stops towards Borough, then Central towards Holborn",
            ["St Paul's"],
        ),
        ("From Moorgate take the Circle towards Tower Hill", ["Liverpool Street", "Temple"]),
        ("From Old Street take the Northern once towards Holborn", ["Moorgate"]),
    ],
)
def test_the_shipped_network_goes_towards_places(sentence, found):
    answer = Reasoner(METRO, votes=4).ask(sentence)
    assert sorted(answer.ends) == sorted(found)
    assert answer.check == "agrees"


def test_the_shipped_network_goes_towards_places_on_the_underground():
    graph = without_directions()
    reasoner = Reasoner(graph)
    asked_for = {
        "From Brixton take the Victoria five stops, then Jubilee one stop towards Stanmore": "Bond Street",
        "From Bank take the Central two stops towards Oxford Circus: where am I?": "Chancery Lane",
        "From Bank take the Central two stops towards Stratford: where am I?": "Bethnal Green",
        "From Moorgate take the Northern via Bank two stops towards Bank": "London Bridge",
        "From Green Park take the Victoria two stops towards King's Cross St Pancras, then the Northern via "
        "Charing Cross one stop towards Waterloo": "Goodge Street",
        "From Baker Street take the Bakerloo three stops towards Waterloo": "Piccadilly Circus",
    }
    answers = reasoner.ask_all(asked_for)
    assert [answer.ends for answer in answers] == [[end] for end in asked_for.values()]
    assert {answer.check for answer in answers} == {"agrees"}


@pytest.fixture
def run(monkeypatch, capsys, tmp_path):
    """Ask the command line about the metro; return the exit code and what is printed."""
    path = tmp_path / "metro.csv"
    rows = [
        (METRO.node_name(source), METRO.relation_name(relation), METRO.node_name(target))
        for source, relation, target in METRO
    ]
    path.write_text("\n".join(",".join(row) for row in [("source", "relation", "target"), *rows]))

    def run(*arguments):
        monkeypatch.setattr(sys, "argv", ["graphdnc", "ask", str(path), *arguments])
        with pytest.raises(SystemExit) as stop:
            main()
        return stop.value.code, *capsys.readouterr()

    return run


def test_an_ambiguous_answer_says_how_to_narrow_it_and_that_works(run):
    code, out, _ = run("From Moorgate take the Northern two stops: where am I?")
    assert code == 0
    (sentence,) = re.findall('say towards where: "(.*)"', out)
    (listed,) = re.findall(r"You are at (.*): a relation leads to several places", out)
    code, out, _ = run(sentence, "-q")
    assert code == 0
    assert out.strip() in listed.replace(" or at", "").split(", ")


def test_a_direction_is_given_by_flags(run):
    flags = ("--start", "Moorgate", "--follow", "Northern towards Bank,Northern towards Bank", "-q")
    assert run(*flags)[:2] == (0, "London Bridge\n")
    both = run(*flags[:3], "Northern towards Bank", "--follow", "Central", "-q")[1]
    assert sorted(both.strip().split(", ")) == ["Liverpool Street", "St Paul's"]
    code, _, error = run(*flags[:3], "Northern towards Bnak")
    assert (code, error) == (2, "error: no node is called 'Bnak'; the nearest: 'Bank'\n")


def test_a_direction_without_an_answer_has_its_own_exit_code(run):
    code, out, error = run("From Bank take the Northern towards Bank")
    assert (code, out) == (3, "")
    assert error.startswith("error: step 1: this is 'Bank' already")


def test_directions_in_a_file_of_questions(run, tmp_path):
    asked_for = tmp_path / "asked.txt"
    asked_for.write_text(
        "From Moorgate take the Northern towards Bank\nFrom Bank take the Central towards Holborn"
    )
    code, out, _ = run("--questions", str(asked_for), "-q")
    assert (code, out) == (0, "Bank\nSt Paul's\n")
