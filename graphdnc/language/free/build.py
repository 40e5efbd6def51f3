"""From what was read of a sentence to a question: one function for each table of forms."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from graphdnc.graph import Graph
from graphdnc.kinship.family_graph import states_kinship
from graphdnc.language.free.relations import Sense
from graphdnc.language.grammar import Captures
from graphdnc.language.walk_grammar import MAX_STEPS
from graphdnc.questions import Between, Inverse, ShortestPath, Traversal
from graphdnc.questions.lists import Among, Common, Direction, LinesAt, Neighbours, Reach, Size, Termini
from graphdnc.questions.put import Asking, Put
from graphdnc.questions.ways import Leg, Ride, Way

Askings = tuple[Asking, ...]
Relations = frozenset[int]


@dataclass(frozen=True)
class Builder:
    """Builds questions about a graph; a function returns ``None`` for what does not go together."""

    graph: Graph
    directions: dict[str, Relations]
    """The relations of each direction of lines: those called "... northbound"."""
    senses: dict[str, Sense]
    """What each meaning of the language is in this graph."""
    weighted: bool = False
    """Whether triples have weights, which "quickest" then means."""

    @property
    def every(self) -> Relations:
        """All relations."""
        return frozenset(range(self.graph.relations))

    def way(self, captures: Captures) -> Askings | None:
        """A way between two nodes, under conditions."""
        said = dict(captures)
        return way_under(Way(said["start"], said["goal"]), captures, self.weighted)

    def connected(self, captures: Captures) -> Askings | None:
        """How two nodes are connected: as relatives in a family, otherwise by a way."""
        said = dict(captures)
        if states_kinship(self.graph) and len(said) == 2:
            return (Asking(Between(said["goal"], said["start"])),)
        return self.way(captures)

    def between(self, captures: Captures) -> Askings:
        """What lies between two nodes."""
        said = dict(captures)
        way = Way(said["start"], said["goal"], only=said.get("only"))
        return (Asking(way, "between"),)

    def reachable(self, captures: Captures) -> Askings | None:
        """Whether a node can be reached from another one."""
        return self.way((*captures, ("whether", None)))

    def neighbours(self, captures: Captures) -> Askings | None:
        """What is next to a node, on a line or in a direction."""
        said = dict(captures)
        relations = self._ridden(said)
        if not relations:
            return None
        bound = "direction" in said or "line" in said
        direction: Direction = "in" if "before" in said else "out" if bound else "both"
        return (Asking(Neighbours(said["node"], relations, direction)),)

    def claim_neighbours(self, captures: Captures) -> Askings | None:
        """Whether two nodes are next to each other."""
        said = dict(captures)
        relations = self._ridden(said)
        if not relations:
            return None
        return (Asking(Among(Neighbours(said["node"], relations, "both"), said["other"]), "whether"),)

    def lines(self, captures: Captures) -> Askings:
        """Which lines are at a node."""
        said = dict(captures)
        return (Asking(LinesAt(said["node"], self.every), _put(said)),)

    def claim_line(self, captures: Captures) -> Askings:
        """Whether a line is at a node."""
        said = dict(captures)
        return (Asking(LinesAt(said["node"], said["line"]), "whether"),)

    def termini(self, captures: Captures) -> Askings:
        """Where a line ends."""
        return (Asking(Termini(dict(captures)["line"])),)

    def stops(self, captures: Captures) -> Askings:
        """What is on a line."""
        said = dict(captures)
        return (Asking(Termini(said["line"], every=True), _put(said)),)

    def within(self, captures: Captures) -> Askings:
        """What is within some steps of a node."""
        said = dict(captures)
        return (Asking(Reach(said["node"], self.every, "out", said["within"]), _put(said)),)

    def reach(self, captures: Captures) -> Askings:
        """What a node leads to."""
        said = dict(captures)
        return (Asking(Reach(said["node"], self.every, "out"), _put(said)),)

    def relation(self, captures: Captures, put: Put = "list") -> Askings | None:
        """What a relation leads to, in one step or in any number."""
        said = dict(captures)
        sense = _sense(said)
        if sense is None:
            return None
        if "maybe" in said and not self._stated(said["node"], sense):
            sense = _turned(sense)
        far = bool({"trans", "indirect", "place"} & said.keys()) or ("every" in said and "noun" in said)
        return (Asking(_listed(said["node"], sense, far), put),)

    def _stated(self, node: int, sense: Sense) -> bool:
        """Return whether the graph states anything of a sense, or nothing of its opposite."""

        def states(one: Sense) -> bool:
            graph = self.graph if one.direction == "out" else self.graph.inverse
            return any(triple.relation in one.relations for triple in graph.leaving(node))

        return states(sense) or not states(_turned(sense))

    def meant(self, captures: Captures, key: str, kind: str) -> Askings | None:
        """What is asked of relations of a meaning in words of its own: "what breaks without flask"."""
        said = dict(captures)
        sense = self.senses.get(key)
        if sense is None:
            return None
        if kind == "fact":
            return (Asking(_fact(said, sense), "whether"),)
        sense = sense if kind.startswith("out") else _turned(sense)
        return (Asking(_listed(said["node"], sense, kind.endswith("far") or "trans" in said), _put(said)),)

    def chain(self, captures: Captures) -> Askings | None:
        """What relations lead to one after the other: the boss of a boss."""
        values = _all(captures)
        senses = [*values.get("noun", ()), *reversed(values.get("outer", ()))]
        relations = tuple(min(sense.relations) for sense in senses)
        if any(len(sense.relations) > 1 for sense in senses) or len({one.direction for one in senses}) > 1:
            return None
        node = values["node"][0]
        out = senses[0].direction == "out"
        return (Asking(Traversal(node, relations) if out else Inverse(node, relations[::-1])),)

    def count(self, captures: Captures) -> Askings | None:
        """How many nodes a relation leads to."""
        return self.relation(captures, "count")

    def exists(self, captures: Captures) -> Askings | None:
        """Whether a relation leads anywhere."""
        return self.relation(captures, "whether")

    def fact(self, captures: Captures) -> Askings | None:
        """Whether a relation leads from one node to another."""
        said = dict(captures)
        sense = _sense(said)
        return None if sense is None else (Asking(_fact(said, sense), "whether"),)

    def common(self, captures: Captures, put: Put = "list") -> Askings | None:
        """What a relation leads to from two nodes."""
        said = dict(captures)
        sense = _sense(said)
        if sense is None:
            return None
        within = None if {"trans", "indirect", "noun"} & said.keys() else 1
        one, other = (Reach(said[each], *sense[:2], within) for each in ("one", "two"))
        return (Asking(Common(one, other, nearest="near" in said), put),)

    def claim_common(self, captures: Captures) -> Askings | None:
        """Whether two nodes have something in common."""
        return self.common(captures, "whether")

    def why(self, captures: Captures) -> Askings | None:
        """Why something is there: what leads to it."""
        said = dict(captures)
        sense = _sense(said) if {"verb", "head"} & said.keys() else Sense(self.every, "out")
        if sense is None:
            return None
        relations = sense.relations
        if "source" in said:
            return (Asking(Way(said["source"], said["node"], only=relations), "why"),)
        return (Asking(Reach(said["node"], relations, "in"), "why"),)

    def facts(self, captures: Captures) -> Askings:
        """All triples with a node."""
        return (Asking(Neighbours(dict(captures)["node"], self.every, "both"), "facts"),)

    def size(self, captures: Captures) -> Askings:
        """How large the graph is."""
        of = {"size": "nodes", "size-of-triples": "triples", "size-of-relations": "relations"}
        return tuple(Asking(Size(of[slot]), "count") for slot, _ in captures)  # type: ignore[arg-type]

    def kin(self, captures: Captures) -> Askings:
        """Ancestors and descendants."""
        said = dict(captures)
        sex = "male" if "fathers" in said else "female" if "mothers" in said else None
        direction: Direction = "in" if said.keys() & {"down", "descended"} else "out"
        node: int = said["node"] if "node" in said else said["one"]
        question = Reach(node, frozenset(), direction, kin=True, sex=sex)
        if "other" in said:
            return (Asking(Among(question, said["other"]), "whether"),)
        if "two" in said:
            common = Common(question, replace(question, node=said["two"]), "near" in said)
            return (Asking(common, _put(said)),)
        return (Asking(question, _put(said)),)

    def ride(self, captures: Captures) -> Askings | None:
        """A ride along lines."""
        legs: list[dict[str, Any]] = []
        for slot, value in captures:
            if (slot == "line" and not (legs and legs[-1].keys() == {"count"})) or (
                slot == "count" and (not legs or legs[-1].keys() & {"count", "goal"})
            ):
                legs.append({})
            if slot in ("line", "count", "goal"):
                legs[-1][slot] = value
            if slot == "direction":
                legs[-1]["line"] &= self.directions.get(value, frozenset())
        if not all(leg.get("line") for leg in legs):
            return None
        if not all("line" in leg and len(leg) == 2 for leg in legs) or _too_long(legs):
            return None
        made = (Leg(leg["line"], leg.get("count"), leg.get("goal")) for leg in legs)
        return (Asking(Ride(dict(captures)["start"], tuple(made))),)

    def _ridden(self, said: dict[str, Any]) -> Relations:
        """Return the relations of a line, of a direction, or of both."""
        relations: Relations = said.get("line", self.every)
        direction = said.get("direction")
        return relations if direction is None else relations & self.directions.get(direction, frozenset())


def way_under(way: Way, captures: Captures, weighted: bool) -> Askings | None:
    """Return a way with the conditions that were read added to it."""
    said, values = dict(captures), _all(captures)
    if weighted and "quick" in said:
        said["weight"] = None
    asked: list[str] = [slot for slot in ("steps", "change-count", "cost", "where") if slot in said]
    limited_by = [slot for slot in ("most", "most-changes") if slot in said]
    further = [slot for slot in ("another", "number", "every") if slot in said]
    if len(asked) > 1 or ("every" in said and len(further) > 1) or (asked and further):
        return None
    if sum(slot in said for slot in ("changes", "weight")) > 1 or (limited_by and (asked or further)):
        return None
    only = values.get("only")
    limited = None if only is None else frozenset().union(*only)
    way = replace(
        way,
        via=(*way.via, *values.get("via", ())),
        avoiding=way.avoiding.union(values.get("avoiding", ())),
        without=way.without.union(*values.get("without", ())),
        only=way.only if limited is None else limited,
        most=said.get("most", way.most),
    )
    if "most-changes" in said:
        way = replace(way, least="changes", most_changes=said["most-changes"])
    return _with_aim(way, said, asked)


def _with_aim(way: Way, said: dict[str, Any], asked: list[str]) -> Askings | None:
    """Return a way with what it should have least of, and how it is put."""
    put: Put = "whether" if {"whether", "most", "most-changes"} & said.keys() else "list"
    if asked:
        put = _ASKED_OF_A_WAY[asked[0]]
    if "direct" in said or "must" in said:
        if asked and put not in ("changes", "transfers"):
            return None
        put = "direct"
    if "changes" in said or put in ("changes", "direct", "transfers"):
        way = replace(way, least="changes")
    if "weight" in said or put == "cost":
        if way.least == "changes":
            return None
        way = replace(way, least="weight")
    if "another" in said or "number" in said:
        beyond = 1 if "another" in said else 0
        way, put = replace(way, ways=said.get("number", 1), beyond=beyond), "list"
    if "every" in said:
        way, put = replace(way, ways=0), "list"
    plain = way == Way(way.start, way.goal) and put in ("list", "steps", "whether")
    return (Asking(ShortestPath(way.start, way.goal) if plain else way, put),)


_ASKED_OF_A_WAY: dict[str, Put] = {
    "steps": "steps",
    "change-count": "changes",
    "cost": "cost",
    "where": "transfers",
}


def _too_long(legs: list[dict[str, Any]]) -> bool:
    return sum(int(leg.get("count", 1)) for leg in legs) > MAX_STEPS


def _all(captures: Captures) -> dict[str, list[Any]]:
    found: dict[str, list[Any]] = {}
    for slot, value in captures:
        found.setdefault(slot, []).append(value)
    return found


def _put(said: dict[str, Any]) -> Put:
    return "count" if "how-many" in said else "whether" if "whether" in said else "list"


def _sense(said: dict[str, Any]) -> Sense | None:
    """Return the sense of the words for relations; ``None`` if two parts of a verb do not go together."""
    if "head" in said:
        head: dict[str, Sense] = said["head"]
        return head.get(said["prep"])
    if "back" in said:
        return _turned(said["back"])
    sense: Sense = said.get("verb") or said.get("noun") or said["place"]
    return sense


def _turned(sense: Sense) -> Sense:
    """Return the sense of the same words for the other end."""
    return sense._replace(direction="in" if sense.direction == "out" else "out")


def _listed(node: int, sense: Sense, far: bool) -> Neighbours | Reach:
    made = Reach if far else Neighbours
    return made(node, sense.relations, sense.direction)


def _fact(said: dict[str, Any], sense: Sense) -> Among:
    """Return whether a fact holds: in one step or, where the words or the relations say so, in several."""
    far = bool({"trans", "indirect", "place"} & said.keys())
    over = "any" if far else "one" if "exact" in said else sense.span
    return Among(_listed(said["node"], sense, over != "one"), said["other"], direct=over == "said")


FORMS: dict[str, Callable[[Builder, Captures], Askings | None]] = {
    "WAY": Builder.way,
    "BETWEEN": Builder.between,
    "REACHABLE": Builder.reachable,
    "CONNECTED": Builder.connected,
    "NEIGHBOUR": Builder.neighbours,
    "CLAIM_NEIGHBOUR": Builder.claim_neighbours,
    "LINE": Builder.lines,
    "CLAIM_LINE": Builder.claim_line,
    "TERMINI": Builder.termini,
    "STOPS": Builder.stops,
    "WITHIN": Builder.within,
    "REACH": Builder.reach,
    "RELATION": Builder.relation,
    "CHAIN": Builder.chain,
    "COUNT": Builder.count,
    "EXISTS": Builder.exists,
    "FACT": Builder.fact,
    "COMMON": Builder.common,
    "CLAIM_COMMON": Builder.claim_common,
    "WHY": Builder.why,
    "FACTS": Builder.facts,
    "SIZE": Builder.size,
    "KIN": Builder.kin,
    "RIDE": Builder.ride,
}
"""The tables of :mod:`graphdnc.language.free.forms`, and what builds their questions."""
