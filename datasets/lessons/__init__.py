"""Curricula as data, one TOML file each."""
