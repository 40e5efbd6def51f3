"""Train the task "copy" with the trainer of graphdnc, and measure it on longer sequences than it has seen."""

import sys
import tempfile
from pathlib import Path

import numpy as np
import torch

from graphdnc.datasets.sources import source
from graphdnc.evaluation import evaluate_sequences
from graphdnc.networks.sequence_checkpoint import load_sequence_checkpoint
from graphdnc.training.config import load_training_config
from graphdnc.training.trainer import Trainer

examples = sys.argv[1] if len(sys.argv) > 1 else "96_000"
run = Path(__file__).parents[1] / "runs" / "copy.toml"
config = load_training_config(run, [f"schedule.examples={examples}"])
with tempfile.TemporaryDirectory() as folder:
    trainer = Trainer(config, source(config.data, run.parent), Path(folder), torch.device("cpu"))
    trainer.run(lambda progress: None)
    trained = load_sequence_checkpoint(f"{folder}/last")
rng = np.random.default_rng(0)
for length in (10, 20, 40):
    episodes = [trained.task.draw(rng, {"length": (length, length)}) for _ in range(100)]
    found = evaluate_sequences(trained.network, episodes, rows=length + 4)
    print(f"{length} vectors: {found.accuracy.share:.0%} of {found.episodes} sequences whole")
