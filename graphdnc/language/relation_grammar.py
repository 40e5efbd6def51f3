"""Grammar of questions that name a relation, from either of its ends.

These sentences follow relations. The relations of the last four are "depends on", "reports to", "seat of" and
"is part of"::

    What is the capital of France?        What is France's capital?
    Who is Alice's manager's manager?     Who is the manager of the manager of Alice?
    What does flask depend on?            Who does Alice report to?
    What is Paris the seat of?            What is Paris part of?

These ask for the other end of a relation. A sentence is read this way only if it follows no relation::

    Who reports to Alice?                 What depends on flask?
    What is part of Europe?               What is the capital of France?
    Whose manager is Alice?               What is Paris the capital of?

The first four are a triple, such as "Paris is part of Europe", with "who" or "what" as its source. They are
read only if that triple is a sentence: the relation is a verb, or "is" and a preposition stand around it. So
"the capital of France" follows "capital" from France, and is the source of "capital of" otherwise.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial

from graphdnc.language.chart import Chart
from graphdnc.language.grammar import Captures, Grammar, Scanner
from graphdnc.language.lexer import APOSTROPHES, Item, Lexer
from graphdnc.language.parts_of_speech import follows_is, is_role, is_verb, says_is
from graphdnc.language.phrases import RELATION_PHRASES
from graphdnc.names import fold
from graphdnc.questions import Inverse, Traversal

MOST_NAMED = 12
"""The largest number of relations in one sentence."""

_PARTS = {
    # "France's capital's mayor", "the mayor of the capital of France", "the mayor of France's capital"
    "OWNED": "relation:RELATION'S* relation:RELATION",
    "ASKED": "(outer:RELATION OF THE*)* (outer:RELATION OF THE* node:NODE | node:OWNER OWNED)",
    # "who reports to", "which ones report to", "what is part of" (for both names), "what is the capital of"
    "PREDICATE": """WHO relation:VERB | SEVERAL relation:PLURAL
        | WHO-IS (relation:COMPLEMENT | relation:IS-PREDICATE | THE relation:ROLE)""",
}


def _named(captures: Captures) -> tuple[int, tuple[int, ...]]:
    """Return the node, and the relations in the order in which they are followed."""
    owned = [value for slot, value in captures if slot == "relation"]
    outer = [value for slot, value in captures if slot == "outer"]
    return dict(captures)["node"], (*owned, *reversed(outer))


def _walk(captures: Captures) -> Traversal:
    return Traversal(*_named(captures))


def _inverse(captures: Captures) -> Inverse:
    return Inverse(*_named(captures))


def _where(scan: Scanner, fits: Callable[[list[str]], bool]) -> Scanner:
    """Return a scanner of the relations whose names fit, or whose verbs do."""

    def found(lexer: Lexer, position: int) -> Iterator[Item]:
        index = lexer.names["RELATION"]
        called = (
            (item, (index.names[item.value], index.verbs.get(item.value, "")))
            for item in scan(lexer, position)
        )
        return (item for item, names in called if any(fits(fold(name).split()) for name in names))

    return found


def _clear_owners(lexer: Lexer, position: int) -> Iterator[Item]:
    """Yield owners with an apostrophe; "Banks" without one is more often a misspelt node."""
    for item in lexer.owners(position):
        stop = lexer.tokens[item.end].start if item.end < len(lexer.tokens) else None
        if not APOSTROPHES.isdisjoint(lexer.text[lexer.tokens[position].start : stop]):
            yield item


_SCANNERS: dict[str, Scanner] = {
    "NODE": Lexer.nodes,
    "OWNER": Lexer.owners,
    "CLEAR-OWNER": _clear_owners,
    "RELATION": Lexer.relations,
    "RELATION'S": partial(Lexer.owners, kind="RELATION"),
    "VERB": _where(Lexer.relations, is_verb),
    "INFINITIVE": Lexer.verbs,
    "PLURAL": _where(Lexer.verbs, is_verb),
    "COMPLEMENT": _where(Lexer.relations, follows_is),
    "IS-RELATION": Lexer.predicates,
    "IS-PREDICATE": _where(Lexer.predicates, says_is),
    "ROLE": _where(Lexer.relations, is_role),
}
_GRAMMAR = Grammar(
    forms=[
        ("LIST* ASKED END*", _walk),
        ("LIST* DOES THE* node:NODE relation:INFINITIVE END*", _walk),
        ("BEFORE* WHO-IS THE* node:NODE (THE* relation:COMPLEMENT | relation:IS-RELATION) END*", _walk),
        ("BEFORE* PREDICATE THE* node:NODE END*", _inverse),
        ("BEFORE* WHOSE OWNED IS THE* node:NODE END*", _inverse),
        ("BEFORE* WHO-IS THE* node:NODE THE* relation:RELATION OF END*", _inverse),
    ],
    phrases=RELATION_PHRASES,
    scanners=_SCANNERS,
    parts=_PARTS,
    longest=MOST_NAMED + 1,
)
# What stands before a name: the kind of the name, and the question that the name would complete.
_BEFORE_NAMES = Grammar(
    forms=[
        ("LIST* relation:RELATION OF THE*", lambda _: ("NODE", Traversal)),
        ("LIST* node:CLEAR-OWNER", lambda _: ("RELATION", Traversal)),
        ("BEFORE* PREDICATE THE*", lambda _: ("NODE", Inverse)),
    ],
    phrases=RELATION_PHRASES,
    scanners=_SCANNERS,
    parts=_PARTS,
)


def relation_questions(lexer: Lexer) -> list[Traversal] | list[Inverse]:
    """Return the questions that a sentence may ask."""
    if not lexer.ends_well:
        return []
    found = dict.fromkeys(question for question, _ in Chart(_GRAMMAR, lexer).whole())
    walks = [question for question in found if isinstance(question, Traversal)]
    return walks or [question for question in found if isinstance(question, Inverse)]


def names_missing(lexer: Lexer) -> list[tuple[int, str, type[Traversal] | type[Inverse]]]:
    """Return the words at which a name should begin, its kind, and the question that it would complete."""
    chart = Chart(_BEFORE_NAMES, lexer)
    found = [
        (asked is Inverse, -reading.weight, position, kind, asked)
        for position in range(len(lexer.tokens))
        for state, reading in chart.readings(position)
        for kind, asked in (build(()) for build in state.builds)
    ]
    return [(position, kind, asked) for *_, position, kind, asked in sorted(found, key=lambda one: one[:3])]
