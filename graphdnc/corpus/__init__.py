"""The HDF5 contract: how examples are stored and read."""
