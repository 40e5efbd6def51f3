"""What is not understood is refused with a sentence that works, or with the nearest name."""

from __future__ import annotations

import pytest
from tube import TUBE

from graphdnc.errors import UnknownName, UsageError
from graphdnc.language.parse import parse_question
from graphdnc.language.understand import understand

NOT_UNDERSTOOD = [
    "",
    "   ",
    "???",
    "hello",
    "where am I?",
    "Bank",
    "Start at Bank",
    "Start at Bank and take",
    "Start at Bank and take the Northern and",
    "Take the Northern two stops",
    "How do I get to Bank?",
    "How do I get from Bank?",
    "Find a route to Bond Street",
    "Bank to",
    "to Bank",
    "from Bank to Bond Street to Oxford Circus",
    "from Bank to Bond Street via Oxford Circus",
    "from Bank to Bond Street and back",
    "from Bank to Bond Street or Oxford Circus",
    "from Bank or Oxford Circus to Bond Street",
    "from Bank to Bond Street by the Northern",
    "from Bank to Bond Street without the Northern",
    "from Bank to Bond Street two stops",
    "from Bank to Bond Street: where am I?",
    "from Bank take 1 to Bond Street",
    "from Bank take the Northern two stops to Bond Street",
    "the longest path from Bank to Bond Street",
    "how many paths lead from Bank to Bond Street",
    "not from Bank to Bond Street",
    "between Bank and Bond Street and Oxford Circus",
    "from Bank between Bond Street and Oxford Circus",
    "from Bank to Bond Street from Oxford Circus",
    "to Bond Street to Bank",
    "from Bank to Washington",
    "From Bank take the Northern to Oxford Circus",
    "From Bank take the Northern until Oxford Circus",
    "From Bank take the Northern or the Central eastbound",
    "From Bank do not take the Northern",
    "From Bank don't take the Northern",
    "From Bank take the Northern after the Central eastbound",
    "From Bank take the Northern instead of the Central eastbound",
    "From Bank take the Northern, then back",
    "From Bank take the Northern 0 stops",
    "From Bank take the Northern -1 stops",
    "From Bank take the Northern 2.5 stops",
    "From Bank take the Northern two",
    "From Bank take the Northern twenty eleven stops",
    "From Bank take the Northern twenty, one stop",
    "From Bank take the Northern twenty->one stops",
    "From Bank take the Northern one-twenty stops",
    "From Bank take the Northern twenty-one",
    "From Bank take the Northern a few stops",
    "From Bank take the Northern at most two stops",
    "From Bank take the Northern two stops three stops",
    "From Bank take the Northern*2",
    "From Bank take the Northern and the Central eastbound, twice",
    "From Bank or Bond Street take the Northern",
    "From Bank from Bond Street take the Northern",
    "From Bank take the Northern from Bond Street",
    "Take the Northern, from Bank the Central eastbound, from Bond Street",
    "Take the Northern and the Central eastbound from Bank and the Northern",
    "Take the Northern two stops from Bank three stops",
    "From Bank take the Northern. From Bond Street take the Central eastbound.",
    "From Bank take the Nothern",
    "From Bunk take the Northern",
    "From Bank take the Northern, Central, eastbound",
    "Start at Elephant, Castle and take the Northern",
    "Is Bank on the Northern?",
    "Bank, Bond Street",
    "Bank -> Bond Street -> Oxford Circus",
    "Bank -> Northern -> Oxford Circus",
    "Bank ->",
    "-> Bank",
    "How far is Bank?",
    "How far is Bank to Bond Street?",
    "how many stops to Bond Street",
    "how many changes from Bank to Bond Street",
    "how many stops on the Northern from Bank to Bond Street",
    "From Bank take the Northern: how many stops?",
]


@pytest.mark.parametrize("sentence", NOT_UNDERSTOOD)
def test_what_is_not_understood_is_refused_with_a_sentence_that_works(sentence):
    with pytest.raises(UsageError) as error:
        parse_question(sentence, TUBE)
    message = str(error.value)
    assert len(message.splitlines()) == 1
    assert parse_question(message.split('"')[-2], TUBE)


@pytest.mark.parametrize(
    ("sentence", "nearest"),
    [
        ("Start at Bond Strete, take the Central eastbound", "'Bond Street'"),
        ("Start at Oxford, take the Central eastbound", "'Oxford Circus'"),
        ("From Bank take the Centrl eastbound one stop", "'Central eastbound'"),
        ("Take the Northern from Bnak", "'Bank'"),
        ("Bond Strete to Bank", "'Bond Street'"),
        ("Bank -> Bond Strete", "'Bond Street'"),
        ("How far is Bond Strete from Bank?", "'Bond Street'"),
        ("from Bank to Bond Strete", "'Bond Street'"),
        ("How do I get to Bond Strete from Bank", "'Bond Street'"),
        ("shortest path between Bank and Oxford Circle", "'Oxford Circus'"),
    ],
)
def test_a_misspelt_name_is_answered_with_the_nearest(sentence, nearest):
    with pytest.raises(UnknownName, match=f"the nearest: {nearest}"):
        parse_question(sentence, TUBE)


@pytest.mark.parametrize(
    "sentence",
    [
        "Bank to Oxford Circus avoiding Bond Strete",
        "Bank to Oxford Circus via Bond Strete",
        "What lines serve Bond Strete?",
        "everything within 3 stops of Bond Strete",
        "Wie komme ich von Bank nach Bond Strete?",
    ],
)
def test_so_is_one_in_a_question_as_people_put_it(sentence):
    with pytest.raises(UnknownName, match="no node is called 'Bond Strete'; the nearest: 'Bond Street'"):
        understand(sentence, TUBE)
