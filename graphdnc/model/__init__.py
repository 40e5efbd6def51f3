"""The differentiable neural computer, by the parts of the paper."""
