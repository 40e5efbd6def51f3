"""The terms of kinship: each term's answer written out by hand, and definitions of new terms."""

import pytest
from families import names

from graphdnc.errors import UnknownName, UsageError
from graphdnc.kinship import standard_vocabulary
from graphdnc.kinship.rules import ELEMENTARY, RESERVED

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
