"""How answers look where a walk has several ends, and where only a part of a graph was memorised."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from graphdnc.answering.answer import Answer
from graphdnc.answering.path_answer import CheckedPath
from graphdnc.cli.ask.print_answer import exit_code, print_answer, print_short
from graphdnc.graph import Graph
from graphdnc.language.parse import parse_question
from graphdnc.oracle.solve import traverse
from graphdnc.questions import ShortestPath, Traversal

FORK = Graph.from_triples(
    [("a", "r", "b"), ("b", "s", "d"), ("a", "r", "c"), ("c", "s", "e"), ("c", "s", "f")]
)
ASKED = Traversal(0, (0, 1))
EXACT = traverse(FORK, ASKED)
NARROWED = "Start at a, take r one stop towards b, then s one stop: where am I?"
STAR = Graph.from_triples([("hub", "r", f"n{number}") for number in range(30)])


def said(paths, graph=FORK, question=ASKED, exact=EXACT, **changed):
    """Return an answer of these paths, checked."""
    answer = Answer(question, paths[0], False, 1.0, 8, 8, 0.1, len(graph), paths=tuple(paths))
    return CheckedPath("?", graph, replace(answer, **changed), exact, "", "traversal")


def test_all_ends_are_shown_and_how_to_ask_for_one(capsys):
    checked = said(EXACT)
    print_answer(checked)
    assert capsys.readouterr().out.splitlines()[3:] == [
        "You are at d, or at e, f: a relation leads to several places",
        "  a -> c -> e",
        "  a -> c -> f",
        f'to ask for one of them, say towards where: "{NARROWED}"',
        "confidence: 8 of 8 tries agree",
        "exact check: agrees; all 3 exact answers were found",
    ]
    assert exit_code(checked) == 0


def test_where_no_direction_leads_to_one_end_it_is_told_to_start_after_the_fork(capsys):
    there_and_back = Graph.from_triples([("a", "r", "b"), ("b", "r", "a"), ("a", "r", "c"), ("c", "r", "a")])
    asked = Traversal(0, (0, 0, 0))
    exact = traverse(there_and_back, asked)
    print_answer(said(exact, there_and_back, asked, exact))
    hint = "Start at b, take r two stops towards c: where am I?"
    assert f'to ask for one of them, start after the fork: "{hint}"' in capsys.readouterr().out
    narrowed = parse_question(hint, there_and_back)
    assert {path[-1].target for path in traverse(there_and_back, narrowed)} == {2}


def test_ends_that_were_not_found_are_told_and_never_added(capsys):
    checked = said(EXACT[:1], complete=False)
    print_answer(checked)
    out = capsys.readouterr().out
    assert "You are at d.\n" in out
    assert "exact check: incomplete; 1 of 3 exact answers were found, not found: e, f\n" in out
    assert "there may be more ends than these" in out
    record = json.loads(json.dumps(checked.to_dict()))
    assert (record["answers"], record["exact"]) == (["d"], ["d", "e", "f"])
    assert [[step["target"] for step in path] for path in record["paths"]] == [["b", "d"]]
    assert record["narrowing"] is None, "one end is asked for already"
    assert said(EXACT).to_dict()["narrowing"] == NARROWED


def test_an_answer_that_lacks_something_does_not_agree(capsys):
    lacking = said(EXACT[:1])
    assert (lacking.check, lacking.to_dict()["check"], exit_code(lacking)) == ("incomplete", "incomplete", 4)
    print_short(lacking)
    verdict = "exact check: incomplete; 1 of 3 exact answers were found, not found: e, f"
    assert capsys.readouterr() == ("d\n", f"{verdict}\n")


def test_a_number_that_is_too_small_disagrees_and_a_yes_needs_no_more_than_one(capsys):
    lacking = said(EXACT[:1])
    counted, whether = replace(lacking, put="count"), replace(lacking, put="whether")
    print_answer(counted)
    assert (
        "exact check: disagrees: 1 of 3 exact answers were found, not found: e, f\n"
        in capsys.readouterr().out
    )
    assert (counted.count, exit_code(counted)) == (1, 4)
    assert (whether.holds, whether.check, exit_code(whether)) == (True, "agrees", 0)


def test_the_ends_alone_are_on_one_line(capsys):
    print_short(said(EXACT))
    assert capsys.readouterr() == ("d, e, f\n", "")


def test_of_many_ends_the_first_are_shown(capsys):
    exact = traverse(STAR, Traversal(0, (0,)))
    print_answer(said(exact, STAR, Traversal(0, (0,)), exact))
    out = capsys.readouterr().out
    assert "  hub -> n20\n  and 9 more, which --json lists\nto ask for one of them" in out


@pytest.mark.parametrize(
    ("question", "path", "denies", "chosen"),
    [
        (Traversal(0, (0, 1)), EXACT[0], False, "the nodes nearest to the start"),
        (ShortestPath(0, 2), EXACT[0], False, "the nodes of the shortest ways from start to goal"),
        (ShortestPath(0, 2), None, False, "what is nearest to start and goal"),
    ],
)
def test_it_is_said_which_part_was_memorised(capsys, question, path, denies, chosen):
    answer = Answer(question, path, denies, 1.0, 8, 8, 0.1, 3, part=True)
    print_answer(CheckedPath("?", FORK, answer, None, "", "traversal"))
    assert f"memorised: 3 of 5 triples: {chosen}" in capsys.readouterr().out
