"""The lines of a text, each counted."""

from __future__ import annotations

import re
from collections.abc import Iterator

from graphdnc.readers.csv_records import MAX_LINE, MAX_LINES
from graphdnc.readers.notes import BLANK, COMMENT, Notes
from graphdnc.readers.source import Content, numbered_lines


def content_lines(
    content: Content, kind: str, notes: Notes, comment: re.Pattern[str] | None = None
) -> Iterator[tuple[int, str]]:
    """Yield the number and the stripped text of each line; count blank lines and comments.

    Raises:
        GraphFileError: the content is no text, or a line is longer than a million characters.
    """
    text = content.text(kind).removesuffix("\n")
    notes.account.unit = "lines"
    for number, line in numbered_lines(text):
        notes.account.read += 1
        if number > MAX_LINES:
            content.place.too_large(f"more than {MAX_LINES:,} lines")
        if len(line) > MAX_LINE:
            content.place.wrong(f"more than {MAX_LINE:,} characters; write shorter lines", number)
        if not line.strip():
            notes.leave(BLANK, number)
        elif comment is not None and comment.match(line):
            notes.leave(COMMENT, number)
        else:
            yield number, line.strip()
