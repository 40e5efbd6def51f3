"""Curricula as data: lessons in order of difficulty, in TOML files beside this module.

A file has ``task = "traversal"``, ``"shortest-path"``, ``"inference"`` or ``"kinship"``, and one
``[[lesson]]`` table for each lesson. Ranges include both ends::

    [[lesson]]
    graphs = "random"       # or "transit", "family" or "lineage"
    nodes = [10, 40]        # for transit maps triples = [..], for families and lineages people = [..]
    out_degree = [2, 6]     # random graphs only
    relations = [1, 4]      # random graphs for traversals only, optional: how many; else as many as nodes
    derived = false         # families only, optional: whether grandmothers, ... are triples as well
    path = [1, 20]          # triples of an answer; for kinship, steps of a term. For shortest paths 0 asks
                            # for a path that does not exist
    questions = 3           # optional: how many about each graph, 1 by default

Tasks about sequences have lessons of another form (``sequences.py``).

Inference uses random graphs only, with the ten edge labels as relations. Kinship uses lineages only, and all
terms are equally frequent.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from graphdnc.datasets.generators.people import LEAST_PEOPLE
from graphdnc.datasets.questions.table import QUESTIONS
from graphdnc.errors import ConfigError, UsageError
from graphdnc.tasks.sequences import SEQUENCE_TASKS
from graphdnc.utils.ranges import Range, check_range

SIZES = {"random": "nodes", "transit": "triples", "family": "people", "lineage": "people"}
"""What the size of a graph counts, for each generator. It is also the key of the range in a file."""
LEAST = {"random": 2, "transit": 2, "family": LEAST_PEOPLE, "lineage": LEAST_PEOPLE}
"""The smallest size that each generator can draw."""
_OWN = {"random": {"out_degree", "relations"}, "transit": set(), "family": {"derived"}, "lineage": set()}
"""The keys of a lesson that only one generator has."""


@dataclass(frozen=True)
class Lesson:
    """The ranges from which the graphs and questions of a lesson are drawn.

    Attributes:
        graphs: the generator, a key of ``SIZES``.
        size: the number of nodes, triples or people, depending on the generator.
        path: the number of triples in an answer.
        out_degree: the number of edges that leave a node of a random graph; ``None`` for other generators.
        relations: the number of relations of a random graph; ``None`` for the usual number.
        derived: whether the graph of a family has derived relations in addition to the base relations.
        task: the task, a key of ``QUESTIONS``.
        questions: the number of questions about each graph.
    """

    graphs: str
    size: Range
    path: Range
    out_degree: Range | None = None
    relations: Range | None = None
    derived: bool = False
    task: str = "traversal"
    questions: int = 1


@dataclass(frozen=True)
class Curriculum:
    """Lessons in the order in which they are learned.

    Attributes:
        name: the name of the file without its suffix.
        task: the task of all lessons, a key of ``QUESTIONS``.
        lessons: at least one lesson, from easy to hard.
    """

    name: str
    task: str
    lessons: tuple[Lesson, ...]

    def lesson_number(self, wanted: str) -> int:
        """Return the number of a lesson, counted from 1, for a number as text or for ``final``.

        Raises:
            UsageError: there is no such lesson.
        """
        return lesson_number(self.name, len(self.lessons), wanted)


def lesson_number(name: str, count: int, wanted: str) -> int:
    """Return the number of one of ``count`` lessons, counted from 1, for a number as text or for ``final``.

    Raises:
        UsageError: there is no such lesson.
    """
    if wanted == "final":
        return count
    if not wanted.isdecimal() or not 1 <= int(wanted) <= count:
        raise UsageError(f"no lesson {wanted!r} in {name}; write --lesson 1 to {count}, or final")
    return int(wanted)


def load_curriculum(name_or_path: str | Path) -> Curriculum:
    """Return a shipped curriculum by its name, or another one by the path of its file.

    Raises:
        ConfigError: there is no such curriculum, its file has a wrong key or value, or its task is not about
            graphs.
    """
    path, table = read_lessons(name_or_path)
    task = table.get("task")
    if task in tuple(SEQUENCE_TASKS):
        raise ConfigError(
            f"{path}: {task} is about sequences and has no graphs; name it in a run, as runs/{task}.toml does"
        )
    return _curriculum(path, table)


def read_lessons(name_or_path: str | Path) -> tuple[Path, dict[str, Any]]:
    """Return the path and the content of a file of lessons: a shipped one by its name, or any by its path.

    Raises:
        ConfigError: there is no such file, or it is not TOML.
    """
    path = Path(__file__).parent / f"{name_or_path}.toml"
    if not path.is_file():
        path = Path(name_or_path)
    try:
        return path, tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        shipped = ", ".join(sorted(file.stem for file in Path(__file__).parent.glob("*.toml")))
        wanted = str(name_or_path)
        raise ConfigError(f"no curriculum {wanted!r}: give a TOML file or one of {shipped}") from error
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(f"{path}: {error}; correct the TOML") from error


def _curriculum(path: Path, table: Mapping[str, Any]) -> Curriculum:
    _refuse_unknown(str(path), table, {"task", "lesson"})
    task = table.get("task")
    if task not in tuple(QUESTIONS):
        known = ", ".join([*QUESTIONS, *SEQUENCE_TASKS])
        raise ConfigError(f"{path}: task is {task!r}; write one of {known}")
    lessons = table.get("lesson")
    if not isinstance(lessons, list) or not lessons or not all(isinstance(item, dict) for item in lessons):
        raise ConfigError(f"{path}: no lessons; write one [[lesson]] table for each")
    read = (_lesson(f"{path}: lesson {number}", task, item) for number, item in enumerate(lessons, start=1))
    return Curriculum(path.stem, task, tuple(read))


def _lesson(where: str, task: str, table: Mapping[str, Any]) -> Lesson:
    asked, graphs = QUESTIONS[task], table.get("graphs")
    if not isinstance(graphs, str) or graphs not in asked.generators:
        raise ConfigError(f"{where}: graphs is {graphs!r}; write one of {', '.join(asked.generators)}")
    own = _OWN[graphs] - ({"relations"} if task != "traversal" else set())
    _refuse_unknown(where, table, {"graphs", SIZES[graphs], "path", "questions"} | own)
    derived, questions = table.get("derived", False), table.get("questions", 1)
    if not isinstance(derived, bool):
        raise ConfigError(f"{where}: derived is {derived!r}; write true or false")
    if type(questions) is not int or questions < 1:
        raise ConfigError(f"{where}: questions is {questions!r}; write a number from 1 up")
    return Lesson(
        graphs,
        size=_range(where, table, SIZES[graphs], LEAST[graphs]),
        path=_range(where, table, "path", *asked.lengths),
        out_degree=_range(where, table, "out_degree", least=1) if graphs == "random" else None,
        relations=_range(where, table, "relations", least=1) if "relations" in table else None,
        derived=derived,
        task=task,
        questions=questions,
    )


def _range(where: str, table: Mapping[str, Any], key: str, least: int, most: int | None = None) -> Range:
    try:
        return check_range(table.get(key), least, most)
    except ValueError as error:
        raise ConfigError(f"{where}: {key}: {error}; write {key} = [from, to]") from None


def _refuse_unknown(where: str, table: Mapping[str, Any], known: set[str]) -> None:
    unknown = sorted(set(table) - known)
    if unknown:
        raise ConfigError(f"{where}: unknown key {unknown[0]!r}; write one of {', '.join(sorted(known))}")
