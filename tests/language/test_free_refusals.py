"""What is read in spite of a small mistake, and what is refused with questions that work on this graph."""

from __future__ import annotations

import pytest
from wordings import graph, said_of

from graphdnc.errors import UnknownName, UsageError
from graphdnc.graph import Graph
from graphdnc.kinship.vocabulary import standard_vocabulary
from graphdnc.language.free.spelling import spelled
from graphdnc.language.understand import understand


@pytest.mark.parametrize(
    ("sentence", "right"),
    [
        ("shortset way from Bank to Angel", "shortest way from Bank to Angel"),
        ("How do you get form Bank to Angel?", "How do you get from Bank to Angel?"),
        ("Bank to Angel avoidng Moorgate", "Bank to Angel avoiding Moorgate"),
        ("stations betwen Bank and Angel", "stations between Bank and Angel"),
    ],
)
def test_a_small_mistake_in_a_word_is_corrected_and_said(sentence, right):
    said = understand(sentence, graph("underground"))
    assert said.notes[0] == f"read as {right!r}"
    assert said.askings == understand(right, graph("underground")).askings


def test_names_are_never_corrected():
    known = Graph.from_triples([("Form", "to", "From"), ("shortset", "to", "Form")])
    assert spelled("the way form shortset", known, standard_vocabulary()) is None
    assert spelled("shortest way to Betwen", known, standard_vocabulary()) is None
    with pytest.raises(UnknownName, match="Moorgat"):
        understand("How do you get from Bank to Moorgat?", graph("underground"))


@pytest.mark.parametrize(
    ("name", "sentence", "shown"),
    [
        ("underground", "What is the busiest station near Bank?", "'Bank'; try \"What is next to Bank?\""),
        ("packages", "What is jinja2 written in?", "try \"Everything jinja2 requires\" or \"What is"),
        ("company", "How many levels are between Eve and Ann?", "try \"How do you get from Eve to Ann?\""),
        ("family", "What does Freya like best?", "Who are Freya's parents?"),
    ],
)  # fmt: skip
def test_a_refusal_names_what_was_understood_and_a_question_that_works(name, sentence, shown):
    with pytest.raises((UsageError, UnknownName)) as refused:
        understand(sentence, graph(name))
    assert shown in str(refused.value)
    asked = str(refused.value).rsplit('try "', 1)[1].split('"')[0]
    assert understand(asked, graph(name)).askings


def test_questions_by_date_are_refused_clearly():
    with pytest.raises(UsageError, match="'eldest' asks for a date") as refused:
        understand("Who is Freya's eldest brother?", graph("family"))
    assert str(refused.value).endswith('ask without it: "Who is Freya\'s brother?"')
    with pytest.raises(UsageError, match="'When was' asks for a date"):
        understand("When was Freya born?", graph("family"))


@pytest.mark.parametrize(
    ("sentence", "right"),
    [
        ("Wer ist Freyas Mutter?", "list: Who are Freya's mothers?"),
        ("Wie viele Cousins hat Freya?", "count: Who are Freya's cousins?"),
        ("Hat Freya Geschwister?", "whether: Who are Freya's siblings?"),
        ("Wie ist Fergus mit Freya verwandt?", "list: How is Fergus related to Freya?"),
        ("Qui est la m\xe8re de Freya ?", "list: Who are Freya's mothers?"),
        ("Combien de cousins a Freya ?", "count: Who are Freya's cousins?"),
        ("\xbfQui\xe9n es la madre de Freya?", "list: Who are Freya's mothers?"),
        ("\xbfEs Isla la madre de Freya?", "whether: Is Isla Freya's mother?"),
        ("Whose grandmother is Moira?", "list: Who are Moira's grandchildren?"),
    ],
)
def test_relatives_are_asked_for_in_four_languages(sentence, right):
    assert said_of("family", sentence) == right
