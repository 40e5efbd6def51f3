"""Relations that no triple states and the network knows by heart."""
