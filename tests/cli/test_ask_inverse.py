"""``graphdnc ask`` from the other end of a relation."""

from __future__ import annotations

import json

import pytest
from company import FILE

from graphdnc.errors import CapacityError, NoAnswer
from graphdnc.language.walk_grammar import MAX_STEPS


@pytest.fixture
def company(tmp_path):
    path = tmp_path / "company.csv"
    path.write_text(FILE)
    return path


def test_printed(run, company):
    code, out, err = run("ask", company, "Who reports to Bob?")
    assert (code, err) == (0, "")
    head, *rows, ends, sure, exact = (line.rstrip() for line in out.splitlines())
    assert head.split() == ["from", "relation", "to"]
    assert {row.split()[0] for row in rows} == {"Ann", "Carl"}
    assert ends in ("These are Ann, Carl.", "These are Carl, Ann.")
    assert (sure, exact) == (
        "confidence: 8 of 8 tries agree",
        "exact check: agrees; all 2 exact answers were found",
    )
    out = run("ask", company, "Whose manager's manager is Dora?")[1]
    rows = [line.split() for line in out.splitlines()[:4]]
    assert rows == [
        ["step", "from", "relation", "to"],
        ["1", "Ann", "manager", "Bob"],
        ["2", "Bob", "manager", "Dora"],
        ["That", "is", "Ann."],
    ]


def test_options_and_json(run, company):
    code, out, err = run("ask", company, "--follow", "manager,manager", "--to", "dora", "--json")
    record = json.loads(out)
    assert (code, err) == (0, "")
    assert (record["question"], record["kind"]) == ("Whose manager's manager is Dora?", "traversal")
    assert (record["answers"], record["exact"], record["check"]) == (["Ann"], ["Ann"], "agrees")
    assert (
        record["path"]
        == record["paths"][0]
        == [
            {"source": "Ann", "relation": "manager", "target": "Bob"},
            {"source": "Bob", "relation": "manager", "target": "Dora"},
        ]
    )
    assert (record["complete"], record["narrowing"], record["inverse"]) == (True, None, True)
    assert run("ask", company, "--follow", "manager", "--to", "Bob", "-q") == (0, "Ann\n", "")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--follow", "manager", "--to", "Bob", "Who?"], "give a sentence or --follow and --to, not both"),
        (["--follow", "manager towards Dora", "--to", "Bob"], "--follow takes relations only"),
        (["--follow", "manager", "--to", "Bob", "--of", "Bob"], "--of asks about the relatives of a person"),
        (["--follow", "manager", "--to", "Bob", "--from", "Ann"], "give one pair"),
        (["--follow", "manager", "--to", "Bbo"], "no node is called 'Bbo'; the nearest: 'Bob'"),
        (["--follow", "boss", "--to", "Bob"], "no relation is called 'boss'"),
    ],
)
def test_options_that_do_not_fit(run, company, arguments, message):
    code, out, err = run("ask", company, *arguments)
    assert (code, out) == (2, "")
    assert message in err


def test_too_many_steps(run, company):
    code, _, err = run("ask", company, "--follow", ",".join(["manager"] * (MAX_STEPS + 1)), "--to", "Bob")
    assert (code, err.count("\n")) == (CapacityError.exit_code, 1)
    assert "more than 200 steps" in err


def test_nobody(run, company):
    code, out, err = run("ask", company, "Who reports to Ann?")
    assert (code, out) == (NoAnswer.exit_code, "")
    assert (
        err == "error: 'reports to' does not lead to 'Ann'; nothing leads to it; 'reports to' leads from it\n"
    )


@pytest.mark.parametrize("option", ["--start", "--to", "--from"])
def test_half_of_a_pair(run, company, option):
    code, _, err = run("ask", company, option, "Bob")
    assert code == 2
    assert "--follow RELATION --to NODE asks from which nodes it leads there" in err


def test_questions_of_both_kinds_one_a_line(run, company, tmp_path):
    lines = "Who reports to Dora?\nWho does Ann report to?\nWho reports to Ann?\n"
    trace = tmp_path / "trace.jsonl"
    code, out, err = run("ask", company, "--json", "--votes", 2, "--trace", trace, stdin=lines)
    assert code == NoAnswer.exit_code
    records = list(map(json.loads, out.splitlines()))
    assert [record.get("answers") for record in records] == [["Bob"], ["Bob"], None]
    assert records[2]["code"] == NoAnswer.exit_code
    assert "line 3: 'reports to' does not lead to 'Ann'" in err
    assert {json.loads(line)["question"] for line in trace.read_text().splitlines()} == {1, 2}
    both = run("ask", company, "--undirected", "-q", "Who reports to Bob?")[1]
    assert set(both.strip().split(", ")) == {"Ann", "Carl", "Dora"}


def test_of_many_the_first_are_shown_and_what_was_not_tried_is_told(run, tmp_path):
    path = tmp_path / "works.csv"
    path.write_text(
        "source,relation,target\n" + "".join(f"p{number},works in,Sales\n" for number in range(90))
    )
    code, out, err = run("ask", path, "Who works in Sales?", "--votes", 1)
    shown = out.splitlines()
    assert code == 4, "there are more than were found"
    assert len([line for line in shown if line.endswith("Sales")]) == 20
    ends = next(line for line in shown if line.startswith("These are p"))
    assert "more, which --json lists." in ends
    note = "note: relations lead there from more places than were tried; there may be more than these"
    assert note in shown
    code, out, err = run("ask", path, "Who works in Sales?", "-q", "--no-check")
    assert (code, err) == (0, note + "\n")


def test_of_several_ways_the_others_are_shown_as_ways(run, company):
    out = run("ask", company, "--follow", "reports to,reports to", "--to", "Dora")[1].splitlines()
    assert out[3] in ("These are Ann, Carl.", "These are Carl, Ann.")
    assert out[4].endswith(" -> Bob -> Dora")
