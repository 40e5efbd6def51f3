"""The kernels in C++ and their bindings in Python agree, and are installed."""

from __future__ import annotations

import re
import tomllib
from fnmatch import fnmatch
from pathlib import Path
from typing import Any

import pytest

from graphdnc.model.kernels.cpu import bindings, compiler


def fields_of(struct: str) -> list[str]:
    """The fields of a struct of the C++ source, in order."""
    source = re.sub(r"//.*", "", (compiler.SOURCES[0].parent / "episode.h").read_text())
    body = re.search(rf"struct {struct} {{(.*?)}};", source, re.DOTALL)
    assert body is not None
    return re.findall(r"(\w+)\s*[,;]", body[1])


@pytest.mark.parametrize("struct", [bindings.Sizes, bindings.Tape, bindings.Parameters, bindings.Gradients])
def test_structures_are_the_same_in_both_languages(struct: Any) -> None:
    assert fields_of(struct.__name__) == [name for name, _ in struct._fields_]


def test_constants_are_the_same_in_both_languages() -> None:
    text = "".join(source.read_text() for source in compiler.SOURCES)
    for name in ("PAD", "ROW_BLOCK"):
        found = re.search(rf"constexpr int {name} = (\d+);", text)
        assert found is not None
        assert int(found[1]) == getattr(bindings, name)
    assert bindings.PAD % bindings.ROW_BLOCK == 0


def test_the_sources_are_packaged() -> None:
    project = tomllib.loads(Path("pyproject.toml").read_text())
    tool = project["tool"]["setuptools"]
    assert "graphdnc.model.kernels.cpu" in tool["packages"]
    patterns = tool["package-data"]["graphdnc.model.kernels.cpu"]
    for path in compiler.SOURCES:
        assert any(fnmatch(path.name, pattern) for pattern in patterns)
