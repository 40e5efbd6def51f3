"""How a trained network is run."""
