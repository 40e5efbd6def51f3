"""Kinship: terms for relatives, the rules that define them, and exact answers from the facts of a graph."""

from graphdnc.kinship.relatives import Evidence, Link, Relationship, evidence, relation_between, relatives
from graphdnc.kinship.vocabulary import Term, Vocabulary, standard_vocabulary

__all__ = [
    "Evidence",
    "Link",
    "Relationship",
    "Term",
    "Vocabulary",
    "evidence",
    "relation_between",
    "relatives",
    "standard_vocabulary",
]
