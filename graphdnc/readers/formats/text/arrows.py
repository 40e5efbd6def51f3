"""Lines such as ``a -> b: relation``, as people type them.

An arrow is ``->``, ``-->``, ``=>``, ``<-``, ``<->`` or a sign such as ``→``; ``--`` between spaces leads
both ways. The relation stands after a colon, before one, ``U1: a -> b``, or in the arrow: ``a -[ferry]-> b``,
``a -- ferry --> b``. A line may go on, ``a -> b -> c``, and name several targets, ``a -> b, c``. Quotes keep
the signs in a name.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise

from graphdnc.readers.build_graph import EDGE, Edge
from graphdnc.readers.columns import Columns
from graphdnc.readers.lines import content_lines
from graphdnc.readers.notes import Notes
from graphdnc.readers.source import Content, Place
from graphdnc.utils.text import quote

_ARROW = re.compile(
    r"""(?:
        (?P<back1><)?-{1,3}\[\s*:?(?P<inside>[^\][\n]{1,200})\]-{1,3}(?P<on1>>)?
      | \ --\ ?(?P<middle>[^-<>=|\s\u2190-\u21ff"]
            (?:[^-<>=|\u2190-\u21ff"\n]{0,200}[^-<>=|\s\u2190-\u21ff"])?)\ ?--+>
      | (?P<back2><)?[-=~]{1,5}(?P<on2>>)
      | (?P<back3><)[-=~]{1,5}(?=[\s"\w(])
      | (?P<back4>[\u2190\u21d0\u27f5])
      | (?P<on4>[\u2192\u21d2\u27f6\u279d\u279e\u27a1]\ufe0f?)
      | (?P<both>[\u2194\u21d4\u27f7])
      | (?<=\s)(?P<plain>-{2,3}|[\u2013\u2014])(?=\s)
    )""",
    re.VERBOSE,
)
_COMMENT = re.compile(r"\s*(?:#(?!\w)|//|%%)")
_BULLET = re.compile(r"\A[-*\u2022]\s+")
_COLON = re.compile(r":\s|\s:")
_LONGEST = 10_000
"""Characters of a line."""


def read(content: Content, columns: Columns, notes: Notes) -> Iterator[Edge]:
    """Yield the edges of lines with arrows."""
    lists = lines = 0
    first: int | None = None
    for line, text in content_lines(content, "text", notes, _COMMENT):
        lines += 1
        edges = list(_edges(content.place, line, _BULLET.sub("", text).rstrip(";")))
        if len(edges) > 1 and len({edge.target for edge in edges} | {edge.source for edge in edges}) > 2:
            lists += "," in text and len(edges) == 2
            first = first or line
        yield from edges
    if lists == lines > 1:
        said = "a comma separates targets; if the last is the relation, write: a -> b: relation"
        notes.add(said, first, doubtful=True)


def is_arrow_line(text: str) -> bool:
    """Tell whether a line has an arrow between two names, and no columns."""
    hidden = _blank_quotes(text[:_LONGEST])
    arrows = list(_ARROW.finditer(hidden))
    ends = bool(arrows) and hidden[: arrows[0].start()].strip() and hidden[arrows[-1].end() :].strip()
    return bool(ends) and any(arrow["plain"] is None for arrow in arrows)


def is_comment(text: str) -> bool:
    """Tell whether a line is blank or a comment."""
    return not text.strip() or _COMMENT.match(text) is not None


def _edges(place: Place, line: int, text: str) -> Iterator[Edge]:
    if len(text) > _LONGEST:
        place.wrong(f"more than {_LONGEST:,} characters; write one edge per line", line)
    arrows = list(_ARROW.finditer(_blank_quotes(text)))
    if not arrows:
        place.wrong(f"no arrow: {quote(text)}; write lines as: a -> b: relation", line)
    ends = [0, *(place for arrow in arrows for place in arrow.span()), len(text)]
    parts = [text[start:end].strip() for start, end in zip(ends[::2], ends[1::2], strict=True)]
    label = EDGE
    before = _COLON.search(_blank_quotes(parts[0]))
    if before is not None and parts[0][: before.start()].strip() and parts[0][before.end() :].strip():
        label, parts[0] = parts[0][: before.start()].strip(), parts[0][before.end() :].strip()
    if (colon := _COLON.search(_blank_quotes(parts[-1]))) is not None:
        parts[-1], label = parts[-1][: colon.start()], parts[-1][colon.end() :].strip() or EDGE
    more = False
    for arrow, (left, right) in zip(arrows, pairwise(parts), strict=True):
        relation = next((text[slice(*arrow.span(key))] for key in ("inside", "middle") if arrow[key]), label)
        on, back = _directions(arrow)
        for source in _names(place, line, left):
            for target in _names(place, line, right):
                ends_of = (source, target) if on else (target, source)
                yield Edge(line, ends_of[0], relation.strip(), ends_of[1], on and back, more)
                more = True


def _directions(arrow: re.Match[str]) -> tuple[bool, bool]:
    """Return whether an arrow leads on, and whether it leads back."""
    found = {key.rstrip("1234") for key, value in arrow.groupdict().items() if value}
    if found & {"both", "plain"} or not found & {"on", "back", "middle"}:
        return True, True
    return bool(found & {"on", "middle"}), "back" in found


def _names(place: Place, line: int, text: str) -> list[str]:
    """Return the names at one end of an arrow."""
    names = [text] if '"' in text else text.split(",")
    found = [name.strip().removeprefix('"').removesuffix('"') for name in names]
    found = [name[1:-1] if name.startswith("(") and name.endswith(")") else name for name in found]
    if not all(name.strip() for name in found):
        place.wrong("an arrow without a name at one end; add it", line)
    return found


def _blank_quotes(text: str) -> str:
    """Return a text of the same length in which quoted names hide their signs."""
    return re.sub(r'"[^"]*"', lambda found: '"' + "x" * (len(found[0]) - 2) + '"', text)
