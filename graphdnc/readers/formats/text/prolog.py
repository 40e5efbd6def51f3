"""Facts of Prolog: ``likes(ada, ben).`` is a triple. Rules are never run.

``parent(otto, lena)`` says that Otto is the parent of Lena, as is usual, so it is the triple (lena, parent,
otto); this holds for all words of kinship. If ``male(otto)`` is a fact too, Otto is the father. If
``female(lena)`` is one, she is his daughter, and that triple is read too. Other facts are read from left to
right. ``male(otto)`` is the sex of Otto where no such word says it, and ``city(bonn)`` is what Bonn is.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from graphdnc.kinship.facts import OPPOSITE
from graphdnc.kinship.rules import SEXES, step_word
from graphdnc.kinship.words import understand
from graphdnc.readers.build_graph import Edge
from graphdnc.readers.columns import Columns
from graphdnc.readers.notes import Notes
from graphdnc.readers.source import Content, Place

_TOKEN = re.compile(
    r"""(?P<space>\s+|%[^\n]*|/\*(?:[^*]|\*(?!/))*+\*/)|(?P<open>/\*)|(?P<end>\.(?=\s|%|$))"""
    r"""|(?P<quoted>'(?:[^'\\]|\\.|'')*'|"(?:[^"\\]|\\.)*")|(?P<number>[+-]?\d+(?:\.\d+)?)"""
    r"""|(?P<variable>[A-Z_]\w*)|(?P<atom>[\w\x80-\U0010ffff]+)|(?P<sign>[^\s\w'"%()\[\]{},.\x80-\U0010ffff]+|.)""",
    re.DOTALL,
)
_FACT = re.compile(r"a\(v(?:,v)*\)")
_SEXES = {"male": "male", "female": "female", "man": "male", "woman": "female"}
_KIN = frozenset(
    f"{prefix}{word}"
    for prefix in ("", "grand", "great", "step", "half")
    for word in ["parent", "father", "mother", "child", "son", "daughter", "brother", "sister", "sibling"]
) | {"husband", "wife", "spouse", "uncle", "aunt", "cousin", "nephew", "niece"}  # fmt: skip
_SEX = ("sex", "gender")
_GENDERED = {
    term: {"male": male, "female": female}
    for term, male, female in (
        ("parent", "father", "mother"),
        ("child", "son", "daughter"),
        ("spouse", "husband", "wife"),
        ("sibling", "brother", "sister"),
        ("grandparent", "grandfather", "grandmother"),
        ("grandchild", "grandson", "granddaughter"),
    )
}
_SAYING = {step_word(step, sex): sex for step in OPPOSITE for sex in SEXES}
_KIN_NOTE = "parent(a, b) is read as: a is the parent of b; if it is the other way round, swap the names"

_LONGEST = 10_000

Token = tuple[int, str, str]
"""The line of a token, its kind and its text."""


def read(content: Content, columns: Columns, notes: Notes) -> Iterator[Edge]:
    """Yield the facts of a Prolog program that are about one thing or two."""
    notes.account.unit = "clauses"
    yield from _gendered(list(_facts(content, notes)), notes)


def _gendered(edges: list[Edge], notes: Notes) -> Iterator[Edge]:
    """Yield facts, with a word for a man or a woman where the sex is a fact too: father for parent.

    Where the sex of the source is a fact, what the source is follows. A sex that such words say is no triple.
    """
    sexes = {edge.source: edge.target for edge in edges if edge.relation in _SEX}
    found: list[Edge] = []
    for edge in edges:
        terms = _GENDERED.get(edge.relation, {})
        found.append(edge._replace(relation=terms.get(sexes.get(edge.target, ""), edge.relation)))
        found += _other_side(edge, sexes.get(edge.source))
    said = {(edge.target, _SAYING[edge.relation]) for edge in found if edge.relation in _SAYING}
    for edge in found:
        if edge.relation in _SEX and (edge.source, edge.target) in said:
            notes.leave("a sex that other triples say", edge.line)
        else:
            yield edge


def _other_side(edge: Edge, sex: str | None) -> Iterator[Edge]:
    """Yield what the source of a fact about kin is to the target, if the sex of the source is known."""
    meaning = understand(edge.relation) if edge.relation in _KIN else None
    if meaning is not None and meaning.role is not None and sex in SEXES:
        word = step_word(OPPOSITE[meaning.role[0]], sex)
        yield Edge(edge.line, edge.target, word, edge.source, more=True)


def _facts(content: Content, notes: Notes) -> Iterator[Edge]:
    clause: list[Token] = []
    for token in _tokens(content.place, content.text("Prolog")):
        if token[1] != "end":
            clause.append(token)
            if len(clause) > _LONGEST:
                content.place.wrong(f"a clause of more than {_LONGEST:,} words and signs", token[0])
            continue
        if clause:
            notes.account.read += 1
            yield from _edges(clause, notes)
        clause = []
    if clause:
        content.place.wrong(
            "the last clause has no full stop; add it, or export the file again", clause[0][0]
        )


def _tokens(place: Place, text: str) -> Iterator[Token]:
    line = 1
    for found in _TOKEN.finditer(text):
        kind = found.lastgroup or "sign"
        if kind == "open" or found[0] in ("'", '"'):
            place.wrong("a quote or a comment is not closed; close it", line)
        if kind != "space":
            yield line, kind, found[0]
        line += found[0].count("\n")


def _edges(clause: list[Token], notes: Notes) -> Iterator[Edge]:
    line = clause[0][0]
    kinds = {"atom": "a", "quoted": "v", "number": "v"}
    shape = "".join(kinds.get(kind, "X" if kind == "variable" else text) for _, kind, text in clause)
    # an atom is a value inside the brackets
    shape = shape[:1] + shape[1:].replace("a", "v")
    if not _FACT.fullmatch(shape):
        rule = any(text in (":-", "-->") for _, _, text in clause)
        notes.leave("a rule or a goal" if rule else "not a fact about names", line, missed=True)
        return
    predicate = clause[0][2]
    values = [_value(text) for _, kind, text in clause[2:-1] if kind != "sign"]
    if len(values) == 1:
        named = _SEXES.get(predicate)
        yield Edge(line, values[0], "sex" if named else "is", named or predicate)
    elif len(values) == 2 or (len(values) == 3 and clause[-2][1] == "number"):
        first, second = values[:2]
        if len(values) > 2:
            notes.add("the number after two names is read as a weight, which is not used", line)
        noun = predicate.removesuffix("_of")
        if noun.replace("_", "") in _KIN:
            notes.add(_KIN_NOTE, line)
            yield Edge(line, second, noun, first)
        else:
            yield Edge(line, first, predicate, second)
    else:
        notes.leave("a fact about more than two names", line, missed=True)


def _value(text: str) -> str:
    if text[0] in "'\"":
        return re.sub(r"\\(.)", r"\1", text[1:-1].replace("''", "'"), flags=re.DOTALL)
    return text
