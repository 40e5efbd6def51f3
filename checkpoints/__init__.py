"""Trained networks, one folder each."""
