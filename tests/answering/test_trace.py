"""Traces: what the shipped networks hear, say and read on the way to an answer."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from graphdnc.answering import trace as tracing
from graphdnc.answering.subgraph_session import load_session
from graphdnc.cli.ask.asker import Asker
from graphdnc.cli.ask.prompt import STEPS, Prompt
from graphdnc.datasets.questions.inference import every_relation
from graphdnc.datasets.real import real_graph_path
from graphdnc.errors import CapacityError, UsageError
from graphdnc.graph import Graph, named
from graphdnc.kinship import standard_vocabulary
from graphdnc.questions import Traversal
from graphdnc.questions.relation_table import edge_labelled
from graphdnc.readers import read_graph
from graphdnc.reasoner import Reasoner
from graphdnc.tasks import TASKS

METRO, FAMILY = real_graph_path("underground_zone1"), real_graph_path("family")
WALK = "Start at Moorgate, take the Circle clockwise one stop, then Bakerloo northbound one stop: where am I?"
WAY = "How do you get from Moorgate to Piccadilly Circus?"
KIN = "Who is Freya's maternal great uncle?"
END = (None, None, None)


@pytest.fixture(scope="module")
def metro():
    return Reasoner.from_file(METRO, votes=2)


@pytest.fixture(scope="module")
def family():
    return Reasoner.from_file(FAMILY, votes=2)


def triples(graph):
    return set(named(graph, tuple(graph)))


def answered(trace):
    return [step.said for step in trace.asked if step.phase == "answer"]


def read_by(trace, head, phases=("planning", "answer")):
    """Return what a head read with most of its weight in these phases."""
    reads = [step.seen.reads[head - 1] for step in trace.asked if step.phase in phases]
    return [read.holds for read in reads if read is not None and read.weight > 0.5]


def test_a_walk_is_what_is_answered_and_what_is_read(metro):
    trace, answer = metro.trace(WALK), metro.ask(WALK)
    path = [*named(metro.graph, answer.answer.path)]
    assert answered(trace) == [*path, END]
    assert path in [read_by(trace, head, ["query"]) for head in (1, 2, 3)], "it walks as it hears"
    assert [step.heard for step in trace.asked[:3]] == [
        ("Moorgate", "Circle clockwise", None),
        (None, "Bakerloo northbound", None),
        END,
    ]
    assert [step.said for step in trace.asked[:2]] == [None, None]
    assert trace.asked[2].channels == ("transition", "answer wanted")
    assert [*named(metro.graph, trace.vote.path)] == path


def test_a_shortest_path_is_what_is_answered_and_found_in_triples_of_the_graph(metro):
    trace, answer = metro.trace(WAY), metro.ask(WAY)
    # the place that a move leaves goes without saying
    assert [move[1:] for move in answered(trace)] == [
        (move.relation, move.target) for move in named(metro.graph, answer.answer.path)
    ]
    found = read_by(trace, 1)
    assert len(found) > 10
    assert set(found) <= triples(metro.graph)
    assert [step.phase for step in trace.asked[:2]] == ["query", "planning"]
    # what is said while planning is heard at the next step
    planned = [step for step in trace.steps if step.phase == "planning"]
    assert [step.said for step in planned[:-1]] == [step.heard for step in planned[1:]]


def test_facts_said_about_kin_are_in_the_family(family):
    trace = family.trace(KIN)
    facts = triples(family.graph)
    said = {step.said for step in trace.steps if step.said and step.said[0] and step.phase == "carrying out"}
    stated = {fact for fact in said if not fact[1].endswith("(retold)") and not fact[1].startswith("set ")}
    assert {("Freya", "mother", "Isla"), ("Isla", "mother", "Moira")} <= stated <= facts
    assert set(read_by(trace, 1, ["carrying out"])) & stated
    (listed, _) = trace.vote.listed[0]
    assert (trace.steps[-1].said, family.graph.node_name(listed)) == (END, "Fergus")
    recalled = [step.instruction for step in trace.steps if step.phase == "recall"]
    assert (recalled[0], recalled[-1]) == ("set 0 -> set 1: by parent", None)
    assert all(step.instruction for step in trace.steps if step.phase == "carrying out")


def test_the_rules_of_ones_own_are_traced(family):
    own = standard_vocabulary().define("elder = grandparent/brother/child/spouse")
    reasoner = Reasoner(family.graph, votes=1, vocabulary=own)
    trace = reasoner.trace("Who is Freya's elder?")
    assert {step.phase for step in trace.asked} == {"query", "carrying out"}
    assert trace.asked[1].instruction is not None


def test_relations_known_by_heart_are_traced():
    graph = edge_labelled(read_graph(FAMILY))
    example = every_relation(graph, 4)[0]
    trace = load_session(graph, "inference").trace(example.question)
    assert trace.vote.path == tuple(example.answer)
    said = [step.said for step in trace.steps if step.phase == "planning"]
    followed = [triple for triple in said if None not in triple]
    assert followed == [*named(graph, example.answer)]
    (spoken,) = answered(trace)
    assert (spoken[0], spoken[2]) == (followed[0][0], followed[-1][2])


def test_a_step_too_many_is_refused(metro, monkeypatch):
    monkeypatch.setattr(tracing, "MOST_STEPS", 3)
    with pytest.raises(CapacityError, match="more than 3 steps"):
        metro.trace(WALK)


def test_what_needs_no_network_many_questions_or_parts(metro, family):
    assert metro.trace("How do you get from Bank to Bank?") is None
    with pytest.raises(UsageError, match="takes many questions"):
        family.trace("How is Fergus related to Freya?")


def test_of_a_large_graph_the_part_that_the_question_needs_is_traced():
    ring = Graph.from_triples((f"s{n}", "next", f"s{(n + 1) % 1100}") for n in range(1100))
    reasoner = Reasoner(ring, votes=1)
    for question in ("from s1000 to s1002", "From s1000 take next two stops"):
        trace = reasoner.trace(question)
        assert 2 < trace.described < 1100
        assert {name for step in trace.steps for name in step.heard} > {"s1000", "s1001", "next"}
        answer = reasoner.ask(question)
        assert named(trace.graph, trace.vote.path) == [*map(tuple, answer.path)]
    told = "in several parts of a graph is not traced; trace its first 1 step"
    with pytest.raises(CapacityError, match=told):
        reasoner.trace(Traversal(1, (0, 0), (5, None)))
    people, _ = TASKS["kinship"].largest
    line = Graph.from_triples((f"p{n}", "mother", f"p{n + 1}") for n in range(people + 1))
    trace = Reasoner(line, votes=1).trace("Who is p500's mother?")
    assert trace.described < people
    assert ("p500", "mother", "p501") in {step.said for step in trace.asked}


@pytest.fixture
def run(run):
    return lambda *arguments: run("ask", *arguments)


def test_a_file_has_one_object_a_step(tmp_path, run):
    (tmp_path / "asked.txt").write_text(f"{WALK}\nnonsense\n{WAY}\n", encoding="utf-8")
    code, _, _ = run(
        METRO, "--questions", tmp_path / "asked.txt", "--votes", 2, "--trace", tmp_path / "t.jsonl"
    )
    records = [json.loads(line) for line in (tmp_path / "t.jsonl").read_text(encoding="utf-8").splitlines()]
    assert code == 2  # for the nonsense
    assert {record["question"] for record in records} == {1, 3}
    walk = [record for record in records if record["question"] == 1]
    assert [record["step"] for record in walk] == list(range(1, 116))
    assert walk[0]["phase"] == "description"
    assert walk[0]["writes"][0]["row"] == 0
    assert tuple(walk[0]["heard"]) in triples(read_graph(METRO))
    third = walk[112]
    reads, writes = third.pop("reads"), third.pop("writes")
    assert third == {
        "question": 1,
        "try": 1,
        "step": 113,
        "phase": "answer",
        "channels": ["transition", "answer wanted"],
        "heard": [None, None, None],
        "said": ["Moorgate", "Circle clockwise", "Embankment"],
    }
    assert (len(reads), len(writes)) == (3, 1)
    walked = ["Embankment", "Bakerloo northbound", "Charing Cross"]
    (read, *_) = [read for read in walk[111]["reads"] if read and read["holds"] == walked]
    assert read["mode"] == "content"
    assert walk[read["written"] - 1]["heard"] == walked
    assert [path.name for path in sorted(tmp_path.iterdir())] == ["asked.txt", "t.jsonl"]


def test_a_file_that_cannot_be_written_is_refused_before_anything_is_asked(tmp_path, run):
    for name, why in (("nowhere/t.jsonl", "no such folder"), ("", ": not a file; give")):
        code, out, err = run(METRO, WALK, "--trace", tmp_path / name)
        assert (code, out, err.count("\n")) == (2, "", 1)
        assert why in err


def test_only_a_trace_is_overwritten(tmp_path, run):
    copy = tmp_path / "metro.csv"
    copy.write_bytes(Path(METRO).read_bytes())
    code, out, err = run(copy, WALK, "--trace", copy)
    assert (code, out, err.count("\n")) == (2, "", 1)
    assert "this file exists and is not a trace" in err
    assert copy.read_bytes() == Path(METRO).read_bytes()
    for _ in range(2):
        assert run(copy, WALK, "-q", "--votes", 1, "--trace", tmp_path / "t.jsonl")[0] == 0


def test_a_disk_that_fails_is_told_in_one_line(tmp_path, run, monkeypatch):
    def fail(path, write):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("graphdnc.utils.atomic_write.write_atomically", fail)
    code, out, err = run(METRO, WALK, "-q", "--votes", 1, "--trace", tmp_path / "t.jsonl")
    assert (code, out) == (2, "Charing Cross\n")
    assert err == f"error: {tmp_path / 't.jsonl'}: cannot be written (No space left on device)\n"


def test_what_cannot_be_traced_is_answered_all_the_same(tmp_path, run):
    asked = ("How is Fergus related to Freya?", "-q", "--votes", 1, "--trace", tmp_path / "t.jsonl")
    code, out, err = run(FAMILY, *asked)
    assert (code, out, err.count("\n")) == (2, "maternal great-uncle\n", 1)
    assert err.startswith("error: not traced: how two people are related")
    assert (tmp_path / "t.jsonl").read_text() == ""


def test_the_prompt_shows_a_table_where_that_is_on(metro, capsys):
    prompt = Prompt(Asker(metro, as_json=False, quiet=True, weights=[]))
    prompt.take(":trace on")
    prompt.take(WALK)
    out, err = capsys.readouterr()
    assert err == "trace: on\n"
    lines = out.splitlines()
    assert lines[0] == "Charing Cross"
    assert lines[1] == "steps 1 to 110 wrote the description, one triple a row."
    assert lines[4].split() == ["row", "holds", "111", "112", "113", "114", "115"]
    assert lines[5].startswith("110  Moorgate, Circle clockwise, -")
    assert lines[-1] == "  115 answer: said the end"
    prompt.take(WAY)
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) > STEPS
    assert lines[-1] == "and 3 more; --trace FILE writes all"
    prompt.take(":trace off")
    prompt.take(WALK)
    assert capsys.readouterr() == ("Charing Cross\n", "trace: off\n")
    prompt.take(":trace loud")
    assert capsys.readouterr().err == "error: 'loud' is neither on nor off; type :trace on or :trace off\n"
