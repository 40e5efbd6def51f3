"""Weights that training does not change (``OptimiserConfig.keep_addressing`` and ``keep_output``)."""

from __future__ import annotations

import torch

from graphdnc.model import interface_layout
from graphdnc.model.controller import LSTMLayer
from graphdnc.model.dnc import DNC


def keep_addressing(network: DNC) -> None:
    """Set the gradient of the interface to zero, except for the rows of the read modes.

    Weights of 0 into the controller stay 0, too.
    """
    if network.config.links == "off":  # with a single read mode there is nothing to learn
        network.interface.requires_grad_(False)
        network.freeze_memory_path = network.has_fixed_memory_path()  # see below
    else:
        modes = torch.zeros(len(network.interface.weight), 1, device=network.interface.weight.device)
        modes[interface_layout.slices(network.config)["read_modes"]] = 1
        network.interface.weight.register_hook(lambda gradient: gradient * modes)
        if network.interface.bias is not None:
            network.interface.bias.register_hook(lambda gradient: gradient * modes.squeeze(1))
    for layer in network.controller.layers:
        assert isinstance(layer, LSTMLayer)
        for weight in (layer.input_weight, layer.hidden_weight):
            heard = (weight.detach() != 0).to(weight.dtype)
            weight.register_hook(lambda gradient, heard=heard: gradient * heard)


def keep_output(network: DNC) -> None:
    """Freeze the weights from reads and input to the output."""
    network.read_output.requires_grad_(False)
    if network.input_output is not None:
        network.input_output.requires_grad_(False)
