"""Shortest paths from a start to a goal."""
