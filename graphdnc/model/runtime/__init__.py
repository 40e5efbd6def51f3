"""Running a trained network: compiled, without torch, or eager, in torch."""
