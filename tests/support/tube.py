"""A map whose names are hard to tell apart, and the numbers of its names."""

from __future__ import annotations

from graphdnc.graph import Graph

TUBE = Graph.from_triples(
    [
        ("Bond Street", "Central eastbound", "Oxford Circus"),
        ("Oxford Circus", "Central eastbound", "Bank"),
        ("Oxford Circus", "Northern southbound", "Elephant & Castle"),
        ("King's Cross St Pancras", "Waterloo & City eastbound", "Bank"),
        ("Bank", "Northern southbound", "Bond Street"),
        ("Bank", "Northern", "Oxford Circus"),
        ("Washington, D.C.", "1", "São Paulo"),
    ]
)
BOND, OXFORD, BANK, ELEPHANT, KINGS, WASHINGTON, SAO_PAULO = range(7)
CENTRAL, SOUTHBOUND, WATERLOO, NORTHERN, ONE = range(5)
