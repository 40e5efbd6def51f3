"""``graphdnc ask``: put questions to a network about a graph."""
