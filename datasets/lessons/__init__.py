"""Curricula as data: lessons in order of difficulty, one TOML file a curriculum, beside this module.

A file holds ``task = "traversal"``, ``"shortest-path"``, ``"inference"`` or ``"kinship"`` and one
``[[lesson]]`` table a lesson. All ranges have both ends included::

    [[lesson]]
    graphs = "random"       # or "transit", "family" or "lineage"
    nodes = [10, 40]        # random: nodes; transit: triples = [..]; family, lineage: people = [..]
    out_degree = [2, 6]     # random graphs only
    derived = false         # families only, may be left out: whether grandmothers, ... are triples too
    path = [1, 20]          # triples of an answer; kinship: steps of a term
    questions = 3           # asked about each graph, 1 where left out

Inference is asked of random graphs only: their relation numbers are the ten edge labels then. Kinship is
asked of lineages only, each term as often as any other.
"""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from graphdnc.datasets.generators.families import LEAST_PEOPLE, family, with_derived
from graphdnc.datasets.generators.lineages import lineage
from graphdnc.datasets.generators.random_graphs import random_graph
from graphdnc.datasets.generators.transit import transit_map
from graphdnc.datasets.tasks import DRAWS, terms_of
from graphdnc.errors import ConfigError, UsageError
from graphdnc.graph import Graph
from graphdnc.questions import Example
from graphdnc.questions.relation_table import EDGES, LENGTHS

Range = tuple[int, int]
"""From and to, both included."""

SIZES = {"random": "nodes", "transit": "triples", "family": "people", "lineage": "people"}
"""What the size of a graph counts, for each generator; also the key of that range in a file."""
LEAST = {"random": 2, "transit": 2, "family": LEAST_PEOPLE, "lineage": LEAST_PEOPLE}
"""The smallest size each generator can draw."""

ATTEMPTS = 1000
"""Graphs drawn before a lesson is said to have no question of some length."""


@dataclass(frozen=True)
class Lesson:
    """The sizes that the graphs and questions of a lesson are drawn from.

    Attributes:
        graphs: the generator, a key of ``SIZES``.
        size: how many nodes, triples or people, by generator.
        path: how many triples an answer has.
        out_degree: how many edges leave a node of a random graph; ``None`` for other generators.
        derived: whether a family's graph holds the derived relations beside the base ones.
        task: what is asked, a key of ``DRAWS``.
        questions: how many are asked about each graph.
    """

    graphs: str
    size: Range
    path: Range
    out_degree: Range | None = None
    derived: bool = False
    task: str = "traversal"
    questions: int = 1


@dataclass(frozen=True)
class Curriculum:
    """Lessons in the order they are learned.

    Attributes:
        name: the file's name without its ending.
        task: what is asked in every lesson, a key of ``DRAWS``.
        lessons: at least one, from easy to hard.
    """

    name: str
    task: str
    lessons: tuple[Lesson, ...]


def draw_example(rng: np.random.Generator, lesson: Lesson) -> Example:
    """Draw a new graph of the lesson and one question about it with an exact answer.

    Lengths are uniform, also where few graphs have an answer that long: then another graph is drawn, not
    another length.

    Raises:
        UsageError: no graph is as the lesson says, or none of ``ATTEMPTS`` has an answer of the length drawn.
    """
    return _drawn(rng, lesson, questions=1)[0]


def draw_examples(rng: np.random.Generator, lesson: Lesson) -> list[Example]:
    """Draw a new graph and as many questions about it as the lesson asks, each of a length of its own.

    The examples share one graph object, so that a corpus stores it once. Raises what :func:`draw_example`
    does.
    """
    return _drawn(rng, lesson, lesson.questions)


def _drawn(rng: np.random.Generator, lesson: Lesson, questions: int) -> list[Example]:
    draw_graph, ask = _GENERATORS[lesson.graphs], DRAWS[lesson.task]
    try:
        graph = draw_graph(rng, lesson)
        lengths = [_length(rng, lesson) for _ in range(questions)]
        for _ in range(ATTEMPTS):
            try:
                return [ask(rng, graph, length) for length in lengths]
            except ValueError:
                graph = draw_graph(rng, lesson)
        asked = " and ".join(map(str, lengths))
        raise ValueError(f"none of {ATTEMPTS:,} has a question answered by {asked} triples")
    except ValueError as error:
        raise UsageError(f"{lesson.graphs} graphs cannot be drawn: {error}; change their ranges") from error


def _length(rng: np.random.Generator, lesson: Lesson) -> int:
    lengths = list(range(lesson.path[0], lesson.path[1] + 1))
    if lesson.task == "kinship":  # every term as often as any other
        lengths = [steps for steps in lengths for _ in terms_of(steps)]
    return lengths[int(rng.integers(len(lengths)))]


def _random(rng: np.random.Generator, lesson: Lesson) -> Graph:
    assert lesson.out_degree is not None
    nodes = int(rng.integers(lesson.size[0], lesson.size[1] + 1))
    return random_graph(rng, nodes, lesson.out_degree, EDGES if lesson.task == "inference" else None)


def _family(rng: np.random.Generator, lesson: Lesson) -> Graph:
    graph = family(rng, lesson.size)
    return with_derived(graph) if lesson.derived else graph


_GENERATORS: dict[str, Callable[[np.random.Generator, Lesson], Graph]] = {
    "random": _random,
    "transit": lambda rng, lesson: transit_map(rng, lesson.size),
    "family": _family,
    "lineage": lambda rng, lesson: lineage(rng, lesson.size),
}


_ASKED_OF: dict[str, tuple[str, ...]] = {"inference": ("random",), "kinship": ("lineage",)}
"""The graphs that some tasks are limited to."""
_LENGTHS: dict[str, tuple[int, ...]] = {"inference": LENGTHS, "kinship": (1, 7)}
"""The least and the most that an answer, or a rule, of some tasks can have."""


def load_curriculum(name_or_path: str | Path) -> Curriculum:
    """Read a shipped curriculum by its name, or a file of one's own by its path.

    Raises:
        ConfigError: there is no such curriculum, or its file has a wrong key or value.
    """
    path = Path(__file__).parent / f"{name_or_path}.toml"
    if not path.is_file():
        path = Path(name_or_path)
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        shipped = ", ".join(sorted(file.stem for file in Path(__file__).parent.glob("*.toml")))
        raise ConfigError(
            f"no curriculum {str(name_or_path)!r}: give a TOML file or one of {shipped}"
        ) from error
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(f"{path}: {error}; correct the TOML") from error
    return _curriculum(path, table)


def _curriculum(path: Path, table: Mapping[str, Any]) -> Curriculum:
    _refuse_unknown(str(path), table, {"task", "lesson"})
    task = table.get("task")
    if task not in tuple(DRAWS):
        raise ConfigError(f"{path}: task is {task!r}; write one of {', '.join(DRAWS)}")
    lessons = table.get("lesson")
    if not isinstance(lessons, list) or not lessons or not all(isinstance(item, dict) for item in lessons):
        raise ConfigError(f"{path}: no lessons; write one [[lesson]] table for each")
    numbered = enumerate(lessons, start=1)
    read = tuple(_lesson(f"{path}: lesson {number}", task, item) for number, item in numbered)
    return Curriculum(path.stem, task, read)


def _lesson(where: str, task: str, table: Mapping[str, Any]) -> Lesson:
    graphs, known = table.get("graphs"), _ASKED_OF.get(task, ("random", "transit", "family"))
    if not isinstance(graphs, str) or graphs not in known:
        raise ConfigError(f"{where}: graphs is {graphs!r}; write one of {', '.join(known)}")
    own: set[str] = {"random": {"out_degree"}, "transit": set(), "family": {"derived"}, "lineage": set()}[
        graphs
    ]
    _refuse_unknown(where, table, {"graphs", SIZES[graphs], "path", "questions"} | own)
    derived, questions = table.get("derived", False), table.get("questions", 1)
    if not isinstance(derived, bool):
        raise ConfigError(f"{where}: derived is {derived!r}; write true or false")
    if type(questions) is not int or questions < 1:
        raise ConfigError(f"{where}: questions is {questions!r}; write how many, from 1 up")
    return Lesson(
        graphs,
        size=_range(where, table, SIZES[graphs], LEAST[graphs]),
        path=_range(where, table, "path", *_LENGTHS.get(task, (1,))),
        out_degree=_range(where, table, "out_degree", least=1) if graphs == "random" else None,
        derived=derived,
        task=task,
        questions=questions,
    )


def _range(where: str, table: Mapping[str, Any], key: str, least: int, most: int | None = None) -> Range:
    match table.get(key):
        case [int(low), int(high)] if least <= low <= high and (most is None or high <= most):
            return low, high
    limits = f"from {least} up" if most is None else f"from {least} to {most}"
    raise ConfigError(f"{where}: {key} is {table.get(key)!r}; write {key} = [from, to], {limits}")


def _refuse_unknown(where: str, table: Mapping[str, Any], known: set[str]) -> None:
    unknown = sorted(set(table) - known)
    if unknown:
        raise ConfigError(f"{where}: unknown key {unknown[0]!r}; known are {', '.join(sorted(known))}")
