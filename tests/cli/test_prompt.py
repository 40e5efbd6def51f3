"""The prompt: commands, completion, history, and a real terminal with interruptions."""

from __future__ import annotations

import json
import os
import re
import select
import signal
import sys
import time
from pathlib import Path

import pytest
from effort import at_most

from graphdnc.cli.ask.asker import Asker
from graphdnc.cli.ask.completion import Completer
from graphdnc.cli.ask.line_editing import history_file
from graphdnc.cli.ask.prompt import MOST_VOTES, SHOWN, Prompt
from graphdnc.graph import Graph
from graphdnc.reasoner import Reasoner
from graphdnc.weights import Weights

CITY = Graph.from_triples(
    [
        ("Bank", "Central westbound", "St Paul's"),
        ("St Paul's", "Central westbound", "Chancery Lane"),
        ("King's Cross St Pancras", "Northern northbound", "Bank"),
        ("Kingsbury", "Jubilee", "King's Cross St Pancras"),
        ("Łódź Fabryczna", "Jubilee", "Kingsbury"),
        ("Łódź Widzew", "Jubilee", "Łódź Fabryczna"),
    ]
)


@pytest.fixture
def prompt():
    return Prompt(Asker(Reasoner(CITY), as_json=False, quiet=True, weights=[]))


def completed(prompt, line):
    """Return what a line may become."""
    begin = max(line.rfind(" "), line.rfind("\t")) + 1
    return [line[:begin] + found for found in prompt.completer().complete(line, begin)]


NAMES = ("help", "triples", "names", "votes", "model", "undirected")
NAMES += ("weight", "define", "json", "trace", "quit")


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ("How do you get from chan", ["How do you get from Chancery Lane"]),
        ("from Bank to st pa", ["from Bank to st Paul's"]),
        ("from Bank to St Paul", ["from Bank to St Paul's"]),
        ("from kings cross s", ["from kings cross St Pancras"]),
        ("from lodz w", ["from lodz Widzew"]),
        ("from łódź f", ["from łódź Fabryczna"]),
        ("from lo", ["from Łódź Fabryczna", "from Łódź Widzew"]),
        ("from Bank take central w", ["from Bank take central westbound"]),
        ("from nowhere", []),
        ("from king", ["from King's Cross St Pancras", "from Kingsbury"]),
        ("from kings", ["from kings Cross St Pancras", "from kingsbury"]),
        (":tri", [":triples"]),
        (
            ":",
            [f":{name}" for name in NAMES],
        ),
        (":triples chan", [":triples Chancery Lane"]),
        (":triples kings cross ", [":triples kings cross St Pancras"]),
        (":votes b", []),
        (":model trav", [":model traversal"]),
        (":model d", [":model default"]),
        (":trace o", [":trace on", ":trace off"]),
    ],
)
def test_names_and_commands_are_completed(prompt, line, found):
    assert completed(prompt, line) == found


def test_where_nothing_is_typed_all_names_are_proposed(prompt):
    assert len(completed(prompt, "from ")) == CITY.nodes + CITY.relations


def test_many_names_are_completed_at_once():
    graph = Graph.from_triples((f"Stop {n:04}", "next", f"Stop {n + 1:04}") for n in range(5_000))
    completer = Completer(graph, {})
    with at_most(5):
        assert len(completer.complete("from stop 12", 10)) == 100
        assert len(completer.complete("from sto", 5)) == 5_001


def test_names_that_steer_a_terminal_are_not_proposed():
    graph = Graph.from_triples([("a\x1b[2J", "r", "abc")])
    assert Completer(graph, {}).complete("a", 0) == ["abc"]


def test_triples_of_a_node(prompt, capsys):
    prompt.take(":triples kingsbury")
    assert [line.split("  ") for line in re.sub("   +", "  ", capsys.readouterr().out).splitlines()] == [
        ["source", "relation", "target"],
        ["Kingsbury", "Jubilee", "King's Cross St Pancras"],
        ["Łódź Fabryczna", "Jubilee", "Kingsbury"],
    ]


def test_long_lists_are_cut(capsys):
    star = Graph.from_triples(("hub", "to", f"leaf {n}") for n in range(SHOWN + 7))
    prompt = Prompt(Asker(Reasoner(star), as_json=False, quiet=True, weights=[]))
    for command in (":triples hub", ":names leaf"):
        prompt.take(command)
        lines = capsys.readouterr().out.splitlines()
        assert (len(lines), lines[-1]) == (SHOWN + 2, "and 7 more")


def test_names_that_hold_a_text(prompt, capsys):
    prompt.take(":names nor")
    assert re.sub("  +", "  ", capsys.readouterr().out) == "name  kind\nNorthern northbound  relation\n"
    prompt.take(":names LODZ")
    assert "Łódź Widzew" in capsys.readouterr().out


def test_votes_and_model_hold_from_then_on(prompt, capsys):
    reasoner = prompt.asker.reasoner
    for line, votes, model in [
        (":votes 3", 3, None),
        (":model shortest-path", 3, "shortest-path"),
        (":votes", 3, "shortest-path"),
        (":votes default", None, "shortest-path"),
        (":model default", None, None),
    ]:
        prompt.take(line)
        assert (reasoner.networks.votes, reasoner.networks.model) == (votes, model)
    assert capsys.readouterr().err.splitlines() == [
        "votes: 3",
        "model: shortest-path",
        "votes: 3",
        "votes: by question",
        "model: by question",
    ]


@pytest.mark.parametrize(
    ("line", "said"),
    [
        (":bogus", "there is no command ':bogus'; :help lists"),
        (":triples", "type :triples NAME"),
        (":triples Kingsburry", "the nearest: 'Kingsbury'"),
        (":names", "type :names TEXT"),
        (":names xyz", "no name has 'xyz' in it"),
        (":votes many", "'many' is not a number from 1 to 256"),
        (":votes 0", "is not a number"),
        (f":votes {MOST_VOTES + 1}", "is not a number"),
        (":votes " + "9" * 5_000, "is not a number"),
        (":model nope", "installed: "),
        ("hello", "; try "),
        ("Bonk to Chancery Lane", "the nearest: 'Bank'"),
    ],
)
def test_what_is_wrong_is_one_line_and_the_prompt_goes_on(prompt, capsys, line, said):
    prompt.take(line)
    out, err = capsys.readouterr()
    assert (out, err.count("\n"), prompt.ended) == ("", 1, False)
    assert err.startswith("error: ")
    assert said in err


@pytest.mark.parametrize(("help", "quit"), [(":help", ":quit"), ("help", "exit"), ("?", "Quit")])
def test_help_lists_all_commands_and_quit_ends(prompt, capsys, help, quit):
    prompt.take(help)
    out = capsys.readouterr().out
    assert all(command in out for command in prompt.commands)
    prompt.take(quit)
    assert prompt.ended


def test_history_is_kept_with_the_state_of_programs(monkeypatch, tmp_path):
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    assert history_file() == tmp_path / "graphdnc" / "history"
    monkeypatch.setenv("XDG_STATE_HOME", "relative")
    monkeypatch.setenv("HOME", "/home/somebody")
    assert history_file() == Path("/home/somebody/.local/state/graphdnc/history")


class Terminal:
    """A prompt on a pseudo-terminal."""

    def __init__(self, graph: Path, state: Path) -> None:
        import pty

        self.child, self.fd = pty.fork()
        if self.child == 0:
            signal.signal(signal.SIGINT, signal.SIG_DFL)  # a program in the background is deaf to it
            os.environ |= {"XDG_STATE_HOME": str(state), "TERM": "dumb", "OMP_NUM_THREADS": "1"}
            code = "from graphdnc.cli.main import main; main()"
            os.execv(sys.executable, [sys.executable, "-c", code, "ask", str(graph), "-q"])

    def send(self, typed: str, until: str) -> str:
        """Type something and return what is printed up to ``until``."""
        os.write(self.fd, typed.encode())
        got, end = b"", time.monotonic() + 120
        while until.encode() not in got:
            assert time.monotonic() < end, got
            if select.select([self.fd], [], [], 0.1)[0]:
                try:
                    got += os.read(self.fd, 4096)
                except OSError:
                    pytest.fail(f"it ended: {got!r}")
        return got.decode()

    def interrupt(self, until: str) -> str:
        """Press Ctrl-C when nothing is drawn: to one that comes then readline is deaf until the next key."""
        while select.select([self.fd], [], [], 0.5)[0]:
            os.read(self.fd, 4096)
        return self.send("\x03", until)

    def end(self) -> int:
        """Return the exit code; what does not end by itself is ended."""
        end, done = time.monotonic() + 60, (0, 0)
        while not done[0]:
            if time.monotonic() > end:
                os.kill(self.child, signal.SIGKILL)
            time.sleep(0.05)
            done = os.waitpid(self.child, os.WNOHANG)
        return os.waitstatus_to_exitcode(done[1])


@pytest.fixture
def city(tmp_path):
    path = tmp_path / "city.csv"
    path.write_text("".join(f"{','.join(CITY.node_name(n) for n in (s, t))}\n" for s, _, t in CITY))
    return path


@pytest.mark.skipif(os.name != "posix", reason="needs a pseudo-terminal")
@pytest.mark.filterwarnings("ignore:.*forkpty:DeprecationWarning")
def test_a_terminal_with_completion_interruptions_and_history(city, tmp_path):
    terminal = Terminal(city, tmp_path)
    assert "Ctrl-D ends" in terminal.send("", "\n> ")
    terminal.send("How do you get from chan\t", "Chancery Lane")
    assert "stopped; Ctrl-D ends" in terminal.interrupt("\n> ")
    assert "error: 'hello' is not understood" in terminal.send("hello\n", "\n> ")
    assert "Kingsbury -> King's Cross St Pancras -> Bank" in terminal.send("Kingsbury to Bank\n", "\n> ")
    terminal.send(":votes 128\n", "\n> ")
    terminal.send("Kingsbury to Chancery Lane\n", "\n")
    assert "stopped" in terminal.send("\x03", "\n> ")
    terminal.send(":votes 1\n", "\n> ")
    assert "-> Bank" in terminal.send("\x10\x10\x10\x10\n", "-> Bank\r\n> ")
    terminal.send("\x04", "\n")
    assert terminal.end() == 0
    kept = (tmp_path / "graphdnc" / "history").read_text().splitlines()
    assert kept[:2] == ["hello", "Kingsbury to Bank"]
    again = Terminal(city, tmp_path)
    again.send("", "\n> ")
    again.send("\x10\x10", ":votes 1")
    again.interrupt("\n> ")
    again.send(":quit\n", "\n")
    assert again.end() == 0


@pytest.mark.skipif(os.name != "posix", reason="needs a pseudo-terminal")
@pytest.mark.filterwarnings("ignore:.*forkpty:DeprecationWarning")
def test_history_that_cannot_be_kept_is_no_failure(city, tmp_path):
    state = tmp_path / "state"
    state.write_text("a file, not a folder")
    terminal = Terminal(city, state)
    terminal.send("", "\n> ")
    terminal.send("hello\n", "\n> ")
    assert "Traceback" not in terminal.send("\x04", "\n")
    assert terminal.end() == 0


def test_triples_are_followed_in_both_directions_where_that_is_on(capsys):
    line = Graph.from_triples([("a", "to", "b"), ("b", "to", "c")])
    prompt = Prompt(Asker(Reasoner(line, votes=2), as_json=False, quiet=True, weights=[]))
    prompt.take("How do you get from c to a?")
    assert capsys.readouterr().out == ""
    prompt.take(":undirected on")
    prompt.take("How do you get from c to a?")
    assert capsys.readouterr() == ("c -> b -> a\n", "undirected: on\n")
    prompt.take(":undirected")
    prompt.take(":undirected off")
    prompt.take("How do you get from c to a?")
    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith("undirected: on\nundirected: off\nThe network: there is no path from c to a.")


def test_answers_are_json_where_that_is_on(prompt, capsys):
    prompt.take(":json on")
    prompt.take("From Bank take Central westbound one stop: where am I?")
    out, err = capsys.readouterr()
    assert (json.loads(out)["kind"], err) == ("traversal", "json: on\n")
    prompt.take(":json loud")
    assert capsys.readouterr().err == "error: 'loud' is neither on nor off; type :json on or :json off\n"


def test_the_fastest_way_uses_the_weights_of_a_column(capsys):
    map_of = Graph.from_triples([("a", "r", "b"), ("b", "r", "c"), ("a", "s", "c")])
    weights = Weights("minutes", dict(zip(map_of, (1.0, 1.0, 9.0), strict=True)))
    asker = Asker(Reasoner(map_of, votes=2), as_json=False, quiet=True, weights=[])
    prompt = Prompt(asker, {"minutes": weights}.__getitem__)
    prompt.take(":weight minutes")
    prompt.take("What is the fastest way from a to c?")
    assert capsys.readouterr() == ("a -> b -> c\n", "weight: minutes\n")
    prompt.take(":weight off")
    assert prompt.asker.reasoner.compound.weights is None
    prompt.take(":weight")
    assert "type :weight COLUMN" in capsys.readouterr().err


def test_a_term_of_kinship_is_defined_at_the_prompt(capsys):
    family = Graph.from_triples([("Ada", "mother", "Bea"), ("Bea", "mother", "Cleo")])
    prompt = Prompt(Asker(Reasoner(family, votes=2), as_json=False, quiet=True, weights=[]))
    prompt.take(':define "elder = parent/parent"')
    prompt.take("Who is Ada's elder?")
    assert capsys.readouterr() == ("Cleo\n", "defined: elder = parent/parent\n")
