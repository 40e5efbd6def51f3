"""Questions that are no questions for kin, have two meanings or are not understood."""

from __future__ import annotations

import pytest
from named_family import FAMILY, MAP, kin, number

from graphdnc.errors import UsageError
from graphdnc.graph import Graph
from graphdnc.language.parse import parse_question
from graphdnc.questions import Between, ShortestPath, Traversal

REFUSED = [
    ("Who is Frya's uncle?", "no person is called 'Frya'; the nearest: 'Freya'"),
    ("How is Frgus related to Freya?", "no person is called 'Frgus'; the nearest: 'Fergus'"),
    ("How is Fergus related to Fraya?", "no person is called 'Fraya'; the nearest: 'Freya'"),
    ("Does Freia have any cousins?", "no person is called 'Freia'; the nearest: 'Freya'"),
    ("Who is the uncle of Freia?", "no person is called 'Freia'; the nearest: 'Freya'"),
    ("Who is Smit's uncle?", "no person is called 'Smit'; the nearest: 'Smith, John'"),
    ("Who is Freya's grunkle?", "no term of kinship is called 'grunkle'; the nearest: "),
    ("Who is the grunkle of Freya?", "no term of kinship is called 'grunkle'; the nearest: "),
    ("Who is the brother of the mother of Freia?", "no person is called 'Freia'; the nearest: 'Freya'"),
    ("Who is the wife of the Duek?", "no person is called 'the Duek'; the nearest: 'The Duke'"),
    ("Who is the wife of the Duek's son?", "no person is called 'the Duek'; the nearest: 'The Duke'"),
    ("Who is the brother of the mothre of Freya?", "no term of kinship is called 'mothre'; the nearest: "),
    ("Who is the brother of the mother?", "is incomplete"),
    (
        "Who is the son of the mother or father of Freya?",
        'ask one thing at a time: "Who is Freya\'s mother/son?"',
    ),
    ("Does Freya have cuosins?", "no term of kinship is called 'cuosins'; the nearest: 'cousin'"),
    ("Who is Freya's fourth cousin?", "no term of kinship is called 'fourth cousin'"),
    ("Who is Freya's friend?", "no term of kinship is called 'friend'"),
    ("Who is Freya's father's boss?", "no term of kinship is called 'boss'"),
    ("Who are the aunts and uncles of Freya?", 'ask one thing at a time: "Who are Freya\'s aunts?"'),
    ("Who are Freya's aunts and uncles?", 'ask one thing at a time: "Who are Freya\'s aunts?"'),
    ("Who are Freya's aunts or uncles?", 'ask one thing at a time: "Who are Freya\'s aunts?"'),
    ("Is Fergus Freya's grunkle?", 'ask one thing at a time: "How is Fergus related to Freya?"'),
    ("Are Fergus and Freya uncles?", 'ask one thing at a time: "How is Freya related to Fergus?"'),
    ("Is Fergus Freya's uncle or brother?", 'ask one thing at a time: "Who are Freya\'s uncles?"'),
    ("Is Fergus married?", "is incomplete"),
    ("Who is Freya's husband on her mother's side?", "is not understood"),
    ("Who is Freya?", "is incomplete"),
    ("Who is Freya's", "is incomplete"),
    ("Who is the uncle", "is incomplete"),
    ("Who is the uncle of", "is incomplete"),
    ("How is Fergus related?", "is incomplete"),
    ("How is Fergus related to", "is incomplete"),
    ("Whose uncle is Fergus?", "is not understood"),
    ("Who is not Freya's uncle?", "is not understood"),
    ("Who is Freya's eldest cousin?", "no term of kinship"),
    ("Who is Freya's uncle but not James' brother?", "is not understood"),
    ("Who is Freya's uncle? Who is her aunt?", "is not understood"),
    ("Who are the cousins of Freya and James?", "is not understood"),
    ("How are Freya, Fergus and James related?", "is not understood"),
    ("Who is Freya's mother/brother[?", "is not understood"),
    ("Who is Freya's uncle $", "the signs at the end are not understood"),
    ("relatives", "is not understood"),
]


@pytest.mark.parametrize(("sentence", "message"), REFUSED)
def test_what_is_not_understood_is_refused_with_a_question_that_works(sentence, message):
    with pytest.raises(UsageError) as error:
        parse_question(sentence, FAMILY)
    told = str(error.value)
    assert message in told
    assert len(told.splitlines()) == 1
    assert parse_question(told.split('"')[-2], FAMILY)


@pytest.mark.parametrize(
    ("sentence", "question"),
    [
        ("From Freya take mother, then brother", Traversal(0, (0, 1))),
        ("Freya mother brother", Traversal(0, (0, 1))),
        ("Freya: mother, brother", Traversal(0, (0, 1))),
        ("Freya to Tom", ShortestPath(0, 2)),
        ("How do you get from Freya to Tom?", ShortestPath(0, 2)),
        ("What is the shortest way from Freya to Tom?", ShortestPath(0, 2)),
        ("the connection between Freya and Tom", ShortestPath(0, 2)),
        ("Who do I reach if I follow mother from Freya?", Traversal(0, (0,))),
    ],
)
def test_walks_in_a_family_stay_walks(sentence, question):
    assert parse_question(sentence, FAMILY) == question


def test_what_one_is_to_another_is_a_way_only_where_there_is_no_family():
    assert parse_question("What is Fergus to Freya?", FAMILY) == Between(0, number("Fergus"))
    with pytest.raises(UsageError, match="no relation of the graph is one of kinship"):
        parse_question("How is Bank related to Angel?", MAP)
    assert parse_question("What is Bank to Angel?", MAP) == ShortestPath(0, 2)


@pytest.mark.parametrize(
    "sentence", ["Who is Bank's uncle?", "Does Bank have any cousins?", "How are Bank and Angel related?"]
)
def test_a_map_has_no_kin(sentence):
    with pytest.raises(UsageError, match="no relation of the graph is one of kinship; use the names parent"):
        parse_question(sentence, MAP)


def test_a_map_is_refused_as_before_where_kin_is_not_understood_either():
    with pytest.raises(UsageError, match="--start NODE"):
        parse_question("From Bank take the Nothing", MAP)


class TestTwoMeanings:
    GRAPH = Graph.from_triples(
        [
            ("Ann", "mother", "Ann and Bea"),
            ("Bea", "sister", "Bea and Cid"),
            ("Cid", "wife", "Ann's mother"),
            ("Jame", "son", "Jamie"),
            ("James", "son", "Duke"),
            ("The Duke", "son", "Mother"),
            ("Duke", "mother", "Mother of Ann"),
        ]
    )

    @pytest.mark.parametrize(
        ("sentence", "one", "other"),
        [
            (
                "How are Ann and Bea and Cid related?",
                "Cid related to Ann and Bea",
                "Bea and Cid related to Ann",
            ),
            ("Who is Ann's mother's brother?", "Ann's mother/brother", "Ann's mother's brothers"),
            ("who is james son", "Jame's sons", "James's sons"),
        ],
    )
    def test_are_refused_with_both(self, sentence, one, other):
        with pytest.raises(UsageError) as error:
            parse_question(sentence, self.GRAPH)
        told = str(error.value)
        assert "can be read as" in told
        assert one in told
        assert other in told
        assert "--of NODE with --relation TERM, --is NODE or both" in told

    @pytest.mark.parametrize(
        ("sentence", "name", "term"),
        [
            ("Who is James' son?", "James", "son"),
            ("Who is Jame's son?", "Jame", "son"),
            ("Who is the Duke's son?", "The Duke", "son"),
            ("Who is Mother's mother?", "Mother", "mother"),
            ("Who is the mother of Mother?", "Mother", "mother"),
            ("Who is the son of mother of Ann?", "Mother of Ann", "son"),
            ("Who is the son of the mother of Ann and Bea?", "Ann and Bea", "mother/son"),
            ("Who is Ann and Bea's mother?", "Ann and Bea", "mother"),
        ],
    )
    def test_are_not_where_one_reads_more_of_a_name(self, sentence, name, term):
        assert parse_question(sentence, self.GRAPH) == kin(name, term, self.GRAPH)

    def test_names_that_differ_in_case_only_must_be_typed_exactly(self):
        graph = Graph.from_triples([("Ann", "mother", "ann"), ("ann", "mother", "ANN")])
        assert parse_question("Who is ann's aunt?", graph) == kin("ann", "aunt", graph)
        with pytest.raises(UsageError, match="can be read as"):
            parse_question("Who is aNN's aunt?", graph)


def test_of_several_people_called_so_all_are_named():
    graph = Graph.from_triples(
        [("Ann Lee (1850)", "mother", "Ann Lee (1820)"), ("Ann Lee (1820)", "son", "X")]
    )
    with pytest.raises(UsageError, match=r"several people are called so; type the whole name: .*1850.*1820"):
        parse_question("Who is Ann Lee's mother?", graph)
    read = parse_question("Who is Ann Lee (1850)'s mother?", graph)
    assert read == kin("Ann Lee (1850)", "mother", graph)
