"""The differentiable neural computer, equation by equation: a slow reference for ``graphdnc.model``.

One episode at a time, in float64, with loops over heads and rows, for reading and not for speed. It shares no
code with the network it checks; only the names of the weights and options, the order of the parts of the
interface vector and the small constants are the same. Symbols are those of Graves et al. 2016, Methods;
"C&S" is Csordas & Schmidhuber 2019, whose changes are options here, as are the project's own.

It has more than 400 lines, so that the whole network can be read in one place, beside the paper.

Shapes: X inputs, Y outputs, L layers of Z hidden units, N rows, W columns, R read heads, H write heads. A
weighting is a tensor ``[N]``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import torch
from torch import Tensor

from graphdnc.model.config import DNCConfig

EPSILON = 1e-6
"""Keeps apart from zero: the lengths in a cosine, a usage under a logarithm."""
NORM_EPSILON = 1e-5
"""Keeps a variance in layer normalisation apart from zero."""
MASK_FLOOR = 0.1
"""The least a masked column counts (C&S, section 4.2)."""


@dataclass
class ReferenceState:
    """What one episode carries from step to step."""

    hidden: list[Tensor]  # L of [Z]    h
    cell: list[Tensor]  # L of [Z]      s
    memory: Tensor  # [N, W]            M
    usage: Tensor  # [N]                u
    write_weights: list[Tensor]  # H    w^w
    read_weights: list[Tensor]  # R     w^r
    reads: list[Tensor]  # R of [W]     r
    links: list[Tensor]  # H of [N, N]  L; empty without links
    precedence: list[Tensor]  # H       p; empty without links
    age: list[Tensor]  # one of [N]     steps since a row was used; empty if none is ever overwritten


@dataclass
class ReferenceInterface:
    """The parts of the interface vector in their ranges; what the options leave out is an empty list."""

    read_keys: list[Tensor]  # R of [W]
    read_strengths: list[Tensor]  # R of []
    read_masks: list[Tensor]  # R of [W]
    read_modes: list[Tensor]  # R of [1 + 2H]: backward, content, forward
    free_gates: list[Tensor]  # R of []
    write_gates: list[Tensor]  # H of []
    write_vectors: list[Tensor]  # H of [W]
    erase: list[Tensor]  # H of [W]
    write_keys: list[Tensor]  # H of [W]
    write_strengths: list[Tensor]  # H of []
    write_masks: list[Tensor]  # H of [W]
    allocation_gates: list[Tensor]  # H of []


# --- ranges -----------------------------------------------------------------------------------------------


def sigmoid(x: Tensor) -> Tensor:
    """sigma(x) = 1 / (1 + e^-x)."""
    return 1 / (1 + torch.exp(-x))


def one_plus(x: Tensor) -> Tensor:
    """oneplus(x) = 1 + log(1 + e^x)."""
    return 1 + torch.log(1 + torch.exp(x))


def softmax(x: Tensor) -> Tensor:
    """softmax(x)[i] = e^x[i] / sum_j e^x[j]."""
    powers = torch.exp(x)
    return powers / powers.sum()


def mask(x: Tensor) -> Tensor:
    """m = 0.1 + 0.9 sigma(x) (C&S, section 3.1 and 4.2)."""
    return MASK_FLOOR + (1 - MASK_FLOOR) * sigmoid(x)


# --- the controller ---------------------------------------------------------------------------------------


def normalised(x: Tensor, gain: Tensor, shift: Tensor) -> Tensor:
    """LN(x) = gain * (x - mean(x)) / sqrt(var(x) + 1e-5) + shift (Ba et al. 2016, eq. 4)."""
    mean = x.sum() / len(x)
    variance = ((x - mean) ** 2).sum() / len(x)
    return gain * (x - mean) / torch.sqrt(variance + NORM_EPSILON) + shift


def lstm_layer(
    seen: Tensor, hidden: Tensor, cell: Tensor, weights: Mapping[str, Tensor], name: str, layer_norm: bool
) -> tuple[Tensor, Tensor]:
    """One layer l of the deep LSTM, where x_l = [chi_t; h_t^{l-1}].

    ::

        i_t = sigma(W_i [x_l; h_{t-1}] + b_i)
        f_t = sigma(W_f [x_l; h_{t-1}] + b_f)
        s_t = f_t s_{t-1} + i_t tanh(W_s [x_l; h_{t-1}] + b_s)
        o_t = sigma(W_o [x_l; h_{t-1}] + b_o)
        h_t = o_t tanh(s_t)

    The weights of a layer are stored one below the other in the order i, f, s, o. As an option LN acts on the
    four sums together, before the bias, and on s_t inside the last tanh.
    """
    sums = weights[f"{name}.input_weight"] @ seen + weights[f"{name}.hidden_weight"] @ hidden
    if layer_norm:
        sums = normalised(sums, weights[f"{name}.gate_norm.weight"], weights[f"{name}.gate_norm.bias"])
    sums = sums + weights[f"{name}.bias"]
    size = len(hidden)
    enter, forget = sigmoid(sums[:size]), sigmoid(sums[size : 2 * size])
    candidate, leave = torch.tanh(sums[2 * size : 3 * size]), sigmoid(sums[3 * size :])
    new_cell = forget * cell + enter * candidate
    shown = new_cell
    if layer_norm:
        shown = normalised(new_cell, weights[f"{name}.cell_norm.weight"], weights[f"{name}.cell_norm.bias"])
    return leave * torch.tanh(shown), new_cell


# --- addressing -------------------------------------------------------------------------------------------


def cosine(key: Tensor, row: Tensor, key_mask: Tensor | None) -> Tensor:
    """D(k, M[i]) = k . M[i] / (|k| |M[i]|), of k * m and M[i] * m with a mask m (C&S, section 3.1).

    The product of lengths is sqrt(|k|^2 |M[i]|^2 + 1e-6).
    """
    if key_mask is not None:
        key, row = key * key_mask, row * key_mask
    return (key * row).sum() / torch.sqrt((key * key).sum() * (row * row).sum() + EPSILON)


def content_weighting(
    memory: Tensor, key: Tensor, strength: Tensor, key_mask: Tensor | None, usage: Tensor | None
) -> Tensor:
    """C(M, k, beta)[i] = exp(beta D(k, M[i])) / sum_j exp(beta D(k, M[j])).

    With ``written_rows_only`` log(u[i] + 1e-6), a constant to the gradient, is added to each exponent.
    """
    scores = []
    for index, row in enumerate(memory):
        score = strength * cosine(key, row, key_mask)
        if usage is not None:
            score = score + torch.log(usage[index] + EPSILON).detach()
        scores.append(score)
    return softmax(torch.stack(scores))


def retention(free_gates: list[Tensor], read_weights: list[Tensor]) -> Tensor:
    """psi_t = prod_i (1 - f_t^i w_{t-1}^{r,i})."""
    psi = torch.ones_like(read_weights[0])
    for gate, weights in zip(free_gates, read_weights, strict=True):
        psi = psi * (1 - gate * weights)
    return psi


def usage_after_write(usage: Tensor, write_weights: list[Tensor]) -> Tensor:
    """u + w^w - u * w^w, for one write head after the other."""
    for weights in write_weights:
        usage = usage + weights - usage * weights
    return usage


def allocation_weighting(usage: Tensor) -> Tensor:
    """a[phi[j]] = (1 - u[phi[j]]) prod_{i<j} u[phi[i]], phi the rows in ascending order of usage."""
    free_list = sorted(range(len(usage)), key=lambda row: float(usage[row].detach()))
    allocation: list[Tensor] = [usage[0]] * len(usage)
    used_before = torch.ones_like(usage[0])
    for row in free_list:
        allocation[row] = (1 - usage[row]) * used_before
        used_before = used_before * usage[row]
    return torch.stack(allocation)


def overwriting(allocation: Tensor, age: Tensor) -> Tensor:
    """a[i] + 1 - sum_j a[j] in the row i of the greatest age, with ``when_full``."""
    oldest = max(range(len(age)), key=lambda row: float(age[row].detach()))
    rows = [own + 1 - allocation.sum() if row == oldest else own for row, own in enumerate(allocation)]
    return torch.stack(rows)


def aged(age: Tensor, weights: list[Tensor]) -> Tensor:
    """(1 + age) prod_k (1 - w^k), a constant to the gradient."""
    age = 1 + age
    for own in weights:
        age = age * (1 - own.detach())
    return age


def write_weightings(
    interface: ReferenceInterface,
    memory: Tensor,
    usage: Tensor,
    age: list[Tensor],
    config: DNCConfig,
    reading: bool,
) -> list[Tensor]:
    """w^w = g^w [g^a a + (1 - g^a) c^w], where c^w = C(M_{t-1}, k^w, beta^w).

    With ``allocate_only``, and while a description is not read, g^a is 1. A further write head allocates as
    if those before it had written what they allocated: u <- u + (1 - u) g^w g^a a.
    """
    by_content = reading and not config.allocate_only
    written = []
    used = usage  # before this step: the same for the keys of all heads
    for head, gate in enumerate(interface.write_gates):
        allocation = allocation_weighting(usage)
        if age:
            allocation = overwriting(allocation, age[0])
        share = interface.allocation_gates[head] if by_content else torch.ones_like(gate)
        weights = share * allocation
        if by_content:
            content = content_weighting(
                memory,
                interface.write_keys[head],
                interface.write_strengths[head],
                interface.write_masks[head] if config.masked_keys else None,
                used if config.written_rows_only else None,
            )
            weights = weights + (1 - share) * content
        written.append(gate * weights)
        usage = usage + (1 - usage) * gate * share * allocation
        age = [own * (1 - gate * share * allocation) for own in age]
    return written


def erased_and_written(
    memory: Tensor, weights: list[Tensor], erase: list[Tensor], vectors: list[Tensor]
) -> Tensor:
    """M_t = M_{t-1} * (E - w^w e^T) + w^w v^T; several heads first erase, then write."""
    rows = []
    for index, row in enumerate(memory):
        for head in range(len(weights)):
            row = row * (1 - weights[head][index] * erase[head])
        for head in range(len(weights)):
            row = row + weights[head][index] * vectors[head]
        rows.append(row)
    return torch.stack(rows)


def updated_links(links: Tensor, precedence: Tensor, weights: Tensor) -> Tensor:
    """L_t[i, j] = (1 - w[i] - w[j]) L_{t-1}[i, j] + w[i] p_{t-1}[j], and L_t[i, i] = 0."""
    rows = []
    for i in range(len(weights)):
        row = []
        for j in range(len(weights)):
            new = (1 - weights[i] - weights[j]) * links[i, j] + weights[i] * precedence[j]
            row.append(torch.zeros_like(new) if i == j else new)
        rows.append(torch.stack(row))
    return torch.stack(rows)


def updated_precedence(precedence: Tensor, weights: Tensor) -> Tensor:
    """p_t = [1 - sum_i w[i]] p_{t-1} + w."""
    return (1 - weights.sum()) * precedence + weights


def forward_weighting(links: Tensor, read_weights: Tensor) -> Tensor:
    """f_t = L_t w_{t-1}^r."""
    return torch.stack([(row * read_weights).sum() for row in links])


def backward_weighting(links: Tensor, read_weights: Tensor) -> Tensor:
    """b_t = L_t^T w_{t-1}^r."""
    return torch.stack([(links[:, column] * read_weights).sum() for column in range(len(read_weights))])


def read_weighting(
    interface: ReferenceInterface, head: int, content: Tensor, links: list[Tensor], before: Tensor
) -> Tensor:
    """w_t^r = pi[1] b_t + pi[2] c_t^r + pi[3] f_t, with b and f for each write head's links.

    The modes are H backward ones, content, H forward ones. Without links w_t^r = c_t^r.
    """
    if not links:
        return content
    modes = interface.read_modes[head]
    weights = modes[len(links)] * content
    for writer, own_links in enumerate(links):
        backward, forward = backward_weighting(own_links, before), forward_weighting(own_links, before)
        weights = weights + modes[writer] * backward + modes[len(links) + 1 + writer] * forward
    return weights


# --- the network ------------------------------------------------------------------------------------------


class ReferenceDNC:
    """The network of ``config`` with the weights of a ``graphdnc`` network, by name."""

    def __init__(self, config: DNCConfig, weights: Mapping[str, Tensor]) -> None:
        self.config, self.weights = config, weights

    def initial_state(self, rows: int) -> ReferenceState:
        """h_0 = s_0 = u_0 = p_0 = 0, L_0 = 0, and M_0, w_0, r_0 are 0 too."""
        config = self.config

        def zeros(*shape: int) -> Tensor:
            return torch.zeros(shape, dtype=torch.float64)

        writers = config.write_heads if config.links == "dense" else 0
        return ReferenceState(
            hidden=[zeros(config.controller_size) for _ in range(config.controller_layers)],
            cell=[zeros(config.controller_size) for _ in range(config.controller_layers)],
            memory=zeros(rows, config.memory_width),
            usage=zeros(rows),
            write_weights=[zeros(rows) for _ in range(config.write_heads)],
            read_weights=[zeros(rows) for _ in range(config.read_heads)],
            reads=[zeros(config.memory_width) for _ in range(config.read_heads)],
            links=[zeros(rows, rows) for _ in range(writers)],
            precedence=[zeros(rows) for _ in range(writers)],
            age=[zeros(rows)] if config.overwrites else [],
        )

    def run(
        self, inputs: Tensor, state: ReferenceState, reading: bool = True
    ) -> tuple[Tensor, ReferenceState]:
        """Steps ``[S, X]`` -> outputs ``[S, Y]`` and the state after the last step."""
        outputs = []
        for step_inputs in inputs:
            output, state = self.step(step_inputs, state, reading)
            outputs.append(output)
        return torch.stack(outputs), state

    def step(self, inputs: Tensor, state: ReferenceState, reading: bool) -> tuple[Tensor, ReferenceState]:
        """One step, from chi_t = [x_t; r_{t-1}^1; ...; r_{t-1}^R] on.

        y_t = W_y [h_t^1; ...; h_t^L] + W_r [r_t^1; ...; r_t^R], with ``output_skip`` + W_x x_t.
        """
        chi = torch.cat([inputs, *state.reads])
        hidden, cell = self.controller(chi, state)
        interface = self.interface(torch.cat(hidden), inputs, state.reads)
        new = self.access(interface, state, reading)
        new.hidden, new.cell = hidden, cell
        output = self.weights["output.weight"] @ torch.cat(hidden)
        output = output + self.weights["read_output.weight"] @ torch.cat(new.reads)
        if self.config.output_skip:
            output = output + self.weights["input_output.weight"] @ inputs
        return output, new

    def controller(self, chi: Tensor, state: ReferenceState) -> tuple[list[Tensor], list[Tensor]]:
        """Every layer sees the input and the layer below: [chi_t; h_t^{l-1}], where h_t^0 is left out."""
        hidden: list[Tensor] = []
        cell: list[Tensor] = []
        for layer in range(self.config.controller_layers):
            seen = chi if layer == 0 else torch.cat([chi, hidden[layer - 1]])
            above, own = lstm_layer(
                seen,
                state.hidden[layer],
                state.cell[layer],
                self.weights,
                f"controller.layers.{layer}",
                self.config.layer_norm,
            )
            hidden.append(above)
            cell.append(own)
        return hidden, cell

    def interface(self, hidden: Tensor, inputs: Tensor, reads: list[Tensor]) -> ReferenceInterface:
        """xi_t = W_xi [h_t^1; ...; h_t^L], with the skip W_xi [h_t^1; ...; h_t^L; x_t; r_{t-1}] + b_xi."""
        config = self.config
        if config.interface_skip:
            seen = torch.cat([hidden, inputs, *reads])
            vector = self.weights["interface.weight"] @ seen + self.weights["interface.bias"]
        else:
            vector = self.weights["interface.weight"] @ hidden
        position = 0

        def take(present: bool, heads: int, size: int) -> list[Tensor]:
            """The next ``heads * size`` numbers, head by head; none where the network lacks the part."""
            nonlocal position
            if not present:
                return []
            parts = []
            for _ in range(heads):
                parts.append(vector[position : position + size])
                position += size
            return parts

        def scalars(present: bool, heads: int) -> list[Tensor]:
            return [part[0] for part in take(present, heads, 1)]

        readers, writers, width = config.read_heads, config.write_heads, config.memory_width
        by_content = not config.allocate_only
        modes = 1 + 2 * writers if config.links == "dense" else 1
        write_gates = scalars(True, writers)
        write_vectors = take(True, writers, width)
        erase = take(True, writers, width)
        read_keys = take(True, readers, width)
        read_strengths = scalars(True, readers)
        read_modes = take(True, readers, modes)
        free_gates = scalars(True, readers)
        read_masks = take(config.masked_keys, readers, width)
        write_keys = take(by_content, writers, width)
        write_strengths = scalars(by_content, writers)
        allocation_gates = scalars(by_content, writers)
        write_masks = take(by_content and config.masked_keys, writers, width)
        assert position == len(vector)
        return ReferenceInterface(
            read_keys=read_keys,
            read_strengths=[one_plus(part) for part in read_strengths],
            read_masks=[mask(part) for part in read_masks],
            read_modes=[softmax(part) for part in read_modes],
            free_gates=[sigmoid(part) for part in free_gates],
            write_gates=[sigmoid(part) for part in write_gates],
            write_vectors=write_vectors,
            erase=[sigmoid(part) for part in erase],
            write_keys=write_keys,
            write_strengths=[one_plus(part) for part in write_strengths],
            write_masks=[mask(part) for part in write_masks],
            allocation_gates=[sigmoid(part) for part in allocation_gates],
        )

    def access(self, interface: ReferenceInterface, state: ReferenceState, reading: bool) -> ReferenceState:
        """u_t = (u_{t-1} + w_{t-1}^w - u_{t-1} * w_{t-1}^w) * psi_t; then write, link and read.

        With ``wipe_freed_rows`` M_{t-1} is multiplied by psi_t once the write key has looked at it (C&S,
        section 3.2). With ``stop_usage_gradient`` w_{t-1}^w is a constant here. While a description is not
        read, w_t^r and r_t are 0.
        """
        config = self.config
        before = [w.detach() if config.stop_usage_gradient else w for w in state.write_weights]
        psi = retention(interface.free_gates, state.read_weights)
        usage = usage_after_write(state.usage, before) * psi

        touched = state.write_weights + (state.read_weights if config.when_full == "least-read" else [])
        age = [aged(own, touched) for own in state.age]
        weights = write_weightings(interface, state.memory, usage, age, config, reading)
        memory = state.memory * psi[:, None] if config.wipe_freed_rows else state.memory
        memory = erased_and_written(memory, weights, interface.erase, interface.write_vectors)
        links = [
            updated_links(old, last, own)
            for old, last, own in zip(state.links, state.precedence, weights[: len(state.links)], strict=True)
        ]
        precedence = [
            updated_precedence(last, own)
            for last, own in zip(state.precedence, weights[: len(state.links)], strict=True)
        ]

        # a row that was written at this very step can be read
        readable = usage_after_write(usage, weights) if config.written_rows_only else None
        read_weights = []
        for head in range(config.read_heads):
            content = content_weighting(
                memory,
                interface.read_keys[head],
                interface.read_strengths[head],
                interface.read_masks[head] if config.masked_keys else None,
                readable,
            )
            weighting = read_weighting(interface, head, content, links, state.read_weights[head])
            read_weights.append(weighting if reading else torch.zeros_like(weighting))
        reads = [sum_of_rows(memory, weighting) for weighting in read_weights]
        return ReferenceState([], [], memory, usage, weights, read_weights, reads, links, precedence, age)


def sum_of_rows(memory: Tensor, weights: Tensor) -> Tensor:
    """r = M^T w = sum_i w[i] M[i]."""
    total = torch.zeros_like(memory[0])
    for index, row in enumerate(memory):
        total = total + weights[index] * row
    return total
