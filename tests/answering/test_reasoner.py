"""The one way in: sentences and questions in numbers, the network that each is for, names in the answers."""

from __future__ import annotations

import io
import json

import pytest
from stand_ins import Seeker, Talker, Walker, checkpoint, seeking

import graphdnc
from graphdnc.answering import subgraph_session
from graphdnc.answering.session import GraphSession
from graphdnc.errors import CheckpointError, GraphFileError, InternalError, NoAnswer, UnknownName, UsageError
from graphdnc.graph import Graph
from graphdnc.networks.catalogue import installed, listing
from graphdnc.questions import Between, Inverse, Relation, ShortestPath, Traversal
from graphdnc.reasoner import Reasoner
from graphdnc.tasks import TASKS
from graphdnc.tasks.sequences import SEQUENCE_TASKS

CITY = b"from;line;to\nMoorgate;Northern;Bank\nBank;Northern;London Bridge\nBank;Central;St Paul's\n"
MOORGATE, BANK = 0, 1


@pytest.fixture
def loaded(monkeypatch):
    """Let stand-ins answer; return the names of those that were loaded."""
    names = []

    def load(graph, model, as_needed):
        if model not in TASKS:
            raise CheckpointError(f"no {model}")
        names.append(model)
        networks = {"traversal": checkpoint(Walker()), "shortest-path": seeking(Talker(Seeker))}
        return GraphSession(networks[model], graph)

    monkeypatch.setattr(subgraph_session, "load_session", load)
    return names


@pytest.fixture
def city(loaded):
    return Reasoner.from_file(io.BytesIO(CITY))


def test_the_package_itself_has_the_way_in():
    assert graphdnc.Reasoner is Reasoner
    with pytest.raises(AttributeError, match="'graphdnc' has no attribute 'reason'"):
        _ = graphdnc.reason


def test_a_question_is_asked_of_the_network_it_is_for_and_answered_by_name(city, loaded):
    ride = city.ask("From Moorgate take the Northern twice")
    assert (ride.ends, ride.check, ride.model) == (["London Bridge"], "agrees", "traversal")
    assert ride.path[1]._asdict() == {"source": "Bank", "relation": "Northern", "target": "London Bridge"}
    assert ride.confidence == pytest.approx(1, abs=1e-3)
    way = city.ask("Moorgate to st pauls")
    assert [step.target for step in way.path] == ["Bank", "St Paul's"]
    assert (way.kind, way.answer.votes, ride.answer.votes) == ("shortest-path", 16, 8)
    assert loaded == ["traversal", "shortest-path"]
    city.ask("Moorgate to Bank")
    assert len(loaded) == 2, "a network is loaded once"


def test_an_answer_is_a_dictionary_of_plain_values(city, loaded):
    answer = city.ask(Traversal(MOORGATE, (0, 0)))
    record = answer.to_dict()
    assert json.loads(json.dumps(record)) == record
    assert (record["kind"], record["answers"], record["check"]) == ("traversal", answer.ends, answer.check)
    assert record["path"] == [step._asdict() for step in answer.path]


def test_questions_in_numbers_are_put_into_words(city):
    assert city.ask(ShortestPath(MOORGATE, BANK)).text == "How do you get from Moorgate to Bank?"
    assert city.ask(Traversal(BANK, (1,))).ends == ["St Paul's"]


def test_many_questions_are_answered_in_order_and_errors_stand_among_the_answers(city):
    found = city.ask_all(
        ["Moorgate to Bank", "Bonk to Bank", "From Bank take Central", "From Bank take Northern twice"]
    )
    assert [type(one).__name__ for one in found] == ["CheckedPath", "UnknownName", "CheckedPath", "NoAnswer"]
    assert found[2].ends == ["St Paul's"]
    assert city.ask_all([]) == []


def test_what_is_wrong_is_said_before_a_network_is_loaded(city, loaded):
    for question, error in [
        ("Bonk to Bank", UnknownName),
        ("hello", UsageError),
        ("from St Paul's take Central", NoAnswer),
    ]:
        with pytest.raises(error):
            city.ask(question)
    with pytest.raises(GraphFileError):
        Reasoner.from_file("no such file.csv")
    assert loaded == []


def test_model_votes_and_check_are_what_was_asked_for(loaded):
    graph = Graph.from_triples([("a", "r", "b")])
    reasoner = Reasoner(graph, votes=3, check=False)
    assert (reasoner.ask("from a take r").answer.votes, reasoner.ask("from a take r").check) == (3, "off")
    reasoner.networks.model = "shortest-path"
    with pytest.raises(UsageError, match="was trained for shortest-path, not for traversal"):
        reasoner.ask("from a take r")
    with pytest.raises(CheckpointError, match="no such"):
        Reasoner(graph, "such").ask("a to b")


def test_triples_lead_both_ways_where_that_is_wanted(loaded):
    reasoner = Reasoner.from_file(io.BytesIO(CITY), undirected=True)
    assert [step.target for step in reasoner.ask("St Paul's to Moorgate").path] == ["Bank", "Moorgate"]


def test_who_waits_is_told_before_a_network_is_loaded(loaded):
    told = []
    reasoner = Reasoner(Graph.from_triples([("a", "r", "b")]), loading=lambda graph: told.append(len(loaded)))
    reasoner.ask("from a take r")
    reasoner.ask("a to b")
    reasoner.ask("a to a")
    assert told == [0, 1]


def test_every_network_that_is_installed_has_a_number_of_votes():
    tasks = {listing(name).task for name in installed()} - SEQUENCE_TASKS.keys()
    assert all(TASKS[task].usual_votes > 0 for task in tasks)


@pytest.mark.parametrize(
    ("question", "error", "message"),
    [
        (ShortestPath(-1, 0), UnknownName, "there is no node -1; the graph has 4, numbered from 0"),
        (ShortestPath(0, 99), UnknownName, "there is no node 99"),
        (Traversal(0, [9]), UnknownName, "there is no relation 9; the graph has 2, numbered from 0"),
        (Traversal(0, (0,), (7,)), UnknownName, "there is no node 7"),
        (Inverse(5, (0,)), UnknownName, "there is no node 5"),
        (Inverse(0, (5,)), UnknownName, "there is no relation 5"),
        (Between(0, 5), UnknownName, "there is no node 5"),
        (Relation(8, 3), UnknownName, "there is no node 8"),
        (Traversal("Bank", ["Northern"]), UsageError, "a node is a number, not 'Bank'; ask by names"),
        (None, UsageError, "a question is a sentence, or one of graphdnc.questions, not None"),
    ],
)
def test_numbers_that_are_none_of_the_graph_are_refused(city, question, error, message):
    with pytest.raises(error, match=message):
        city.ask(question)
    with pytest.raises(error, match=message):
        city.trace(question)
    refused, right = city.ask_all([question, ShortestPath(MOORGATE, BANK)])
    assert isinstance(refused, error)
    assert right.check == "agrees"


def test_lists_do_for_relations(city):
    assert city.ask(Traversal(MOORGATE, [0, 0])).ends == ["London Bridge"]
    assert city.ask(Inverse(BANK, [0])).ends == ["Moorgate"]


def test_what_cannot_be_asked_about_is_refused_at_once():
    with pytest.raises(UsageError, match="the graph has no triples"):
        Reasoner(Graph.from_triples([]))
    for votes in (0, -1):
        with pytest.raises(UsageError, match=f"votes must be at least 1, got {votes}"):
            Reasoner(Graph.from_triples([("a", "r", "b")]), votes=votes)
    with pytest.raises(UsageError, match="several questions are asked together; give a list"):
        Reasoner(Graph.from_triples([("a", "r", "b")])).ask_all("a to b")
    with pytest.raises(GraphFileError, match=r"a stream of text; open the file as bytes: open\(FILE, 'rb'\)"):
        Reasoner.from_file(io.StringIO("a,r,b"))


def test_a_question_that_meets_a_bug_costs_no_other_its_answer(city, monkeypatch):
    def fails(session, questions, votes, seed):
        if any(question.start == BANK for question in questions):
            raise ZeroDivisionError("no reason")
        return answer_all(session, questions, votes, seed)

    answer_all = GraphSession.answer_all
    monkeypatch.setattr(GraphSession, "answer_all", fails)
    monkeypatch.delenv("GRAPHDNC_DEBUG", raising=False)
    lines = ["Moorgate to St Paul's", "Bank to London Bridge", "From Moorgate take the Northern"]
    way, failed, ride = city.ask_all(lines)
    assert (way.check, ride.ends) == ("agrees", ["Bank"])
    assert isinstance(failed, InternalError)
    assert str(failed) == ("internal error: ZeroDivisionError: no reason (GRAPHDNC_DEBUG=1 shows where)")
    monkeypatch.setenv("GRAPHDNC_DEBUG", "1")
    with pytest.raises(ZeroDivisionError):
        city.ask_all(lines)
