"""What an LSTM without a memory learns of the same lessons, in the same training.

    python benchmarks/lstm.py runs/traversal.toml --examples 200000 -o runs/lstm
    graphdnc plot runs/lstm

It has the units and layers of the run's controller, or ``--units``, and must keep the graph in its cells. The
paper's best one reached 37% of the first lesson of traversal after two million examples. Only for tasks that
are not planned, because there every input is known beforehand, such as those about sequences.
"""

from __future__ import annotations

import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import tables
import torch
from torch import Tensor, nn

from graphdnc.datasets.sources import source
from graphdnc.training.batches import draw_pool
from graphdnc.training.config import TrainingConfig, load_training_config
from graphdnc.training.metrics import MetricsFile, Position, Tally
from graphdnc.training.trainer import teaching_of
from graphdnc.utils.processes import Alone
from graphdnc.utils.rng import Purpose, stream

State = tuple[Tensor, Tensor] | None


class LSTM(nn.Module):
    """An LSTM with an output layer, which is called as a DNC is."""

    def __init__(self, inputs: int, units: int, layers: int, outputs: int) -> None:
        super().__init__()
        self.lstm, self.output = nn.LSTM(inputs, units, layers), nn.Linear(units, outputs)

    def initial_state(self, batch: int, rows: int) -> State:
        """Return the state before the first step; there are no rows."""
        return None

    def memorise(self, description: Tensor, lengths: Tensor, rows: int) -> State:
        """Read the description of each episode to its own end."""
        packed = nn.utils.rnn.pack_padded_sequence(description, lengths, enforce_sorted=False)
        state: State = self.lstm(packed)[1]
        return state

    def forward(self, steps: Tensor, state: State, active: Tensor) -> tuple[Tensor, State]:
        """Run steps ``[S, B, input]``; padding comes last, so it changes nothing that counts."""
        hidden, state = self.lstm(steps, state)
        return self.output(hidden), state


class Training:
    """Trains an LSTM on the lessons of a run."""

    def __init__(self, config: TrainingConfig, beside: Path, units: int) -> None:
        self.config, self.source = config, source(config.data, beside)
        self.teaching, model = teaching_of(config, self.source), config.model
        torch.manual_seed(config.seed)
        self.network = LSTM(model.input_size, units, model.controller_layers, model.output_size)
        self.optimiser = torch.optim.Adam(self.network.parameters(), config.optimiser.learning_rate)
        self.at = Position()

    def run(self, folder: Path) -> None:
        """Train to the end of the schedule and write ``metrics.jsonl``."""
        folder.mkdir(parents=True, exist_ok=True)
        metrics, schedule, tally = MetricsFile(folder / "metrics.jsonl", 0), self.config.schedule, Tally()
        while self.at.examples < schedule.examples:
            started = time.perf_counter()
            self._pool(tally)
            validated = self._accuracy() if self.at.pool % schedule.validate_every == 0 else None
            spent = time.perf_counter() - started
            self.at.seconds, tally.seconds = self.at.seconds + spent, tally.seconds + spent
            if validated is None:
                continue
            progress = replace(tally.progress(self.at, 0.0), validated=validated)
            metrics.append(progress)
            tables.say(f"{progress.examples:,} examples, lesson {progress.lesson}, {validated:.1%}")
            tally = Tally()
            self.at.lesson += validated >= schedule.pass_accuracy and self.at.lesson + 1 < self.source.lessons

    def _pool(self, tally: Tally) -> None:
        rng = stream(Purpose.TRAINING, self.config.seed, self.at.pool)
        draw, cut = self.source.training, self.teaching.batches
        for examples in draw_pool(draw, self.at.lesson, self.config.schedule, cut, rng):
            self._update(self.teaching.encode(examples, rng), tally)
        self.at.pool += 1

    def _update(self, batch: Any, tally: Tally) -> None:
        done = self.at.examples / self.config.schedule.examples
        for group in self.optimiser.param_groups:
            group["lr"] = self.config.optimiser.rate(self.at.updates, done)
        loss, right = self._loss(batch, done, self.at.updates)
        self.optimiser.zero_grad(set_to_none=True)
        loss.backward()
        nn.utils.clip_grad_norm_(self.network.parameters(), self.config.optimiser.clip)
        self.optimiser.step()
        self.at.examples += len(batch)
        self.at.updates += 1
        tally.add(float(loss.detach()), right, len(batch))

    def _loss(self, batch: Any, done: float, update: int) -> tuple[Tensor, int]:
        whole, total = [slice(None)], Alone().total
        (loss,), right = self.teaching.losses(self.network, batch, whole, total, done, update)
        return loss, right

    @torch.no_grad()
    def _accuracy(self) -> float:
        rng = stream(Purpose.VALIDATION, self.config.seed, self.at.pool)
        episodes = self.config.schedule.validation_episodes
        drawn = [self.source.validation(rng, self.at.lesson) for _ in range(episodes)]
        right = 0
        for examples in self.teaching.batches(drawn, self.config.schedule.batch):
            batch = self.teaching.encode(examples, rng)
            right += self._loss(batch, 1.0, 0)[1]
        return right / episodes


def main() -> None:
    """Train one LSTM."""
    parser = tables.parser(__doc__, examples=200_000, units=0)
    parser.add_argument("run", type=Path, help="the TOML file of a run")
    parser.add_argument("--set", action="append", default=[], help="change one setting: table.key=value")
    parser.add_argument("-o", "--output", type=Path, required=True, help="the folder for metrics.jsonl")
    chosen = parser.parse_args()
    torch.set_num_threads(1)
    config = load_training_config(chosen.run, [f"schedule.examples={chosen.examples}", *chosen.set])
    units = chosen.units or config.model.controller_size
    Training(config, chosen.run.parent, units).run(chosen.output)


if __name__ == "__main__":
    main()
