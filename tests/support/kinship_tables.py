"""Writes the tables of terms into a page: ``python tests/support/kinship_tables.py docs/kinship.md``."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from itertools import groupby
from pathlib import Path

from graphdnc.kinship.vocabulary import Vocabulary, standard_vocabulary

BEGIN, END = "<!-- tables: begin -->\n", "<!-- tables: end -->\n"


def page(vocabulary: Vocabulary) -> str:
    """Return one table per group of terms, with names, rules and other names."""
    return "\n".join((*_lines(vocabulary), ""))


def _lines(vocabulary: Vocabulary) -> Iterator[str]:
    for title, terms in groupby(vocabulary, key=lambda term: term.group):
        yield from (f"### {title}", "", "| term | who is meant | other names |", "|---|---|---|")
        for term in terms:
            # A bar ends a cell unless it is escaped.
            rule = str(term.rule).replace("|", "\\|")
            yield f"| {term.name} | `{rule}` | {', '.join(term.aliases)} |"
        yield ""


if __name__ == "__main__":
    path = Path(sys.argv[1])
    before, _, rest = path.read_text(encoding="utf-8").partition(BEGIN)
    after = rest.partition(END)[2]
    path.write_text(f"{before}{BEGIN}\n{page(standard_vocabulary())}{END}{after}", encoding="utf-8")
