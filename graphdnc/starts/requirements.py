"""What each start requires of a configuration. This is checked without torch, before training."""

from __future__ import annotations

from dataclasses import dataclass, field

from graphdnc.model.config import DNCConfig


@dataclass(frozen=True)
class Requirements:
    """What a start requires of a configuration.

    Attributes:
        marks: columns of a memory row besides the triple.
        channels: binary channels of the input besides the triple.
        options: options that must be on or off.
        parts: the required heads and links in words; empty if there are no such requirements.
        read_heads: the least number of read heads.
        links: whether temporal links are required.
    """

    marks: int
    channels: int
    options: dict[str, bool] = field(default_factory=dict)
    parts: str = ""
    read_heads: int = 1
    links: bool = False


STARTS: dict[str, Requirements | None] = {
    "plain": None,
    "search": Requirements(
        marks=2,
        channels=3,
        options={"masked_keys": True, "allocate_only": False},
        parts="links, three read heads and one write head",
        read_heads=3,
        links=True,
    ),
    "kinship": Requirements(
        marks=4,
        channels=11,
        options={"output_skip": True, "masked_keys": True, "allocate_only": False},
        parts="three read heads and one write head",
        read_heads=3,
    ),
}
"""The starts by name; ``plain`` is random weights."""


def check(config: DNCConfig) -> None:
    """Raise ``ValueError`` if the start is unknown or the configuration lacks something that it requires."""
    if config.start not in STARTS:
        raise ValueError(f"start is {config.start!r}; it must be one of {', '.join(STARTS)}")
    needed = STARTS[config.start]
    if needed is not None:
        _check_sizes(config, needed)
        _check_options(config, needed)


def _check_sizes(config: DNCConfig, needed: Requirements) -> None:
    start, triple = f"the {config.start} start", config.output_size
    if not config.interface_skip:
        raise ValueError(f"{start} needs interface_skip = true")
    if triple % 30:
        raise ValueError(f"output_size is {triple}; {start} needs three labels of decimal digits")
    if config.memory_width < triple + needed.marks:
        raise ValueError(
            f"memory_width is {config.memory_width}; {start} stores a whole triple in a row, "
            f"{triple + needed.marks} numbers"
        )
    if config.input_size < triple + needed.channels:
        raise ValueError(
            f"input_size is {config.input_size}; {start} needs the {triple} numbers of a triple and "
            f"{needed.channels} binary channels"
        )


def _check_options(config: DNCConfig, needed: Requirements) -> None:
    for name, wanted in needed.options.items():
        if getattr(config, name) != wanted:
            raise ValueError(f"the {config.start} start needs {name} = {str(wanted).lower()}")
    lacking = (
        config.read_heads < needed.read_heads
        or config.write_heads != 1
        or (needed.links and config.links == "off")
    )
    if needed.parts and lacking:
        raise ValueError(f"the {config.start} start needs {needed.parts}")
