"""``graphdnc ask`` with many questions: together, one a line, from a file."""

from __future__ import annotations

import itertools
import json
import os
import re

import pytest
from asking import NOWHERE, SENTENCE, WAY, StandIn

from graphdnc.cli.ask import asker, batch


def test_questions_come_one_a_line_and_a_wrong_one_does_not_stop_the_next(run, network, edges):
    lines = f"{SENTENCE}\n\nhello\nFrom Bank take the Central westbound\n"
    code, out, err = run("ask", edges, "-q", stdin=lines)
    assert (code, out) == (2, "Chancery Lane\nSt Paul's\n")
    assert err.startswith("error: line 3: ")
    code, out, _ = run("ask", edges, "--json", stdin=lines)
    first, refused, last = map(json.loads, out.splitlines())
    assert (first["answers"], last["answers"]) == (["Chancery Lane"], ["St Paul's"])
    assert refused.keys() == {"question", "error", "code"}
    assert (refused["question"], refused["code"]) == ("hello", 2)


def test_questions_that_wait_are_asked_together_and_answered_in_order(run, network, edges):
    lines = [SENTENCE, "From Bank take the Central westbound", "hello"] * 9
    code, out, err = run("ask", edges, "-q", stdin="\r\n".join(lines))
    assert (code, out) == (2, "Chancery Lane\nSt Paul's\n" * 9)
    assert [int(number) for number in re.findall(r"line (\d+)", err)] == list(range(3, 28, 3))
    assert StandIn.together == [11, 7]


def test_a_question_that_has_arrived_does_not_wait_for_the_next_one():
    reading, writing = os.pipe()
    with os.fdopen(reading) as stream, os.fdopen(writing, "wb", buffering=0) as sender:
        batches = batch.arriving(stream)
        for sent, lines in [(b"one\n", ["one"]), (b"two\nthr", ["two"]), ("ee é\nfo".encode(), ["three é"])]:
            sender.write(sent)
            assert next(batches) == lines
        sender.write("ur é".encode()[:-1])
        sender.write("é".encode()[-1:] + b"\n" * 40)
        assert list(map(len, itertools.islice(batches, 3))) == [16, 16, 8]
        sender.write(b"five")
        sender.close()
        assert list(batches) == [["five"]]


def test_questions_of_both_kinds_are_asked_together_and_answered_in_order(run, network, city):
    lines = [WAY, "From Moorgate take the Northern", "Bank to Bank", "hello", "Bank to Waterloo", NOWHERE]
    code, out, err = run("ask", city, "-q", stdin="\n".join([*lines, "From Bank take Northern", ""]))
    assert code == 3
    assert out.splitlines() == [
        "Moorgate -> Bank -> London Bridge -> Waterloo",
        "Bank",
        "Bank",
        "Bank -> London Bridge -> Waterloo",
        "London Bridge",
    ]
    assert "error: line 4: " in err
    assert (StandIn.loaded, StandIn.together) == (["shortest-path", "traversal"], [3, 2])


def test_a_network_for_another_kind_fails_at_its_questions_only(run, network, city):
    for model, answered, failed in [("traversal", "Bank\n", 1), ("shortest-path", "Moorgate -> Bank\n", 2)]:
        lines = "Moorgate to Bank\nFrom Moorgate take the Northern\n"
        code, out, err = run("ask", city, "-q", "--model", model, stdin=lines)
        assert (code, out, err.count("\n")) == (2, answered, 1)
        assert f"error: line {failed}: the network '{model}' was trained for {model}" in err
    code, out, err = run("ask", city, "Moorgate to Bank", "--model", "traversal")
    assert (code, out, err.count("\n")) == (2, "", 1)


def test_a_kind_is_asked_its_own_number_of_times(run, network, city):
    for question, votes in [(WAY, 16), ("From Bank take Northern", 8)]:
        assert json.loads(run("ask", city, question, "--json")[1])["votes"] == votes
        assert json.loads(run("ask", city, question, "--json", "--votes", 3)[1])["votes"] == 3


def test_questions_of_a_file_are_answered_and_counted(run, network, city, tmp_path):
    file = tmp_path / "questions.txt"
    lines = [
        "# ways",
        WAY,
        "",
        "  # indented",
        "hello",
        NOWHERE,
        "From Moorgate take the Northern",
        "Bank to Bank",
    ]
    file.write_bytes("\r\n".join(lines).encode("utf-8-sig"))
    code, out, err = run("ask", city, "--questions", file)
    assert code == 3
    assert "Moorgate -> Waterloo: 3 steps" in out
    assert "You are at Bank." in out
    first, last = err.splitlines()
    assert first.startswith("error: line 5: ")
    assert re.fullmatch(
        r"5 questions in \d+\.\d s: 3 answered \(3 agree with the exact check, 0 differ\), "
        r"1 without an answer, 1 not understood",
        last,
    )
    assert (
        run("ask", "-", "--questions", file, "-q", stdin=city.read_text())[1]
        .splitlines()[0]
        .endswith("Waterloo")
    )
    quiet = run("ask", city, "--questions", file, "-q")
    assert quiet[2].count("\n") == 3, "no summary: two that the network denies, one not understood"


def test_every_answer_stands_under_its_question(run, network, edges):
    out = run("ask", edges, stdin=f"{SENTENCE}\nnonsense\n{SENTENCE}\n")[1]
    first, second, rest = out.split("\n\n")
    assert (first.splitlines()[0], rest) == (f"line 1: {SENTENCE}", "")
    assert second.splitlines()[0] == f"line 3: {SENTENCE}"
    assert first.splitlines()[-1] == second.splitlines()[-1] == "exact check: agrees"


def test_what_became_of_questions_is_told_apart(run, network, city):
    questions = "Moorgate to Bank\nMoorgate to Waterloo\n"
    network("detour")
    assert "2 answered (1 agree" not in run("ask", city, stdin=questions)[2]
    code, out, err = run("ask", city, "--json", stdin=questions)
    assert (code, out.count("\n")) == (4, 2)
    assert "2 questions in " in err
    assert "2 answered (0 agree with the exact check, 2 differ)" in err
    assert "(not checked)" in run("ask", city, "--no-check", stdin=questions)[2]
    assert run("ask", city, stdin="Moorgate to Bank\n# one\n")[2] == ""
    assert "2 failed" in run("ask", city, "--model", "none such", stdin=questions)[2]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--questions", "none.txt"), "none.txt: No such file"),
        (("--questions", "EMPTY"), "no question; give a file of one question a line"),
        (("--questions", "BINARY"), "not valid UTF-8; save the file as UTF-8"),
        (("--questions", "EMPTY", WAY), "give no other question with it"),
        (("--questions", "EMPTY", "--from", "a", "--to", "b"), "give no other question with it"),
    ],
)
def test_files_of_questions_that_cannot_be_used(run, city, tmp_path, arguments, message):
    (tmp_path / "EMPTY").write_text("\n# nothing\n")
    (tmp_path / "BINARY").write_bytes(b"\xff\xfe\0")
    paths = [str(tmp_path / word) if word.isupper() else word for word in arguments]
    code, out, err = run("ask", city, *paths)
    assert (code, out, err.count("\n")) == (2, "", 1)
    assert message in err


def test_kin_of_somebody_without_facts_are_asked_for_in_a_large_graph(run, tmp_path):
    rows = [f"Person {number},profession,Poet" for number in range(1000)]
    graph = tmp_path / "people.csv"
    graph.write_text("\n".join(["source,relation,target", *rows, "Ann,spouse,Carl", ""]))
    asked = ["Start at Person 7, take profession one stop: where am I?", "Who is Person 7's father?"]
    asked += ["How is Person 7 related to Person 8?", "Who is Ann's spouse?"]
    code, out, err = run("ask", graph, "-q", stdin="\n".join(asked))
    assert (code, out) == (3, "Poet\nnobody\nunrelated\nCarl\n")
    assert "error" not in err


def test_an_answer_that_cannot_be_printed_costs_no_other_its_line(run, network, edges, monkeypatch):
    def fails(checked):
        if checked.text != SENTENCE:
            raise ZeroDivisionError("no reason")
        print(checked.ends)

    monkeypatch.setattr(asker, "print_answer", fails)
    monkeypatch.delenv("GRAPHDNC_DEBUG", raising=False)
    code, out, err = run("ask", edges, stdin=f"From Bank take the Central westbound\n{SENTENCE}\n")
    assert (code, "['Chancery Lane']" in out) == (1, True)
    assert "line 1: internal error: ZeroDivisionError: no reason (GRAPHDNC_DEBUG=1 shows where)" in err
