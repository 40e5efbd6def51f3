"""What a run is made of, by fingerprint: its code, and the versions of what computes.

With the data, which a :class:`~graphdnc.training.batches.Source` names, these decide every number of a run.
"""

from __future__ import annotations

import ast
import functools
import platform
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import torch

import graphdnc
from graphdnc.utils.checksum import checksum

PACKAGES = (
    *("graph.py", "questions", "oracle", "kinship", "episodes", "tasks", "starts"),
    *("model", "networks", "corpus", "answering", "training", "utils"),
)
"""The code that training runs, without that of the data."""
_ENDINGS = (".py", ".cpp", ".h", ".toml", ".csv")


@functools.cache
def code_of_training() -> dict[str, str]:
    """Return a fingerprint of every file of the code, and the versions of Python, torch and NumPy.

    They are taken once, when the process begins to train.
    """
    root = Path(graphdnc.__file__).parent
    found = {"Python": ".".join(platform.python_version_tuple()[:2])}
    found |= {"torch": str(torch.__version__), "NumPy": np.__version__}
    for package in PACKAGES:
        found |= code_in(root / package, f"graphdnc/{package}")
    return found


def code_in(path: Path, name: str) -> dict[str, str]:
    """Return a fingerprint of every file below a path, which is called ``name``.

    Of Python it is the syntax tree without docstrings, so comments and formatting do not count.
    """
    files = sorted(path.rglob("*")) if path.is_dir() else [path]
    return {
        "/".join((name, *file.relative_to(path).parts)): _fingerprint(file)
        for file in files
        if file.suffix in _ENDINGS
    }


def _fingerprint(file: Path) -> str:
    content = file.read_bytes()
    if file.suffix == ".py":
        content = ast.dump(_WithoutTexts().visit(ast.parse(content))).encode()
    return checksum([content])[:16]


class _WithoutTexts(ast.NodeTransformer):
    """Removes docstrings, also those of attributes."""

    def visit_Expr(self, node: ast.Expr) -> ast.Expr | None:
        """Remove an expression that is only a text."""
        return None if isinstance(node.value, ast.Constant) and isinstance(node.value.value, str) else node


def differences(begun: Mapping[str, str], now: Mapping[str, str]) -> list[str]:
    """Return what is not as when the run began, in words, data first."""
    changed = [name for name in {**begun, **now} if begun.get(name) != now.get(name)]
    versions = ("Python", "torch", "NumPy")
    order = sorted(changed, key=lambda name: (name.startswith("graphdnc/"), name in versions))
    return [
        f"{name} {now.get(name)} instead of {begun.get(name)}" if name in versions else f"another {name}"
        for name in order
    ]
