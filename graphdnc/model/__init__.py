"""The differentiable neural computer, by the parts of the paper. It knows nothing of graphs and tasks."""
