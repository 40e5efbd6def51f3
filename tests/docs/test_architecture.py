"""The layout of the code: the order of packages, the sizes of modules, and where torch may be loaded.

Imports are read from the source, those under ``TYPE_CHECKING`` and inside functions included.
"""

from __future__ import annotations

import ast
import re
import statistics
import tomllib
from collections.abc import Iterator
from functools import cache
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
FOLDERS = {"graphdnc": "graphdnc", "graphdnc.datasets": "datasets", "graphdnc.cli": "cli"}
PAGE = (ROOT / "docs/architecture.md").read_text(encoding="utf-8")
ORDER = re.search(r"## The order of packages\n.*?```\n(.*?)```", PAGE, re.DOTALL)[1].split()
"""The packages and flat modules of ``graphdnc``: each imports only those that stand before it."""
ENTRY = {"graphdnc", "graphdnc.__main__"}
"""Modules that stand for the whole and may import any of it."""
ASKING = (
    "cli.ask",
    "cli.main",
    "answering",
    "reasoner",
    "readers",
    "language",
    "tasks",
    "networks.checkpoint",
)
"""The parts that ``ask`` runs through, with all that they import."""
MODULES_A_LEVEL, FLAT_MODULES, LINES = 16, 8, 400
MEDIAN_MODULE, MEDIAN_FUNCTION = 150, 8


def modules() -> dict[str, Path]:
    """Return the file of every module, by the name under which it is imported."""
    found = {}
    for package, folder in FOLDERS.items():
        for path in (ROOT / folder).rglob("*.py"):
            parts = path.relative_to(ROOT / folder).with_suffix("").parts
            found[".".join([package, *(part for part in parts if part != "__init__")])] = path
    return found


MODULES = modules()
PACKAGES = sorted(name for name, path in MODULES.items() if path.name == "__init__.py")


@cache
def tree(module: str) -> ast.Module:
    return ast.parse(MODULES[module].read_text(encoding="utf-8"))


def imports(module: str, everywhere: bool = True) -> Iterator[str]:
    """Yield the full names that a module imports, of modules or of things in them.

    Only what is imported as the module is loaded where ``everywhere`` is false.
    """
    for node in ast.walk(tree(module)) if everywhere else on_loading(tree(module).body):
        if isinstance(node, ast.Import):
            yield from (name.name for name in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert not node.level, f"{module}: relative imports are not used here"
            yield from (f"{node.module}.{name.name}" for name in node.names)


def on_loading(body: list[ast.stmt]) -> Iterator[ast.stmt]:
    """Yield the statements that run when a module is loaded."""
    for node in body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            continue
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test):
            yield from on_loading(node.orelse)
            continue
        yield node
        for part in ("body", "orelse", "finalbody"):
            yield from on_loading(getattr(node, part, []))
        for handler in getattr(node, "handlers", []):
            yield from on_loading(handler.body)


def own(name: str) -> str | None:
    """Return the module of this project that an imported name is, or lies in."""
    while name and name not in MODULES:
        name = name.rpartition(".")[0]
    return name or None


def own_imports(module: str, everywhere: bool = True) -> set[str]:
    return {found for name in imports(module, everywhere) if (found := own(name))} - {module}


def place(module: str) -> str:
    """Return the package or flat module of ``graphdnc`` that a module belongs to."""
    return module.split(".")[1]


@pytest.mark.parametrize("module", sorted(set(MODULES) - ENTRY))
def test_a_module_imports_only_what_stands_before_it(module):
    here = ORDER.index(place(module))
    later = [name for name in own_imports(module) - ENTRY if ORDER.index(place(name)) > here]
    assert not later


def test_no_two_modules_import_each_other():
    TopologicalSorter({module: own_imports(module) for module in set(MODULES) - ENTRY}).prepare()


def test_only_the_library_and_its_commands_are_importable():
    """``datasets`` and ``cli`` are folders, installed as parts of ``graphdnc``."""
    top = {name.partition(".")[0] for module in MODULES for name in imports(module)}
    assert not top & {"datasets", "cli", "checkpoints", "tests", "benchmarks"}


def test_every_package_is_installed():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    listed = set(project["tool"]["setuptools"]["packages"])
    assert listed == {*PACKAGES, "graphdnc.checkpoints", "graphdnc.runs"}


def test_few_modules_lie_on_the_flat_level():
    flat = [name for name in (ROOT / "graphdnc").glob("*.py")]
    assert len(flat) <= FLAT_MODULES


@pytest.mark.parametrize("package", PACKAGES)
def test_a_package_can_be_seen_at_a_glance(package):
    files = [path for path in MODULES[package].parent.glob("*.py") if path.name != "__init__.py"]
    assert len(files) <= MODULES_A_LEVEL


@pytest.mark.parametrize("module", sorted(MODULES))
def test_a_long_module_says_why(module):
    lines = len(MODULES[module].read_text(encoding="utf-8").splitlines())
    assert lines <= LINES or f"{LINES} lines" in (ast.get_docstring(tree(module)) or "")


def test_modules_and_functions_are_short():
    lengths = [len(path.read_text(encoding="utf-8").splitlines()) for path in MODULES.values()]
    assert statistics.median(lengths) <= MEDIAN_MODULE
    functions = [
        node.end_lineno - node.lineno + 1
        for module in MODULES
        for node in ast.walk(tree(module))
        if isinstance(node, ast.FunctionDef)
    ]
    assert statistics.median(functions) <= MEDIAN_FUNCTION


def test_an_answer_needs_no_torch():
    """Follow what is imported on loading; ``test_compiled.py`` answers without torch."""
    waiting = {name for name in MODULES if name.startswith(tuple(f"graphdnc.{part}" for part in ASKING))}
    seen: set[str] = set()
    while waiting:
        module = waiting.pop()
        assert "torch" not in {name.split(".")[0] for name in imports(module, everywhere=False)}, module
        seen.add(module)
        waiting |= own_imports(module, everywhere=False) - seen
