"""Sentences about any graph: read back from their description, and read as meant or refused."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from graphdnc.datasets.real import real_graph_path
from graphdnc.errors import CapacityError, UsageError
from graphdnc.graph import Graph
from graphdnc.language.describe import describe, example, path_example
from graphdnc.language.parse import parse_question
from graphdnc.questions import ShortestPath, Traversal
from graphdnc.readers import read_graph

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
