"""A differentiable neural computer that answers questions about graphs it never saw."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from graphdnc.errors import GraphDNCError
    from graphdnc.graph import Graph, Triple
    from graphdnc.model.config import DNCConfig
    from graphdnc.model.dnc import DNC
    from graphdnc.model.state import DNCState
    from graphdnc.networks.checkpoint import load_checkpoint
    from graphdnc.questions import Inverse, ShortestPath, Traversal
    from graphdnc.readers import Columns, read_graph
    from graphdnc.reasoner import Reasoner
    from graphdnc.training.tensors import CorpusDataset

__all__ = [
    "DNC",
    "Columns",
    "CorpusDataset",
    "DNCConfig",
    "DNCState",
    "Graph",
    "GraphDNCError",
    "Inverse",
    "Reasoner",
    "ShortestPath",
    "Traversal",
    "Triple",
    "load_checkpoint",
    "read_graph",
]
_MODULES = {
    "Columns": "readers.columns",
    "CorpusDataset": "training.tensors",
    "DNC": "model.dnc",
    "DNCConfig": "model.config",
    "DNCState": "model.state",
    "Graph": "graph",
    "GraphDNCError": "errors",
    "Inverse": "questions",
    "Reasoner": "reasoner",
    "ShortestPath": "questions",
    "Traversal": "questions",
    "Triple": "graph",
    "load_checkpoint": "networks.checkpoint",
    "read_graph": "readers",
}
"""The modules of the public names. ``import graphdnc`` alone loads none of them, and nothing heavy."""


def __getattr__(name: str) -> Any:
    """Return a public name, or the version, when it is first asked for."""
    if name == "__version__":
        from importlib.metadata import version

        return version("graphdnc")
    if name not in _MODULES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(f"graphdnc.{_MODULES[name]}"), name)


def __dir__() -> list[str]:
    """Return the public names, so that they can be completed."""
    return sorted([*__all__, "__version__"])
