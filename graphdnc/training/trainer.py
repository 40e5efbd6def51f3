"""The training loop: pools of batches, validation between pools, lessons in order."""

from __future__ import annotations

import dataclasses
import json
import time
from collections.abc import Callable, Hashable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch

from graphdnc.answering.decoding import Decoder
from graphdnc.episodes.encoding import output_size
from graphdnc.episodes.labels import DigitCode
from graphdnc.errors import CheckpointError, ConfigError
from graphdnc.model.config import DNCConfig
from graphdnc.model.dnc import DNC
from graphdnc.model.runtime.eager import EagerNetwork
from graphdnc.networks.checkpoint import Checkpoint, load_checkpoint, save_checkpoint, write_card
from graphdnc.questions import Example
from graphdnc.starts.initialise import initialise
from graphdnc.tasks import TASKS, by_length
from graphdnc.tasks.task import Task
from graphdnc.training.batches import Source, draw_pool
from graphdnc.training.config import TrainingConfig
from graphdnc.training.dagger import roll_out
from graphdnc.training.device import hardware
from graphdnc.training.freezing import keep_addressing, keep_output
from graphdnc.training.loss import answer_loss, whole_answers_right
from graphdnc.training.metrics import MetricsFile, Position, Progress, Tally
from graphdnc.training.processes import Alone, Processes, add_gradients, own_parts, shares
from graphdnc.training.silence import muffle, only_answers, silence_loss
from graphdnc.training.state_file import load_state, save_state
from graphdnc.training.tensors import Batch, encode
from graphdnc.utils.prefetch import Prefetcher
from graphdnc.utils.rng import Purpose, stream


def task_of_run(config: TrainingConfig, name: str) -> Task[Any]:
    """Return the task of a run, with its label code and its planning.

    Raises:
        ConfigError: the planning or the sizes in the configuration do not fit the task.
    """
    kind = TASKS[name]
    refusal = kind.refusal(config.planning)
    if refusal is not None:
        raise ConfigError(refusal)
    if config.model.memory_rows != DNCConfig.memory_rows:
        raise ConfigError(
            f"model.memory_rows is {config.model.memory_rows}, which training would not use: a memory has as "
            "many rows as its batch needs; leave it out"
        )
    task = kind(DigitCode(known_relations=kind.known_relations), config.planning if kind.planned else None)
    for size, needed in (("input_size", task.input_size), ("output_size", output_size(task.code))):
        if getattr(config.model, size) != needed:
            raise ConfigError(
                f"model.{size} is {getattr(config.model, size)}; {name} needs {needed}: "
                f"--set model.{size}={needed}"
            )
    return task


def _first_network(config: TrainingConfig) -> DNC:
    """Return the network that a run begins with: new, or with the weights of another one of the same kind.

    Raises:
        ConfigError: there is no such network, or it has other sizes or options.
    """
    if not config.weights:
        return initialise(DNC(config.model))
    try:
        given = load_checkpoint(config.weights).network
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
    ``metrics.jsonl``. Of several ``processes``, the first one writes them.
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
        self.task = task_of_run(config, source.task)
        torch.manual_seed(config.seed)
        self.network = _first_network(config).to(device)
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

    def resume(self) -> None:
        """Continue from ``state.pt``, with the same batches and updates as without the interruption."""
        self.at = load_state(self.folder / "state.pt", self.config, self.network, self.optimiser, self.device)

    def run(self, report: Callable[[Progress], None], stop: Callable[[], bool] = lambda: False) -> bool:
        """Train to the end of the schedule, or until ``stop`` returns true between two batches.

        The state is saved in both cases. Returns whether the end was reached. Of several processes, all stop
        if one does.

        Raises:
            LostProcess: another process does not answer.
        """
        metrics = self._open_metrics() if self._writes else None
        while self._done() < 1:
            if not self._pool(report, stop):
                self.save()
                return False
            if self.at.pool % self.config.schedule.validate_every == 0 or self._done() >= 1:
                progress = self._validate(report)
                if metrics is not None:
                    metrics.append(progress)
        return True

    @property
    def _writes(self) -> bool:
        """Whether this process writes the files of the run."""
        return self.processes.number == 0

    def _open_metrics(self) -> MetricsFile:
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            return MetricsFile(self.folder / "metrics.jsonl", self.at.examples)
        except OSError as error:
            raise CheckpointError(f"{self.folder}: the run's folder cannot be written ({error})") from error

    def _pool(self, report: Callable[[Progress], None], stop: Callable[[], bool]) -> bool:
        """Train on the rest of the current pool; return whether its end was reached."""
        started = time.perf_counter()
        pools, turns = self._pools, self.processes.count
        # each process draws every turns-th pool, and sends it to the others
        owner = self.at.pool % turns
        batches = self.processes.same(lambda: pools.take(*self._drawn(self.at.pool)), owner)
        self._since.data += time.perf_counter() - started
        while self.at.batch < len(batches):
            waited = time.perf_counter()
            batch = self._ahead.take(*self._encoded(batches, self.at.batch)).to(self.device)
            if self.at.batch + 1 < len(batches):
                self._ahead.begin(*self._encoded(batches, self.at.batch + 1))
            pools.begin(*self._drawn(self._next_own_pool()))
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

    def _next_own_pool(self) -> int:
        """Return the next pool after the current one that this process draws."""
        turns = self.processes.count
        return self.at.pool + 1 + (self.processes.number - self.at.pool - 1) % turns

    def _drawn(self, pool: int) -> tuple[Hashable, Callable[[], list[list[Example]]]]:
        """Return a key for a pool of the current lesson, and a function that draws it."""
        lesson = self.at.lesson

        def draw() -> list[list[Example]]:
            rng = stream(Purpose.TRAINING, self.config.seed, pool)
            return draw_pool(self.source.training, lesson, self.config.schedule, rng)

        return ("pool", pool, lesson), draw

    def _encoded(self, batches: list[list[Example]], index: int) -> tuple[Hashable, Callable[[], Batch]]:
        """Return a key for a batch of the current pool, and a function that encodes it."""
        pool = self.at.pool

        def encoded() -> Batch:
            rng = stream(Purpose.LABELS, self.config.seed, pool, index)
            return encode(batches[index], rng, self.task)

        return ("batch", pool, self.at.lesson, index), encoded

    def _clock(self, started: float) -> None:
        spent = time.perf_counter() - started
        self.at.seconds += spent
        self._since.seconds += spent

    def _update(self, batch: Batch) -> None:
        for group in self.optimiser.param_groups:
            group["lr"] = self._rate()
        parts = self._answer(batch)
        losses = self._losses(parts)
        self.optimiser.zero_grad(set_to_none=True)
        if self.processes.count == len(losses) == 1:
            losses[0].backward()
        else:
            add_gradients(self.processes, self.network, losses, self.config.schedule.parts > 1)
        norm = torch.nn.utils.clip_grad_norm_(self.network.parameters(), self.config.optimiser.clip)
        if bool(torch.isfinite(norm)):  # skip a batch that overflows
            self.optimiser.step()
        if self.config.planning.silent:
            parts = [(logits, only_answers(part)) for logits, part in parts]
        right = sum(int(whole_answers_right(*part, self.task.code).sum()) for part in parts)
        self.at.updates += 1
        self.at.examples += len(batch.labels)
        lost, known = self.processes.total(sum(float(loss.detach()) for loss in losses), right)
        self._since.add(lost, int(known), len(batch.labels))

    def _losses(self, parts: Sequence[tuple[torch.Tensor, Batch]]) -> list[torch.Tensor]:
        """Return the loss of each part of a batch; the losses of all parts add up to that of the batch."""
        code = self.task.code
        of_all: float = sum(int(part.answer_mask.sum()) for _, part in parts)
        if not self.config.planning.silent:
            (of_all,) = self.processes.total(of_all)
            return [answer_loss(*part, code, of_all) for part in parts]
        of_answers: float = sum(int(only_answers(part).answer_mask.sum()) for _, part in parts)
        of_answers, of_all = self.processes.total(of_answers, of_all)
        taught = self.config.silence.taught(self._done())
        return [silence_loss(*part, code, taught, (of_answers, of_all)) for part in parts]

    def _rate(self) -> float:
        return self.config.optimiser.rate(self.at.updates, self._done())

    def _done(self) -> float:
        """Return the share of the run that is over."""
        return self.at.examples / self.config.schedule.examples

    def _heard(self) -> float:
        """Return how much the network hears of what it says while it plans, 0 to 1."""
        return self.config.silence.heard(self._done()) if self.config.planning.silent else 1.0

    def _answer(self, batch: Batch) -> list[tuple[torch.Tensor, Batch]]:
        """Return the logits of the network for each part of a batch that this process takes, and the part.

        A part is as it was heard, with the moves made.
        """
        if self.config.planning.silent:
            rng = stream(Purpose.HEARING, self.config.seed, self.at.updates)
            batch = muffle(batch, self.task.code, self._heard(), self.config.silence.aloud, rng)
        streams = stream(Purpose.MOVES, self.config.seed, self.at.updates).spawn(len(batch.labels))
        own = own_parts(self.processes, len(batch.labels), self.config.schedule.parts)
        return [self._answer_part(batch.part(which), streams[which]) for which in own]

    def _answer_part(
        self, batch: Batch, streams: Sequence[np.random.Generator]
    ) -> tuple[torch.Tensor, Batch]:
        """Return the logits for a part of a batch, and the part with the moves made."""
        state = self.network.memorise(batch.description, batch.lengths, batch.rows)
        teacher = self.config.schedule.teacher_share(self._done())
        if teacher < 1:
            rolled_out = roll_out(self.network, batch, state, self.task, teacher, streams)
            if rolled_out is not None:
                return rolled_out
        logits: torch.Tensor = self.network(batch.steps, state, batch.active)[0]
        return logits, batch

    @torch.no_grad()
    def accuracy(self, lesson: int, episodes: int, rng: np.random.Generator) -> float:
        """Return the share of right answers on freshly drawn episodes of a lesson, with one try each.

        A network that has begun to fall silent plans in silence.
        """
        decoder = Decoder(self.asked, self.task if self._heard() == 1 else self.task.in_silence())
        drawn = [self.source.validation(rng, lesson) for _ in range(episodes)]
        groups = by_length(drawn, self.config.schedule.batch)
        streams = rng.spawn(len(groups))
        right = 0
        for examples, own in shares(self.processes, list(zip(groups, streams, strict=True))):
            votes = decoder.vote(examples, own)
            right += sum(
                self.task.is_right(example, [vote]) for example, vote in zip(examples, votes, strict=True)
            )
        (known,) = self.processes.total(right)
        return known / episodes

    def _validate(self, report: Callable[[Progress], None]) -> Progress:
        started = time.perf_counter()
        rng = stream(Purpose.VALIDATION, self.config.seed, self.at.pool)
        accuracy = self.accuracy(self.at.lesson, self.config.schedule.validation_episodes, rng)
        self._clock(started)
        progress = dataclasses.replace(self._progress(), validated=accuracy)
        self._since = Tally()
        silent = self._heard() == 0
        best = (self.at.best_silent, self.at.best_lesson, self.at.best_accuracy)
        if (silent, self.at.lesson, accuracy) >= best:
            self.at.best_silent, self.at.best_lesson, self.at.best_accuracy = silent, self.at.lesson, accuracy
            self._save_checkpoint("best", accuracy)
        if accuracy >= self.config.schedule.pass_accuracy and self.at.lesson + 1 < self.source.lessons:
            self.at.lesson += 1
            self._ahead.clear()
            self._pools.clear()
        self.save()
        report(progress)
        return progress

    def _progress(self) -> Progress:
        return self._since.progress(self.at, self._rate())

    def save(self) -> None:
        """Write ``state.pt`` and ``last/``; the old ones stay until the new ones are complete."""
        if not self._writes:
            return
        save_state(self.folder / "state.pt", self.config, self.network, self.optimiser, self.at)
        self._save_checkpoint("last", None)

    def _save_checkpoint(self, name: str, accuracy: float | None) -> None:
        if not self._writes:
            return
        checkpoint = Checkpoint(self.asked, self.task, self._record(accuracy), self.folder.name)
        save_checkpoint(self.folder / name, checkpoint, write_card(checkpoint))

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
        }
