"""Questions about a given graph, each with its exact answer: one module a task."""
