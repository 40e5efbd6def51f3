"""The rung of a network: how much of it was learned, and how much was said beforehand."""

from __future__ import annotations

from dataclasses import fields
from typing import Literal

from graphdnc.model.config import DNCConfig

Rung = Literal["paper", "learned", "programmed"]
_SIZES = {
    "input_size",
    "output_size",
    "controller_size",
    "controller_layers",
    "memory_rows",
    "memory_width",
    "read_heads",
}


def rung_of(config: DNCConfig) -> Rung:
    """Return the rung of a network.

    *paper*: the network of Graves et al. (2016), of any size, from random weights. *learned*: with departures
    from it, from random weights. *programmed*: the first weights say how to use the memory.

    >>> rung_of(DNCConfig(controller_size=128)), rung_of(DNCConfig(masked_keys=True))
    ('paper', 'learned')
    """
    if config.start != "plain":
        return "programmed"
    options = [option for option in fields(config) if option.name not in _SIZES]
    departs = any(getattr(config, option.name) != option.default for option in options)
    return "learned" if departs else "paper"
