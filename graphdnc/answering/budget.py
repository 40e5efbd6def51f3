"""The memory that memorised graphs may take in a process, said in advance."""

from __future__ import annotations

import weakref
from collections import OrderedDict
from typing import Any, NamedTuple

from graphdnc.errors import CapacityError
from graphdnc.utils.memory import available, in_words

_SHARE = 2
"""Without a limit, graphs may take one part in so many of the memory that is free."""
_NUMBER = 4
"""Bytes of a number."""


class Kept(dict[Any, Any]):
    """Memories by key, of one owner. A plain dict cannot be referred to without being kept."""

    __slots__ = ("__weakref__",)


class _Held(NamedTuple):
    """A memory that is kept, with those of its owner, its key there, and its size in bytes.

    None of them is kept by this: what its owner forgets, or takes along when it ends, is freed.
    """

    memory: weakref.ref[Any]
    among: weakref.ref[Kept]
    key: Any
    size: int


class Budget:
    """A limit for all memorised graphs together; those that were not asked for longest are forgotten first.

    A graph that was forgotten is memorised again when it is asked about: a limit costs time, and no answers.
    """

    def __init__(self) -> None:
        self._limit: int | None = None
        self._held: OrderedDict[int, _Held] = OrderedDict()

    @property
    def limit(self) -> int:
        """The limit in bytes; if none was set, half of what was free when it was first needed."""
        if self._limit is None:
            self._limit = available() // _SHARE
        return self._limit

    @limit.setter
    def limit(self, size: int | None) -> None:
        self._limit = size

    def refuse(self, one: int, rows: int, votes: int) -> None:
        """Raise CapacityError if ``votes`` memories of ``one`` numbers and ``rows`` rows pass the limit.

        The message says what would work.
        """
        needed = _NUMBER * one * votes
        if needed <= self.limit:
            return
        most = self.limit * rows // needed
        may = f"{self.limit // 2**20}MiB" if self.limit >= 2**20 else f"{self.limit // 2**10}KiB"
        raise CapacityError(
            f"{votes} memories of {rows:,} rows take {in_words(needed)}, more than the {may} that graphs may "
            f"take; allow it with --memory {in_words(needed)}, give fewer votes, or a graph of fewer than "
            f"{most:,} triples"
        )

    def keep(self, kept: Kept, key: Any, memory: Any, size: int) -> None:
        """Put a memory of ``size`` bytes among those of its owner; forget others if there is no room."""
        self._held = OrderedDict((at, held) for at, held in self._held.items() if held.memory() is not None)
        used = sum(held.size for held in self._held.values())
        while self._held and used + size > self.limit:
            _, oldest = self._held.popitem(last=False)
            others = oldest.among()
            if others is not None:
                others.pop(oldest.key, None)
            used -= oldest.size
        kept[key] = memory
        self._held[id(memory)] = _Held(weakref.ref(memory), weakref.ref(kept), key, size)

    def used(self, memory: Any) -> None:
        """Note that a memory is asked now."""
        if id(memory) in self._held:
            self._held.move_to_end(id(memory))
