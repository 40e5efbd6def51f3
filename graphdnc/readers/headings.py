"""Headings of columns in the common languages, and what they say.

Headings are compared as :func:`~graphdnc.readers.columns.plain` words, so without accents.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
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

_WORDS = {
    "order": "order sequence seq number no nr num position pos index rank reihenfolge nummer folge "
    "ordre numero orden posicion ordem posicao ordine posizione volgorde positie secuencia "
    "sequencia volgnummer rang "
    "stop_sequence stop_order stop_number",
    "station": "station stop name station_name stop_name halt place node city town stadt haltestelle "
    "bahnhof halte ort gare arret estacion parada estacao paragem stazione fermata plaats "
    "ville ciudad cidade citta stop_id station_id",
    "noun": "package dependency dependencies requirement module import imports file include parent "
    "child children mother father person name employee manager boss supervisor team company "
    "owner product supplier customer user friend friends follower followee follows page link "
    "links url station stop next previous city country capital continent language author book "
    "title movie film actor director player student teacher course prerequisite term category "
    "class subclass superclass species genus gene protein drug disease host server service "
    "table function caller callee task predecessor successor step component part assembly "
    "room door neighbour neighbor neighbours neighbors border borders airport group member "
    "node id key value item tag event state knows likes requires uses owns loves manages "
    "contains husband wife spouse sister brother son daughter paket abhangigkeit modul chef "
    "freund stadt land hauptstadt seite kind eltern vater mutter paquet dependance ami ville "
    "pays capitale enfant pere mere paquete dependencia amigo ciudad pais pagina hijo padre "
    "madre pacote cidade filho pai mae pacchetto dipendenza amico citta paese figlio pakket "
    "afhankelijkheid vriend stad ouder vader moeder mitarbeiter mitarbeiterin vorgesetzter vorgesetzte "
    "leiter leiterin employe salarie superieur trabajador trabajadora responsable chef empleado "
    "empleada jefe jefa empregado funcionario chefe gestor dipendente impiegato capo responsabile medewerker "
    "werknemer leidinggevende baas firma abteilung entreprise empresa azienda bedrijf",
    "detail": "version note notes comment comments remark remarks description count amount value values "
    "quantity frequency share percent percentage status since until source_url anzahl menge bemerkung "
    "anmerkung kommentar beschreibung wert commentaire remarque valeur cantidad comentario "
    "observacion valor versao versione quantita commento valore nota notas versie aantal opmerking "
    "waarde",
    "way": "direction richtung fahrtrichtung sens sentido direzione richting via",
    "id": "id key no nr code identifier",
    "name": "name label title full_name nombre nom nome naam bezeichnung titel",
    "counter": "id no nr number index key row",
}
_DIRECTIONS = {"directed": False, "undirected": True, "mutual": True}
_BOTH = ["bidirectional", "two way", "both ways", "both directions", "undirected", "beide richtungen"]
_ONE = ["one way", "oneway", "directed", "unidirectional", "einbahn", "sens unique"]
_YES = frozenset(["yes", "y", "true", "t", "1", "x", "ja", "oui", "si", "s\xed"])
_NO = frozenset(["no", "n", "false", "f", "0", "", "-", "nein", "non"])
_LISTS = {kind: [word.replace("_", " ") for word in words.split()] for kind, words in _WORDS.items()}
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
            return Ends(source, relation, target)
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
    return found


def find_stations(names: list[str]) -> tuple[int | None, int, int] | None:
    """Return the columns of line, order and station, if that is what a header names; it may have no line.

    >>> find_stations(["line", "order", "station"]), find_stations(["from", "no", "to"])
    ((0, 1, 2), None)
    """
    order, station = find_usual(names, _LISTS["order"]), find_usual(names, _LISTS["station"])
    if order is None or station is None or find_ends(names) is not None:
        return None
    return find_usual(names, _TRACK), order, station


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


def find_id(names: list[str]) -> int | None:
    """Return the column with the ids of the rows, if a heading says so."""
    return find_usual(names, _LISTS["id"])


def find_name(names: list[str]) -> int | None:
    """Return the column with the names of what the rows are about, if a heading says so."""
    return find_usual(names, _LISTS["name"])


def are_letters(names: list[str]) -> bool:
    """Tell whether two names are the letters that usually stand for the ends of an edge."""
    return [plain(name).strip() for name in names] in _LETTERS


def is_heading(text: str) -> bool:
    """Tell whether a text is a word that usually heads a column.

    >>> is_heading("Package"), is_heading("depends_on"), is_heading("jinja2")
    (True, True, False)
    """
    words = plain(text).split()
    if not words or len(words[0]) < _SHORTEST:
        return False
    ends = [USUAL["source"], USUAL["target"], *(usual for roles in _TABLES.values() for usual in roles[::2])]
    usual = " ".join(words) in _NOUNS or any(" ".join(words) in names for names in ends)
    return usual or (len(words) > 1 and (words[0] in _PHRASES or words[-1] in _NOUNS))


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
    sure = sure or (bool(roles) and any(one.kind == "sex" for one in columns.values()))
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
