"""``graphdnc ask`` for shortest paths: what is printed, and what is in JSON."""

from __future__ import annotations

import json
import re

import pytest
from asking import NOWHERE, WAY, StandIn
from command_line import NETWORK


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
