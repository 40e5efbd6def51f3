"""Text that cannot control a terminal, whatever file it comes from.

Names in graphs, questions, file names, the text of corpora and of checkpoints come from anywhere. A sequence
of control characters among them could move the cursor, change the title of the window or paste a command.
"""

from __future__ import annotations

import io
import re
from typing import Any, TextIO, cast

CONTROL = re.compile("[\0-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]")
"""Control characters except tab and line feed, other line ends, and marks that reorder what is written."""


def visible(text: str) -> str:
    r"""Return a text whose control characters are written as in Python.

    >>> visible("Bank\x1b[2J")
    'Bank\\x1b[2J'
    """
    return CONTROL.sub(lambda found: repr(found.group())[1:-1], text)


def make_safe(stream: io.TextIOWrapper) -> None:
    """Let a stream make the control characters of every text visible that is written to it.

    Letters that its encoding lacks are written as in Python.
    """
    stream.reconfigure(errors="backslashreplace")
    write = stream.write
    setattr(stream, "write", lambda text: write(visible(text)))  # noqa: B010, the method of one object


class _Trusted:
    """A safe stream for libraries that draw: they write control sequences of their own."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)

    def write(self, text: str) -> int:
        """Write a text as it is."""
        return type(self._stream).write(self._stream, text)


def trusted(stream: TextIO) -> TextIO:
    """Return a stream for a library that draws on the terminal; give it only what is :func:`visible`."""
    return cast(TextIO, _Trusted(stream))
