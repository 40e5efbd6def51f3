"""Sentences to questions as they are put: all grammars together, several questions in one line, follow-ups.

A sentence is read by the grammars of :mod:`graphdnc.language.parse` first. What they refuse is read by the
forms of :mod:`graphdnc.language.free`, in English, German, French or Spanish; then as several questions; then
as a follow-up. What is read must be read completely, and must have one meaning.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import partial

from graphdnc.errors import CapacityError, GraphDNCError, UnknownName, UsageError
from graphdnc.graph import Graph
from graphdnc.kinship.family_graph import states_kinship
from graphdnc.kinship.vocabulary import Vocabulary, standard_vocabulary
from graphdnc.language.describe import describe
from graphdnc.language.free.follow_ups import Context, follow_up, with_names
from graphdnc.language.free.kin import kin_sentences
from graphdnc.language.free.nearest import refuse_dates, with_nearest
from graphdnc.language.free.read import ReadSentence, read_sentence, refuse_name
from graphdnc.language.free.spelling import spelled
from graphdnc.language.free.words import LANGUAGES
from graphdnc.language.lexer import Lexer
from graphdnc.language.parse import KnownSentence, read_known
from graphdnc.questions import Inverse, KinQuestion, ShortestPath, Traversal
from graphdnc.questions.put import Asking, Put
from graphdnc.questions.ways import Way

_APART = re.compile(
    r"\?\s+|;\s*|\?\s*(?=\S)|,?\s+(?:and|und|et|y|then|dann|puis|luego)\s+(?:then\s+)?(?:also\s+)?|,\s+",
    re.IGNORECASE,
)
_COUNTING = re.compile(r"^(?:please\s+)?(?:tell me\s+)?(?:how many|count|the number of)\b", re.IGNORECASE)
_WHETHER = re.compile(
    r"^(?:please\s+)?(?:tell me (?:if|whether)\s+)?(?:does|do|did|has|have|had|is|are|was|were)\b",
    re.IGNORECASE,
)
Read = Callable[[str], "Understood | None"]
"""Reads a sentence with one question."""


@dataclass(frozen=True)
class Understood:
    """What a sentence asks.

    Attributes:
        askings: the questions, usually one.
        notes: what was read otherwise than it was typed: shortened names, pronouns.
        refers: whether it refers to the question before it.
    """

    askings: tuple[Asking, ...]
    notes: tuple[str, ...] = ()
    refers: bool = False


def understand(
    sentence: str,
    graph: Graph,
    vocabulary: Vocabulary | None = None,
    *,
    weighted: bool = False,
    context: Context | None = None,
) -> Understood:
    """Read a sentence. ``weighted`` tells whether triples have weights, which "fastest" then means.

    Raises:
        UsageError: the sentence is not understood or has two meanings. The message shows one that works.
        UnknownName: a name in the sentence is not in the graph.
        CapacityError: the sentence is too long, or follows too many relations.
    """
    terms = vocabulary or standard_vocabulary()
    read = partial(_read_one, graph=graph, terms=terms, weighted=weighted)
    known, error = _known(sentence, graph, terms)
    found = _from(sentence, graph, known, error, weighted)
    if states_kinship(graph):
        found = found or _by_kin(sentence, read)
    found = found or _in_context(sentence, graph, context, read, weighted)
    found = found or _several(sentence, graph, read, weighted)
    if found is None and (said := spelled(sentence, graph, terms)) is not None:
        found = read(said) or (_by_kin(said, read) if states_kinship(graph) else None)
        found = found and replace(found, notes=(f"read as {said!r}", *found.notes))
    if found is not None:
        return found
    refuse_dates(sentence, graph)
    try:
        if error is not None:
            raise error
        assert known is not None
        refuse_name(known.lexer, graph, known.furthest)
        return Understood((Asking(known.only()),))  # raises: it is not understood
    except (UsageError, UnknownName) as refused:
        raise with_nearest(refused, sentence, graph) from None


def _known(
    sentence: str, graph: Graph, terms: Vocabulary
) -> tuple[KnownSentence | None, GraphDNCError | None]:
    """Return a sentence as the older grammars read it, or why they refuse it at once.

    Raises:
        CapacityError: the sentence is too long.
    """
    try:
        return read_known(sentence, graph, terms), None
    except CapacityError:
        raise
    except GraphDNCError as error:
        return None, error


def _read_one(sentence: str, graph: Graph, terms: Vocabulary, weighted: bool) -> Understood | None:
    """Read a sentence with one question; ``None`` if it is not understood."""
    return _from(sentence, graph, *_known(sentence, graph, terms), weighted)


def _from(
    sentence: str, graph: Graph, known: KnownSentence | None, error: GraphDNCError | None, weighted: bool
) -> Understood | None:
    """Return the one meaning of a sentence; ``None`` if it is not understood.

    Raises:
        UsageError: it has several meanings.
    """
    if known is not None and (known.meanings or known.too_long):
        question = known.only()
        if isinstance(question, ShortestPath):
            return _way_as_put(question, read_sentence(known.lexer, graph, weighted, LANGUAGES[:1]), weighted)
        return Understood((Asking(question, _put(sentence, question)),))
    lexer = Lexer(sentence, graph) if known is None else known.lexer
    meanings = read_sentence(lexer, graph, weighted)
    return _only(meanings, graph) if meanings else None


def _way_as_put(known: ShortestPath, free: list[ReadSentence], weighted: bool) -> Understood:
    """Return a shortest path that the older grammars read, as the readings in words of its own put it."""
    askings = free[0].askings if len(free) == 1 else ()
    if len(askings) != 1:
        return Understood((Asking(known),))
    (asking,) = askings
    fastest = weighted and asking.question == Way(known.start, known.goal, least="weight")
    if fastest or asking == Asking(Way(known.start, known.goal), "between"):
        return Understood(askings)
    return Understood((Asking(known, asking.put if asking.question == known else "list"),))


def _put(sentence: str, known: object) -> Put:
    """Return what the answer to a question that the older grammars read says first."""
    if not isinstance(known, KinQuestion | Inverse | Traversal):
        return "list"
    return "count" if _COUNTING.match(sentence) else "whether" if _WHETHER.match(sentence) else "list"


def _only(meanings: list[ReadSentence], graph: Graph) -> Understood:
    """Return the only meaning of a sentence.

    Raises:
        UsageError: there are several.
    """
    if len(meanings) > 1:
        ways = " or as ".join(
            " and ".join(f'"{describe(graph, one.question)}"' for one in meaning.askings)
            for meaning in meanings[:3]
        )
        raise UsageError(f"the question can be read as {ways}; type one of these")
    notes = tuple(
        f"{one.said!r} is read as {graph.node_name(one)!r}" for one in dict.fromkeys(meanings[0].loose)
    )
    return Understood(meanings[0].askings, notes)


def _by_kin(sentence: str, read: Read) -> Understood | None:
    """Return what a sentence about relatives asks in words that stand for others."""
    for sentences in kin_sentences(sentence):
        found = _all(sentences, read)
        if found is not None:
            said = " ".join(f"{one.strip(' ?')}?" for one in sentences)
            return Understood(found.askings, (f"read as {said!r}", *found.notes))
    return None


def _in_context(
    sentence: str, graph: Graph, context: Context | None, read: Read, weighted: bool
) -> Understood | None:
    """Return what a follow-up asks."""
    if context is None:
        return None
    askings = follow_up(Lexer(sentence, graph), graph, context, weighted)
    if askings is not None:
        said = " ".join(describe(graph, one.question) for one in askings)
        return Understood(askings, (f"read as {said!r}",), refers=True)
    for said_again in with_names(sentence, graph, context):
        for text in (said_again, re.sub(r"^(?:and|but|then)\s+", "", said_again, flags=re.IGNORECASE)):
            found = _all([text], read) or (_by_kin(text, read) if states_kinship(graph) else None)
            if found is not None:
                return Understood(found.askings, (f"read as {text!r}", *found.notes), refers=True)
    return None


def _several(sentence: str, graph: Graph, read: Read, weighted: bool) -> Understood | None:
    """Return what several questions in one line ask, if each of them is understood.

    A later one may refer to the one before it: "Does Freya have sisters? Which ones?"
    """
    for first, *later in _cuts(sentence):
        found = [_all([first], read) or (_by_kin(first, read) if states_kinship(graph) else None)]
        for part in later:
            before = found[-1]
            if before is None:
                break
            context = Context(before.askings[-1], ())
            found.append(_all([part], read) or _in_context(part, graph, context, read, weighted))
        whole = [one for one in found if one is not None]
        if len(whole) == len(found) == 1 + len(later):
            return _joined(whole)
    return None


def _cuts(sentence: str) -> Iterator[list[str]]:
    """Yield the sentence cut into questions: at all question marks, then at one other place."""
    marked = [part.strip() for part in re.split(r"[?;]\s*", sentence) if part.strip(" ?;.,")]
    if len(marked) > 1:
        yield marked
    for place in _APART.finditer(sentence):
        parts = [sentence[: place.start()].strip(), sentence[place.end() :].strip()]
        if all(part.strip(" ?;.,") for part in parts):
            yield parts


def _all(sentences: list[str], read: Read) -> Understood | None:
    """Return what all of some sentences ask; ``None`` if one is not understood."""
    found = []
    for sentence in sentences:
        try:
            understood = read(sentence)
        except GraphDNCError:
            return None
        if understood is None:
            return None
        found.append(understood)
    return _joined(found)


def _joined(found: list[Understood]) -> Understood:
    """Return several questions as one line asks them."""
    askings = tuple(asking for one in found for asking in one.askings)
    return Understood(askings, tuple(note for one in found for note in one.notes))
