"""The kernels of the LSTM cell, forward and backward; see ``forward.py`` for how a step is launched."""

from __future__ import annotations

import triton
import triton.language as tl

from graphdnc.model.kernels.gpu.tiles import is_active, tanh


@triton.jit
def _add_gate(tape, sizes, gate: tl.constexpr, place, episode, units):
    """Add the parts of a gate from inputs and from the recurrent values; store and return it."""
    there = units < sizes.hidden
    now = tl.load(tape.current_gates + (4 * episode + gate) * sizes.hidden + units, there, 0.0)
    whole = now + tl.load(tape.gates + (4 * place + gate) * sizes.hidden + units, there, 0.0)
    tl.store(tape.gates + (4 * place + gate) * sizes.hidden + units, whole, there)
    return whole


@triton.jit(do_not_specialize=["batch", "slots"])
def step_cell(tape, sizes, batch, slots, block: tl.constexpr):
    """Run a step of the LSTM cell, from gates to hidden values, for one episode and ``block`` units."""
    episode, step = tl.program_id(0).to(tl.int64), tl.load(tape.clocks)
    if (episode == 0) & (tl.program_id(1) == 0):
        tl.store(tape.clocks + 1, step)
    units = tl.program_id(1) * block + tl.arange(0, block)
    there = units < sizes.hidden
    before, after = (step % slots) * batch + episode, ((step + 1) % slots) * batch + episode
    now = tape.current_recurrent + episode * sizes.recurrent + sizes.heads * sizes.width + units
    cell = tl.load(tape.cell + before * sizes.hidden + units, there, 0.0)
    hidden = tl.load(now, there, 0.0)
    if is_active(tape, step, episode, batch):
        place = step * batch + episode
        enter = tl.sigmoid(_add_gate(tape, sizes, 0, place, episode, units))
        forget = tl.sigmoid(_add_gate(tape, sizes, 1, place, episode, units))
        candidate = tanh(_add_gate(tape, sizes, 2, place, episode, units))
        leave = tl.sigmoid(_add_gate(tape, sizes, 3, place, episode, units))
        cell = forget * cell + enter * candidate
        hidden = leave * tanh(cell)
    tl.store(tape.cell + after * sizes.hidden + units, cell, there)
    recurrent = tape.recurrent + ((step + 1) * batch + episode) * sizes.recurrent + sizes.heads * sizes.width
    tl.store(recurrent + units, hidden, there)
    tl.store(now, hidden, there)


@triton.jit
def _store_gate(grads, sizes, gate: tl.constexpr, here, episode, units, gate_grad):
    """Store the gradient of a gate before activation, for the matrix product and for the weights."""
    there = units < sizes.hidden
    tl.store(grads.current_gates + (4 * episode + gate) * sizes.hidden + units, gate_grad, there)
    tl.store(grads.gates + (4 * here + gate) * sizes.hidden + units, gate_grad, there)


@triton.jit(do_not_specialize=["batch"])
def step_cell_backward(tape, grads, sizes, batch, block: tl.constexpr):
    """Backpropagate through a step of the LSTM cell, for one episode and ``block`` units."""
    episode, step = tl.program_id(0).to(tl.int64), tl.load(grads.clocks)
    if (episode == 0) & (tl.program_id(1) == 0):
        tl.store(grads.clocks + 1, step - 1)
    units = tl.program_id(1) * block + tl.arange(0, block)
    there, here = units < sizes.hidden, step * batch + episode
    place = sizes.heads * sizes.width + units
    now = grads.current_recurrent + episode * sizes.recurrent + place
    hidden_grad = tl.load(now, there, 0.0)
    if grads.output_grad is not None:
        hidden_grad += tl.load(grads.output_grad + here * sizes.recurrent + place, there, 0.0)
    if is_active(tape, step, episode, batch):
        gates = tape.gates + here * 4 * sizes.hidden + units
        enter = tl.sigmoid(tl.load(gates, there, 0.0))
        forget = tl.sigmoid(tl.load(gates + sizes.hidden, there, 0.0))
        candidate = tanh(tl.load(gates + 2 * sizes.hidden, there, 0.0))
        leave = tl.sigmoid(tl.load(gates + 3 * sizes.hidden, there, 0.0))
        cell = tl.load(tape.cell + here * sizes.hidden + units, there, 0.0)
        bent = tanh(tl.load(tape.cell + (here + batch) * sizes.hidden + units, there, 0.0))
        cell_grad = tl.load(grads.cell + episode * sizes.hidden + units, there, 0.0)
        cell_grad += hidden_grad * leave * (1 - bent * bent)
        _store_gate(grads, sizes, 0, here, episode, units, cell_grad * candidate * enter * (1 - enter))
        _store_gate(grads, sizes, 1, here, episode, units, cell_grad * cell * forget * (1 - forget))
        _store_gate(grads, sizes, 2, here, episode, units, cell_grad * enter * (1 - candidate * candidate))
        _store_gate(grads, sizes, 3, here, episode, units, hidden_grad * bent * leave * (1 - leave))
        tl.store(grads.cell + episode * sizes.hidden + units, cell_grad * forget, there)
        tl.store(now, tl.zeros((block,), tl.float32), there)
    else:
        tl.store(now, hidden_grad, there)
        for gate in tl.static_range(4):
            _store_gate(grads, sizes, gate, here, episode, units, tl.zeros((block,), tl.float32))
