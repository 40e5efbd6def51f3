"""Grammar of walks and shortest paths. ::

    Start at Bond Street, take the Central eastbound for two stops, then ...: where am I?
    Take the Northern from Bond Street for one stop, then ...
    Two stops towards Bank on the Northern from Moorgate
    How do you get from Moorgate to Bank?      How far is Bank from Moorgate?
    I am at Moorgate. How do I get to Bank?    Moorgate -> Bank

Numbers are digits, or words up to ninety-nine. Their units are stops, stations, steps, times, hops and edges.
The word "line" may stand inside or after a relation: "the Central line eastbound". An arrow means "to" only
between two nodes; before a relation it is punctuation. :class:`graphdnc.oracle.towards.WalkConstraints`
defines "towards".

A word in a name of the graph counts as part of that name, not as a filler, except "and", "then" and the words
of START. One long name beats several short ones: "Northern towards Bank" may be a relation.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from graphdnc.language.chart import Chart, Reading
from graphdnc.language.grammar import Captures, Grammar
from graphdnc.language.lexer import Item, Lexer
from graphdnc.language.phrases import WALK_PHRASES
from graphdnc.questions import ShortestPath, Traversal, Walk

MAX_STEPS = 200
"""The largest number of relations that a walk may follow."""
# A name made of these words does not beat the plain words: "from from" or "r, then s" has two meanings.
_JOINING = frozenset(["and", "then"])
_STRONG = WALK_PHRASES["START"] | _JOINING

_PARTS = {
    # Steps: "Central eastbound for two stops", "Northern towards Bank", "two stops on the Northern".
    "RIDE": "relation:RELATION LINE*",
    "REPEAT": "times:TIMES LINE*",
    "AIM": "TOWARDS PLACE* aim:NODE PLACE*",
    "NAMED": "RIDE [REPEAT] [AIM] | RIDE AIM REPEAT",
    "STEP": "NAMED | count:COUNT ON THE* RIDE [AIM] | count:COUNT AIM ON THE* RIDE",
    "STEPS": "(LINK | STEP)* (STEP | (LINK | STEP) CLOSE ASK*)",
    # The start of a walk: before the steps, in the first step, or after the last step.
    "OPENING": "[ASK+ LINK] LINK*",
    "HERE": "start:NODE PLACE*",
    "FROM": "START PLACE* HERE",
    "REPEAT-LATE": "times:TIMES PLACE*",
    "FIRST": """RIDE FROM [REPEAT-LATE] [AIM] | RIDE FROM AIM REPEAT-LATE
        | RIDE AIM FROM [REPEAT-LATE] | RIDE AIM REPEAT FROM
        | (RIDE REPEAT | count:COUNT ON THE* RIDE) (FROM [AIM] | AIM FROM)
        | count:COUNT AIM ON THE* RIDE FROM""",
    "AFTER-FIRST": "[LINK | NAMED] CLOSE ASK* | NAMED | (LINK | NAMED) STEPS",
    "LAST": "STEP (LINK* STEP)+ FROM [CLOSE ASK*]",
    # Paths: "from A to B", "at A. How do I get to B", "to B from A", "between A and B", "A -> B".
    "GOAL": "PLACE* goal:NODE PLACE* SEEK*",
    "FROM-TO": "SEEK+ [START PLACE*] HERE TO GOAL",
    "AT-TO": "(SEEK | AND)* TO GOAL",
    "TO-FROM": "SEEK* (TO | FAR) PLACE* goal:NODE (PLACE | SEEK)* FROM SEEK*",
    "BETWEEN-AND": "SEEK* BETWEEN PLACE* HERE AND GOAL",
    "ARROW-TO": "(TO | ARROW) GOAL",
}
_FORMS = (
    "ASK* FROM (STEPS | AT-TO)",
    "HERE (STEPS | ARROW-TO)",
    "OPENING (FIRST [AFTER-FIRST] | LAST | STEPS)",
    "FROM-TO | TO-FROM | BETWEEN-AND",
)
_OWN_PARTS: dict[type[Walk], frozenset[str]] = {
    Traversal: frozenset(["OPENING", "STEPS", "FIRST", "AFTER-FIRST", "LAST"]),
    ShortestPath: frozenset(["FROM-TO", "AT-TO", "TO-FROM", "BETWEEN-AND", "ARROW-TO"]),
}


def walks(chart: Chart, lexer: Lexer) -> list[Walk]:
    """Return the questions of the best readings; none if one of them has too many steps."""
    found = list(chart.whole())
    if not lexer.ends_well or any(too_long(reading.captures) for _, reading in found):
        return []
    traversals = [one for one in found if isinstance(one[0], Traversal)]
    paths = [one for one in found if isinstance(one[0], ShortestPath)]
    weight = max((reading.weight for _, reading in paths), default=0)
    # A path has two names only, so no other names show that a node called "from" is not meant.
    best = [*_best(traversals), *(one for one in paths if one[1].covered >= weight)]
    return list(dict.fromkeys(question for question, _ in best))


def kinds(parts: frozenset[str]) -> set[type[Walk]]:
    """Return which questions have these parts of the grammar."""
    return {kind for kind, own in _OWN_PARTS.items() if parts & own}


def too_long(captures: Captures) -> bool:
    """Return whether a reading follows more than :data:`MAX_STEPS` relations."""
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
    """Return the relation of each step, how often it is followed, and the node it is followed towards."""
    legs: list[dict[str, int]] = []
    for slot, value in captures:
        # A count before its relation begins a step.
        if slot == "count" or (slot == "relation" and not (legs and "relation" not in legs[-1])):
            legs.append({})
        if slot in ("relation", "aim"):
            legs[-1][slot] = value
        elif slot in ("count", "times"):
            legs[-1]["count"] = min(value, MAX_STEPS + 1)  # enough to be refused
    return [(leg["relation"], leg.get("count", 1), leg.get("aim")) for leg in legs if "relation" in leg]


def _best(found: list[tuple[Walk, Reading]]) -> list[tuple[Walk, Reading]]:
    """Return the readings of the largest weight. If they cover equally many words, fewest steps win."""
    weight = max((reading.weight for _, reading in found), default=0)
    best = [one for one in found if one[1].weight == weight]
    if len({reading.covered for _, reading in best}) > 1:
        return best
    steps = [len(reading.values("relation")) for _, reading in best]
    return [one for one, count in zip(best, steps, strict=True) if count == min(steps)]


def _nodes(lexer: Lexer, position: int) -> Iterator[Item]:
    return _weighed(lexer, position, lexer.nodes(position))


def _relations(lexer: Lexer, position: int) -> Iterator[Item]:
    return _weighed(lexer, position, (*lexer.relations(position), *lexer.lines(position)))


def _weighed(lexer: Lexer, position: int, items: Iterable[Item]) -> Iterator[Item]:
    """Yield names with their weights.

    "From Here" has two meanings if one node is called "Here" and another one "From Here". So has "r, s and r"
    if the relations are "r", "s" and "s and r".
    """
    for item in items:
        parts = [token.word for token in lexer.tokens[position : item.end]]
        own = [part for part in parts if part not in _JOINING]
        weight = 0 if _STRONG.issuperset(parts) else len(own) - (own[0] in WALK_PHRASES["START"])
        yield item._replace(weight=weight)


def _arrow(lexer: Lexer, position: int) -> list[Item]:
    return [Item(position)] if lexer.arrow(position) else []


def _seeking(lexer: Lexer, position: int) -> Iterator[Item]:
    """Yield fillers of a path that are not relations: "from A walk to B" may ask to follow "walk"."""
    relations = {item.end for item in lexer.relations(position)}
    return (one for one in lexer.phrases(position, WALK_PHRASES["SEEK"]) if one.end not in relations)


GRAMMAR = Grammar(
    forms=[(form, _build) for form in _FORMS],
    phrases=WALK_PHRASES,
    scanners={
        "NODE": _nodes,
        "RELATION": _relations,
        "COUNT": Lexer.counts,
        "TIMES": Lexer.times,
        "ARROW": _arrow,
        "SEEK": _seeking,
    },
    parts=_PARTS,
)
