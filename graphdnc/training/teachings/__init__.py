"""What the trainer knows of each kind of task: one module for each."""
