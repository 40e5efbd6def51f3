"""What all generators of graphs have in common."""

import numpy as np
import pytest

from graphdnc.datasets.generators.families import (
    family,
)
from graphdnc.datasets.generators.lineages import lineage
from graphdnc.datasets.generators.random_graphs import random_graph
from graphdnc.datasets.generators.transit import transit_map


def rng(seed: int = 0) -> np.random.Generator:
    return np.random.default_rng(seed)


@pytest.mark.parametrize("draw", [
    lambda r: random_graph(r, 25, (2, 6)),
    lambda r: transit_map(r, (40, 120)),
    lambda r: family(r, (10, 30)),
    lambda r: lineage(r, (10, 30)),
])  # fmt: skip
def test_the_same_seed_gives_the_same_graph(draw):
    one, same, other = draw(rng(5)), draw(rng(5)), draw(rng(6))
    assert np.array_equal(one.triples, same.triples)
    assert (one.node_names, one.relation_names) == (same.node_names, same.relation_names)
    assert not np.array_equal(one.triples, other.triples)
