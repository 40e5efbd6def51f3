"""The tables of kinship terms in the documentation."""

from pathlib import Path

from kinship_tables import page

from graphdnc.kinship import standard_vocabulary

ROOT = Path(__file__).parents[2]


def test_the_tables_of_the_documentation_are_made_from_the_terms():
    text = (ROOT / "docs/kinship.md").read_text(encoding="utf-8")
    assert page(standard_vocabulary()) in text, "python tests/support/kinship_tables.py docs/kinship.md"
