"""A differentiable neural computer that answers questions about graphs it never saw."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from graphdnc.reasoner import Reasoner

__all__ = ["Reasoner"]


def __getattr__(name: str) -> Any:
    """Return the way in when it is first asked for: ``import graphdnc`` alone loads nothing heavy."""
    if name != "Reasoner":
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from graphdnc.reasoner import Reasoner

    return Reasoner
