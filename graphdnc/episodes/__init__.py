"""From a graph and a question to the steps of an episode, and back."""
