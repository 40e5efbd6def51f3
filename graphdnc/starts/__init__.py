"""Initial weights that say something of the task: the programmed rung."""
