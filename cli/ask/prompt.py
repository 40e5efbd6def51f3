"""The prompt of ``graphdnc ask FILE`` on a terminal: questions, a few commands, history and completion."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from graphdnc.cli.ask.asker import Asker
from graphdnc.cli.ask.completion import Completer
from graphdnc.cli.ask.line_editing import line_editing
from graphdnc.cli.ask.pictures.picture_files import HeatMap
from graphdnc.cli.output import plain, print_error, print_rows
from graphdnc.cli.progress import say
from graphdnc.errors import GraphDNCError, UsageError
from graphdnc.graph import Graph, named
from graphdnc.language.describe import examples
from graphdnc.language.free.relation_names import relation_index
from graphdnc.names import find_node, fold, node_index
from graphdnc.networks.catalogue import find_checkpoint, installed
from graphdnc.utils.interrupts import Interrupts
from graphdnc.utils.text import is_number, quote
from graphdnc.weights import Weights

SHOWN = 50
"""Triples or names that a command lists."""
STEPS = 40
"""Steps of an answer that ``:trace on`` shows."""
MOST_VOTES = 256
_PLAIN = {"exit": ":quit", "quit": ":quit", "help": ":help", "?": ":help"}
"""Words that people may type instead of commands; none of them is a question."""


class Command(NamedTuple):
    """A command of the prompt: its argument, its description and its function."""

    argument: str
    does: str
    run: Callable[[str], None]


@dataclass
class Prompt:
    """Reads questions and commands until Ctrl-D or ``:quit``; Ctrl-C only stops the current one.

    Attributes:
        weights_of: returns the weights in a column of the file that is asked about.
    """

    asker: Asker
    weights_of: Callable[[str], Weights | None] = lambda column: None

    def __post_init__(self) -> None:
        self.ended = False
        self.heat_map = HeatMap(STEPS)
        self.commands = {
            ":help": Command("", "this list", self._help),
            ":triples": Command("NAME", "all triples with this node", self._triples),
            ":names": Command("TEXT", "nodes and relations whose name has this text", self._names),
            ":votes": Command("N", "ask this often from now on; default: by question", self._votes),
            ":model": Command("NAME", "ask this network from now on; default: by question", self._model),
            ":undirected": Command("on|off", "follow every triple in both directions", self._undirected),
            ":weight": Command("COLUMN|off", "what the fastest way has least of", self._weight),
            ":define": Command('"NAME = RULE"', "define a term of kinship", self._define),
            ":json": Command("on|off", "print answers as JSON", self._json),
            ":trace": Command("on|off", "show what the network heard, said and read", self._trace),
            ":quit": Command("", "end, as Ctrl-D does", self._quit),
        }

    @property
    def graph(self) -> Graph:
        """The graph that is asked about."""
        return self.asker.reasoner.graph

    def run(self) -> None:
        """Answer what is typed, until the end."""
        shown = " ".join(examples(self.graph))
        say(f"{len(self.graph):,} triples. Ask, for example: {shown} :help lists commands, Ctrl-D ends.")
        with line_editing(self.completer()):
            while not self.ended:
                try:
                    with Interrupts(at_once=True):
                        self.take(input("> ").strip())
                except KeyboardInterrupt:
                    say("\nstopped; Ctrl-D ends")
                except EOFError:
                    say("")
                    return

    def take(self, line: str) -> None:
        """Answer one line, a question or a command; an error is printed in one line."""
        try:
            if line.startswith(":"):
                self._command(line)
            elif line.casefold() in _PLAIN:
                self._command(_PLAIN[line.casefold()])
            elif line:
                self.asker.answer(line)
        except GraphDNCError as error:
            print_error(error)

    def completer(self) -> Completer:
        """Return the completer of this prompt."""
        following: dict[str, Callable[[], Sequence[str]] | None] = dict.fromkeys(self.commands, list)
        following |= {":triples": None, ":names": None, ":model": lambda: [*installed(), "default"]}
        following |= dict.fromkeys((":undirected", ":json", ":trace"), lambda: ["on", "off"])
        return Completer(self.graph, following)

    def _command(self, line: str) -> None:
        name, _, argument = line.partition(" ")
        if name not in self.commands:
            raise UsageError(f"there is no command {name!r}; :help lists all commands")
        self.commands[name].run(argument.strip())

    def _help(self, argument: str) -> None:
        rows: list[tuple[str, ...]] = [
            (f"{name} {command.argument}".strip(), command.does) for name, command in self.commands.items()
        ]
        print_rows(("command", "what it does"), rows)

    def _triples(self, argument: str) -> None:
        node = find_node(self.graph, _given(argument, ":triples NAME"))
        triples = dict.fromkeys((*self.graph.leaving(node), *self.graph.entering(node)))
        rows: list[tuple[str, ...]] = [*named(self.graph, tuple(triples)[:SHOWN])]
        print_rows(("source", "relation", "target"), rows)
        _tell_of_more(len(triples))

    def _names(self, argument: str) -> None:
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
            raise UsageError(f"no name has {argument!r} in it; {indexes[0].suggest(argument)}")
        print_rows(("name", "kind"), [*found[:SHOWN]])
        _tell_of_more(len(found))

    def _votes(self, argument: str) -> None:
        networks = self.asker.reasoner.networks
        if argument:
            networks.votes = None if argument == "default" else _number(argument)
        say(f"votes: {networks.votes or 'by question'}")

    def _model(self, argument: str) -> None:
        networks = self.asker.reasoner.networks
        if argument and argument != "default":
            find_checkpoint(argument)
        if argument:
            networks.model = None if argument == "default" else argument
        say(f"model: {networks.model or 'by question'}")

    def _undirected(self, argument: str) -> None:
        reasoner = self.asker.reasoner
        both = _switched(":undirected", argument, reasoner.both_ways)
        if both != reasoner.both_ways:
            reasoner.follow_both_ways(both)

    def _weight(self, argument: str) -> None:
        column = _given(argument, ":weight COLUMN, or :weight off").strip("\"'")
        self.asker.reasoner.weigh(None if column == "off" else self.weights_of(column))
        say(f"weight: {column}")

    def _define(self, argument: str) -> None:
        definition = _given(argument, ':define "NAME = RULE"').strip("\"'")
        self.asker.reasoner.define(definition)
        say(f"defined: {plain(definition)}")

    def _json(self, argument: str) -> None:
        self.asker.as_json = _switched(":json", argument, self.asker.as_json)

    def _trace(self, argument: str) -> None:
        others = [picture for picture in self.asker.pictures if picture is not self.heat_map]
        shown = _switched(":trace", argument, len(others) < len(self.asker.pictures))
        self.asker.pictures = [*others, self.heat_map] if shown else others

    def _quit(self, argument: str) -> None:
        self.ended = True


def _given(argument: str, wanted: str) -> str:
    if not argument:
        raise UsageError(f"a name is missing; type {wanted}")
    return argument


def _switched(command: str, argument: str, now: bool) -> bool:
    """Return whether something is on after a command, and say so; without an argument nothing changes."""
    if argument not in ("", "on", "off"):
        raise UsageError(f"{quote(argument)} is neither on nor off; type {command} on or {command} off")
    after = argument == "on" if argument else now
    say(f"{command[1:]}: {'on' if after else 'off'}")
    return after


def _number(text: str) -> int:
    if not (is_number(text) and 1 <= int(text) <= MOST_VOTES):
        raise UsageError(f"{quote(text)} is not a number from 1 to {MOST_VOTES}; type for example :votes 8")
    return int(text)


def _tell_of_more(count: int) -> None:
    if count > SHOWN:
        print(f"and {count - SHOWN:,} more")
