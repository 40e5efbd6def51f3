"""Tables in which a row has an id and names others by theirs: "id, name, manager_id".

A row leads to the one that has the id, and the heading without "id" is the relation. Tables of people
are read by :mod:`~graphdnc.readers.formats.tables.people`.
"""

from __future__ import annotations

from collections.abc import Iterator

from graphdnc.readers.build_graph import Edge, distinct_names
from graphdnc.readers.clean import clean
from graphdnc.readers.columns import note_unused, plain
from graphdnc.readers.csv_records import wrong_width
from graphdnc.readers.formats.tables.rows import Rows
from graphdnc.readers.headings import find_id, find_name
from graphdnc.readers.notes import HEADER, NOWHERE, Notes
from graphdnc.utils.text import quote

_NOBODY = frozenset(["", "0", "-", "null", "none", "n/a"])
_STRANGERS = "names only ids that no row has"


def read_by_id(rows: Rows, notes: Notes) -> Iterator[Edge] | None:
    """Return the edges if the rows of a table name each other by their ids, otherwise ``None``."""
    header = rows.head[0][1]
    others = {at: heading for at, text in enumerate(header) if (heading := _without_id(text))}
    own, name = find_id(header), find_name(header)
    if own is None:  # "employee_id, employee, manager_id", "employee_id, name, manager_id"
        own = next(iter(others), None)
        said = others.pop(own, "") if own is not None else ""
        name = next((at for at, text in enumerate(header) if plain(text).strip() == said), name)
    if own is None or name is None or not others or len(rows.head) == 1:
        return None
    notes.declared = True
    notes.add("rows name others by their ids; choose other columns with --columns", rows.head[0][0])
    return _edges(rows, own, name, others, notes)


def _without_id(heading: str) -> str:
    """Return a heading such as "manager_id" without "id"; empty if it is none."""
    words = plain(heading).split()
    return " ".join(words[:-1]) if words[-1:] == ["id"] and len(words) > 1 else ""


def _edges(rows: Rows, own: int, name: int, others: dict[int, str], notes: Notes) -> Iterator[Edge]:
    all_rows = rows.read(notes)
    number, header = next(all_rows)
    notes.leave(HEADER, number)
    used = {own, name, *others}
    note_unused(notes, "columns", (clean(text) for at, text in enumerate(header) if at not in used), number)
    table: dict[str, tuple[int, list[str]]] = {}
    for number, fields in all_rows:
        if len(fields) != len(header):
            wrong_width(rows.place, (number, fields), len(header), "the header")
        key = clean(fields[own])
        if not key or key in table:
            what = f"the id {quote(key)} occurs twice" if key else "a row without an id"
            rows.place.wrong(f"{what}; give each row its own", number)
        table[key] = (number, fields)
    names = distinct_names(rows.place, {key: fields[name] for key, (_, fields) in table.items()})
    for key, (number, fields) in table.items():
        more, stranger = False, False
        for at, relation in others.items():
            other = clean(fields[at])
            if other in table and (other != "0" or "0" in table):
                yield Edge(number, names[key], relation, names[other], more=more)
                more = True
            elif other.casefold() not in _NOBODY:
                stranger = True
                notes.add(f"an id that no row has, such as {quote(other)}; left out", number, doubtful=True)
        if not more:
            notes.leave(_STRANGERS if stranger else NOWHERE, number, missed=stranger)
