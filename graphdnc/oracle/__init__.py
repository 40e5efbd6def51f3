"""Exact answers, and the check of an answer."""
