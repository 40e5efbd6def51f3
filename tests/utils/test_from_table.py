"""Dataclasses from tables of TOML or JSON."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal

import pytest

from graphdnc.errors import ConfigError
from graphdnc.utils.from_table import from_table


@dataclass(frozen=True)
class Inner:
    rate: float = 0.5
    kind: Literal["dense", "sparse"] = "dense"

    def __post_init__(self) -> None:
        if self.rate < 0:
            raise ValueError("rate must be at least 0")


@dataclass(frozen=True)
class Outer:
    size: int
    inner: Inner = field(default_factory=Inner)
    fast: bool = False


def test_nested_tables_become_nested_dataclasses() -> None:
    made = from_table(Outer, {"size": 3, "inner": {"rate": 1, "kind": "sparse"}, "fast": True}, "file")
    assert made == Outer(3, Inner(1.0, "sparse"), True)
    assert type(made.inner.rate) is float, "a whole number is a number"


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"size": 3, "length": 4}, "^file: unknown key 'length'; the keys are size, inner, fast$"),
        ({"size": "3"}, "^file: size is '3'; it must be of type int$"),
        ({"size": True}, "^file: size is True; it must be of type int$"),
        ({"size": 3, "fast": 1}, "^file: fast is 1; it must be of type bool$"),
        ({"size": 3, "inner": 4}, "^file: inner is 4; it must be a table$"),
        (
            {"size": 3, "inner": {"kind": "thick"}},
            "^file: inner: kind is 'thick'; it must be 'dense' or",
        ),
        ({"size": 3, "inner": {"rate": True}}, "^file: inner: rate is True; it must be of type float$"),
        ({"size": 3, "inner": {"rate": -1.0}}, "^file: inner: rate must be at least 0$"),
        ({}, "^file: .*missing 1 required positional argument: 'size'$"),
    ],
)
def test_wrong_values_are_named(values: dict[str, Any], message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        from_table(Outer, values, "file")
