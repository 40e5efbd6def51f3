"""Which configurations are accepted, and how others are refused."""

from __future__ import annotations

from dataclasses import asdict, replace

import pytest
from networks import ALL, SHIPPED

from graphdnc.model import interface_layout
from graphdnc.model.config import DNCConfig, current_options
from graphdnc.model.dnc import DNC


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"read_heads": 0}, "read_heads is 0; it must be at least 1"),
        ({"memory_rows": -3}, "memory_rows is -3"),
        ({"links": "thick"}, "links is 'thick'; it must be one of dense, sparse, off"),
        ({"when_full": "newest"}, "when_full is 'newest'; it must be one of nothing, oldest, least-read"),
        ({"when_full": "oldest"}, "when_full is 'oldest'; with blind_description, .* it must be 'nothing'"),
    ],
)
def test_a_configuration_that_cannot_work_says_so(wrong: dict[str, object], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        replace(SHIPPED, **wrong)  # type: ignore[arg-type]


def test_the_default_configuration_is_the_papers_network() -> None:
    """RW + 3W + 5R + 3 numbers in the interface vector, and no bias in its map (paper, Methods)."""
    config = DNCConfig()
    assert interface_layout.size(config) == 4 * 64 + 3 * 64 + 5 * 4 + 3
    network = DNC(config)
    assert network.interface.bias is None
    assert network.output.bias is None
    assert network.read_output.bias is None
    assert network.interface.in_features == 256


def test_names_of_weights_are_those_of_saved_networks() -> None:
    layer = ["input_weight", "hidden_weight", "bias"]
    norms = [f"{norm}.{part}" for norm in ("gate_norm", "cell_norm") for part in ("weight", "bias")]
    assert [*DNC(ALL).state_dict()] == [
        *(f"controller.layers.{index}.{part}" for index in range(2) for part in layer + norms),
        "interface.weight",
        "interface.bias",
        "output.weight",
        "read_output.weight",
        "input_output.weight",
    ]


def test_options_of_earlier_versions_are_left_out_where_they_were_off() -> None:
    saved = asdict(SHIPPED) | {"sharpen_links": False, "reads": "dense", "reads_kept": 8}
    assert DNCConfig(**current_options(saved)) == SHIPPED
    assert current_options(asdict(SHIPPED)) == asdict(SHIPPED)
    for name, value in (("sharpen_links", True), ("reads", "sparse")):
        with pytest.raises(ValueError, match=f"{name} is {value!r}; this version of graphdnc no longer has"):
            current_options(saved | {name: value})
