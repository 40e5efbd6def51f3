"""The settings of a training run, read from a TOML file; unknown keys are errors."""

from __future__ import annotations

import dataclasses
import json
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
        curriculum: the name of a shipped curriculum, or the path of a TOML file. Graphs are drawn as they are
            needed, none twice.
        corpus: the path of an HDF5 corpus, or of several that are read as one: a folder, a pattern such as
            ``"shards/*.h5"``, or a list of these. Its lessons are taken in order.
    """

    curriculum: str = ""
    corpus: str | tuple[str, ...] = ""

    def __post_init__(self) -> None:
        if bool(self.curriculum) == bool(self.corpus):
            raise ValueError("name either a curriculum or a corpus")

    @property
    def name(self) -> str:
        """The curriculum or the corpora, as they were named."""
        named = (self.corpus,) if isinstance(self.corpus, str) else self.corpus
        return self.curriculum or ", ".join(named)


@dataclass(frozen=True)
class OptimiserConfig:
    """The settings of AdamW (Loshchilov & Hutter 2019), with a linear warm-up and a linear decay.

    Attributes:
        learning_rate: the rate between warm-up and decay.
        warmup: the number of updates until the rate is reached.
        decay_from: the share of all examples after which the rate falls linearly to ``final_rate``; 1 for no
            decay.
        final_rate: the rate at the last example, as a share of ``learning_rate``.
        weight_decay: decoupled weight decay.
        clip: the maximum norm of the gradient.
        keep_addressing: freeze the interface, except for the read modes. Training would blur the precise keys
            of a programmed start. Weights of 0 into the controller stay 0, too.
        keep_output: freeze the weights from reads and input to the output, for a start that needs no training
            there. Almost no gradient is left, and the optimiser would amplify it.
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
        """Return the learning rate of an update, counted from 0, when a share ``done`` of the run is over."""
        warm = min(1.0, (update + 1) / self.warmup) if self.warmup else 1.0
        if done <= self.decay_from or self.decay_from >= 1:
            return self.learning_rate * warm
        left = (1 - done) / (1 - self.decay_from)
        return self.learning_rate * warm * (self.final_rate + (1 - self.final_rate) * max(left, 0.0))


@dataclass(frozen=True)
class ScheduleConfig:
    """How long to train and when to start the next lesson.

    Attributes:
        examples: the number of examples in the whole run.
        batch: the number of episodes in a batch.
        parts: each batch is computed in so many parts, a power of two, whose gradients are added in a fixed
            order. Any number of processes that divides it then trains to the same bits. With 1, a part for
            each process: faster, and rounded in another way for each number of processes.
        pool: the number of batches that are drawn together and sorted by length, to reduce padding.
        rehearsal: the share of examples from earlier lessons (paper: 0.1).
        pass_accuracy: the share of right answers that ends a lesson (paper: 0.9).
        validation_episodes: the number of fresh episodes in one validation.
        validate_every: the number of pools between validations.
        teacher: for shortest paths, the share of moves that the teacher makes; the network makes the others
            (paper: 0.8). With 1, all moves are known in advance, which is faster.
        final_teacher: the same share at the last example; it changes linearly.
    """

    examples: int = 200_000
    batch: int = 64
    parts: int = 1
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
        power = self.parts > 0 and self.parts & (self.parts - 1) == 0
        _refuse(not power or self.parts > self.batch, "parts", self.parts, "1, 2, 4, 8, ..., up to batch")
        _refuse(not 0 <= self.rehearsal <= 1, "rehearsal", self.rehearsal, "from 0 to 1")
        _refuse(not 0 <= self.teacher <= 1, "teacher", self.teacher, "from 0 to 1")
        _refuse(not 0 <= self.final_teacher <= 1, "final_teacher", self.final_teacher, "from 0 to 1")
        _refuse(not self.pass_accuracy >= 0, "pass_accuracy", self.pass_accuracy, "0 or more")

    def teacher_share(self, done: float) -> float:
        """Return the share of moves that the teacher makes when a share ``done`` of the run is over."""
        return self.teacher + (self.final_teacher - self.teacher) * min(done, 1.0)


@dataclass(frozen=True)
class SilenceConfig:
    """How a network with ``planning.silent`` learns to plan in silence. All values are shares, 0 to 1.

    Attributes:
        hear_from: the share of all examples after which it hears less and less of what it says.
        hear_until: the share after which it hears nothing.
        teach_from: the share after which the loss on what it says counts less and less.
        teach_until: the share after which only answers are taught.
        aloud: the share of episodes that hear everything to the end, so that it can still plan aloud.
    """

    hear_from: float = 0.5
    hear_until: float = 0.65
    teach_from: float = 1.0
    teach_until: float = 1.0
    aloud: float = 0.25

    def __post_init__(self) -> None:
        for name, value in vars(self).items():
            _refuse(not 0 <= value <= 1, name, value, "from 0 to 1")
        _refuse(self.hear_until < self.hear_from, "hear_until", self.hear_until, "at least hear_from")
        _refuse(self.teach_until < self.teach_from, "teach_until", self.teach_until, "at least teach_from")

    def heard(self, done: float) -> float:
        """Return how much a network hears of what it says when a share ``done`` of the run is over."""
        return _falling(done, self.hear_from, self.hear_until)

    def taught(self, done: float) -> float:
        """Return the weight of the loss on what it says."""
        return _falling(done, self.teach_from, self.teach_until)


def _falling(done: float, first: float, last: float) -> float:
    """Return 1 until ``first``, 0 from ``last`` on, and a line between them."""
    if done < first:
        return 1.0
    return 0.0 if done >= last else (last - done) / (last - first)


@dataclass(frozen=True)
class TrainingConfig:
    """One run: ``[data] [model] [optimiser] [schedule]``, ``[planning]`` for most tasks, and a seed.

    ``[silence]`` counts only with ``planning.silent``. ``weights`` names a network, by name or folder, whose
    weights the run begins with; if it is empty, they are drawn.
    """

    data: DataConfig
    model: DNCConfig = field(default_factory=DNCConfig)
    optimiser: OptimiserConfig = field(default_factory=OptimiserConfig)
    schedule: ScheduleConfig = field(default_factory=ScheduleConfig)
    planning: Planning = field(default_factory=Planning)
    silence: SilenceConfig = field(default_factory=SilenceConfig)
    weights: str = ""
    seed: int = 0

    def __post_init__(self) -> None:
        _refuse(not 0 <= self.seed < 2**63, "seed", self.seed, "0 or more, of 63 bits")
        check(self.model)


def _refuse(wrong: bool, name: str, value: float, allowed: str) -> None:
    if wrong:
        raise ValueError(f"{name} is {value}; it must be {allowed}")


def load_training_config(path: Path, overrides: Sequence[str] = ()) -> TrainingConfig:
    """Read the TOML file of a run; ``overrides`` have the form ``table.key=value`` with the value in TOML.

    Raises:
        ConfigError: no such file, not TOML, an unknown key, or a value of the wrong type or range.
    """
    try:
        values = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "not UTF-8"
        raise ConfigError(
            f"{path}: cannot be read ({reason}); give the path of a training configuration, or the name of a "
            "shipped run such as traversal"
        ) from error
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(f"{path}: not valid TOML: {error}") from error
    for override in overrides:
        _override(values, override)
    return from_table(TrainingConfig, values, str(path))


def as_toml(config: TrainingConfig) -> str:
    """Return settings as the text of a file that :func:`load_training_config` reads."""
    values = dataclasses.asdict(config)
    tables = {name: table for name, table in values.items() if isinstance(table, dict)}
    lines = [f"{name} = {json.dumps(value)}" for name, value in values.items() if name not in tables]
    for name, table in tables.items():
        lines += ["", f"[{name}]", *(f"{key} = {json.dumps(value)}" for key, value in table.items())]
    return "\n".join(lines) + "\n"


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
