"""``graphdnc ask`` with directions: in sentences, flags and files of questions."""

from __future__ import annotations

import re
import sys

import pytest
from metro import METRO

from graphdnc.cli.main import main


@pytest.fixture
def run(monkeypatch, capsys, tmp_path):
    """Ask the command line about the metro; return the exit code and what is printed."""
    path = tmp_path / "metro.csv"
    rows = [
        (METRO.node_name(source), METRO.relation_name(relation), METRO.node_name(target))
        for source, relation, target in METRO
    ]
    path.write_text("\n".join(",".join(row) for row in [("source", "relation", "target"), *rows]))

    def run(*arguments):
        monkeypatch.setattr(sys, "argv", ["graphdnc", "ask", str(path), *arguments])
        with pytest.raises(SystemExit) as stop:
            main()
        return stop.value.code, *capsys.readouterr()

    return run


def test_an_ambiguous_answer_says_how_to_narrow_it_and_that_works(run):
    code, out, _ = run("From Moorgate take the Northern two stops: where am I?")
    assert code == 0
    (sentence,) = re.findall('say towards where: "(.*)"', out)
    (listed,) = re.findall(r"You are at (.*): a relation leads to several places", out)
    code, out, _ = run(sentence, "-q")
    assert code == 0
    assert out.strip() in listed.replace(" or at", "").split(", ")


def test_a_direction_is_given_by_flags(run):
    flags = ("--start", "Moorgate", "--follow", "Northern towards Bank,Northern towards Bank", "-q")
    assert run(*flags)[:2] == (0, "London Bridge\n")
    both = run(*flags[:3], "Northern towards Bank", "--follow", "Central", "-q")[1]
    assert sorted(both.strip().split(", ")) == ["Liverpool Street", "St Paul's"]
    code, _, error = run(*flags[:3], "Northern towards Bnak")
    assert (code, error) == (2, "error: no node is called 'Bnak'; the nearest: 'Bank'\n")


def test_a_direction_without_an_answer_has_its_own_exit_code(run):
    code, out, error = run("From Bank take the Northern towards Bank")
    assert (code, out) == (3, "")
    assert error.startswith("error: step 1: this is 'Bank' already")


def test_directions_in_a_file_of_questions(run, tmp_path):
    asked_for = tmp_path / "asked.txt"
    asked_for.write_text(
        "From Moorgate take the Northern towards Bank\nFrom Bank take the Central towards Holborn"
    )
    code, out, _ = run("--questions", str(asked_for), "-q")
    assert (code, out) == (0, "Bank\nSt Paul's\n")
