"""What follows from the facts that a family states."""

import pytest
from families import names, small

from graphdnc.errors import UsageError
from graphdnc.kinship import relatives, standard_vocabulary
from graphdnc.kinship.facts import roles_of
from graphdnc.kinship.rules import ALSO_ROLES


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
