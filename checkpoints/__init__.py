"""Trained networks, each in a folder of its own."""
