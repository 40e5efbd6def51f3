"""One module a graph file format."""
