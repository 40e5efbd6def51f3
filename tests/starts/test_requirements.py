"""What each start requires of a configuration."""

from __future__ import annotations

from dataclasses import replace

import pytest
import torch
from networks import SEARCH

from graphdnc.model.config import DNCConfig
from graphdnc.model.dnc import DNC
from graphdnc.starts.initialise import initialise
from graphdnc.starts.requirements import check


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"start": "random"}, "start is 'random'; it must be one of plain, search"),
        ({"masked_keys": False}, "the search start needs masked_keys = true"),
        ({"allocate_only": True}, "the search start needs allocate_only = false"),
        ({"links": "off"}, "the search start needs links, three read heads and one write head"),
        ({"read_heads": 2}, "needs links, three read heads and one write head"),
        ({"write_heads": 2}, "needs links, three read heads and one write head"),
        ({"interface_skip": False}, "the search start needs interface_skip = true"),
        ({"memory_width": 91}, "memory_width is 91; the search start stores a whole triple in a row, 92"),
        ({"input_size": 92}, "input_size is 92; the search start needs the 90 .* and 3 binary channels"),
        ({"output_size": 88}, "output_size is 88; the search start needs three labels"),
        ({"output_size": 45}, "output_size is 45; the search start needs three labels of decimal digits"),
    ],
)
def test_a_search_that_cannot_work_says_so(wrong: dict[str, object], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        check(replace(SEARCH, **wrong))  # type: ignore[arg-type]
    for fine in ({"links": "sparse", "read_heads": 4, "memory_width": 92}, {"output_skip": False}):
        initialise(DNC(replace(SEARCH, **fine)))  # type: ignore[arg-type]


def test_the_model_itself_draws_random_weights() -> None:
    """The configuration names a start; only ``initialise`` applies it, in place, and draws nothing."""
    torch.manual_seed(0)
    plain = DNC(replace(SEARCH, start="plain"))
    torch.manual_seed(0)
    network = DNC(SEARCH)
    for one, other in zip(plain.parameters(), network.parameters(), strict=True):
        assert torch.equal(one, other)
    drawn = torch.get_rng_state()
    assert initialise(network) is network
    assert torch.equal(torch.get_rng_state(), drawn)
    assert not torch.equal(plain.interface.weight, network.interface.weight)
    assert initialise(DNC(DNCConfig(controller_size=4))).config.start == "plain"
