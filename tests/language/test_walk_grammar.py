"""Many ways of asking, each read as meant or refused: never as something else."""

from __future__ import annotations

import pytest
from effort import at_most
from hypothesis import given, settings
from hypothesis import strategies as st

from graphdnc.datasets.real import real_graph_path
from graphdnc.errors import CapacityError, UnknownName, UsageError
from graphdnc.graph import Graph
from graphdnc.language.describe import describe, example, path_example
from graphdnc.language.parse import parse_question
from graphdnc.language.walk_grammar import MAX_STEPS
from graphdnc.questions import ShortestPath, Traversal
from graphdnc.readers import read_graph

TUBE = Graph.from_triples(
    [
        ("Bond Street", "Central eastbound", "Oxford Circus"),
        ("Oxford Circus", "Central eastbound", "Bank"),
        ("Oxford Circus", "Northern southbound", "Elephant & Castle"),
        ("King's Cross St Pancras", "Waterloo & City eastbound", "Bank"),
        ("Bank", "Northern southbound", "Bond Street"),
        ("Bank", "Northern", "Oxford Circus"),
        ("Washington, D.C.", "1", "São Paulo"),
    ]
)
BOND, OXFORD, BANK, ELEPHANT, KINGS, WASHINGTON, SAO_PAULO = range(7)
CENTRAL, SOUTHBOUND, WATERLOO, NORTHERN, ONE = range(5)

SAME = [  # Bond Street, the Central eastbound once, the Northern southbound twice
    "Start at Bond Street, take the Central eastbound one stop, then the Northern southbound two stops: "
    "where am I?",
    "start at bond street take central eastbound one stop then northern southbound two stops where am i",
    "START AT BOND STREET. TAKE THE CENTRAL EASTBOUND. THEN THE NORTHERN SOUTHBOUND TWO STOPS.",
    "From Bond Street follow Central eastbound, Northern southbound and Northern southbound",
    "From Bond Street follow Central eastbound, Northern southbound, and then Northern southbound.",
    "Starting from Bond Street, go Central eastbound for 1 stop, then Northern southbound (2 stops). "
    "Where do I end up?",
    "Starting at Bond Street station, I go one stop along the Central eastbound, followed by two stops on "
    "the Northern southbound. Which station am I at?",
    "Where am I if I start at Bond Street and take the Central line eastbound for one station and then the "
    "Northern southbound twice?",
    "Where do you end up if you follow Central eastbound, then Northern southbound for two stops, "
    "from Bond Street?",
    "Take the Central eastbound from Bond Street one stop, then change to the Northern southbound line for "
    "two stops.",
    "Take the Central eastbound one stop from Bond Street, and switch to the Northern line southbound "
    "for 2 stations",
    "I'm at Bond Street. I take the Central eastbound, then two stops on the Northern southbound. "
    "What station do I reach?",
    "Bond Street: Central eastbound, Northern southbound x2",
    "Bond Street -> Central eastbound -> Northern southbound -> Northern southbound",
    "bond street central eastbound northern southbound northern southbound",
    "Board at Bond-Street; ride Central-eastbound once; then Northern_southbound 2 times!",
    "Tell me where I am if I leave Bond Street by the Central eastbound and continue on the Northern "
    "southbound for two steps.",
    "“From \u2018Bond Street\u2019 follow “Central eastbound”, “Northern southbound” twice.”",
    "  From\tBond   Street\nfollow Central eastbound,\nNorthern southbound, Northern southbound  ",
    "If we start at Bond Street and take the Central eastbound and next the Northern southbound two hops, "
    "where do we land?",
    "From Bond Street: the Central eastbound 1 stop, Northern southbound 2 edges",
]


@pytest.mark.parametrize("sentence", SAME)
def test_many_ways_of_asking_the_same(sentence):
    assert parse_question(sentence, TUBE) == Traversal(BOND, (CENTRAL, SOUTHBOUND, SOUTHBOUND))


@pytest.mark.parametrize(
    ("sentence", "start", "relations"),
    [
        ("From Elephant & Castle follow Central eastbound", ELEPHANT, (CENTRAL,)),
        ("from elephant and castle and then follow central eastbound", ELEPHANT, (CENTRAL,)),
        ("From kings cross st pancras take the Waterloo and City eastbound", KINGS, (WATERLOO,)),
        ("At KING\u2019S CROSS, ST. PANCRAS take", KINGS, None),  # a comma that the name does not have
        ("From King's Cross St. Pancras, Waterloo & City eastbound", KINGS, (WATERLOO,)),
        ("From Washington, D.C., take 1 one stop", WASHINGTON, (ONE,)),
        ("From Washington DC take 1 two stops", WASHINGTON, (ONE, ONE)),
        ("From Washington, D.C. follow 1, 1 and 1", WASHINGTON, (ONE, ONE, ONE)),
        ("from sao paulo take 1", SAO_PAULO, (ONE,)),
        ("From Bank take the Northern", BANK, (NORTHERN,)),
        ("From Bank take the Northern line two stops", BANK, (NORTHERN, NORTHERN)),
        ("From Bank take the Northern line southbound", BANK, (SOUTHBOUND,)),
        ("From Bank take the Northern and the Northern southbound", BANK, (NORTHERN, SOUTHBOUND)),
        ("From Bank take the Northern twenty stops", BANK, (NORTHERN,) * 20),
        ("From Bank take the Northern twenty-one stops", BANK, (NORTHERN,) * 21),
        ("From Bank take the Northern for Thirty two stations", BANK, (NORTHERN,) * 32),
        ("From Bank, forty stops on the Northern", BANK, (NORTHERN,) * 40),
        ("From Bank take the Northern ninety-nine times", BANK, (NORTHERN,) * 99),
        ("From Bank take the Northern 200 stops", BANK, (NORTHERN,) * 200),
    ],
)
def test_names_with_commas_accents_and_little_words(sentence, start, relations):
    if relations is None:
        with pytest.raises(UsageError):
            parse_question(sentence, TUBE)
    else:
        assert parse_question(sentence, TUBE) == Traversal(start, relations)


NOT_UNDERSTOOD = [
    "",
    "   ",
    "???",
    "hello",
    "where am I?",
    "Bank",
    "Start at Bank",
    "Start at Bank and take",
    "Start at Bank and take the Northern and",
    "Take the Northern two stops",
    "How do I get to Bank?",
    "How do I get from Bank?",
    "Find a route to Bond Street",
    "Bank to",
    "to Bank",
    "from Bank to Bond Street to Oxford Circus",
    "from Bank to Bond Street via Oxford Circus",
    "from Bank to Bond Street and back",
    "from Bank to Bond Street or Oxford Circus",
    "from Bank or Oxford Circus to Bond Street",
    "from Bank to Bond Street by the Northern",
    "from Bank to Bond Street without the Northern",
    "from Bank to Bond Street two stops",
    "from Bank to Bond Street: where am I?",
    "from Bank take 1 to Bond Street",
    "from Bank take the Northern two stops to Bond Street",
    "the longest path from Bank to Bond Street",
    "how many paths lead from Bank to Bond Street",
    "not from Bank to Bond Street",
    "between Bank and Bond Street and Oxford Circus",
    "from Bank between Bond Street and Oxford Circus",
    "from Bank to Bond Street from Oxford Circus",
    "to Bond Street to Bank",
    "from Bank to Washington",
    "From Bank take the Northern to Oxford Circus",
    "From Bank take the Northern until Oxford Circus",
    "From Bank take the Northern or the Central eastbound",
    "From Bank do not take the Northern",
    "From Bank don't take the Northern",
    "From Bank take the Northern after the Central eastbound",
    "From Bank take the Northern instead of the Central eastbound",
    "From Bank take the Northern, then back",
    "From Bank take the Northern 0 stops",
    "From Bank take the Northern -1 stops",
    "From Bank take the Northern 2.5 stops",
    "From Bank take the Northern two",
    "From Bank take the Northern twenty eleven stops",
    "From Bank take the Northern twenty, one stop",
    "From Bank take the Northern twenty->one stops",
    "From Bank take the Northern one-twenty stops",
    "From Bank take the Northern twenty-one",
    "From Bank take the Northern a few stops",
    "From Bank take the Northern at most two stops",
    "From Bank take the Northern two stops three stops",
    "From Bank take the Northern*2",
    "From Bank take the Northern and the Central eastbound, twice",
    "From Bank or Bond Street take the Northern",
    "From Bank from Bond Street take the Northern",
    "From Bank take the Northern from Bond Street",
    "Take the Northern, from Bank the Central eastbound, from Bond Street",
    "Take the Northern and the Central eastbound from Bank and the Northern",
    "Take the Northern two stops from Bank three stops",
    "From Bank take the Northern. From Bond Street take the Central eastbound.",
    "From Bank take the Nothern",
    "From Bunk take the Northern",
    "From Bank take the Northern, Central, eastbound",
    "Start at Elephant, Castle and take the Northern",
    "Is Bank on the Northern?",
    "Bank, Bond Street",
    "Bank -> Bond Street -> Oxford Circus",
    "Bank -> Northern -> Oxford Circus",
    "Bank ->",
    "-> Bank",
    "How far is Bank?",
    "How far is Bank to Bond Street?",
    "how many stops to Bond Street",
    "how many changes from Bank to Bond Street",
    "how many stops on the Northern from Bank to Bond Street",
    "From Bank take the Northern: how many stops?",
]


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


@pytest.mark.parametrize("sentence", NOT_UNDERSTOOD)
def test_what_is_not_understood_is_refused_with_a_sentence_that_works(sentence):
    with pytest.raises(UsageError) as error:
        parse_question(sentence, TUBE)
    message = str(error.value)
    assert len(message.splitlines()) == 1
    assert parse_question(message.split('"')[-2], TUBE)


@pytest.mark.parametrize(
    ("sentence", "nearest"),
    [
        ("Start at Bond Strete, take the Central eastbound", "'Bond Street'"),
        ("Start at Oxford, take the Central eastbound", "'Oxford Circus'"),
        ("From Bank take the Centrl eastbound one stop", "'Central eastbound'"),
        ("Take the Northern from Bnak", "'Bank'"),
        ("Bond Strete to Bank", "'Bond Street'"),
        ("Bank -> Bond Strete", "'Bond Street'"),
        ("How far is Bond Strete from Bank?", "'Bond Street'"),
        ("from Bank to Bond Strete", "'Bond Street'"),
        ("How do I get to Bond Strete from Bank", "'Bond Street'"),
        ("shortest path between Bank and Oxford Circle", "'Oxford Circus'"),
    ],
)
def test_a_misspelt_name_is_answered_with_the_nearest(sentence, nearest):
    with pytest.raises(UnknownName, match=f"the nearest: {nearest}"):
        parse_question(sentence, TUBE)


@pytest.mark.parametrize("count", ["201 stops", "1000000 stops", "9" * 5000 + " stops"])
def test_too_many_steps_are_refused(count):
    with pytest.raises(CapacityError, match=f"more than {MAX_STEPS} steps"):
        parse_question(f"From Bank take the Northern {count}", TUBE)


def test_a_long_sentence_is_read_in_time_and_a_longer_one_refused():
    with at_most(5):
        sentence = "From Bank " + "take the Northern, then " * 199 + "the Northern"
        assert parse_question(sentence, TUBE) == Traversal(BANK, (NORTHERN,) * 200)
        with pytest.raises(UsageError):
            parse_question("the " * 2400, TUBE)
        with pytest.raises(CapacityError, match="10,400 characters, more than 10,000"):
            parse_question("the " * 2600, TUBE)


class TestNamesThatAreAlsoFixedWords:
    GRAPH = Graph.from_triples(
        [
            ("a", "next", "b"),
            ("b", "a", "start"),
            ("start", "then", "b"),
            ("b", "to", "two"),
            ("two", "2", "a"),
        ]
    )

    @pytest.mark.parametrize(
        ("sentence", "names"),
        [
            ("From a follow next, a, then", "a next a then"),
            ("From a follow next", "a next"),
            ("From a follow next and a", "a next a"),
            ("Start at start, follow then", "start then"),
            ("from b follow to, 2 and next", "b to 2 next"),
            ("from two take 2 two stops", "two 2 2"),
        ],
    )
    def test_a_name_comes_before_a_fixed_word(self, sentence, names):
        start, *relations = names.split()
        assert parse_question(sentence, self.GRAPH) == self.question(start, relations)

    def test_a_sentence_with_two_meanings_is_refused_with_both(self):
        with pytest.raises(UsageError, match=r"can be read as .* or as .*; use --start"):
            parse_question("From a follow next, then to", self.GRAPH)

    def question(self, start, relations):
        nodes, names = self.GRAPH.node_names, self.GRAPH.relation_names
        return Traversal(nodes.index(start), tuple(map(names.index, relations)))


def test_names_that_differ_only_in_signs_must_be_typed_exactly():
    graph = Graph.from_triples([("C", "+1", "C++"), ("C++", "-1", "C"), ("C", "r", "C#")])
    assert parse_question("From C++ follow -1", graph) == Traversal(1, (1,))
    assert parse_question("From C follow +1", graph) == Traversal(0, (0,))
    with pytest.raises(UsageError, match="can be read as"):
        parse_question("From c follow +1", graph)


PLAIN = st.sampled_from(
    ["Ada", "Bob Lee", "O'Neill", "Köln-Süd", "Rock & Roll", "Fish, Chips", "St. Ives", "7", "X9"]
)
TRICKY = (
    PLAIN
    | st.sampled_from(
        ["and", "then", "two", "stop", "line", "from", "twice", "the", "2", "Ada Lee", "Lee", "to", "a"]
    )
    | st.sampled_from(["way", "Ada to Lee", "to Lee", "from Lee", "how", "go", "between", "Lee and Ada"])
)


def graphs(names):
    return st.lists(st.tuples(names, names, names), min_size=1, max_size=6).map(Graph.from_triples)


def questions(graph):
    node = st.integers(0, graph.nodes - 1)
    relations = st.lists(st.integers(0, graph.relations - 1), min_size=1, max_size=6).map(tuple)
    return st.builds(Traversal, node, relations) | st.builds(ShortestPath, node, node)


@st.composite
def asked(draw, names, kind=Traversal | ShortestPath):
    graph = draw(graphs(names))
    return graph, draw(questions(graph).filter(lambda question: isinstance(question, kind)))


@given(asked(PLAIN))
def test_what_describe_says_is_read_back(case):
    graph, question = case
    assert parse_question(describe(graph, question), graph) == question
    assert parse_question(example(graph), graph)
    assert parse_question(path_example(graph), graph)


UNDERGROUND = read_graph(real_graph_path("underground"))


@given(questions(UNDERGROUND))
def test_every_question_about_the_underground_is_read_back(question):
    assert parse_question(describe(UNDERGROUND, question), UNDERGROUND) == question


def test_every_station_of_the_underground_is_read_as_start_and_as_goal():
    for start in range(UNDERGROUND.nodes):
        question = ShortestPath(start, (start * 7 + 1) % UNDERGROUND.nodes)
        names = [UNDERGROUND.node_name(node).lower() for node in (question.start, question.goal)]
        for form in PATH_FORMS:
            assert parse_question(form.format(*names), UNDERGROUND) == question


FORMS = (
    "From {start} follow {}, {} and {}",
    "Where do I get to from {start} by {}, then {}, then {}?",
    "Take {} from {start}, then {} once, then {}",
    "{start}: {} one stop, {} one stop, {} one stop",
    "Follow {}, {}, {} from {start}. Where am I?",
    "{start} -> {} -> {} -> {}",
)


PATH_FORMS = (
    "{0} to {1}",
    "from {0} to {1}",
    "How do you get to {1} from {0}?",
    "I am at {0}. How do I get to {1}?",
    "What is the shortest path from {0} to {1}?",
    "the way between {0} and {1}",
    "How far is {1} from {0}?",
    "How many stops from {0} to {1}?",
    "{0} -> {1}",
)


@given(asked(TRICKY, Traversal), st.sampled_from(FORMS))
def test_with_whatever_names_a_sentence_is_read_as_meant_or_refused(case, form):
    graph, question = case
    question = Traversal(question.start, (question.relations * 3)[:3])
    names = [graph.relation_name(relation) for relation in question.relations]
    sentence = form.format(*names, start=graph.node_name(question.start))
    try:
        read = parse_question(sentence, graph)
    except UsageError:
        return
    assert read == question, sentence


@given(asked(TRICKY, ShortestPath), st.sampled_from(PATH_FORMS))
def test_with_whatever_names_a_way_is_read_as_meant_or_refused(case, form):
    graph, question = case
    sentence = form.format(graph.node_name(question.start), graph.node_name(question.goal))
    try:
        read = parse_question(sentence, graph)
    except UsageError:
        return
    assert read == question, sentence


@settings(max_examples=200)
@given(
    graphs(TRICKY),
    st.text(max_size=60)
    | st.lists(
        TRICKY | st.sampled_from(["from", "take", ",", "2", "stops", "where", "to", "how do I get"])
    ).map(" ".join),
)
def test_any_text_is_read_or_refused_in_one_line(graph, text):
    try:
        said = describe(graph, parse_question(text, graph))
    except (UsageError, CapacityError) as error:
        said = str(error)
    assert len(said.splitlines()) == 1


def test_a_relation_that_is_called_as_a_number_begins_is_that_relation():
    graph = Graph.from_triples([("A", "Line", "B"), ("A", "Line twenty", "B"), ("A", "one", "B")])
    assert parse_question("From A take the Line twenty one stop", graph) == Traversal(0, (1,))
    assert parse_question("From A take the Line twenty-one stops", graph) == Traversal(0, (0,) * 21)
    assert parse_question("From A take the Line 21 stops", graph) == Traversal(0, (0,) * 21)
