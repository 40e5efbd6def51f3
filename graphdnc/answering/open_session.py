"""A session for a network and a graph: the whole graph is memorised if it fits, otherwise parts of it."""

from __future__ import annotations

import sys

from graphdnc.answering.session import GraphSession
from graphdnc.answering.subgraph import SubgraphLimits
from graphdnc.answering.subgraph_session import SubgraphSession
from graphdnc.graph import Graph
from graphdnc.networks.checkpoint import Checkpoint, load_checkpoint

Session = GraphSession | SubgraphSession


def load_session(graph: Graph, model: str = "traversal") -> Session:
    """Return a session for a graph and the network of that name or folder.

    Raises:
        CheckpointError: there is no such network, or it is damaged.
    """
    return open_session(load_checkpoint(model, threads=1), graph)  # one is the fastest: see GraphMemory.ask


def open_session(checkpoint: Checkpoint, graph: Graph) -> Session:
    """Return a session for a network and a graph."""
    limits = limits_of(checkpoint)
    if limits is None or limits.allow(graph):
        return GraphSession(checkpoint, graph)
    return SubgraphSession(checkpoint, graph, limits)


def limits_of(checkpoint: Checkpoint) -> SubgraphLimits | None:
    """Return the largest size of a graph that a network memorises whole; ``None`` for any size."""
    if checkpoint.task.largest is None:
        return None
    code, (nodes, triples) = checkpoint.task.code, checkpoint.task.largest
    labels = code.capacity
    relations = sys.maxsize if code.known_relations else labels
    return SubgraphLimits(min(nodes, labels - 1), relations, triples)
