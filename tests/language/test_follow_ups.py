"""Follow-ups: what they ask after a question and its answer."""

from __future__ import annotations

import pytest
from wordings import graph

from graphdnc.errors import GraphDNCError
from graphdnc.language.describe import describe
from graphdnc.language.free.follow_ups import Context
from graphdnc.language.understand import understand
from graphdnc.names import find_node


def follow(name, first, ends, sentence):
    """Return what a sentence asks after a question and its answer."""
    made = graph(name)
    asking = understand(first, made).askings[0]
    context = Context(asking, [find_node(made, end) for end in ends])
    understood = understand(sentence, made, context=context)
    assert understood.refers
    return " + ".join(f"{one.put}: {describe(made, one.question)}" for one in understood.askings)


@pytest.mark.parametrize(
    ("sentence", "right"),
    [
        ("and back?", "list: How do you get from Angel to Bank?"),
        ("the other way round", "list: How do you get from Angel to Bank?"),
        ("and from there to Morden?", "list: How do you get from Angel to Morden?"),
        ("how many changes?", "changes: How do you get from Bank to Angel with the fewest changes?"),
        ("how many stops?", "steps: How do you get from Bank to Angel?"),
        ("avoiding Moorgate", "list: How do you get from Bank to Angel avoiding Moorgate?"),
        (
            "and without the Northern line?",
            "list: How do you get from Bank to Angel without the Northern line?",
        ),
        ("another way?", "list: Another way from Bank to Angel"),
        ("and to Morden?", "list: How do you get from Bank to Morden?"),
        ("the same from Morden", "list: How do you get from Morden to Angel?"),
        ("is it direct?", "direct: How do you get from Bank to Angel with the fewest changes?"),
        ("what lines serve it?", "list: Which lines serve Angel?"),
    ],
)
def test_after_a_way(sentence, right):
    assert follow("underground", "Bank to Angel", ["Angel"], sentence) == right


def test_after_a_list_and_after_relatives():
    assert (
        follow("underground", "What lines serve Bank?", [], "and Angel?") == "list: Which lines serve Angel?"
    )
    mother = follow("family", "Who is Freya's mother?", ["Isla"], "Who is her brother?")
    assert mother == "list: Who are Isla's brothers?"
    assert (
        follow("family", "Who is Freya's mother?", ["Isla"], "What about Asha?")
        == "list: Who are Asha's mothers?"
    )


@pytest.mark.parametrize(
    ("first", "ends", "sentence", "right"),
    [
        ("Who is Freya's mother?", ["Isla"], "and who is her father?", "list: Who are Isla's fathers?"),
        ("How many cousins has Freya?", [], "which ones?", "list: Who are Freya's cousins?"),
    ],
)
def test_in_a_family_relatives_are_asked_for(first, ends, sentence, right):
    assert follow("family", first, ends, sentence) == right


def test_to_somebody_else_is_about_who_it_leads_to():
    assert follow("company", "Who reports to Ann?", ["Bob"], "and to Bob?") == "list: What reports to Bob?"
    with pytest.raises(GraphDNCError):
        follow("company", "Who does Eve report to?", ["Cleo"], "and to Bob?")


def test_in_one_line_a_pronoun_is_not_somebody_in_an_answer_that_is_not_known():
    with pytest.raises(GraphDNCError):
        understand("Who is Freya's mother? Who is her brother?", graph("family"))
    asked = understand("Does Freya have sisters? Who is her mother?", graph("family")).askings
    assert [describe(graph("family"), one.question) for one in asked] == [
        "Who are Freya's sisters?",
        "Who are Freya's mothers?",
    ]


def test_without_a_question_before_there_is_nothing_to_refer_to():
    for sentence in ("and back?", "how many changes?", "avoiding Moorgate"):
        with pytest.raises(GraphDNCError):
            understand(sentence, graph("underground"))
