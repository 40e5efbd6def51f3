"""Trained networks as files: checkpoint, catalogue, card and calibration."""
