"""A training run as data: a TOML file with four tables, in which an unknown key is an error."""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from graphdnc.episodes.planning import Planning
from graphdnc.errors import ConfigError
from graphdnc.model.config import DNCConfig
from graphdnc.starts.requirements import check
from graphdnc.utils.from_table import from_table


@dataclass(frozen=True)
class DataConfig:
    """Where the examples come from.

    Attributes:
        curriculum: the name of a curriculum that is shipped, or the path of a TOML file: graphs are then
            drawn afresh, none twice.
        corpus: the path of an HDF5 corpus; its lessons are then taken in order.
    """

    curriculum: str = ""
    corpus: str = ""

    def __post_init__(self) -> None:
        if bool(self.curriculum) == bool(self.corpus):
            raise ValueError("name either a curriculum or a corpus")


@dataclass(frozen=True)
class OptimiserConfig:
    """AdamW (Loshchilov & Hutter 2019) with a linear warm-up and a linear decay.

    Attributes:
        learning_rate: the rate between warm-up and decay.
        warmup: updates until the rate is reached.
        decay_from: the share of all examples after which the rate falls in a straight line to
            ``final_rate``; 1 for no decay.
        final_rate: the rate at the last example, as a share of ``learning_rate``.
        weight_decay: decoupled weight decay.
        clip: the norm that the gradient is cut to.
        keep_addressing: the interface stays as it starts but for the read modes: a start that says what is
            looked for in narrow terms is blurred by any training of them. What the controller is deaf to at
            first stays so.
        keep_output: what the output sees of reads and input stays as it starts, for a start that says it all:
            nearly no gradient is left there, and the optimiser would make steps of that.
    """

    learning_rate: float = 1e-3
    warmup: int = 20
    decay_from: float = 0.5
    final_rate: float = 0.05
    weight_decay: float = 0.01
    clip: float = 1.0
    keep_addressing: bool = False
    keep_output: bool = False

    def __post_init__(self) -> None:
        _refuse(not 0 < self.learning_rate <= 1, "learning_rate", self.learning_rate, "between 0 and 1")
        _refuse(self.warmup < 0, "warmup", self.warmup, "0 or more")
        _refuse(not 0 <= self.decay_from <= 1, "decay_from", self.decay_from, "from 0 to 1")
        _refuse(not 0 <= self.final_rate <= 1, "final_rate", self.final_rate, "from 0 to 1")
        _refuse(not 0 <= self.weight_decay < 1, "weight_decay", self.weight_decay, "from 0 to below 1")
        _refuse(not self.clip > 0, "clip", self.clip, "above 0")
        decayed = self.keep_addressing and self.weight_decay > 0
        _refuse(decayed, "weight_decay", self.weight_decay, "0 with keep_addressing: decay keeps nothing")

    def rate(self, update: int, done: float) -> float:
        """Return the learning rate at an update, counted from 0, when a share ``done`` of the run is over."""
        warm = min(1.0, (update + 1) / self.warmup) if self.warmup else 1.0
        if done <= self.decay_from or self.decay_from >= 1:
            return self.learning_rate * warm
        left = (1 - done) / (1 - self.decay_from)
        return self.learning_rate * warm * (self.final_rate + (1 - self.final_rate) * max(left, 0.0))


@dataclass(frozen=True)
class ScheduleConfig:
    """How long to train and when to go on to the next lesson.

    Attributes:
        examples: examples in the whole run.
        batch: episodes in a batch.
        pool: batches drawn together and sorted by length, so that little is padded.
        rehearsal: the share of examples taken from earlier lessons (paper: 0.1).
        pass_accuracy: the share of whole answers right that ends a lesson (paper: 0.9).
        validation_episodes: fresh episodes in one validation.
        validate_every: pools between validations.
        teacher: of shortest paths, the share of moves that are a teacher's; the others are those the
            network holds for best (paper: 0.8). With 1 all moves are known beforehand, which is faster.
        final_teacher: that share at the last example; it changes in a straight line.
    """

    examples: int = 200_000
    batch: int = 64
    pool: int = 8
    rehearsal: float = 0.1
    pass_accuracy: float = 0.9
    validation_episodes: int = 512
    validate_every: int = 4
    teacher: float = 1.0
    final_teacher: float = 1.0

    def __post_init__(self) -> None:
        for name in ("examples", "batch", "pool", "validation_episodes", "validate_every"):
            _refuse(getattr(self, name) < 1, name, getattr(self, name), "at least 1")
        _refuse(not 0 <= self.rehearsal <= 1, "rehearsal", self.rehearsal, "from 0 to 1")
        _refuse(not 0 <= self.teacher <= 1, "teacher", self.teacher, "from 0 to 1")
        _refuse(not 0 <= self.final_teacher <= 1, "final_teacher", self.final_teacher, "from 0 to 1")
        _refuse(not self.pass_accuracy >= 0, "pass_accuracy", self.pass_accuracy, "0 or more")

    def teacher_share(self, done: float) -> float:
        """Return the share of moves that are the teacher's when a share ``done`` of the run is over."""
        return self.teacher + (self.final_teacher - self.teacher) * min(done, 1.0)


@dataclass(frozen=True)
class TrainingConfig:
    """One run: ``[data] [model] [optimiser] [schedule]``, ``[planning]`` but of traversals, and a seed."""

    data: DataConfig
    model: DNCConfig = field(default_factory=DNCConfig)
    optimiser: OptimiserConfig = field(default_factory=OptimiserConfig)
    schedule: ScheduleConfig = field(default_factory=ScheduleConfig)
    planning: Planning = field(default_factory=Planning)
    seed: int = 0

    def __post_init__(self) -> None:
        _refuse(not 0 <= self.seed < 2**63, "seed", self.seed, "0 or more, of 63 bits")
        check(self.model)


def _refuse(wrong: bool, name: str, value: float, wanted: str) -> None:
    if wrong:
        raise ValueError(f"{name} is {value}; it must be {wanted}")


def load_training_config(path: Path, overrides: Sequence[str] = ()) -> TrainingConfig:
    """Read a run's TOML file; ``overrides`` are ``table.key=value`` with the value in TOML.

    Raises:
        ConfigError: no such file, not TOML, an unknown key, or a value of the wrong type or range.
    """
    try:
        values = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "not UTF-8"
        raise ConfigError(
            f"{path}: cannot be read ({reason}); give the path of a training configuration"
        ) from error
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(f"{path}: not valid TOML: {error}") from error
    for override in overrides:
        _override(values, override)
    return from_table(TrainingConfig, values, str(path))


def _override(values: dict[str, Any], text: str) -> None:
    name, equals, value = text.partition("=")
    if not equals:
        raise ConfigError(f"--set {text}: write it as table.key=value, for example schedule.examples=1000")
    *tables, key = name.strip().split(".")
    for table in tables:
        values = values.setdefault(table, {})
        if not isinstance(values, dict):
            raise ConfigError(f"--set {text}: {table!r} is not a table")
    try:
        values[key] = tomllib.loads(f"value = {value}")["value"]
    except tomllib.TOMLDecodeError:
        values[key] = value  # a bare word is a string
