"""Tables in Markdown: rows between bars, the first of them a header."""

from __future__ import annotations

import re
from collections.abc import Iterator

from graphdnc.readers.build_graph import Edge
from graphdnc.readers.columns import Columns
from graphdnc.readers.csv_records import Row
from graphdnc.readers.formats.tables.people import read_table
from graphdnc.readers.formats.tables.rows import rows_of
from graphdnc.readers.lines import content_lines
from graphdnc.readers.notes import BLANK, HEADER_AGAIN, Notes
from graphdnc.readers.source import Content
from graphdnc.utils.text import join_quoted

_RULE = re.compile(r"\|?(?:\s*:?-+:?\s*\|)+(?:\s*:?-+:?\s*)?")
_BAR = re.compile(r"(?<!\\)\|")
_LINK = re.compile(r"!?\[([^\[\]]*)\]\([^()\s]*\)")
_MARKS = re.compile(r"(?<!\w)(\*\*|__|\*|`)(?=\S)([^*`]*?\S)\1(?!\w)")


def read(content: Content, columns: Columns, notes: Notes) -> Iterator[Edge]:
    """Yield the edges of the tables in a text; tables of the same columns are read as one."""
    rows: list[Row] = []
    header: list[str] = []
    lines = list(content_lines(content, "Markdown", notes))
    texts = dict(lines)
    begins = {
        number - 1 for number, text in lines if _RULE.fullmatch(text) and "|" in texts.get(number - 1, "")
    }
    inside = False
    for number, text in lines:
        inside = number in begins or (inside and "|" in text and number - 1 in texts)
        if not inside:
            bars = "|" in text
            notes.leave("a row outside a table" if bars else "text outside a table", number, missed=bars)
        elif number - 1 in begins:
            notes.leave("the line below a header", number)
        elif number in begins and header:
            if _cells(text) != header:
                known = f"a second table with other columns ({join_quoted(_cells(text))})"
                content.place.wrong(f"{known}; save each table in its own file", number)
            notes.leave(HEADER_AGAIN, number)
        elif not _cells(text):
            notes.leave(BLANK, number)
        else:
            header = header or _cells(text)
            rows.append((number, _cells(text)))
    if not header:
        if any(text == "```mermaid" for _, text in lines):
            content.place.wrong("there is no table, but a Mermaid chart; to read that: --format mermaid")
        content.place.wrong("there is no table; write rows as | a | b | and |---|---| below the header")
    return read_table(rows_of(content, rows), columns, notes)


def is_rule(line: str) -> bool:
    """Tell whether a line separates a header from its rows: ``|---|---|``."""
    return _RULE.fullmatch(line.strip()) is not None


def _cells(row: str) -> list[str]:
    cells = _BAR.split(row.strip())
    if not cells[0].strip():
        del cells[0]
    if cells and not cells[-1].strip() and _BAR.search(row.strip()[-1:]):
        del cells[-1]
    return [_plain(cell) for cell in cells]


def _plain(cell: str) -> str:
    """Return the text of a cell without links and marks."""
    return _MARKS.sub(r"\2", _LINK.sub(r"\1", cell.strip())).replace("\\|", "|")
