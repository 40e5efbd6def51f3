"""Words for relations of kinship, as people write them, in several languages."""

from __future__ import annotations

import pytest

from graphdnc.kinship.rules import ROLES
from graphdnc.kinship.vocabulary import standard_vocabulary
from graphdnc.kinship.words import Meaning, _words, sex_of, understand


@pytest.mark.parametrize(
    ("name", "role", "turned"),
    [
        ("Mother", ("parent", "female"), False),
        ("Mum", ("parent", "female"), False),
        ("parents", ("parent", None), False),
        ("children", ("child", None), False),
        ("has_father", ("parent", "male"), False),
        ("hasSon", ("child", "male"), False),
        ("is son of", ("child", "male"), True),
        ("daughter_of", ("child", "female"), True),
        ("isFatherOf", ("parent", "male"), True),
        ("wife of", ("spouse", "female"), True),
        ("married", ("spouse", None), False),
        ("married to", ("spouse", None), False),
        ("Mutter", ("parent", "female"), False),
        ("ist Sohn von", ("child", "male"), True),
        ("verheiratet mit", ("spouse", None), False),
        ("père", ("parent", "male"), False),
        ("est la fille de", ("child", "female"), True),
        ("mariée à", ("spouse", None), False),
        ("hijo de", ("child", "male"), True),
        ("cónyuge", ("spouse", None), False),
        ("mãe", ("parent", "female"), False),
        ("é filha de", ("child", "female"), True),
        ("sorella", ("sibling", "female"), False),
        ("è figlio di", ("child", "male"), True),
        ("moeder", ("parent", "female"), False),
        ("is zoon van", ("child", "male"), True),
    ],
)
def test_what_a_relation_states(name, role, turned):
    meaning = understand(name)
    assert (meaning.role, meaning.turned, meaning.weak) == (role, turned, False)


@pytest.mark.parametrize(
    ("name", "term", "turned"),
    [
        ("stepfather", "stepfather", False),
        ("half-brother", "half-brother", False),
        ("Half Brother", "half-brother", False),
        ("grandson of", "grandson", True),
        ("Großmutter", "grandmother", False),
        ("grand-père", "grandfather", False),
        ("nieta", "granddaughter", False),
        ("zia", "aunt", False),
        ("kleinzoon", "grandson", False),
    ],
)
def test_terms_are_told_from_facts(name, term, turned):
    assert understand(name) == Meaning(term=term, turned=turned)


@pytest.mark.parametrize(
    "name",
    ["friend", "is", "of", "a", "has", "", "manager of", "is mother", "brotherhood", "person", "kindness"],
)
def test_other_relations_say_nothing_about_kin(name):
    assert understand(name) is None


@pytest.mark.parametrize("name", ["Kind", "kind", "Mann", "child of", "is parent of"])
def test_what_means_other_things_too_is_weak(name):
    assert understand(name).weak


def test_the_usual_words_mean_themselves():
    assert {word: understand(word).role for word in ROLES} == ROLES


def test_every_term_of_the_table_exists():
    assert all(standard_vocabulary().called(term) for term in _words().terms.values())


@pytest.mark.parametrize(
    ("value", "sex"),
    [
        ("F", "female"),
        ("male", "male"),
        ("weiblich", "female"),
        ("homme", "male"),
        ("w", "female"),
        ("x", None),
    ],
)
def test_sexes(value, sex):
    assert sex_of(value) == sex
