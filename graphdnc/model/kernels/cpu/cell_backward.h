// The backward pass through one step of the controller, for one episode.
#pragma once

#include "episode.h"
#include "interface.h"
#include "norm.h"

namespace {

// The gradient of the recurrent values after `steps` steps.
float* recurrent_grad(const Episode& e, const Gradients& grads, int64_t steps) {
    return grads.recurrent_grad + (steps % 2 * e.z.batch + e.index) * recurrent_size(e.z);
}
// Where the values of this step and episode begin, in an array [segment, B, size].
float* in_segment(const Episode& e, const Gradients& grads, float* array, int64_t size) {
    return array + ((e.step - grads.first) * e.z.batch + e.index) * size;
}
float* gates_grad(const Episode& e, const Gradients& grads, int64_t layer) {
    return in_segment(e, grads, grads.gates_grad, 4 * hidden_size(e.z)) + layer * 4 * e.z.hidden;
}
float* sums_grad(const Episode& e, const Gradients& grads, int64_t layer) {
    return in_segment(e, grads, grads.sums_grad, 4 * hidden_size(e.z)) + layer * 4 * e.z.hidden;
}

// Begin the gradient of the recurrent values before the step with the part that does not pass through weights.
void begin_recurrent_grad(const Episode& e, const Gradients& grads) {
    const Sizes& z = e.z;
    const int64_t recurrent = recurrent_size(z);
    float* before_grad = recurrent_grad(e, grads, e.step);
    const float* after_grad = recurrent_grad(e, grads, e.step + 1);
    if (e.step > 0 && grads.output_grad)
        std::memcpy(before_grad, grads.output_grad + ((e.step - 1) * z.batch + e.index) * recurrent,
                    recurrent * sizeof(float));
    else
        std::memset(before_grad, 0, recurrent * sizeof(float));
    if (e.active()) return;
    for (int64_t i = 0; i < recurrent; ++i) before_grad[i] += after_grad[i];
}

// The gradients of the gates before activation and of the sums that enter them, and that of the cell before
// the step, for one layer.
void step_cell_backward(const Episode& e, int64_t layer, const Parameters& by, const Gradients& grads) {
    const Sizes& z = e.z;
    const int64_t n = z.hidden;
    float *gates_grad = ::gates_grad(e, grads, layer), *sums_grad = ::sums_grad(e, grads, layer);
    float* normed_grad =
        by.cell_scale ? in_segment(e, grads, grads.normed_cell_grad, hidden_size(z)) + layer * n : nullptr;
    if (!e.active()) {
        std::memset(gates_grad, 0, 4 * n * sizeof(float));
        std::memset(sums_grad, 0, 4 * n * sizeof(float));
        if (normed_grad) std::memset(normed_grad, 0, n * sizeof(float));
        return;
    }
    const float *gates = e.gates(layer), *before = e.cell(e.step, layer), *after = e.cell(e.step + 1, layer);
    const float *leave = gates + 3 * n, *scale = by.cell_scale ? by.cell_scale + layer * n : nullptr;
    const float* hidden_grad = recurrent_grad(e, grads, e.step + 1) + z.heads * z.width + layer * n;
    float *cell_grad = grads.cell_grad + e.index * hidden_size(z) + layer * n, *bent = gates_grad + 3 * n;
    if (scale)
        normalise(after, scale, by.cell_shift + layer * n, bent, n);
    else
        std::memcpy(bent, after, n * sizeof(float));
    apply(bent, static_cast<int>(n), [](V x) { return vector_tanh(x); });
    if (normed_grad) {
#pragma omp simd
        for (int64_t i = 0; i < n; ++i) normed_grad[i] = hidden_grad[i] * leave[i] * (1 - bent[i] * bent[i]);
        normalise_backward(after, scale, normed_grad, cell_grad, n, true);
    } else {
#pragma omp simd
        for (int64_t i = 0; i < n; ++i) cell_grad[i] += hidden_grad[i] * leave[i] * (1 - bent[i] * bent[i]);
    }
#pragma omp simd
    for (int64_t i = 0; i < n; ++i) {
        const float enter = gates[i], forget = gates[n + i], candidate = gates[2 * n + i];
        const float by_cell = cell_grad[i];
        gates_grad[3 * n + i] = hidden_grad[i] * bent[i] * gate_backward(leave[i]);
        gates_grad[i] = by_cell * candidate * gate_backward(enter);
        gates_grad[n + i] = by_cell * before[i] * gate_backward(forget);
        gates_grad[2 * n + i] = by_cell * enter * (1 - candidate * candidate);
        cell_grad[i] = by_cell * forget;
    }
    if (by.gate_scale)
        normalise_backward(e.sums(layer), by.gate_scale + layer * 4 * n, gates_grad, sums_grad, 4 * n, false);
}

}  // namespace
