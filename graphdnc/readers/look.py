"""What a file says about how its graph looks: where nodes lie, and which colours lines have."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

_GEOGRAPHIC = (("lon", "lat"), ("lng", "lat"), ("long", "lat"), ("longitude", "latitude"))
_ON_PAPER = (("x", "y"),)
_COLOURS = ("color", "colour")
_COLOUR = re.compile(r"#?[0-9a-fA-F]{6}")


@dataclass
class Look:
    """Places of nodes and colours of relations, by name, as far as a file has them.

    Attributes:
        places: east and north: degrees of longitude and latitude if ``geographic``.
        colours: ``#rrggbb``.
    """

    places: dict[str, tuple[float, float]] = field(default_factory=dict)
    colours: dict[str, str] = field(default_factory=dict)
    geographic: bool = True

    def colour(self, relation: str, text: str) -> None:
        """Keep the colour of a relation, if the text is one: ``dc241f`` or ``#DC241F``."""
        if _COLOUR.fullmatch(text.strip()):
            self.colours[relation] = f"#{text.strip().removeprefix('#').lower()}"

    def place(self, node: str, east: str, north: str) -> None:
        """Keep the place of a node, if the texts are numbers."""
        try:
            found = float(east), float(north)
        except ValueError:
            return
        if all(map(math.isfinite, found)):
            self.places[node] = found

    def keep_attributes(
        self,
        nodes: Iterable[tuple[str, Mapping[str, str]]],
        relations: Iterable[tuple[str, Mapping[str, str]]],
    ) -> None:
        """Keep what attributes say: ``lat`` and ``lon``, or ``x`` and ``y`` downwards; ``color`` of edges."""
        listed = [(name, _lower(attributes)) for name, attributes in nodes]
        for pairs, geographic in ((_GEOGRAPHIC, True), (_ON_PAPER, False)):
            for east, north in pairs:
                placed = [(name, own) for name, own in listed if own.get(east) and own.get(north)]
                if placed and not self.places:
                    self.geographic = geographic
                    for name, own in placed:
                        down = "" if geographic else "-"
                        self.place(name, own[east], f"{down}{own[north]}".replace("--", ""))
        for relation, attributes in relations:
            own = _lower(attributes)
            for name in _COLOURS:
                self.colour(relation, own.get(name, ""))


def _lower(attributes: Mapping[str, str]) -> dict[str, str]:
    return {name.lower(): value.strip() for name, value in attributes.items()}
