"""A graph held in the memory of a network, and asked."""
