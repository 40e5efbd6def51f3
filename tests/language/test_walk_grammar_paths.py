"""Many ways of asking for a shortest path, each read as meant."""

from __future__ import annotations

import pytest
from tube import BANK, BOND, ELEPHANT, TUBE

from graphdnc.errors import UsageError
from graphdnc.graph import Graph
from graphdnc.language.parse import parse_question
from graphdnc.questions import ShortestPath, Traversal

PATHS = [  # from Bond Street to Elephant & Castle
    "How do you get from Bond Street to Elephant & Castle?",
    "how do i get from bond street to elephant and castle",
    "HOW CAN I GO FROM BOND STREET TO ELEPHANT AND CASTLE",
    "How do I get to Elephant & Castle from Bond Street?",
    "How do I reach Elephant & Castle from Bond Street?",
    "How do I get to Elephant and Castle if I am at Bond Street?",
    "shortest path from Bond Street to Elephant & Castle",
    "the shortest possible path from Bond Street to Elephant & Castle, please",
    "Bond Street to Elephant & Castle",
    "from Bond Street to Elephant & Castle",
    "From Bond Street to Elephant & Castle: which way is shortest?",
    "to Elephant and Castle from Bond Street",
    "What is the quickest way from Bond Street to Elephant & Castle?",
    "what's the shortest way from Bond Street to Elephant & Castle",
    "Which is the fastest way to Elephant & Castle from Bond Street?",
    "route from Bond Street to Elephant & Castle",
    "directions from Bond Street to Elephant & Castle",
    "Directions: Bond Street to Elephant & Castle",
    "From: Bond Street. To: Elephant & Castle.",
    "take me from Bond Street to Elephant & Castle",
    "Please show me a good route from Bond Street to Elephant and Castle",
    "which way from Bond Street to Elephant & Castle",
    "Which route should I take from Bond Street station to the Elephant & Castle stop?",
    "Which way leads from Bond Street to Elephant & Castle?",
    "Is there any way from Bond Street to Elephant & Castle?",
    "Does a path lead from Bond Street to Elephant & Castle?",
    "Can you tell me how to get from Bond Street to Elephant & Castle?",
    "I want to go from Bond Street to Elephant & Castle",
    "I'd like to travel from Bond Street to Elephant & Castle in the fewest stops.",
    "go from Bond Street to Elephant & Castle by the shortest route",
    "I'm at Bond Street. How do I get to Elephant & Castle?",
    "I am at Bond Street and want to go to Elephant & Castle",
    "Start at Bond Street, and find the shortest way to Elephant & Castle",
    "the shortest path between Bond Street and Elephant & Castle",
    "How far is it from Bond Street to Elephant and Castle?",
    "How far is Elephant & Castle from Bond Street?",
    "how far away is elephant and castle from bond street",
    "How many stops from Bond Street to Elephant & Castle?",
    "How many stops is it from Bond Street to Elephant & Castle?",
    "How many stops is Elephant & Castle from Bond Street?",
    "How many stations away is Elephant & Castle from Bond Street station?",
    "How many steps are there between Bond Street and Elephant & Castle?",
    "How many stops does it take to get from Bond Street to Elephant & Castle?",
    "Bond Street -> Elephant & Castle",
    "bond street->elephant & castle",
    "Bond Street > Elephant & Castle",
    "Bond Street => Elephant & Castle",
    "Bond Street \u21d2 Elephant & Castle",
    "Which line goes from Bond Street to Elephant & Castle?",
    "Which lines do I take from Bond Street to Elephant & Castle?",
    "What is the best way to reach Elephant & Castle from Bond Street?",
    "Is it possible to get from Bond Street to Elephant & Castle?",
    "Plan a route from Bond Street to Elephant & Castle",
    "Navigate from Bond Street to Elephant & Castle",
    "Bond Street \u2192 Elephant & Castle?",
    "“Bond Street” -> “Elephant & Castle”",
    "“From \u2018Bond Street\u2019 to \u2018Elephant & Castle\u2019”",
]


@pytest.mark.parametrize("sentence", PATHS)
def test_many_ways_of_asking_for_a_shortest_path(sentence):
    assert parse_question(sentence, TUBE) == ShortestPath(BOND, ELEPHANT)


def test_an_arrow_inside_a_name_or_before_a_relation_leads_nowhere():
    graph = Graph.from_triples([("A", "r", "B"), ("A -> B", "r -> s", "B -> C"), ("C", "B", "D")])
    a, ab, c = map(graph.node_names.index, ("A", "A -> B", "C"))
    assert parse_question("A -> B -> r -> s", graph) == Traversal(ab, (1,))
    assert parse_question("A -> r -> r", graph) == Traversal(a, (0, 0))
    assert parse_question("C -> A -> B", graph) == ShortestPath(c, ab)
    assert parse_question("A -> A -> B", graph) == ShortestPath(a, ab)
    for two in ("A -> B", "A -> B -> C"):  # B is a relation, too; A -> B and B -> C are nodes
        with pytest.raises(UsageError, match="can be read as"):
            parse_question(two, graph)


def test_the_start_may_be_the_goal():
    assert parse_question("How do you get from Bank to Bank?", TUBE) == ShortestPath(BANK, BANK)


class TestNamesThatHoldTheWordsOfAPath:
    GRAPH = Graph.from_triples(
        [
            ("A", "r", "Road to Nowhere"),
            ("Here", "walk", "From Here"),
            ("Nowhere", "A", "Bath, from Avon"),
            ("Between", "to A", "Way"),
            ("A to B", "r", "C"),
            ("B to C", "r", "To"),
        ]
    )

    @pytest.mark.parametrize(
        ("sentence", "start", "goal"),
        [
            ("A to Nowhere", "A", "Nowhere"),
            ("Road to Nowhere to Nowhere", "Road to Nowhere", "Nowhere"),
            ("from Nowhere to Road to Nowhere", "Nowhere", "Road to Nowhere"),
            ("how do I get to Road to Nowhere from A?", "A", "Road to Nowhere"),
            ("from From Here to Here", "From Here", "Here"),
            ("from Bath, from Avon to Way", "Bath, from Avon", "Way"),
            ("which way to Bath, from Avon from Way", "Way", "Bath, from Avon"),
            ("find a way from Way to Between", "Way", "Between"),
            ("the way between Between and To", "Between", "To"),
            ("from to to to", "To", "To"),
            ("To to To", "To", "To"),
            ("A to B to Here", "A to B", "Here"),
        ],
    )
    def test_a_name_is_read_whole(self, sentence, start, goal):
        names = self.GRAPH.node_names
        assert parse_question(sentence, self.GRAPH) == ShortestPath(names.index(start), names.index(goal))

    @pytest.mark.parametrize(
        ("sentence", "one", "other"),
        [
            ("A to B to C", "from A to B to C", "from A to B to C"),
            ("from Here to From Here", "from From Here to From Here", "from Here to From Here"),
            ("from Nowhere to A", "Start at Nowhere, take to A one stop", "How do you get from Nowhere to A"),
        ],
    )
    def test_two_meanings_are_refused_with_both(self, sentence, one, other):
        with pytest.raises(UsageError) as error:
            parse_question(sentence, self.GRAPH)
        shown = str(error.value)
        assert "can be read as" in shown
        assert one in shown
        assert other in shown
        assert "--from NODE --to NODE" in shown

    @pytest.mark.parametrize(
        "sentence", ["from Here walk to Way", "from Here take A to Way", "find a route to Way", "go to Way"]
    )
    def test_a_relation_is_never_taken_for_a_filler_nor_a_filler_for_the_start(self, sentence):
        with pytest.raises(UsageError):
            parse_question(sentence, self.GRAPH)
