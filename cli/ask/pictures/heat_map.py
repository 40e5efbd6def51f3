"""The memory at work in a terminal: rows of memory against steps, readable without colour."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from graphdnc.cli.output import plain, print_table

if TYPE_CHECKING:
    from rich.text import Text

    from graphdnc.answering.trace import Trace
    from graphdnc.tasks.reading import Named, Read, Step, Write

NARROWEST, PIPE = 40, 100
"""The least width that is drawn for, and the width in a pipe or a file, in letters."""
CLEAR = 0.5
"""From this weight on, a cell names the head; below there is a dot."""
_STYLES = ("cyan", "magenta", "green", "blue", "red", "yellow")
"""The colours of read heads; their numbers say the same."""


def print_heat_map(trace: Trace | None, most: int | None = None) -> None:
    """Print what was written and read in the steps after the description, ``most`` steps at most."""
    if trace is None or not trace.asked:
        print("no steps: this answer needs no network")
        return
    steps, first = trace.asked[:most], trace.described + 1
    heads = len(trace.asked[0].seen.reads)
    print(f"steps 1 to {trace.described:,} wrote the description, one triple a row.")
    print(f"w: written. 1 to {heads}: read by that head. A dot: less than half of the head's weight.")
    width = _width()
    across = max(1, (width - width * 2 // 5) // (max(heads + 1, len(str(len(trace.steps)))) + 2))
    for at in range(0, len(steps), across):
        print()
        _print_block(steps[at : at + across], first + at, width)
    if len(steps) < len(trace.asked):
        print(f"and {len(trace.asked) - len(steps):,} more; --trace FILE writes all")


def _width() -> int:
    return max(NARROWEST, shutil.get_terminal_size().columns if sys.stdout.isatty() else PIPE)


def _print_block(steps: Sequence[Step], first: int, width: int) -> None:
    """Print the rows of memory that some steps wrote or read, and what was heard and said in these steps."""
    from rich.text import Text

    cells: dict[int, list[Text]] = {}
    holds: dict[int, str] = {}
    for column, step in enumerate(steps):
        for number, head in _heads(step):
            row = cells.setdefault(head.row, [Text() for _ in steps])
            row[column] += _mark(number, head.weight)
            holds[head.row] = _holds(step, head, first + column)
    columns = ("row", "holds", *(str(first + column) for column in range(len(steps))))
    table = [(Text(str(row)), Text(plain(holds[row])), *cells[row]) for row in cells]
    print_table(columns, table, width)
    for number, step in enumerate(steps, start=first):
        print(f"  {number} {step.phase}: {'; '.join(_words(step))}")


def _heads(step: Step) -> Iterator[tuple[int, Read | Write]]:
    """Yield the heads that wrote or read: 0 for a write head, and read heads from 1."""
    yield from ((0, write) for write in step.seen.writes if write is not None)
    yield from ((number, read) for number, read in enumerate(step.seen.reads, start=1) if read is not None)


def _mark(number: int, weight: float) -> Text:
    from rich.text import Text

    if weight < CLEAR:
        return Text(".")
    return Text("w", "bold") if not number else Text(str(number), _STYLES[(number - 1) % len(_STYLES)])


def _holds(step: Step, head: Read | Write, number: int) -> str:
    """Return what the row of a head holds."""
    from graphdnc.tasks.reading import Read

    if isinstance(head, Read):
        return shown(head.holds) or f"step {head.written}"
    return shown(step.heard) or f"step {number}"


def _words(step: Step) -> Iterator[str]:
    if step.instruction is not None:
        yield plain(step.instruction)
    if shown(step.heard):
        yield f"heard {shown(step.heard)}"
    if step.phase != "recall" and step.said is not None:
        yield f"said {shown(step.said) or 'the end'}"


def shown(triple: Named) -> str:
    """Return a triple on one line, with a dash for a blank part; nothing for three blanks.

    >>> shown(("Bank", None, None))
    'Bank, -, -'
    """
    if triple == (None, None, None):
        return ""
    return plain(", ".join("-" if part is None else part for part in triple)).replace("\n", " ")
