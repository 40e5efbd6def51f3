"""One module for each file format: its function yields the edges of a file."""
