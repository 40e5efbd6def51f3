"""The training of a network: settings, batches, the loop, and its records."""
