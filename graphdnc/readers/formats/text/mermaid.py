"""Flowcharts of Mermaid: nodes with their texts, arrows with theirs. How it is drawn does not count."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from itertools import pairwise

from graphdnc.readers.build_graph import MAX_TRIPLES, Edge
from graphdnc.readers.columns import Columns
from graphdnc.readers.lines import content_lines
from graphdnc.readers.notes import Notes
from graphdnc.readers.property_graph import Link, PropertyGraph
from graphdnc.readers.source import Content
from graphdnc.utils.text import quote

FLOWCHART = re.compile(r"\s*(?:graph|flowchart(?:-elk)?)\b", re.IGNORECASE)
OTHER = re.compile(
    r"\s*(sequenceDiagram|classDiagram|stateDiagram|erDiagram|gantt|pie|journey|gitGraph|mindmap|timeline"
    r"|quadrantChart|requirementDiagram|C4Context|sankey-beta|block-beta)\b"
)
_COMMENT = re.compile(r"\s*%%")
_DRAWING = re.compile(
    r"(?:style|classDef|class|linkStyle|click|direction|end|accTitle|accDescr|title|subgraph)\b(?!\s*-)"
)
_GROUP = re.compile(r"subgraph\s+([\w.-]+)\s*(?:\[\s*\"?([^\]\"]*)\"?\s*\])?$")
_ID = re.compile(r"\s*([^\x00-/:-@\[-^`{-\x7f]+(?:[-./](?=\w)\w+)*)\s*")
_TEXT = re.compile(
    r"""(?:\(\[|\[\[|\[\(|\(\(\(?|\{\{|\[[/\\]|>|\[|\(|\{)(\s*"[^"]*"\s*|[^\[\](){}|"]*)"""
    r"""(?:\]\)|\]\]|\)\]|\)\)\)?|\}\}|[/\\]\]|\]|\)|\})"""
)
_SHAPE = re.compile(r"@\{[^}]*?(?:label:\s*\"([^\"]*)\")?[^}\"]*\}")
_CLASS = re.compile(r"\s*:::[\w-]+")
_ARROW = re.compile(
    r"""\s*(?:\w+@)?(?P<back>[<ox](?=-|=))?(?:
        (?P<hidden>~~~+)
      | (?:--(?![->ox])|==(?![=>])|-\.(?![.-]))\s*(?P<within>"[^"]*"|[^-=.|>"\s](?:[^|>"\n]*?[^-=.|>"\s])?)\s*
        (?:--+|==+|\.+-)(?P<on1>>|[ox](?=\s))?
      | (?:--+|==+|-\.+-)(?P<on2>>|[ox](?=\s|\|))?
    )\s*(?:\|\s*(?P<label>"[^"]*"|[^|]*?)\s*\|)?\s*""",
    re.VERBOSE,
)
FENCE = "```mermaid"
_LONGEST = 5_000


def read(content: Content, columns: Columns, notes: Notes) -> Iterator[Edge]:
    """Yield the edges of a flowchart."""
    found = _Flowchart(content, notes)
    begun = front = False
    lines = list(content_lines(content, "Mermaid", Notes(), _COMMENT))
    for number, line in _inside_fence(lines):
        if line == "---" and not begun:  # a title stands between two such lines
            front = not front
        elif not front and not begun:
            begun = True
            rest = found.begin(number, line)
            found.statements(number, rest)
        elif not front:
            found.statements(number, line)
    if not begun:
        content.place.wrong("there is no flowchart; it begins with graph or flowchart")
    return found.edges(columns)


def _inside_fence(lines: list[tuple[int, str]]) -> list[tuple[int, str]]:
    """Return the lines of the first chart in a text in Markdown, or all lines if it is none."""
    begin = next((at for at, (_, line) in enumerate(lines) if line == FENCE), None)
    if begin is None:
        return lines
    rest = lines[begin + 1 :]
    return rest[: next((at for at, (_, line) in enumerate(rest) if line == FENCE[:3]), len(rest))]


class _Flowchart:
    def __init__(self, content: Content, notes: Notes) -> None:
        self._place = content.place
        self._notes = notes
        self._graph = PropertyGraph(content.place, notes)
        self._texts: dict[str, str] = {}
        self._groups: dict[str, str] = {}

    def begin(self, number: int, line: str) -> str:
        """Check the first line, and return what follows the direction in it."""
        if other := OTHER.match(line):
            self._place.wrong(
                f"{other[1]} of Mermaid is not read, only flowcharts; write a -> b: relation", number
            )
        found = FLOWCHART.match(line)
        if found is None:
            self._place.wrong(f"{quote(line)}: a flowchart begins with graph or flowchart", number)
        return re.sub(r"^\s*(?:TB|TD|BT|RL|LR)?\b", "", line[found.end() :])

    def statements(self, number: int, line: str) -> None:
        """Read the statements of a line."""
        if len(line) > _LONGEST:
            self._place.wrong(f"more than {_LONGEST:,} characters; write shorter lines", number)
        for text in re.split(r";(?=(?:[^\"]*\"[^\"]*\")*[^\"]*$)", line) if ";" in line else [line]:
            text = text.strip()
            if group := _GROUP.match(text):
                self._groups[group[1]] = group[2] or group[1]
            elif text and not _DRAWING.match(text):
                self._chain(number, text)

    def edges(self, columns: Columns) -> Iterator[Edge]:
        """Yield the edges by name."""
        for key, text in self._texts.items():
            label = text or self._groups.get(key, "")
            self._graph.add_node(key, {"label": label} if label else {})
        return self._graph.edges(columns)

    def _chain(self, number: int, text: str) -> None:
        """Read nodes and arrows in turns."""
        nodes, at = self._nodes(number, text, 0)
        ends, arrows = [nodes], []
        while at < len(text):
            arrow = _ARROW.match(text, at)
            if arrow is None:
                self._place.wrong(f"{quote(text[at:])} is not an arrow such as --> or -->|text|", number)
            nodes, at = self._nodes(number, text, arrow.end())
            arrows.append(arrow)
            ends.append(nodes)
        for arrow, (left, right) in zip(arrows, pairwise(ends), strict=True):
            self._connect(number, arrow, left, right)

    def _connect(self, number: int, arrow: re.Match[str], left: list[str], right: list[str]) -> None:
        label = _unquoted(arrow["label"] or arrow["within"] or "")
        on, back = bool(arrow["on1"] or arrow["on2"]), arrow["back"] == "<"
        if arrow["hidden"]:
            self._notes.account.read += 1
            self._notes.leave("a link that is not drawn", number)
            return
        if len(left) * len(right) > MAX_TRIPLES:
            self._place.too_large(f"more than {MAX_TRIPLES:,} edges")
        for source in left:
            for target in right:
                ends = (target, source) if back and not on else (source, target)
                attributes = {"label": label} if label else {}
                self._graph.add_link(Link(number, *ends, both_ways=on == back, attributes=attributes))

    def _nodes(self, number: int, text: str, at: int) -> tuple[list[str], int]:
        """Return the nodes from a place on, joined by &, and where they end."""
        found = []
        while True:
            name = _ID.match(text, at)
            if name is None:
                rest = quote(text[at:] or text)
                self._place.wrong(f"a node is missing before {rest}; write a[Text] --> b[Text]", number)
            at = name.end()
            found.append(name[1])
            self._texts.setdefault(name[1], "")
            if (shape := _SHAPE.match(text, at) or _TEXT.match(text, at)) is not None:
                at = shape.end()
                self._texts[name[1]] = _unquoted(shape[1] or "") or self._texts[name[1]]
            if (style := _CLASS.match(text, at)) is not None:
                at = style.end()
            at += len(text[at:]) - len(text[at:].lstrip())
            if text[at : at + 1] != "&":
                return found, at
            at += 1


def _unquoted(text: str) -> str:
    """Return a text without quotes and markup."""
    plain = text.strip().removeprefix('"').removesuffix('"').strip("`")
    return html.unescape(re.sub(r"<br\s*/?>|</?[a-z]+>", " ", plain))
