"""Questions in plain English about a graph whose names are known.

The grammar is small on purpose: a sentence is read completely or refused, never guessed at. ::

    sentence  = traversal | path | kin | named
    traversal = [ask] FROM node steps [close]       Start at Bond Street, take ... : where am I?
              | [ask] steps FROM node [close]       Where do I end up if I follow ... from Bond Street?
              | [ask] step FROM node steps [close]  Take ... from Bond Street for one stop, then ...
    steps     = step {[link] step}
    step      = relation [count] [towards]          the Central eastbound for two stops
              | relation towards count              the Northern towards Bank for two stops
              | count ON relation [towards]         two stops on the Central eastbound
              | count towards ON relation           two stops towards Bank on the Northern
    towards   = TOWARDS node                        towards Bank, in the direction of Bank
    count     = ["for"] number unit | "once" | "twice" | "x2"
    path      = [seek] [FROM] node TO node [seek]   How do you get from Moorgate to Bank?
              | [seek] TO node FROM node [seek]     Which way do I get to Bank from Moorgate?
              | FROM node seek TO node [seek]       I am at Moorgate. How do I get to Bank?
              | [seek] FAR node FROM node           How far is Bank from Moorgate?
              | [seek] BETWEEN node "and" node      the shortest path between Moorgate and Bank
              | node "->" node                      Moorgate -> Bank
    kin       = see :mod:`graphdnc.language.kinship_grammar`   Who is Freya's great-uncle?
    named     = see :mod:`graphdnc.language.relation_grammar`   What is the capital of France?

The words of FROM, TO, FAR, TOWARDS, BETWEEN, link, ON, ask, close and seek are in
:mod:`graphdnc.language.phrases`.
Numbers are digits, or words to ninety-nine; units are stops, stations, steps, times, hops and edges. Names
are matched as in :mod:`graphdnc.names`, so a name may hold commas, "and", "to" or "->"; it cannot run over
punctuation that it does not have itself. The word "line" may stand inside or after a relation: "the Central
line eastbound". An arrow is "to" only between two nodes; before a relation it is punctuation.

All ways of reading a sentence are tried. A word that is part of a name of the graph counts as that name
before it counts as a filler, unless it is "and", "then" or a word of FROM, and one long name comes before
several short ones: "Northern towards Bank" may be a relation. Where two readings are left, or one as a
traversal and one as a path, the sentence is refused. Only "what is A to B?", of a family, is never a path.
What "towards" means is said in :class:`graphdnc.oracle.towards.WalkConstraints`.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple, NoReturn

from graphdnc.errors import CapacityError, UnknownName, UsageError
from graphdnc.graph import Graph
from graphdnc.kinship.facts import roles_of, states_kinship
from graphdnc.kinship.vocabulary import Vocabulary, standard_vocabulary
from graphdnc.language.describe import describe, example, examples, kin_example, path_example, towards_example
from graphdnc.language.kinship_grammar import KIN_FLAGS, KinSentence
from graphdnc.language.lexer import Item, Lexer
from graphdnc.language.phrases import PHRASES
from graphdnc.language.relation_grammar import refuse_names, relation_questions
from graphdnc.names import fold
from graphdnc.questions import Between, Inverse, Sayable, ShortestPath, Traversal, Walk
from graphdnc.utils.text import quote

MAX_STEPS = 200
MAX_CHARACTERS = 10_000
_KEPT = 8
# A name made of these does not beat the plain word: "from from" or "r, then s" has two meanings.
_JOINING = frozenset(["and", "then"])
_STRONG = PHRASES["START"] | _JOINING

_FLAGS: dict[type[Sayable], str] = {
    Traversal: "--start NODE --follow RELATION,RELATION",
    ShortestPath: "--from NODE --to NODE",
    Inverse: "--follow RELATION,RELATION --to NODE",
}
_ASKED: dict[type[Walk], str] = {Traversal: "what to follow", ShortestPath: "where to go"}

_AFTER_STEP = {"LINK": "go", "RELATION": "step", "COUNT": "count", "CLOSE": "close"}
_AFTER_LATE = {"LINK": "go", "RELATION": "step", "CLOSE": "close"}
_AFTER_NODE = {"LINK": "go", "RELATION": "step", "COUNT": "count", "TO": "to"}
# What may follow what: the phase a sentence is in, the kind of item read, the phase it is in then. "from"
# and "late" are a start named after the first step ("step" without a count, "counted") or after the last.
# "aimed" is a step after the node towards which it is.
_TRAVERSAL = {
    "ask": {"ASK": "ask", "START": "at", "LINK": "go"},
    "go": {"LINK": "go", "RELATION": "step", "COUNT": "count", "CLOSE": "close"},
    "step": {"LINE": "step", "TIMES": "counted", "START": "from step", "LAST START": "from end"}
    | {"TOWARDS": "towards step"}
    | _AFTER_STEP,
    "counted": {"LINE": "counted", "START": "from counted", "LAST START": "from end"}
    | {"TOWARDS": "towards counted"}
    | _AFTER_STEP,
    "count": {"ON": "count on", "TOWARDS": "towards count"},
    "count on": {"THE": "count on", "RELATION": "counted"},
    "from step": {"PLACE": "from step", "NODE": "late step"},
    "from counted": {"PLACE": "from counted", "NODE": "late counted"},
    "from end": {"PLACE": "from end", "NODE": "late end"},
    "late step": {"PLACE": "late step", "TIMES": "late counted", "TOWARDS": "towards late step"}
    | _AFTER_LATE,
    "late counted": {"PLACE": "late counted", "TOWARDS": "towards late counted"} | _AFTER_LATE,
    "late end": {"PLACE": "late end", "CLOSE": "close"},
    "towards step": {"PLACE": "towards step", "NODE": "aimed step"},
    "towards counted": {"PLACE": "towards counted", "NODE": "aimed counted"},
    "towards late step": {"PLACE": "towards late step", "NODE": "aimed late step"},
    "towards late counted": {"PLACE": "towards late counted", "NODE": "aimed late counted"},
    "towards count": {"PLACE": "towards count", "NODE": "aimed count"},
    "aimed count": {"PLACE": "aimed count", "ON": "count on"},
    "aimed step": {"PLACE": "aimed step", "TIMES": "counted", "START": "from step", "LAST START": "from end"}
    | _AFTER_STEP,
    "aimed counted": {"PLACE": "aimed counted", "START": "from counted", "LAST START": "from end"}
    | _AFTER_STEP,
    "aimed late step": {"PLACE": "aimed late step", "TIMES": "late counted"} | _AFTER_LATE,
    "aimed late counted": {"PLACE": "aimed late counted"} | _AFTER_LATE,
    "close": {"ASK": "close"},
}
_PATH = {
    "seek": {"SEEK": "seek", "START": "from", "NODE": "from node", "TO": "to first", "BETWEEN": "between"}
    | {"FAR": "to first"},
    "from": {"PLACE": "from", "NODE": "from node"},
    "from node": {"PLACE": "from node", "TO": "to"},
    "seek on": {"SEEK": "seek on", "AND": "seek on", "TO": "to"},
    "to": {"PLACE": "to", "NODE": "there"},
    "to first": {"PLACE": "to first", "NODE": "to node"},
    "to node": {"PLACE": "to node", "SEEK": "to node", "START": "from last"},
    "from last": {"PLACE": "from last", "NODE": "there"},
    "between": {"PLACE": "between", "NODE": "between node"},
    "between node": {"PLACE": "between node", "AND": "to"},
    "there": {"PLACE": "there", "SEEK": "seek last"},
    "seek last": {"SEEK": "seek last"},
}
_BOTH = {
    "open": {"ASK": "ask", "SEEK": "seek", "START": "at", "NODE": "node", "TO": "to first"}
    | {"FAR": "to first", "BETWEEN": "between", "LINK": "go", "RELATION": "step", "COUNT": "count"},
    "at": {"PLACE": "at", "NODE": "at node"},
    # only after FROM: "a route to Bank" does not begin with the node A
    "at node": {"PLACE": "at node", "SEEK": "seek on", "AND": "seek on"} | _AFTER_NODE,
    "node": {"PLACE": "node"} | _AFTER_NODE,
}
_NEXT = _BOTH | _TRAVERSAL | _PATH
_GOALS = frozenset(["to", "to first"])
_STEPS = frozenset(["step", "counted", "late step", "late counted"])
_TOWARDS = frozenset(f"towards {phase}" for phase in _STEPS)
_AIMED = frozenset(f"aimed {phase}" for phase in _STEPS)
_DIRECTED = _TOWARDS | _AIMED | {"towards count", "aimed count"}
_COMPLETE = _STEPS | _AIMED | {"late end", "close", "there", "seek last"}


class Reading(NamedTuple):
    """What a beginning of the sentence was read as, and how much of it was read as names.

    ``run`` is how often the last step follows its relation, ``aim`` the node towards which the next one is,
    where that was said before its relation. ``covered`` counts the words read as names, ``weight`` those of
    them that beat other readings.
    """

    start: int | None = None
    goal: int | None = None
    relations: tuple[int, ...] = ()
    towards: tuple[int | None, ...] = ()
    run: int = 0
    aim: int | None = None
    steps: int = 0
    pending: int = 1
    weight: int = 0
    covered: int = 0

    @property
    def question(self) -> Walk | None:
        """What is asked, where that has been said."""
        if self.start is None:
            return None
        if self.goal is not None:
            return ShortestPath(self.start, self.goal)
        return Traversal(self.start, self.relations, self.towards) if self.relations else None

    def extended(self, phase: str, item: Item, parts: list[str]) -> Reading:
        """Return the reading with one more item, made of the words ``parts`` and read in ``phase``."""
        match item.kind:
            case "COUNT":
                return self._replace(pending=item.value)
            case "TIMES":
                return self._following(self.relations[-1], item.value - 1, self.towards[-1])
            case "NODE" if phase in _GOALS:
                return self._replace(goal=item.value)._covering(parts)
            case "NODE" if phase in _TOWARDS:
                towards = self.towards[: -self.run] + (item.value,) * self.run
                return self._replace(towards=towards)._covering(parts)
            case "NODE" if phase == "towards count":
                return self._replace(aim=item.value)._covering(parts)
            case "NODE":
                return self._replace(start=item.value)._covering(parts)
            case "RELATION":
                said = self._replace(run=0, steps=self.steps + 1, pending=1, aim=None)
                return said._following(item.value, self.pending, self.aim)._covering(parts)
        return self

    def _following(self, relation: int, times: int, towards: int | None) -> Reading:
        # One more than is allowed is enough to be refused.
        times = min(times, MAX_STEPS + 1)
        return self._replace(
            relations=self.relations + (relation,) * times,
            towards=self.towards + (towards,) * times,
            run=self.run + times,
        )

    def _covering(self, parts: list[str]) -> Reading:
        # "from Here" has two meanings where one node is called "Here" and another one "From Here", and
        # "r, s and r" where relations are called "r", "s" and "s and r"
        own = [part for part in parts if part not in _JOINING]
        weight = 0 if set(parts) <= _STRONG else len(own) - (own[0] in PHRASES["START"])
        return self._replace(weight=self.weight + weight, covered=self.covered + len(parts))


Cell = dict[str, list[Reading]]
"""The phases a sentence can be in after some of its tokens, and what has been read in each."""


def parse_question(sentence: str, graph: Graph, vocabulary: Vocabulary | None = None) -> Sayable:
    """Read a sentence as a question about a graph; ``vocabulary`` has the terms of kinship.

    Raises:
        UsageError: the sentence is not understood, or has two meanings; the message shows one that works.
        UnknownName: it is not understood where something like a name of the graph stands.
        CapacityError: it is longer than is read, or follows more than :data:`MAX_STEPS` relations.
    """
    if len(sentence) > MAX_CHARACTERS:
        raise CapacityError(f"a question of more than {MAX_CHARACTERS:,} characters; ask it in parts")
    lexer = Lexer(sentence, graph)
    cells = _read(lexer)
    walks, family = _walks(lexer, cells), states_kinship(graph)
    kin = None
    if family or not walks:
        kin = KinSentence(lexer, vocabulary or standard_vocabulary())
    relatives = kin.questions if kin else []
    meanings: list[Sayable] = [*relatives, *walks] if family else [*walks]
    meanings = meanings or [*relation_questions(lexer)] or [*relatives]
    if not meanings:
        _refuse(lexer, cells, graph, kin if family else None)
    if not family and set(meanings) & set(relatives):
        roles_of(graph)  # says that there are no relations of kinship
    meanings = _without_what_is_to(meanings)
    if family:
        _refuse_inverse_kin(meanings, graph)
    if len(meanings) > 1:
        ways = [f'"{describe(graph, meaning)}"' for meaning in meanings[:2]]
        flags = _flags(dict.fromkeys(map(type, meanings)))
        raise UsageError(f"this can be read as {' or as '.join(ways)}; use {flags}")
    return meanings[0]


def _walks(lexer: Lexer, cells: list[Cell]) -> list[Walk]:
    """Return all that the best readings as a traversal or a path ask; nothing where one is too long."""
    complete = [reading for phase in _COMPLETE for reading in cells[-1].get(phase, [])]
    found = [reading for reading in complete if reading.question is not None]
    if not lexer.ends_well or any(len(reading.relations) > MAX_STEPS for reading in found):
        return []
    return _meanings(found)


def _refuse_inverse_kin(meanings: list[Sayable], graph: Graph) -> None:
    """Refuse "whose mother is Ida?": more follows from facts than the triples of one relation say."""
    inverse = (one for one in meanings if isinstance(one, Inverse))
    if any(not roles_of(graph).keys().isdisjoint(one.relations) for one in inverse):
        raise UsageError(f'relatives are asked for by what they are; say for example "{kin_example(graph)}"')


def _without_what_is_to(meanings: list[Sayable]) -> list[Sayable]:
    """Return meanings without the path that "what is A to B?" is too, where it asks how they are related."""
    pairs = {(one.relative, one.person) for one in meanings if isinstance(one, Between)}
    return [one for one in meanings if not (isinstance(one, ShortestPath) and (one.start, one.goal) in pairs)]


def _read(lexer: Lexer) -> list[Cell]:
    """Return the cell after each number of tokens, none of them included."""
    cells: list[Cell] = [{} for _ in range(len(lexer.tokens) + 1)]
    cells[0]["open"] = [Reading()]
    for position, cell in enumerate(cells[:-1]):
        if "node" in cell and lexer.arrow(position):
            cell["to"] = [*cell.get("to", []), *cell["node"]]  # "Moorgate -> Bank", as a way is printed
        for item in lexer.items(position) if cell else ():
            parts = [token.word for token in lexer.tokens[position : item.end]]
            if item.kind == "SEEK" and " ".join(parts) in lexer.names["RELATION"].folded:
                continue  # "from A walk to B" asks to follow "walk", where that is a relation
            for phase, readings in cell.items():
                for reading in readings:
                    following = _next(phase, reading, item)
                    if following is not None:
                        _put(cells[item.end].setdefault(following, []), reading.extended(phase, item, parts))
    return cells


def _next(phase: str, reading: Reading, item: Item) -> str | None:
    if item.kind == "TOWARDS" and phase in _STEPS and reading.towards[-1] is not None:
        return None  # a step is towards one node
    if item.kind != "START":
        return _NEXT[phase].get(item.kind)
    if reading.start is not None:
        return None
    return _NEXT[phase].get("LAST START" if reading.steps > 1 else "START")


def _put(readings: list[Reading], reading: Reading) -> None:
    """Keep the best few: enough to know whether two meanings are left, few enough to end in time."""
    if reading not in readings:
        readings.append(reading)
        readings.sort(key=lambda kept: (-kept.weight, kept.steps))
        del readings[_KEPT:]


def _meanings(found: list[Reading]) -> list[Walk]:
    """Return all that the best readings of each kind ask."""
    traversals = [reading for reading in found if reading.goal is None]
    paths = [reading for reading in found if reading.goal is not None]
    weight = max((reading.weight for reading in paths), default=0)
    # a path has two names only: no others show that a node called "from" was not meant
    best = [*_best(traversals), *(reading for reading in paths if reading.covered >= weight)]
    return list(dict.fromkeys(reading.question for reading in best if reading.question is not None))


def _best(found: list[Reading]) -> list[Reading]:
    weight = max((reading.weight for reading in found), default=0)
    best = [reading for reading in found if reading.weight == weight]
    if len({reading.covered for reading in best}) > 1:
        return best
    fewest = min((reading.steps for reading in best), default=0)
    return [reading for reading in best if reading.steps == fewest]


def _refuse(lexer: Lexer, cells: list[Cell], graph: Graph, kin: KinSentence | None) -> NoReturn:
    """Say where understanding ended, and what would be understood; ``kin`` is the sentence as one for kin."""
    readings = [reading for cell in cells for kept in cell.values() for reading in kept]
    if any(len(reading.relations) > MAX_STEPS for reading in readings):
        raise CapacityError(f"more than {MAX_STEPS} steps; ask the question in parts")
    furthest = max(position for position, cell in enumerate(cells) if cell)
    if kin is not None and kin.furthest >= furthest + (not kin.likely):
        kin.refuse(graph)
    refuse_names(lexer, graph)
    kinds = _kinds(cells[furthest])
    remedy = _remedy(graph, kinds, _wants_direction(lexer, furthest, cells[furthest]))
    if not lexer.tokens:
        raise UsageError(f"there is no question; {remedy}")
    if furthest < len(lexer.tokens):
        _refuse_fragment(lexer, furthest, cells[furthest], remedy)
    if not lexer.ends_well:
        raise UsageError(f"the signs at the end are not understood; {remedy}")
    last = [reading for kept in cells[-1].values() for reading in kept]
    if not any(reading.relations or reading.goal is not None for reading in last):
        missing = " or ".join(_ASKED[kind] for kind in kinds)
        raise UsageError(f"the question does not say {missing}; {remedy}")
    if not any(reading.start is not None for reading in last):
        raise UsageError(f"the question does not say where to start; {remedy}")
    raise UsageError(f"the question breaks off; {remedy}")


def _kinds(phases: Iterable[str]) -> list[type[Walk]]:
    """Return what a sentence in one of these phases may ask for: everything where that is still open."""
    tables: dict[type[Walk], dict[str, dict[str, str]]] = {Traversal: _TRAVERSAL, ShortestPath: _PATH}
    return [kind for kind, table in tables.items() if not table.keys().isdisjoint(phases)] or list(tables)


def _wants_direction(lexer: Lexer, position: int, phases: Iterable[str]) -> bool:
    """Whether a sentence breaks off where it says a direction, or where it says "to" after a step."""
    after = lexer.tokens[position].word if position < len(lexer.tokens) else ""
    return not _DIRECTED.isdisjoint(phases) or (after == "to" and not _STEPS.isdisjoint(phases))


def _remedy(graph: Graph, kinds: list[type[Walk]], direction: bool) -> str:
    one = {Traversal: towards_example if direction else example, ShortestPath: path_example}
    said = [one[kinds[0]](graph)] if len(kinds) == 1 else examples(graph)
    shown = " or ".join(f'"{sentence}"' for sentence in said)
    return f"say for example {shown}" + (f", or use {_flags(kinds)}" if len(kinds) == 1 else "")


def _flags(kinds: Iterable[type[Sayable]]) -> str:
    return " or ".join(dict.fromkeys(_FLAGS.get(kind, KIN_FLAGS) for kind in kinds))


def _refuse_fragment(lexer: Lexer, position: int, cell: Cell, remedy: str) -> NoReturn:
    fragment = lexer.fragment(position)
    shown = quote(fragment)
    _refuse_relation(lexer, fragment, cell, remedy)
    parts = fragment.split()[:6]
    for kind in dict.fromkeys(
        kind for phase in cell for kind in ("NODE", "RELATION") if kind in _NEXT[phase]
    ):
        index = lexer.names[kind]
        for length in range(len(parts), 0, -1):
            if set(map(fold, parts[:length])) <= PHRASES["ASK"]:
                break
            if index.nearest(" ".join(parts[:length])):
                near = index.suggest(" ".join(parts[:length]))
                raise UnknownName(f"no {index.kind} is called {shown}; {near}; {remedy}")
    if all(_NEXT[phase].keys() <= {"PLACE", "NODE"} for phase in cell):
        raise UnknownName(f"no node is called {shown}; {lexer.names['NODE'].suggest(fragment)}; {remedy}")
    raise UsageError(f"{shown} is not understood; {remedy}")


def _refuse_relation(lexer: Lexer, fragment: str, cell: Cell, remedy: str) -> None:
    """Refuse a direction that no node is called, but that makes a relation of its own of the one before it.

    That is "take the Northern towards northbound", where there is "Northern northbound".
    """
    index = lexer.names["RELATION"]
    for phase in _TOWARDS & cell.keys():
        relation = index.names[cell[phase][0].relations[-1]]
        words = fold(f"{relation} {fragment}")
        if words in index.folded:
            name = index.names[index.folded[words][0]]
            raise UnknownName(
                f"no node is called {fragment!r}, but {name!r} is a relation, which can be followed itself; "
                f"{remedy}"
            )
