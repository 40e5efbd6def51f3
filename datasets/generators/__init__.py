"""Generators of random graphs, transit maps and families."""
