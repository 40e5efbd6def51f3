"""What in the triples of a file may mean something else: each doubt is a note with an example.

Readers note their own guesses. Here the names themselves are looked at, after any reader of files that people
write by hand: signs left in names, lists in a cell, values in the place of relations or nodes, names that
differ only in how they are written, and names that are both a node and a relation. A table whose header names
source and target by usual words says which columns they are, so its values are not doubted.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from itertools import chain

from graphdnc.readers.clean import drawn
from graphdnc.readers.notes import Notes
from graphdnc.utils.text import quote

Named = tuple[str, str, str]
"""A triple, by name."""

_VALUE = re.compile(
    r"[$\u20ac\xa3\xa5]?\s?[+-]?\d[\d.,:/' -]*\s?"
    r"(?:%|[$\u20ac\xa3\xa5\xb0]|am|pm|k?ms?|cm|mm|mi|h|hrs?|min|mins|minutes?|minuten|sec|secs|seconds?|hours?|days?"
    r"|weeks?|months?|years?|yrs?|miles?|meters?|metres?|kg|g|mb|gb|kb|usd|eur|gbp|st|nd|rd|th)?\.?"
    r"|\d{4}-\d\d-\d\dT[\d:.Z+-]*|v\d+(?:\.\d+)+\S*|\d+(?:\.\d+)+[a-z]\w*"
    r"|true|false|yes|no|ja|nein|oui|non|si|n/a|na|nan|null|none",
    re.IGNORECASE,
)
# signs that are seldom part of a name, and what they are
_SIGNS = (
    (re.compile(r"""(['"`\u2018\u201c\u201e\xab]).*['"`\u2019\u201d\xbb]"""), "quotes"),
    (re.compile(r"[\[({<].*[\])}>]"), "brackets"),
    (re.compile(r"[\[({][^\])}]*|[^\[({]*[\])}]"), "bracket"),
    (re.compile(r".*[^\s(\[]\s?\[[^\]]*\]"), "brackets"),
    (re.compile(r".*\S\(\s*[\d.,]+\s*\w{0,3}\)"), "number in brackets"),
    (re.compile(r".*\S\s*(?:[<>=~!^]=|[<>]|[~^])\s*v?\d.*"), "version or number"),
    (re.compile(r"[^=]*\w\s?=\s?[^=]+"), "equals sign"),
    (re.compile(r"(?:\d{1,3}[.)]|[-*\u2022])\s+\S.*"), "number or bullet"),
    (re.compile(r".*\s(?://|#|--)\s.*"), "comment"),
    (re.compile(r".*(?:->|=>|<-|\u2192|\u2190).*"), "arrow"),
    (re.compile(r".+[;,:|]"), "sign at the end"),
    (re.compile(r"[;,:|].+"), "sign at the beginning"),
    (re.compile(r".*(?:\S \?|\w\?|\u2020|\u271d)|.*\?\?.*|[\u2020\u271d*]\s?\w.*"), "sign of doubt or death"),
    (re.compile(r"(?i).*\((?:m|b|d|dec|died|born|n\xe9e?|geb|gest|div|ex|adopted|step)\b.*\)"), "remark"),
    (re.compile(r"(?i).*\b(?:n\xe9e|geb\.|geborene)\s.+"), "name at birth"),
    (re.compile(r"<[a-z/][^>]*>.*|.*</?[a-z]+>.*"), "markup"),
)  # fmt: skip
_WORDS = re.compile(r"\w+(?:[ -]\w+)*")
"""A name without any of these signs, unless a word in it says more."""
_BORN = re.compile(r"(?i)\b(?:n\xe9e|geborene)\s")
_LISTED = re.compile(r"\s*[;|]\s*|,\s*|\s(?:and|und|et|y|e|en|och|og|oraz|&|\+)\s")
_WEAK = re.compile(r"\s*[/&+]\s*|\s+")
_BRACKETED = re.compile(r"(.+?)\s?[(\[].*[)\]]")
_SUMS = frozenset(
    ["total", "totals", "sum", "grand total", "summe", "gesamt", "insgesamt", "somme", "suma", "totale"]
)
_HEADS = (("source", "from", "subject", "von", "quelle"), ("target", "to", "object", "nach", "ziel"))
"""What heads the columns of source and target, and is seldom a name."""
_NONE = (
    "null",
    "none",
    "n/a",
    "na",
    "nan",
    "nil",
    "unknown",
    "unbekannt",
    "inconnu",
    "desconocido",
    "onbekend",
)
_NOTHING = [form for word in _NONE for form in (word, word.capitalize(), word.upper())]
_NOTHING += [
    "?",
    "??",
    "???",
    "-",
    "--",
    "...",
    "\u2026",
    "\u2013",
    "\u2014",
    '"',
    "''",
    "\u3003",
    "#N/A",
    "NaN",
]
"""Names that say that there is none, or the one above."""
_APART = re.compile(r"(?<=\w)[\s\-_.'\u2019\u2010-\u2015]+(?=\w)|(?<=\w)[\u2019'](?=\w)")
_FEWEST = 2
_LONGEST = 1000
"""The most characters of what people call a name."""


def doubt(triples: Mapping[Named, int | None], notes: Notes) -> None:
    """Note what in some triples, each with its line, may be read otherwise."""
    if not notes.by_hand or not triples:
        return
    starts, links, ends = zip(*triples, strict=True)
    sources, relations, targets = (dict.fromkeys(names) for names in (starts, links, ends))
    nodes = dict.fromkeys(chain.from_iterable(zip(starts, ends, strict=True)))
    found = [_signs(relations | nodes), _alike(nodes), _alike(relations)]
    found += [_lists(nodes, sources, targets, notes), _sums(nodes, sources), _nothing(nodes)]
    found.append(_headers(triples, sources, targets))
    if not notes.declared:
        found += [
            _remarks(nodes),
            _relation_values(relations, notes),
            _relation_signs(relations),
            _node_values(nodes, sources, targets, relations, notes),
            _both(nodes, relations, notes),
        ]
    for said in found:
        if said is not None:
            name, text = said
            example = next(triple for triple in triples if name in triple)
            notes.add(f"{_shown(example)}: {text}", triples.get(example), doubtful=True)


Found = tuple[str, str] | None
"""A name, and what is said of it."""


def _shown(triple: Named) -> str:
    return f"({', '.join(quote(name, 30) for name in triple)})"


def _signs(names: Collection[str]) -> Found:
    """Return a name with signs that seldom are part of one, or of more characters than one has."""
    for name in names:
        if len(name) > _LONGEST:
            said = f"{quote(name)} is one name, of {len(name):,} characters"
            return name, f"{said}; if it is none, delete the row"
        if _WORDS.fullmatch(name) and not _BORN.search(name):
            continue
        for sign, what in _SIGNS:
            if sign.fullmatch(name) is not None and not _is_told_apart(name):
                return (
                    name,
                    f"{quote(name)} is one name, with its {what}; if that is no part of it, write it apart",
                )
    return None


def _is_told_apart(name: str) -> bool:
    """Tell whether the brackets of a name are years, or an id, that tell it apart."""
    return re.fullmatch(r".* \(\d{3,4}-?(?:\d{3,4})?\)|.* \(-\d{3,4}\)", name) is not None


def _alike(names: Collection[str]) -> Found:
    """Return two names that differ only in capital letters, spaces, hyphens and the like."""
    there: dict[str, str] = {}
    for name in names:
        key = _APART.sub(" ", name).casefold() if not name.isdigit() else name
        other = there.setdefault(key, name)
        if other != name and drawn(other) != drawn(name):
            said = f"{quote(other)} and {quote(name)} are two names, though they differ only in how they are"
            return name, f"{said} written; if they are one, write them alike"
    return None


def _remarks(nodes: Collection[str]) -> Found:
    """Return a name that is another one with a remark in brackets."""
    for name in nodes:
        found = _BRACKETED.fullmatch(name) if len(name) <= _LONGEST else None
        if found is not None and found[1] in nodes and not _is_told_apart(name):
            return (
                name,
                f"{quote(name)} and {quote(found[1])} are two names; if they are one, write them alike",
            )
    return None


def _sums(nodes: Collection[str], sources: Collection[str]) -> Found:
    """Return the triple of a row that seems to hold the sum of the others."""
    name = next((name for name in sources if name.casefold().rstrip(":") in _SUMS), None)
    if name is None or len(nodes) <= _FEWEST:
        return None
    return name, f"{quote(name)} is read as a name; if it is the sum of a table, delete the row"


def _nothing(nodes: Collection[str]) -> Found:
    """Return a name that usually says that there is none, or that it is the one above."""
    name = next((name for name in _NOTHING if name in nodes), None)
    if name is None or len(nodes) <= _FEWEST:
        return None
    return name, f"{quote(name)} is read as a name; if it means none, or the one above, correct the row"


def _headers(triples: Collection[Named], sources: Collection[str], targets: Collection[str]) -> Found:
    """Return the name of a row that seems to be a header among the others: from, line, to."""
    starts, ends = (
        [form for word in words for form in (word, word.capitalize(), word.upper()) if form in there]
        for words, there in zip(_HEADS, (sources, targets), strict=True)
    )
    if not starts or not ends:
        return None
    for triple in triples:
        if triple[0] in starts and triple[2] in ends:
            return triple[0], "seems to be a header among the rows; if it is, delete the row"
    return None


def _lists(nodes: Collection[str], sources: Collection[str], targets: Collection[str], notes: Notes) -> Found:
    """Return a name that seems to be a list: by what heads it, or as its parts are names."""
    single = not any(" " in name for name in sources)
    headed = notes.columns is not None and notes.columns[1] is None and not notes.declared
    headed = headed and not any(_LISTED.search(name) for name in sources)
    for name in targets:
        if name.isalnum():
            continue
        parts = [part for part in _LISTED.split(name) if part]
        weak = [part for part in _WEAK.split(name) if part]
        listed = len(parts) > 1 and (headed or any(part in nodes for part in parts))
        known = sum(part in nodes for part in weak) if not any(map(str.isdigit, weak)) else 0
        if listed or (len(weak) > 1 and (known == len(weak) or (known and single))):
            return name, f"{quote(name)} is one name; if it lists several, write each in a row of its own"
    return None


def is_value(name: str) -> bool:
    """Tell whether a name is a number, a date, a time, an amount, or yes or no.

    >>> is_value("5 min"), is_value("1979-05-25"), is_value("3.0.1"), is_value("platform 3")
    (True, True, True, False)
    """
    return _VALUE.fullmatch(name) is not None


def _are_values(names: Iterable[str]) -> bool:
    return all(map(is_value, names))


def _relation_values(relations: Collection[str], notes: Notes) -> Found:
    """Return a triple if all relations are numbers, times, yes and no, or the like."""
    if not relations or not _are_values(relations) or _has_said(notes, "column"):
        return None
    columns = notes.columns
    if columns is None or columns[1] is None:
        advice = ""
    else:
        advice = f"; if that is a weight or the like: --columns {columns[0]},{columns[2]}"
    return next(iter(relations)), f"a number, date or the like is read as the relation{advice}"


def _relation_signs(relations: Collection[str]) -> Found:
    """Return a triple if all relations are signs without letters, such as >."""
    if any(any(map(str.isalnum, name)) for name in relations):
        return None
    return next(iter(relations)), "a sign is read as the relation; for an edge write: a -> b"


def _node_values(
    nodes: Collection[str],
    sources: Collection[str],
    targets: Collection[str],
    relations: Collection[str],
    notes: Notes,
) -> Found:
    """Return a triple of a table if all sources, targets or nodes are numbers, dates or the like."""
    columns = notes.columns
    if columns is None or _has_said(notes, "column"):
        return None
    own, other = _are_values(sources), _are_values(targets)
    if own and other and not all(name.isdigit() for name in nodes):
        return next(
            iter(sources)
        ), "dates, times or the like are read as nodes; choose other columns with --columns"
    if own == other:
        return None
    role, name = ("source", next(iter(sources))) if own else ("target", next(iter(targets)))
    advice = f"choose another column with --{role} NAME"
    if columns[1] is not None:
        rest = columns[1:] if own else columns[:2]
        advice = f"if that is no node: --columns {rest[0]},{rest[1]}"
    return name, f"a number, date or the like is read as the {role}; {advice}"


def _both(nodes: Collection[str], relations: Collection[str], notes: Notes) -> Found:
    """Return a triple whose relation is a node as well."""
    if len(nodes) <= _FEWEST or _has_said(notes, "column"):
        return None
    both = next((name for name in relations if name in nodes), None)
    if both is None:
        return None
    return (
        both,
        f"{quote(both)} is the name of a relation and of a node; if it is one of them, check the order",
    )


def _has_said(notes: Notes, word: str) -> bool:
    """Tell whether a reader has doubted its columns."""
    return any(note.doubtful and note.text.startswith(word) for note in notes)
