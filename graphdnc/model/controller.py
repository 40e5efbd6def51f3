"""The controller: a deep LSTM in which every layer sees the input and the layer below (paper, Methods)."""

from __future__ import annotations

from typing import NamedTuple

import torch
from torch import Tensor, nn
from torch.nn import functional as F

CLOSED = -1e4
"""Closes a gate, whatever else is added to it."""


class ControllerState(NamedTuple):
    """Hidden and cell values of all layers, each ``[layers, B, hidden]``."""

    hidden: Tensor
    cell: Tensor

    def to(self, dtype: torch.dtype) -> ControllerState:
        """Return the state in another type of numbers."""
        return ControllerState(self.hidden.to(dtype), self.cell.to(dtype))


class LSTMLayer(nn.Module):
    """One LSTM layer. ``layer_norm`` normalises the gates and the cell (after Ba et al. 2016)."""

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
        """Return the new hidden and cell values for inputs ``[B, input]`` and old values ``[B, hidden]``."""
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
        self.input_size, self.hidden_size = input_size, hidden_size
        self.output_size = layers * hidden_size
        below = [0] + [hidden_size] * (layers - 1)
        self.layers = nn.ModuleList(LSTMLayer(input_size + size, hidden_size, layer_norm) for size in below)

    def initial_state(self, batch: int) -> ControllerState:
        """Return the state before the first step: zeros."""
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

    def run(self, inputs: Tensor, lengths: Tensor) -> tuple[Tensor, ControllerState]:
        """Run ``lengths`` ``[B]`` steps of inputs ``[T, B, given]`` from zeros.

        If ``given`` is less than the input size, the other inputs are zeros. Returns outputs
        ``[T, B, layers * hidden]``, undefined after the end of an episode, and the state after its last step.
        """
        if any(layer.gate_norm is not None for layer in self.layers):
            return self._step_through(inputs, self.initial_state(len(lengths)), lengths)
        shift = len(inputs) - lengths
        seen = _shifted(inputs, -shift)
        outputs: list[Tensor] = []
        absent = (torch.arange(len(inputs), device=lengths.device)[:, None] < shift).to(inputs.dtype)
        last = []
        for layer in self.layers:
            assert isinstance(layer, LSTMLayer)
            below = [seen, *outputs[-1:], absent.unsqueeze(-1)]
            output, hidden, cell = _run_layer(layer, torch.cat(below, -1), inputs.shape[-1], self.input_size)
            outputs.append(output)
            last.append((hidden, cell))
        state = ControllerState(*(torch.cat(values) for values in zip(*last, strict=True)))
        return _shifted(torch.cat(outputs, dim=-1), shift), state

    def run_on(self, inputs: Tensor, state: ControllerState) -> Tensor:
        """Run steps of inputs ``[S, B, given]`` from a state; return outputs ``[S, B, layers * hidden]``.

        If ``given`` is less than the input size, the others are zeros.
        """
        if any(layer.gate_norm is not None for layer in self.layers):
            return self._step_through(inputs, state)[0]
        outputs: list[Tensor] = []
        for index, layer in enumerate(self.layers):
            assert isinstance(layer, LSTMLayer)
            given, below = layer.input_weight[:, : inputs.shape[-1]], layer.input_weight[:, self.input_size :]
            weights = [torch.cat([given, below], 1), layer.hidden_weight, layer.bias]
            weights.append(torch.zeros_like(layer.bias))
            start = (state.hidden[index : index + 1], state.cell[index : index + 1])
            seen = torch.cat([inputs, *outputs[-1:]], dim=-1)
            outputs.append(torch.lstm(seen, start, weights, True, 1, 0.0, True, False, False)[0])
        return torch.cat(outputs, dim=-1)

    def _step_through(
        self, inputs: Tensor, state: ControllerState, lengths: Tensor | None = None
    ) -> tuple[Tensor, ControllerState]:
        """Run all steps one by one, or ``lengths`` ``[B]`` of them; return outputs and the last state."""
        outputs = []
        for index, shown in enumerate(F.pad(inputs, (0, self.input_size - inputs.shape[-1]))):
            output, after = self(shown, state)
            outputs.append(output)
            state = after if lengths is None else hold(index < lengths, after, state)
        return torch.stack(outputs), state


def hold(active: Tensor, after: ControllerState, before: ControllerState) -> ControllerState:
    """Return ``after`` for the ``active`` ``[B]`` episodes, and ``before`` for the others."""
    keep = active[None, :, None]
    return ControllerState(
        torch.where(keep, after.hidden, before.hidden), torch.where(keep, after.cell, before.cell)
    )


def _run_layer(layer: LSTMLayer, inputs: Tensor, shown: int, size: int) -> tuple[Tensor, Tensor, Tensor]:
    """Run one layer over episodes that end at the same step; the last input is 1 before an episode begins.

    It closes the input gate exactly, so that hidden and cell values stay zeros.
    """
    parameter, width = layer.input_weight, layer.hidden_weight.shape[1]
    closed = parameter.new_zeros(len(parameter), 1)
    closed[:width] = CLOSED
    weight = torch.cat([parameter[:, :shown], parameter[:, size:], closed], dim=1)
    zeros = inputs.new_zeros(1, inputs.shape[1], width)
    weights = [weight, layer.hidden_weight, layer.bias, torch.zeros_like(layer.bias)]
    training = torch.is_grad_enabled()
    output, hidden, cell = torch.lstm(inputs, (zeros, zeros), weights, True, 1, 0.0, training, False, False)
    return output, hidden, cell


def _shifted(values: Tensor, shift: Tensor) -> Tensor:
    """Return ``[T, B, ...]`` with each episode rotated by ``shift`` ``[B]`` steps."""
    steps = (torch.arange(len(values), device=shift.device)[:, None] + shift) % len(values)
    return values.gather(0, steps.unsqueeze(-1).expand_as(values))
