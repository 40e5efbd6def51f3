"""What all tasks share: labels, the steps of an episode, and how these become arrays."""
