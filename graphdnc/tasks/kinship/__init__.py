"""Relatives by a term of kinship, found by instructions on sets of people."""
