"""Random graphs of a few nodes, for property tests."""

from __future__ import annotations

import numpy as np
from hypothesis import strategies as st

from graphdnc.graph import Graph


@st.composite
def small_graphs(
    draw: st.DrawFn, nodes: int = 6, relations: int = 3, triples: int = 14, of: int | None = None
) -> Graph:
    """Draw a graph with at most so many nodes, used relations and triples; ``of`` counts all relations."""
    node, relation = draw(st.integers(1, nodes)), draw(st.integers(1, relations))
    rows = st.tuples(st.integers(0, node - 1), st.integers(0, relation - 1), st.integers(0, node - 1))
    drawn = draw(st.sets(rows, min_size=1, max_size=triples))
    return Graph(np.array(sorted(drawn)), node, of or relation)
