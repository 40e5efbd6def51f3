"""Generators of graphs, and their names."""

from enum import StrEnum


class Generator(StrEnum):
    """Where graphs come from."""

    random = "random"
    transit = "transit"
    family = "family"
    lineage = "lineage"
