// Snapshots of what steps change in place, memory and links: saved before some steps, and recomputed for the
// steps between.
#pragma once

#include "addressing.h"
#include "episode.h"
#include "links.h"
#include "memory.h"

namespace {

// Memory, links and precedence before a step.
struct Snapshot {
    float *memory, *links, *precedence;

    static int64_t size(const Sizes& z) { return z.width * z.stride + (z.link_rows + 1) * z.link_stride; }
    static Snapshot at(const Sizes& z, float* place) {
        float* links = place + z.width * z.stride;
        return {place, links, links + z.link_rows * z.link_stride};
    }
    static Snapshot of(const Episode& e) { return {e.memory(), e.links(), e.precedence()}; }
};

// Save what a step is about to change.
void save_snapshot(const Episode& e, float* place) {
    const Sizes& z = e.z;
    const Snapshot from = Snapshot::of(e), to = Snapshot::at(z, place);
    std::memcpy(to.memory, from.memory, z.width * z.stride * sizeof(float));
    std::memcpy(to.links, from.links, z.link_rows * z.link_stride * sizeof(float));
    std::memcpy(to.precedence, from.precedence, z.link_stride * sizeof(float));
}

// Repeat the write of a step; return the state after it, stored in `place` if the step changed anything.
Snapshot recompute_write(const Episode& e, Snapshot from, float* place) {
    if (!e.active()) return from;
    const Sizes& z = e.z;
    const Snapshot to = Snapshot::at(z, place);
    const float *linking = e.link_write_weights(e.step + 1),
                left = unwritten(e.write_weights(e.step + 1), z.stride);
    write_rows(from.memory, to.memory, e.write(), z.width, z.stride);
    update_links(from.links, to.links, linking, from.precedence, z.link_rows, z.link_stride);
    update_precedence(from.precedence, linking, left, to.precedence, z.link_stride);
    return to;
}

}  // namespace
