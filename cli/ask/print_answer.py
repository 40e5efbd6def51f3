"""Print an answer of any kind: the network's answer, how sure it is and, apart from it, the exact check."""

from __future__ import annotations

import sys
from typing import TextIO

from graphdnc.answering.answer import CheckedAnswer
from graphdnc.answering.compound.answers import CheckedList
from graphdnc.answering.kinship.answer import CheckedRelatives
from graphdnc.cli.ask import wording
from graphdnc.cli.ask.print_ends import print_ends
from graphdnc.errors import NoAnswer

DISAGREES = 4
"""The exit code if the network's answer is not the exact one, or not the whole of it."""
MOST_OPEN = 5
"""Lines about what no fact settles."""


def exit_code(checked: CheckedAnswer) -> int:
    """Return the exit code of an answer; yes and no are both answers."""
    if isinstance(checked, CheckedRelatives) and checked.left_open and checked.check != "disagrees":
        return NoAnswer.exit_code
    answered = checked.answered
    no_such = checked.answer.denies if checked.check == "off" else not checked.exact_ends
    if no_such and not answered:
        return NoAnswer.exit_code
    if checked.check in ("disagrees", "incomplete"):
        return DISAGREES
    return int(not answered)


def print_answer(checked: CheckedAnswer) -> None:
    """Print an answer in full."""
    answer = checked.answer
    if isinstance(checked, CheckedList) and checked.kind == "size":
        print_ends(checked)
        return
    if not answer.votes and not isinstance(checked, CheckedList):
        print(f"You are already there: {checked.ends[0]} is start and goal, so the network was not asked.")
        return
    if checked.ends or (checked.answered and checked.shown):
        print_ends(checked)
    else:
        print(wording.no_answer(checked))
    _print_left_open(checked, sys.stdout)
    said = checked.ends or checked.shown or answer.denies
    if answer.votes == 1 and said:
        print("confidence: one try says nothing; --votes 8 shows how many tries agree")
    elif answer.votes and said:
        print(f"confidence: {answer.agreeing} of {answer.votes} tries {wording.agreement(checked)}")
    if checked.kind == "relationship":
        how = "a term was found" if answer.relatives else "no term was found, the shortest way was asked for"
        print(f"questions: {checked.asked}; {how}")
    if checked.check != "off":
        print(f"exact check: {_verdict(checked)}")
    if answer.part:
        total = f"{answer.memorised:,} of {len(checked.graph):,} triples"
        print(f"memorised: {total}: {wording.memorised_part(checked)}")
    if not answer.complete:
        print(f"note: {wording.untried(checked)}")
    sys.stdout.flush()


def print_short(checked: CheckedAnswer) -> None:
    """Print the answer on one line; the lack of one and a failed exact check are printed on stderr."""
    line = wording.short_answer(checked)
    if line is None:
        print(wording.no_answer(checked), file=sys.stderr)
    else:
        print(line, flush=True)
    if not checked.ends or exit_code(checked):
        _print_left_open(checked, sys.stderr)
    if checked.ends and checked.check == "off" and not checked.complete:
        print(f"note: {wording.untried(checked)}", file=sys.stderr)
    if exit_code(checked) and checked.check != "off":
        print(f"exact check: {_verdict(checked)}", file=sys.stderr)


def _print_left_open(checked: CheckedAnswer, stream: TextIO) -> None:
    """Print what no fact settles; ``--json`` has all of it."""
    open_ = wording.left_open(checked)
    for one in open_[:MOST_OPEN]:
        print(f"not known: {one}", file=stream)
    if len(open_) > MOST_OPEN:
        print(f"not known: {len(open_) - MOST_OPEN} more, which --json lists", file=stream)


def _verdict(checked: CheckedAnswer) -> str:
    if not checked.exact_ends and checked.why:
        return f"{checked.check}: {checked.why}"
    if checked.check == "disagrees":
        return f"disagrees: {wording.difference(checked)}"
    several = checked.kind == "traversal" and len(checked.exact_ends) > 1
    return f"{checked.check}; {wording.found_of_exact(checked)}" if several else checked.check
