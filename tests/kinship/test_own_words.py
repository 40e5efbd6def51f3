"""One's own words for relations of kinship, in facts and as headings."""

from __future__ import annotations

import pytest
from graph_files import inspect, triples_of

from graphdnc.errors import UsageError
from graphdnc.graph import Graph
from graphdnc.kinship import relatives
from graphdnc.kinship.own_words import own_words, with_own_words
from graphdnc.readers import read_graph


def who(graph: Graph, person: str, term: str) -> set[str]:
    found = relatives(graph, graph.node_names.index(person), term)
    return {graph.node_name(one) for one in found}


FACTS = "source,relation,target\nAda,Erzeuger,Bob\nBob,Erzeuger,Carl\nEve,sired,Zoe\nZoe,mother,Ann\n"


@pytest.mark.parametrize(
    ("means", "person", "term", "found"),
    [
        ("Erzeuger = father", "Ada", "grandfather", {"Carl"}),
        ("erzeuger=Vater", "Carl", "grandchild", {"Ada"}),
        ("sired = father of", "Zoe", "father", {"Eve"}),
        ("sired = grandmother of", "Zoe", "grandmother", {"Eve"}),
        # a usual word may mean something else
        ("mother = mother of", "Ann", "mother", {"Zoe"}),
        ("mother = mother of", "Zoe", "mother", set()),
    ],
)
def test_facts_in_ones_own_words(means, person, term, found):
    graph = inspect(FACTS, means=[means]).graph
    assert who(graph, person, term) == found
    assert triples_of(graph) == triples_of(inspect(FACTS).graph), "the graph keeps its words"


@pytest.mark.parametrize(
    "text",
    [
        "Name,Erzeuger,Gebärerin\nAda,Bob,Eve\nBob,Carl,\n",
        "| Name | Erzeuger | Gebärerin |\n|---|---|---|\n| Ada | Bob | Eve |\n| Bob | Carl | |\n",
        "# Name;Erzeuger;Gebärerin\nAda;Bob;Eve\nBob;Carl;\n",
    ],
)
def test_headings_in_ones_own_words(text):
    graph = inspect(text, means=["erzeuger = father", "Gebärerin = mother"]).graph
    assert who(graph, "Ada", "grandfather") == {"Carl"}
    assert who(graph, "Ada", "mother") == {"Eve"}


@pytest.mark.parametrize(
    ("means", "message"),
    [
        (["erzeuger"], r"'erzeuger' does not say what a word means; write for example \"erzeuger = father\""),
        (["erzeuger = fater"], "'fater' is no word for kin"),
        (["erzeuger = adoptive mother"], "'adoptive mother' is no word for kin"),
        (["mother = grandmother"], "'mother' can only mean a parent, child, sibling or spouse"),
        (["a = father", "A = mother"], "'A' is given two meanings"),
        (
            ["vater = father"],
            r"--means: no relation is called 'vater'; the relations are 'Erzeuger', 'sired'",
        ),
    ],
)
def test_words_that_mean_nothing(means, message):
    with pytest.raises(UsageError, match=message):
        inspect(FACTS, means=means)


def test_a_graph_that_is_no_file_can_have_ones_own_words(tmp_path):
    graph = Graph.from_triples([("Ada", "Erzeuger", "Bob"), ("Bob", "Erzeuger", "Carl")])
    assert who(with_own_words(graph, own_words(["erzeuger = father"])), "Ada", "grandfather") == {"Carl"}
    path = tmp_path / "facts.csv"
    path.write_text(FACTS)
    assert who(read_graph(path, means=["erzeuger = father"]), "Ada", "grandfather") == {"Carl"}
