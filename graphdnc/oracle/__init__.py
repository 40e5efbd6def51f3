"""Exact answers, found without a network, and the check of an answer against them."""
