"""The controller: a deep LSTM in which every layer sees the input and the layer below (paper, Methods)."""

from __future__ import annotations

from typing import NamedTuple

import torch
from torch import Tensor, nn


class ControllerState(NamedTuple):
    """Hidden and cell values of all layers, each ``[layers, B, hidden]``."""

    hidden: Tensor
    cell: Tensor


class LSTMLayer(nn.Module):
    """One LSTM layer; with ``layer_norm`` the gates and the cell are normalised (after Ba et al. 2016)."""

    def __init__(self, input_size: int, hidden_size: int, layer_norm: bool) -> None:
        super().__init__()
        bound = hidden_size**-0.5
        self.input_weight = nn.Parameter(torch.empty(4 * hidden_size, input_size).uniform_(-bound, bound))
        self.hidden_weight = nn.Parameter(torch.empty(4 * hidden_size, hidden_size).uniform_(-bound, bound))
        bias = torch.zeros(4 * hidden_size)
        bias[hidden_size : 2 * hidden_size] = 1.0  # an open forget gate lets gradients through from the start
        self.bias = nn.Parameter(bias)
        self.gate_norm = nn.LayerNorm(4 * hidden_size) if layer_norm else None
        self.cell_norm = nn.LayerNorm(hidden_size) if layer_norm else None

    def forward(self, inputs: Tensor, hidden: Tensor, cell: Tensor) -> tuple[Tensor, Tensor]:
        """Take inputs ``[B, input]`` and state ``[B, hidden]``; return the new hidden and cell values."""
        if self.gate_norm is None or self.cell_norm is None:
            zeros = torch.zeros_like(self.bias)
            return torch.lstm_cell(
                inputs, (hidden, cell), self.input_weight, self.hidden_weight, self.bias, zeros
            )
        gates = self.gate_norm(inputs @ self.input_weight.T + hidden @ self.hidden_weight.T) + self.bias
        enter, forget, candidate, leave = gates.chunk(4, dim=-1)
        cell = torch.sigmoid(forget) * cell + torch.sigmoid(enter) * torch.tanh(candidate)
        return torch.sigmoid(leave) * torch.tanh(self.cell_norm(cell)), cell


class Controller(nn.Module):
    """The deep LSTM: inputs ``[B, input]`` -> outputs of all layers ``[B, layers * hidden]``."""

    def __init__(self, input_size: int, hidden_size: int, layers: int, layer_norm: bool) -> None:
        super().__init__()
        self.hidden_size = hidden_size
        self.output_size = layers * hidden_size
        below = [0] + [hidden_size] * (layers - 1)
        self.layers = nn.ModuleList(LSTMLayer(input_size + size, hidden_size, layer_norm) for size in below)

    def initial_state(self, batch: int) -> ControllerState:
        """Return the state of a network that has seen nothing: zeros."""
        first = next(self.parameters())
        zeros = first.new_zeros(len(self.layers), batch, self.hidden_size)
        return ControllerState(zeros, zeros)

    def forward(self, inputs: Tensor, state: ControllerState) -> tuple[Tensor, ControllerState]:
        """Run one step."""
        hidden: list[Tensor] = []
        cells: list[Tensor] = []
        for index, layer in enumerate(self.layers):
            seen = torch.cat([inputs, hidden[-1]], dim=-1) if hidden else inputs
            above, cell = layer(seen, state.hidden[index], state.cell[index])
            hidden.append(above)
            cells.append(cell)
        return torch.cat(hidden, dim=-1), ControllerState(torch.stack(hidden), torch.stack(cells))
