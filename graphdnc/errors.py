"""Every error a user can meet, in one tree.

::

    GraphDNCError                 exit code 1
    ├── UsageError                exit code 2   wrong words or options; nothing was tried
    │   ├── UnknownName           a node or relation that the graph does not have
    │   └── ConfigError           a training configuration with a wrong key or value
    ├── NoAnswer                  exit code 3   understood, but the graph has no such answer
    ├── GraphFileError            a graph file that cannot be read; says file and line
    ├── CorpusError               an HDF5 corpus that is damaged or of another version
    ├── CheckpointError           weights that are missing, damaged or do not fit
    └── CapacityError             more triples, names or steps than there is room for

A message is one line and says what was found, where, why it is wrong and what to do next. Anything
raised that is not in this tree is a defect of graphdnc.
"""

from __future__ import annotations


class GraphDNCError(Exception):
    """The base of all errors meant for a user; ``exit_code`` is what the command line returns."""

    exit_code = 1


class UsageError(GraphDNCError):
    """Wrong words or options: nothing was tried."""

    exit_code = 2


class UnknownName(UsageError):
    """A node or relation that the graph does not have."""


class ConfigError(UsageError):
    """A training configuration with a wrong key or value."""


class NoAnswer(GraphDNCError):
    """The question was understood, but the graph has no such answer."""

    exit_code = 3


class GraphFileError(GraphDNCError):
    """A graph file that cannot be read; the message names the file and the line."""


class CorpusError(GraphDNCError):
    """An HDF5 corpus that is damaged, incomplete or of another version."""


class CheckpointError(GraphDNCError):
    """Weights that are missing, damaged or do not fit the model asked for."""


class CapacityError(GraphDNCError):
    """More triples, names or steps than the memory or the label code has room for."""
