"""The files that ``--show`` and ``--trace`` write for one question: pages, pictures, figures and arrays."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from graphdnc.cli.ask.pictures.trace_file import TraceFile, writable
from graphdnc.cli.output import write_file
from graphdnc.errors import UsageError

if TYPE_CHECKING:
    from graphdnc.answering.answer import CheckedAnswer
    from graphdnc.answering.trace import Trace
    from graphdnc.readers.notes import Look

SHOWN = (".html", ".svg", ".png")
TRACED = (".html", ".npz", ".png", ".svg")
_STARTS = {
    ".html": (b"<!doctype html>",),
    ".svg": (b"<?xml", b"<svg"),
    ".png": (b"\x89PNG",),
    ".npz": (b"PK",),
}
"""How such files begin: anything else is not overwritten."""


@dataclass
class PictureFile:
    """A file with a picture of one answer.

    Attributes:
        path: the file.
        option: ``--show`` or ``--trace``.
        look: what the file of the graph says about places and colours.
    """

    path: Path
    option: str
    look: Look | None = None
    _taken: bool = False

    @classmethod
    def of(cls, name: str, option: str) -> PictureFile:
        """Return a file to write.

        Raises:
            UsageError: no picture ends like that, there is no such folder, or the file is something else.
        """
        path = Path(name)
        if option == "--show" and path.suffix.lower() not in SHOWN:
            raise UsageError(
                f"{name}: --show writes a page or a picture; end the name with .html, .svg or .png"
            )
        starts = _STARTS[path.suffix.lower()]
        return cls(writable(name, option, lambda start: start.startswith(starts)), option)

    @property
    def kind(self) -> str:
        """The ending of the file."""
        return self.path.suffix.lower()

    @property
    def needs_trace(self) -> bool:
        """Whether it shows what happened in the memory."""
        return self.kind == ".html" or self.option == "--trace"

    @property
    def needs_all(self) -> bool:
        """Whether it shows nothing but what happened in the memory."""
        return self.option == "--trace" and self.kind != ".html"

    def add(self, checked: CheckedAnswer | None, trace: Trace | None, why: str) -> None:
        """Write the file; ``why`` says why there is no trace.

        Raises:
            UsageError: the file cannot be written or holds an answer already, or matplotlib is missing.
        """
        assert checked is not None, "for one question, errors are raised"
        if self._taken:
            raise UsageError(f"{self.path}: holds the first answer; ask one question for each file")
        self._taken = True
        if trace is None and self.needs_all:
            if why:  # it was reported
                return
            raise UsageError(f"{self.path}: not written: this answer needs no network")
        content = self._content(checked, trace, why)
        write_file(self.path, lambda path: path.write_bytes(content))

    def save(self) -> None:
        """Do nothing: the file was written with its answer."""

    def _content(self, checked: CheckedAnswer, trace: Trace | None, why: str) -> bytes:
        if self.kind == ".html":
            from graphdnc.pictures.page import View, page

            first: View = "graph" if self.option == "--show" or trace is None else "memory"
            text = page(checked, trace, look=self.look, first=first, untraced=why)
            return text.encode("utf-8")
        if self.kind == ".npz":
            from graphdnc.pictures.arrays import as_npz

            assert trace is not None
            return as_npz(trace)
        from graphdnc.pictures.figures import format_of

        if self.option == "--show":
            from graphdnc.pictures.route import route

            return route(checked, format_of(self.path.name), self.look)
        from graphdnc.pictures.weightings import weightings

        assert trace is not None
        return weightings(trace, format_of(self.path.name))


@dataclass
class HeatMap:
    """Prints what happened in the memory; ``most`` is the maximum number of steps."""

    most: int | None = None
    needs_trace = needs_all = True

    def add(self, checked: CheckedAnswer | None, trace: Trace | None, why: str) -> None:
        """Print one answer."""
        from graphdnc.cli.ask.pictures.heat_map import print_heat_map

        if not why:
            print_heat_map(trace, self.most)

    def save(self) -> None:
        """Do nothing: all is printed."""


def pictures_for(
    show: str | None, trace: str | None, single: bool
) -> list[PictureFile | HeatMap | TraceFile]:
    """Return what ``--show`` and ``--trace`` ask for; ``single`` if there is one question.

    Raises:
        UsageError: a file cannot be written, or it holds one answer and there are several questions.
    """
    pictures: list[PictureFile | HeatMap | TraceFile] = []
    for option, name in (("--show", show), ("--trace", trace)):
        if name is None:
            continue
        if option == "--trace" and name == "-":
            pictures.append(HeatMap())
        elif option == "--trace" and Path(name).suffix.lower() not in TRACED:
            pictures.append(TraceFile(name))
        elif single:
            pictures.append(PictureFile.of(name, option))
        else:
            raise UsageError(
                f"{name}: holds one answer; give one question, or --trace FILE.jsonl for several"
            )
    return pictures
