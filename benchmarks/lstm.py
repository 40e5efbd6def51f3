"""What an LSTM without a memory learns of the same lessons, in the same training.

    python benchmarks/lstm.py runs/traversal.toml --examples 200000 -o runs/lstm
    graphdnc plot runs/lstm

It has the units and layers of the run's controller, or ``--units``, and must keep the graph in its cells. The
paper's best one reached 37% of the first lesson of traversal after two million examples. Only for tasks that
are not planned, because there every input is known beforehand.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import tables
import torch
from torch import Tensor, nn

from graphdnc.datasets.sources import source
from graphdnc.tasks import by_length
from graphdnc.training.batches import draw_pool
from graphdnc.training.config import TrainingConfig, load_training_config
from graphdnc.training.loss import answer_loss, whole_answers_right
from graphdnc.training.metrics import MetricsFile, Position, Tally
from graphdnc.training.tensors import Batch, encode
from graphdnc.training.trainer import task_of_run
from graphdnc.utils.rng import Purpose, stream


class LSTM(nn.Module):
    """An LSTM with an output layer: batches -> logits ``[S, B, output]`` after the description."""

    def __init__(self, inputs: int, units: int, layers: int, outputs: int) -> None:
        super().__init__()
        self.lstm, self.output = nn.LSTM(inputs, units, layers), nn.Linear(units, outputs)

    def forward(self, batch: Batch) -> Tensor:
        """Read the description of each episode to its own end, then run the steps."""
        packed = nn.utils.rnn.pack_padded_sequence(batch.description, batch.lengths, enforce_sorted=False)
        logits: Tensor = self.output(self.lstm(batch.steps, self.lstm(packed)[1])[0])
        return logits


class Training:
    """Trains an LSTM on the lessons of a run."""

    def __init__(self, config: TrainingConfig, beside: Path, units: int) -> None:
        self.config, self.source = config, source(config.data, beside)
        self.task, model = task_of_run(config, self.source.task), config.model
        torch.manual_seed(config.seed)
        self.network = LSTM(model.input_size, units, model.controller_layers, model.output_size)
        self.optimiser = torch.optim.Adam(self.network.parameters(), config.optimiser.learning_rate)
        self.at = Position()

    def run(self, folder: Path) -> None:
        """Train to the end of the schedule and write ``metrics.jsonl``."""
        folder.mkdir(parents=True, exist_ok=True)
        metrics, schedule, tally = MetricsFile(folder / "metrics.jsonl", 0), self.config.schedule, Tally()
        while self.at.examples < schedule.examples:
            rng = stream(Purpose.TRAINING, self.config.seed, self.at.pool)
            for examples in draw_pool(self.source.training, self.at.lesson, schedule, rng):
                self._update(encode(examples, rng, self.task), tally)
            self.at.pool += 1
            if self.at.pool % schedule.validate_every == 0:
                accuracy = self._accuracy()
                progress = replace(tally.progress(self.at, 0.0), validated=accuracy)
                metrics.append(progress)
                tables.say(f"{progress.examples:,} examples, lesson {progress.lesson}, {accuracy:.1%}")
                tally = Tally()
                self.at.lesson += (
                    accuracy >= schedule.pass_accuracy and self.at.lesson + 1 < self.source.lessons
                )

    def _update(self, batch: Batch, tally: Tally) -> None:
        logits = self.network(batch)
        loss = answer_loss(logits, batch, self.task.code)
        self.optimiser.zero_grad(set_to_none=True)
        loss.backward()
        nn.utils.clip_grad_norm_(self.network.parameters(), self.config.optimiser.clip)
        self.optimiser.step()
        self.at.examples += len(batch.examples)
        right = int(whole_answers_right(logits, batch, self.task.code).sum())
        tally.add(float(loss.detach()), right, len(batch.examples))

    @torch.no_grad()
    def _accuracy(self) -> float:
        rng = stream(Purpose.VALIDATION, self.config.seed, self.at.pool)
        episodes = self.config.schedule.validation_episodes
        drawn = [self.source.validation(rng, self.at.lesson) for _ in range(episodes)]
        right = 0
        for examples in by_length(drawn, self.config.schedule.batch):
            batch = encode(examples, rng, self.task)
            right += int(whole_answers_right(self.network(batch), batch, self.task.code).sum())
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
