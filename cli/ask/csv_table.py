"""Answers as CSV, for spreadsheets: a header, then a row for each question."""

from __future__ import annotations

import csv
import sys

from graphdnc.answering.answer import CheckedAnswer, stated_confidence
from graphdnc.errors import GraphDNCError

COLUMNS = (
    *("question", "kind", "answers", "count", "holds", "confidence", "votes", "check", "exact"),
    *("model", "error", "code"),
)
BETWEEN = "; "
"""What stands between several names in one field."""


class Table:
    """Prints rows to standard output, a header before the first one."""

    def __init__(self) -> None:
        self._begun = False

    def add(self, checked: CheckedAnswer) -> None:
        """Print the row of an answer."""
        answer = checked.answer
        exact = None if checked.exact is None else BETWEEN.join(checked.exact_ends)
        holds = {None: None, True: "yes", False: "no"}[checked.holds]
        self._print(
            *(checked.text, checked.kind, BETWEEN.join(checked.ends), checked.count, holds),
            *(stated_confidence(answer.confidence, answer.votes), answer.votes, checked.check, exact),
            *(checked.model, None, None),
        )

    def add_refused(self, question: str, error: GraphDNCError) -> None:
        """Print the row of a question without an answer."""
        told = " ".join(str(error).split())
        self._print(question, *[None] * (len(COLUMNS) - 3), told, error.exit_code)

    def _print(self, *fields: object) -> None:
        rows = csv.writer(sys.stdout, lineterminator="\n")
        if not self._begun:
            rows.writerow(COLUMNS)
            self._begun = True
        rows.writerow(["" if field is None else field for field in fields])
        sys.stdout.flush()
