"""Kinship by hand: a family with every term's answer written out, what facts say, definitions, evidence."""

import re
from pathlib import Path

import numpy as np
import pytest

from graphdnc.datasets.generators.lineages import lineage
from graphdnc.datasets.real import real_graph_path
from graphdnc.errors import NoAnswer, UnknownName, UsageError
from graphdnc.graph import Graph
from graphdnc.kinship import Term, evidence, relation_between, relatives, standard_vocabulary
from graphdnc.kinship.facts import roles_of
from graphdnc.kinship.markdown_tables import page
from graphdnc.kinship.rules import ALSO_ROLES, ELEMENTARY, RESERVED
from graphdnc.readers import read_graph

ROOT = Path(__file__).parents[2]

# One line a child: name, sex, mother, father; "-" for nobody known.
CHILDREN = """
Zoe f Mia Max, Zac m Mia Max, Zita f Mia Max
Mia f Gwen Gus, Ann f Gwen Gus, Ben m Gwen Gus
Max m Pia Paul, Pam f Pia Paul, Per m Pia Paul
Gwen f Hana Hugo, Greta f Hana Hugo, Gil m Hana Hugo
Paul m Rosa Rolf, Rita f Rosa Rolf, Ralf m Rosa Rolf
Hana f Ilsa Igor, Hedi f Ilsa Igor, Hans m Ilsa Igor
Rolf m Sara Sven, Runa f Sara Sven, Rune m Sara Sven
Cora f Bea Ben, Cole m Cora Carl, Clio f - Cole
Cary m Petra Per
Gina f - Gil, Dina f Gina -, Dora f Dina -, Dirk m Dora -
Heidi f - Hans, Holm m Heidi -, Hilda f - Holm
Nia f Wilma Zac, Ned m Wilma Zac, Lia f Nia -, Leo m Nia -, Kim f Lia -, Kai m Lia -
Tom m Tina Ted, Tess f Tina Ted, Toni m Tina Ted, Tobi m Tina Ted
Tina f Ursa Udo, Till m Ursa Udo, Tanja f - Till
Tara f Tess Tim, Theo m Tess Tim, Zeb m Zita Toni
Eva f Zoe Tom, Eli m Zoe Tom, Finn m Fay Fred
Gia f Eva Finn, Gabe m Eva Finn, Isa f Gia Hal, Ian m Gia Hal, Joy f Isa Jack, Jon m Isa Jack
Hazel f Stella Max, Hank m Stella Max, Sue f Stella Sid, Sam m Stella Sid, Stella f Sigrid Sten
Vicky f Vera Tom, Vic m Vera Tom, Willa f Vicky -, Will m Vicky -
"""
# Wives and husbands. Vera and Tom, Stella and Sid, Gia and Hal never married; Sid is Hazel's nobody.
WEDDINGS = """
Mia Max, Gwen Gus, Pia Paul, Hana Hugo, Rosa Rolf, Ilsa Igor, Sara Sven, Bea Ben, Cora Carl, Petra Per,
Ann Art, Wilma Zac, Tina Ted, Ursa Udo, Tess Tim, Zita Toni, Thea Tobi, Zoe Tom, Eva Finn, Ella Eli, Fay Fred,
Gia Hal, Hope Gabe, Isa Jack, Stella Max, Mia Stan, Sigrid Sten
"""
ZOE = """
parent: Mia Max; mother: Mia; father: Max
child: Eva Eli; daughter: Eva; son: Eli
sibling: Zac Zita Hazel Hank; sister: Zita Hazel; brother: Zac Hank
spouse: Tom; wife: ; husband: Tom
grandparent: Gwen Gus Pia Paul; grandmother: Gwen Pia; grandfather: Gus Paul
maternal grandparent: Gwen Gus; maternal grandmother: Gwen; maternal grandfather: Gus
paternal grandparent: Pia Paul; paternal grandmother: Pia; paternal grandfather: Paul
great-grandparent: Hana Hugo Rosa Rolf; great-grandmother: Hana Rosa; great-grandfather: Hugo Rolf
maternal great-grandparent: Hana Hugo; maternal great-grandmother: Hana; maternal great-grandfather: Hugo
paternal great-grandparent: Rosa Rolf; paternal great-grandmother: Rosa; paternal great-grandfather: Rolf
great-great-grandparent: Ilsa Igor Sara Sven
great-great-grandmother: Ilsa Sara; great-great-grandfather: Igor Sven
maternal great-great-grandparent: Ilsa Igor; paternal great-great-grandparent: Sara Sven
maternal great-great-grandmother: Ilsa; maternal great-great-grandfather: Igor
paternal great-great-grandmother: Sara; paternal great-great-grandfather: Sven
grandchild: Gia Gabe; granddaughter: Gia; grandson: Gabe
great-grandchild: Isa Ian; great-granddaughter: Isa; great-grandson: Ian
great-great-grandchild: Joy Jon; great-great-granddaughter: Joy; great-great-grandson: Jon
aunt: Ann Pam; uncle: Ben Per
maternal aunt: Ann; maternal uncle: Ben; paternal aunt: Pam; paternal uncle: Per
great-aunt: Greta Rita; great-uncle: Gil Ralf
maternal great-aunt: Greta; maternal great-uncle: Gil; paternal great-aunt: Rita; paternal great-uncle: Ralf
great-great-aunt: Hedi Runa; great-great-uncle: Hans Rune
maternal great-great-aunt: Hedi; maternal great-great-uncle: Hans
paternal great-great-aunt: Runa; paternal great-great-uncle: Rune
niece: Nia; nephew: Ned Zeb; great-niece: Lia; great-nephew: Leo
great-great-niece: Kim; great-great-nephew: Kai
cousin: Cora Cary; maternal cousin: Cora; paternal cousin: Cary; double cousin:
second cousin: Dina; third cousin: Hilda
first cousin once removed: Gina Cole; first cousin twice removed: Heidi Clio
second cousin once removed: Holm Dora; second cousin twice removed: Dirk
parent-in-law: Tina Ted; mother-in-law: Tina; father-in-law: Ted
child-in-law: Finn Ella; daughter-in-law: Ella; son-in-law: Finn
sibling-in-law: Tess Toni Tobi Wilma; sister-in-law: Tess Wilma; brother-in-law: Toni Tobi
co-sibling-in-law: Tim Thea; co-sister-in-law: Thea; co-brother-in-law: Tim
co-parent-in-law: Fay Fred; co-mother-in-law: Fay; co-father-in-law: Fred
grandparent-in-law: Ursa Udo; grandmother-in-law: Ursa; grandfather-in-law: Udo
grandchild-in-law: Hal Hope; granddaughter-in-law: Hope; grandson-in-law: Hal
aunt by marriage: Bea Petra; uncle by marriage: Art; niece by marriage: Tara; nephew by marriage: Theo
cousin-in-law: Tanja Carl
step-parent: Stella Stan; stepmother: Stella; stepfather: Stan
stepchild: Vicky Vic; stepdaughter: Vicky; stepson: Vic
step-sibling: Sue Sam; stepsister: Sue; stepbrother: Sam
step-grandparent: Sigrid Sten; step-grandmother: Sigrid; step-grandfather: Sten
step-grandchild: Willa Will; step-granddaughter: Willa; step-grandson: Will
full sibling: Zac Zita; full sister: Zita; full brother: Zac
half-sibling: Hazel Hank; half-sister: Hazel; half-brother: Hank
co-parent: Tom
"""
OTHERS = [
    ("Tom", "wife", "Zoe"),
    ("Tom", "co-parent", "Zoe Vera"),
    ("Vera", "spouse", ""),
    ("Vera", "stepchild", ""),
    ("Eva", "double cousin", "Zeb"),
    ("Eva", "cousin", "Nia Ned Zeb Tara Theo"),
    ("Eva", "maternal cousin", "Nia Ned Zeb"),
    ("Eva", "paternal cousin", "Zeb Tara Theo"),
    ("Eva", "half-sibling", "Vicky Vic"),
    ("Eva", "uncle", "Zac Toni Tobi Hank"),
    ("Eva", "uncle by marriage", "Tim"),
    ("Hazel", "half-sibling", "Zoe Zac Zita Sue Sam"),
    ("Hazel", "full sibling", "Hank"),
    ("Hazel", "step-sibling", ""),
    ("Hazel", "stepmother", "Mia"),
    ("Sue", "step-sibling", "Zoe Zac Zita"),
    ("Dirk", "second cousin twice removed", "Zoe Zac Zita Cora"),
    ("Hilda", "third cousin", "Zoe Zac Zita Cora Dina"),
    ("Clio", "first cousin twice removed", "Zoe Zac Zita"),
    ("Tess", "sister-in-law", "Zoe Zita Thea"),
    ("Tim", "co-sibling-in-law", "Zoe Zita Thea"),
    ("Toni", "sister-in-law", "Zoe Thea Hazel"),
    ("Max", "stepdaughter", "Sue"),
    ("Jon", "great-great-grandfather", "Tom Fred"),
    ("Jon", "paternal grandfather", ""),
]


def listed(text: str) -> list[list[str]]:
    return [item.split() for item in re.split(r"[,\n]", text) if item.strip()]


@pytest.fixture(scope="module")
def family() -> Graph:
    triples = []
    for name, sex, mother, father in listed(CHILDREN):
        own = "daughter" if sex == "f" else "son"
        for word, parent in (("mother", mother), ("father", father)):
            if parent != "-":
                triples += [(name, word, parent), (parent, own, name)]
    for wife, husband in listed(WEDDINGS):
        triples += [(husband, "wife", wife), (wife, "husband", husband)]
    return Graph.from_triples(triples)


def small(text: str) -> Graph:
    return Graph.from_triples([tuple(triple.split()) for triple in text.split(", ")])


def names(graph: Graph, person: str, term: Term | str) -> set[str]:
    found = relatives(graph, graph.node_names.index(person), term)
    return {graph.node_name(relative) for relative in found}


def told(graph: Graph, triples) -> list[str]:
    return [f"{graph.node_name(s)} {graph.relation_name(r)} {graph.node_name(t)}" for s, r, t in triples]


def how(graph: Graph, person: str, relative: str):
    return relation_between(graph, graph.node_names.index(person), graph.node_names.index(relative))


# Terms


def test_each_term_from_one_person(family):
    answers = dict(entry.split(":") for line in ZOE.strip().splitlines() for entry in line.split(";"))
    answers = {term.strip(): set(people.split()) for term, people in answers.items()}
    assert answers.keys() == {term.name for term in standard_vocabulary()}
    assert {term: names(family, "Zoe", term) for term in answers} == answers
    assert [term for term, people in answers.items() if not people] == ["wife", "double cousin"]


@pytest.mark.parametrize(("person", "term", "answer"), OTHERS)
def test_terms_from_other_people(family, person, term, answer):
    assert names(family, person, term) == set(answer.split())


def test_the_vocabulary_is_as_large_as_promised_and_made_of_short_chains_of_elementary_steps():
    terms = standard_vocabulary()
    derived = [term for term in terms if term.group != "Base facts"]
    assert len(terms) - len(derived) == 12
    assert len(derived) >= 60
    chains = [chain for term in terms for chain in term.rule.chains]
    assert max(map(len, chains)) == 7
    assert {step.name for chain in chains for step in chain} <= set(ELEMENTARY)
    assert not any(step.rule for chain in chains for step in chain)
    for term in terms:
        assert terms.parse(str(term.rule)) == term.rule
        assert terms.find(term.plural) is term


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Maternal Great Uncles", "maternal great-uncle"),
        ("granduncle", "great-uncle"),
        ("maternal grandma", "maternal grandmother"),
        ("step mother", "stepmother"),
        ("first cousins", "cousin"),
        ("Brothers-in-law", "brother-in-law"),
        ("first cousins twice removed", "first cousin twice removed"),
        ("wives", "wife"),
        ("children", "child"),
    ],
)
def test_terms_are_found_as_people_write_them(text, name):
    assert standard_vocabulary().find(text).name == name


def test_a_wrong_term_is_answered_with_the_nearest():
    with pytest.raises(
        UnknownName, match="no term of kinship is called 'great unkle'; the nearest: 'great-uncle'"
    ):
        standard_vocabulary().find("great unkle ")
    with pytest.raises(UnknownName, match=r"'xyzzy'; docs/kinship\.md lists them"):
        standard_vocabulary().find("xyzzy")


# What facts say


@pytest.mark.parametrize(
    ("facts", "person", "term", "answer"),
    [
        # parents from children and children from parents, siblings from a shared parent
        ("Eve daughter Ann, Eve son Tom", "Ann", "brother", "Tom"),
        ("Eve daughter Ann, Eve son Tom", "Ann", "parent", "Eve"),
        ("Eve daughter Ann, Eve son Tom", "Ann", "mother", ""),
        ("Ann parent Eve, Tom parent Eve", "Ann", "sibling", "Tom"),
        ("Ann parent Eve, Tom parent Eve", "Ann", "brother", ""),
        # a sex from any role of the person led to, never from whose wife it is
        ("Ann parent Eve, Max wife Eve", "Ann", "mother", "Eve"),
        ("Ann parent Eve, Bea sister Eve", "Ann", "mother", "Eve"),
        ("Ann parent Max, Max wife Eve", "Ann", "father", ""),
        # brothers may be stated alone, one way; a brother's brother or mother is not concluded
        ("Ann brother Tom", "Tom", "sibling", "Ann"),
        ("Ann brother Tom, Tom brother Bob", "Ann", "brother", "Tom"),
        ("Ann brother Tom, Tom mother Eve", "Ann", "mother", ""),
        ("Ann mother Eve, Eve brother Tom, Tom child Bob", "Ann", "cousin", "Bob"),
        # half-siblings need three parents to be known
        ("Ann mother Eve, Bob mother Eve", "Ann", "half-sibling", ""),
        ("Ann mother Eve, Bob mother Eve, Bob father Max", "Ann", "half-sibling", ""),
        ("Ann mother Eve, Bob mother Eve, Bob father Max, Ann father Tom", "Ann", "half-brother", ""),
        ("Ann mother Eve, Bob mother Eve, Bob father Max, Ann father Tom", "Ann", "half-sibling", "Bob"),
        # two mothers are two parents
        ("Ann mother Eve, Ann mother Ida, Bob mother Eve, Bob mother Ida", "Ann", "full sibling", "Bob"),
        # a mother's husband is a stepfather where he is not stated to be a parent
        ("Ann mother Eve, Eve husband Tom", "Ann", "stepfather", "Tom"),
        ("Ann mother Eve, Eve husband Tom, Tom child Ann", "Ann", "stepfather", ""),
        # a person reached in two ways is one; who is married to a cousin is no cousin of theirs
        ("Ann parent Eve, Ann parent Max, Eve brother Tom, Max brother Tom", "Ann", "uncle", "Tom"),
        ("Ann mother Eve, Bob mother Ida, Eve sister Ida, Bob wife Ann", "Ann", "cousin-in-law", ""),
        # a widow who marries her husband's brother
        ("Ann father Max, Ann mother Eve, Max brother Tom, Tom wife Eve", "Ann", "aunt by marriage", ""),
        ("Ann father Max, Ann mother Eve, Max brother Tom, Tom wife Eve", "Tom", "stepchild", "Ann"),
        # nobody is their own relative, and other relations say nothing
        ("Ann mother Ann, Ann friend Tom, Ann brother Tom", "Ann", "parent", ""),
        ("Ann Mother Eve, Eve BROTHER Tom", "Ann", "uncle", "Tom"),
    ],
)
def test_what_follows_from_facts(facts, person, term, answer):
    assert names(small(facts), person, term) == set(answer.split())


def test_facts_may_be_called_as_questions_call_them():
    for also, name in ALSO_ROLES.items():
        assert standard_vocabulary().find(also) == standard_vocabulary().find(name)
        assert roles_of(small(f"Ann {also} Eve")) == roles_of(small(f"Ann {name} Eve"))
    assert names(small("Ann Mum Eve, Ann mother Eve, Eve dad Tom"), "Ann", "maternal grandfather") == {"Tom"}


def test_a_graph_without_kinship_is_refused():
    with pytest.raises(
        UsageError, match="no relation of the graph is one of kinship; use the names parent, child"
    ):
        relatives(small("a to b"), 0, "uncle")


# Definitions


@pytest.mark.parametrize(
    ("definition", "person", "answer"),
    [
        ("mother-side uncle = mother/brother", "Zoe", "Ben"),
        ("elder = parent | grandparents", "Zoe", "Mia Max Gwen Gus Pia Paul"),
        ("in-laws' half sister = wife/half-sister", "Tom", "Hazel"),
        ("stepbrothers mother = stepbrother/mother", "Zoe", "Stella"),
        ("father's children by others = father/child[not self][not mother/child]", "Zoe", "Hazel Hank"),
        ("cousin girl = cousin[female]", "Zoe", "Cora"),
        ("both sides = cousin[maternal cousin][paternal cousin]", "Eva", "Zeb"),
        ("shared grandchild = child/child[twice]", "Tina", ""),
        ("full siblings' wives = full sibling/wife", "Tom", "Zita Thea"),
        ("blood = sibling[not half-sibling]", "Zoe", "Zac Zita"),
        ("mother's children = Mother / child", "Zoe", "Zac Zita"),
    ],
)
def test_relations_can_be_defined(family, definition, person, answer):
    vocabulary = standard_vocabulary().define(definition)
    term = vocabulary.terms[-1]
    assert vocabulary.find(definition.split("=")[0]) is term
    assert names(family, person, term) == set(answer.split())


def test_definitions_build_on_each_other(family):
    vocabulary = standard_vocabulary().define("ring = cousin/husband").define("ring child = ring/child")
    assert str(vocabulary.find("ring child").rule) == "parent/sibling/child/husband/child"
    assert names(family, "Zoe", vocabulary.find("ring children")) == {"Cole"}
    assert len(standard_vocabulary()) == len(vocabulary) - 2


@pytest.mark.parametrize(
    ("definition", "message"),
    [
        ("mother/brother", "'mother/brother' is not a definition such as"),
        (" = mother", "is not a definition"),
        ("a/b = mother", "is not a definition"),
        ("Uncle = mother/brother", "'Uncle' already has a meaning; choose another name for 'mother/brother'"),
        ("not mine = mother", "'not mine' already has a meaning"),
        ("mine = ", "'' has the end where a step should be"),
        ("mine = mother//son", "'mother//son' has '/' where a step should be"),
        ("mine = mother]", r"'mother\]' cannot be read at '\]'; join steps with '/'"),
        ("mine = mother[female", r"has a '\[' without its '\]'"),
        ("mine = mother[male]", "'mother' cannot also be male; leave one of them out"),
        ("mine = cousin[twice]", r"has \[twice\] after a term; write it after one of parent"),
        ("mine = mother brother", "no term of kinship is called 'mother brother'; the nearest: "),
        ("mine = mine", "no term of kinship is called 'mine'"),
        ("mine = " + "/".join(9 * ["first cousin once removed"]), "stands for more than 256 chains"),
    ],
)
def test_a_wrong_definition_is_refused(definition, message):
    with pytest.raises(UsageError, match=message):
        standard_vocabulary().define(definition)


@pytest.mark.parametrize("word", RESERVED)
def test_words_of_conditions_are_no_names(word):
    with pytest.raises(UsageError, match="already has a meaning"):
        standard_vocabulary().define(f"{word} = mother")


# What shows it


@pytest.mark.parametrize(
    ("person", "relative", "terms", "words"),
    [
        ("Zoe", "Gil", ["maternal great-uncle"], "mother mother brother"),
        ("Zoe", "Hazel", ["half-sister"], "father daughter"),
        ("Zoe", "Zita", ["sister"], "sister"),
        ("Zoe", "Toni", ["brother-in-law"], "husband brother"),
        ("Eva", "Zeb", ["double cousin"], "mother sister son"),
        ("Zoe", "Tom", ["husband"], "husband"),
        ("Tom", "Vera", ["co-parent"], "co-parent"),
        ("Zoe", "Gus", ["maternal grandfather"], "mother father"),
        ("Zoe", "Dora", ["second cousin once removed"], "mother mother brother daughter daughter daughter"),
        ("Eva", "Toni", ["paternal uncle"], "father brother"),
        ("Zoe", "Sid", [], "sister sister father"),
        ("Art", "Fred", [], "wife sister daughter daughter husband father"),
    ],
)
def test_how_two_people_are_related(family, person, relative, terms, words):
    found = how(family, person, relative)
    assert [term.name for term in found.terms] == terms
    assert len(found.evidence) == max(1, len(terms))
    way = found.evidence[0].links
    assert way[-1].person == family.node_names.index(relative)
    assert [link.word for link in way] == words.split()


def test_somebody_closest_in_two_ways_is_called_both():
    graph = small("Ann mother Eve, Ann father Max, Eve brother Tom, Max brother Tom")
    assert [term.name for term in how(graph, "Ann", "Tom").terms] == ["maternal uncle", "paternal uncle"]


def test_a_defined_term_is_an_answer_too(family):
    vocabulary = standard_vocabulary().define("swain = niece/child")
    zoe, lia = map(family.node_names.index, ("Zoe", "Lia"))
    found = relation_between(family, zoe, lia, vocabulary)
    assert [term.name for term in found.terms] == ["great-niece", "swain"]


def test_the_facts_that_show_it_are_stated_ones():
    graph = small("Eve daughter Ann, Ida child Eve, Ida child Tom, Bea brother Tom, Tom daughter Lou")
    person, uncle = map(graph.node_names.index, ("Ann", "Tom"))
    shown = evidence(graph, person, "uncle", uncle)
    assert [link.word for link in shown.links] == ["parent", "brother"]
    assert told(graph, shown.triples) == [
        "Eve daughter Ann",
        "Ida child Eve",
        "Ida child Tom",
        "Bea brother Tom",
    ]


def test_the_other_parents_of_half_siblings_are_shown(family):
    found = how(family, "Zoe", "Hank")
    assert told(family, found.evidence[0].links[0].triples) == ["Zoe father Max"]
    beside = told(family, found.evidence[0].beside)
    assert {"Zoe mother Mia", "Stella son Hank"} <= set(beside)


def test_what_is_not_so_has_no_evidence(family):
    zoe, tom = map(family.node_names.index, ("Zoe", "Tom"))
    with pytest.raises(
        NoAnswer, match="nothing stated makes 'Tom' an uncle of 'Zoe'; ask how they are related"
    ):
        evidence(family, zoe, "uncle", tom)
    with pytest.raises(NoAnswer, match="'Zoe' is the same person; name two people"):
        relation_between(family, zoe, zoe)
    with pytest.raises(NoAnswer, match="nothing stated relates 'Tom' and 'Ann'; state a fact that joins"):
        how(small("Ann mother Eve, Tom mother Ida"), "Ann", "Tom")


@pytest.mark.parametrize("style", ["all", "mixed"])
def test_what_shows_it_is_stated_and_enough(style):
    terms = standard_vocabulary().define("outer = sibling/half-sibling[female] | parent/full brother/child")
    for seed in range(6):
        graph = lineage(np.random.default_rng(seed), (10, 25), style)
        stated = set(graph)
        for term in terms:
            for person in range(0, graph.nodes, 3):
                for relative in relatives(graph, person, term):
                    shown = evidence(graph, person, term, relative)
                    assert set(shown.triples) <= stated
                    assert shown.links[-1].person == relative
                    alone = Graph(
                        np.array(shown.triples), graph.nodes, graph.relations, None, graph.relation_names
                    )
                    assert relative in relatives(alone, person, term)


def test_the_closest_terms_hold_and_no_other_says_more():
    terms = standard_vocabulary()
    for seed in range(8):
        graph = lineage(np.random.default_rng(seed), (10, 25))
        for person in range(0, graph.nodes, 4):
            by_term = {term: relatives(graph, person, term) for term in terms}
            for relative in range(graph.nodes):
                fitting = [term for term, people in by_term.items() if relative in people]
                if fitting:
                    closest = relation_between(graph, person, relative).terms
                    assert set(closest) <= set(fitting)
                    assert not any(more.narrower_than(term) for term in closest for more in fitting)


def test_the_real_family_has_the_great_uncle_of_the_paper():
    graph = read_graph(real_graph_path("family"))
    assert names(graph, "Freya", "maternal great uncle") == {"Fergus"}
    assert names(graph, "Colin", "cousin") == {"Ewan", "Isla"}
    assert [term.name for term in how(graph, "Freya", "Fergus").terms] == ["maternal great-uncle"]


# Documentation


def test_the_tables_of_the_documentation_are_made_from_the_terms():
    text = (ROOT / "docs/kinship.md").read_text(encoding="utf-8")
    assert page(standard_vocabulary()) in text, "python -m graphdnc.kinship.markdown_tables docs/kinship.md"
