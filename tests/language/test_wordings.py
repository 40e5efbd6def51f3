"""Wordings of people, and invented ones: each is read as what is right, and quickly."""

from __future__ import annotations

import time

import pytest
from wordings import graph, read_wordings, said_of

from graphdnc.graph import Graph
from graphdnc.language.free.words import words_of
from graphdnc.language.understand import understand
from graphdnc.questions import Traversal

FILES = (
    *("asked_by_people", "invented_first", "invented_second", "invented_third", "invented_fourth"),
    *("invented_fifth", "invented_adverse"),
)


@pytest.mark.parametrize(
    ("name", "sentence", "right"),
    [wording for file in FILES for wording in read_wordings(f"{file}.txt")],
    ids=lambda value: value if " " in value else None,
)
def test_a_wording_is_read_as_what_is_right(name, sentence, right):
    said = said_of(name, sentence)
    assert said.startswith("refused") if right == "refused" else said == right


def test_a_sentence_is_read_within_20_ms_on_a_graph_of_300_nodes():
    large = Graph.from_triples((f"Stop {one}", f"Line {one % 9}", f"Stop {one + 1}") for one in range(300))
    sentences = [
        "How do I get from Stop 5 to Stop 200 avoiding Stop 77 without the Line 3?",
        "Which lines serve Stop 12?",
        "Everything within 3 stops of Stop 100",
        "three ways from Stop 1 to Stop 9",
    ]
    spent = []
    for sentence in sentences:
        understand(sentence, large)  # the words of the graph are indexed once
        tries = []
        for _ in range(5):
            started = time.process_time()
            understand(sentence, large)
            tries.append(time.process_time() - started)
        spent.append(min(tries))
    assert max(spent) < 0.02


def test_the_words_of_the_languages_are_not_loaded_for_a_walk():
    words_of.cache_clear()
    asked = understand("From Bank take the Central westbound two stops: where am I?", graph("underground"))
    assert isinstance(asked.askings[0].question, Traversal)
    assert words_of.cache_info().currsize == 0, "they take longer to load than a walk to answer"


def test_what_is_read_loosely_is_said():
    understood = understand("Kings X to Bank", graph("underground"))
    assert understood.notes == ("'Kings X' is read as \"King's Cross St Pancras\"",)
    assert not understand("Bank to Angel", graph("underground")).notes
