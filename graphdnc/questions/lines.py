"""Lines: relations that are directions and branches of one line, by their names.

"Central eastbound", "Central eastbound via Hainault" and "Central westbound" are the line "Central". Its
directions are "Central eastbound" and "Central westbound": a train goes on from a branch to the line, so that
is no change. "12 towards Hove" is a direction of the line "12". A relation whose name says no direction is a
line by itself.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

from graphdnc.graph import Graph, Triple
from graphdnc.names import fold

BOUND = frozenset(
    [f"{way}bound" for way in ("north", "south", "east", "west", "in", "out")]
    + [f"{way}{also}bound" for way in ("north", "south") for also in ("east", "west")]
    + ["clockwise", "anticlockwise", "counterclockwise"]
)
"""Words for a direction in the names of relations."""
_BRANCH = frozenset(["via", "to", "towards"])


@dataclass(frozen=True)
class LineNames:
    """The lines of a graph.

    Attributes:
        line: the folded name of the line of each relation: "central".
        direction: the folded name of the direction of each relation: "central eastbound".
        parts: the relations that each beginning of a name stands for: "central", "central eastbound".
        titles: the name of each line as the graph writes it.
    """

    line: tuple[str, ...]
    direction: tuple[str, ...]
    parts: dict[str, frozenset[int]]
    titles: dict[str, str]

    def directions(self, relations: Iterable[int]) -> list[frozenset[int]]:
        """Return some relations by their directions."""
        found: dict[str, set[int]] = {}
        for relation in sorted(relations):
            found.setdefault(self.direction[relation], set()).add(relation)
        return [frozenset(those) for those in found.values()]

    def changes(self, path: Iterable[Triple]) -> int:
        """Return how often a path goes on in another direction or on another line."""
        return len(self.transfers(path))

    def transfers(self, path: Iterable[Triple]) -> list[int]:
        """Return the nodes at which a path goes on in another direction or on another line."""
        return [
            after.source
            for before, after in pairwise(path)
            if self.direction[before.relation] != self.direction[after.relation]
        ]


@lru_cache(maxsize=8)
def line_names(graph: Graph) -> LineNames:
    """Return the lines of a graph, cached.

    >>> graph = Graph.from_triples([("a", "Red eastbound", "b"), ("b", "Red westbound via c", "a")])
    >>> line_names(graph).line, sorted(line_names(graph).parts["red"])
    (('red', 'red'), [0, 1])
    """
    lines: list[str] = []
    directions: list[str] = []
    titles: dict[str, str] = {}
    parts: dict[str, set[int]] = {}
    for number in range(graph.relations):
        name = graph.relation_name(number)
        words = fold(name).split()
        bound = _bound(words)
        towards = bound is not None and words[bound] not in BOUND
        line, direction = words[:bound], words if bound is None or towards else words[: bound + 1]
        lines.append(" ".join(line))
        directions.append(" ".join(direction))
        titles.setdefault(lines[-1], name if bound is None else _title(name, bound))
        ends = [at for at, word in enumerate(words) if at and (word in BOUND or word in _BRANCH)]
        for end in [*ends, len(words)] if bound is not None else [len(words)]:
            parts.setdefault(" ".join(words[:end]), set()).add(number)
    frozen = {part: frozenset(numbers) for part, numbers in parts.items()}
    return LineNames(tuple(lines), tuple(directions), frozen, titles)


def _bound(words: list[str]) -> int | None:
    """Return where a direction begins in the words of a name, after the name of a line."""
    inner = range(1, len(words))
    ahead = (at for at in inner if words[at] == "towards" and at + 1 < len(words))
    return next((at for at in inner if words[at] in BOUND), next(ahead, None))


def _title(name: str, words: int) -> str:
    """Return the shortest beginning of a name that folds to a number of words."""
    wanted = " ".join(fold(name).split()[:words])
    return next((name[:end] for end in range(1, len(name)) if fold(name[:end]) == wanted), name).strip()
