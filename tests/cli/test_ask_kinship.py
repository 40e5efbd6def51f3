"""Questions for kin on the command line: what is printed, what the check says, what is refused."""

from __future__ import annotations

import json

import pytest
from kin_stand_ins import KinSession, in_parts

from graphdnc.answering import subgraph_session
from graphdnc.answering.subgraph import SubgraphLimits
from graphdnc.datasets.real import real_graph_path

FAMILY = str(real_graph_path("family"))
UNDERGROUND = str(real_graph_path("underground_zone1"))
COUSINS = "Who are Freya's cousins?"
SMALL = "source,relation,target\nAnn,mother,Eve\nEve,brother,Tom\nZoe,friend,Ann\nKit,child,Lou\n"


@pytest.fixture
def network(monkeypatch):
    """Let a stand-in answer; ``network(lies={...})`` changes what it says. Returns what was held."""
    held = []

    def says(**how):
        monkeypatch.setattr(
            subgraph_session,
            "load_session",
            lambda graph, model, as_needed: KinSession(graph, model, held, **how),
        )
        return held

    says()
    return says


@pytest.fixture
def run(run):
    return lambda *arguments, stdin="": run("ask", *arguments, stdin=stdin)


@pytest.fixture
def small(tmp_path):
    path = tmp_path / "small.csv"
    path.write_text(SMALL)
    return path


def test_relatives_are_listed_with_the_facts_that_were_said(run, network):
    code, out, err = run(FAMILY, COUSINS)
    assert (code, err) == (0, "")
    assert out.splitlines() == [
        "cousin  tries  facts said on the way",
        "Asha       16  Freya -> mother Isla -> brother Ewan -> daughter Asha",
        "Theo       16  Freya -> father Graham -> sister Lucy -> son Theo",
        "Freya's cousins: Asha, Theo",
        "confidence: 15 of 16 tries list exactly these",
        "exact check: agrees",
    ]


def test_json_has_exactly_the_fields_that_are_promised(run, network):
    code, out, err = run(FAMILY, "--of", "freya", "--relation", "uncles", "--json")
    assert (code, err, out.count("\n")) == (0, "", 1)
    shown = [
        {"source": "Freya", "relation": "mother", "target": "Isla"},
        {"source": "Isla", "relation": "brother", "target": "Ewan"},
    ]
    assert json.loads(out) == {
        "question": "Who are Freya's uncles?",
        "kind": "kinship",
        "answers": ["Ewan"],
        "holds": None,
        "path": shown,
        "shown": [shown],
        "tries": [16],
        "confidence": 0.9375,
        "votes": 16,
        "agreeing": 15,
        "check": "agrees",
        "exact": ["Ewan"],
        "denies": False,
        "asked": 1,
        "not_known": [],
        "model": "kinship",
        "triples": 108,
        "memorised": 108,
        "seconds": 0.5,
    }


def test_quiet_prints_the_names_alone(run, network):
    assert run(FAMILY, COUSINS, "-q") == (0, "Asha, Theo\n", "")
    assert run(FAMILY, "How is Fergus related to Freya?", "-q") == (0, "maternal great-uncle\n", "")
    code, out, err = run(FAMILY, "Who is Freya's wife?", "-q")
    assert (code, out) == (3, "nobody\n")
    assert err == "exact check: agrees: no stated facts make anybody Freya's wife\n"


NO_WIFE = "No. The network: nobody is Freya's wife."


@pytest.mark.parametrize(
    ("sentence", "flags", "said", "line"),
    [
        ("Is Asha Freya's cousin?", ("Freya", "cousin", "Asha"), "yes", "Yes. Freya's cousins: Asha, Theo"),
        ("Is Liam Freya's cousin?", ("Freya", "cousin", "Liam"), "no", "No. Freya's cousins: Asha, Theo"),
        ("Is Liam Freya's wife?", ("Freya", "wife", "Liam"), "no", NO_WIFE),
    ],
)
def test_yes_and_no_are_answers(run, network, sentence, flags, said, line):
    person, term, relative = flags
    by_flags = ("--of", person, "--relation", term, "--is", relative)
    for question in ((sentence,), by_flags):
        code, out, _ = run(FAMILY, *question)
        assert (code, line in out.splitlines()) == (0, True)
        assert run(FAMILY, *question, "-q") == (0, f"{said}\n", "")
        record = json.loads(run(FAMILY, *question, "--json")[1])
        assert (record["question"], record["holds"]) == (sentence, said == "yes")


def test_a_wrong_yes_is_shown_as_wrong(run, network):
    network(lies={"cousin": ["Asha", "Liam"]})
    code, out, _ = run(FAMILY, "Is Liam Freya's cousin?")
    assert code == 4
    assert "Yes. Freya's cousins: Asha, Liam" in out
    assert "exact check: disagrees: missing: Theo; not Freya's cousin: Liam" in out


def test_nobody_is_an_answer(run, network):
    code, out, _ = run(FAMILY, "Does Freya have a paternal uncle?")
    assert code == 0
    assert out.splitlines() == [
        "No. The network: nobody is Freya's paternal uncle.",
        "confidence: 15 of 16 tries say so",
        "exact check: agrees: no stated facts make anybody Freya's paternal uncle",
    ]
    code, out, _ = run(FAMILY, "Does Freya have a paternal uncle?", "--no-check")
    assert (code, "exact check" in out) == (0, False)
    assert run(FAMILY, "Who is Freya's paternal uncle?")[0] == 3
    record = json.loads(run(FAMILY, "Does Freya have a paternal uncle?", "--json")[1])
    assert (record["answers"], record["exact"], record["denies"]) == ([], [], True)
    assert (record["path"], record["shown"]) == ([], [])


@pytest.mark.parametrize(
    ("listed", "verdict"),
    [
        (["Asha"], "missing: Theo"),
        (["Asha", "Theo", "Liam"], "not Freya's cousin: Liam"),
        (["Asha", "Liam", "Omar"], "missing: Theo; not Freya's cousin: Liam, Omar"),
        ([], "the exact answer is Asha and Theo"),
    ],
)
def test_a_wrong_answer_is_shown_beside_the_exact_one_and_never_replaced(run, network, listed, verdict):
    network(lies={"cousin": listed})
    code, out, _ = run(FAMILY, COUSINS)
    assert code == 4
    assert f"exact check: disagrees: {verdict}\n" in out
    record = json.loads(run(FAMILY, COUSINS, "--json")[1])
    assert (record["answers"], record["exact"], record["check"]) == (listed, ["Asha", "Theo"], "disagrees")
    code, out, err = run(FAMILY, COUSINS, "-q")
    assert (code, out) == (4, ", ".join(listed or ["nobody"]) + "\n")
    assert verdict in err
    code, out, _ = run(FAMILY, COUSINS, "--no-check")
    assert (code, "exact check" in out) == (0 if listed else 3, False)


def test_somebody_is_listed_where_nobody_should_be(run, network):
    network(lies={"wife": ["Omar"]})
    code, out, _ = run(FAMILY, "Who is Freya's wife?")
    assert code == 4
    assert "Omar      8  none" in out
    assert "exact check: disagrees: no stated facts make anybody Freya's wife" in out


@pytest.mark.parametrize(("options", "expected"), [((), 4), (("--no-check",), 1)])
def test_an_answer_of_no_use(run, network, options, expected):
    network(silent=True)
    code, out, _ = run(FAMILY, COUSINS, *options)
    assert code == expected
    assert out.startswith("The network gave no answer that lists people of this family.\n")
    code, out, err = run(FAMILY, COUSINS, "-q", *options)
    assert (code, out) == (expected, "")
    assert "no answer that lists" in err


def test_one_try_says_nothing_about_how_sure_it_is(run, network):
    _, out, _ = run(FAMILY, COUSINS, "--votes", 1)
    assert "one try says nothing" in out
    assert json.loads(run(FAMILY, COUSINS, "--votes", 1, "--json")[1])["confidence"] is None


def test_how_two_people_are_related(run, network):
    held = network()
    code, out, err = run(FAMILY, "How is Fergus related to Freya?")
    assert (code, err) == (0, "")
    assert out.splitlines() == [
        "relation              tries  facts said on the way",
        "maternal great-uncle     16  Freya -> mother Isla -> mother Moira -> brother Fergus",
        "Fergus is Freya's maternal great-uncle.",
        "confidence: 16 of 16 tries list Fergus there",
        "questions: 26; a term was found",
        "exact check: agrees",
    ]
    assert [(model, together) for model, _, together in held] == [
        ("kinship", [4, 3, 14, 2, 2, 1]),
        ("shortest-path", [1]),
    ]
    record = json.loads(run(FAMILY, "--of", "freya", "--is", "fergus", "--json")[1])
    assert record["question"] == "How is Fergus related to Freya?"
    assert (record["kind"], record["answers"]) == ("relationship", ["maternal great-uncle"])
    assert (record["exact"], record["check"]) == (["maternal great-uncle"], "agrees")
    assert (record["asked"], record["model"], record["seconds"]) == (26, "kinship", 13.0)
    assert [fact["target"] for fact in record["path"]] == ["Isla", "Moira", "Fergus"]


def test_where_no_term_fits_a_shortest_way_is_said_in_words(run, network):
    held = network()
    code, out, _ = run(FAMILY, "How is Theo related to Priya?")
    assert code == 0
    assert (
        out.splitlines()[1:]
        == [
            "husband's sister's husband's sister's son     15  Priya <- wife of Ewan -> sister Isla "
            "<- wife of Graham -> sister Lucy -> son Theo",
            "Theo is Priya's husband's sister's husband's sister's son.",
            "confidence: 15 of 16 tries found a way this short",
            "questions: 5; no term was found, the shortest way was asked for",
            "exact check: agrees",
        ]
        or "15  Priya" in out
    )
    assert [model for model, _, _ in held] == ["kinship", "shortest-path"]
    record = json.loads(run(FAMILY, "--of", "Priya", "--is", "Theo", "--json")[1])
    assert record["model"] == "shortest-path"
    assert record["answers"] == record["exact"] == ["husband's sister's husband's sister's son"]


def test_a_wrong_relation_is_shown_beside_the_exact_one(run, network):
    network(lies={"aunt or uncle": ["Fergus"], "uncle": ["Fergus"]})
    code, out, _ = run(FAMILY, "How is Fergus related to Freya?")
    assert code == 4
    assert "Fergus is Freya's uncle." in out
    assert "8 of 16 tries list Fergus there" in out
    assert "exact check: disagrees: the exact answer is maternal great-uncle\n" in out
    assert run(FAMILY, "How is Fergus related to Freya?", "--no-check")[0] == 0


def test_a_network_that_says_nothing_of_use_about_two_people(run, network):
    network(silent=True)
    code, out, _ = run(FAMILY, "How is Fergus related to Freya?")
    assert code == 4
    assert out.splitlines()[0] == (
        "The network found nothing that relates Fergus and Freya, but does not say that nothing does."
    )
    assert "disagrees: the exact answer is maternal great-uncle" in out


def test_people_whom_nothing_relates(run, network, small):
    code, out, _ = run(small, "How is Kit related to Ann?")
    assert code == 3
    assert out.splitlines() == [
        "The network: nothing relates Kit and Ann.",
        "confidence: 15 of 16 tries found no way",
        "questions: 5; no term was found, the shortest way was asked for",
        "exact check: agrees: nothing stated relates 'Kit' and 'Ann'; state a fact that joins their families",
    ]
    code, out, _ = run(small, "How is Kit related to Ann?", "-q")
    assert (code, out) == (3, "unrelated\n")


def test_definitions_are_used_in_flags_and_sentences_and_on_standard_input(run, network):
    own = ("--define", "mother-side uncle = mother/brother", "--define", "elder = mother-side uncle/father")
    assert run(FAMILY, "Who is Freya's mother side uncle?", *own, "-q") == (0, "Ewan\n", "")
    assert run(FAMILY, "--of", "Freya", "--relation", "elders", *own, "-q") == (0, "Duncan\n", "")
    assert run(FAMILY, *own, "-q", stdin="Does Freya have an elder?\n") == (0, "Duncan\n", "")
    assert run(FAMILY, "--of", "Freya", "--relation", "mother / brother", "-q") == (0, "Ewan\n", "")
    rule = run(FAMILY, "--of", "Freya", "--relation", "mother/brother | father/sister")[1]
    assert "Freya's mother/brother | father/sister: Ewan, Lucy\n" in rule


def test_questions_of_all_kinds_come_one_a_line(run, network):
    held = network()
    lines = [COUSINS, "Who is Freya's grunkle?", "How is Isla related to Freya?", "Who is Ida's uncle?"]
    code, out, err = run(FAMILY, "-q", stdin="\n".join([*lines, "Asha's mum", ""]))
    assert (code, out) == (2, "Asha, Theo\nmother\nPriya\n")
    assert "error: line 2: no term of kinship is called 'grunkle'" in err
    assert "error: line 4: no person is called 'Ida'" in err
    assert [together for _, _, together in held] == [[4, 2, 1, 2]]


def test_an_undirected_graph_is_asked_for_kin_as_it_is_stated(run, network, small):
    assert run(small, "Who is Ann's mother?", "--undirected", "-q") == (0, "Eve\n", "")
    assert run(small, "Who is Eve's mother?", "--undirected", "-q")[:2] == (3, "nobody\n")


def test_columns_are_given_together_where_the_relation_is_a_term(run, network):
    text = "x;to;via;from\n1;Eve;mother;Ann\n"
    term = ("--of", "Ann", "--relation", "mother", "-q")
    assert run("-", *term, "--columns", "from,via,to", stdin=text) == (0, "Eve\n", "")
    assert run("-", *term, "--columns", "4, 3, 2", stdin=text) == (0, "Eve\n", "")
    columns = ("--columns", "from,via,to")
    assert run("-", "Who is Ann's mother?", "-q", *columns, stdin=text) == (0, "Eve\n", "")
    assert (
        run("-", *term, "--source", "from", "--target", "to", stdin=text.replace("via", "relation"))[0] == 0
    )


def test_of_a_large_family_a_part_is_asked_about(run, network, monkeypatch):
    held = []
    monkeypatch.setattr(
        subgraph_session,
        "load_session",
        lambda graph, model, as_needed: in_parts(graph, model, SubgraphLimits(28), held),
    )
    code, out, _ = run(FAMILY, "Who is Freya's mother?")
    assert code == 0
    assert "memorised: 6 of 108 triples: the facts of everybody near enough\n" in out
    assert held[0][:2] == ("kinship", 3)
    code, out, _ = run(FAMILY, "How is Fergus related to Freya?")
    assert "Fergus is Freya's maternal great-uncle." in out
    assert "exact check: agrees" in out
    record = json.loads(run(FAMILY, "Who is Freya's mother?", "--json")[1])
    assert (record["triples"], record["memorised"]) == (108, 6)


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        ((FAMILY, "--of", "Frya", "--relation", "uncle"), 2, "the nearest: 'Freya'"),
        ((FAMILY, "--of", "Freya", "--is", "Fregus"), 2, "the nearest: 'Fergus'"),
        ((FAMILY, "--of", "Freya", "--relation", "grunkle"), 2, "no term of kinship is called 'grunkle'"),
        ((FAMILY, "--of", "Freya", "--relation", "source"), 2, "name columns with --columns S,R,T"),
        ((FAMILY, "--of", "Freya", "--relation", "mother//son"), 2, "'mother//son' has '/' where a step"),
        ((FAMILY, "--of", "Freya", "--relation", "mother/grunkle"), 2, "called 'grunkle'"),
        ((FAMILY, "--of", "Freya"), 2, "with --of give --relation TERM"),
        ((FAMILY, "--is", "Freya"), 2, "--is needs --of"),
        ((FAMILY, "--is", "Freya", "--relation", "aunt"), 2, "--is needs --of"),
        ((FAMILY, COUSINS, "--of", "Freya", "--relation", "aunt"), 2, "give no other question with it"),
        ((FAMILY, "--of", "Freya", "--relation", "aunt", "--from", "Isla", "--to", "Liam"), 2, "no other"),
        ((FAMILY, "--of", "Freya", "--is", "freya"), 3, "'Freya' is the same person; name two people"),
        ((FAMILY, COUSINS, "--define", "uncle = mother/brother"), 2, "'uncle' already has a meaning"),
        (
            (FAMILY, COUSINS, "--define", "oldie = grandparent", "--define", "oldie = parent"),
            2,
            "'oldie' already has a meaning",
        ),
        ((FAMILY, COUSINS, "--define", "oldie"), 2, "'oldie' is not a definition such as"),
        ((FAMILY, COUSINS, "--define", "oldie = old/parent"), 2, "no term of kinship is called 'old'"),
        ((FAMILY, COUSINS, "--columns", "1"), 2, "--columns '1' does not name two or three columns"),
        ((FAMILY, COUSINS, "--columns", "1,2,3", "--source", "1"), 2, "leave --source, --relation"),
        ((UNDERGROUND, "--of", "Bank", "--relation", "uncle"), 2, "no relation of the graph is one of kin"),
        ((UNDERGROUND, "--of", "Bank", "--is", "Angel"), 2, "no node is called 'Angel'"),
        ((UNDERGROUND, "Who is Bank's uncle?"), 2, "no relation of the graph is one of kinship"),
        ((FAMILY, COUSINS, "--model", "no such"), 1, "'no such' is neither a network"),
    ],
)
def test_every_error_is_one_line_on_stderr(run, network, arguments, code, message):
    found, out, err = run(*arguments)
    assert (found, out, err.count("\n")) == (code, "", 1)
    assert err.startswith("error: ")
    assert message in err


def test_doubts_are_told_once_on_stderr(run, network, tmp_path):
    family = tmp_path / "family.csv"
    family.write_text("Freya,mother,Isla\nIsla,brother,Ewan\nIsla,uncle,Bill\n")
    questions = tmp_path / "questions.txt"
    questions.write_text("Who is Freya's uncle?\nWho is Freya's mother?\n")
    _, _, err = run(family, "--questions", questions)
    assert err.count("note: the relation 'uncle' counts only where it is asked for") == 1


def test_a_family_that_is_asked_undirected_has_no_more_parents(run, network):
    assert run(FAMILY, "--undirected", COUSINS)[2] == ""
