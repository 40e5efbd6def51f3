"""Questions in plain English about a graph whose names are known.

A sentence is read completely or refused, never guessed at. Three grammars are read by one parser
(:mod:`graphdnc.language.chart`): walks and paths (:mod:`graphdnc.language.walk_grammar`), questions that call
relations by their names (:mod:`graphdnc.language.relation_grammar`) and questions for kin
(:mod:`graphdnc.language.kinship_grammar`). Their fixed words are in :mod:`graphdnc.language.phrases`. Names
are matched as in :mod:`graphdnc.names`, so a name may hold commas, "and", "to" or "->"; it cannot run over
punctuation that it does not have itself.

All ways of reading a sentence are tried. Where two readings are left, or one as a traversal and one as a
path, the sentence is refused. Only "what is A to B?", of a family, is never a path.
"""

from __future__ import annotations

from graphdnc.errors import CapacityError, UsageError
from graphdnc.graph import Graph
from graphdnc.kinship.facts import roles_of, states_kinship
from graphdnc.kinship.vocabulary import Vocabulary, standard_vocabulary
from graphdnc.language.chart import Chart
from graphdnc.language.describe import describe, kin_example
from graphdnc.language.kinship_grammar import KinSentence
from graphdnc.language.lexer import Lexer
from graphdnc.language.refusals import flags, refuse
from graphdnc.language.relation_grammar import relation_questions
from graphdnc.language.walk_grammar import GRAMMAR, walks
from graphdnc.questions import Between, Inverse, Sayable, ShortestPath

MAX_CHARACTERS = 10_000


def parse_question(sentence: str, graph: Graph, vocabulary: Vocabulary | None = None) -> Sayable:
    """Read a sentence as a question about a graph; ``vocabulary`` has the terms of kinship.

    Raises:
        UsageError: the sentence is not understood, or has two meanings; the message shows one that works.
        UnknownName: it is not understood where something like a name of the graph stands.
        CapacityError: it is longer than is read, or follows more relations than
            :data:`graphdnc.language.walk_grammar.MAX_STEPS`.
    """
    if len(sentence) > MAX_CHARACTERS:
        raise CapacityError(f"a question of more than {MAX_CHARACTERS:,} characters; ask it in parts")
    lexer = Lexer(sentence, graph)
    chart = Chart(GRAMMAR, lexer)
    found, family = walks(chart, lexer), states_kinship(graph)
    kin = None
    if family or not found:
        kin = KinSentence(lexer, vocabulary or standard_vocabulary())
    relatives = kin.questions if kin else []
    meanings: list[Sayable] = [*relatives, *found] if family else [*found]
    meanings = meanings or [*relation_questions(lexer)] or [*relatives]
    if not meanings:
        refuse(lexer, chart, graph, kin if family else None)
    if not family and set(meanings) & set(relatives):
        roles_of(graph)  # says that there are no relations of kinship
    meanings = _without_what_is_to(meanings)
    if family:
        _refuse_inverse_kin(meanings, graph)
    if len(meanings) > 1:
        ways = [f'"{describe(graph, meaning)}"' for meaning in meanings[:2]]
        raise UsageError(f"this can be read as {' or as '.join(ways)}; use {flags(map(type, meanings))}")
    return meanings[0]


def _refuse_inverse_kin(meanings: list[Sayable], graph: Graph) -> None:
    """Refuse "whose mother is Ida?": more follows from facts than the triples of one relation say."""
    inverse = (one for one in meanings if isinstance(one, Inverse))
    if any(not roles_of(graph).keys().isdisjoint(one.relations) for one in inverse):
        raise UsageError(f'relatives are asked for by what they are; say for example "{kin_example(graph)}"')


def _without_what_is_to(meanings: list[Sayable]) -> list[Sayable]:
    """Return meanings without the path that "what is A to B?" is too, where it asks how they are related."""
    pairs = {(one.relative, one.person) for one in meanings if isinstance(one, Between)}
    return [one for one in meanings if not (isinstance(one, ShortestPath) and (one.start, one.goal) in pairs)]
