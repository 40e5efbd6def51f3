"""Walks and shortest paths. ::

    Start at Bond Street, take the Central eastbound for two stops, then ...: where am I?
    Take the Northern from Bond Street for one stop, then ...
    Two stops towards Bank on the Northern from Moorgate
    How do you get from Moorgate to Bank?      How far is Bank from Moorgate?
    I am at Moorgate. How do I get to Bank?    Moorgate -> Bank

Numbers are digits, or words to ninety-nine; units are stops, stations, steps, times, hops and edges. The word
"line" may stand inside or after a relation: "the Central line eastbound". An arrow is "to" only between two
nodes; before a relation it is punctuation. What "towards" means is said in
:class:`graphdnc.oracle.towards.WalkConstraints`.

A word that is part of a name of the graph counts as that name before it counts as a filler, unless it is
"and", "then" or a word of START, and one long name comes before several short ones: "Northern towards Bank"
may be a relation.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from graphdnc.language.chart import Captures, Chart, Grammar, Reading
from graphdnc.language.lexer import Item, Lexer
from graphdnc.language.phrases import WALK_PHRASES
from graphdnc.questions import ShortestPath, Traversal, Walk

MAX_STEPS = 200
# A name made of these does not beat the plain word: "from from" or "r, then s" has two meanings.
_JOINING = frozenset(["and", "then"])
_STRONG = WALK_PHRASES["START"] | _JOINING

PARTS = {
    # a step: the Central eastbound for two stops; the Northern towards Bank; two stops towards Bank on it
    "RIDE": "relation:RELATION LINE*",
    "COUNTED": "times:TIMES LINE*",
    "AIM": "TOWARDS PLACE* aim:NODE PLACE*",
    "NAMED": "RIDE [COUNTED] [AIM] | RIDE AIM COUNTED",
    "STEP": "NAMED | count:COUNT ON THE* RIDE [AIM] | count:COUNT AIM ON THE* RIDE",
    "STEPS": "(LINK | STEP)* (STEP | (LINK | STEP) CLOSE ASK*)",
    # where the walk starts, before it, in its first step or after its last
    "HERE": "start:NODE PLACE*",
    "FROM": "START PLACE* HERE",
    "LATE": "times:TIMES PLACE*",
    "FIRST": """RIDE (FROM [LATE] [AIM] | FROM AIM LATE | AIM FROM [LATE] | AIM COUNTED FROM)
        | (RIDE COUNTED | count:COUNT ON THE* RIDE) (FROM [AIM] | AIM FROM)
        | count:COUNT AIM ON THE* RIDE FROM""",
    "AFTER": "[LINK | NAMED] CLOSE ASK* | NAMED | (LINK | NAMED) STEPS",
    "LAST": "STEP (LINK* STEP)+ FROM [CLOSE ASK*]",
    "OPENING": "[ASK+ LINK] LINK*",
    # a path
    "GOAL": "PLACE* goal:NODE PLACE* SEEK*",
    "SOUGHT": "SEEK+ [START PLACE*] HERE TO GOAL",
    "THEN": "(SEEK | AND)* TO GOAL",
    "TURNED": "SEEK* (TO | FAR) PLACE* goal:NODE (PLACE | SEEK)* FROM SEEK*",
    "BOTH": "SEEK* BETWEEN PLACE* HERE AND GOAL",
    "GONE": "(TO | ARROW) GOAL",
}
_WALKED = frozenset(["OPENING", "STEPS", "FIRST", "AFTER", "LAST"])
_SOUGHT = frozenset(["SOUGHT", "THEN", "TURNED", "BOTH", "GONE"])
_FORMS = (
    "ASK* FROM (STEPS | THEN)",
    "HERE (STEPS | GONE)",
    "OPENING (FIRST [AFTER] | LAST | STEPS)",
    "SOUGHT | TURNED | BOTH",
)


def walks(chart: Chart, lexer: Lexer) -> list[Walk]:
    """Return all that the best readings as a walk or a path ask; nothing where one is too long."""
    found = list(chart.whole())
    if not lexer.ends_well or any(too_long(reading.captures) for _, reading in found):
        return []
    traversals = [one for one in found if isinstance(one[0], Traversal)]
    paths = [one for one in found if isinstance(one[0], ShortestPath)]
    weight = max((reading.weight for _, reading in paths), default=0)
    # a path has two names only: no others show that a node called "from" was not meant
    best = [*_best(traversals), *(one for one in paths if one[1].covered >= weight)]
    return list(dict.fromkeys(question for question, _ in best))


def kinds(parts: frozenset[str]) -> set[type[Walk]]:
    """Return what a sentence asks for that is in some parts of the grammar; nothing where both are open."""
    asked: set[type[Walk]] = set()
    if parts & _WALKED:
        asked.add(Traversal)
    if parts & _SOUGHT:
        asked.add(ShortestPath)
    return asked


def too_long(captures: Captures) -> bool:
    """Whether more than :data:`MAX_STEPS` relations are followed."""
    return sum(count for _, count, _ in _legs(captures)) > MAX_STEPS


def _build(captures: Captures) -> Walk | None:
    said = dict(captures)
    if "start" not in said:
        return None
    if "goal" in said:
        return ShortestPath(said["start"], said["goal"])
    legs = _legs(captures)
    relations = [relation for relation, count, _ in legs for _ in range(count)]
    towards = [aim for _, count, aim in legs for _ in range(count)]
    return Traversal(said["start"], tuple(relations), tuple(towards)) if legs else None


def _legs(captures: Captures) -> list[tuple[int, int, int | None]]:
    """Return each relation that is followed, how often, and the node towards which it is."""
    legs: list[dict[str, int]] = []
    for slot, value in captures:
        if slot == "count" or (slot == "relation" and not (legs and "relation" not in legs[-1])):
            legs.append({})
        if slot in ("relation", "aim"):
            legs[-1][slot] = value
        elif slot in ("count", "times"):
            legs[-1]["count"] = min(value, MAX_STEPS + 1)  # one more than is allowed is enough to be refused
    return [(leg["relation"], leg.get("count", 1), leg.get("aim")) for leg in legs if "relation" in leg]


def _nodes(lexer: Lexer, position: int) -> Iterator[Item]:
    return _weighed(lexer, position, lexer.nodes(position))


def _followed(lexer: Lexer, position: int) -> Iterator[Item]:
    return _weighed(lexer, position, (*lexer.relations(position), *lexer.lines(position)))


def _weighed(lexer: Lexer, position: int, items: Iterable[Item]) -> Iterator[Item]:
    """Yield names with what they weigh.

    "From Here" has two meanings where one node is called "Here" and another one "From Here", and "r, s and r"
    where relations are called "r", "s" and "s and r".
    """
    for item in items:
        parts = [token.word for token in lexer.tokens[position : item.end]]
        own = [part for part in parts if part not in _JOINING]
        weight = 0 if _STRONG.issuperset(parts) else len(own) - (own[0] in WALK_PHRASES["START"])
        yield item._replace(weight=weight)


def _arrow(lexer: Lexer, position: int) -> list[Item]:
    return [Item(position)] if lexer.arrow(position) else []


def _seeking(lexer: Lexer, position: int) -> Iterator[Item]:
    """Yield fillers of a path: "from A walk to B" asks to follow "walk", where that is a relation."""
    relations = {item.end for item in lexer.relations(position)}
    return (one for one in lexer.phrases(position, WALK_PHRASES["SEEK"]) if one.end not in relations)


def _best(found: list[tuple[Walk, Reading]]) -> list[tuple[Walk, Reading]]:
    weight = max((reading.weight for _, reading in found), default=0)
    best = [one for one in found if one[1].weight == weight]
    if len({reading.covered for _, reading in best}) > 1:
        return best
    steps = [len(reading.values("relation")) for _, reading in best]
    return [one for one, count in zip(best, steps, strict=True) if count == min(steps)]


GRAMMAR = Grammar(
    forms=[(form, _build) for form in _FORMS],
    phrases=WALK_PHRASES,
    scanners={
        "NODE": _nodes,
        "RELATION": _followed,
        "COUNT": Lexer.counts,
        "TIMES": Lexer.times,
        "ARROW": _arrow,
        "SEEK": _seeking,
    },
    parts=PARTS,
)
