"""Kinship questions: families, relatives and how two people are related."""
