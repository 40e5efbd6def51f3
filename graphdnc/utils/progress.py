"""The progress of long work: one line on stderr, only on a terminal."""

from __future__ import annotations

import sys
from types import TracebackType

from graphdnc.utils.terminal import trusted, visible


class ProgressBar:
    """A tqdm bar that disappears at the end; nothing is shown if stderr is not a terminal.

    tqdm is imported only for a bar that is shown: importing it takes time, and it starts a thread.

    Attributes:
        shown: whether there is a bar on the terminal.
    """

    def __init__(self, text: str, total: int | None, shown: bool = True) -> None:
        self.shown = shown and sys.stderr.isatty()
        self._text = text
        self._total = total
        self._cleared = False

    def __enter__(self) -> ProgressBar:
        if self.shown:
            from tqdm import tqdm

            left = "{n:,}" if self._total is None else "{bar:24} {n:,}/{total:,} {remaining}"
            self._file = trusted(sys.stderr)  # one object: tqdm clears the bar only for its own file
            self._bar = tqdm(
                desc=visible(self._text),
                total=self._total,
                bar_format=f"{{desc}} {left}",
                file=self._file,
                nrows=20,  # on a terminal of unknown height tqdm would show nothing
                leave=False,
            )
        return self

    def __exit__(self, kind: type[BaseException] | None, error: object, trace: TracebackType | None) -> None:
        if self.shown:
            self._bar.close()

    def advance(self, steps: int) -> None:
        """Show that further steps are done."""
        if self.shown:
            self._bar.update(steps)

    def show(self, done: int, text: str | None = None) -> None:
        """Show that ``done`` steps of the total are done, and a new text if there is one."""
        if self.shown:
            if text is not None:
                self._bar.set_description_str(visible(text), refresh=False)
            self._bar.update(done - self._bar.n)
            if self._cleared:
                self._bar.refresh()
                self._cleared = False

    def clear(self) -> None:
        """Remove the bar until the next :meth:`show`, so that other lines can be printed to stderr."""
        if self.shown:
            self._bar.clear()
            self._cleared = True

    def print(self, line: str) -> None:
        """Print a line to stderr, above the bar."""
        if self.shown:
            self._bar.write(visible(line), file=self._file)
        else:
            print(line, file=sys.stderr, flush=True)
