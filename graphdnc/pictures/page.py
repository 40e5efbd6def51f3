"""A page that shows an answer: the graph, the memory at work and the words, on one time line.

The page is one file that fetches nothing. Its parts are in the folder ``page/``; what it shows is one block
of JSON in it.
"""

from __future__ import annotations

import html
import json
import re
from collections.abc import Sequence
from functools import cache
from importlib.resources import files
from typing import Any, Literal

from graphdnc.answering.answer import CheckedAnswer
from graphdnc.answering.trace import Trace
from graphdnc.graph import named
from graphdnc.pictures.moments import memory_of, said_at
from graphdnc.pictures.scene import Hop, Scene, lead, scene_of
from graphdnc.readers.notes import Look

SCRIPTS = ("dom.js", "timeline.js", "graph.js", "chip.js", "memory.js", "words.js", "main.js")
View = Literal["graph", "memory"]


def page(
    checked: CheckedAnswer,
    trace: Trace | None,
    *,
    look: Look | None = None,
    first: View = "graph",
    untraced: str = "",
) -> str:
    """Return a page for an answer.

    Args:
        checked: the answer.
        trace: what happened in the memory; ``None`` if that is not known.
        look: what the file of the graph says about places and colours.
        first: the view that is opened.
        untraced: why there is no trace.
    """
    scene = scene_of(checked, look)
    graph = _graph(scene, trace)
    shown = {
        "first": first,
        "graph": graph,
        "memory": None if trace is None else memory_of(trace),
        "untraced": untraced,
        "words": _words(checked, bool(graph["tried"])),
    }
    parts = {
        "title": html.escape(checked.text.encode("utf-8", "replace").decode()),
        "style": _part("page.css"),
        "data": as_json(shown),
        "scripts": "\n".join(f"<script>\n{_part(name)}</script>" for name in SCRIPTS),
    }
    # one pass: what is filled in may look like a place to fill
    return re.sub(r"<!--(\w+)-->", lambda place: parts[place[1]], _part("page.html"))


def as_json(value: Any) -> str:
    """Return a value as JSON that is safe inside a script element: no tag begins or ends in it.

    >>> as_json("</script>")
    '"\\\\u003c/script\\\\u003e"'
    """
    text = json.dumps(value, separators=(",", ":"), ensure_ascii=True, allow_nan=False)
    return text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")


@cache
def _part(name: str) -> str:
    return (files("graphdnc.pictures") / "page" / name).read_text(encoding="utf-8")


def _graph(scene: Scene, trace: Trace | None) -> dict[str, Any]:
    """Return the scene as JSON values; each hop has the step in which it was said first."""
    said = said_at(trace) if trace is not None else {}

    def hops(way: Sequence[Hop]) -> list[list[Any]]:
        return [
            [*hop, said.get(frozenset((scene.names[hop.source], scene.names[hop.target])))] for hop in way
        ]

    return {
        "kind": scene.kind,
        "nodes": [
            [name, *(round(float(value), 3) for value in position)]
            for name, position in zip(scene.names, scene.positions, strict=True)
        ],
        "lines": [line._asdict() for line in scene.lines],
        "relations": scene.relations,
        "edges": [[edge.source, edge.target, edge.line, int(edge.one_way)] for edge in scene.edges],
        "ways": [hops(way) for way in scene.ways],
        "tried": [] if trace is None else [hops(way) for way in _tried(scene, trace)],
        "asked": scene.asked,
        "ends": scene.ends,
        "whole": scene.whole,
    }


def _tried(scene: Scene, trace: Trace) -> list[list[Hop]]:
    """Return the way that the try found, if it is another than that of the answer."""
    if trace.vote.path is None:
        return []
    place = {name: number for number, name in enumerate(scene.names)}
    found = named(trace.graph, trace.vote.path)
    if not all(one.source in place and one.target in place for one in found):
        return []
    hops = [
        Hop(place[one.source], place[one.target], scene.relations.get(one.relation, 0), one.relation)
        for one in found
    ]
    pairs = {frozenset(hop[:2]) for hop in hops}
    return [] if any(pairs == {frozenset(hop[:2]) for hop in way} for way in scene.ways) else [hops]


def _words(checked: CheckedAnswer, otherwise: bool) -> dict[str, Any]:
    answer = checked.answer
    return {
        "question": checked.text,
        "kind": checked.kind,
        "answers": checked.ends,
        "lead": lead(checked),
        "path": [list(triple) for triple in checked.path],
        "confidence": round(answer.confidence, 4),
        "votes": answer.votes,
        "agreeing": answer.agreeing,
        "check": checked.check,
        "exact": checked.exact_ends if checked.exact is not None else None,
        "why": checked.why,
        "model": checked.model,
        "seconds": round(answer.seconds, 2),
        "triples": len(checked.graph),
        "memorised": answer.memorised,
        "otherwise": otherwise,
    }
