"""What the documentation says is so: examples run, links lead somewhere, names and options exist."""

from __future__ import annotations

import doctest
import importlib
import re
from pathlib import Path

import pytest

from graphdnc.cli.main import app

ROOT = Path(__file__).parents[2]
PACKAGES = {"graphdnc": "graphdnc", "datasets": "graphdnc.datasets", "cli": "graphdnc.cli"}
PAGES = sorted(
    path
    for folder in (".", "docs", "datasets", "checkpoints", "runs")
    for path in (ROOT / folder).glob("*.md" if folder == "." else "**/*.md")
)
ARCHITECTURE = (ROOT / "docs/architecture.md").read_text(encoding="utf-8")


def modules():
    for folder, package in PACKAGES.items():
        for path in sorted((ROOT / folder).rglob("*.py")):
            parts = path.relative_to(ROOT / folder).with_suffix("").parts
            yield ".".join([package, *(part for part in parts if part != "__init__")])


@pytest.mark.parametrize("name", list(modules()))
def test_examples_in_docstrings_run(name):
    module = importlib.import_module(name)
    assert module.__doc__, "a module says what it is"
    assert doctest.testmod(module).failed == 0


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_lead_somewhere(page):
    text = page.read_text(encoding="utf-8")
    links = re.findall(r"\]\(([^)#\s]+)", text)
    lost = [link for link in links if "://" not in link and not (page.parent / link).exists()]
    assert not lost


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_commands_shown_have_the_options_shown(page):
    blocks = re.findall(r"^```.*\n((?:.*\n)*?)```$", page.read_text(encoding="utf-8"), flags=re.MULTILINE)
    known = commands()
    for line in "\n".join(blocks).replace("\\\n", " ").splitlines():
        shown = re.match(r"(?:\$ )?(?:\.venv/bin/)?graphdnc ([a-z-]+)(.*)", line)
        if shown:
            used = set(re.findall(r"(?<=\s)--?[a-z][a-z-]*", shown[2]))
            assert used <= known[shown[1]] | {"--help"}, line


def commands():
    """Return the options of every command."""
    from typer.main import get_command

    group = get_command(app)
    return {
        name: {
            option for parameter in command.params for option in [*parameter.opts, *parameter.secondary_opts]
        }
        for name, command in group.commands.items()
    }


ROWS = [
    [cell.strip() for cell in line.split("|")[1:-1]]
    for line in ARCHITECTURE.splitlines()
    if line.startswith("| `")
]


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row[0])
def test_the_architecture_names_what_exists(row):
    paths = [ROOT / path for path in re.findall(r"`([^`]+)`", row[0])]
    assert all(path.exists() for path in paths)
    files = [file for path in paths for file in ([path] if path.is_file() else sorted(path.rglob("*")))]
    text = "".join(file.read_text(encoding="utf-8") for file in files if file.suffix == ".py")
    for name in re.findall(r"`([^`(]+)[^`]*`", row[2]):
        assert name in {file.name for file in files} or re.search(rf"\b{re.escape(name)}\b", text), name
