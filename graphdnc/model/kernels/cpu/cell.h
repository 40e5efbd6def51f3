// One step of one layer of the controller, for one episode.
#pragma once

#include "episode.h"
#include "interface.h"
#include "norm.h"

namespace {

// The gates after activation, and cell and hidden values after the step, from the sums that enter the gates.
void step_cell(const Episode& e, int64_t layer, const Parameters& by) {
    const int64_t n = e.z.hidden;
    float *gates = e.gates(layer), *hidden = e.hidden(e.step + 1, layer), *cell = e.cell(e.step + 1, layer);
    const float* before = e.cell(e.step, layer);
    if (!e.active()) {
        std::memcpy(hidden, e.hidden(e.step, layer), n * sizeof(float));
        std::memcpy(cell, before, n * sizeof(float));
        return;
    }
    if (by.gate_scale)
        normalise(e.sums(layer), by.gate_scale + layer * 4 * n, by.bias + layer * 4 * n, gates, 4 * n);
    gate(gates, 2 * n);
    apply(gates + 2 * n, static_cast<int>(n), [](V x) { return vector_tanh(x); });
    gate(gates + 3 * n, n);
#pragma omp simd
    for (int64_t i = 0; i < n; ++i)
        hidden[i] = cell[i] = gates[n + i] * before[i] + gates[i] * gates[2 * n + i];
    if (by.cell_scale) normalise(cell, by.cell_scale + layer * n, by.cell_shift + layer * n, hidden, n);
    apply(hidden, static_cast<int>(n), [](V x) { return vector_tanh(x); });
    for (int64_t i = 0; i < n; ++i) hidden[i] *= gates[3 * n + i];
}

}  // namespace
