"""Kinship: terms for relatives, the rules that define them, and exact answers from the facts of a graph."""

from graphdnc.kinship.relatives import relation_between, relatives
from graphdnc.kinship.vocabulary import Term, Vocabulary, standard_vocabulary

__all__ = ["Term", "Vocabulary", "relation_between", "relatives", "standard_vocabulary"]
