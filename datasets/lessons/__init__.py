"""Curricula as TOML files, the dataclasses they are read into, and the examples drawn from them."""
