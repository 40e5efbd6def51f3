"""Inputs of all kinds as people have them: each is read right, refused for the true reason, or doubted."""

from __future__ import annotations

import re
import shlex
import tomllib
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from graphdnc.cli.options import columns_of
from graphdnc.errors import GraphDNCError
from graphdnc.graph import NamedTriple
from graphdnc.readers import Inspection, inspect_graph
from graphdnc.reasoner import Reasoner

ALL: list[dict[str, Any]] = [
    one
    for name in (
        "inputs",
        "inputs_unseen",
        "inputs_guesses",
        "inputs_blind",
        "inputs_blind_second",
        "inputs_blind_third",
        "inputs_further",
    )
    for one in tomllib.loads(Path(__file__).with_name(f"{name}.toml").read_text(encoding="utf-8"))["input"]
]
INPUTS = [pytest.param(one, id=one["name"]) for one in ALL]
ASKED = [
    pytest.param(one, question, answers, id=f"{one['name']}: {question}")
    for one in ALL
    for question, answers in one.get("asks", {}).items()
]


def written(one: dict[str, Any], folder: Path) -> Path:
    """Write an input to a file of its name."""
    path = folder / one["name"]
    encoding = "latin-1" if one.get("bytes") else one.get("encoding", "utf-8")
    path.write_bytes(one["text"].encode(encoding))
    return path


def rows_of(found: Inspection) -> set[str]:
    graph = found.graph
    return {
        f"{graph.node_name(source)} | {graph.relation_name(relation)} | {graph.node_name(target)}"
        for source, relation, target in graph
    }


@pytest.mark.parametrize("one", INPUTS)
def test_what_people_have(one, tmp_path):
    path = written(one, tmp_path)
    if "refused" in one:
        with pytest.raises(GraphDNCError) as error:
            inspect_graph(path)
        assert one["refused"] in str(error.value)
        return
    found = inspect_graph(path)
    assert rows_of(found) == set(one["reads"])
    assert any(note.doubtful for note in found.notes) == one.get("doubts", False)
    left = sum(note.count for note in found.account.left_out)
    assert found.account.read == found.account.used + left


@pytest.mark.parametrize(("one", "question", "answers"), ASKED)
def test_what_people_ask(one, question, answers, tmp_path):
    answer = Reasoner.from_file(written(one, tmp_path)).ask(question)
    said = answer.ends if answer.kind != "shortest-path" else [" -> ".join(names_along(answer.path))]
    assert sorted(said) == sorted(answers)
    assert answer.check == "agrees"


def names_along(path: list[NamedTriple]) -> list[str]:
    return [path[0].source, *(step.target for step in path)]


ADVICE = re.compile(r"(?:--(?:source|relation|target|columns|format) (?:'[^']*'|[^\s;']+) ?)+")


def advised(text: str) -> list[dict[str, str]]:
    """Return the options of each advice in a message, by name; NAME stands for one's own choice."""
    found = [shlex.split(advice) for advice in ADVICE.findall(text)]
    options = [dict(zip(words[::2], words[1::2], strict=True)) for words in found]
    return [{flag[2:]: value for flag, value in one.items()} for one in options if "NAME" not in one.values()]


def read_as_advised(path: Path, options: dict[str, str]) -> Inspection:
    columns = columns_of(options.get("columns"), None, None, None)
    roles = {role: options[role] for role in ("source", "relation", "target") if role in options}
    return inspect_graph(path, replace(columns, **roles), format=options.get("format"))


def test_advice_that_is_printed_works_as_printed(tmp_path):
    """Every reading that a message names is typed; it is read, and otherwise than before."""
    typed = 0
    for one in ALL:
        path = written(one, tmp_path)
        before = set(one.get("reads", ()))
        try:
            said = [note.text for note in inspect_graph(path).notes]
        except GraphDNCError as error:
            said = [str(error)]
        for options in (found for text in said for found in advised(text)):
            typed += 1
            after = read_as_advised(path, options)
            assert rows_of(after) != before, (one["name"], options)
    assert typed > 30
