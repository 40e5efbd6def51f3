"""Families as people write them, asked with the networks of the package: stated, refused, or not known."""

from __future__ import annotations

import json

import pytest

PARENTS = "Bob,parents,Ann\nAnn,children,Bob\nAnn,spouse,Carl\n"
SEX = "Ada,mother,Grace\nBen,mother,Grace\nBen,gender,male\nAda,sex,F\n"
IS_MALE = "Ada,mother,Grace\nBen,mother,Grace\nBen,is,male\n"
GRANDSON = "Jason,grandson,Scott\nScott,brother,Lewis\nScott,mother,Nell\n"
WORDS = """\
Ada,Mother,Grace
Ben,is son of,Grace
Cleo,daughter_of,Grace
Dan,has_father,Ivan
Eve,stepfather,Ivan
Fay,adoptive mother,Grace
Gus,half-brother,Ben
Ivan,married,Grace
Hal,Mum,Grace
Ike,Dad,Ivan
Joy,married to,Ike
"""
GERMAN = "Ada,Mutter,Grete\nBen,ist Sohn von,Grete\nOtto,verheiratet mit,Grete\nOtto,Enkelin,Ute\n"
NAMES = """\
Wills,mother,Di
Harry,mother,Di
Wills,father,Charles
Harry,father,Charles
Charles,mother,Elizabeth II
Tom O'Brien,mother,Rose & Co
"""
KARL = "Karl,son,Peter\nPeter,child,Max\nPeter,son,Tim\nPeter,child,Ute\nUte,sex,f\nZoe,mother,Eva\n"


ROWS = """\
Name,Sex,Father,Mother,Spouse,Born
Otto Berger,M,,,Anna Berger,1901
Anna Berger,F,,,Otto Berger,1904
Karl Berger,M,Otto Berger,Anna Berger,Liesl Berger,1928
Liesl Berger,F,,,Karl Berger,1930
Maria Huber,F,Otto Berger,Anna Berger,,1931
"""
ROWS_BY_ID = """\
id,name,gender,father_id,mother_id,spouse_id
1,Henry Lowe,M,,,2
2,Grace Lowe,F,,,1
3,Ben Lowe,M,1,2,4
4,Flo Dunn,F,,,3
5,Dan Lowe,M,3,4,
"""


@pytest.mark.parametrize(
    ("rows", "question", "answers"),
    [
        (ROWS, "Who is Karl Berger's sister?", {"Maria Huber"}),
        (ROWS, "Who is Karl's wife?", {"Liesl Berger"}),
        (ROWS_BY_ID, "Who are Dan Lowe's grandparents?", {"Henry Lowe", "Grace Lowe"}),
        ("person,father,mother\nAda,Henry,Grace\nDan,Ben,Flo\n", "Who is Ada's mother?", {"Grace"}),
    ],
)
def test_a_person_a_row(run, tmp_path, rows, question, answers):
    file = tmp_path / "people.csv"
    file.write_text(rows)
    record = json.loads(run("ask", file, question, "--json")[1])
    assert (set(record["answers"]), record["check"]) == (answers, "agrees")


@pytest.fixture
def ask(run, tmp_path):
    """Ask a question about rows of a table."""

    def asked(rows, question, *options):
        file = tmp_path / "family.csv"
        file.write_text(f"source,relation,target\n{rows}", encoding="utf-8")
        return run("ask", file, question, *options)

    return asked


@pytest.mark.parametrize(
    ("rows", "question", "answer"),
    [
        (PARENTS, "Who are Bob's parents?", "Ann"),
        (PARENTS, "Who are Ann's children?", "Bob"),
        (SEX, "Who is Ada's brother?", "Ben"),
        (SEX, "Who is Ben's sister?", "Ada"),
        (IS_MALE, "Who is Ada's brother?", "Ben"),
        (GRANDSON, "Who is Jason's grandson?", "Scott"),
        (GRANDSON, "Who are Jason's grandchildren?", "Scott"),
        (GRANDSON, "How is Scott related to Jason?", "grandson"),
        (GRANDSON, "How is Jason related to Scott?", "grandparent"),
        (GRANDSON, "Is Scott a grandson of Jason?", "yes"),
        (WORDS, "Who is Grace's son?", "Ben"),
        (WORDS, "Who is Grace's daughter?", "Cleo"),
        (WORDS, "Who is son of Grace?", "Ben"),
        (WORDS, "Who is Ben son of?", "Grace"),
        (WORDS, "Who is married to Ike?", "Joy"),
        (WORDS, "Who married Joy?", "Ike"),
        (WORDS, "Who is Ivan's wife?", "Grace"),
        (WORDS, "Who is Dan's father?", "Ivan"),
        (WORDS, "Who is Eve's stepfather?", "Ivan"),
        (WORDS, "Who is Gus's half-brother?", "Ben"),
        (WORDS, "Who is Ike's spouse?", "Joy"),
        (GERMAN, "Who is Grete's son?", "Ben"),
        (GERMAN, "Who is Otto's granddaughter?", "Ute"),
        (NAMES, "Who is Wills's grandmother?", "Elizabeth II"),
        (NAMES, "Who is Tom O'Brien's mother?", "Rose & Co"),
    ],
)
def test_what_is_stated_in_any_words_is_answered(ask, rows, question, answer):
    code, out, err = ask(rows, question, "-q")
    assert (code, out) == (0, f"{answer}\n")
    assert "exact check" not in err


def test_the_facts_are_shown_as_the_file_has_them(ask):
    record = json.loads(ask(WORDS, "Who is Grace's son?", "--json")[1])
    assert record["path"] == [{"source": "Ben", "relation": "is son of", "target": "Grace"}]
    assert (record["triples"], record["check"]) == (11, "agrees")
    assert "Grace <- Ben (is son of)" in ask(WORDS, "Who is Grace's son?")[1]
    record = json.loads(ask(GRANDSON, "Who is Scott's grandparent?", "--json")[1])
    assert record["path"] == [{"source": "Jason", "relation": "grandson", "target": "Scott"}]
    assert (record["asked"], record["denies"]) == (2, False)


def test_what_does_not_count_is_told(ask):
    err = ask(WORDS, "Who is Grace's son?")[2]
    assert "the relations 'stepfather' and 'half-brother' count only where they are asked for" in err
    assert "the relation 'adoptive mother' is not used for kin" in err


@pytest.mark.parametrize(
    ("rows", "question", "said"),
    [
        (KARL, "Is Max a grandson of Karl?", "Max's sex is not stated"),
        (KARL, "Is Zoe Max's cousin?", "the parents of Eva are not stated"),
        (PARENTS, "Is Carl Ann's husband?", "Carl's sex is not stated"),
    ],
)
def test_a_missing_fact_is_not_a_no(ask, rows, question, said):
    code, out, err = ask(rows, question)
    assert (code, f"\nnot known: {said}\n" in out) == (3, True)
    assert not out.startswith(("Yes", "No."))
    record = json.loads(ask(rows, question, "--json")[1])
    assert (record["holds"], record["confidence"], record["not_known"]) == (None, None, [said])
    code, out, err = ask(rows, question, "-q")
    assert (code, out) == (3, "not known\n")
    assert f"not known: {said}\n" in err


@pytest.mark.parametrize("question", ["Is Ute a grandson of Karl?", "Is Karl Tim's sister?"])
def test_facts_that_say_no_are_a_no(ask, question):
    assert ask(KARL, question, "-q") == (0, "no\n", "")
    assert json.loads(ask(KARL, question, "--json")[1])["holds"] is False


def test_who_may_be_a_relative_is_named(ask):
    code, out, _ = ask(PARENTS, "Who is Ann's husband?")
    assert code == 3
    assert "not known: Carl is Ann's spouse; Carl's sex is not stated\n" in out
    record = json.loads(ask(PARENTS, "Who is Ann's husband?", "--json")[1])
    assert record["not_known"] == ["Carl is Ann's spouse; Carl's sex is not stated"]


def test_what_is_stated_from_the_other_side_is_said_so(ask):
    rows = "Tom,uncle,Bob\nTom,mother,Eve\n"
    code, out, err = ask(rows, "How is Tom related to Bob?", "-q")
    assert (code, out) == (3, "")
    assert "the graph says only 'Tom, uncle, Bob'; ask from the other side: How is Bob related to Tom?" in err
    assert ask(rows, "How is Bob related to Tom?", "-q")[:2] == (0, "uncle\n")


def test_facts_about_nobody_else_are_refused(ask):
    code, _, err = ask("Ann,mother,Ann\n", "Who is Ann's mother?")
    assert (code, err.count("\n")) == (2, 1)
    assert "all facts of kinship lead from a person to the same person, such as 'Ann'" in err


def test_ones_own_words_for_kin(run, tmp_path):
    path = tmp_path / "facts.csv"
    path.write_text("source,relation,target\nAda,Erzeuger,Bob\nBob,Erzeuger,Carl\n")
    code, _, err = run("ask", path, "Who is Ada's grandfather?")
    assert (code, err.count("\n")) == (2, 1)
    advice = 'say what yours mean, for example --means "WORD = father"\n'
    assert err.endswith(advice)
    meaning = ["--means", "erzeuger = father"]
    code, out, _ = run("ask", path, *meaning, "Who is Ada's grandfather?")
    assert code == 0
    assert "Carl             2  Ada -> Erzeuger Bob -> Erzeuger Carl" in out
    assert run("inspect", path, *meaning)[0] == 0
    code, _, err = run("eval", "kinship", *meaning)
    assert (code, err) == (2, "error: --means is for a graph file; name the file with --graphs FILE\n")


def test_a_family_that_is_taken_to_be_whole_says_what_it_assumes(run, tmp_path):
    path = tmp_path / "story.csv"
    path.write_text("source,relation,target\nScott,brother,Lewis\nScott,mother,Nell\nNell,mother,Ruth\n")
    question = "Who is Lewis's grandmother?"
    code, out, _ = run("ask", path, question)
    assert code == 3
    assert "not known: the parents of Lewis are not stated" in out
    code, out, err = run("ask", path, "--closed", question)
    assert code == 0
    assert "Ruth             2  Lewis -> mother (assumed) Nell -> mother Ruth" in out
    assumed = (
        "note: assumed: siblings share parents, and spouses share children; 1 fact is added, marked (assumed)"
    )
    assert assumed in err.splitlines()


def test_json_carries_what_was_left_out(run, network, tmp_path):
    path = tmp_path / "map.csv"
    path.write_text("source,relation,target\na,r,b\n# b,r,c\n")
    question = "From a take r: where am I?"
    record = json.loads(run("ask", path, "--json", question)[1])
    assert record["left_out"].startswith(
        "1 of 3 rows did not become triples (begins with # or the like and a space"
    )
    path.write_text("source,relation,target\n# by hand\na,r,b\n")
    assert "left_out" not in json.loads(run("ask", path, "--json", question)[1])
