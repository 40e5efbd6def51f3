"""The notation of forms, each against the same as a regular expression, and what a chart keeps."""

from __future__ import annotations

import re
from itertools import product

import pytest

from graphdnc.graph import Graph
from graphdnc.language.chart import Chart
from graphdnc.language.grammar import Grammar
from graphdnc.language.lexer import Lexer

GRAPH = Graph.from_triples([("x", "r", "y"), ("x y", "r", "y")])
PHRASES = {letter: frozenset([letter.lower()]) for letter in "ABC"}
SCANNERS = {"NODE": Lexer.nodes}


def grammar(form, longest=99, **parts):
    return Grammar([(form, lambda captures: captures)], PHRASES, SCANNERS, parts, longest)


def read(form, text, longest=99, **parts):
    return Chart(grammar(form, longest, **parts), Lexer(text, GRAPH))


@pytest.mark.parametrize(
    ("form", "pattern"),
    [
        ("A B C", "abc"),
        ("A* B", "a*b"),
        ("A+ [B] C", "a+b?c"),
        ("A (B | C)* A", "a(b|c)*a"),
        ("A | B C | C+", "a|bc|c+"),
        ("[A] [B] C", "a?b?c"),
        ("(A B){2} C", "(ab){0,2}c"),
        ("A{3} B", "a{0,3}b"),
        ("A [B (C | A)+] B*  C", "a(b(c|a)+)?b*c"),
        ("P Q* C", "(a|bb)(c(a|bb))*c"),
    ],
)
def test_a_form_reads_what_a_regular_expression_does(form, pattern):
    compiled = grammar(form, P="A | B B", Q="C P")
    for length in range(1, 7):
        for letters in product("abc", repeat=length):
            whole = any(Chart(compiled, Lexer(" ".join(letters), GRAPH)).whole())
            assert whole == (re.fullmatch(pattern, "".join(letters)) is not None), letters


def test_slots_are_noted_in_order_and_all_readings_are_kept():
    found = [captures for captures, _ in read("one:NODE+ A other:NODE", "x y a y").whole()]
    assert sorted(found) == [(("one", 0), ("one", 1), ("other", 1)), (("one", 2), ("other", 1))]


def test_the_chart_knows_how_far_it_got_and_what_may_follow():
    chart = read("A PART C", "a b b", PART="B NODE")
    assert chart.furthest == 2
    assert chart.wanted(2) == {"NODE"}
    assert [state.parts for state in chart.cells[2]] == [{"PART"}]
    assert not list(chart.whole())


def test_readings_of_too_many_values_are_not_read_on():
    assert any(read("one:NODE+", "y y y", longest=3).whole())
    assert read("one:NODE+", "y y y y", longest=3).furthest == 3
