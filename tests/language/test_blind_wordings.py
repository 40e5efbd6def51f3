"""Questions by somebody who did not know how sentences are read: each is read as what was judged right."""

from __future__ import annotations

import tomllib
from functools import cache

import pytest
from wordings import FOLDER

from graphdnc.errors import GraphDNCError
from graphdnc.graph import Graph
from graphdnc.language.describe import describe
from graphdnc.language.free.follow_ups import Context
from graphdnc.language.understand import understand
from graphdnc.names import find_node

BATCH = tomllib.loads((FOLDER / "blind.toml").read_text(encoding="utf-8"))


@cache
def graph(name: str) -> Graph:
    """Return a graph of the batch."""
    (csv,) = (one["csv"] for one in BATCH["graph"] if one["name"] == name)
    return Graph.from_triples(tuple(line.split(",")[:3]) for line in csv.split("\n")[1:] if line)


@pytest.mark.parametrize("asked", BATCH["question"], ids=lambda asked: asked["ask"])
def test_a_question_is_read_as_what_is_right(asked):
    made, weighted = graph(asked["graph"]), asked.get("weighted", False)
    context = None
    if "before" in asked:
        before = understand(asked["before"], made, weighted=weighted).askings[-1]
        context = Context(before, [find_node(made, end) for end in asked["ends"]])
    if not asked["read"]:
        with pytest.raises(GraphDNCError):
            understand(asked["ask"], made, weighted=weighted, context=context)
        return
    understood = understand(asked["ask"], made, weighted=weighted, context=context)
    assert [f"{one.put}: {describe(made, one.question)}" for one in understood.askings] == asked["read"]
