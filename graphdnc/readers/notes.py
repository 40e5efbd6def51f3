"""What is found in a file apart from its triples: notes, an account of all its rows or elements, and its
look.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

LINES_KEPT = 5
HEADER = "header"
HEADER_AGAIN = "the header again"
COMMENT = "comment"
BLANK = "blank"
REPEATED = "repeats an earlier triple"
NOWHERE = "leads nowhere"
_GEOGRAPHIC = (("lon", "lat"), ("lng", "lat"), ("long", "lat"), ("longitude", "latitude"))
_ON_PAPER = (("x", "y"),)
_COLOURS = ("color", "colour")
_COLOUR = re.compile(r"#?[0-9a-fA-F]{6}")


@dataclass
class Note:
    """Something that a person may want to know about a file.

    Attributes:
        text: what was found, and how it was read.
        lines: the first lines where it was found.
        count: how often it was found.
        doubtful: whether the file may mean something else; then answers may be wrong.
    """

    text: str
    lines: list[int] = field(default_factory=list)
    count: int = 0
    doubtful: bool = False

    def found(self, line: int | None, count: int = 1) -> None:
        """Count it once more, or ``count`` times."""
        self.count += count
        if line is not None and len(self.lines) < LINES_KEPT:
            self.lines.append(line)


@dataclass
class Account:
    """What became of the rows or elements of a file.

    ``read`` is the sum of ``used`` and of the counts of what was left out.

    Attributes:
        unit: what is counted, in the plural: rows, statements ...
        read: how many there are.
        used: how many became triples.
        left_out: why the others did not. ``doubtful`` marks what may be missed: it is no header, comment,
            blank line or repetition.
    """

    unit: str = "rows"
    read: int = 0
    used: int = 0
    left_out: list[Note] = field(default_factory=list)


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


@dataclass
class Notes:
    """What was found in a file apart from its triples.

    Attributes:
        weights: the names of columns or attributes that seem to hold weights, other than the one asked for.
        account: what became of each row or element.
        look: where nodes lie, and which colours relations have.
        by_hand: people write files of this format by hand, so that a name may have more in it than a name.
        declared: the file itself says which of its parts are source, relation and target.
        columns: those of a table, from 1, if they were not asked for.
        understood: one's own words for kin that head columns.
    """

    weights: list[str] = field(default_factory=list)
    account: Account = field(default_factory=Account)
    look: Look = field(default_factory=Look)
    by_hand: bool = False
    declared: bool = False
    columns: tuple[int | None, ...] | None = None
    understood: set[str] = field(default_factory=set)
    _found: dict[str, Note] = field(default_factory=dict)
    _left: dict[str, Note] = field(default_factory=dict)

    def add(self, text: str, line: int | None = None, doubtful: bool = False) -> None:
        """Add a note; the same text again is counted."""
        self._found.setdefault(text, Note(text, doubtful=doubtful)).found(line)

    def leave(self, why: str, line: int | None = None, *, count: int = 1, missed: bool = False) -> None:
        """Count rows or elements that do not become triples; ``missed`` if a person may miss them."""
        if not count:
            return
        note = self._left.get(why)
        if note is None:
            note = self._left[why] = Note(why, doubtful=missed)
            self.account.left_out.append(note)
        note.found(line, count)

    def __iter__(self) -> Iterator[Note]:
        return iter(self._found.values())


def describe_missed(account: Account) -> str | None:
    """Return in one line what was left out and may be missed, or ``None`` if there is nothing.

    >>> left = [Note("header", [1], 1), Note("a text, date or number", [], 2, doubtful=True)]
    >>> describe_missed(Account("statements", 9, 6, left))
    '2 of 9 statements did not become triples (a text, date or number: 2)'
    """
    missed = [note for note in account.left_out if note.doubtful]
    if not missed:
        return None
    count = sum(note.count for note in missed)
    return f"{count:,} of {account.read:,} {account.unit} did not become triples ({describe_left(missed)})"


def describe_left(left: Iterable[Note]) -> str:
    """Return why rows were left out, how many of each, and where the first are.

    >>> describe_left([Note("header", [1], 1), Note("blank", [3, 4], 9)])
    'header: 1, in line 1; blank: 9, in lines 3, 4 and more'
    """
    return "; ".join(f"{note.text}: {note.count:,}{_where(note)}" for note in left)


def _where(note: Note) -> str:
    if not note.lines:
        return ""
    more = " and more" if note.count > len(note.lines) else ""
    return f", in line{'s' if note.count > 1 else ''} {', '.join(map(str, note.lines))}{more}"


def _lower(attributes: Mapping[str, str]) -> dict[str, str]:
    return {name.lower(): value.strip() for name, value in attributes.items()}
