"""Graph files of every format: :func:`read_graph` is the one way in."""

from graphdnc.readers.edge_list import Columns
from graphdnc.readers.edge_list import read_edge_list as read_graph

__all__ = ["Columns", "read_graph"]
