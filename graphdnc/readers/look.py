"""What a file says about how its graph looks: where nodes lie, and which colours lines have."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

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
