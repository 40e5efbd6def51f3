"""Lines such as ``a: b, c``: a node, and the nodes that it leads to.

Commas or semicolons separate the nodes; without any in the text, spaces do if the parts are nodes that begin
lines themselves, as in a makefile. Without colons, the first name of a line is the node; commas, semicolons
or tabs separate all names, or else spaces, as in the .adjlist of networkx.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from graphdnc.readers.build_graph import EDGE, Edge
from graphdnc.readers.clean import clean
from graphdnc.readers.columns import Columns
from graphdnc.readers.lines import content_lines
from graphdnc.readers.notes import NOWHERE, Notes
from graphdnc.readers.source import Content
from graphdnc.utils.text import quote

_COMMENT = re.compile(r"\s*#(?![\w ]+:(?:\s|$))")
_LINE = re.compile(r"([^:,;\t]{1,1000}):(?:\s+([^:]*(?:\S:\S[^:]*)*))?")
_SEPARATORS = re.compile(r"[,;]")
_BRACKETS = re.compile(r"\[([^\[\]]*)\]")
_ALONE = "a node without an edge"
_FEW = 3
"""Targets of a line; with more, and no target that begins a line, the lines may be lines of stations."""


def read(content: Content, columns: Columns, notes: Notes) -> Iterator[Edge]:
    """Yield the edges of lines that begin with a node.

    Raises:
        GraphFileError: a line has no colon, or a name is empty.
    """
    place = content.place
    lines = [(number, text.rstrip(";,")) for number, text in content_lines(content, "text", notes, _COMMENT)]
    if all(":" not in text for _, text in lines):
        separator = next((sign for sign in "\t;," if any(sign in text for _, text in lines)), None)
        split = [(number, [name for name in text.split(separator) if name.strip()]) for number, text in lines]
        found = [(number, names[0], names[1:]) for number, names in split if names]
    else:
        heads = {clean(text.partition(":")[0]) for _, text in lines}
        spaced = _are_spaced([text for _, text in lines], heads)
        found = []
        for number, text in lines:
            parts = _LINE.fullmatch(text)
            if parts is None:
                place.wrong(f"{quote(text)} is not a node and its targets; write lines as: a: b, c", number)
            found.append((number, parts[1], _targets(parts[2] or "", spaced)))
        if heads.isdisjoint(clean(target) for _, _, targets in found for target in targets):
            said = "read as a node before each colon, and the nodes that it leads to"
            if all(len(targets) > 1 for _, _, targets in found):
                said += "; if each line is a line of stations in order: --format lines"
            notes.add(said, found[0][0], doubtful=True)
    alone = {number for number, _, targets in found if not targets}
    there = {clean(name) for _, source, targets in found if targets for name in (source, *targets)}
    for number, source, targets in found:
        if number in alone:
            linked = clean(source) in there
            notes.leave(NOWHERE if linked else _ALONE, number, missed=not linked)
        for at, target in enumerate(targets):
            yield Edge(number, source, EDGE, target, more=at > 0)


def seem_adjacency(lines: list[str]) -> bool:
    """Tell whether lines can only be nodes with those that they lead to.

    >>> seem_adjacency(["a: b, c", "b: c"]), seem_adjacency(["name: Bob", "age: 3"])
    (True, False)
    """
    parts = [_LINE.fullmatch(line.strip().rstrip(";,")) for line in lines]
    if len(lines) < 2 or None in parts:
        return False
    pairs = [(clean(one[1]), one[2] or "") for one in parts if one is not None]
    heads = [head for head, _ in pairs]
    spaced = _are_spaced([targets for _, targets in pairs], set(heads))
    lists = [_targets(targets, spaced) for _, targets in pairs]
    if not set(heads).isdisjoint(clean(target) for targets in lists for target in targets):
        return True
    several = any(len(targets) > 1 for targets in lists)
    return several and len(set(heads)) == len(heads) and max(map(len, lists)) <= _FEW


def _are_spaced(lines: list[str], heads: set[str]) -> bool:
    """Tell whether spaces separate targets: there is no comma, and some line has several that begin lines."""
    if any(_SEPARATORS.search(line) for line in lines):
        return False
    ends = [line.rpartition(":")[2].split() for line in lines]
    return any(len(names) > 1 and not heads.isdisjoint(names) for names in ends)


def _targets(text: str, spaced: bool) -> list[str]:
    """Return the names of a list, without the brackets around it and the quotes of names in brackets."""
    if listed := _BRACKETS.fullmatch(text.strip()):
        return [part.strip().strip("'\"") for part in _SEPARATORS.split(listed[1]) if part.strip()]
    parts = text.split() if spaced else _SEPARATORS.split(text)
    return [part.strip() for part in parts if spaced or text.strip()]
