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


def test_without_a_question_before_there_is_nothing_to_refer_to():
    for sentence in ("and back?", "how many changes?", "avoiding Moorgate"):
        with pytest.raises(GraphDNCError):
            understand(sentence, graph("underground"))
