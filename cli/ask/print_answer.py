"""Print an answer of any kind: the network's answer, how sure it is and, apart from it, the exact check.

Only the wording depends on the kind of question: ``path_wording.py`` and ``kinship_wording.py``.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

from graphdnc.errors import NoAnswer

if TYPE_CHECKING:
    from graphdnc.answering.answer import CheckedAnswer
    from graphdnc.cli.ask.wording import Wording

DISAGREES = 4
"""The exit code if the network's answer is not the exact one."""


def exit_code(checked: CheckedAnswer) -> int:
    """Return the exit code of an answer; yes and no are both answers."""
    answered = bool(checked.ends) or checked.holds is not None
    no_such = checked.answer.denies if checked.check == "off" else not checked.exact_ends
    if no_such and not answered:
        return NoAnswer.exit_code
    if checked.check == "disagrees":
        return DISAGREES
    return int(not answered)


def print_answer(checked: CheckedAnswer) -> None:
    """Print an answer in full."""
    if not checked.votes:
        print(f"You are already there: {checked.ends[0]} is start and goal, so the network was not asked.")
        return
    words = wording_of(checked)
    if checked.ends:
        words.print_ends()
    else:
        print(words.no_answer())
    if checked.ends or checked.answer.denies:
        print(_confidence(checked, words))
    for line in words.notes():
        print(line)
    if checked.check != "off":
        print(f"exact check: {_verdict(checked, words)}")
    if checked.answer.part:
        total = f"{checked.answer.memorised:,} of {len(checked.graph):,} triples"
        print(f"memorised: {total}: {words.part()}")
    if not checked.answer.complete:
        print(f"note: {words.incomplete()}")
    sys.stdout.flush()


def print_short(checked: CheckedAnswer) -> None:
    """Print the answer on one line; the lack of one and a failed exact check are printed on stderr."""
    words = wording_of(checked)
    line = words.short()
    if line is None:
        print(words.no_answer(), file=sys.stderr)
    else:
        print(line, flush=True)
    if checked.ends and checked.check != "disagrees" and not checked.complete:
        missing = words.incomplete() if checked.check == "off" else words.found()
        print(f"note: {missing}", file=sys.stderr)
    if exit_code(checked) and checked.check != "off":
        print(f"exact check: {_verdict(checked, words)}", file=sys.stderr)


def wording_of(checked: CheckedAnswer) -> Wording[Any]:
    """Return the wording of an answer by its kind."""
    from graphdnc.answering.kinship.answer import CheckedRelation, CheckedRelatives
    from graphdnc.answering.path_answer import CheckedPath
    from graphdnc.cli.ask.kinship_wording import RelationWording, RelativesWording
    from graphdnc.cli.ask.path_wording import InverseWording, PathWording, WalkWording

    if isinstance(checked, CheckedRelatives):
        return RelativesWording(checked)
    if isinstance(checked, CheckedRelation):
        return RelationWording(checked)
    assert isinstance(checked, CheckedPath)
    if checked.inverse:
        return InverseWording(checked)
    return PathWording(checked) if checked.kind == "shortest-path" else WalkWording(checked)


def _confidence(checked: CheckedAnswer, words: Wording[Any]) -> str:
    if checked.votes == 1:
        return "confidence: one try says nothing; --votes 8 shows how many tries agree"
    return f"confidence: {checked.answer.agreeing} of {checked.votes} tries {words.agreement()}"


def _verdict(checked: CheckedAnswer, words: Wording[Any]) -> str:
    if not checked.exact_ends:
        return f"{checked.check}: {checked.why}"
    if checked.check == "disagrees":
        return f"disagrees: {words.difference()}"
    return f"agrees; {words.found()}" if words.counts_ends and len(checked.exact_ends) > 1 else "agrees"
