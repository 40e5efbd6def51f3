"""All errors that a user can meet, as one tree of exceptions.

::

    GraphDNCError                 exit code 1
    ├── UsageError                exit code 2   a wrong question or option; nothing was done
    │   ├── UnknownName           a node or relation that is not in the graph
    │   └── ConfigError           a training configuration with a wrong key or value
    ├── NoAnswer                  exit code 3   understood, but the graph has no such answer
    ├── GraphFileError            a graph file that cannot be read; the message has file and line
    ├── CorpusError               an HDF5 corpus that is damaged or of another version
    ├── CheckpointError           weights that are missing, damaged or do not fit
    ├── TrainingError             a training that cannot go on: its loss is no finite number
    ├── LostProcess               another process of a training run is gone
    ├── CapacityError             more triples, names or steps than fit
    └── InternalError             a bug of graphdnc, met by one question of many

A message is one line. It says what was found, where, why it is wrong and what to do next. Any other exception
that reaches a user is a bug in graphdnc. Of many questions, one that meets a bug does not stop the others.
"""

from __future__ import annotations

import os


class GraphDNCError(Exception):
    """The base of all errors meant for users; ``exit_code`` is the exit status of the command line."""

    exit_code = 1


class UsageError(GraphDNCError):
    """A wrong question or option; nothing was done."""

    exit_code = 2


class UnknownName(UsageError):
    """A node or relation that is not in the graph."""


class ConfigError(UsageError):
    """A training configuration with a wrong key or value."""


class NoAnswer(GraphDNCError):
    """The question is understood, but the graph has no answer to it."""

    exit_code = 3


class GraphFileError(GraphDNCError):
    """A graph file that cannot be read; the message names the file and the line."""


class CorpusError(GraphDNCError):
    """An HDF5 corpus that is damaged, incomplete or of another version."""


class CheckpointError(GraphDNCError):
    """Weights that are missing, damaged, or do not fit the model."""


class TrainingError(GraphDNCError):
    """A training that cannot go on, because its loss or gradient is not a finite number."""


class LostProcess(GraphDNCError):
    """Another process of a training run was lost, or cannot be reached."""


class CapacityError(GraphDNCError):
    """More triples, names or steps than fit into the memory or the label code."""


class InternalError(GraphDNCError):
    """A bug of graphdnc that a question met; the original exception is its cause."""


def reported(error: Exception) -> GraphDNCError:
    """Return what to report of an exception: itself, or an InternalError for one that nobody expected.

    If the environment has ``GRAPHDNC_DEBUG``, an unexpected exception is raised again, which shows where.
    """
    if isinstance(error, GraphDNCError):
        return error
    if os.environ.get("GRAPHDNC_DEBUG"):
        raise error
    what = " ".join(f"{type(error).__name__}: {error}".split())
    found = InternalError(f"internal error: {what} (GRAPHDNC_DEBUG=1 shows where)")
    found.__cause__ = error
    return found
