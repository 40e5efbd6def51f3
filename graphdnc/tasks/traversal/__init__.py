"""Traversals: start somewhere and follow relations."""
