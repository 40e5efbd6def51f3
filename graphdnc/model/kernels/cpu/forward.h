// One step of the memory of one episode.
#pragma once

#include "addressing.h"
#include "content.h"
#include "episode.h"
#include "interface.h"
#include "links.h"
#include "memory.h"

namespace {

void copy_state(const Episode& e) {
    const Sizes& z = e.z;
    std::memcpy(e.reads(e.step + 1), e.reads(e.step), z.heads * z.width * sizeof(float));
    std::memcpy(e.usage(e.step + 1), e.usage(e.step), z.stride * sizeof(float));
    std::memcpy(e.order(e.step + 1), e.order(e.step), z.rows * sizeof(int32_t));
    std::memcpy(e.write_weights(e.step + 1), e.write_weights(e.step), z.stride * sizeof(float));
    std::memcpy(e.read_weights(e.step + 1), e.read_weights(e.step), z.heads * z.stride * sizeof(float));
}

// Free rows, allocate, and compute the write weights.
void compute_write_weights(const Episode& e, Workspace& workspace) {
    const Sizes& z = e.z;
    const float* interface = e.interface();
    float* usage = e.usage(e.step + 1);
    float* written = e.write_weights(e.step + 1);
    update_usage(e.usage(e.step), e.write_weights(e.step), e.read_weights(e.step), interface + z.free_gates,
                 usage, z.heads, z.stride);
    std::memcpy(e.order(e.step + 1), e.order(e.step), z.rows * sizeof(int32_t));
    sort_by_usage(usage, e.order(e.step + 1), z.rows);
    allocation_weighting(usage, e.order(e.step + 1), written, z.rows);
    std::fill(written + z.rows, written + z.stride, 0.0f);
    const float open = interface[z.write_gates];
    if (z.write_keys < 0) {
        for (int64_t i = 0; i < z.stride; ++i) written[i] *= open;
        return;
    }
    const Keys keys = keys_at(z, interface, z.write_keys, z.write_masks, 1, workspace);
    float *dots = workspace.take(z.stride), *lengths = workspace.take(z.stride), *content = e.write_content();
    score_all(e.memory(), nullptr, keys, 1, dots, lengths, z.width, z.stride);
    content_weighting(dots, lengths, keys.lengths[0], interface[z.write_strengths], e.known_usage(), content,
                      z.rows, z.stride);
    const float share = interface[z.allocation_gates];
    // up to the stride: a remainder of single rows could round differently, and rows of equal usage would not
    // stay equal
    for (int64_t i = 0; i < z.stride; ++i)
        written[i] = open * (share * written[i] + (1 - share) * content[i]);
}

// The write weights of the rows that can have links, zero for the others.
void compute_link_write_weights(const Episode& e) {
    if (!e.tape.linkable) return;
    float* linking = e.link_write_weights(e.step + 1);
    const float* written = e.write_weights(e.step + 1) + e.z.link_first;
    std::fill(linking, linking + e.unlinked(), 0.0f);
    std::copy(written + e.unlinked(), written + e.z.link_stride, linking + e.unlinked());
}

// Update links and precedence, and follow the links from the rows read last.
void update_and_follow_links(const Episode& e, float* forward, float* backward) {
    const Sizes& z = e.z;
    float *precedence = e.precedence(), *links = e.links();
    const float *written = e.write_weights(e.step + 1), *linking = e.link_write_weights(e.step + 1),
                *read = e.read_weights(e.step);
    by_head_groups(z.heads, [&](auto count, int64_t first) {
        constexpr int HEADS = decltype(count)::value;
        const auto pass = first == 0 ? follow<HEADS, true> : follow<HEADS, false>;
        const int64_t at = first * z.stride + z.link_first;
        pass(links, e.linked_columns(), linking, precedence, read + at, forward + at, backward + at,
             z.link_rows, z.link_stride, z.stride);
    });
    update_precedence(precedence, linking, unwritten(written, z.stride), precedence, z.link_stride);
}

// Usage with the row just written, if only rows in use may be read; it has no gradient.
const float* readable(const Episode& e, Workspace& workspace) {
    if (!e.z.written_rows_only) return nullptr;
    float* known = workspace.take(e.z.stride);
    const float *usage = e.usage(e.step + 1), *written = e.write_weights(e.step + 1);
    for (int64_t i = 0; i < e.z.stride; ++i) known[i] = 1 - (1 - usage[i]) * (1 - written[i]);
    return known;
}

void step_memory(const Episode& e) {
    if (!e.active()) return copy_state(e);
    const Sizes& z = e.z;
    Workspace workspace(workspace_size(z));
    activate_interface(z, e.interface());
    compute_write_weights(e, workspace);
    compute_link_write_weights(e);

    const float* interface = e.interface();
    const Keys keys = keys_at(z, interface, z.read_keys, z.read_masks, z.heads, workspace);
    const Write write = e.write();
    const int64_t many = z.heads * z.stride;
    float *dots = workspace.take(many), *lengths = workspace.take(many);
    float *forward = workspace.zeros(many), *backward = workspace.zeros(many);
    score_all(e.memory(), &write, keys, z.heads, dots, lengths, z.width, z.stride);
    if (linked(z)) update_and_follow_links(e, forward, backward);
    const float* known = readable(e, workspace);
    float* read = e.read_weights(e.step + 1);
    for (int64_t r = 0; r < z.heads; ++r) {
        const int64_t at = r * z.stride;
        float* content = e.content() + at;
        content_weighting(dots + at, keys.masks ? lengths + at : lengths, keys.lengths[r],
                          interface[z.read_strengths + r], known, content, z.rows, z.stride);
        const float* modes = read_modes(z, interface, r);  // backward, content, forward
#pragma omp simd
        for (int64_t i = 0; i < z.stride; ++i)
            read[at + i] = modes[0] * backward[at + i] + modes[1] * content[i] + modes[2] * forward[at + i];
    }
    by_head_groups(z.heads, [&](auto count, int64_t first) {
        read_rows<decltype(count)::value>(e.memory(), read + first * z.stride,
                                          e.reads(e.step + 1) + first * z.width, z.width, z.stride);
    });
}

}  // namespace
