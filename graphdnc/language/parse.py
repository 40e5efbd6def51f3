"""Questions in plain English about a graph.

A sentence is read completely or refused. One parser (:mod:`graphdnc.language.chart`) reads three grammars:
walks and paths (:mod:`graphdnc.language.walk_grammar`), questions that name a relation
(:mod:`graphdnc.language.relation_grammar`) and questions about relatives
(:mod:`graphdnc.language.kinship_grammar`). :mod:`graphdnc.language.phrases` holds their fixed words. Names
are matched as in :mod:`graphdnc.names`, so a name may contain commas, "and", "to" or "->". A name does not
match across punctuation that it does not contain.

In a family, people may also be called by their first name or surname if no whole name fits.

All readings are tried. If two different questions remain, the sentence is refused. The only exception is
"what is A to B?" in a family: it is never a path.
"""

from __future__ import annotations

from dataclasses import dataclass

from graphdnc.errors import CapacityError, UsageError
from graphdnc.graph import Graph
from graphdnc.kinship.facts import roles_of
from graphdnc.kinship.family_graph import family_graph, states_kinship
from graphdnc.kinship.rules import step_word
from graphdnc.kinship.vocabulary import Vocabulary, standard_vocabulary
from graphdnc.language.chart import Chart
from graphdnc.language.describe import describe, kin_example
from graphdnc.language.kinship_grammar import KinSentence
from graphdnc.language.lexer import Lexer
from graphdnc.language.refusals import flags, refuse
from graphdnc.language.relation_grammar import relation_questions
from graphdnc.language.walk_grammar import GRAMMAR, too_long, walks
from graphdnc.names import people_index
from graphdnc.questions import Between, Inverse, Kin, Sayable, ShortestPath

MAX_CHARACTERS = 10_000
"""The length of the longest sentence that is read."""

_MUTUAL = (("spouse", None), ("sibling", None))
"""Facts that say the same of both people."""


@dataclass(frozen=True)
class KnownSentence:
    """A sentence read by the three grammars.

    Attributes:
        meanings: the different questions that it may ask; none if it is not understood.
    """

    lexer: Lexer
    graph: Graph
    chart: Chart
    kin: KinSentence | None
    meanings: list[Sayable]

    @property
    def too_long(self) -> bool:
        """Whether it is understood, but follows too many relations."""
        readings = (reading for at in range(len(self.chart.cells)) for _, reading in self.chart.readings(at))
        return not self.meanings and any(too_long(reading.captures) for reading in readings)

    @property
    def furthest(self) -> int:
        """The number of words that were understood."""
        return max(self.chart.furthest, self.kin.chart.furthest if self.kin else 0)

    def only(self) -> Sayable:
        """Return the question that the sentence asks.

        Raises:
            UsageError: it is not understood or has two meanings. The message shows one that works.
            UnknownName: a name in the sentence is not in the graph.
            CapacityError: it follows too many relations.
        """
        if not self.meanings:
            refuse(self.lexer, self.chart, self.graph, self.kin if states_kinship(self.graph) else None)
        if len(self.meanings) > 1:
            ways = " or as ".join(f'"{describe(self.graph, meaning)}"' for meaning in self.meanings[:2])
            raise UsageError(f"the question can be read as {ways}; use {flags(map(type, self.meanings))}")
        return self.meanings[0]


def parse_question(sentence: str, graph: Graph, vocabulary: Vocabulary | None = None) -> Sayable:
    """Read a sentence as a question about a graph. The terms of kinship are the standard ones by default.

    Raises:
        UsageError: the sentence is not understood or has two meanings. The message shows one that works.
        UnknownName: a name in the sentence is not in the graph.
        CapacityError: the sentence is too long, or follows too many relations.
    """
    return read_known(sentence, graph, vocabulary or standard_vocabulary()).only()


def read_known(sentence: str, graph: Graph, vocabulary: Vocabulary) -> KnownSentence:
    """Read a sentence by the three grammars.

    Raises:
        UsageError: its words are understood, but cannot be asked of this graph, or a name has several owners.
        CapacityError: it is too long.
    """
    if len(sentence) > MAX_CHARACTERS:
        raise CapacityError(
            f"the question has {len(sentence):,} characters, more than {MAX_CHARACTERS:,}; ask it in parts"
        )
    lexer = Lexer(sentence, graph)
    chart = Chart(GRAMMAR, lexer)
    found, family = walks(chart, lexer), states_kinship(graph)
    kin = KinSentence(lexer, vocabulary) if family or not found else None
    relatives = kin.questions if kin else []
    meanings: list[Sayable] = [*relatives, *found] if family else [*found]
    meanings = meanings or [*relation_questions(lexer)] or [*relatives]
    if not meanings and family:
        meanings = _by_shorter_names(sentence, graph, vocabulary)
    if not family and set(meanings) & set(relatives):
        roles_of(graph)  # raises: the graph has no relations of kinship
    meanings = _without_what_is_to(meanings)
    if family:
        meanings = list(dict.fromkeys(_without_inverse_kin(one, graph) for one in meanings))
    return KnownSentence(lexer, graph, chart, kin, meanings)


def _by_shorter_names(sentence: str, graph: Graph, vocabulary: Vocabulary) -> list[Sayable]:
    """Return the question about relatives that a sentence asks with first names and the like, if it does.

    Raises:
        UsageError: several people are called so.
    """
    lexer = Lexer(sentence, graph, people_index(graph))
    found = KinSentence(lexer, vocabulary).questions
    if len(found) > 1:
        ways = " or ".join(f'"{describe(graph, one)}"' for one in found[:3])
        raise UsageError(f"several people are called so; type the whole name: {ways}")
    return [*found]


def _without_inverse_kin(question: Sayable, graph: Graph) -> Sayable:
    """Return a question, "who is married to Ida?" as one for her spouse.

    The facts imply more than the triples of one relation state.

    Raises:
        UsageError: the question is for the other end of a fact, such as "whose mother is Ida?".
    """
    said = family_graph(graph).meanings
    roles = {number: meaning.role for number, meaning in said.items() if meaning.role}
    if not isinstance(question, Inverse) or roles.keys().isdisjoint(question.relations):
        return question
    relation, *further = question.relations
    if not further and (said[relation].turned or roles[relation] in _MUTUAL):
        return Kin(question.goal, standard_vocabulary().find(step_word(*roles[relation])))
    raise UsageError(f'ask for the relatives of a person; try "{kin_example(graph)}"')


def _without_what_is_to(meanings: list[Sayable]) -> list[Sayable]:
    """Return meanings without the path of "what is A to B?" if it also asks how A and B are related."""
    pairs = {(one.relative, one.person) for one in meanings if isinstance(one, Between)}
    return [one for one in meanings if not (isinstance(one, ShortestPath) and (one.start, one.goal) in pairs)]
