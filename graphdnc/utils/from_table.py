"""Build a dataclass from a table of TOML or JSON, and check the types."""

from __future__ import annotations

import dataclasses
import types
import typing
from typing import Any, TypeVar

from graphdnc.errors import ConfigError

T = TypeVar("T")


def from_table(kind: type[T], values: dict[str, Any], where: str) -> T:
    """Return a dataclass with the values of a table; nested tables become nested dataclasses.

    ``where`` is the file and table, for messages.

    Raises:
        ConfigError: a key is unknown, or a value is missing or has the wrong type.
    """
    kinds = typing.get_type_hints(kind)
    unknown = sorted(set(values) - set(kinds))
    if unknown:
        raise ConfigError(f"{where}: unknown key {unknown[0]!r}; the keys are {', '.join(kinds)}")
    made = {name: _value(kinds[name], value, f"{where}: {name}") for name, value in values.items()}
    try:
        return kind(**made)
    except (TypeError, ValueError) as error:
        raise ConfigError(f"{where}: {error}") from error


def _value(kind: Any, value: Any, where: str) -> Any:
    if dataclasses.is_dataclass(kind) and isinstance(kind, type):
        if not isinstance(value, dict):
            raise ConfigError(f"{where} is {value!r}; it must be a table")
        return from_table(kind, value, where)
    if typing.get_origin(kind) is typing.Literal:
        choices = typing.get_args(kind)
        if value not in choices:
            raise ConfigError(f"{where} is {value!r}; it must be {' or '.join(map(repr, choices))}")
        return value
    if isinstance(kind, types.UnionType):  # one value, or a list of such values
        one, several = typing.get_args(kind)
        if not isinstance(value, list):
            return _value(one, value, where)
        return tuple(_value(typing.get_args(several)[0], single, where) for single in value)
    if kind is float and isinstance(value, int) and not isinstance(value, bool):
        return float(value)
    if type(value) is not kind:
        raise ConfigError(f"{where} is {value!r}; it must be of type {kind.__name__}")
    return value
