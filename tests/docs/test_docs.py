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


def test_the_architecture_describes_every_package():
    described = "".join(re.findall(r"\*\*`[^`]+`\*\*", ARCHITECTURE))
    packages = {path.parent.relative_to(ROOT) for path in (ROOT / "graphdnc").glob("*/__init__.py")}
    assert not [package for package in packages if f"`{package}/`" not in described]


PARAGRAPHS = [part for part in ARCHITECTURE.split("\n\n") if part.startswith("**`")]


@pytest.mark.parametrize("paragraph", PARAGRAPHS, ids=lambda text: text.split("`")[1])
def test_a_package_has_what_the_architecture_says(paragraph):
    """A name in code style is a file of the repository or of the package, or a word in its source."""
    places = [ROOT / path for path in re.findall(r"\*\*`([^`]+)`\*\*", paragraph)]
    assert all(place.exists() for place in places)
    files = [file for place in places for file in ([place] if place.is_file() else sorted(place.rglob("*")))]
    source = "".join(file.read_text(encoding="utf-8") for file in files if file.suffix in (".py", ".toml"))
    for name in re.findall(r"`([^`]+)`", re.sub(r"\*\*`[^`]+`\*\*", "", paragraph)):
        there = (ROOT / name).exists() or any(file.match(name.rstrip("/")) for file in files)
        assert there or re.search(rf"\b{re.escape(name)}\b", source), name


STEPS = re.findall(r"^\d+\. `([^`]+)`: ((?:.+\n?(?:    ?.+\n)*))", ARCHITECTURE, re.MULTILINE)


@pytest.mark.parametrize(("file", "text"), STEPS, ids=lambda part: part.split("`")[0][:60])
def test_the_walks_name_what_exists(file, text):
    source = (ROOT / file).read_text(encoding="utf-8")
    for name in re.findall(r"`(\w+)`", text):
        assert re.search(rf"\b{name}\b", source), name


def test_every_step_of_the_walks_is_checked():
    assert len(STEPS) == len(re.findall(r"^\d+\. ", ARCHITECTURE, re.MULTILINE)) > 30


def test_the_files_that_contributors_are_sent_to_exist():
    text = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    paths = {path for path in re.findall(r"`([\w./]+/[\w.]*)`", text) if "NAME" not in path}
    assert len(paths) > 10
    assert not [path for path in paths if not (ROOT / path).exists() and path not in ("best/",)]
