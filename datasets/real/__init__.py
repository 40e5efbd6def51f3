"""Real graphs typed from public facts: for testing only, never for training."""
