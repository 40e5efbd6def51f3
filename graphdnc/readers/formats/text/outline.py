"""Outlines: each line is a child of the line above it that is indented less.

Spaces, tabs, bullets and the branches that the command ``tree`` draws indent a line. A line with a bullet is
below a line without one.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from graphdnc.readers.build_graph import Edge
from graphdnc.readers.columns import Columns
from graphdnc.readers.csv_records import MAX_LINE
from graphdnc.readers.notes import BLANK, COMMENT, Notes
from graphdnc.readers.source import Content, numbered_lines
from graphdnc.utils.text import quote

_INDENT = re.compile(r"[\s\u2502\u251c\u2514\u2500\u2570|`+]*(?:--+\s)?\s*")
_BULLET = re.compile(r"(?:[-*+\u2022]|\d{1,3}[.)])\s+")
_NAME = re.compile(r"[^,;|\t{}<>=]{1,60}[^,;|\t{}<>=.(\[]")
_COMMENT = re.compile(r"\s*#(?!\w)")
_CHILD = "child"
_ROOT = "the root of an outline"
_TAB = 8


def read(content: Content, columns: Columns, notes: Notes) -> Iterator[Edge]:
    """Yield an edge from each line of an outline to each line just below it.

    Raises:
        GraphFileError: a line is too long.
    """
    notes.account.unit = "lines"
    above: list[tuple[int, str]] = []
    said = False
    for number, line in numbered_lines(content.text("text").removesuffix("\n")):
        notes.account.read += 1
        if len(line) > MAX_LINE:
            content.place.wrong(f"more than {MAX_LINE:,} characters; write shorter lines", number)
        if not line.strip() or _COMMENT.match(line):
            notes.leave(COMMENT if line.strip() else BLANK, number)
            continue
        depth, name = _entry(line)
        while above and above[-1][0] >= depth:
            above.pop()
        if above:
            if not said:
                said = True
                text = f"{quote(name)} is read as a child of {quote(above[-1][1])}, being indented below it"
                notes.add(f"{text}; for another relation write: a -> b: relation", number, doubtful=True)
            yield Edge(number, above[-1][1], _CHILD, name)
        else:
            notes.leave(_ROOT, number)
        above.append((depth, name))


def seem_outline(lines: list[str]) -> bool:
    """Tell whether lines can only be an outline: the first is indented least, and some are indented more.

    >>> seem_outline(["root", "  leaf"]), seem_outline(["Ada", "Ben"])
    (True, False)
    """
    entries = [_entry(line) for line in lines if line.strip() and not _COMMENT.match(line)]
    if len(entries) < 2 or not all(_NAME.fullmatch(name) or len(name) == 1 for _, name in entries):
        return False
    depths = [depth for depth, _ in entries]
    return depths[0] == min(depths) < max(depths)


def _entry(line: str) -> tuple[int, str]:
    """Return how far a line is indented, and its name.

    >>> _entry("  - Bank:"), _entry("|-- src"), _entry("Red")
    ((3, 'Bank'), (4, 'src'), (0, 'Red'))
    """
    line = line.expandtabs(_TAB).rstrip()
    found = _INDENT.match(line)
    depth = found.end() if found else 0
    rest = line[depth:]
    bullet = _BULLET.match(rest)
    name = rest[bullet.end() :] if bullet else rest
    return depth + bool(bullet), name.strip().removesuffix(":").removesuffix("/") or rest.strip()
