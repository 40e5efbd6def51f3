"""The workflow runs the project's own script, on the Pythons that the project says it supports."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

ROOT = Path(__file__).parents[2]
WORKFLOW = (ROOT / ".github/workflows/ci.yml").read_text(encoding="utf-8")


def test_the_workflow_runs_the_script_that_people_run():
    assert re.findall(r"- run: (.+)", WORKFLOW) == [".ci/run PYTHON=python"]
    assert (ROOT / ".ci/run").stat().st_mode & 0o111, ".ci/run can be executed"


def test_the_workflow_runs_on_every_python_that_is_supported():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    first, end = map(int, re.fullmatch(r">=3\.(\d+),<3\.(\d+)", project["requires-python"]).groups())
    listed = re.search(r"python: \[(.*)\]", WORKFLOW)[1]
    assert re.findall(r'"([\d.]+)"', listed) == [f"3.{minor}" for minor in range(first, end)]
