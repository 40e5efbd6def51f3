"""Curriculum, training loop, checkpoints and metrics."""
