"""Questions that take several questions to networks, asked of the shipped networks."""

from __future__ import annotations

from dataclasses import replace

import pytest
from wordings import graph

from graphdnc.cli.ask.print_answer import print_answer
from graphdnc.errors import NoAnswer, UsageError
from graphdnc.graph import Graph
from graphdnc.names import find_node
from graphdnc.questions.put import Asking
from graphdnc.questions.ways import Way
from graphdnc.reasoner import Reasoner
from graphdnc.weights import Weights

TOWN = Graph.from_triples(
    [
        ("Park", "Red eastbound", "Hall"),
        ("Hall", "Red eastbound", "Mill"),
        ("Hall", "Red westbound", "Park"),
        ("Mill", "Red westbound", "Hall"),
        ("Park", "Blue eastbound", "Quay"),
        ("Quay", "Blue eastbound", "Mill"),
        ("Mill", "Blue eastbound", "Zoo"),
        ("Hall", "Green eastbound", "Zoo"),
    ]
)
MINUTES = Weights("minutes", dict(zip(TOWN, (9, 9, 9, 9, 1, 2, 2.5, 4), strict=True)))


@pytest.fixture(scope="module")
def town():
    return Reasoner(TOWN, votes=2, weights=MINUTES)


def asked(reasoner, sentence):
    """Return all answers to a sentence."""
    understood = reasoner.understand(sentence)
    return reasoner.answer([reasoner.parsed(sentence, one, understood.notes) for one in understood.askings])


@pytest.mark.parametrize(
    ("sentence", "ends", "lengths"),
    [
        ("Park to Zoo avoiding Hall", ["Zoo"], [3]),
        ("Park to Zoo without the Green line", ["Zoo"], [3]),
        ("Park to Mill via Quay", ["Mill"], [2]),
        ("Park to Mill only on the Red line", ["Mill"], [2]),
        ("two ways from Park to Zoo", ["Zoo"], [2, 3]),
        ("another way from Park to Zoo", ["Zoo"], [3]),
        ("what is the fastest way from Park to Zoo?", ["Zoo"], [3]),
        ("From Park take the Red line to Hall and then the Green line one stop", ["Zoo"], [2]),
        ("What is next to Hall?", ["Mill", "Park", "Zoo"], [1, 1, 1]),
        ("What lines serve Quay?", ["Blue"], [1]),
        ("What are the termini of the Blue line?", ["Park", "Zoo"], [1, 1]),
        ("Everything within two stops of Quay", ["Mill", "Hall", "Zoo"], [1, 2, 2]),
    ],
)
def test_a_network_answers_and_the_check_agrees(town, sentence, ends, lengths):
    (answer,) = asked(town, sentence)
    assert answer.check == "agrees"
    assert sorted(answer.ends) == sorted(ends)
    assert sorted(map(len, answer.shown)) == lengths
    assert answer.confidence > 0.99


@pytest.mark.parametrize(
    ("sentence", "holds", "count"),
    [
        ("Is there a direct connection from Park to Mill?", True, None),
        ("Can I get from Park to Zoo without changing?", True, None),
        ("How many changes from Quay to Hall?", None, 1),
        ("How many stops from Park to Zoo?", None, 2),
        ("Can I get from Park to Zoo in one stop?", False, None),
        ("How long does it take from Park to Zoo?", None, 5.5),
        ("Does the Red line stop at Quay?", False, None),
        ("How many lines serve Mill?", None, 2),
        ("How many nodes are there?", None, 5),
        ("Is there a way from Zoo to Park?", False, None),
    ],
)
def test_yes_no_and_numbers_are_said(town, sentence, holds, count):
    (answer,) = asked(town, sentence)
    assert (answer.holds, answer.count) == (holds, count)
    assert answer.check == "agrees"


def test_facts_and_reasons():
    packages = Reasoner(graph("packages"), votes=2)
    (why,) = asked(packages, "Why is mpmath installed?")
    assert (why.put, why.ends) == ("why", ["sympy", "torch"])
    (facts,) = asked(packages, "What do we know about jinja2?")
    assert sorted(facts.facts()) == [
        ("flask", "requires", "jinja2"),
        ("jinja2", "requires", "markupsafe"),
        ("torch", "requires", "jinja2"),
    ]
    assert facts.check == "agrees"
    (fact,) = asked(packages, "Does torch indirectly require markupsafe?")
    assert (fact.holds, fact.check) == (True, "agrees")
    assert [answer.count for answer in asked(packages, "how many nodes, triples?")] == [13, 11]


def test_ancestors_follow_facts_from_either_side():
    family = Reasoner(graph("family"), votes=2)
    (found,) = asked(family, "nearest common ancestor of Freya and Asha")
    assert (set(found.ends), found.check) == ({"Moira", "Duncan"}, "agrees")


def test_weights_that_are_rounded_are_compared_as_they_are():
    tenths = Weights("hours", {triple: 1 + number / 10 for number, triple in enumerate(TOWN)})
    assert tenths.bound <= tenths.unit / 2
    answer = Reasoner(TOWN, votes=2, weights=tenths).ask(Way(0, 4, least="weight"))
    record = answer.to_dict()
    assert record["check"] == "agrees"
    assert record["costs"] == record["exact_costs"]
    assert record["rounded_by"] == tenths.bound


def test_what_does_not_go_together_is_refused(town):
    hall = find_node(TOWN, "Hall")
    for way, why in [
        (Way(0, 4, via=(hall,), ways=2), "further ways via a node"),
        (Way(0, 4, avoiding=frozenset([0])), "cannot avoid 'Park'"),
        (Way(0, 4, ways=11), "more than 10 ways"),
    ]:
        with pytest.raises(UsageError, match=why):
            town.ask(Asking(way))
    with pytest.raises(UsageError, match="give --weight COLUMN"):
        Reasoner(TOWN, votes=2).ask("cheapest way from Park to Zoo")
    with pytest.raises(NoAnswer, match="leg 1: 'Green' does not lead"):
        town.ask("From Park take the Green line to Zoo and then the Blue line to Mill")
    with pytest.raises(UsageError, match="cannot be used as weights"):
        Weights("minutes", {triple: 0 for triple in TOWN})


def test_several_questions_are_not_one(town):
    with pytest.raises(UsageError, match="asks 2 questions"):
        town.ask("Park to Hall and Hall to Mill?")


def test_where_a_way_changes_and_whether_few_changes_are_enough(town):
    (where,) = asked(town, "Where do I change between Hall and Quay?")
    assert (where.ends, where.count, where.check) == (["Park"], 1, "agrees")
    (enough,) = asked(town, "Can I get from Hall to Quay with at most one change?")
    assert (enough.holds, enough.changes, enough.check) == (True, [1], "agrees")
    way = replace(enough.question, most_changes=0)
    (too_many,) = town.answer([town.parsed("without changing", Asking(way, "whether"), ())])
    assert (too_many.holds, too_many.check) == (False, "agrees")


@pytest.mark.parametrize(
    ("name", "sentence", "holds", "directly"),
    [
        ("packages", "Does flask need jinja2?", True, True),
        ("packages", "Does torch need markupsafe?", True, False),
        ("packages", "Does markupsafe need torch?", False, False),
        ("packages", "Does torch directly need markupsafe?", False, None),
        ("company", "Does Bob report to Ann?", True, True),
        ("company", "Does Eve report to Ann?", False, False),
    ],
)
def test_a_fact_says_whether_it_holds_in_one_step(name, sentence, holds, directly):
    (answer,) = asked(Reasoner(graph(name), votes=2), sentence)
    assert (answer.holds, answer.directly, answer.check) == (holds, directly, "agrees")


def test_what_is_said_of_a_fact_at_some_distance(capsys):
    (far,) = asked(Reasoner(graph("company"), votes=2), "Does Eve report to Ann?")
    print_answer(far)
    assert capsys.readouterr().out.startswith("Not directly; through Cleo, Bob, yes: Eve reports to Cleo, ")


def test_a_way_with_many_changes_is_found():
    chain = Graph.from_triples((f"n{at}", f"r{at % 3}", f"n{at + 1}") for at in range(9))
    (answer,) = asked(Reasoner(chain, votes=2), "n0 to n9 with the fewest changes")
    assert (answer.changes, answer.check) == ([8], "agrees")
    (answer,) = asked(Reasoner(chain, votes=2), "n9 to n0 with the fewest changes")
    assert (answer.shown, answer.answer.denies, answer.check) == ([], True, "agrees")
