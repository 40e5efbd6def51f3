"""The prompt of ``graphdnc ask FILE`` on a terminal: questions, a few commands, history and completion."""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from graphdnc.cli.ask.completion import DELIMITERS, Completer
from graphdnc.cli.output import plain, print_error, print_rows
from graphdnc.errors import GraphDNCError, UsageError
from graphdnc.utils.interrupts import Interrupts
from graphdnc.utils.text import quote

if TYPE_CHECKING:
    from types import ModuleType

    from graphdnc.cli.ask.command import Asker

HISTORY = 1_000
"""Lines of history that are kept."""
SHOWN = 50
"""Triples or names that a command lists at most."""
MOST_VOTES = 256
_PLAIN = {"exit": ":quit", "quit": ":quit", "help": ":help", "?": ":help"}
"""What people type who do not know the commands; nothing of it is a question."""


class Command(NamedTuple):
    """A command of the prompt: what follows it, what it does, and how."""

    argument: str
    does: str
    run: Callable[[str], None]


@dataclass
class Prompt:
    """Reads questions and commands until Ctrl-D or ``:quit``; Ctrl-C abandons what is in hand only."""

    asker: Asker

    def __post_init__(self) -> None:
        self.graph = self.asker.reasoner.graph
        self.ended = False
        self.commands = {
            ":help": Command("", "this list", self._help),
            ":triples": Command("NAME", "all triples with that node", self._triples),
            ":names": Command("TEXT", "nodes and relations that hold a text", self._names),
            ":votes": Command("N", "ask so many times from now on; default: by question", self._votes),
            ":model": Command("NAME", "ask this network from now on; default: by question", self._model),
            ":trace": Command("on|off", "show what the network heard, said and read", self._trace),
            ":quit": Command("", "end, as Ctrl-D does", self._quit),
        }

    def run(self) -> None:
        """Answer what is typed until the end."""
        from graphdnc.language.describe import examples

        shown = " ".join(examples(self.graph))
        _say(f"{len(self.graph):,} triples. Ask, for example: {shown} :help lists commands, Ctrl-D ends.")
        with _line_editing(self.completer()):
            while not self.ended:
                try:
                    with Interrupts(at_once=True):
                        self.take(input("> ").strip())
                except KeyboardInterrupt:
                    _say("\nstopped; Ctrl-D ends")
                except EOFError:
                    _say("")
                    return

    def take(self, line: str) -> None:
        """Answer one line, a question or a command; what is wrong with it is told in one line."""
        try:
            if line.startswith(":"):
                self._command(line)
            elif line.casefold() in _PLAIN:
                self._command(_PLAIN[line.casefold()])
            elif line:
                self.asker.ask(line)
        except GraphDNCError as error:
            print_error(error)

    def completer(self) -> Completer:
        """Return what completes lines at this prompt."""
        from graphdnc.networks.catalogue import installed

        following: dict[str, Callable[[], Sequence[str]] | None] = dict.fromkeys(self.commands, list)
        following |= {":triples": None, ":names": None, ":model": lambda: [*installed(), "default"]}
        following[":trace"] = lambda: ["on", "off"]
        return Completer(self.graph, following)

    def _command(self, line: str) -> None:
        name, _, argument = line.partition(" ")
        if name not in self.commands:
            raise UsageError(f"there is no command {name!r}; :help lists those there are")
        self.commands[name].run(argument.strip())

    def _help(self, argument: str) -> None:
        rows: list[tuple[str, ...]] = [
            (f"{name} {command.argument}".strip(), command.does) for name, command in self.commands.items()
        ]
        print_rows(("command", "what it does"), rows)

    def _triples(self, argument: str) -> None:
        from graphdnc.graph import named
        from graphdnc.names import find_node

        node = find_node(self.graph, _given(argument, ":triples NAME"))
        triples = dict.fromkeys((*self.graph.leaving(node), *self.graph.entering(node)))
        rows: list[tuple[str, ...]] = [*named(self.graph, tuple(triples)[:SHOWN])]
        print_rows(("source", "relation", "target"), rows)
        _tell_of_more(len(triples))

    def _names(self, argument: str) -> None:
        from graphdnc.names import fold, node_index, relation_index

        wanted = fold(_given(argument, ":names TEXT"))
        indexes = (node_index(self.graph), relation_index(self.graph))
        found = [
            (plain(index.names[number]), index.kind)
            for index in indexes
            for folded, numbers in index.folded.items()
            if wanted in folded
            for number in numbers
        ]
        if not found:
            raise UsageError(f"no name holds {argument!r}; {indexes[0].suggest(argument)}")
        print_rows(("name", "kind"), [*found[:SHOWN]])
        _tell_of_more(len(found))

    def _votes(self, argument: str) -> None:
        reasoner = self.asker.reasoner
        if argument:
            reasoner.votes = None if argument == "default" else _number(argument)
        _say(f"votes: {reasoner.votes or 'by question'}")

    def _model(self, argument: str) -> None:
        from graphdnc.networks.catalogue import find_checkpoint

        reasoner = self.asker.reasoner
        if argument and argument != "default":
            find_checkpoint(argument)
        if argument:
            reasoner.model = None if argument == "default" else argument
        _say(f"model: {reasoner.model or 'by question'}")

    def _trace(self, argument: str) -> None:
        if argument not in ("", "on", "off"):
            raise UsageError(f"{quote(argument)} is neither on nor off; type :trace on")
        if argument:
            self.asker.showing = argument == "on"
        _say(f"trace: {'on' if self.asker.showing else 'off'}")

    def _quit(self, argument: str) -> None:
        self.ended = True


def history_file() -> Path | None:
    """Return where history is kept; ``None`` where there is no home folder."""
    state = os.environ.get("XDG_STATE_HOME", "")
    try:
        folder = Path(state) if os.path.isabs(state) else Path.home() / ".local" / "state"
    except RuntimeError:
        return None
    return folder / "graphdnc" / "history"


@contextlib.contextmanager
def _line_editing(completer: Completer) -> Iterator[None]:
    """Give the terminal arrow keys, history and completion, where the platform has them."""
    try:
        import readline
    except ImportError:
        yield
        return
    history = history_file()
    before = _read_history(readline, history)
    readline.set_completer_delims(DELIMITERS)
    readline.set_completer(_as_readline_wants(readline, completer))
    libedit = "libedit" in (readline.__doc__ or "")
    readline.parse_and_bind("bind ^I rl_complete" if libedit else "tab: complete")
    try:
        yield
    finally:
        readline.set_completer(None)
        _add_history(readline, history, readline.get_current_history_length() - before)


def _read_history(readline: ModuleType, path: Path | None) -> int:
    """Return how many lines of history there are."""
    readline.clear_history()
    if path is not None:
        with contextlib.suppress(OSError):  # there is none yet, or it cannot be read: then there is none
            readline.read_history_file(path)
    return int(readline.get_current_history_length())


def _add_history(readline: ModuleType, path: Path | None, added: int) -> None:
    """Keep what was typed, beside what other prompts kept meanwhile."""
    if path is None or not added:
        return
    readline.set_history_length(HISTORY)
    with contextlib.suppress(OSError):  # a home that cannot be written to is no reason to fail
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        path.touch(mode=0o600)  # questions may name people
        readline.append_history_file(added, path)


def _as_readline_wants(readline: ModuleType, completer: Completer) -> Callable[[str, int], str | None]:
    """Return a function that gives the proposals for a word one at a time, then ``None``."""
    proposals: list[str] = []

    def propose(text: str, number: int) -> str | None:
        if number == 0:
            line = readline.get_line_buffer()[: readline.get_endidx()]
            proposals[:] = completer.complete(line, len(line) - len(text))
        return proposals[number] if number < len(proposals) else None

    return propose


def _given(argument: str, wanted: str) -> str:
    if not argument:
        raise UsageError(f"a name is missing; type {wanted}")
    return argument


def _number(text: str) -> int:
    if not (text.isascii() and text.isdecimal() and 1 <= int(text[:9]) <= MOST_VOTES):
        raise UsageError(f"{quote(text)} is no number from 1 to {MOST_VOTES}; type for example :votes 8")
    return int(text)


def _tell_of_more(count: int) -> None:
    if count > SHOWN:
        print(f"and {count - SHOWN:,} more")


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)
