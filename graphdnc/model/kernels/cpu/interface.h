// The activation functions of the interface vector, and their backward pass.
#pragma once

#include <algorithm>
#include <cmath>

#include "episode.h"
#include "lanes.h"

namespace {

float one_plus(float x) { return 1 + (x > 20 ? x : std::log1p(std::exp(x))); }
float one_plus_backward(float y) { return 1 - std::exp(1 - y); }
void gate(float* values, int64_t n) {
    apply(values, static_cast<int>(n), [](V x) { return sigmoid(x); });
}
void mask(float* values, int64_t n) {
    apply(values, static_cast<int>(n), [](V x) { return MASK_FLOOR + (1 - MASK_FLOOR) * sigmoid(x); });
}
float gate_backward(float y) { return y * (1 - y); }
float mask_backward(float y) { return (y - MASK_FLOOR) * (1 - y) / (1 - MASK_FLOOR); }

// Whether there are temporal links. Without links, heads read by content, and their one mode is always 1.
bool linked(const Sizes& z) { return z.links; }

const float* read_modes(const Sizes& z, const float* interface, int64_t head) {
    static constexpr float by_content[] = {0, 1, 0};
    return linked(z) ? interface + z.read_modes + 3 * head : by_content;
}

// Apply the activation function of each part (paper, Methods), in place.
void activate_interface(const Sizes& z, float* interface) {
    gate(interface + z.write_gates, 1);
    gate(interface + z.erase, z.width);
    gate(interface + z.free_gates, z.heads);
    for (int64_t r = 0; r < z.heads; ++r) {
        float& strength = interface[z.read_strengths + r];
        strength = one_plus(strength);
        if (!linked(z)) continue;
        float* modes = interface + z.read_modes + 3 * r;
        const float top = std::max({modes[0], modes[1], modes[2]});
        float total = 0;
        for (int k = 0; k < 3; ++k) total += modes[k] = std::exp(modes[k] - top);
        for (int k = 0; k < 3; ++k) modes[k] /= total;
    }
    if (z.read_masks >= 0) mask(interface + z.read_masks, z.heads * z.width);
    if (z.write_keys < 0) return;
    interface[z.write_strengths] = one_plus(interface[z.write_strengths]);
    gate(interface + z.allocation_gates, 1);
    if (z.write_masks >= 0) mask(interface + z.write_masks, z.width);
}

// Change the gradient of the activated parts into that of the interface vector, in place.
void activate_interface_backward(const Sizes& z, const float* interface, float* grad) {
    const auto gates = [&](int64_t from, int64_t n) {
        for (int64_t i = from; i < from + n; ++i) grad[i] *= gate_backward(interface[i]);
    };
    const auto masks = [&](int64_t from, int64_t n) {
        for (int64_t i = from; i < from + n; ++i) grad[i] *= mask_backward(interface[i]);
    };
    gates(z.write_gates, 1);
    gates(z.erase, z.width);
    gates(z.free_gates, z.heads);
    for (int64_t r = 0; r < z.heads; ++r) {
        grad[z.read_strengths + r] *= one_plus_backward(interface[z.read_strengths + r]);
        if (!linked(z)) {
            grad[z.read_modes + r] = 0;
            continue;
        }
        const float* modes = interface + z.read_modes + 3 * r;
        float* modes_grad = grad + z.read_modes + 3 * r;
        const float inner = modes[0] * modes_grad[0] + modes[1] * modes_grad[1] + modes[2] * modes_grad[2];
        for (int k = 0; k < 3; ++k) modes_grad[k] = modes[k] * (modes_grad[k] - inner);
    }
    if (z.read_masks >= 0) masks(z.read_masks, z.heads * z.width);
    if (z.write_keys < 0) return;
    grad[z.write_strengths] *= one_plus_backward(interface[z.write_strengths]);
    gates(z.allocation_gates, 1);
    if (z.write_masks >= 0) masks(z.write_masks, z.width);
}

}  // namespace
