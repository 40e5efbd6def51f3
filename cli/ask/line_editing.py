"""Arrow keys, history and completion at the prompt, where the platform has readline."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from graphdnc.cli.ask.completion import DELIMITERS, Completer

if TYPE_CHECKING:
    from types import ModuleType

HISTORY = 1_000
"""Lines of history that are kept."""


def history_file() -> Path | None:
    """Return the file of the history; ``None`` if there is no home folder."""
    state = os.environ.get("XDG_STATE_HOME", "")
    try:
        folder = Path(state) if os.path.isabs(state) else Path.home() / ".local" / "state"
    except RuntimeError:
        return None
    return folder / "graphdnc" / "history"


@contextlib.contextmanager
def line_editing(completer: Completer) -> Iterator[None]:
    """Give the terminal arrow keys, history and completion, if the platform has them."""
    try:
        import readline
    except ImportError:
        yield
        return
    history = history_file()
    before = _read_history(readline, history)
    readline.set_completer_delims(DELIMITERS)
    readline.set_completer(_as_readline_wants(readline, completer))
    libedit = "libedit" in (readline.__doc__ or "")
    readline.parse_and_bind("bind ^I rl_complete" if libedit else "tab: complete")
    try:
        yield
    finally:
        readline.set_completer(None)
        _add_history(readline, history, readline.get_current_history_length() - before)


def _read_history(readline: ModuleType, path: Path | None) -> int:
    """Read the history and return its number of lines."""
    readline.clear_history()
    if path is not None:
        with contextlib.suppress(OSError):  # no file, or one that cannot be read, is no history
            readline.read_history_file(path)
    return int(readline.get_current_history_length())


def _add_history(readline: ModuleType, path: Path | None, added: int) -> None:
    """Append what was typed; other prompts may have appended lines too."""
    if path is None or not added:
        return
    readline.set_history_length(HISTORY)
    with contextlib.suppress(OSError):  # a folder that cannot be written to is not an error
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        path.touch(mode=0o600)  # questions may name people
        readline.append_history_file(added, path)


def _as_readline_wants(readline: ModuleType, completer: Completer) -> Callable[[str, int], str | None]:
    """Return a function that returns the proposals for a word one by one, then ``None``."""
    proposals: list[str] = []

    def propose(text: str, number: int) -> str | None:
        if number == 0:
            line = readline.get_line_buffer()[: readline.get_endidx()]
            proposals[:] = completer.complete(line, len(line) - len(text))
        return proposals[number] if number < len(proposals) else None

    return propose
