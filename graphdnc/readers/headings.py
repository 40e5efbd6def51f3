"""Headings of columns in the common languages, and what they say.

Headings are compared as :func:`~graphdnc.readers.columns.plain` words, so without accents.
Their tables make the module longer than 400 lines; what columns of edges, stations and people are called is
asked together for each header.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import NamedTuple

from graphdnc.kinship.words import Heading, folded
from graphdnc.kinship.words import heading as understand_heading
from graphdnc.readers.columns import ROLES, USUAL, find_usual, plain, seems_weight

# source, relation and target by language; a header has source and target in the same one
_LANGUAGES = {
    "German": (
        "von|quelle|start|ausgang|herkunft|abfahrt|startknoten|startpunkt|subjekt|von station"
        "|von haltestelle",
        "linie|beziehung|relation|kante|typ|art|pradikat|verbindung|strecke|beziehungstyp",
        "nach|ziel|zu|bis|ankunft|zielknoten|zielpunkt|endpunkt|objekt|nach station|nach haltestelle",
    ),
    "French": (
        "de|source|origine|depart|provenance|sujet|debut|station de depart|gare de depart|depuis",
        "ligne|relation|lien|type|predicat|arete|liaison|type de relation",
        "a|vers|cible|destination|arrivee|objet|fin|station d arrivee|gare d arrivee|jusqu a",
    ),
    "Spanish": (
        "de|desde|origen|fuente|inicio|salida|sujeto|estacion de origen",
        "linea|relacion|tipo|enlace|arista|vinculo|predicado|conexion|ruta|tipo de relacion",
        "a|hacia|hasta|destino|fin|llegada|objeto|objetivo|para|estacion de destino",
    ),
    "Portuguese": (
        "de|desde|origem|fonte|inicio|partida|sujeito|estacao de origem",
        "linha|relacao|tipo|ligacao|aresta|predicado|conexao|rota|tipo de relacao",
        "para|ate|a|destino|fim|chegada|objeto|objecto|estacao de destino",
    ),
    "Italian": (
        "da|origine|sorgente|fonte|partenza|inizio|soggetto|stazione di partenza",
        "linea|relazione|tipo|collegamento|arco|predicato|tratta|legame|tipo di relazione",
        "a|verso|destinazione|arrivo|fine|oggetto|stazione di arrivo",
    ),
    "Dutch": (
        "van|bron|herkomst|vertrek|begin|oorsprong|onderwerp|van station|van halte",
        "lijn|relatie|type|verbinding|soort|predicaat|relatietype",
        "naar|doel|bestemming|aankomst|einde|tot|object|eindpunt|naar station|naar halte",
    ),
    "Polish": (
        "skad|od|z|zrodlo|poczatek|start|odjazd|ze stacji|podmiot|wezel poczatkowy",
        "linia|relacja|typ|krawedz|połaczenie|rodzaj|orzeczenie",
        "dokad|do|cel|koniec|meta|przyjazd|przystanek docelowy|obiekt|dopełnienie|wezel koncowy",
    ),
    "Czech": (
        "odkud|od|z|ze|zdroj|zacatek|start|odjezd|vychozi|subjekt",
        "linka|vztah|typ|hrana|spojeni|druh|predikat",
        "kam|do|cil|konec|prijezd|cilova|objekt",
    ),
    "Turkish": (
        "nereden|kalk\u0131s|kaynak|baslang\u0131c|c\u0131k\u0131s|ozne|kimden",
        "hat|iliski|tur|baglant\u0131|tip|yuklem|kenar",
        "nereye|var\u0131s|hedef|bitis|son|nesne|kime",
    ),
    "Swedish": (
        "fran|kalla|start|avgang|ursprung|subjekt|fran station",
        "linje|relation|typ|kant|forbindelse|predikat",
        "till|mal|slut|ankomst|destination|objekt|till station",
    ),
    "Danish": (
        "fra|kilde|start|afgang|avgang|subjekt|fra station",
        "linje|relation|relasjon|type|kant|forbindelse|prædikat",
        "til|mal|slut|slutt|ankomst|destination|destinasjon|objekt|til station",
    ),
    "Finnish": (
        "mista|lahde|lahto|alku|lahtoasema",
        "linja|suhde|tyyppi|yhteys",
        "mihin|minne|kohde|maaranpaa|loppu|paateasema",
    ),
    "Hungarian": (
        "honnan|forras|kezdet|indulas|alany",
        "vonal|kapcsolat|tipus|viszony|jarat",
        "hova|hova|cel|veg|erkezes|targy",
    ),
    "Romanian": (
        "de la|din|sursa|plecare|inceput|origine|subiect",
        "linie|linia|relatie|tip|legatura|muchie",
        "la|catre|spre|pana la|tinta|destinatie|sosire|sfarsit|obiect",
    ),
    "Russian": (
        "\u043e\u0442|\u043e\u0442\u043a\u0443\u0434\u0430|\u0438\u0437|\u0438\u0441\u0442\u043e\u0447\u043d\u0438\u043a|\u043d\u0430\u0447\u0430\u043b\u043e",
        "\u043b\u0438\u043d\u0438\u044f|\u0441\u0432\u044f\u0437\u044c|\u043e\u0442\u043d\u043e\u0448\u0435\u043d\u0438\u0435|\u0442\u0438\u043f",
        "\u0434\u043e|\u043a\u0443\u0434\u0430|\u0432|\u0446\u0435\u043b\u044c|\u043a\u043e\u043d\u0435\u0446",
    ),
}
_TABLES = {language: [names.split("|") for names in roles] for language, roles in _LANGUAGES.items()}
_SHORT = (("s", "p", "o"), ("subj", "pred", "obj"), ("h", "r", "t"))
"""Headings that count only together."""
_MORE_RELATIONS = [
    "rel type",
    "relation name",
    "relationship name",
    "line name",
    "type r",
    "verwandtschaft",
    "verwandtschaftsgrad",
    "lien de parente",
    "degre de parente",
    "parentesco",
    "parentela",
    "verwantschap",
    "verb",
    "property",
]
# how the headings of both ends can begin, if they go on alike: "from city", "to city"
_PREFIXES = [("from", "to"), ("source", "target"), ("start", "end"), ("origin", "destination")]
_PREFIXES += [("subject", "object"), ("von", "nach"), ("start", "ziel"), ("de", "a"), ("de", "para")]
_PREFIXES += [("z", "do"), ("od", "do"), ("fran", "till"), ("fra", "til")]
_PREFIXES += [("da", "a"), ("van", "naar"), ("departure", "arrival")]
# how they can end, if they begin alike: node1, node2; "station a", "station b"
_SUFFIXES = {"1": "2", "a": "b", "one": "two", "i": "j", "u": "v", "x": "y"}
_MEASURED = re.compile(
    r"\b(date|time|year|lat|lon|lng|latitude|longitude|datum|zeit|jahr|heure|hora|fecha)\b"
)
_NUMBERED = re.compile(r"(.*?[^\W\d_]) ?(1|one|(?<= )[aiux]) *")

_DIRECTIONS = {"directed": False, "undirected": True, "mutual": True}
_LISTS = {
    kind: [word.replace("_", " ") for word in words.split()]
    for kind, words in tomllib.loads(
        Path(__file__).with_name("headings.toml").read_text(encoding="utf-8")
    ).items()
}
_BOTH, _ONE, _CARRIERS = (_LISTS[kind] for kind in ("both", "one", "carrier"))
_YES, _NO = frozenset(_LISTS["yes"]), frozenset(["", *_LISTS["no"]])
_TRACK = [
    "line",
    "route",
    "trip",
    "line name",
    "route name",
    "route short name",
    "route id",
    "trip id",
    "path",
    "tour",
    "way",
    "weg",
]
_TRACK += [name for _, relations, _ in _TABLES.values() for name in relations]

_NOUNS = frozenset(_LISTS["noun"])
_ORDER, _TRACKS, _ON, _IDS = (frozenset(_LISTS[kind]) for kind in ("order", "track", "on", "id"))
_RELATIONS = frozenset(USUAL["relation"]).union(*(roles[1] for roles in _TABLES.values())) | {"interaction"}
_SMALL = frozenset(_LISTS["small"]) | _ON
_PLACES_NAMED = frozenset(word for word in _LISTS["station"] if " " not in word)
_STOPS = frozenset(_LISTS["station"][: _LISTS["station"].index("name")])
"""Headings of stations that are nothing else."""
_NAMING = frozenset(_LISTS["name"]) | _IDS
_SHORTEST = 3
"""Letters of a heading; shorter ones are names as often."""
_LETTERS = (["u", "v"], ["i", "j"], ["x", "y"])
"""Headings of both ends that are letters."""
_PHRASES = ["depends", "reports", "links", "leads", "belongs", "works", "connects", "connected", "is", "has"]


class Ends(NamedTuple):
    """The columns of source, relation and target; the relation may have none."""

    source: int
    relation: int | None
    target: int

    def roles(self) -> dict[str, int | None]:
        """Return the column of each role."""
        return dict(zip(ROLES, self, strict=True))


def find_ends(names: list[str]) -> Ends | None:
    """Return the columns of a header that names source and target, in one of the languages.

    >>> find_ends(["von", "linie", "nach"])
    Ends(source=0, relation=1, target=2)
    """
    for roles in ([USUAL[role] for role in ROLES], *_TABLES.values()):
        source, relation, target = (find_usual(names, usual) for usual in roles)
        if source is not None and target is not None and source != target:
            rest = ["" if at in (source, target) else name for at, name in enumerate(names)]
            relation = find_relation(rest) if relation in (None, source, target) else relation
            return Ends(source, find_usual(rest, _CARRIERS) if relation is None else relation, target)
    words = [plain(name) for name in names]
    short = next((roles for roles in _SHORT if set(roles) <= set(words)), None)
    return Ends(*map(words.index, short)) if short else None


def find_pair(names: list[str]) -> Ends | None:
    """Return the two columns whose headings differ only in what tells the ends of an edge apart.

    >>> find_pair(["node1", "label", "node2"]), find_pair(["from city", "to city"])
    (Ends(source=0, relation=1, target=2), Ends(source=0, relation=None, target=1))
    """
    words = [plain(name).strip() for name in names]
    there = set(words)
    for source, heading in enumerate(words):
        if is_measured(heading):
            continue
        for target in map(words.index, filter(there.__contains__, _partners(heading))):
            if source != target:
                rest = ["" if at in (source, target) else name for at, name in enumerate(names)]
                return Ends(source, find_relation(rest), target)
    return None


def is_measured(heading: str) -> bool:
    """Tell whether a heading is that of dates, times or coordinates, which name nothing."""
    return _MEASURED.search(plain(heading)) is not None


def _partners(heading: str) -> Iterable[str]:
    for first, other in _PREFIXES:
        if heading.startswith(f"{first} "):
            yield other + heading.removeprefix(first)
    if found := _NUMBERED.fullmatch(heading):
        yield heading[: found.start(2)] + _SUFFIXES[found[2]]


def find_relation(names: list[str]) -> int | None:
    """Return the column whose heading usually is that of the relation, in any of the languages."""
    bare = [name.replace("(", " ").removesuffix(")") for name in names]
    found = find_usual(bare, [*USUAL["relation"], *_MORE_RELATIONS])
    for _, relations, _ in _TABLES.values():
        found = find_usual(names, relations) if found is None else found
    if found is None:
        found = next((at for at, name in enumerate(bare) if _is_kind_of_relation(name)), None)
    return found


def _is_kind_of_relation(heading: str) -> bool:
    """Tell whether a heading is made of words for a relation: "Interaction Type", "kind of link"."""
    words = [word for word in plain(heading).split() if word not in _SMALL]
    return len(words) > 1 and all(word in _RELATIONS or word == "name" for word in words)


def find_stations(names: list[str]) -> tuple[int | None, int, int] | None:
    """Return the columns of line, order and station, if that is what a header names; it may have no line.

    >>> find_stations(["line", "order", "station"]), find_stations(["from", "no", "to"])
    ((0, 1, 2), None)
    """
    if find_ends(names) is not None:
        return None
    words = [["no"] if name.strip() == "#" else plain(name).casefold().split() for name in names]
    order = next((at for at, said in enumerate(words) if _counts_stops(said)), None)
    stations = [at for at, said in enumerate(words) if _names_stop(said) and at != order]
    usual = find_usual(names, _TRACK)
    lines = (at for at, said in enumerate(words) if at not in (order, *stations) and _is_line(said))
    track = next(lines, None) if usual is None else usual
    stations = [at for at in stations if at != track and (track is not None or _STOPS & set(words[at]))]
    if order is None or not stations:
        return None
    return track, order, min(stations, key=lambda at: _how_sure(words[at]))


def _is_line(words: list[str]) -> bool:
    """Tell whether the words of a heading are those of a line: "bus line", "Buslinie"."""
    return any(word in _TRACKS or word.endswith(("linie", "lijn", "linje")) for word in words)


def find_way(names: list[str]) -> int | None:
    """Return the column that says in which direction a line goes, if a heading says so."""
    return find_usual(names, _LISTS["way"])


def _counts_stops(words: list[str]) -> bool:
    """Tell whether the words of a heading are those of the numbers of stops: "order on line", "stop no"."""
    on_line = _TRACKS if _ON & set(words) else frozenset()
    counts = not _ORDER.isdisjoint(words)
    return counts and all(word in _ORDER | _PLACES_NAMED | _SMALL | on_line for word in words)


def _names_stop(words: list[str]) -> bool:
    """Tell whether the words of a heading are those of a station: "stop", "name of station"."""
    known = not _PLACES_NAMED.isdisjoint(words)
    return known and all(word in _PLACES_NAMED | _NAMING | _SMALL for word in words)


def _how_sure(words: list[str]) -> tuple[bool, int]:
    """Return what sorts headings of stations, the surest first: names before ids, stops before cities."""
    places = _LISTS["station"]
    by_id = not _IDS.isdisjoint(words)
    return by_id, min(places.index(word) for word in words if word in _PLACES_NAMED)


def are_stops(station: str, line: str) -> bool:
    """Tell whether a heading says stations or stops, or that of their lines says line, route or the like."""
    return not _STOPS.isdisjoint(plain(station).split()) or _is_line(plain(line).split())


def is_carrier(heading: str) -> bool:
    """Tell whether a heading is that of what leads from one end to the other, such as a road or a flight."""
    return plain(heading).strip() in _CARRIERS


def is_track(heading: str) -> bool:
    """Tell whether a heading is that of the lines that stations are on."""
    return find_usual([heading], _TRACK) is not None


def is_end(heading: str) -> bool:
    """Tell whether a heading only says that a column is the target, so that it does not name a relation."""
    words = plain(heading).strip()
    if any(words in table for table in (USUAL["target"], *(roles[2] for roles in _TABLES.values()))):
        return True
    other = {second for _, second in _PREFIXES}
    return words.split(" ")[0] in other or bool(re.fullmatch(r".*( ?2| two| [bjvy])|[bjvy]", words))


def is_detail(heading: str) -> bool:
    """Tell whether a heading is that of what is said about an edge, such as its weight, date or version."""
    return plain(heading).strip() in _LISTS["detail"] or is_measured(heading) or seems_weight(heading)


def is_counter(heading: str) -> bool:
    """Tell whether a heading is that of a column that only numbers the rows, or of dates or weights."""
    return plain(heading).strip() in _LISTS["counter"] or is_measured(heading) or seems_weight(heading)


def is_towards(heading: str) -> bool:
    """Tell whether the heading of a target names the relation, whatever stands between: "manager"."""
    return plain(heading).strip() in _LISTS["towards"]


def is_type(heading: str) -> bool:
    """Tell whether a heading is that of the kind of an edge, which Gephi calls Directed or Undirected."""
    return plain(heading).strip() == "type"


def is_way(heading: str) -> bool:
    """Tell whether a heading is that of the way in which an edge leads, such as its direction."""
    words = plain(heading).strip()
    return words in _BOTH or words in _ONE or words in _LISTS["way"]


def find_direction(names: list[str]) -> int | None:
    """Return the column that says with yes or no whether an edge leads both ways, or one way."""
    return find_usual(names, [*_BOTH, *_ONE])


def leads_both_ways(heading: str, text: str) -> bool | None:
    """Return whether an edge leads both ways, by what a column of this heading says; ``None`` if it does not.

    >>> leads_both_ways("type", "Undirected"), leads_both_ways("oneway", "yes"), leads_both_ways("both", "?")
    (True, False, None)
    """
    said, words = text.strip().casefold(), plain(heading).strip()
    if said in _DIRECTIONS:
        return _DIRECTIONS[said]
    if words not in _BOTH and words not in _ONE:
        return None
    agreed = True if said in _YES else False if said in _NO else None
    return agreed if agreed is None or words in _BOTH else not agreed


def says_yes_or_no(values: set[str]) -> bool:
    """Tell whether values are words or signs for yes and no, and some are no.

    >>> says_yes_or_no({"ja", "nein"}), says_yes_or_no({"yes"}), says_yes_or_no({"0", "1"})
    (True, False, False)
    """
    words = {value for value in values if value and not value.isdigit()}
    return len(words) == len(values) and values <= _YES | _NO and not values.isdisjoint(_NO)


def find_id(names: list[str]) -> int | None:
    """Return the column with the ids of the rows, if a heading says so."""
    return find_usual(names, _LISTS["id"])


def find_name(names: list[str]) -> int | None:
    """Return the column with the names of what the rows are about, if a heading says so."""
    return find_usual(names, _LISTS["name"])


def are_letters(names: list[str]) -> bool:
    """Tell whether two names are the letters that usually stand for the ends of an edge."""
    return [plain(name).strip() for name in names] in _LETTERS


def find_letters(names: list[str]) -> Ends | None:
    """Return the columns of a header whose ends are the letters u and v, beside what is said of edges.

    >>> find_letters(["u", "v", "name", "oneway"]), find_letters(["u", "v", "w"])
    (Ends(source=0, relation=2, target=1), None)
    """
    words = [plain(name).strip() for name in names]
    if words[:2] != _LETTERS[0] or len(names) == len(_LETTERS[0]):
        return None
    relation = find_relation(["", "", *names[2:]])
    relation = find_usual(["", "", *names[2:]], ["name"]) if relation is None else relation
    others = [name for at, name in enumerate(names[2:], start=2) if at != relation and name]
    if not all(is_detail(name) or is_counter(name) or is_way(name) for name in others):
        return None
    return Ends(0, relation, 1)


def is_heading(text: str) -> bool:
    """Tell whether a text is a word that usually heads a column.

    >>> is_heading("Package"), is_heading("depends_on"), is_heading("jinja2")
    (True, True, False)
    """
    words = plain(text).split()
    if not words or len(" ".join(words)) < _SHORTEST:
        return False
    ends = [USUAL["source"], USUAL["target"], *(usual for roles in _TABLES.values() for usual in roles[::2])]
    usual = " ".join(words) in _NOUNS or any(" ".join(words) in names for names in ends)
    phrase = words[0] in _PHRASES or words[-1] in _NOUNS or words == ["part", "of"]
    return usual or (len(words) > 1 and phrase)


def is_people(names: list[str], means: Mapping[str, str] | None = None) -> bool:
    """Tell whether the columns of a table describe a person a row: who it is, and a father or the like.

    ``means`` has one's own words for kin, folded.

    >>> is_people(["name", "father"]), is_people(["mother", "father"])
    (True, False)
    """
    columns = find_kin(names, means or {})
    kin = [one.meaning for one in columns.values() if one.meaning is not None]
    roles = [meaning.role for meaning in kin if meaning.role and not meaning.weak]
    sure = (
        any(sex or step in ("spouse", "sibling") for step, sex in roles)
        or max(roles.count((step, None)) for step in ("parent", "child")) > 1
    )
    stated = any(meaning.role for meaning in kin)
    sure = sure or (stated and any(one.kind == "sex" for one in columns.values()))
    edges = all(find_usual(names, USUAL[role]) is not None for role in ("source", "target"))
    return sure and not edges and bool(find_person(names, columns))


def find_kin(names: list[str], means: Mapping[str, str]) -> dict[int, Heading]:
    """Return what each column says about the person of a row, without those that say nothing."""
    said = (means.get(folded(text), text) for text in names)
    found = ((column, understand_heading(text)) for column, text in enumerate(said))
    return {column: said for column, said in found if said is not None}


def find_person(names: list[str], columns: dict[int, Heading]) -> list[int]:
    """Return the columns with the name of the person of a row, in the order of the name."""
    kinds = {kind: column for column, kind in reversed([(at, one.kind) for at, one in columns.items()])}
    given, called, last = (kinds.get(kind) for kind in ("given", "name", "surname"))
    # "nom, prénom" and "nombre, apellidos": the name is what the other column is not
    parts = (given, called, last) if None in (given, last) else (given, last)
    named = [at for at in parts if at is not None] or ([kinds["id"]] if "id" in kinds else [])
    if named:
        return named
    meanings = {at: one.meaning for at, one in columns.items() if one.meaning is not None}
    steps = {at: meaning.role[0] for at, meaning in meanings.items() if meaning.role}
    child = [at for at, step in steps.items() if step == "child"]
    if child and "parent" in steps.values():
        return child[:1]
    husbands = [at for at, meaning in meanings.items() if meaning.role == ("spouse", "male")]
    if husbands and any(meaning.role == ("spouse", "female") for meaning in meanings.values()):
        return husbands[:1]
    return [0] if 0 not in columns and len(steps) > 1 and names[0].strip() else []
