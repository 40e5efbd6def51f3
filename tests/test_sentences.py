"""Many ways of asking, each read as meant or refused: never as something else."""

from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graphdnc.errors import CapacityError, UnknownName, UsageError
from graphdnc.graph import Graph
from graphdnc.questions import Traversal
from graphdnc.sentences import MAX_STEPS, describe, example, parse_question

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
    "How do I get from Bank to Bond Street?",
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
    "From Bank take the Northern twenty one stops",
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
]


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
    started = time.perf_counter()
    sentence = "From Bank " + "take the Northern, then " * 199 + "the Northern"
    assert parse_question(sentence, TUBE) == Traversal(BANK, (NORTHERN,) * 200)
    with pytest.raises(UsageError):
        parse_question("the " * 2400, TUBE)
    with pytest.raises(CapacityError, match="more than 10,000 characters"):
        parse_question("the " * 2600, TUBE)
    assert time.perf_counter() - started < 5


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
TRICKY = PLAIN | st.sampled_from(
    ["and", "then", "two", "stop", "line", "from", "twice", "the", "2", "Ada Lee", "Lee"]
)


def graphs(names):
    return st.lists(st.tuples(names, names, names), min_size=1, max_size=6).map(Graph.from_triples)


@st.composite
def asked(draw, names):
    graph = draw(graphs(names))
    relations = draw(st.lists(st.integers(0, graph.relations - 1), min_size=1, max_size=6))
    return graph, Traversal(draw(st.integers(0, graph.nodes - 1)), tuple(relations))


@given(asked(PLAIN))
def test_what_describe_says_is_read_back(case):
    graph, question = case
    assert parse_question(describe(graph, question), graph) == question
    assert parse_question(example(graph), graph)


FORMS = (
    "From {start} follow {}, {} and {}",
    "Where do I get to from {start} by {}, then {}, then {}?",
    "Take {} from {start}, then {} once, then {}",
    "{start}: {} one stop, {} one stop, {} one stop",
    "Follow {}, {}, {} from {start}. Where am I?",
)


@given(asked(TRICKY), st.sampled_from(FORMS))
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


@settings(max_examples=200)
@given(
    graphs(TRICKY),
    st.text(max_size=60)
    | st.lists(TRICKY | st.sampled_from(["from", "take", ",", "2", "stops", "where"])).map(" ".join),
)
def test_any_text_is_read_or_refused_in_one_line(graph, text):
    try:
        said = describe(graph, parse_question(text, graph))
    except (UsageError, CapacityError) as error:
        said = str(error)
    assert len(said.splitlines()) == 1
