"""The training loop: pools of batches, validation between pools, lessons in order.

What a validation found is written in an order that loses nothing, whenever the process is killed: the
checkpoint ``best``, the line of the metrics, the checkpoint ``last``, and the state as the last of all. What
is newer than the state is written again after a resume, with the same contents.
"""

from __future__ import annotations

import dataclasses
import json
import math
import time
from collections.abc import Callable, Hashable
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch.nn.utils import clip_grad_norm_

from graphdnc.errors import CheckpointError, ConfigError, TrainingError
from graphdnc.model.dnc import DNC
from graphdnc.model.runtime.eager import EagerNetwork
from graphdnc.starts.initialise import initialise
from graphdnc.tasks.sequences import SEQUENCE_TASKS
from graphdnc.training.batches import Source, draw_pool
from graphdnc.training.config import TrainingConfig, as_toml
from graphdnc.training.device import hardware
from graphdnc.training.fingerprints import code_of_training
from graphdnc.training.freezing import keep_addressing, keep_output
from graphdnc.training.metrics import MetricsFile, Position, Progress, Tally
from graphdnc.training.run_folder import SETTINGS, RunFolder, again, unwritable
from graphdnc.training.state_file import State, has_state, keep, load_state, save_state
from graphdnc.training.teachings.graphs import GraphTeaching
from graphdnc.training.teachings.sequences import SequenceTeaching
from graphdnc.training.teachings.stories import StoryTeaching
from graphdnc.training.teachings.teaching import Batch, Teaching
from graphdnc.utils.atomic_write import write_atomically
from graphdnc.utils.prefetch import Prefetcher
from graphdnc.utils.processes import Alone, Processes, add_gradients, own_parts, shares
from graphdnc.utils.rng import Purpose, stream

NOT_FINITE = 3
"""Batches in a row without a finite loss and gradient that stop a run."""


def teaching_of(config: TrainingConfig, source: Source) -> Teaching:
    """Return how the task of a run is taught.

    Raises:
        ConfigError: the planning or the sizes in the configuration do not fit the task.
    """
    if source.stories is not None:
        return StoryTeaching(config, source.stories)
    if source.task in SEQUENCE_TASKS:
        return SequenceTeaching(config, source.task)
    return GraphTeaching(config, source.task)


_NO_WEIGHTS = ("memory_rows", "when_full")
"""Options by which weights do not differ: they fit any number of rows and any rule for a full memory."""


def _first_network(config: TrainingConfig, teaching: Teaching, continued: bool) -> DNC:
    """Return the network that a run begins with: new, or with the weights of another one of the same kind.

    A run that is ``continued`` has weights of its own. It needs the first ones only to know which of them
    ``keep_addressing`` keeps at 0.

    Raises:
        ConfigError: there is no such network, or it has other sizes or options.
    """
    if not config.weights or (continued and not config.optimiser.keep_addressing):
        return initialise(DNC(config.model))
    try:
        given = teaching.load(config.weights)
    except CheckpointError as error:
        raise ConfigError(
            f"weights: {error}; train that network first, or begin with another: --set weights=NETWORK"
        ) from error
    for name, value in dataclasses.asdict(config.model).items():
        theirs = json.dumps(getattr(given.config, name))
        if name not in _NO_WEIGHTS and theirs != json.dumps(value):
            raise ConfigError(
                f"weights: {config.weights} has {name} = {theirs}, this run {json.dumps(value)}: "
                f"--set model.{name}={theirs}"
            )
    network = DNC(config.model)
    network.load_state_dict({name: torch.from_numpy(array.copy()) for name, array in given.weights.items()})
    return network


class Trainer:
    """Trains a network on the lessons of a curriculum and keeps its checkpoints in a folder.

    The folder has the checkpoints ``last/`` and ``best/``, the states from which a run continues
    (``state_file.py``), ``metrics.jsonl``, and ``settings.toml``. It belongs to this process from
    :meth:`resume` or :meth:`run` to the end of the run; of several processes, to the first, which writes it.

    Attributes:
        run_folder: the folder, and whether it is locked.
        changed: what was accepted to be other than when the run began, in words.
        processes: the processes of the run.
    """

    def __init__(
        self,
        config: TrainingConfig,
        source: Source,
        folder: Path,
        device: torch.device,
        processes: Processes | None = None,
    ) -> None:
        self.config, self.source, self.folder, self.device = config, source, folder, device
        self.processes = processes or Alone()
        self.run_folder = RunFolder(folder)
        self.changed: list[str] = []
        self.teaching = teaching_of(config, source)
        torch.manual_seed(config.seed)
        self.network = _first_network(config, self.teaching, has_state(folder)).to(device)
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
        self._ahead, self._pools = Prefetcher(), Prefetcher()

    def resume(self, changed: bool = False) -> list[str]:
        """Continue from the newest state, with the same batches and updates as without the interruption.

        With ``changed``, data and code may be other than when the run began. Returns what the user must know.

        Raises:
            CheckpointError: another process has the folder, there is nothing to resume, the states are
                damaged, or the run began with something else.
        """
        if not has_state(self.folder):
            raise CheckpointError(f"{self.folder}: nothing to resume; start the run without --resume")
        self.claim()
        if not self._writes:
            self.processes.total(0)  # the first process may put a damaged state aside
        try:
            state, notes = load_state(self.folder, self._state(), self.network, self.optimiser, changed)
        except BaseException:
            self.run_folder.release()
            raise
        if self._writes:
            self.processes.total(0)
        self.config = dataclasses.replace(
            self.config, data=state.config.data, weights=state.config.weights
        )  # as they were called in the beginning
        self.at, self._since, self.changed = state.at, state.since, state.changed
        return notes

    @property
    def _writes(self) -> bool:
        """Whether this process writes the files of the run."""
        return self.processes.number == 0

    def claim(self) -> None:
        """Claim the folder, if this is the process that writes.

        Raises:
            CheckpointError: another run has it, or it cannot be written.
        """
        if self._writes:
            self.run_folder.claim()

    def _state(self) -> State:
        made_of = {**self.source.made_of, **code_of_training()}
        return State(self.config, made_of, self.at, self._since, self.changed)

    def run(self, report: Callable[[Progress], None], stop: Callable[[], bool] = lambda: False) -> bool:
        """Train to the end of the schedule, or until ``stop`` returns true between two batches.

        The state is saved in both cases. Returns whether the end was reached. Of several processes, all stop
        if one does.

        Raises:
            CheckpointError: another run has the folder, or it cannot be written.
            LostProcess: another process of this run does not answer.
            TrainingError: loss or gradients were not finite several times in a row.
        """
        self.claim()
        self.processes.total(0)  # all have looked for a state before one is written
        try:
            metrics = self._begin() if self._writes else None
            while self._done() < 1:
                if not self._pool(report, stop):
                    self.save()
                    return False
                if self.at.pool % self.config.schedule.validate_every == 0 or self._done() >= 1:
                    self._validate(report, metrics)
            return True
        finally:
            self.run_folder.release()

    def _begin(self) -> MetricsFile:
        """Write the settings of a new run and its first state; return the file of its metrics."""
        settings = as_toml(dataclasses.replace(self.config, data=self.source.place or self.config.data))
        begins = not has_state(self.folder)
        try:
            if begins or not (self.folder / SETTINGS).exists():
                write_atomically(self.folder / SETTINGS, lambda part: part.write_text(settings, "utf-8"))
            metrics = MetricsFile(self.folder / "metrics.jsonl", self.at.validated or 0)
        except OSError as error:
            raise unwritable(self.folder, error) from error
        if begins:
            save_state(self.folder, self._state(), self.network, self.optimiser)
        return metrics

    def _pool(self, report: Callable[[Progress], None], stop: Callable[[], bool]) -> bool:
        """Train on the rest of the current pool; return whether its end was reached."""
        started = time.perf_counter()
        pools, turns = self._pools, self.processes.count
        # each process draws every turns-th pool, and sends it to the others; all draw at the same time
        own = self._own_pool(self.at.pool)
        if own >= self.at.pool:
            pools.begin(*self._drawn(own))
        owner = self.at.pool % turns
        batches = self.processes.same(lambda: pools.take(*self._drawn(self.at.pool)), owner)
        self._since.data += time.perf_counter() - started
        while self.at.batch < len(batches):
            waited = time.perf_counter()
            batch = self._ahead.take(*self._encoded(batches, self.at.batch)).to(self.device)
            if self.at.batch + 1 < len(batches):
                self._ahead.begin(*self._encoded(batches, self.at.batch + 1))
            pools.begin(*self._drawn(self._own_pool(self.at.pool + turns)))
            self._since.data += time.perf_counter() - waited
            self._update(batch)
            self.at.batch += 1
            self._clock(started)
            started = time.perf_counter()
            report(self._progress())
            if any(self.processes.total(stop())):
                return False
        self.at.pool, self.at.batch = self.at.pool + 1, 0
        return True

    def _own_pool(self, pool: int) -> int:
        """Return the pool that this process draws while each draws one, among them ``pool``."""
        turns = self.processes.count
        return pool // turns * turns + self.processes.number

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
        parts = own_parts(self.processes, len(batch), self.config.schedule.parts)
        at = self._done(), self.at.updates
        losses, right = self.teaching.losses(self.network, batch, parts, self.processes.total, *at)
        self.optimiser.zero_grad(set_to_none=True)
        if self.processes.count == len(losses) == 1:
            losses[0].backward()
        else:
            add_gradients(self.processes, self.network, losses, self.config.schedule.parts > 1)
        norm = float(clip_grad_norm_(self.network.parameters(), self.config.optimiser.clip))
        loss, known = self.processes.total(sum(float(own.detach()) for own in losses), right)
        self.at.updates += 1
        self.at.examples += len(batch)
        if math.isfinite(loss) and math.isfinite(norm):
            self.optimiser.step()
            self._since.add(loss, int(known), len(batch))
            self.at.not_finite = 0
        else:
            self._leave_out(batch, loss, norm)

    def _leave_out(self, batch: Batch, loss: float, norm: float) -> None:
        """Keep a batch whose loss or gradient is not finite, change nothing, and stop if there are several.

        All processes meet it together, since losses and gradients are added up before they are looked at.

        Raises:
            TrainingError: it is the last of ``NOT_FINITE`` in a row.
        """
        self._since.leave_out(len(batch))
        self.at.not_finite += 1
        kept = self.folder / f"not-finite-{self.at.not_finite}.pt"
        values = {name: value for name, value in vars(batch).items() if isinstance(value, torch.Tensor)}
        at = {"loss": loss, "norm": norm, "position": dataclasses.asdict(self.at)}
        if self._writes:
            keep(kept, {**at, "batch": values, "network": self.network.state_dict()})
        if self.at.not_finite == NOT_FINITE:
            self.processes.total(0)  # torchrun ends all as soon as one ends: the batch is kept first
            lower = f"--set optimiser.learning_rate={self.config.optimiser.learning_rate / 2:g}"
            raise TrainingError(
                f"{self.folder}: the loss or its gradient was not a finite number in {NOT_FINITE} batches in "
                f"a row, the last after {self.at.examples:,} examples; they are in not-finite-1.pt to "
                f"{kept.name}; lower the rate and {again(self.folder)} {lower}"
            )

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
        work = shares(self.processes, list(zip(batches, rng.spawn(len(batches)), strict=True)))
        right = sum(self.teaching.count_right(self.asked, own, drawn, done) for own, drawn in work)
        (known,) = self.processes.total(right)
        return known / episodes

    def _validate(self, report: Callable[[Progress], None], metrics: MetricsFile | None) -> None:
        started = time.perf_counter()
        rng = stream(Purpose.VALIDATION, self.config.seed, self.at.pool)
        accuracy = self.accuracy(self.at.lesson, self.config.schedule.validation_episodes, rng)
        self._clock(started)
        progress = dataclasses.replace(self._progress(), validated=accuracy)
        self._since, self.at.validated = Tally(), self.at.examples
        silent = self.teaching.silent(self._done())
        best = (self.at.best_silent, self.at.best_lesson, self.at.best_accuracy)
        if (silent, self.at.lesson, accuracy) >= best:
            self.at.best_silent, self.at.best_lesson, self.at.best_accuracy = silent, self.at.lesson, accuracy
            self._save_checkpoint("best", accuracy)
        if accuracy >= self.config.schedule.pass_accuracy and self.at.lesson + 1 < self.source.lessons:
            self.at.lesson += 1
            self._ahead.clear()
            self._pools.clear()
        if metrics is not None:
            metrics.append(progress)
        self.save()
        report(progress)

    def _progress(self) -> Progress:
        return self._since.progress(self.at, self._rate())

    def save(self) -> None:
        """Write ``last/`` and then the state; the old ones stay until the new ones are complete."""
        self._save_checkpoint("last", None)
        if self._writes:
            save_state(self.folder, self._state(), self.network, self.optimiser)

    def _save_checkpoint(self, name: str, accuracy: float | None) -> None:
        if self._writes:
            self.teaching.save(self.folder / name, self.asked, self._record(accuracy), self.folder.name)

    def _record(self, accuracy: float | None) -> dict[str, Any]:
        return {
            "data": self.config.data.name,
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
            **({"changed": self.changed} if self.changed else {}),
        }
