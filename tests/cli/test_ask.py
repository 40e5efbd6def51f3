"""The command line from outside: what is printed where, exit codes, and the names that scripts rely on."""

from __future__ import annotations

import io
import json
import re
import sys

import pytest
from asking import EDGES, SENTENCE
from command_line import StandardInput

from graphdnc.cli.ask import asker
from graphdnc.cli.main import main


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
    assert run(*question, "-q") == (
        4,
        "b\n",
        "exact check: incomplete; 1 of 2 exact answers were found, not found: c\n",
    )
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
    "--via --avoid --without --only --fewest-changes --ways --weight --csv "
    "--reach --within --backwards --lines --stops --ends "
    "--trace --show --check --no-check --of --is --define --means --closed --source "
    "--relation --target --columns --format --memory --help",
    "models": "--json --help",
    "eval": "--task --graphs --lesson --steps --chains --nodes --size --rows --episodes --seed --votes "
    "--calibration --silent --plot --stories --columns --means --json --help",
    "plot": "--output --together --help",
    "analyse": "--episodes --seed --output --help",
}


@pytest.mark.parametrize("command", OPTIONS)
def test_the_options_that_scripts_rely_on(run, command):
    code, out, _ = run(command, "--help")
    assert code == 0
    assert set(re.findall(r"(?<!\S)--[a-z-]+", out)) == set(OPTIONS[command].split())
    assert "Example: graphdnc" in out
