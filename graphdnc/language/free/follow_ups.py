"""Follow-ups: sentences about the question asked before and its answer. ::

    Bank to Angel            and back?   how many changes?   avoiding Moorgate?   another way?
    Who is Freya's mother?   And her brother?    What about Ida?
    Bank to Angel            And from there to Morden?    The same from Moorgate.

A pronoun stands for the only answer or, if there are several, for the node that was asked about.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from graphdnc.graph import Graph
from graphdnc.language.chart import Chart, Reading
from graphdnc.language.describe_compound import line_title
from graphdnc.language.free.build import Askings, way_under
from graphdnc.language.free.read import follow_up_grammar, scanners
from graphdnc.language.free.words import LANGUAGES, words_of
from graphdnc.language.lexer import Lexer
from graphdnc.questions import Inverse, Kin, ShortestPath, Traversal
from graphdnc.questions.lists import Among, LinesAt, Neighbours, Reach
from graphdnc.questions.put import Asking
from graphdnc.questions.ways import Ride, Way

_OWNING = re.compile(r"\b(?:her|his|their|its)\b(?=\s+\w)", re.IGNORECASE)
_PRONOUN = re.compile(
    r"\b(?:she|he|they|it|him|them|her|there|that (?:station|stop|place|person|one))\b", re.IGNORECASE
)
_SUBJECT = re.compile(r"^(?:and|what about|how about|or)\s+", re.IGNORECASE)


@dataclass(frozen=True)
class Context:
    """What was asked before, and the nodes that it was answered with.

    Attributes:
        asking: the question.
        ends: the nodes; ``None`` if they are not known yet, but will be; empty if there are none or they will
            not be known.
    """

    asking: Asking
    ends: Sequence[int] | None

    @property
    def meant(self) -> int | None:
        """The node that a pronoun stands for; ``None`` if it is in an answer that is not known."""
        if self.ends is not None and len(self.ends) == 1:
            return self.ends[0]
        question, put = self.asking
        lists = put == "list" and not isinstance(question, ShortestPath | Way)
        return None if lists and self.ends == () else subject(question)


def subject(question: Any) -> int | None:
    """Return the node that a question is about."""
    match question:
        case Kin(node) | Neighbours(node) | Reach(node) | LinesAt(node) | Inverse(node):
            return node
        case Among(inner, _):
            return subject(inner)
        case ShortestPath(_, goal) | Way(goal=goal):
            return goal
        case Traversal(start) | Ride(start):
            return start
    return None


def with_names(sentence: str, graph: Graph, context: Context) -> Iterator[str]:
    """Yield a sentence with a name in place of its pronouns: that of a node, then that of a line."""
    question = context.asking.question
    meant = context.meant
    if isinstance(question, LinesAt) and len(question.relations) < graph.relations:
        yield from _named(sentence, line_title(graph, question.relations))
    if meant is not None:
        yield from _named(sentence, graph.node_name(meant))


def _named(sentence: str, name: str) -> Iterator[str]:
    said = _OWNING.sub(lambda _: f"{name}'s", sentence)
    said = _PRONOUN.sub(lambda _: name, said)
    if said != sentence:
        yield said


def follow_up(lexer: Lexer, graph: Graph, context: Context, weighted: bool = False) -> Askings | None:
    """Return the question that a follow-up asks, if it has one meaning."""
    found: dict[Askings, None] = {}
    if not lexer.ends_well:
        return None
    for language in LANGUAGES:
        chart = Chart(follow_up_grammar(language), lexer, scanners(graph, language, words_of(language)))
        readings = [
            (build, reading)
            for state, reading in chart.readings(len(chart.cells) - 1)
            for build in state.builds
        ]
        most = max((reading.weight for _, reading in readings), default=0)
        for build, reading in readings:
            askings = _asked(build, reading, context, weighted) if reading.weight == most else None  # type: ignore[arg-type]
            if askings is not None:
                found[askings] = None
        if found:
            return next(iter(found)) if len(found) == 1 else None
    return None


def _asked(kind: str, reading: Reading, context: Context, weighted: bool) -> Askings | None:
    question, put = context.asking
    said = dict(reading.captures)
    if kind == "NAMES":
        return None if put == "list" else (Asking(question, "list"),)
    if kind == "BACK":
        turned = _turned(question)
        return None if turned is None else (Asking(turned, put),)
    if kind == "AGAIN":
        way = question if isinstance(question, Way) else None
        if isinstance(question, ShortestPath):
            way = Way(question.start, question.goal)
        if way is None:
            return None
        if put in ("changes", "direct"):  # that was asked of the way, not as a condition
            way = replace(way, least="steps")
        if said.keys() & {"another", "number"}:
            way = replace(way, ways=1, beyond=0)
        return way_under(way, reading.captures, weighted)
    return _about_another(question, said, context)


def _turned(question: Any) -> Way | ShortestPath | None:
    match question:
        case ShortestPath(start, goal):
            return ShortestPath(goal, start)
        case Way(start, goal):
            return replace(question, start=goal, goal=start, via=question.via[::-1])
    return None


def _about_another(question: Any, said: dict[str, Any], context: Context) -> Askings | None:
    """Return the same question about another node."""
    put = context.asking.put
    if isinstance(question, ShortestPath | Way):
        ends = {key: said[key] for key in ("start", "goal") if key in said}
        ends = ends or {"goal": said["node"]}
        return (Asking(replace(question, **ends), put),)
    if "line" in said:
        of_line = isinstance(question, LinesAt)
        return (Asking(replace(question, relations=said["line"]), put),) if of_line else None
    node = said.get("node", said.get("start"))
    if node is None and (isinstance(question, Inverse) or getattr(question, "direction", "") == "in"):
        node = said.get("goal")
    if node is None:
        return None
    match question:
        case Kin():
            return (Asking(replace(question, person=node), put),)
        case Neighbours() | Reach() | LinesAt():
            return (Asking(replace(question, node=node), put),)
        case Among(inner, _):
            return (Asking(replace(question, question=replace(inner, node=node)), put),)
        case Traversal() | Ride():
            return (Asking(replace(question, start=node), put),)
        case Inverse():
            return (Asking(replace(question, goal=node), put),)
    return None
