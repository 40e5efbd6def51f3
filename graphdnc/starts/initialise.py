"""Apply the start that a configuration names. ``DNC(config)`` alone draws plain random weights."""

from __future__ import annotations

import torch

from graphdnc.model.dnc import DNC
from graphdnc.starts.kinship import KinshipStart
from graphdnc.starts.requirements import check
from graphdnc.starts.shortest_path import SearchStart
from graphdnc.starts.wiring import Wiring

_STARTS: dict[str, type[Wiring]] = {
    "search": SearchStart,
    "kinship": KinshipStart,
}


@torch.no_grad()
def initialise(network: DNC) -> DNC:
    """Change the random weights of a new network, in place, to the start that its configuration names.

    Nothing is drawn here, so a seed set before ``DNC(config)`` decides all weights. Returns the network.
    """
    check(network.config)
    if network.config.start != "plain":
        _STARTS[network.config.start](network).apply()
    return network
