"""Graphs that people write by hand, as lines of text: arrows, diagrams, facts."""
