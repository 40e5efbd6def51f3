"""How output looks: data on stdout, messages and errors on stderr.

On a terminal, tables have lines and colours; in a pipe or a file they are plain columns that are never cut.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from graphdnc.errors import InternalError, UsageError
from graphdnc.utils.terminal import CONTROL, trusted, visible

if TYPE_CHECKING:
    from rich.text import Text

    from graphdnc.pictures.figures import Format

_WIDE = 100_000
_NUMBERS = frozenset(["step", "steps", "tries", "episodes", "votes", "examples", "seconds", "size", "right"])


def print_error(error: Exception, where: str = "") -> None:
    """Print an error as one line on stderr."""
    said = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
    kind = "" if isinstance(error, InternalError) else "error: "  # its message begins with "internal error"
    print(f"{kind}{where}{' '.join(said.split())}", file=sys.stderr, flush=True)


def print_json(record: dict[str, Any]) -> None:
    """Print one object on one line."""
    readable = (sys.stdout.encoding or "").lower().replace("-", "") == "utf8"
    text = json.dumps(record, ensure_ascii=not readable)
    # a reader of JSON must get the same text back
    print(CONTROL.sub(lambda found: f"\\u{ord(found.group()):04x}", text), flush=True)


def write_file(path: Path, write: Callable[[Path], object]) -> None:
    """Let ``write`` make a file, which is either complete or absent.

    Raises:
        UsageError: it cannot be written.
    """
    from graphdnc.utils.atomic_write import write_atomically

    try:
        write_atomically(path, write)
    except OSError as error:
        raise UsageError(f"{path}: cannot be written ({error.strerror or error})") from error


def plain(text: str) -> str:
    """Return a text with a space for each character that cannot be seen: a cell of a table has one line."""
    return "".join(letter if letter.isprintable() or letter == "\n" else " " for letter in text)


def print_rows(columns: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> None:
    """Print a table on stdout."""
    from rich.text import Text

    print_table(columns, [tuple(Text(visible(cell)) for cell in row) for row in rows], _WIDE)


def print_table(columns: tuple[str, ...], rows: Sequence[tuple[Text, ...]], width: int) -> None:
    """Print a table of styled cells on stdout; names are wrapped, not cut.

    ``width`` is the width where there is no terminal. What comes from a file must be ``visible``.
    """
    from rich import box
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    terminal = sys.stdout.isatty()
    table = Table(
        box=box.SIMPLE_HEAD if terminal else None,
        pad_edge=False,
        header_style="bold",
        show_header=any(columns),
    )
    for column in columns:
        table.add_column(
            Text(visible(column)), justify="right" if column in _NUMBERS else "left", overflow="fold"
        )
    for row in rows:
        table.add_row(*row)
    # rich alone would keep bold letters under NO_COLOR
    system: Literal["auto"] | None = None if os.environ.get("NO_COLOR") else "auto"
    console = Console(
        color_system=system, highlight=False, width=None if terminal else width, file=trusted(sys.stdout)
    )
    if terminal:
        console.print(table)
        return
    with console.capture() as plain:
        console.print(table)
    print("\n".join(line.rstrip() for line in plain.get().splitlines()), flush=True)


def write_figure(name: str, draw: Callable[[Format], bytes]) -> None:
    """Write a figure to a file of the format that its name ends with.

    Raises:
        UsageError: it is neither SVG nor PNG, or it cannot be written, or matplotlib is missing.
    """
    from graphdnc.pictures.figures import format_of

    content = draw(format_of(name))
    write_file(Path(name), lambda path: path.write_bytes(content))
