"""Which columns of a table hold what.

The first row is a header if it names source and target by usual words, in any of the common languages, or
as a pair such as "node1" and "node2". It is also one if it names only the relation and has two other columns,
if it has words above numbers, or if two columns have usual headings; but not if its names occur again.
Without a header there are three columns (source, relation, target) or two (source, target), and a third
column of numbers is a weight. The module is longer than 400 lines, so that all rules stand in the order
in which they are tried.
"""

from __future__ import annotations

import re
import shlex
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, replace

from graphdnc.errors import UsageError
from graphdnc.readers.build_graph import EDGE
from graphdnc.readers.clean import clean
from graphdnc.readers.columns import NO_RELATION, ROLES, USUAL, Columns, find_usual, plain, seems_weight
from graphdnc.readers.csv_records import Row
from graphdnc.readers.doubts import is_value
from graphdnc.readers.formats.tables.rows import Rows, is_numeric, same_base
from graphdnc.readers.headings import (
    Ends,
    are_letters,
    find_direction,
    find_ends,
    find_letters,
    find_pair,
    find_relation,
    is_counter,
    is_detail,
    is_end,
    is_heading,
    is_towards,
    is_way,
    leads_both_ways,
)
from graphdnc.readers.source import Place
from graphdnc.utils.text import is_number, join_quoted, quote

# the columns without a header, by how many there are
_PLACES = {2: (0, None, 1), 3: (0, 1, 2)}
_WIDEST = 3
_MOST_BELOW = 3
_SMALL_WORDS = re.compile(r"[^\W\dA-Z_]+(?:[ _-][^\W\dA-Z_]+)?")
_ENOUGH = 2
"""Names that two columns have in common, if they are the ends of edges."""
Found = dict[str, int | None]
"""The column of each role."""


@dataclass(frozen=True)
class Layout:
    """Which columns hold what.

    Attributes:
        header: whether the first row is a header.
        columns: the column of each role; the relation may have none.
        width: how many columns there are.
        direction: the column that says whether an edge is directed, if there is one.
        guessed: whether the header is not recognised by source and target.
        known: whether a guessed header has a usual heading for something else.
        relation: the name of all relations, if they have no column.
        weight: the column of weights that was asked for.
        unasked: a column without a heading that seems to hold weights.
        note: what to say about the layout; it names another way to read the file.
    """

    header: bool
    columns: Found
    width: int
    direction: int | None = None
    guessed: bool = False
    known: bool = True
    relation: str = EDGE
    weight: int | None = None
    unasked: int | None = None
    note: str = ""


def find_layout(rows: Rows, columns: Columns) -> Layout:
    """Return the layout of a table, as far as it is not asked for in ``columns``.

    Raises:
        GraphFileError: there are more columns, or fewer, than have a meaning.
        UsageError: a column that was asked for is not there, or is asked for twice.
    """
    place, (number, fields) = rows.place, rows.head[0]
    names = [clean(field) for field in fields]
    if columns == Columns():
        _refuse_two_targets(place, number, names)
    direction = _find_direction(rows, columns) if len(rows.head) > 1 else None
    free = ["" if column == direction else name for column, name in enumerate(names)]
    usual, guessed = _find_header(free, rows)
    by_name = any(choice and not is_number(choice, 5) for choice in vars(columns).values())
    header = by_name or usual is not None
    bare = _without_header(rows) if usual is None and not header else None
    found = _choose(place, names, columns, usual or (bare or _NOTHING).columns, header)
    for role in ("source", "target"):
        if found[role] is None:
            place.wrong(_no_column(names, role, header, rows), number)
    if len(set(found.values())) < len(ROLES):
        raise UsageError(f"{place.name}: source, relation and target need three different columns")
    note = ""
    weight = None if columns.weight is None else _find_column(place, names, columns.weight, header)
    if bare is not None and columns == Columns():
        return replace(bare, weight=weight)
    if header and columns == Columns() and not guessed and found["relation"] is None:
        found["relation"], note = _between(names, rows, found, direction)
    relation = _relation_name(names, found) if header else EDGE
    known = not guessed or _is_known(names, found["relation"], rows)
    if guessed and columns == Columns() and _is_between(names, found["relation"]):
        known = False
        note = f"{quote(names[1])} is read as the relation; if it is the target: --columns 1,2"
    direction = direction if header else None
    return Layout(header, found, len(fields), direction, guessed, known, relation, weight, note=note)


def _between(names: list[str], rows: Rows, found: Found, direction: int | None) -> tuple[int | None, str]:
    """Return the column of texts between source and target as the relation, and what to say about it."""
    ends = sorted(at for at in (found["source"], found["target"]) if at is not None)
    others = [
        at
        for at in range(ends[0] + 1, ends[-1])
        if at != direction and names[at] and not is_detail(names[at]) and not is_counter(names[at])
    ]
    if len(others) != 1 or is_way(names[others[0]]) or plain(names[others[0]]).split()[-1:] == ["name"]:
        return None, ""
    at = others[0]
    values = [clean(row[at]) for _, row in rows.head[1:] if at < len(row)]
    if not values or not all(value and not is_value(value) for value in values):
        return None, ""
    said = f"the column {quote(names[at])} stands between source and target, so it is read as the relation"
    source, target = found["source"], found["target"]
    assert source is not None
    assert target is not None
    return at, f"{said}; if nothing is: --columns {source + 1},{target + 1}"


def _is_between(names: list[str], relation: int | None) -> bool:
    """Tell whether the second of three columns is the relation only for its place."""
    return len(names) == _WIDEST and relation == 1 and find_relation([names[1]]) is None


def _find_header(names: list[str], rows: Rows) -> tuple[Found | None, bool]:
    """Return the columns that the first row names, if it is a header, and whether that is a guess."""
    if (ends := find_ends(names)) is not None:
        return ends.roles(), False
    if len(rows.head) == 1:
        return None, False
    if rows.head[0][0] == rows.comments.header:
        ends = find_pair(names) or _by_relation(names, rows) or _under_numbers(names, rows)
        return (ends.roles() if ends else dict(zip(ROLES, _places(len(names)), strict=True))), not rows.keyed
    guesses: tuple[Callable[[list[str], Rows], Ends | None], ...] = (
        _numbered_pair,
        _letters_beside,
        _by_relation,
        _under_numbers,
        _two_headings,
        _beside_details,
        _two_of_more,
        _three_headings,
        _apart_from_all,
    )
    for guess in guesses:
        if (ends := guess(names, rows)) is not None:
            return ends.roles(), True
    return None, False


def _numbered_pair(names: list[str], rows: Rows) -> Ends | None:
    """Return the columns if the first row names a pair; not if later names are like them: Room 1, Room 2."""
    pair = find_pair(names)
    if pair is None:
        return None
    for _, row in rows.head[1:]:
        for at in (pair.source, pair.target):
            if at < len(row) and same_base(names[at], row[at]):
                return None
    return pair


def _refuse_two_targets(place: Place, line: int, names: list[str]) -> None:
    """Refuse a header such as "country, border1, border2": both may be targets of what is before them."""
    pair = find_pair(names)
    if pair is None or find_ends(names) is not None:
        return
    before = [at for at, name in enumerate(names[: pair.source]) if name and not is_counter(name)]
    if before and pair.relation != before[0]:
        first, source, target = (names[at] for at in (before[0], pair.source, pair.target))
        both = f"{quote(source)} and {quote(target)}"
        said = f"{both} may be the ends of an edge, or the targets of {quote(first)}"
        place.wrong(f"{said}; choose: --source {shlex.quote(source)} --target {shlex.quote(target)}", line)


def _by_relation(names: list[str], rows: Rows) -> Ends | None:
    """Return the columns if the first row calls only the relation by a usual name."""
    relation = find_relation(names)
    ends = [at for at, name in enumerate(names) if at != relation and name and not seems_weight(name)]
    known = all(find_usual(names, USUAL[role]) is not None for role in ("source", "target"))
    if known or relation is None or len(ends) != 2 or _comes_again(names, (*ends, relation), rows.head[1:]):
        return None
    return Ends(ends[0], relation, ends[1])


def _comes_again(names: list[str], places: tuple[int, ...], rows: list[Row]) -> bool:
    wanted = {names[at] for at in places}
    return any(clean(row[at]) in wanted for _, row in rows for at in places if at < len(row))


def _under_numbers(names: list[str], rows: Rows) -> Ends | None:
    """Return the columns if the first row has words where all other rows have numbers."""
    places, others = range(len(names)), rows.head[1:]
    numeric = [at for at in places if all(at < len(row) and is_numeric(row[at]) for _, row in others)]
    if not any(names[at] and not is_numeric(names[at]) for at in numeric):
        return None
    if _comes_again(names, tuple(places), others):
        return None
    weights = [at for at in numeric if seems_weight(names[at])] if len(names) > 2 else []
    if len(names) == _WIDEST and numeric == [1] and is_detail(names[1]):
        return Ends(0, None, 2)
    if not weights and len(names) == 3 and 2 in numeric and _is_weight(others):
        weights = [2]
    ends = [at for at in places if at not in weights]
    if len(ends) == 2:
        return Ends(ends[0], None, ends[1])
    return Ends(*ends) if len(ends) == 3 else None


def _two_headings(names: list[str], rows: Rows) -> Ends | None:
    """Return the columns if the two names of the first row are headings and never occur again."""
    if len(names) != 2 or not (
        any(map(is_heading, names)) or are_letters(names) or _differ_in_shape(names, rows.head[1:])
    ):
        return None
    again = any(clean(field) in names for number, row in rows if number > rows.head[0][0] for field in row)
    enough = len(rows.head) > 2 or all(map(is_heading, names))
    return Ends(0, None, 1) if enough and not again else None


def _beside_details(names: list[str], rows: Rows) -> Ends | None:
    """Return the columns if the first row has two headings and else what is said of an edge: its version."""
    ends = [at for at, name in enumerate(names) if not is_detail(name)]
    if len(names) == 2 or ends != [0, 1] or not any(is_heading(names[at]) for at in ends):
        return None
    again = _comes_again(names, tuple(range(len(names))), rows.head[1:])
    return None if again else Ends(0, None, 1)


def _two_of_more(names: list[str], rows: Rows) -> Ends | None:
    """Return the first two columns if they have headings and names in common, and no other has such names."""
    if len(names) <= 2 or not all(map(is_heading, names[:2])):
        return None
    if _comes_again(names, tuple(range(len(names))), rows.head[1:]):
        return None
    columns = [{clean(row[at]) for _, row in rows.head[1:] if at < len(row)} for at in range(len(names))]
    common, ends = columns[0] & columns[1], columns[0] | columns[1]
    return Ends(0, None, 1) if common and all(map(ends.isdisjoint, columns[2:])) else None


def _three_headings(names: list[str], rows: Rows) -> Ends | None:
    """Return the columns if the outer two of three have usual headings, and none of them occurs again."""
    if (
        len(names) != _WIDEST
        or len(rows.head) <= _ENOUGH
        or not (is_heading(names[0]) and is_heading(names[2]))
    ):
        return None
    others = rows.head[1:]
    if _comes_again(names, (0, 1, 2), others):
        return None
    said = [all(is_value(clean(row[at])) for _, row in others if at < len(row)) for at in range(_WIDEST)]
    if is_towards(names[2]) or (said[1] and not said[2]):
        return Ends(0, None, 2)
    return Ends(0, None, 1) if said[2] and not said[1] else Ends(0, 1, 2)


def _letters_beside(names: list[str], rows: Rows) -> Ends | None:
    """Return the columns of a header "u, v, name, oneway" that does not occur again."""
    again = _comes_again(names, tuple(range(len(names))), rows.head[1:])
    return None if again else find_letters(names)


def _apart_from_all(names: list[str], rows: Rows) -> Ends | None:
    """Return the columns if the first row has small words that never occur again, unlike those of other rows.

    Of most other rows at least one end occurs again: then a first row that stands apart is a header rather
    than an edge.
    """
    others = rows.head[1:]
    if len(names) not in _PLACES or len(others) < _MOST_BELOW or not all(map(_SMALL_WORDS.fullmatch, names)):
        return None
    ends = [[clean(row[at]) for at in (0, len(names) - 1) if at < len(row)] for _, row in others]
    count = Counter(name for pair in ends for name in set(pair))
    joined = sum(any(count[name] > 1 for name in pair) for pair in ends)
    if 4 * joined < 3 * len(ends) or _comes_again(names, tuple(range(len(names))), list(rows)[1:]):
        return None
    return Ends(*_PLACES[len(names)])


def _differ_in_shape(names: list[str], rows: list[Row]) -> bool:
    """Tell whether both names differ from all below: in digits, or in the case of the first letter."""
    return all(
        _shape(name) not in {_shape(row[at]) for _, row in rows if at < len(row)}
        for at, name in enumerate(names)
    )


def _shape(name: str) -> tuple[bool, bool]:
    return any(map(str.isdigit, name)), name[:1].isupper()


def _places(width: int) -> tuple[int | None, ...]:
    return _PLACES.get(width, (None,) * len(ROLES))


def _without_header(rows: Rows) -> Layout:
    """Return the layout by position."""
    width = len(rows.head[0][1])
    columns: Found = dict(zip(ROLES, _places(width), strict=True))
    if width == 3 and _decimals_between(rows):
        said = "column 2 has only numbers, so it is read as a weight; if it is the relation: --columns 1,2,3"
        return Layout(False, {"source": 0, "relation": None, "target": 2}, width, unasked=1, note=said)
    if width != 3 or not all(len(row) == 3 and is_numeric(row[2]) for _, row in rows.head):
        return (_elsewhere(rows) if width == 3 else None) or Layout(False, columns, width)
    if not all(len(row) == 3 and is_numeric(row[2]) for _, row in rows):
        return Layout(False, columns, width)
    if _is_weight(list(rows) if len(rows.head) > 1 else rows.head):
        said = "column 3 has only numbers, so it is read as a weight; if it is the target: --columns 1,2,3"
        return Layout(False, {"source": 0, "relation": None, "target": 1}, width, unasked=2, note=said)
    said = "column 3 has only numbers, read as targets; if it is a weight: --source 1 --target 2"
    return Layout(False, columns, width, note=said)


def _elsewhere(rows: Rows) -> Layout | None:
    """Return the layout if the relation does not seem to be in the second of three columns.

    Two columns have names in common, and the third has none with either: then that is the relation. One
    common name may be chance, so the usual layout is kept, with a note.
    """
    for head in (rows.head, rows):  # a look at the first rows saves reading all
        columns = [{clean(row[at]) for _, row in head if len(row) == 3} for at in range(3)]
        found = next((at for at in (0, 2) if _is_apart(columns, at)), None)
        if found is None:
            return None
    assert found is not None
    one, other = [at for at in range(3) if at != found]
    common = columns[one] & columns[other]
    said = f"columns {one + 1} and {other + 1} have names in common, such as {quote(min(common))}"
    if len(common) < _ENOUGH:
        advice = f"if column {found + 1} is the relation: --columns {one + 1},{found + 1},{other + 1}"
        advice += f"; if nothing is: --source {one + 1} --target {other + 1}"
        return Layout(False, dict(zip(ROLES, _PLACES[3], strict=True)), 3, note=f"{said}; {advice}")
    said += f", so column {found + 1} is read as the relation; if column 2 is it: --columns 1,2,3"
    return Layout(False, {"source": one, "relation": found, "target": other}, 3, note=said)


def _is_apart(columns: list[set[str]], at: int) -> bool:
    """Tell whether a column has no name in common with the other two, though they have with each other."""
    one, other = (names for place, names in enumerate(columns) if place != at)
    return bool(one & other) and columns[at].isdisjoint(one | other)


def _decimals_between(rows: Rows) -> bool:
    """Tell whether the second column has only numbers, some with decimals, and the others have names."""
    if not all(len(row) == 3 and is_numeric(row[1]) and not is_numeric(row[2]) for _, row in rows.head):
        return False
    return any(not row[1].strip().lstrip("+-").isdigit() for _, row in rows.head)


def _is_weight(rows: list[Row]) -> bool:
    """Tell whether a third column of numbers is a weight: names of the second are in the first, its are not.

    Numbers may also be nodes, or values such as years: then names of the second column are relations.
    """
    first, second, third = ({clean(row[at]) for _, row in rows} for at in range(3))
    decimal = any(not number.lstrip("+-").isdigit() for number in third)
    if decimal and not third & (first | second):
        return bool(first & second) or len(second) > len(rows) // 2
    return len(second & first) > len(third & first)


def _is_known(names: list[str], relation: int | None, rows: Rows) -> bool:
    """Tell whether a guessed header is sure: two names alone are both usual headings, or unlike all below.

    One usual heading among two may be a name: "rose, plant" begins a list of kinds.
    """
    if len(names) == 2 and not _differ_in_shape(names, rows.head[1:]):
        return all(map(is_heading, names))
    return _has_heading(names, relation)


def _has_heading(names: list[str], relation: int | None) -> bool:
    """Tell whether a usual heading is among the names; a relation may be called by a verb as well."""
    if relation is not None and find_relation([names[relation]]) is not None:
        return True
    return any(is_heading(name) or seems_weight(name) for at, name in enumerate(names) if at != relation)


def _find_direction(rows: Rows, columns: Columns) -> int | None:
    """Return the column that says for each edge whether it is directed, if there is one.

    A column "type" may also be the relation, and that may be called "directed": who directed what. If no
    other column can be the relation, "type" is a direction only if all its lines say one.
    """
    names = rows.head[0][1]
    said_so = find_direction(names)
    if said_so is not None and not _is_relation(columns, names, said_so):
        values = [row[said_so] for _, row in rows.head[1:] if said_so < len(row)]
        if all(leads_both_ways(names[said_so], value) is not None for value in values):
            return said_so
    at = find_usual(names, ["type"])
    if at is None or _is_relation(columns, names, at):
        return None
    others = [name for column, name in enumerate(names) if column != at]
    alone = columns.relation is None and find_usual(others, USUAL["relation"]) is None
    all_rows = iter(rows)
    next(all_rows)
    said = (at < len(row) and leads_both_ways("type", row[at]) is not None for _, row in all_rows)
    return at if (all(said) if alone else next(said)) else None


def _is_relation(columns: Columns, names: list[str], at: int) -> bool:
    """Tell whether a column was asked for as the relation."""
    return columns.relation in (clean(names[at]), str(at + 1))


def _choose(place: Place, names: list[str], columns: Columns, usual: Found, header: bool) -> Found:
    """Return the columns that were asked for, and the usual ones for the other roles."""
    found: Found = {
        role: usual[role] if choice is None else _find_column(place, names, choice, header)
        for role in ROLES
        for choice in [getattr(columns, role)]
        if choice != NO_RELATION
    }
    found.setdefault("relation", None)
    if columns.relation is None and found["relation"] in (found["source"], found["target"]):
        found["relation"] = None
    return found


def _find_column(place: Place, names: list[str], choice: str, header: bool) -> int:
    """Return the column that was asked for, by its name or its number from 1."""
    if header and choice in names:
        return names.index(choice)
    if is_number(choice, 5) and 1 <= int(choice) <= len(names):
        return int(choice) - 1
    there = f"{join_quoted(names)}, or 1 to {len(names)}"
    raise UsageError(f"{place.name}: no column {quote(choice)}; the columns are {there}")


def _relation_name(names: list[str], found: Found) -> str:
    """Return the name of relations without a column: what the heading of the targets says, if it says one."""
    target = found["target"]
    if found["relation"] is not None or target is None or not names[target] or is_end(names[target]):
        return EDGE
    pair = find_pair(names)
    return EDGE if pair is not None and pair.target == target else names[target]


def _no_column(names: list[str], role: str, header: bool, rows: Rows) -> str:
    if header:
        known = f"no column of the header ({join_quoted(names)}) seems to be the {role}"
        return f"{known}; choose one with --{role} NAME"
    found = f"{len(names)} column{'s' if len(names) > 1 else ''} ({join_quoted(names)})"
    if len(names) == 1:
        return f"{found} where three are needed: source, relation, target (by comma, tab, semicolon or |)"
    relation = find_relation(names)
    if relation is None or _comes_again(names, (relation,), rows.head[1:]):
        plain_names = not any(is_numeric(field) for _, row in rows.head for field in row)
        lines = "; if each row is a line of stations: --format lines" if plain_names else ""
        return f"{found} and no header; choose three: --columns 1,2,3{lines}"
    first, second = [at for at in range(len(names)) if at != relation][:2]
    chosen = [names[at] for at in (first, relation, second)]
    if any("," in name for name in chosen):
        chosen = [str(at + 1) for at in (first, relation, second)]
    advice = f"choose three, such as --columns {shlex.quote(','.join(chosen))}"
    return f"{found}, a header that names only the relation; {advice}"


_NOTHING = Layout(False, dict.fromkeys(ROLES), 0)
