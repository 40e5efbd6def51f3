"""Fixtures of the commands: a stand-in for the network, and a graph file."""

from __future__ import annotations

import pytest
from asking import EDGES, StandIn

from graphdnc.answering import subgraph_session


@pytest.fixture
def network(monkeypatch):
    """Let a stand-in answer; ``network("wrong")`` changes what it says."""

    def says(said):
        monkeypatch.setattr(
            subgraph_session, "load_session", lambda graph, model, as_needed: StandIn(graph, said, model)
        )

    StandIn.together.clear()
    StandIn.loaded.clear()
    says("right")
    return says


@pytest.fixture
def edges(tmp_path):
    path = tmp_path / "edges.csv"
    path.write_text(EDGES)
    return path
