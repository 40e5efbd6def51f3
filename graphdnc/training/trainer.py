"""The training loop: pools of batches, validation between pools, lessons in order."""

from __future__ import annotations

import dataclasses
import json
import time
from collections.abc import Callable, Hashable
from pathlib import Path
from typing import Any

import numpy as np
import torch

from graphdnc.errors import CheckpointError, ConfigError
from graphdnc.model.dnc import DNC
from graphdnc.model.runtime.eager import EagerNetwork
from graphdnc.starts.initialise import initialise
from graphdnc.tasks.sequences import SEQUENCE_TASKS
from graphdnc.training.batches import Source, draw_pool
from graphdnc.training.config import TrainingConfig
from graphdnc.training.device import hardware
from graphdnc.training.freezing import keep_addressing, keep_output
from graphdnc.training.graph_teaching import GraphTeaching
from graphdnc.training.metrics import MetricsFile, Position, Progress, Tally
from graphdnc.training.sequence_teaching import SequenceTeaching
from graphdnc.training.state_file import load_state, save_state
from graphdnc.training.teaching import Batch, Teaching
from graphdnc.utils.prefetch import Prefetcher
from graphdnc.utils.rng import Purpose, stream


def teaching_of(config: TrainingConfig, name: str) -> Teaching:
    """Return how the task of a run is taught.

    Raises:
        ConfigError: the planning or the sizes in the configuration do not fit the task.
    """
    if name in SEQUENCE_TASKS:
        return SequenceTeaching(config, name)
    return GraphTeaching(config, name)


def _first_network(config: TrainingConfig, teaching: Teaching) -> DNC:
    """Return the network that a run begins with: new, or with the weights of another one of the same kind.

    Raises:
        ConfigError: there is no such network, or it has other sizes or options.
    """
    if not config.weights:
        return initialise(DNC(config.model))
    try:
        given = teaching.load(config.weights)
    except CheckpointError as error:
        raise ConfigError(
            f"weights: {error}; train that network first, or begin with another: --set weights=NETWORK"
        ) from error
    for name, value in dataclasses.asdict(config.model).items():
        theirs = json.dumps(getattr(given.config, name))
        if theirs != json.dumps(value):
            raise ConfigError(
                f"weights: {config.weights} has {name} = {theirs}, this run {json.dumps(value)}: "
                f"--set model.{name}={theirs}"
            )
    network = DNC(config.model)
    network.load_state_dict({name: torch.from_numpy(array.copy()) for name, array in given.weights.items()})
    return network


class Trainer:
    """Trains a network on the lessons of a curriculum and keeps its checkpoints in a folder.

    The folder has the checkpoints ``last/`` and ``best/``, ``state.pt``, from which a run continues, and
    ``metrics.jsonl``.
    """

    def __init__(self, config: TrainingConfig, source: Source, folder: Path, device: torch.device) -> None:
        self.config, self.source, self.folder, self.device = config, source, folder, device
        self.teaching = teaching_of(config, source.task)
        torch.manual_seed(config.seed)
        self.network = _first_network(config, self.teaching).to(device)
        self.asked = EagerNetwork(self.network)  # for validation and checkpoints
        if config.optimiser.keep_addressing:
            keep_addressing(self.network)
        if config.optimiser.keep_output:
            keep_output(self.network)
        self.optimiser = torch.optim.AdamW(
            self.network.parameters(),
            lr=config.optimiser.learning_rate,
            weight_decay=config.optimiser.weight_decay,
        )
        self.at = Position()
        self._since = Tally()
        self._ahead = Prefetcher()

    def resume(self) -> None:
        """Continue from ``state.pt``, with the same batches and updates as without the interruption."""
        self.at = load_state(self.folder / "state.pt", self.config, self.network, self.optimiser, self.device)

    def run(self, report: Callable[[Progress], None], stop: Callable[[], bool] = lambda: False) -> bool:
        """Train to the end of the schedule, or until ``stop`` returns true between two batches.

        The state is saved in both cases. Returns whether the end was reached.
        """
        metrics = self._open_metrics()
        while self._done() < 1:
            if not self._pool(report, stop):
                self.save()
                return False
            if self.at.pool % self.config.schedule.validate_every == 0 or self._done() >= 1:
                metrics.append(self._validate(report))
        return True

    def _open_metrics(self) -> MetricsFile:
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            return MetricsFile(self.folder / "metrics.jsonl", self.at.examples)
        except OSError as error:
            raise CheckpointError(f"{self.folder}: the run's folder cannot be written ({error})") from error

    def _pool(self, report: Callable[[Progress], None], stop: Callable[[], bool]) -> bool:
        """Train on the rest of the current pool; return whether its end was reached."""
        started = time.perf_counter()
        pool = self._drawn(self.at.pool)
        batches = self._ahead.take(*pool)
        self._since.data += time.perf_counter() - started
        while self.at.batch < len(batches):
            waited = time.perf_counter()
            batch = self._ahead.take(*self._encoded(batches, self.at.batch)).to(self.device)
            if self.at.batch + 1 < len(batches):
                self._ahead.begin(*self._encoded(batches, self.at.batch + 1))
            self._ahead.begin(*self._drawn(self.at.pool + 1))
            self._since.data += time.perf_counter() - waited
            self._update(batch)
            self.at.batch += 1
            self._clock(started)
            started = time.perf_counter()
            report(self._progress())
            if stop():
                return False
        self.at.pool, self.at.batch = self.at.pool + 1, 0
        return True

    def _drawn(self, pool: int) -> tuple[Hashable, Callable[[], list[list[Any]]]]:
        """Return a key for a pool of the current lesson, and a function that draws it."""
        lesson = self.at.lesson

        def draw() -> list[list[Any]]:
            rng = stream(Purpose.TRAINING, self.config.seed, pool)
            batches = self.teaching.batches
            return draw_pool(self.source.training, lesson, self.config.schedule, batches, rng)

        return ("pool", pool, lesson), draw

    def _encoded(self, batches: list[list[Any]], index: int) -> tuple[Hashable, Callable[[], Batch]]:
        """Return a key for a batch of the current pool, and a function that encodes it."""
        pool = self.at.pool

        def encoded() -> Batch:
            rng = stream(Purpose.LABELS, self.config.seed, pool, index)
            encoded: Batch = self.teaching.encode(batches[index], rng)
            return encoded

        return ("batch", pool, self.at.lesson, index), encoded

    def _clock(self, started: float) -> None:
        spent = time.perf_counter() - started
        self.at.seconds += spent
        self._since.seconds += spent

    def _update(self, batch: Batch) -> None:
        for group in self.optimiser.param_groups:
            group["lr"] = self._rate()
        loss, right = self.teaching.loss(self.network, batch, self._done(), self.at.updates)
        self.optimiser.zero_grad(set_to_none=True)
        loss.backward()
        norm = torch.nn.utils.clip_grad_norm_(self.network.parameters(), self.config.optimiser.clip)
        if bool(torch.isfinite(norm)):  # skip a batch that overflows
            self.optimiser.step()
        self.at.updates += 1
        self.at.examples += len(right)
        self._since.add(float(loss.detach()), int(right.sum()), len(right))

    def _rate(self) -> float:
        return self.config.optimiser.rate(self.at.updates, self._done())

    def _done(self) -> float:
        """Return the share of the run that is over."""
        return self.at.examples / self.config.schedule.examples

    def accuracy(self, lesson: int, episodes: int, rng: np.random.Generator) -> float:
        """Return the share of right answers on freshly drawn episodes of a lesson, with one try each."""
        drawn = [self.source.validation(rng, lesson) for _ in range(episodes)]
        batches = self.teaching.batches(drawn, self.config.schedule.batch)
        done = self._done()
        return sum(self.teaching.count_right(self.asked, own, rng, done) for own in batches) / episodes

    def _validate(self, report: Callable[[Progress], None]) -> Progress:
        started = time.perf_counter()
        rng = stream(Purpose.VALIDATION, self.config.seed, self.at.pool)
        accuracy = self.accuracy(self.at.lesson, self.config.schedule.validation_episodes, rng)
        self._clock(started)
        progress = dataclasses.replace(self._progress(), validated=accuracy)
        self._since = Tally()
        silent = self.teaching.silent(self._done())
        best = (self.at.best_silent, self.at.best_lesson, self.at.best_accuracy)
        if (silent, self.at.lesson, accuracy) >= best:
            self.at.best_silent, self.at.best_lesson, self.at.best_accuracy = silent, self.at.lesson, accuracy
            self._save_checkpoint("best", accuracy)
        if accuracy >= self.config.schedule.pass_accuracy and self.at.lesson + 1 < self.source.lessons:
            self.at.lesson += 1
            self._ahead.clear()
        self.save()
        report(progress)
        return progress

    def _progress(self) -> Progress:
        return self._since.progress(self.at, self._rate())

    def save(self) -> None:
        """Write ``state.pt`` and ``last/``; the old ones stay until the new ones are complete."""
        save_state(self.folder / "state.pt", self.config, self.network, self.optimiser, self.at)
        self._save_checkpoint("last", None)

    def _save_checkpoint(self, name: str, accuracy: float | None) -> None:
        self.teaching.save(self.folder / name, self.asked, self._record(accuracy), self.folder.name)

    def _record(self, accuracy: float | None) -> dict[str, Any]:
        return {
            "data": self.config.data.curriculum or self.config.data.corpus,
            "weights": self.config.weights,
            "seed": self.config.seed,
            "lesson": self.at.lesson + 1,
            "lessons": self.source.lessons,
            "examples": self.at.examples,
            "seconds": round(self.at.seconds, 1),
            "validation_accuracy": accuracy,
            "validation_episodes": self.config.schedule.validation_episodes,
            "optimiser": dataclasses.asdict(self.config.optimiser),
            "schedule": dataclasses.asdict(self.config.schedule),
            "hardware": hardware(self.device),
            "torch": torch.__version__,
        }
