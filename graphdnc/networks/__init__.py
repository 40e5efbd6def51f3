"""Trained networks as files: checkpoints, the catalogue, model cards and calibration."""
