// The backward pass through one step of the memory of one episode. Memory and links before the step were
// recomputed from a snapshot.
#pragma once

#include "addressing.h"
#include "cell_backward.h"
#include "content.h"
#include "episode.h"
#include "interface.h"
#include "snapshots.h"
#include "links.h"
#include "memory.h"

namespace {

float* interface_grad(const Episode& e, const Gradients& grads) {
    return in_segment(e, grads, grads.interface_grad, e.z.interface_size);
}

// The backward pass through the memory of one episode.
struct StepBackward {
    const Episode& e;
    const Gradients& grads;
    Snapshot before;
    Workspace& workspace;
    const Sizes& z = e.z;
    const float* interface = e.interface();
    float* interface_grad = ::interface_grad(e, grads);
    float* memory_grad = grads.memory_grad + e.index * z.width * z.stride;
    float* usage_grad = grads.usage_grad + e.index * z.stride;
    float* write_weights_grad = grads.write_weights_grad + e.index * z.stride;
    float* read_weights_grad = grads.read_weights_grad + e.index * z.heads * z.stride;

    // The reads and the content weighting of the read heads; then the write itself.
    void read_and_write() {
        const int64_t many = z.heads * z.stride;
        float* memory = workspace.take(z.width * z.stride);
        write_rows(before.memory, memory, e.write(), z.width, z.stride);
        const Keys keys = keys_at(z, interface, z.read_keys, z.read_masks, z.heads, workspace);
        float *dots = workspace.take(many), *lengths = workspace.take(many);
        score_all(memory, nullptr, keys, z.heads, dots, lengths, z.width, z.stride);
        const float* reads_grad = recurrent_grad(e, grads, e.step + 1);
        by_head_groups(z.heads, [&](auto count, int64_t first) {
            read_rows_backward<decltype(count)::value>(memory, reads_grad + first * z.width,
                                                       read_weights_grad + first * z.stride, z.width,
                                                       z.stride);
        });
        float *by_dot = workspace.take(many), *by_length = workspace.zeros(keys.masks ? many : 2 * z.stride);
        float* length_grad = workspace.take(z.heads);
        for (int64_t r = 0; r < z.heads; ++r) {
            const int64_t at = r * z.stride, own = keys.masks ? at : 0;
            const float *content = e.content() + at, *modes = read_modes(z, interface, r);
            const ContentGradients found = content_weighting_backward(
                content, read_weights_grad + at, modes[1], dots + at, lengths + own, keys.lengths[r],
                interface[z.read_strengths + r], by_dot + at, by_length + own, z.stride);
            if (linked(z)) interface_grad[z.read_modes + 3 * r + 1] = found.factor;
            interface_grad[z.read_strengths + r] = found.strength;
            length_grad[r] = found.key_length;
        }
        float *sums = workspace.take(z.heads * z.width), *squares = workspace.take(z.heads * z.width);
        const float *read = e.read_weights(e.step + 1), *nothing = by_length + z.stride;
        by_head_groups(z.heads, [&](auto count, int64_t first) {
            constexpr int HEADS = decltype(count)::value;
            const int64_t at = first * z.stride, key = first * z.width;
            const bool masked = keys.masks;
            // without masks there is one by_length for all heads, passed with the first group
            const float* own = masked ? by_length + at : first == 0 ? by_length : nothing;
            const auto pass = masked ? score_backward<HEADS, true, true> : score_backward<HEADS, false, true>;
            pass(memory, memory_grad, keys.from(first), {by_dot + at, own}, read + at, reads_grad + key,
                 {sums + key, squares + key}, z.width, z.stride);
        });
        for (int64_t r = 0; r < z.heads; ++r)
            keys.backward(r, sums + r * z.width, squares + r * z.width, length_grad[r],
                          interface_grad + z.read_keys, interface_grad + z.read_masks);
        write_backward(before.memory, memory_grad, e.write(), write_weights_grad, interface_grad + z.erase,
                       interface_grad + z.write_vectors, z.width, z.stride);
    }

    // Links and precedence. Changes read_weights_grad into the gradient of the read weights before the step.
    void link() {
        if (!linked(z)) return std::fill(read_weights_grad, read_weights_grad + z.heads * z.stride, 0.0f);
        const int64_t many = z.heads * z.stride;
        float *along = workspace.zeros(many), *against = workspace.zeros(many), *ahead = workspace.take(many);
        float* modes = workspace.take(2 * z.heads);
        float* precedence_grad = grads.precedence_grad + e.index * z.link_stride;
        float* link_write_weights_grad =
            e.tape.linkable ? workspace.zeros(z.link_stride) : write_weights_grad;
        const float *linking = e.link_write_weights(e.step + 1), *read = e.read_weights(e.step);
        for (int64_t r = 0; r < z.heads; ++r) {
            modes[r] = interface[z.read_modes + 3 * r];
            modes[z.heads + r] = interface[z.read_modes + 3 * r + 2];
            for (int64_t i = r * z.stride; i < (r + 1) * z.stride; ++i)
                ahead[i] = modes[z.heads + r] * read[i];
        }
        const float left = unwritten(e.write_weights(e.step + 1), z.stride);
        const float by_left = update_precedence_backward(before.precedence, left, precedence_grad,
                                                         link_write_weights_grad, z.link_stride);
        by_head_groups(z.heads, [&](auto count, int64_t first) {
            constexpr int HEADS = decltype(count)::value;
            const int64_t at = first * z.stride + z.link_first, block = z.link_rows * z.link_stride;
            const auto pass =
                first + HEADS == z.heads ? follow_backward<HEADS, true> : follow_backward<HEADS, false>;
            pass(before.links, linking, before.precedence, read + at, read_weights_grad + at, modes + first,
                 ahead + at, grads.links_grad + e.index * block, along + at, against + at,
                 link_write_weights_grad, precedence_grad, z.link_rows, z.link_stride, z.stride);
        });
        for (int64_t i = 0; i < z.rows; ++i) write_weights_grad[i] -= by_left;
        if (link_write_weights_grad != write_weights_grad)
            for (int64_t i = e.unlinked(); i < z.link_stride; ++i)
                write_weights_grad[z.link_first + i] += link_write_weights_grad[i];
        for (int64_t r = 0; r < z.heads; ++r) {
            const float backward = modes[r], forward = modes[z.heads + r];
            float by_backward = 0, by_forward = 0;
#pragma omp simd reduction(+ : by_backward, by_forward)
            for (int64_t i = r * z.stride; i < (r + 1) * z.stride; ++i) {
                by_backward += read[i] * against[i];
                by_forward += read[i] * along[i];
                read_weights_grad[i] = backward * against[i] + forward * along[i];
            }
            interface_grad[z.read_modes + 3 * r] = by_backward;
            interface_grad[z.read_modes + 3 * r + 2] = by_forward;
        }
    }

    // The content weighting of the write head.
    void write_content(const float* content_grad) {
        const Keys keys = keys_at(z, interface, z.write_keys, z.write_masks, 1, workspace);
        float *dots = workspace.take(z.stride), *lengths = workspace.take(z.stride);
        float *by_dot = workspace.take(z.stride), *by_length = workspace.zeros(z.stride);
        score_all(before.memory, nullptr, keys, 1, dots, lengths, z.width, z.stride);
        const ContentGradients found =
            content_weighting_backward(e.write_content(), content_grad, 1, dots, lengths, keys.lengths[0],
                                       interface[z.write_strengths], by_dot, by_length, z.stride);
        interface_grad[z.write_strengths] = found.strength;
        float *sums = workspace.take(z.width), *squares = workspace.take(z.width);
        const auto pass = keys.masks ? score_backward<1, true, false> : score_backward<1, false, false>;
        pass(before.memory, memory_grad, keys.from(0), {by_dot, by_length}, nullptr, nullptr, {sums, squares},
             z.width, z.stride);
        keys.backward(0, sums, squares, found.key_length, interface_grad + z.write_keys,
                      interface_grad + z.write_masks);
    }

    // Write gate, allocation and content, then usage and free gates.
    void write_weighting() {
        const float open = interface[z.write_gates], *usage = e.usage(e.step + 1);
        const int32_t* order = e.order(e.step + 1);
        const float share = z.write_keys < 0 ? 1 : interface[z.allocation_gates];
        float *places = workspace.take(z.stride), *places_grad = workspace.take(z.stride);
        allocation_weighting(usage, order, places, z.rows);
        float by_gate = 0, by_share = 0;
        const float* content = z.write_keys < 0 ? places : e.write_content();
#pragma omp simd reduction(+ : by_gate, by_share)
        for (int64_t i = 0; i < z.rows; ++i) {
            by_gate += write_weights_grad[i] * (share * places[i] + (1 - share) * content[i]);
            by_share += write_weights_grad[i] * (places[i] - content[i]);
            places_grad[i] = write_weights_grad[i] * open * share;
        }
        interface_grad[z.write_gates] = by_gate;
        if (z.write_keys >= 0) {
            interface_grad[z.allocation_gates] = by_share * open;
            float* content_grad = workspace.zeros(z.stride);
            for (int64_t i = 0; i < z.rows; ++i) content_grad[i] = write_weights_grad[i] * open * (1 - share);
            write_content(content_grad);
        }
        allocation_weighting_backward(usage, order, places_grad, usage_grad, places, z.rows);
        float* products = workspace.take((z.heads + 2) * z.stride);
        update_usage_backward(e.usage(e.step), e.write_weights(e.step), e.read_weights(e.step),
                              interface + z.free_gates, usage_grad, write_weights_grad, read_weights_grad,
                              interface_grad + z.free_gates, products, z.stop_usage_gradient, z.heads,
                              z.stride);
    }
};

void step_memory_backward(const Episode& e, const Gradients& grads, Snapshot before) {
    const Sizes& z = e.z;
    if (!e.active()) {
        std::memset(interface_grad(e, grads), 0, z.interface_size * sizeof(float));
        return;
    }
    Workspace workspace(2 * workspace_size(z));
    StepBackward step{e, grads, before, workspace};
    step.read_and_write();
    step.link();
    step.write_weighting();
    activate_interface_backward(z, e.interface(), interface_grad(e, grads));
}

}  // namespace
