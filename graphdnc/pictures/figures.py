"""What all figures by matplotlib share. It is an extra: ``pip install graphdnc[plots]``."""

from __future__ import annotations

import io
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Literal

from graphdnc.errors import UsageError

if TYPE_CHECKING:
    from matplotlib.figure import Figure

Format = Literal["svg", "png"]
FORMATS: tuple[Format, ...] = ("svg", "png")
STYLE: Any = {
    "font.size": 9,
    "svg.fonttype": "none",  # text stays text
    "svg.hashsalt": "graphdnc",  # the same numbers give the same file
    "font.family": ["DejaVu Sans", "sans-serif"],
    "text.parse_math": False,  # a name with two dollar signs is no formula
}


def format_of(name: str) -> Format:
    """Return the format of a file by its ending.

    Raises:
        UsageError: it is neither ``.svg`` nor ``.png``.
    """
    for ending in FORMATS:
        if name.lower().endswith(f".{ending}"):
            return ending
    raise UsageError(f"{name}: figures are written as .svg or .png; end the name with one of them")


def new_figure(width: float, height: float) -> Figure:
    """Return an empty figure, in inches; to be called within :func:`style`.

    Raises:
        UsageError: matplotlib is not installed.
    """
    with style():
        from matplotlib.figure import Figure

        return Figure(figsize=(width, height), layout="constrained")


@contextmanager
def style() -> Iterator[None]:
    """Return a context in which figures look alike.

    Raises:
        UsageError: matplotlib is not installed.
    """
    try:
        import matplotlib
    except ImportError as error:
        raise UsageError("figures need matplotlib; install it with pip install 'graphdnc[plots]'") from error
    with matplotlib.rc_context(STYLE), warnings.catch_warnings():
        warnings.filterwarnings("ignore", "Glyph .* missing")  # an emoji is drawn as a box
        yield


def saved(figure: Figure, format: Format, dpi: int = 150) -> bytes:
    """Return a figure as the bytes of a file."""
    file = io.BytesIO()
    metadata = {"Date": None} if format == "svg" else {"Software": None}
    with style():
        figure.savefig(file, format=format, dpi=dpi, metadata=metadata)
    return file.getvalue()
