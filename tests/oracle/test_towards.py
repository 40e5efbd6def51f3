"""What "towards" means: the walks that it keeps."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from metro import METRO, asked, by_hand, ends, questions

from graphdnc.errors import NoAnswer
from graphdnc.oracle.solve import is_answer, narrowed, traverse
from graphdnc.questions import Traversal


@pytest.mark.parametrize(
    ("question", "found"),
    [
        ("Moorgate: 1 Northern", ["Old Street", "Bank"]),
        ("Moorgate: 1 Northern > Bank", ["Bank"]),
        ("Angel: 3 Northern > Borough", ["Bank"]),
        # the place is passed: the walk goes on, and not back
        ("Moorgate: 2 Northern > Bank", ["London Bridge"]),
        ("Moorgate: 3 Northern > Bank", ["Borough"]),
        # a leg of its own begins, on either side of the place
        ("Moorgate: 1 Northern > Bank, 1 Central > Oxford Circus", ["St Paul's"]),
        ("Moorgate: 1 Northern > Bank, 1 Central > Stratford", ["Liverpool Street"]),
        # the same relation towards another place
        ("Moorgate: 1 Northern > Bank, 1 Northern > Angel", ["Moorgate"]),
        # both directions are as near; gone past it, either way goes on
        ("Moorgate: 1 Circle > Tower Hill", ["Liverpool Street", "Temple"]),
        ("Moorgate: 3 Circle > Tower Hill", ["Tower Hill"]),
        # the line does not lead there: the nearest by all lines
        ("Old Street: 1 Northern > Holborn", ["Moorgate"]),
        ("Liverpool Street: 1 Central > Borough", ["Bank"]),
        ("Moorgate: 3 Northern > Holborn", ["Borough"]),
        # several places before the leg begins: each leg has its own direction
        ("Moorgate: 1 Northern, 2 Northern > Moorgate", ["Bank", "Old Street"]),
        # one relation is in doubt, the other not
        ("Pier: 1 Boat, 1 Northern > Angel", ["Moorgate"]),
        ("Oxford Circus: 2 Express > Stratford", ["Stratford"]),
    ],
)
def test_what_towards_keeps(question, found):
    assert sorted(ends(METRO, asked(question))) == sorted(found)


@pytest.mark.parametrize(
    ("question", "message"),
    [
        (
            "Bank: 1 Northern > Bank",
            "step 1: this is 'Bank' already, so nothing leads towards it; "
            "'Northern' leads towards London Bridge, Moorgate",
        ),
        (
            "Moorgate: 1 Northern > Pier",
            "step 1: there is no path from Moorgate to 'Pier'; 'Northern' leads towards Bank, Old Street",
        ),
        (
            "Bank: 1 Express > Oxford Circus",
            "step 1: 'Express' leads from 'Oxford Circus' to Bank, not back; "
            "what leaves it: Central, Express, Northern, Northern southbound",
        ),
        (
            "Moorgate: 4 Northern > Bank",
            "step 4: 'Northern' leads from Borough only to places already passed; follow it fewer times",
        ),
        (
            "Old Street: 5 Northern > Holborn",
            "step 5: 'Northern' leads from Borough to no new place in the direction of 'Holborn'; "
            "follow it fewer times, or towards another node",
        ),
        (
            "Moorgate: 1 Boat > Bank",
            "step 1: 'Boat' does not leave Moorgate; what leaves it: Circle, Northern",
        ),
    ],
)
def test_where_nothing_leads_towards_it_that_is_told(question, message):
    with pytest.raises(NoAnswer) as error:
        traverse(METRO, asked(question))
    assert str(error.value) == message


def test_steps_towards_nothing_are_the_same_question():
    assert Traversal(0, (1, 2), (None, None)) == Traversal(0, (1, 2))
    assert Traversal(0, (1, 2), (None, 3)).steps == ((1, None), (2, 3))
    with pytest.raises(ValueError, match="a node or None for each relation"):
        Traversal(0, (1, 2), (3,))


@settings(max_examples=300)
@given(questions())
def test_the_oracle_finds_what_is_worked_out_by_hand(case):
    graph, question = case
    try:
        found = traverse(graph, question)
    except NoAnswer:
        found = []
    assert len(set(found)) == len(found)
    assert set(found) == set(by_hand(graph, question))
    free = Traversal(question.start, question.relations)
    walks = by_hand(graph, free)
    assert [path for path in walks if is_answer(graph, question, path)] == [p for p in walks if p in found]


@settings(max_examples=100)
@given(questions())
def test_a_narrowed_question_has_one_end_that_of_the_path(case):
    graph, question = case
    for path in by_hand(graph, Traversal(question.start, question.relations))[:10]:
        one = narrowed(graph, path)
        if one is not None:
            assert one.relations == question.relations
            assert {found[-1].target for found in by_hand(graph, one)} == {path[-1].target}
