"""Questions for relations that no triple states."""

from __future__ import annotations

from dataclasses import dataclass

from graphdnc.questions.relation_table import SEQUENCES


@dataclass(frozen=True)
class Relation:
    """Where does a relation that no triple states lead to from a node?

    The relation is one of those in ``relation_table.py`` and stands for a sequence of edge labels, which are
    the relation numbers of the graph. The answer is the path along that sequence; its last target is the node
    asked for.

    Attributes:
        start: the node to start from.
        relation: the relation's number in the table.
    """

    start: int
    relation: int

    def __post_init__(self) -> None:
        if not 0 <= self.relation < len(SEQUENCES):
            raise ValueError(f"a relation must be from 0 to {len(SEQUENCES) - 1}, got {self.relation}")

    @property
    def edges(self) -> tuple[int, ...]:
        """The edge labels that the relation stands for."""
        return SEQUENCES[self.relation]
