"""Sentences that ask from where relations lead to a node."""

from __future__ import annotations

import pytest
from company import GRAPH, node, to

from graphdnc.errors import UnknownName, UsageError
from graphdnc.graph import Graph
from graphdnc.language.describe import describe
from graphdnc.language.parse import parse_question
from graphdnc.questions import Inverse, Kin, Traversal


@pytest.mark.parametrize(
    ("sentence", "question"),
    [
        ("Who reports to Bob?", to("Bob", "reports to")),
        ("which ones report to bob", to("Bob", "reports to")),
        ("List everyone who reports to Bob", to("Bob", "reports to")),
        ("Find all that report to Bob", to("Bob", "reports to")),
        ("What's part of the Sales?", to("Sales", "is part of")),
        ("What's Paris the capital of?", to("Paris", "capital")),
        ("What is Bob part of?", Traversal(node("Bob"), to("Sales", "is part of").relations)),
        ("Tell me who reports to Bob, please", to("Bob", "reports to")),
        ("Who likes Paris?", to("Paris", "LIKES")),
        ("What is part of Sales?", to("Sales", "is part of")),
        ("What is the seat of Sales?", to("Sales", "seat of")),
        ("Whose manager is Bob?", to("Bob", "manager")),
        ("Whose manager's manager is Dora?", to("Dora", "manager", "manager")),
        ("What is Paris the capital of?", to("Paris", "capital")),
        ("Who is Dora the manager of?", to("Dora", "manager")),
        ("What is Dora the seat of?", Traversal(node("Dora"), to("Sales", "seat of").relations)),
        ("Who does Bob report to?", Traversal(node("Bob"), to("Bob", "reports to").relations)),
    ],
)
def test_sentences(sentence, question):
    assert parse_question(sentence, GRAPH) == question


def test_where_the_relation_itself_can_be_followed_it_is():
    both = Graph.from_triples([("France", "capital", "Paris"), ("Paris", "capital of", "France")])
    assert parse_question("What is the capital of France?", both) == Traversal(0, (0,))
    one = Graph.from_triples([("Paris", "capital of", "France")])
    assert parse_question("What is the capital of France?", one) == Inverse(1, (0,))


@pytest.mark.parametrize(
    ("relation", "sentences"),
    [
        ("is a", ["What is B?", "What is a B?", "Who is a B?", "What was the B?"]),
        ("is", ["What is B?", "Who is B?", "What is the B?"]),
        ("was", ["What was B?"]),
        ("does", ["What does B?", "Who does B?"]),
        ("has", ["What has B?", "Who has the B?"]),
        ("likes", ["Who is like B?", "What are like B?", "Who is likes B?", "Who like B?"]),
        ("reports to", ["Who is reports to B?", "Who is report to B?", "Who is B reports to?"]),
        ("equals", ["What is equal B?", "What is equals B?"]),
        ("about", ["What about B?", "What is about B?"]),
        ("on", ["What on B?", "What is the on B?", "What on the B?"]),
        ("of", ["What of B?", "What is of B?"]),
        ("to", ["What to B?", "What is to B?", "Which is the to B?"]),
        ("boss", ["Who is the boss B?", "Who boss B?", "What is boss B?"]),
        ("parents", ["Who parents B?", "Who parent B?", "Who are the parents B?"]),
        ("friends", ["Who are friends B?", "Who friends B?"]),
        ("status", ["What is the status B?", "Which status B?"]),
        ("series", ["Which series B?", "What is series B?"]),
        ("stops", ["Which stops B?", "What are the stops B?"]),
        ("address", ["What address B?"]),
        ("bus to", ["Which bus to B?", "What is the bus to B?", "What is bus to B?"]),
        ("trains to", ["Which trains to B?", "Show me which trains to B"]),
        ("way to", ["Which way to B?", "What is the way to B?", "What is way to B?"]),
        ("line from", ["What is the line from B?"]),
        ("sold to", ["Who was sold to B?", "What is sold to B?"]),
        ("reported to", ["Who was reported to B?"]),
        ("next to", ["What is the next to B?"]),
        ("written in", ["What is written in ~B?", "What is written in @B?"]),
    ],
)
def test_what_may_mean_something_else_is_refused(relation, sentences):
    graph = Graph.from_triples([("A", relation, "B"), ("B", relation, "C")])
    for sentence in sentences:
        try:
            read = parse_question(sentence, graph)
        except UsageError:
            continue
        pytest.fail(f"{sentence} is read as {describe(graph, read)}")


@pytest.mark.parametrize(
    ("relation", "sentence", "inverse"),
    [
        ("is in", "Who is in the B?", True),
        ("is in", "What is B in?", False),
        ("in", "Who is in B?", True),
        ("was founded by", "Who was B founded by?", False),
        ("was founded by", "What was founded by B?", True),
        ("founded", "Who founded B?", True),
        ("wrote", "Who wrote B?", True),
        ("sold to", "Who sold to B?", True),
        ("written by", "What is written by B?", True),
        ("next to", "What is next to B?", True),
        ("related to", "Who is related to B?", True),
        ("child of", "Who is the child of B?", True),
        ("child of", "Who is B a child of?", False),
        ("north of", "What is north of B?", True),
        ("friends with", "Who is friends with B?", True),
        ("BORN_IN", "Who was born in B?", True),
        ("depends on", "What does the B depend on?", False),
        ("depends on", "List everything that depends on the B", True),
        ("depends on", "Which ones depend on B?", True),
        ("dependency", "What does B depend on?", False),
        ("dependency", "What depends on B?", True),
        ("Requirements", "What does B require?", False),
    ],
)
def test_what_a_triple_says_with_who_for_its_source(relation, sentence, inverse):
    graph = Graph.from_triples([("A", relation, "B"), ("B", relation, "C")])
    assert parse_question(sentence, graph) == (Inverse(1, (0,)) if inverse else Traversal(1, (0,)))


def test_of_two_relations_the_one_that_can_be_followed_is_meant():
    graph = Graph.from_triples([("Ann", "manager", "Bob"), ("Ann", "is the manager of", "Zed")])
    assert parse_question("Who is Ann the manager of?", graph) == Traversal(0, (1,))


def test_of_a_family_relatives_are_asked_for_by_what_they_are():
    """One relation says less than what follows from all of them."""
    family = Graph.from_triples([("Freya", "mother", "Ida"), ("Ida", "son", "Tom"), ("Tom", "likes", "Ida")])
    assert isinstance(parse_question("Who is Freya's mother?", family), Kin)
    for sentence in ("Whose mother is Ida?", "Who is Ida the mother of?", "Whose son is Tom?"):
        with pytest.raises(
            UsageError, match="ask for the relatives of a person; try \"Who is Freya's mother"
        ):
            parse_question(sentence, family)
    assert parse_question("Who likes Ida?", family) == Inverse(1, (2,))


@pytest.mark.parametrize(
    ("sentence", "error", "message"),
    [
        ("Who reports to Bbo?", UnknownName, "no node is called 'Bbo'; the nearest: 'Bob'"),
        ("reports to Bob", UsageError, "not understood"),
        ("What capital Paris?", UsageError, "'capital Paris' is not understood"),
        ("Who reports to Bob and Dora?", UsageError, "; try "),
        ("Who reports to?", UsageError, "; try "),
        ("Whose manager is?", UsageError, "; try "),
        ("Whose is Bob?", UsageError, "; try "),
        ("What is Paris the capital?", UsageError, "; try "),
        ("Is part of Sales?", UsageError, "; try "),
        ("Who never reports to Bob?", UsageError, "; try "),
    ],
)
def test_what_is_not_understood_is_refused_in_one_line(sentence, error, message):
    with pytest.raises(error, match=message) as found:
        parse_question(sentence, GRAPH)
    assert len(str(found.value).splitlines()) == 1


def test_a_description_is_read_as_what_it_describes():
    for triple in GRAPH:
        question = Inverse(triple.target, (triple.relation,))
        assert parse_question(describe(GRAPH, question), GRAPH) == question
    two = to("Dora", "manager", "manager")
    assert describe(GRAPH, two) == "Whose manager's manager is Dora?"
    placed = Graph.from_triples([("A", "in", "B"), ("A", "located_in", "B"), ("A", "sold to", "B")])
    said = [describe(placed, Inverse(1, (relation,))) for relation in range(3)]
    assert said == ["What is in B?", "What is located_in B?", "What sold to B?"]


def test_two_meanings_are_refused_with_both():
    graph = Graph.from_triples([("A", "is in", "the B"), ("A", "is in the", "B")])
    with pytest.raises(UsageError, match=r"\"What is in the B\?\".*use --follow RELATION,RELATION --to NODE"):
        parse_question("Who is in the B?", graph)


def test_a_question_has_a_relation():
    with pytest.raises(ValueError, match="at least one"):
        Inverse(0, ())
