"""What is doubtful about a family is told, and nothing of one that is as it should be."""

from __future__ import annotations

import pytest

from graphdnc.datasets.real import real_graph_path
from graphdnc.graph import Graph
from graphdnc.kinship.warnings import family_warnings
from graphdnc.readers import read_graph


def told(*triples):
    return family_warnings(Graph.from_triples(triples))


@pytest.mark.parametrize("name", ["family", "underground"])
def test_nothing_is_doubted_without_reason(name):
    assert family_warnings(read_graph(real_graph_path(name))) == []


def test_relations_that_state_no_facts_are_named():
    (doubt,) = told(("Tom", "mother", "Ann"), ("Tom", "Uncle", "Bill"), ("Tom", "friend", "Max"))
    assert doubt.startswith(
        "the relation 'Uncle' counts only where it is asked for: other kin follow from parent, child, "
    )
    (doubt,) = told(*(("Tom", name, "Ann") for name in ("mother", "uncle", "aunt", "cousin", "niece")))
    assert doubt.startswith("the relations 'uncle', 'aunt', 'cousin' and 1 more count only where they are")


@pytest.mark.parametrize(
    "name", ["adoptive mother", "foster_son", "Adoptivmutter", "padre adoptivo", "godfather", "ex-wife"]
)
def test_relations_that_facts_do_not_model_are_named(name):
    (doubt,) = told(("Tom", "mother", "Ann"), ("Tom", name, "Bill"))
    assert doubt.startswith(f"the relation {name!r} is not used for kin; where it should count, write one of")


@pytest.mark.parametrize(
    ("relation", "read"), [("father", "Ned's father is Robb"), ("parent", "Ned's parent is Robb")]
)
def test_more_parents_than_people_have_may_be_children(relation, read):
    (doubt,) = told(*(("Ned", relation, child) for child in ("Robb", "Sansa", "Arya")))
    assert doubt == (
        f"Ned has 3 parents, Robb, Sansa and Arya: 'Ned, {relation}, Robb' is read as \"{read}\"; "
        "if the file means the opposite, swap the columns: --columns 3,2,1"
    )


def test_two_fathers_are_doubted_and_two_parents_are_not():
    assert "Ned has 2 parents" in told(("Ned", "father", "Robb"), ("Ned", "father", "Bran"))[0]
    assert told(("Ned", "parent", "Robb"), ("Ned", "parent", "Bran"), ("Ned", "mother", "Bran")) == []


def test_children_may_be_parents():
    (doubt,) = told(*((child, "son", "Ned") for child in ("Robb", "Sansa", "Arya")))
    assert "'Robb, son, Ned' is read as \"Robb's son is Ned\"" in doubt


def test_a_doubt_shows_what_the_file_says():
    stated = ((child, "is parent of", "Ned") for child in ("Robb", "Sansa", "Arya"))
    (doubt,) = told(*stated, ("Ned", "wife", "Cat"))
    assert "'Robb, is parent of, Ned' is read as \"Ned's parent is Robb\"" in doubt
