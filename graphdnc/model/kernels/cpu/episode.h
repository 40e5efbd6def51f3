// The buffers of a run, shared with bindings.py, and the parts of one episode in them.
#pragma once

#include <cstdint>
#include <cstring>
#include <vector>

#include "links.h"
#include "memory.h"

extern "C" {

// Mirrored in bindings.py, field by field. The last fields are offsets in the interface vector, -1 if a part
// is absent.
struct Sizes {
    int64_t batch, rows, stride;
    int64_t chunk;                               // episodes that a thread runs through a segment together
    int64_t link_first, link_rows, link_stride;  // rows from link_first on, a multiple of PAD, may have links
    int64_t width, heads;
    int64_t hidden, layers;  // units in a layer of the controller, and layers
    int64_t interface_size;
    int64_t steps;              // S; further steps reuse the buffers of the first ones
    int64_t segment;            // steps run at a time
    int64_t slots, gate_slots;  // buffers for states and gates: one for every step, or reused in turn
    int64_t written_rows_only, stop_usage_gradient, threads, links;
    int64_t write_gates, write_vectors, erase, read_keys, read_strengths, read_modes, free_gates, read_masks,
        write_keys, write_strengths, allocation_gates, write_masks;
};

struct Tape {
    const uint8_t* active;      // [S, B], or null
    const int64_t* linkable;    // [B] the first row that can have links, or null: all can
    float* sums;                // [gate_slots, B, layers * 4 * hidden], what enters the gates
    float* gates;               // likewise, after activation; without layer norm in the place of the sums
    float* interface;           // [gate_slots, B, interface]
    float* recurrent;           // [S + 1, B, heads * width + layers * hidden]: reads, hidden
    float* cell;                // [slots, B, layers * hidden]
    float* memory;              // [B, width, stride]
    float* links;               // [B, link_rows, link_stride]
    float* precedence;          // [B, link_stride]
    float* usage;               // [slots, B, stride]
    int32_t* order;             // [slots, B, stride]
    float* write_weights;       // [slots, B, stride]
    float* link_write_weights;  // [slots, B, link_stride], zero for rows without links; if some have none
    float* read_weights;        // [slots, B, heads, stride]
    float* content;             // [slots, B, heads, stride]
    float* write_content;       // [slots, B, stride]
    uint64_t* linked_columns;   // [B, link_rows / ROW_BLOCK], see links.h
    float* snapshots;           // [segments, B, Snapshot::size], before each segment, or null
};

// Packed matrices (products.h), or null if absent. In the forward pass they lead to the gates or to the
// interface vector, in the backward pass in the other direction. And the vectors of layer norm, or null without
// it; `bias` is then the one that is added after it.
struct Parameters {
    const float* recurrent;          // of reads and lowest hidden values, to the gates of the lowest layer
    const float* upper_reads;        // of reads, to the gates of all layers above it
    const float* upper_hidden;       // [layers - 1] of a layer's own hidden values before the step
    const float* below;              // [layers - 1] of those of the layer below after the step
    const float *interface_hidden;   // of the hidden values of all layers
    const float *interface_reads;
    const float *gate_scale, *bias;  // [layers, 4 * hidden]
    const float *cell_scale, *cell_shift;  // [layers, hidden]
};

// Gradients, named like the values. Those of the state are changed in place, from after a step to before it.
struct Gradients {
    int64_t first;          // the first step of this segment
    float* recomputed;      // [threads, segment - 1, chunk, Snapshot::size], before each step but the first
    float* gates_grad;        // [segment, B, layers * 4 * hidden], before activation, after layer norm
    float* sums_grad;         // likewise, before layer norm; without it in the same place
    float* normed_cell_grad;  // [segment, B, layers * hidden], after layer norm; null without it
    float* interface_grad;    // [segment, B, interface]
    float* recurrent_grad;    // [2, B, heads * width + layers * hidden], after even and odd steps
    const float* output_grad;   // [S, B, heads * width + layers * hidden], of the returned values
    float* cell_grad;           // [B, layers * hidden]
    float* memory_grad;         // [B, width, stride]
    float* links_grad;          // [B, link_rows, link_stride]
    float* precedence_grad;     // [B, link_stride]
    float* usage_grad;          // [B, stride]
    float* write_weights_grad;  // [B, stride]
    float* read_weights_grad;   // [B, heads, stride]
};

}  // extern "C"

namespace {

constexpr float MASK_FLOOR = 0.1f;

int64_t hidden_size(const Sizes& z) { return z.layers * z.hidden; }
int64_t recurrent_size(const Sizes& z) { return z.heads * z.width + hidden_size(z); }

// Memory for intermediate values, one per thread. Pieces are taken one by one, and all are free again at the
// next step.
class Workspace {
  public:
    explicit Workspace(int64_t floats) {
        static thread_local std::vector<float> kept;
        if (static_cast<int64_t>(kept.size()) < floats + PAD) kept.resize(floats + PAD);
        at_ = kept.data() + (64 - reinterpret_cast<uintptr_t>(kept.data()) % 64) / sizeof(float);
    }
    float* take(int64_t floats) {
        float* piece = at_;
        at_ += (floats + PAD - 1) / PAD * PAD;
        return piece;
    }
    float* zeros(int64_t floats) {
        float* piece = take(floats);
        std::memset(piece, 0, floats * sizeof(float));
        return piece;
    }

  private:
    float* at_;
};

// The floats of workspace that a step takes; the backward pass takes twice as many.
int64_t workspace_size(const Sizes& z) {
    return (16 + 10 * z.heads) * (z.stride + PAD) + (16 + 8 * z.heads) * (z.width + PAD) + z.width * z.stride;
}

// The parts of one episode at one step in the buffers.
struct Episode {
    const Sizes& z;
    const Tape& tape;
    int64_t step, index;

    int64_t slot(int64_t at) const { return (at % z.slots) * z.batch + index; }
    int64_t now() const { return (step % z.gate_slots) * z.batch + index; }
    bool active() const { return !tape.active || tape.active[step % z.steps * z.batch + index]; }
    float* sums(int64_t layer) const { return tape.sums + (now() * z.layers + layer) * 4 * z.hidden; }
    float* gates(int64_t layer) const { return tape.gates + (now() * z.layers + layer) * 4 * z.hidden; }
    float* interface() const { return tape.interface + now() * z.interface_size; }
    float* reads(int64_t at) const {
        return tape.recurrent + (at % (z.steps + 1) * z.batch + index) * recurrent_size(z);
    }
    float* hidden(int64_t at, int64_t layer) const {
        return reads(at) + z.heads * z.width + layer * z.hidden;
    }
    float* cell(int64_t at, int64_t layer) const {
        return tape.cell + (slot(at) * z.layers + layer) * z.hidden;
    }
    float* memory() const { return tape.memory + index * z.width * z.stride; }
    float* links() const { return tape.links + index * z.link_rows * z.link_stride; }
    uint64_t* linked_columns() const { return tape.linked_columns + index * (z.link_rows / ROW_BLOCK); }
    float* precedence() const { return tape.precedence + index * z.link_stride; }
    float* usage(int64_t at) const { return tape.usage + slot(at) * z.stride; }
    int32_t* order(int64_t at) const { return tape.order + slot(at) * z.stride; }
    float* write_weights(int64_t at) const { return tape.write_weights + slot(at) * z.stride; }
    // How many of the last rows, from link_first on, cannot have links.
    int64_t unlinked() const { return tape.linkable ? tape.linkable[index] - z.link_first : 0; }
    float* link_write_weights(int64_t at) const {
        return tape.linkable ? tape.link_write_weights + slot(at) * z.link_stride
                             : write_weights(at) + z.link_first;
    }
    float* read_weights(int64_t at) const { return tape.read_weights + slot(at) * z.heads * z.stride; }
    float* content() const { return tape.content + slot(step + 1) * z.heads * z.stride; }
    float* write_content() const { return tape.write_content + slot(step + 1) * z.stride; }
    Write write() const {
        return {write_weights(step + 1), interface() + z.erase, interface() + z.write_vectors};
    }
    const float* known_usage() const { return z.written_rows_only ? usage(step + 1) : nullptr; }
};

}  // namespace
