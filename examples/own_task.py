"""A task of your own, declared once and trained as any other: say a sequence backwards."""

import sys
import tempfile
from pathlib import Path

import torch

from graphdnc import DNCConfig
from graphdnc.tasks.sequences import SEQUENCE_TASKS
from graphdnc.tasks.sequences.task import BITS, SequenceTask, draw_bits
from graphdnc.training.batches import Source
from graphdnc.training.config import DataConfig, ScheduleConfig, TrainingConfig
from graphdnc.training.trainer import Trainer


class Backwards(SequenceTask):
    """Show vectors, then ask for them in the reverse order."""

    name, does, sizes = "backwards", "says a sequence backwards", {"length": 1}

    def lay_out(self, rng, sizes):
        """Draw an episode."""
        length = sizes["length"]
        episode = self.empty(length, length, sizes)
        vectors = draw_bits(rng, length)
        episode.inputs[:length, :BITS], episode.targets[length:] = vectors, vectors[::-1]
        return episode


examples = int(sys.argv[1]) if len(sys.argv) > 1 else 40_000
task = SEQUENCE_TASKS["backwards"] = Backwards()
model = DNCConfig(task.input_size, task.output_size, 64, memory_rows=8, memory_width=16, read_heads=1)
schedule = ScheduleConfig(examples, batch=32, validate_every=20, validation_episodes=128)
config = TrainingConfig(DataConfig("backwards"), model, schedule=schedule)
draw = lambda rng, lesson: task.draw(rng, {"length": (1, 6)})  # noqa: E731
with tempfile.TemporaryDirectory() as folder:
    trainer = Trainer(config, Source("backwards", 1, draw, draw), Path(folder), torch.device("cpu"))
    trainer.run(lambda now: now.validated is None or print(f"{now.examples:,}: {now.validated:.0%} right"))
