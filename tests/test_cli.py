"""The command line from outside: what is printed where, exit codes, and the names that scripts rely on."""

from __future__ import annotations

import io
import itertools
import json
import os
import re
import sys
from typing import ClassVar

import pytest

from graphdnc.cli import ask as ask_command
from graphdnc.cli.main import main
from graphdnc.oracle import traverse
from graphdnc.reasoner import Answer, Reasoner

EDGES = (
    "source,relation,target\nBank,Central westbound,St Paul's\nSt Paul's,Central westbound,Chancery Lane\n"
)
SENTENCE = "From Bank take the Central westbound two stops: where am I?"


class StandIn:
    """Answers by the exact answer, or as told: the network's part is tested elsewhere."""

    together: ClassVar[list[int]] = []

    def __init__(self, graph, said):
        self.graph, self.said = graph, said
        self.together.clear()

    def ask_all(self, questions, votes, seed):
        self.together.append(len(questions))
        return [self.answer(question, votes) for question in questions]

    def answer(self, question, votes):
        path = {"right": traverse(self.graph, question)[0], "none": None}.get(self.said)
        if self.said == "wrong":
            path = traverse(self.graph, question)[0][:1]
        return Answer(question, path, 0.875, votes, votes - 1, 0.25, len(self.graph))


class StandardInput(io.BytesIO):
    name = "<stdin>"


@pytest.fixture
def network(monkeypatch):
    """Let a stand-in answer; ``network("wrong")`` changes what it says."""

    def says(said):
        monkeypatch.setattr(Reasoner, "load", lambda graph, model: StandIn(graph, said))

    says("right")
    return says


@pytest.fixture
def run(monkeypatch, capsys):
    """Run the command line in this process."""

    def run(*arguments, stdin=""):
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(StandardInput(stdin.encode())))
        monkeypatch.setattr(sys, "argv", ["graphdnc", *map(str, arguments)])
        with pytest.raises(SystemExit) as stop:
            main()
        out, err = capsys.readouterr()
        return stop.value.code, out, err

    return run


@pytest.fixture
def edges(tmp_path):
    path = tmp_path / "edges.csv"
    path.write_text(EDGES)
    return path


def test_a_question_is_answered_as_a_plain_table(run, network, edges):
    code, out, err = run("ask", edges, SENTENCE)
    assert (code, err) == (0, "")
    assert [re.split(r"  +", line.strip()) for line in out.splitlines()] == [
        ["step", "from", "relation", "to"],
        ["1", "Bank", "Central westbound", "St Paul's"],
        ["2", "St Paul's", "Central westbound", "Chancery Lane"],
        ["You are at Chancery Lane."],
        ["confidence: 7 of 8 tries agree"],
        ["exact check: agrees"],
    ]


def test_json_has_exactly_the_fields_that_are_promised(run, network, edges):
    code, out, err = run("ask", edges, SENTENCE, "--json", "--votes", 16)
    assert (code, err, out.count("\n")) == (0, "", 1)
    assert json.loads(out) == {
        "question": SENTENCE,
        "kind": "traversal",
        "answers": ["Chancery Lane"],
        "path": [
            {"source": "Bank", "relation": "Central westbound", "target": "St Paul's"},
            {"source": "St Paul's", "relation": "Central westbound", "target": "Chancery Lane"},
        ],
        "confidence": 0.875,
        "votes": 16,
        "check": "agrees",
        "exact": ["Chancery Lane"],
        "model": "traversal",
        "triples": 2,
        "memorised": 2,
        "seconds": 0.25,
    }


def test_a_wrong_answer_is_shown_beside_the_exact_one_and_never_replaced(run, network, edges):
    network("wrong")
    code, out, _ = run("ask", edges, SENTENCE)
    assert code == 4
    assert "You are at St Paul's." in out
    assert "exact check: disagrees: the exact answer is Chancery Lane" in out
    code, out, _ = run("ask", edges, SENTENCE, "--json")
    record = json.loads(out)
    assert (code, record["answers"], record["exact"]) == (4, ["St Paul's"], ["Chancery Lane"])
    assert record["check"] == "disagrees"


def test_without_the_check_nothing_is_said_about_it(run, network, edges):
    network("wrong")
    code, out, _ = run("ask", edges, SENTENCE, "--no-check")
    assert (code, "exact" in out) == (0, False)
    code, out, _ = run("ask", edges, SENTENCE, "--no-check", "--json")
    assert (code, json.loads(out)["check"], json.loads(out)["exact"]) == (0, "off", None)


@pytest.mark.parametrize(("options", "code"), [((), 4), (("--no-check",), 1)])
def test_an_answer_that_names_no_path(run, network, edges, options, code):
    network("none")
    found, out, _ = run("ask", edges, SENTENCE, *options)
    assert found == code
    assert "no answer that names a path" in out
    _, out, _ = run("ask", edges, SENTENCE, "--json", *options)
    assert (json.loads(out)["answers"], json.loads(out)["path"]) == ([], [])


def test_quiet_prints_the_name_alone(run, network, edges):
    assert run("ask", edges, SENTENCE, "--quiet") == (0, "Chancery Lane\n", "")
    network("wrong")
    code, out, err = run("ask", edges, SENTENCE, "-q")
    assert (code, out) == (4, "St Paul's\n")
    assert "the exact answer is Chancery Lane" in err


def test_flags_and_standard_input(run, network):
    flags = ("--start", "bank", "--follow", "central westbound,Central Westbound")
    assert run("ask", "-", *flags, "-q", stdin=EDGES) == (0, "Chancery Lane\n", "")
    repeated = ("--start", "Bank", "--follow", "Central westbound", "--follow", "Central westbound")
    code, out, _ = run("ask", "-", *repeated, "--json", stdin=EDGES)
    assert (code, json.loads(out)["question"]) == (
        0,
        "Start at Bank, take Central westbound two stops: where am I?",
    )


def test_columns_are_chosen_by_name_or_number(run, network):
    text = "x;to;via;from\n1;b;r;a\n"
    columns = ("--source", "4", "--relation", "via", "--target", "to")
    assert run("ask", "-", "from a follow r", *columns, "-q", stdin=text) == (0, "b\n", "")


def test_questions_come_one_a_line_and_a_wrong_one_does_not_stop_the_next(run, network, edges):
    lines = f"{SENTENCE}\n\nhello\nFrom Bank take the Central westbound\n"
    code, out, err = run("ask", edges, "-q", stdin=lines)
    assert (code, out) == (2, "Chancery Lane\nSt Paul's\n")
    assert err.startswith("error: line 3: ")
    code, out, _ = run("ask", edges, "--json", stdin=lines)
    assert [json.loads(line)["answers"] for line in out.splitlines()] == [["Chancery Lane"], ["St Paul's"]]


def test_questions_that_wait_are_asked_together_and_answered_in_order(run, network, edges):
    lines = [SENTENCE, "From Bank take the Central westbound", "hello"] * 9
    code, out, err = run("ask", edges, "-q", stdin="\r\n".join(lines))
    assert (code, out) == (2, "Chancery Lane\nSt Paul's\n" * 9)
    assert [int(number) for number in re.findall(r"line (\d+)", err)] == list(range(3, 28, 3))
    assert StandIn.together == [11, 7]


def test_a_question_that_has_arrived_does_not_wait_for_the_next_one():
    reading, writing = os.pipe()
    with os.fdopen(reading) as stream, os.fdopen(writing, "wb", buffering=0) as sender:
        batches = ask_command._arriving(stream)
        for sent, batch in [(b"one\n", ["one"]), (b"two\nthr", ["two"]), ("ee é\nfo".encode(), ["three é"])]:
            sender.write(sent)
            assert next(batches) == batch
        sender.write("ur é".encode()[:-1])
        sender.write("é".encode()[-1:] + b"\n" * 40)
        assert list(map(len, itertools.islice(batches, 3))) == [16, 16, 8]
        sender.write(b"five")
        sender.close()
        assert list(batches) == [["five"]]


def test_on_a_terminal_a_prompt_goes_on_after_errors_until_the_end(run, network, edges, monkeypatch):
    typed = iter([SENTENCE, "hello", "", "From Bank take the Central westbound"])

    def read_line(prompt):
        for line in typed:
            return line
        raise EOFError

    monkeypatch.setattr(StandardInput, "isatty", lambda self: True)
    monkeypatch.setattr("builtins.input", read_line)
    code, out, err = run("ask", edges, "-q")
    assert (code, out) == (0, "Chancery Lane\nSt Paul's\n")
    told, error, _ = err.split("\n", 2)
    assert told.startswith("2 triples. Ask, for example: Start at Bank, take Central westbound two stops")
    assert error.startswith("error: ")


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (("no.csv", "x"), 1, "no.csv: there is no such file"),
        (("EDGES", "hello"), 2, "say for example"),
        (("EDGES", "From Bonk take the Central westbound"), 2, "the nearest: 'Bank'"),
        (("EDGES", "--start", "Bonk", "--follow", "Central westbound"), 2, "the nearest: 'Bank'"),
        (("EDGES", "--start", "Bank", "--follow", "Central"), 2, "the nearest: 'Central westbound'"),
        (("EDGES", "--start", "Bank"), 2, "--start and --follow belong together"),
        (("EDGES", "--follow", "x"), 2, "--start and --follow belong together"),
        (("EDGES", "x", "--start", "a", "--follow", "b"), 2, "not both"),
        (("EDGES",), 2, "no question"),
        (("-",), 2, "give the question as a sentence or by --start"),
        (("-", "x"), 1, "standard input: the file is empty"),
        (("EDGES", SENTENCE, "--source", "nope"), 2, "no column 'nope'"),
        (
            ("EDGES", SENTENCE.replace("two", "three")),
            3,
            "step 3: 'Central westbound' does not leave Chancery Lane",
        ),
        (("EDGES", SENTENCE.replace("two", "999")), 1, "more than 200 steps"),
        (("EDGES", SENTENCE, "--model", "no such network"), 1, "'no such network' is neither a network"),
    ],
)
def test_every_error_is_one_line_on_stderr(run, edges, arguments, code, message):
    arguments = [str(edges) if argument == "EDGES" else argument for argument in arguments]
    found, out, err = run("ask", *arguments)
    assert (found, out) == (code, "")
    assert err.startswith("error: ")
    assert err.count("\n") == 1
    assert message in err


@pytest.mark.parametrize(
    "arguments",
    [
        ["ask"],
        ["ask", "x", "--votes", "0"],
        ["ask", "x", "--bogus"],
        ["bogus"],
        ["eval", "x", "--steps", "0"],
    ],
)
def test_wrong_options_are_wrong_usage(run, arguments):
    code, out, err = run(*arguments)
    assert (code, out) == (2, "")
    assert "Error: " in err


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (("no such network",), 1, "neither a network"),
        (("x", "--task", "kinship"), 2, "write --task traversal"),
        (("x", "--lesson", "99"), 2, "write --lesson 1 to 14, or final"),
        (("x", "--graphs", "no.csv"), 1, "there is no such file"),
    ],
)
def test_errors_of_eval(run, arguments, code, message):
    found, out, err = run("eval", *arguments)
    assert (found, out, err.count("\n")) == (code, "", 1)
    assert message in err


def test_a_defect_is_one_line_too_and_says_how_to_see_more(run, network, edges, monkeypatch):
    monkeypatch.delenv("GRAPHDNC_DEBUG", raising=False)
    monkeypatch.setattr(ask_command, "print_answer", lambda checked: 1 / 0)
    code, _, err = run("ask", edges, SENTENCE)
    assert code == 1
    assert err == "internal error: ZeroDivisionError: division by zero (GRAPHDNC_DEBUG=1 shows where)\n"
    monkeypatch.setenv("GRAPHDNC_DEBUG", "1")
    monkeypatch.setattr(sys, "argv", ["graphdnc", "ask", str(edges), SENTENCE])
    with pytest.raises(ZeroDivisionError):
        main()


def test_names_that_a_terminal_cannot_show_do_not_stop_an_answer(run, network, tmp_path, monkeypatch, capsys):
    path = tmp_path / "edges.csv"
    path.write_text("Köln,r,[bold]Łódź[/bold]\n", encoding="utf-8")
    assert run("ask", path, "from koln follow r", "-q")[1] == "[bold]Łódź[/bold]\n"
    assert "[bold]Łódź[/bold]" in run("ask", path, "from koln follow r")[1]
    plain = io.TextIOWrapper(io.BytesIO(), encoding="ascii")
    monkeypatch.setattr(sys, "stdout", plain)
    run("ask", path, "from koln follow r", "--json")
    assert json.loads(plain.buffer.getvalue())["answers"] == ["[bold]Łódź[/bold]"]


OPTIONS = {
    "ask": "--start --follow --model --votes --seed --json --quiet --check --no-check "
    "--source --relation --target --help",
    "eval": "--task --graphs --lesson --steps --episodes --seed --votes --json --help",
}


@pytest.mark.parametrize("command", OPTIONS)
def test_the_options_that_scripts_rely_on(run, command):
    code, out, _ = run(command, "--help")
    assert code == 0
    assert set(re.findall(r"(?<!\S)--[a-z-]+", out)) == set(OPTIONS[command].split())
    assert "Example: graphdnc" in out
