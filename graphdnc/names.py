"""Finds nodes and relations by the names that people type.

Names are compared after folding, which ignores case, accents, punctuation and repeated spaces, and reads "&"
as "and". If several names fold to the same text, the one that was typed exactly is chosen.
"""

from __future__ import annotations

import difflib
import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache

from graphdnc.errors import UnknownName, UsageError
from graphdnc.graph import Graph
from graphdnc.utils.text import quote

_MANY = 5_000
# Everything except spaces, punctuation and signs. \w would miss the vowels of several Asian scripts. The old
# blocks of signs hold emoji too, such as the cup and the football.
_SIGNS = r"\u2190-\u2319\u2400-\u25ff\u27c0-\u2b4f\u2b56-\u2bff"
_LETTER = rf"[^\s\x00-/:-@\[-`{{-\xbf\xd7\xf7\u2000-\u206f{_SIGNS}\u3000-\u303f]"
# Initials are one word: "D.C." is "DC". Numbers are not initials: "2.5" is not "25".
_INITIALS = r"(?<!\w)[^\W\d_](?:\.[^\W\d_])+(?!\w)"
_APOSTROPHE = "['`\u2018\u2019\u02bc]"
# A sign before a number belongs to it: the relation "-1" is not the relation "1".
_WORD = re.compile(rf"{_INITIALS}|(?:(?<!\S)[+-](?=\d))?{_LETTER}+(?:{_APOSTROPHE}{_LETTER}+)*|&")
_BRACKETS = re.compile(r"(.*\S)\s*\(([^()]+)\)")
# accents, points, and the marks that choose how an emoji is drawn
_DROPPED = re.compile(f"[\u0300-\u036f.\ufe0e\ufe0f]|{_APOSTROPHE}")
# Letters that Unicode does not decompose into a plain letter and an accent.
_PLAIN = str.maketrans(
    {"ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "\u0131": "i", "&": "and"}
)


def normalise(text: str) -> str:
    """Return a text in Unicode form NFKC, which :func:`words` expects."""
    return unicodedata.normalize("NFKC", text)


def words(text: str) -> Iterator[tuple[str, int, int]]:
    """Yield each word of a normalised text, folded, with its start and end in the text."""
    for match in _WORD.finditer(text):
        apart = unicodedata.normalize("NFKD", match.group().casefold())
        word = _DROPPED.sub("", apart).translate(_PLAIN)
        if word:  # not an accent alone
            yield word, match.start(), match.end()


def fold(text: str) -> str:
    """Return the folded words of a text, separated by single spaces.

    >>> fold("King's Cross  St. Pancras"), fold("Köln & Łódź")
    ('kings cross st pancras', 'koln and lodz')
    """
    folded = " ".join(word for word, _, _ in words(normalise(text)))
    # A name without words, such as "+", is compared as it is.
    return folded or " ".join(text.split())


class NameIndex:
    """The names of all nodes or of all relations.

    Attributes:
        kind: "node" or "relation".
        names: the names by number.
        folded: for each folded name, the numbers of the names that fold to it.
        lengths: the different numbers of words in folded names, largest first.
        signs: all signs that occur in the names.
        verbs: verbs by the number of the name that they stand for.
    """

    def __init__(
        self,
        kind: str,
        names: Sequence[str],
        also: Iterable[tuple[str, int]] = (),
        verbs: Mapping[int, str] | None = None,
    ) -> None:
        """Take the names by number, and other names for them; none of these replaces a name."""
        self.kind = kind
        self.names = names
        self.verbs = verbs or {}
        self.folded: dict[str, list[int]] = {}
        for number, name in enumerate(names):
            self.folded.setdefault(fold(name), []).append(number)
        others: dict[str, dict[int, None]] = {}
        for name, number in [*also, *((verb, number) for number, verb in self.verbs.items())]:
            others.setdefault(fold(name), {})[number] = None
        self.folded |= {name: list(found) for name, found in others.items() if name not in self.folded}
        self.lengths = sorted({name.count(" ") + 1 for name in self.folded}, reverse=True)
        self.signs = frozenset(_WORD.sub("", " ".join(names)))

    def find(self, text: str) -> int:
        """Return the number of the name that a text matches.

        Raises:
            UnknownName: no name matches. The message lists the nearest names.
            UsageError: several names match, and none is typed exactly.
        """
        found = self.folded.get(fold(text), [])
        if len(found) > 1:
            exact = unicodedata.normalize("NFC", " ".join(text.split()))
            found = [number for number in found if self.names[number] == exact] or found
        if not found:
            raise UnknownName(f"no {self.kind} is called {quote(text.strip())}; {self.suggest(text)}")
        if len(found) > 1:
            listed = ", ".join(repr(self.names[number]) for number in found)
            raise UsageError(
                f"{quote(text)} matches several {self.kind}s: {listed}; type one of them exactly"
            )
        return found[0]

    def suggest(self, text: str) -> str:
        """Return a clause for a message: the nearest names, or some names if none is near."""
        near = self.nearest(text)
        return ("the nearest: " if near else "names include ") + ", ".join(map(repr, near or self.names[:3]))

    def nearest(self, text: str, count: int = 3) -> list[str]:
        """Return the names most similar to a text: first those with all its words, then by letters."""
        wanted = fold(text)
        # Comparing letters takes about 10 microseconds per name, so large graphs compare likely names only.
        likely = list(self.folded)
        if len(likely) > _MANY:
            likely = [name for name in likely if name[:2] == wanted[:2]][:_MANY]
        alike = difflib.get_close_matches(wanted, likely, n=count, cutoff=0.6)
        holding = self._holding(wanted.split()) or self._holding(_corrected(wanted.split(), likely))
        best = dict.fromkeys(self.names[self.folded[name][0]] for name in holding[:count] + alike)
        return list(best)[:count]

    def _holding(self, parts: list[str]) -> list[str]:
        wanted = set(parts)
        return sorted((name for name in self.folded if parts and wanted <= set(name.split())), key=len)


def _corrected(parts: list[str], names: list[str]) -> list[str]:
    """Return each word as the names spell it, or an empty list if a word is in no name."""
    known = sorted({word for name in names for word in name.split()})
    close = [difflib.get_close_matches(part, known, n=1, cutoff=0.75) for part in parts]
    return [found[0] for found in close] if all(close) else []


@lru_cache(maxsize=4)
def node_index(graph: Graph) -> NameIndex:
    """Return the names of the nodes of a graph, cached."""
    return NameIndex("node", [graph.node_name(node) for node in range(graph.nodes)])


@lru_cache(maxsize=4)
def people_index(graph: Graph) -> NameIndex:
    """Return the names of the nodes, and shorter ones, cached.

    People may be called by their first name, by their surname, or by what stands in brackets: "John", "Reed",
    "John Reed" and "I24" for "John Reed (I24)".

    >>> people_index(Graph.from_triples([("John Reed (I24)", "wife", "Ann")])).find("I24")
    0
    """
    names = [graph.node_name(node) for node in range(graph.nodes)]
    also = ((short, number) for number, name in enumerate(names) for short in _shorter(name))
    return NameIndex("node", names, also)


def _shorter(name: str) -> Iterator[str]:
    apart = _BRACKETS.fullmatch(name)
    called = apart[1] if apart else name
    if apart:
        yield from (called, apart[2])
    parts = called.split()
    yield from (parts[0], parts[-1]) if len(parts) > 1 else ()


def find_node(graph: Graph, text: str) -> int:
    """Return the number of the node with a name; see :meth:`NameIndex.find` for errors."""
    return node_index(graph).find(text)
