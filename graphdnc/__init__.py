"""A differentiable neural computer that answers questions about graphs it never saw."""
