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
from command_line import NETWORK, StandardInput

from graphdnc.answering import open_session
from graphdnc.answering.answer import Answer
from graphdnc.cli.ask import asker, batch
from graphdnc.cli.main import main
from graphdnc.errors import CheckpointError, NoAnswer, UsageError
from graphdnc.oracle.solve import answers
from graphdnc.tasks import TASKS

EDGES = (
    "source,relation,target\nBank,Central westbound,St Paul's\nSt Paul's,Central westbound,Chancery Lane\n"
)
SENTENCE = "From Bank take the Central westbound two stops: where am I?"
WAY = "How do you get from Moorgate to Waterloo?"


class StandIn:
    """Answers by the exact answer, or as told: the network's part is tested elsewhere."""

    together: ClassVar[list[int]] = []
    loaded: ClassVar[list[str]] = []

    def __init__(self, graph, said, model):
        if model not in TASKS:
            raise CheckpointError(f"{model!r} is neither a network that is installed nor a folder")
        self.graph, self.said, self.task = graph, said, model
        self.loaded.append(model)

    def answer_all(self, questions, votes, seed):
        if not all(isinstance(question, TASKS[self.task].question) for question in questions):
            raise UsageError(f"the network {self.task!r} was trained for {self.task}")
        self.together.append(len(questions))
        return [self.answer(question, votes) for question in questions]

    def answer(self, question, votes):
        try:
            exact = answers(self.graph, question)[0]
        except NoAnswer:
            exact = None
        path = {"right": exact, "wrong": exact and exact[:1], "detour": self.detour()}.get(self.said)
        denies = self.said == "denies" or (self.said == "right" and exact is None)
        return Answer(question, path, denies, 0.875, votes, votes - 1, 0.25, len(self.graph))

    def detour(self):
        """Return the way of four steps from Moorgate to Waterloo."""
        return tuple(self.graph)[3:7]


@pytest.fixture
def network(monkeypatch):
    """Let a stand-in answer; ``network("wrong")`` changes what it says."""

    def says(said):
        monkeypatch.setattr(open_session, "load_session", lambda graph, model: StandIn(graph, said, model))

    StandIn.together.clear()
    StandIn.loaded.clear()
    says("right")
    return says


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
        "paths": [
            [
                {"source": "Bank", "relation": "Central westbound", "target": "St Paul's"},
                {"source": "St Paul's", "relation": "Central westbound", "target": "Chancery Lane"},
            ]
        ],
        "confidence": 0.875,
        "votes": 16,
        "agreeing": 15,
        "check": "agrees",
        "exact": ["Chancery Lane"],
        "model": "traversal",
        "triples": 2,
        "memorised": 2,
        "seconds": 0.25,
        "complete": True,
        "narrowing": None,
    }


def test_that_ends_are_missing_is_said_even_quietly(run, network, tmp_path):
    fork = tmp_path / "fork.csv"
    fork.write_text("a,r,b\na,r,c\n")
    question = ("ask", fork, "From a take r one stop")
    assert run(*question, "-q") == (0, "b\n", "note: 1 of 2 exact answers were found, not found: c\n")
    assert json.loads(run(*question, "--json")[1])["complete"] is False


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


def test_on_a_terminal_a_prompt_goes_on_after_errors_until_the_end(
    run, network, edges, monkeypatch, tmp_path
):
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
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
    assert "How do you get from Bank to Chancery Lane?" in told
    assert error.startswith("error: ")


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (("no.csv", "x"), 1, "no.csv: there is no such file"),
        (("EDGES", "hello"), 2, "; try "),
        (("EDGES", "From Bonk take the Central westbound"), 2, "the nearest: 'Bank'"),
        (("EDGES", "--start", "Bonk", "--follow", "Central westbound"), 2, "the nearest: 'Bank'"),
        (("EDGES", "--start", "Bank", "--follow", "Central"), 2, "the nearest: 'Central westbound'"),
        (("EDGES", "--start", "Bank"), 2, "--start and --follow belong together"),
        (("EDGES", "--follow", "x"), 2, "--start and --follow belong together"),
        (("EDGES", "x", "--start", "a", "--follow", "b"), 2, "a sentence or --start and --follow, not both"),
        (("EDGES", "x", "--from", "a", "--to", "b"), 2, "a sentence or --from and --to, not both"),
        (("EDGES", "--from", "Bank"), 2, "--from and --to belong together"),
        (("EDGES", "--to", "Bank"), 2, "--from and --to belong together"),
        (("EDGES", "--start", "Bank", "--to", "Bank"), 2, "give one pair"),
        (("EDGES", "--from", "Bank", "--to", "Bank", "--follow", "x"), 2, "give one pair"),
        (("EDGES", "--from", "Bank", "--to", "Chancery Line"), 2, "the nearest: 'Chancery Lane'"),
        (("EDGES", "Bank to Chancery Line"), 2, "the nearest: 'Chancery Lane'"),
        (("EDGES",), 2, "no question"),
        (("-",), 2, "give the question as a sentence, by --questions, or"),
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
        ["ask", "x", "Bank", "to", "Angel"],
        ["bogus"],
        ["eval", "x", "--votes", "0"],
    ],
)
def test_wrong_options_are_wrong_usage(run, arguments):
    code, out, err = run(*arguments)
    assert (code, out, err.count("\n")) == (2, "", 1)
    assert err.startswith("error: ")
    assert "--help shows all options" in err
    assert ("put a question in quotes" in err) == ("Angel" in arguments)


def test_without_a_command_there_is_help(run):
    assert run() == run("--help")
    assert run()[0] == 0


def test_a_way_is_printed_by_its_legs(run, network, city):
    code, out, err = run("ask", city, WAY)
    assert (code, err) == (0, "")
    assert [re.split(r"  +", line.strip()) for line in out.splitlines()] == [
        ["Moorgate -> Waterloo: 3 steps, 1 change"],
        ["relation", "steps", "way"],
        ["Northern", "2", "Moorgate -> Bank -> London Bridge"],
        ["Jubilee", "1", "London Bridge -> Waterloo"],
        ["confidence: 15 of 16 tries found a way this short"],
        ["exact check: agrees"],
    ]
    assert run("ask", city, "Moorgate to Bank")[1].startswith("Moorgate -> Bank: 1 step, no change\n")


def test_a_way_in_json(run, network, city):
    code, out, err = run("ask", city, "--from", "moorgate", "--to", "bank", "--json")
    assert (code, err, out.count("\n")) == (0, "", 1)
    assert json.loads(out) == {
        "question": "How do you get from Moorgate to Bank?",
        "kind": "shortest-path",
        "answers": ["Bank"],
        "path": [{"source": "Moorgate", "relation": "Northern", "target": "Bank"}],
        "paths": [[{"source": "Moorgate", "relation": "Northern", "target": "Bank"}]],
        "confidence": 0.875,
        "votes": 16,
        "agreeing": 15,
        "check": "agrees",
        "exact": ["Bank"],
        "model": "shortest-path",
        "triples": 8,
        "memorised": 8,
        "seconds": 0.25,
        "length": 1,
        "exact_length": 1,
        "denies": False,
    }


def test_a_way_that_is_too_long_is_shown_beside_the_exact_one(run, network, city):
    network("detour")
    code, out, _ = run("ask", city, WAY)
    assert code == 4
    assert "Moorgate -> Waterloo: 4 steps, no change" in out
    exact = "a way of 3 steps: Northern to Bank, Northern to London Bridge, Jubilee to Waterloo\n"
    assert f"exact check: disagrees: there is {exact}" in out
    code, out, err = run("ask", city, WAY, "--quiet")
    assert (code, out) == (4, "Moorgate -> Farringdon -> Euston -> Paddington -> Waterloo\n")
    assert exact in err
    code, out, _ = run("ask", city, WAY, "--json")
    record = json.loads(out)
    assert (code, record["check"], record["length"], record["exact_length"]) == (4, "disagrees", 4, 3)
    code, out, _ = run("ask", city, WAY, "--no-check")
    assert (code, "exact" in out) == (0, False)


NOWHERE = "from Westminster to Bank"


def test_that_no_way_leads_there_is_said_by_the_network_and_by_the_check(run, network, city):
    code, out, err = run("ask", city, NOWHERE)
    assert (code, err) == (3, "")
    assert out.splitlines() == [
        "The network: there is no path from Westminster to Bank.",
        "confidence: 15 of 16 tries say so",
        "exact check: agrees: there is no path from 'Westminster' to 'Bank'; nothing leaves 'Westminster'; "
        "there is a path back: if triples lead both ways, ask with --undirected",
    ]
    code, out, err = run("ask", city, NOWHERE, "-q")
    assert (code, out) == (3, "")
    assert err.startswith("The network: there is no path from Westminster to Bank.\n")
    code, out, _ = run("ask", city, NOWHERE, "--json")
    record = json.loads(out)
    assert (code, record["answers"], record["path"], record["exact"]) == (3, [], [], [])
    assert (record["check"], record["denies"], record["length"], record["exact_length"]) == (
        "agrees",
        True,
        None,
        None,
    )
    assert run("ask", city, NOWHERE, "--no-check")[0] == 3


def test_a_network_that_finds_no_way_where_none_is_has_not_said_so(run, network, city):
    network("none")
    code, out, _ = run("ask", city, NOWHERE)
    assert code == 3
    assert out.splitlines()[0] == (
        "The network found no path from Westminster to Bank, but does not say that there is none."
    )
    assert "exact check: disagrees: there is no path" in out


@pytest.mark.parametrize(("said", "unchecked"), [("denies", 3), ("none", 1)])
def test_a_way_that_the_network_does_not_find_is_shown_by_the_check_alone(
    run, network, city, said, unchecked
):
    network(said)
    code, out, _ = run("ask", city, WAY)
    assert code == 4
    assert ("The network: there is no path" if said == "denies" else "The network found no path") in out
    assert "exact check: disagrees: there is a way of 3 steps: Northern to Bank" in out
    assert run("ask", city, WAY, "--no-check")[0] == unchecked
    record = json.loads(run("ask", city, WAY, "--json")[1])
    assert (record["answers"], record["exact"], record["check"]) == ([], ["Waterloo"], "disagrees")


def test_who_is_there_already_needs_no_network(run, network, city):
    code, out, err = run("ask", city, "Bank to Bank")
    assert (code, err, StandIn.loaded) == (0, "", [])
    assert out == "You are already there: Bank is start and goal, so the network was not asked.\n"
    assert run("ask", city, "--from", "Bank", "--to", "bank", "-q") == (0, "Bank\n", "")
    record = json.loads(run("ask", city, "Bank to Bank", "--json")[1])
    assert (record["answers"], record["path"], record["exact"]) == (["Bank"], [], ["Bank"])
    assert (record["votes"], record["memorised"], record["model"], record["length"]) == (0, 0, None, 0)


def test_undirected_files_lead_both_ways(run, network, city):
    code, out, _ = run("ask", city, "Waterloo to Moorgate", "-q", "--undirected")
    assert (code, out) == (0, "Waterloo -> London Bridge -> Bank -> Moorgate\n")
    assert run("ask", city, "Waterloo to Moorgate", "-q")[0] == 3
    assert json.loads(run("ask", city, "Waterloo to Moorgate", "--undirected", "--json")[1])["triples"] == 16


def test_a_column_of_weights_is_said_to_be_unused_once_and_only_for_ways(run, network):
    note = "note: the column 'minutes' is not used: the shortest path has the fewest steps\n"
    assert run("ask", "-", WAY, "-q", stdin=NETWORK)[::2] == (0, note)
    assert run("ask", "-", "From Moorgate take Circle", "-q", stdin=NETWORK)[::2] == (0, "")


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


def test_a_strict_check_is_the_check_that_is_always_made(run, network, edges):
    network("wrong")
    assert run("ask", edges, SENTENCE, "-q", "--check=strict")[::2] == run("ask", edges, SENTENCE, "-q")[::2]
    assert run("ask", edges, SENTENCE, "-q", "--check=strict")[0] == 4


@pytest.mark.parametrize("value", ["lax", "", "true", "strict "])
def test_no_other_check_can_be_asked_for(run, edges, value):
    code, out, err = run("ask", edges, SENTENCE, f"--check={value}")
    assert (code, out, err.count("\n")) == (2, "", 1)
    assert f"no check is named {value!r}; write --check, --check=strict or --no-check" in err


def test_a_defect_is_one_line_too_and_says_how_to_see_more(run, network, edges, monkeypatch):
    monkeypatch.delenv("GRAPHDNC_DEBUG", raising=False)
    monkeypatch.setattr(asker, "print_answer", lambda checked: 1 / 0)
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
    "ask": "--questions --start --follow --from --to --undirected --model --votes --seed --json --quiet "
    "--trace --check --no-check --of --is --define --source --relation --target --columns --format --help",
    "models": "--json --help",
    "eval": "--task --graphs --lesson --steps --chains --nodes --episodes --seed --votes --calibration "
    "--columns --json --help",
}


@pytest.mark.parametrize("command", OPTIONS)
def test_the_options_that_scripts_rely_on(run, command):
    code, out, _ = run(command, "--help")
    assert code == 0
    assert set(re.findall(r"(?<!\S)--[a-z-]+", out)) == set(OPTIONS[command].split())
    assert "Example: graphdnc" in out
