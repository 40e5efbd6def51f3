"""The shipped graphs: their invariants, and facts written down independently of the lists they come from."""

from __future__ import annotations

import csv
from collections import Counter

import pytest
from make_real_graphs import Fact, check, make, reached, to_csv

from graphdnc.datasets.real import real_graph_path

NAMES = ["underground", "underground_zone1", "family"]
UNDERGROUNDS = NAMES[:2]

STATIONS = {
    "Bakerloo": 25,
    "Central": 49,
    "Circle": 36,
    "District": 60,
    "Hammersmith & City": 29,
    "Jubilee": 27,
    "Metropolitan": 34,
    "Northern": 52,
    "Piccadilly": 53,
    "Victoria": 16,
    "Waterloo & City": 2,
}
OPPOSITE = {"northbound": "southbound", "eastbound": "westbound", "clockwise": "anticlockwise"}
OPPOSITE |= {there: back for back, there in OPPOSITE.items()}
# The relations of kinship that lead back, whatever the sex of the person one comes from.
INVERSE = {
    "husband": {"wife"},
    "wife": {"husband"},
    "father": {"son", "daughter"},
    "mother": {"son", "daughter"},
    "son": {"father", "mother"},
    "daughter": {"father", "mother"},
    "brother": {"brother", "sister"},
    "sister": {"brother", "sister"},
}
MALE = {"husband", "father", "son", "brother"}
GENERATIONS_DOWN = {"father": -1, "mother": -1, "son": 1, "daughter": 1}


def read(name: str) -> list[Fact]:
    with real_graph_path(name).open(encoding="utf-8", newline="") as file:
        rows = list(csv.reader(file))
    assert rows[0] == ["source", "relation", "target"]
    return [Fact(*row) for row in rows[1:]]


def line_and_direction(relation: str) -> tuple[str, str]:
    line = next(line for line in STATIONS if relation.startswith(f"{line} "))
    return line, relation.removeprefix(line).split()[0]


def ride(facts: list[Fact], start: str, *legs: tuple[str, int]) -> str:
    """Follow each leg's relation for so many stops."""
    following = {(fact.source, fact.relation): fact.target for fact in facts}
    for relation, stops in legs:
        for _ in range(stops):
            start = following[start, relation]
    return start


@pytest.mark.parametrize("name", NAMES)
def test_committed_file_is_what_the_script_makes(name: str) -> None:
    assert real_graph_path(name).read_bytes() == to_csv(make()[name]).encode()


@pytest.mark.parametrize("name", NAMES)
def test_no_relation_leaves_a_node_twice(name: str) -> None:
    leaving = Counter((fact.source, fact.relation) for fact in read(name))
    assert set(leaving.values()) == {1}


@pytest.mark.parametrize("name", NAMES)
def test_connected(name: str) -> None:
    facts = read(name)
    assert reached(facts) == {name for fact in facts for name in (fact.source, fact.target)}


@pytest.mark.parametrize("name", UNDERGROUNDS)
def test_every_edge_has_its_opposite_on_the_same_line(name: str) -> None:
    edges = Counter((fact.source, *line_and_direction(fact.relation), fact.target) for fact in read(name))
    for (source, line, direction, target), count in edges.items():
        assert edges[target, line, OPPOSITE[direction], source] == count


@pytest.mark.parametrize("name", UNDERGROUNDS)
def test_nothing_leads_to_itself_and_names_are_clean(name: str) -> None:
    for fact in read(name):
        assert fact.source != fact.target
        assert all(text == " ".join(text.split()) for text in fact)


def test_the_script_refuses_what_breaks_an_invariant() -> None:
    there, back = Fact("a", "up", "b"), Fact("b", "down", "a")
    check([there, back])
    with pytest.raises(ValueError, match="twice"):
        check([there, back, Fact("a", "up", "c"), Fact("c", "down", "a")])
    with pytest.raises(ValueError, match="opposite"):
        check([there])
    with pytest.raises(ValueError, match="connected"):
        check([there, back, Fact("c", "up", "d"), Fact("d", "down", "c")])


def test_unknown_graph() -> None:
    with pytest.raises(ValueError, match="underground_zone1"):
        real_graph_path("metro")


def test_stations_of_each_line_and_in_all() -> None:
    """The published figures, all of them; none needed an exception."""
    stations: dict[str, set[str]] = {line: set() for line in STATIONS}
    for fact in read("underground"):
        stations[line_and_direction(fact.relation)[0]].add(fact.source)
    assert {line: len(names) for line, names in stations.items()} == STATIONS
    assert len(set.union(*stations.values())) == 272


def test_sizes() -> None:
    whole, part = read("underground"), read("underground_zone1")
    # A line without loops has one edge less than stations. Five ways round add one each: Hainault, Heathrow,
    # the Circle, and two between Camden Town and Kennington, where the ways also meet at Euston.
    assert len(whole) == 2 * (sum(STATIONS.values()) - len(STATIONS) + 5)
    assert 25 <= len({fact.relation for fact in whole}) <= 45
    assert 80 <= len(part) <= 110
    assert len({fact.source for fact in part}) == 23
    assert {fact.relation for fact in part} <= {fact.relation for fact in whole}


@pytest.mark.parametrize(
    ("start", "relation", "stops", "end"),
    [
        ("Oxford Circus", "Central eastbound", 1, "Tottenham Court Road"),
        ("Bond Street", "Central westbound", 1, "Marble Arch"),
        ("Epping", "Central westbound", 36, "West Ruislip"),
        ("Leytonstone", "Central eastbound via Hainault", 4, "Newbury Park"),
        ("Leytonstone", "Central eastbound", 3, "Woodford"),
        ("Woodford", "Central westbound via Hainault", 1, "Roding Valley"),
        ("North Acton", "Central westbound to Ealing Broadway", 2, "Ealing Broadway"),
        ("Victoria", "Victoria northbound", 1, "Green Park"),
        ("Brixton", "Victoria northbound", 15, "Walthamstow Central"),
        ("Baker Street", "Bakerloo southbound", 2, "Oxford Circus"),
        ("Paddington", "Bakerloo southbound", 1, "Edgware Road (Bakerloo)"),
        ("Elephant & Castle", "Bakerloo northbound", 24, "Harrow & Wealdstone"),
        ("Hammersmith (H&C)", "Circle clockwise", 9, "Edgware Road (Circle)"),
        ("Edgware Road (Circle)", "Circle clockwise", 27, "Edgware Road (Circle)"),
        ("Edgware Road (Circle)", "Circle anticlockwise", 1, "Paddington"),
        ("Edgware Road (Circle)", "Circle anticlockwise to Hammersmith", 1, "Paddington (H&C)"),
        ("Liverpool Street", "Circle clockwise", 2, "Tower Hill"),
        ("Liverpool Street", "Hammersmith & City eastbound", 1, "Aldgate East"),
        ("Tower Hill", "District eastbound", 2, "Whitechapel"),
        ("Earl's Court", "District westbound", 3, "Hammersmith (District)"),
        ("Earl's Court", "District westbound to Wimbledon", 8, "Wimbledon"),
        ("Earl's Court", "District westbound to Olympia", 1, "Kensington (Olympia)"),
        ("Earl's Court", "District eastbound to Edgware Road", 1, "High Street Kensington"),
        ("Edgware Road (Circle)", "District westbound", 5, "Earl's Court"),
        ("Turnham Green", "District westbound to Richmond", 3, "Richmond"),
        ("Turnham Green", "District westbound", 1, "Chiswick Park"),
        ("Bond Street", "Jubilee southbound", 4, "Southwark"),
        ("Stratford", "Jubilee northbound", 4, "Canary Wharf"),
        ("Baker Street", "Metropolitan northbound", 2, "Wembley Park"),
        ("Harrow-on-the-Hill", "Metropolitan northbound to Uxbridge", 2, "Rayners Lane"),
        ("Moor Park", "Metropolitan northbound to Watford", 2, "Watford"),
        ("Chalfont & Latimer", "Metropolitan northbound", 1, "Amersham"),
        ("Chesham", "Metropolitan southbound", 1, "Chalfont & Latimer"),
        ("Camden Town", "Northern southbound via Bank", 2, "King's Cross St Pancras"),
        ("Camden Town", "Northern southbound via Charing Cross", 3, "Warren Street"),
        ("Moorgate", "Northern southbound via Bank", 2, "London Bridge"),
        ("Camden Town", "Northern northbound to Edgware", 3, "Hampstead"),
        ("Camden Town", "Northern northbound to High Barnet", 10, "High Barnet"),
        ("Mill Hill East", "Northern southbound", 1, "Finchley Central"),
        ("Kennington", "Northern southbound", 2, "Stockwell"),
        ("Kennington", "Northern southbound to Battersea", 2, "Battersea Power Station"),
        ("Kennington", "Northern northbound via Charing Cross", 1, "Waterloo"),
        ("Kennington", "Northern northbound via Bank", 1, "Elephant & Castle"),
        ("Leicester Square", "Piccadilly eastbound", 2, "Holborn"),
        ("Acton Town", "Piccadilly westbound", 10, "Heathrow Terminal 5"),
        ("Acton Town", "Piccadilly westbound to Uxbridge", 14, "Uxbridge"),
        ("Hatton Cross", "Piccadilly westbound via Terminal 4", 2, "Heathrow Terminals 2 & 3"),
        ("Waterloo", "Waterloo & City eastbound", 1, "Bank"),
    ],
)
def test_known_rides(start: str, relation: str, stops: int, end: str) -> None:
    assert ride(read("underground"), start, (relation, stops)) == end


@pytest.mark.parametrize(
    ("station", "lines"),
    [
        (
            "King's Cross St Pancras",
            {"Circle", "Hammersmith & City", "Metropolitan", "Northern", "Piccadilly", "Victoria"},
        ),
        ("Baker Street", {"Bakerloo", "Circle", "Hammersmith & City", "Jubilee", "Metropolitan"}),
        ("Bank", {"Central", "Northern", "Waterloo & City"}),
        ("Monument", {"Circle", "District"}),
        ("Paddington", {"Bakerloo", "Circle", "District"}),
        ("Paddington (H&C)", {"Circle", "Hammersmith & City"}),
        ("Finchley Road", {"Jubilee", "Metropolitan"}),
        ("Stockwell", {"Northern", "Victoria"}),
        ("Barons Court", {"District", "Piccadilly"}),
        ("Warren Street", {"Northern", "Victoria"}),
        ("Stratford", {"Central", "Jubilee"}),
    ],
)
def test_lines_that_call(station: str, lines: set[str]) -> None:
    facts = read("underground")
    assert {line_and_direction(fact.relation)[0] for fact in facts if fact.source == station} == lines


def test_zone1_edges_pass_stations_through() -> None:
    """Each edge of the part is a ride of one or more stops in the whole, by the same relation."""
    whole, part = read("underground"), read("underground_zone1")
    chosen = {fact.source for fact in part}
    following = {(fact.source, fact.relation): fact.target for fact in whole}
    for source, relation, target in part:
        place = following[source, relation]
        while place not in chosen:
            place = following[place, relation]
        assert place == target


@pytest.mark.parametrize("name", UNDERGROUNDS)
def test_question_for_both_undergrounds(name: str) -> None:
    legs = ("Central eastbound", 2), ("Northern southbound via Charing Cross", 2)
    assert ride(read(name), "Bond Street", *legs) == "Charing Cross"


def test_questions_of_the_note() -> None:
    legs = ("Northern southbound via Bank", 1), ("Central westbound", 1), ("Piccadilly westbound", 2)
    assert ride(read("underground_zone1"), "Moorgate", *legs) == "Piccadilly Circus"
    legs = ("Victoria northbound", 4), ("Jubilee southbound", 2), ("Waterloo & City eastbound", 1)
    assert ride(read("underground"), "Stockwell", *legs) == "Bank"


def test_every_fact_of_the_family_has_its_inverse() -> None:
    facts = read("family")
    between = {(fact.source, fact.target): fact.relation for fact in facts}
    assert len(between) == len(facts)
    for (source, target), relation in between.items():
        assert between[target, source] in INVERSE[relation]


def test_sexes_agree() -> None:
    facts = read("family")
    men = {fact.target for fact in facts if fact.relation in MALE}
    women = {fact.target for fact in facts if fact.relation not in MALE}
    assert not men & women
    assert len(men | women) == 29


def test_four_generations_and_no_contradiction() -> None:
    """Spouses and siblings are of one generation, children of the next, whichever way one counts."""
    facts = read("family")
    generation = {"Freya": 3}
    while len(generation) < len({fact.source for fact in facts}):
        for source, relation, target in facts:
            if source in generation:
                generation.setdefault(target, generation[source] + GENERATIONS_DOWN.get(relation, 0))
    for source, relation, target in facts:
        assert generation[target] == generation[source] + GENERATIONS_DOWN.get(relation, 0)
    assert set(generation.values()) == {0, 1, 2, 3}


def test_siblings_share_their_parents() -> None:
    following = {(fact.source, fact.relation): fact.target for fact in read("family")}
    for (source, relation), target in following.items():
        if relation in {"brother", "sister"}:
            for parent in ("father", "mother"):
                assert following[source, parent] == following[target, parent]


@pytest.mark.parametrize(
    ("start", "chain", "end"),
    [
        ("Freya", "mother mother brother", "Fergus"),
        ("Freya", "mother mother mother son", "Fergus"),
        ("Freya", "father mother brother", "Martin"),
        ("Freya", "mother mother brother son", "Colin"),
        ("Freya", "father mother brother daughter", "Sylvia"),
        ("Freya", "mother brother daughter", "Asha"),
        ("Freya", "father sister son", "Theo"),
        ("Colin", "father sister son", "Ewan"),
        ("Colin", "father sister daughter", "Isla"),
        ("Fergus", "sister daughter daughter", "Freya"),
        ("Hazel", "father father sister daughter", "Isla"),
    ],
)
def test_known_kin(start: str, chain: str, end: str) -> None:
    assert ride(read("family"), start, *((relation, 1) for relation in chain.split())) == end


def test_freya_has_one_maternal_great_uncle() -> None:
    following = {(fact.source, fact.relation): fact.target for fact in read("family")}
    mother = following["Freya", "mother"]
    grandparents = [following[mother, parent] for parent in ("father", "mother")]
    uncles = [following[person, "brother"] for person in grandparents if (person, "brother") in following]
    assert uncles == ["Fergus"]
