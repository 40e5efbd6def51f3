"""Helpers that know nothing about graphs or networks."""
