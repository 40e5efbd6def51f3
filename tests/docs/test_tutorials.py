"""Every command of the README, the tutorials and the page about kinship is run, and prints what is shown.

In a page, a block that begins with ``$ `` shows commands and what they print, standard error included; a
block whose first line ends with a file's name, as in ```` ```csv ferries.csv ````, is that file. Commands run
one after the other in one folder, in which ``datasets`` is that of the project. Seconds are not compared.
"""

from __future__ import annotations

import io
import os
import re
import shlex
import subprocess
import sys
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path
from typing import NamedTuple
from unittest import mock

import pytest

from graphdnc.cli.main import main

ROOT = Path(__file__).parents[2]
README = ROOT / "README.md"
PAGES = [README, *sorted((ROOT / "docs").glob("tutorial-*.md")), ROOT / "docs" / "kinship.md"]
BLOCK = re.compile(r"^```(.*)\n((?:.*\n)*?)```$", re.MULTILINE)
SECONDS = [(r"\d+\.\d+ s\b", "... s"), (r'("seconds": )\d+\.\d+', r"\1...")]
SHOW_CODE = '; echo "exit code $?"'
SECONDS_A_PAGE = 240
"""Far more than a page takes: what does not end is a failure, a busy machine is none."""


class Shown(NamedTuple):
    """A command of a page and what it prints there."""

    command: str
    output: list[str]


def read(page: Path) -> tuple[dict[str, str], list[Shown]]:
    """Return the files and the commands of a page."""
    files, commands = {}, []
    for title, text in BLOCK.findall(page.read_text(encoding="utf-8")):
        if " " in title:
            files[title.split()[1]] = text
        elif not title and text.startswith("$ "):
            commands += [shown(part) for part in text[2:].split("\n$ ")]
    return files, commands


def shown(part: str) -> Shown:
    lines = part.rstrip("\n").split("\n")
    end = next(at for at, line in enumerate(lines) if not line.endswith("\\")) + 1
    return Shown("\n".join(lines[:end]), lines[end:])


def without_seconds(lines: list[str]) -> list[str]:
    text = "\n".join(line.rstrip() for line in lines)
    for pattern, instead in SECONDS:
        text = re.sub(pattern, instead, text)
    return text.split("\n")


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """Return the working folder, with the data sets, and with ``graphdnc`` and ``python`` on its path."""
    (tmp_path / "datasets").symlink_to(ROOT / "datasets")
    programs = tmp_path / "bin"
    programs.mkdir()
    for name, code in {"graphdnc": "-c 'from graphdnc.cli.main import main; main()' ", "python": ""}.items():
        (programs / name).write_text(f'#!/bin/sh\nexec "{sys.executable}" {code}"$@"\n')
        (programs / name).chmod(0o755)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PATH", f"{programs}:{os.environ['PATH']}")
    monkeypatch.setenv("PYTHONIOENCODING", "utf-8")
    return tmp_path


def run(command: str) -> list[str]:
    """Return what a command prints.

    A plain call of ``graphdnc`` runs in this process, which saves loading it; all else runs in a shell.
    """
    plain, shows_code = command.removesuffix(SHOW_CODE), command.endswith(SHOW_CODE)
    words = shlex.shlex(plain.replace("\\\n", " "), posix=True, punctuation_chars=True)
    words.whitespace_split = True
    program, *arguments = words
    if program != "graphdnc" or any(set(word) <= set("();<>|&") for word in arguments):
        return run_in_shell(command)
    printed, code = run_here(arguments)
    return [*printed, f"exit code {code}"] if shows_code else printed


def run_here(arguments: list[str]) -> tuple[list[str], int]:
    """Return what ``graphdnc`` prints when called in this process, and its exit code."""
    output = io.TextIOWrapper(io.BytesIO(), encoding="utf-8", write_through=True)
    with (
        mock.patch.multiple(sys, argv=["graphdnc", *arguments], stdin=io.StringIO()),
        redirect_stdout(output),
        redirect_stderr(output),
        pytest.raises(SystemExit) as stop,
    ):
        main()
    return output.buffer.getvalue().decode().splitlines(), stop.value.code


def run_in_shell(command: str) -> list[str]:
    done = subprocess.run(
        ["sh", "-c", command],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        timeout=SECONDS_A_PAGE,
        check=False,
    )
    return done.stdout.splitlines()


@pytest.mark.skipif(os.name != "posix", reason="needs a shell")
@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_the_commands_of_a_tutorial_print_what_is_shown(page, folder):
    files, commands = read(page)
    assert commands, "a tutorial shows commands"
    for name, text in files.items():
        (folder / name).write_text(text, encoding="utf-8")
    for command, output in commands:
        assert without_seconds(run(command)) == without_seconds(output), command


def test_a_page_is_read_as_files_and_commands(tmp_path):
    page = tmp_path / "tutorial-x.md"
    commands = "```\n$ one \\\n  two\n3\n$ four\n```\n"
    page.write_text(f"text\n```csv a.csv\n1,2\n```\n\n{commands}```python\n$ no\n```\n")
    assert read(page) == ({"a.csv": "1,2\n"}, [Shown("one \\\n  two", ["3"]), Shown("four", [])])
    assert without_seconds(['in 3.25 s: "seconds": 0.5, 4 steps']) == ['in ... s: "seconds": ..., 4 steps']


@pytest.mark.parametrize("page", [README, ROOT / "docs" / "python.md"], ids=lambda page: page.stem)
def test_the_python_that_is_shown_prints_what_is_shown(page, monkeypatch, capsys):
    monkeypatch.chdir(ROOT)
    text = page.read_text(encoding="utf-8")
    blocks = re.findall(r"^```python\n((?:.*\n)*?)```\n\n```\n((?:.*\n)*?)```$", text, re.MULTILINE)
    assert len(blocks) == text.count("```python")
    names: dict[str, object] = {}
    for code, printed in blocks:
        exec(code, names)
        assert capsys.readouterr().out == printed


def test_the_demo_asks_the_first_question_of_the_readme():
    _, commands = read(README)
    recipe = (ROOT / "Makefile").read_text(encoding="utf-8").split("demo: ")[1].split("\n\n")[0]
    demo = recipe.split("/graphdnc ")[1]
    assert shlex.split(demo.replace("\\\n", " ")) == shlex.split(commands[0].command.replace("\\\n", " "))[1:]
