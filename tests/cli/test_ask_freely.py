"""``graphdnc ask``: weights, CSV, several questions in a line, follow-ups in a file."""

from __future__ import annotations

import csv
import io
import json

import pytest

TOWN = """source,relation,target,minutes
Park,Red,Hall,9
Hall,Red,Mill,9
Park,Blue,Quay,1
Quay,Blue,Mill,2
"""


@pytest.fixture
def town(tmp_path):
    path = tmp_path / "town.csv"
    path.write_text(TOWN)
    return path


def test_weights_are_used_where_they_are_asked_for(run, town):
    code, out, err = run("ask", town, "--weight", "minutes", "--votes", 2, "fastest way from Park to Mill")
    assert (code, err) == (0, "")
    assert out.splitlines()[0] == "Park -> Mill: 2 steps, no change, 3 minutes"
    assert "exact cost: 3 minutes" in out
    code, out, _ = run("ask", town, "--weight", "4", "--json", "--votes", 2, "How long from Park to Mill?")
    assert (code, out) == (2, out)
    record = json.loads(
        run("ask", town, "--weight", "4", "--json", "how long does it take from Park to Mill?")[1]
    )
    assert (record["count"], record["costs"], record["exact_costs"]) == (3, [3], [3])
    assert run("ask", town, "--weight", "hours", "Park to Mill")[0] == 2
    code, _, err = run("ask", town, "cheapest way from Park to Mill")
    assert code == 2
    assert "give --weight COLUMN" in err


def test_conditions_of_a_way_by_options(run, town):
    ways = ("ask", town, "-q", "--votes", 2, "--from", "Park", "--to", "Mill")
    assert run(*ways, "--avoid", "Quay") == (0, "Park -> Hall -> Mill\n", "")
    assert run(*ways, "--without", "Red line") == (0, "Park -> Quay -> Mill\n", "")
    assert run(*ways, "--only", "Red") == (0, "Park -> Hall -> Mill\n", "")
    assert run(*ways, "--via", "Quay", "--fewest-changes") == (0, "Park -> Quay -> Mill\n", "")
    assert run(*ways, "--ways", 2)[1].count(";") == 1
    assert run("ask", town, "--start", "Park", "--follow", "Red", "--via", "Quay")[0] == 2


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--reach", "Park", "--within", "1"], "Hall, Quay"),
        (["--reach", "Park", "--only", "Red"], "Hall, Mill"),
        (["--reach", "Mill", "--backwards", "--without", "Red line"], "Quay, Park"),
        (["--lines", "Quay"], "Blue"),
        (["--stops", "Blue"], "Park, Quay, Mill"),
        (["--ends", "Blue line"], "Park, Mill"),
    ],
)
def test_lists_by_options(run, town, options, said):
    code, out, err = run("ask", town, "-q", "--votes", 2, *options)
    assert (code, sorted(out.strip().split(", ")), err) == (0, sorted(said.split(", ")), "")


@pytest.mark.parametrize(
    "options",
    [
        ["--reach", "Park", "--lines", "Park"],
        ["--within", "2"],
        ["--lines", "Park", "--backwards"],
        ["--reach", "Park", "--via", "Quay"],
        ["--reach", "Park", "--from", "Park", "--to", "Mill"],
        ["--stops", "Blue", "Park to Mill"],
    ],
)
def test_options_of_lists_that_do_not_go_together_are_refused(run, town, options):
    assert run("ask", town, *options)[0] == 2


def test_a_wrong_weight_names_its_line(run, town):
    town.write_text(TOWN.replace(",9\nPark", ",soon\nPark"))
    code, _, err = run("ask", town, "--weight", "minutes", "Park to Mill")
    assert code == 1
    assert "line 3: the weight is 'soon'; write a number above 0" in err


def test_lines_may_ask_several_questions_and_refer_to_the_line_before(run, town):
    lines = "Park to Hall and Hall to Mill?\nhow many stops?\nblah\nWhat is next to Quay?\n"
    code, out, err = run("ask", town, "-q", "--votes", 2, stdin=lines)
    assert code == 2
    assert out.splitlines() == ["Park -> Hall", "Hall -> Mill", "1", "Park, Mill"] or out.splitlines()[
        :3
    ] == [
        "Park -> Hall",
        "Hall -> Mill",
        "1",
    ]
    assert "note: read as 'How do you get from Hall to Mill?'" in err
    assert "line 3: 'blah' is not understood" in err


def test_csv_has_a_row_for_every_question(run, town):
    code, out, _ = run("ask", town, "--csv", "--votes", 2, stdin="Does Park lead to Mill?\nPark to Mill\n")
    rows = list(csv.DictReader(io.StringIO(out)))
    assert code == 2
    assert [row["code"] for row in rows] == ["2", ""]
    assert (rows[1]["kind"], rows[1]["answers"], rows[1]["check"]) == ("shortest-path", "Mill", "agrees")
    assert run("ask", town, "--csv", "--json", "Park to Mill")[0] == 2


def test_a_question_that_is_refused_has_its_object(run, town):
    code, out, err = run("ask", town, "--json", "blah")
    record = json.loads(out)
    assert (record["question"], record["code"], code) == ("blah", 2, 2)
    assert record["error"] in err
