"""Tables of names: edge lists, and lines of stations in order."""
