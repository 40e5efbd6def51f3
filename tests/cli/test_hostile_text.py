"""Nothing that a file says reaches the terminal as a control sequence or as markup."""

import io
import json
import sys

import pytest
from command_line import NETWORK
from corpora import INFO

from graphdnc.cli.output import print_rows
from graphdnc.corpus.files import CorpusWriter
from graphdnc.corpus.schema import pack
from graphdnc.graph import Graph, Triple
from graphdnc.questions import Example, Traversal

ESCAPE = "\x1b]0;owned\x07"
BIDI = "\u202egnp.exe"


class Terminal(io.TextIOWrapper):
    """A terminal that keeps what is written to it."""

    def __init__(self):
        super().__init__(io.BytesIO(), "utf-8", write_through=True)

    def isatty(self):
        return True

    @property
    def shown(self):
        return self.buffer.getvalue().decode()


@pytest.fixture
def hostile_corpus(tmp_path):
    graph = Graph.from_triples([(f"a{ESCAPE}", f"[red]r{BIDI}", "[link=http://x]b"), ("c", "s", "d")])
    example = Example(graph, Traversal(0, (0,)), (Triple(0, 0, 1),))
    path = tmp_path / f"corpus{ESCAPE}.h5".replace("/", "")
    with CorpusWriter(path, INFO) as writer:
        writer.add("train", pack([example], [1]))
    return path


def clean(text):
    return not any(sign in text for sign in "\x1b\x07\u202e")


def test_a_table_on_a_terminal_shows_hostile_names_and_markup_as_they_are(monkeypatch):
    terminal = Terminal()
    monkeypatch.setattr(sys, "stdout", terminal)
    monkeypatch.setenv("NO_COLOR", "1")
    monkeypatch.setenv("TERM", "xterm")
    print_rows((f"[bold]{ESCAPE}", "to"), [(f"a{ESCAPE}[red]x[/red]", f"[link=http://x]b{BIDI}")])
    assert "\x07" not in terminal.shown
    assert "\u202e" not in terminal.shown
    assert "\x1b]" not in terminal.shown
    assert "[bold]\\x1b]0;owned\\x07" in terminal.shown
    assert "a\\x1b]0;owned\\x07[red]x[/red]" in terminal.shown
    assert "[link=http://x]b\\u202egnp.exe" in terminal.shown


def test_names_in_a_corpus_and_in_its_path_are_made_visible(run, hostile_corpus):
    code, out, err = run("build-data", "--describe", hostile_corpus)
    assert (code, err) == (0, ""), err
    assert clean(out)
    assert "a\\x1b]0;owned\\x07" in out
    assert "[red]r\\u202egnp.exe" in out
    assert "corpus\\x1b]0;owned\\x07.h5" in out


def test_errors_about_paths_questions_and_settings_are_made_visible(run, tmp_path, city):
    odd = tmp_path / f"x{ESCAPE}"
    for arguments in (
        ("ask", odd, "?"),
        ("ask", city, f"From {ESCAPE} take the {BIDI}"),
        ("inspect", odd),
        ("train", odd),
        ("train", "smoke", "--set", f"data.{ESCAPE}=1"),
        ("build-data", "--describe", odd),
        ("eval", odd),
        ("models", odd),
    ):
        code, out, err = run(*arguments)
        assert (code > 0, out) == (True, ""), arguments
        assert clean(err), arguments
        assert err.count("\n") == 1, arguments


def test_a_question_is_repeated_visibly_and_json_gives_it_back(run, city, network):
    asked = f"From Moorgate take Northern {ESCAPE}"
    _, out, err = run("ask", city, "-", stdin=f"{asked}\nFrom Moorgate take Northern\n")
    assert clean(out + err)
    _, out, err = run("ask", city, asked, "--json")
    assert clean(out + err)
    assert json.loads(out)["question"] == asked


def test_json_escapes_what_json_itself_would_let_pass(run, tmp_path, network):
    asked = "From Moorgate take \x9b2J \x7f \u202e"
    path = tmp_path / "city.csv"
    path.write_text(NETWORK)
    _, out, _ = run("ask", path, asked, "--json")
    assert not any(sign in out for sign in "\x9b\x7f\u202e")
    assert json.loads(out)["question"] == asked


SCRIPT, CLOSED = "<script>alert(1)</script>", "</script><img src=x onerror=alert(2)>"


@pytest.fixture
def marked_up(tmp_path):
    path = tmp_path / "map.csv"
    rows = [("source", "relation", "target"), (SCRIPT, "[red]r", CLOSED), (CLOSED, "[red]r", f"a{BIDI}")]
    path.write_text("".join(",".join(f'"{cell}"' for cell in row) + "\n" for row in rows), "utf-8")
    return path


@pytest.mark.parametrize("output", [(), ("--json",), ("--csv",), ("--quiet",)])
def test_names_reach_no_terminal_as_control_sequences_in_any_output(run, marked_up, output):
    code, out, err = run("ask", marked_up, "--start", SCRIPT, "--follow", "[red]r,[red]r", *output)
    assert code == 0, err
    assert clean(out + err)
    assert "gnp.exe" in out, "and yet they are told"
    assert output != ("--json",) or json.loads(out)["answers"][0].endswith("gnp.exe")


@pytest.mark.parametrize("option", ["--show", "--trace"])
@pytest.mark.parametrize("ending", ["html", "svg"])
def test_names_are_no_markup_in_a_page_or_a_picture(run, marked_up, tmp_path, option, ending):
    page = tmp_path / f"page.{ending}"
    code, _, err = run("ask", marked_up, "--start", SCRIPT, "--follow", "[red]r", option, page)
    assert code == 0, err
    written = page.read_text("utf-8")
    assert "alert(1)" in written or option == "--show", "the name is there"
    assert "<script>alert" not in written
    assert "<img" not in written


@pytest.mark.parametrize("sign", ["\x1b]0;owned\x07", "\x9b2J", "\x00", "\x7f"])
@pytest.mark.parametrize("command", ["ask", "inspect"])
def test_a_name_with_a_control_character_is_refused_and_shown_visibly(run, tmp_path, sign, command):
    path = tmp_path / "graph.csv"
    path.write_text(f"source,relation,target\na{sign},r,b\nb,r,c\n", "utf-8")
    code, out, err = run(command, path, *(["?"] if command == "ask" else []))
    assert (code, out, err.count("\n")) == (1, "", 1)
    assert all(letter.isprintable() for letter in err.strip())
