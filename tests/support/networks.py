"""Settings of networks that several tests use. Every axis has another size, so that none can be swapped."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from graphdnc.model.config import DNCConfig
from graphdnc.training.config import load_training_config

FAITHFUL = DNCConfig(
    input_size=9,
    output_size=8,
    controller_size=6,
    controller_layers=2,
    memory_rows=11,
    memory_width=5,
    read_heads=3,
)
ALL = replace(
    FAITHFUL,
    interface_skip=True,
    output_skip=True,
    masked_keys=True,
    wipe_freed_rows=True,
    written_rows_only=True,
    layer_norm=True,
    stop_usage_gradient=True,
)
RUNS = Path(__file__).parents[2] / "runs"
SHIPPED = replace(load_training_config(RUNS / "traversal.toml").model, controller_size=16)
"""The options of the shipped traversal network, whatever they are, in a smaller size."""
SEARCH = replace(load_training_config(RUNS / "shortest-path.toml").model, controller_size=16)
"""Those of the shipped shortest-path network."""
INFERENCE = replace(load_training_config(RUNS / "inference.toml").model, controller_size=16)
"""Those of the shipped network for relations."""
KINSHIP = replace(load_training_config(RUNS / "kinship.toml").model, controller_size=16)
"""Those of the shipped network for kinship."""
