"""Many ways of asking for kin, each read as meant or refused with a question that works."""

from __future__ import annotations

import re

import numpy as np
import pytest
from effort import at_most
from hypothesis import given
from hypothesis import strategies as st
from named_family import FAMILY, TERMS, claim, kin, number

from graphdnc.datasets.generators.lineages import lineage
from graphdnc.datasets.real import real_graph_path
from graphdnc.errors import CapacityError, UnknownName, UsageError
from graphdnc.graph import Graph
from graphdnc.kinship.relatives import relatives
from graphdnc.kinship.vocabulary import standard_vocabulary
from graphdnc.language.describe import describe
from graphdnc.language.named_questions import named_kin
from graphdnc.language.parse import parse_question
from graphdnc.language.phrases import MUTUAL
from graphdnc.questions import Between, Claim, Kin
from graphdnc.readers import read_graph

LISTED = {
    ("Freya", "maternal great-uncle"): [
        "Who is Freya's maternal great uncle?",
        "who is freya\u2019s maternal great-uncle",
        "WHO IS FREYA'S MATERNAL GREAT-UNCLE?",
        "Who are Freya's maternal great-uncles?",
        "Who is the maternal great uncle of Freya?",
        "Who is Freya's great-uncle on her mother's side?",
        "Who are Freya's granduncles on the maternal side?",
        "Tell me who Freya's maternal great uncles are, please.",
        "Freya's maternal great uncle",
        "the maternal great-uncles of Freya",
        "freyas maternal great uncle",
        "Does Freya have a maternal great uncle?",
    ],
    ("Freya", "cousin"): [
        "Who are Freya's cousins?",
        "Who is Freya's first cousin?",
        "Who are the cousins of Freya?",
        "Who are all of Freya's cousins?",
        "Which people are Freya's cousins?",
        "List Freya's cousins.",
        "List all the cousins of Freya",
        "Name all of Freya's cousins",
        "Give me the names of Freya's cousins",
        "Show me every cousin of Freya",
        "Can you tell me who Freya's cousins are?",
        "Find the cousins of \u201cFreya\u201d",
        "Who are \u201cFreya\u201d's cousins?",
        "Does Freya have any cousins?",
        "Do you know if there is a cousin of Freya?",
        "Has Freya any cousins?",
        "Has Freya got cousins?",
        "Does Freya have cousins?",
        "How many cousins does Freya have?",
        "How many cousins has Freya got?",
        "What cousins does Freya have?",
        "Which cousins has Freya got?",
        "Is there a cousin of Freya's?",
        "Are there any cousins of Freya?",
        "Was there any cousin of Freya?",
    ],
    ("Freya", "second cousin once removed"): [
        "Who are Freya's second cousins once removed?",
        "Is there a second cousin once removed of Freya?",
    ],
    ("Ida", "mother-in-law"): [
        "Who is the mother-in-law of Ida?",
        "Who was Ida's mother in law?",
        "Idas mothers-in-law",
    ],
    ("James", "uncle"): [
        "Who is James' uncle?",
        "Who is James's uncle?",
        "Who is James\u2019 uncle?",
        "who is jamess uncle",
        "who is james uncle",
        "Does James have an uncle?",
    ],
    ("Smith, John", "nephew"): [
        "Who are Smith, John's nephews?",
        "Name all of Smith, John's nephews",
        "Does Smith, John have any nephews?",
    ],
    ("Séan O'Hara", "aunt"): [
        "Who is Séan O'Hara's aunt?",
        "who is sean o\u2019hara\u2019s auntie",
        "Who are the aunts of Sean OHara?",
    ],
    ('Bill "Bo" Lee', "stepmother"): [
        'Who is Bill "Bo" Lee\'s stepmother?',
        "Who is the step-mother of Bill Bo Lee?",
        "Has Bill Bo Lee a step mother?",
    ],
    ("Dr. Max Ross Jr.", "half-sister"): [
        "Who is Dr. Max Ross Jr.'s half-sister?",
        "Who are the half sisters of Dr Max Ross Jr?",
    ],
    ("Anne-Marie", "great-great-grandmother"): [
        "Who is Anne-Marie's great-great-grandmother?",
        "who are anne maries great great grandmothers",
    ],
    ("The Duke", "wife"): ["Who is the Duke's wife?", "Who is the wife of the Duke?"],
    ("Rock & Roll", "child"): ["Who are Rock & Roll's children?", "Does Rock and Roll have any children?"],
    ("Freya", "mother/brother"): [
        "Who is Freya's mother's brother?",
        "Who is the brother of Freya's mother?",
        "Who is Freya's mother/brother?",
        "Does Freya have a mother's brother?",
        "Who is the brother of the mother of Freya?",
        "Who are all of the brothers of the mother of Freya?",
        "Is there a brother of a mother of Freya's?",
    ],
    ("Freya", "mother-in-law/brother/wife"): ["Who is Freya's mother-in-law's brother's wife?"],
    ("The Duke", "mother/brother/wife"): [
        "Who is the wife of the brother of the mother of the Duke?",
        "the wives of all the brothers of the Duke's mother",
        "Who is the wife of the Duke's mother's brother?",
    ],
    ("James", "wife/sister/cousin/son"): [
        "Who are the sons of the cousins of the sister of the wife of James?",
        "Who are the sons of the cousins of the sister of James' wife?",
    ],
    ("Freya", "mother/mother/brother"): ["Who is the mother/brother of the mother of Freya?"],
    ("Freya", "parent/brother[not parent]"): ["Who is Freya's parent/brother[not parent]?"],
    ("Freya", "child[female]/child"): ["Who is Freya's child[female]/child?"],
}


@pytest.mark.parametrize(
    ("sentence", "name", "term"),
    [(sentence, *asked) for asked, sentences in LISTED.items() for sentence in sentences],
)
def test_many_ways_of_asking_for_relatives(sentence, name, term):
    read = parse_question(sentence, FAMILY)
    assert (read.person, str(read.term.rule)) == (number(name), str(TERMS.term(term).rule))


RELATED = [  # what Fergus is to Freya
    "How is Fergus related to Freya?",
    "how is fergus related to freya",
    "How was Fergus related to Freya?",
    "Tell me how Fergus is related to Freya",
    "Is Fergus related to Freya?",
    "Do you know if Fergus is related to Freya?",
    "In what way is Fergus related to Freya?",
    "How does Fergus relate to Freya?",
    "How closely is Fergus related to Freya?",
    "What is Fergus to Freya?",
    "Who is Fergus to Freya?",
    "What relation is Fergus to Freya?",
    "What relation is Fergus of Freya?",
    "What relation does Fergus have to Freya?",
    "What relative is Fergus of Freya?",
    "What is Fergus's relation to Freya?",
    "What is Fergus' relationship with Freya?",
    "What is the relation of Fergus to Freya?",
    "What is the relationship between Freya and Fergus?",
    "The family relationship between Freya and Fergus",
    "How are Freya and Fergus related?",
    "How are Freya and Fergus related to each other?",
    "Are Freya and Fergus related?",
    "Are Freya and Fergus relatives?",
    "How is Freya related with Fergus?",
]


@pytest.mark.parametrize("sentence", RELATED[:-1])
def test_many_ways_of_asking_how_two_people_are_related(sentence):
    assert parse_question(sentence, FAMILY) == Between(number("Freya"), number("Fergus"))


def test_who_is_named_first_is_asked_about_where_one_is_related_to_the_other():
    assert parse_question(RELATED[-1], FAMILY) == Between(number("Fergus"), number("Freya"))


CLAIMS = [  # that Fergus is Freya's uncle
    "Is Fergus Freya's uncle?",
    "is fergus freyas uncle",
    "Was Fergus an uncle of Freya?",
    "Is Fergus really the uncle of Freya?",
    "Is Fergus one of Freya's uncles?",
    "Is Fergus an uncle of Freya's?",
    "Tell me whether Fergus is Freya's uncle",
    "Do you know if Fergus is an uncle of Freya?",
]


@pytest.mark.parametrize("sentence", CLAIMS)
def test_many_ways_of_asking_whether_somebody_is_a_relative(sentence):
    assert parse_question(sentence, FAMILY) == claim("Freya", "uncle", "Fergus")


@pytest.mark.parametrize(
    ("sentence", "person", "term", "relative"),
    [
        ("Is Fergus the brother of the mother of Freya?", "Freya", "mother/brother", "Fergus"),
        ("Is Fergus the son of a cousin of Freya's mother?", "Freya", "mother/cousin/son", "Fergus"),
        ("Is Fergus Freya's mother's brother?", "Freya", "mother/brother", "Fergus"),
        ("Is Fergus Freya's uncle on her mother's side?", "Freya", "maternal uncle", "Fergus"),
        ("Is Fergus Freya's mother/brother?", "Freya", "mother/brother", "Fergus"),
        ("Is Freya married to Fergus?", "Fergus", "spouse", "Freya"),
        ("Do you know if Freya is married to Fergus?", "Fergus", "spouse", "Freya"),
        ("Are Freya and Fergus married to each other?", "Freya", "spouse", "Fergus"),
        ("Are Freya and Fergus first cousins?", "Freya", "cousin", "Fergus"),
        ("Are Freya and Fergus half-siblings?", "Freya", "half-sibling", "Fergus"),
    ],
)
def test_claims_of_many_kinds(sentence, person, term, relative):
    assert parse_question(sentence, FAMILY) == claim(person, term, relative)


@pytest.mark.parametrize("sentence", ["Who is Freya married to?", "Tell me who Freya is married to"])
def test_whom_somebody_is_married_to_is_the_spouse(sentence):
    assert parse_question(sentence, FAMILY) == kin("Freya", "spouse")


def test_mutual_terms_hold_both_ways():
    for seed in range(20):
        family = lineage(np.random.default_rng(seed), (40, 40))
        for name in MUTUAL:
            pairs = {(a, b) for a in range(family.nodes) for b in relatives(family, a, TERMS.find(name))}
            assert pairs == {(b, a) for a, b in pairs}, name


def test_terms_of_ones_own_can_be_said():
    own = TERMS.define("mother-side uncle = mother/brother").define("oldie = grandparent")
    read = parse_question("Who are Freya's mother side uncles?", FAMILY, own)
    assert read == Kin(0, own.find("mother-side uncle"))
    assert parse_question("Does Freya have oldies?", FAMILY, own) == Kin(0, own.find("oldie"))
    assert str(parse_question("Freya's oldie's brother", FAMILY, own).term.rule) == "parent/parent/brother"
    with pytest.raises(UnknownName):
        parse_question("Does Freya have oldies?", FAMILY)


def test_every_term_is_read_of_every_person():
    family = read_graph(real_graph_path("family"))
    for index, term in enumerate(TERMS):
        person = index % family.nodes
        name = family.node_name(person)
        for form in ("Who is {0}'s {1}?", "who are the {2} of {0}", "Does {0} have any {2}?"):
            sentence = form.format(name, term.name, term.plural)
            assert parse_question(sentence, family) == Kin(person, term), sentence


PLAIN = st.sampled_from(
    ["Ada", "Bob Lee", "O'Neill", "Köln-Süd", "Rock & Roll", "Fish, Chips", "St. Ives", "Ross"]
)
TRICKY = PLAIN | st.sampled_from(
    [
        "Mother",
        "uncle",
        "the",
        "a",
        "James",
        "Jame",
        "Ada's",
        "of",
        "who",
        "and",
        "Lee and Ada",
        "related",
        "s",
    ]
)
FORMS = (
    "Who is {0}'s {2}?",
    "Who are the {3} of {0}?",
    "Does {0} have any {3}?",
    "How many {3} does {0} have?",
    "{0}'s {3}",
    "Who are the {3} of {0}'s mother?",
    "Who are the {3} of the mother of {0}?",
    "How is {1} related to {0}?",
    "How are {0} and {1} related?",
    "What is {1}'s relation to {0}?",
    "Is {1} {0}'s {2}?",
    "Is {1} the {2} of {0}?",
)


@given(st.lists(st.tuples(TRICKY, TRICKY), min_size=1, max_size=5), st.sampled_from(FORMS), st.data())
def test_with_whatever_names_kin_is_read_as_meant_or_refused(pairs, form, data):
    graph = Graph.from_triples([(source, "parent", target) for source, target in pairs])
    person, relative = (data.draw(st.integers(0, graph.nodes - 1)) for _ in range(2))
    term = data.draw(st.sampled_from(TERMS.terms))
    names = graph.node_name(person), graph.node_name(relative)
    try:
        read = parse_question(form.format(*names, term.name, term.plural), graph)
    except UsageError:
        return
    if "mother" in form:
        term = TERMS.term(f"mother/{term.name}")
    meant = Kin(person, term) if "{2}" in form or "{3}" in form else Between(person, relative)
    assert read == (Claim(meant, relative) if isinstance(meant, Kin) and "{1}" in form else meant)


@given(st.lists(st.tuples(PLAIN, PLAIN), min_size=1, max_size=5), st.data())
def test_what_describe_says_is_read_back(pairs, data):
    graph = Graph.from_triples([(source, "mother", target) for source, target in pairs])
    person, relative = (data.draw(st.integers(0, graph.nodes - 1)) for _ in range(2))
    rules = [TERMS.term("mother/brother"), TERMS.term("parent/sibling[not parent]")]
    term = data.draw(st.sampled_from((*TERMS.terms, *rules)))
    for question in (Kin(person, term), Claim(Kin(person, term), relative), Between(person, relative)):
        assert parse_question(describe(graph, question), graph) == question


WORDS = st.sampled_from(
    ["who", "is", "Freya", "Freya's", "the", "of", "mother", "mother's", "brother", "related"]
) | st.sampled_from(["to", "how", "and", "'", "?", "does", "have", "[", "/", "any"])


@given(st.lists(WORDS, max_size=12).map(" ".join))
def test_any_words_are_read_or_refused_in_one_line(text):
    try:
        said = describe(FAMILY, parse_question(text, FAMILY))
    except (UsageError, CapacityError) as error:
        said = str(error)
    assert len(said.splitlines()) == 1


def test_a_long_sentence_is_read_in_time():
    with at_most(10):
        chain = "Freya's " + "mother's " * 40 + "mother"
        assert len(parse_question(chain, FAMILY).term.rule.chains[0]) == 41
        for words in ("the " * 2400, "Freya's " * 1200, "mother/" * 1200, "Freya's " + "mother's " * 900):
            with pytest.raises((UsageError, CapacityError)):
                parse_question(words, FAMILY)


REEDS = Graph.from_triples(
    [
        ("Kate Reed", "father", "John Reed (1850-1910)"),
        ("Tom Ashdown", "mother", "Kate Reed"),
        ("Ann Moss", "husband", "John Reed (I24)"),
    ]
)


@pytest.mark.parametrize(
    ("sentence", "whole"),
    [
        ("Who is Kate's father?", "Who are Kate Reed's fathers?"),
        ("Who is Ashdown's mother?", "Who are Tom Ashdown's mothers?"),
        ("Who is I24's wife?", "Who are John Reed (I24)'s wives?"),
        ("Is Kate the mother of Tom?", "Is Kate Reed Tom Ashdown's mother?"),
        ("How is Tom related to Kate Reed?", "How is Tom Ashdown related to Kate Reed?"),
    ],
)
def test_people_are_found_by_part_of_their_names(sentence, whole):
    assert parse_question(sentence, REEDS) == parse_question(whole, REEDS)
    assert describe(REEDS, parse_question(sentence, REEDS)) == whole


@pytest.mark.parametrize("sentence", ["Who is John Reed's wife?", "Who is John's wife?"])
def test_several_people_of_a_name_are_named(sentence):
    with pytest.raises(UsageError, match="several people are called so; type the whole name") as refused:
        parse_question(sentence, REEDS)
    for name in ("John Reed (1850-1910)", "John Reed (I24)"):
        (suggested,) = re.findall(rf'"(Who are {re.escape(name)}.*?)"', str(refused.value))
        parse_question(suggested, REEDS)


def test_options_find_people_by_part_of_their_names_too():
    vocabulary = standard_vocabulary()
    kate = named_kin(REEDS, vocabulary, "kate reed", "father", None)
    assert named_kin(REEDS, vocabulary, "Kate", "father", None) == kate
    with pytest.raises(UsageError, match=r"matches several nodes: 'John Reed \(1850-1910\)', 'John Reed"):
        named_kin(REEDS, vocabulary, "John", "wife", None)
    with pytest.raises(UnknownName, match="no node is called 'Zed'"):
        named_kin(REEDS, vocabulary, "Zed", "wife", None)
