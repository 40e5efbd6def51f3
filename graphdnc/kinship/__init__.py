"""Kinship: the terms for relatives, the rules that say who they are, and exact answers from stated facts."""

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
