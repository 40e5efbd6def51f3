// The recurrent steps on a CPU. One call runs all episodes through some steps (chunk.h).
//
// Memory and links of an episode are read as few times as the order of the equations allows (memory.h,
// links.h). Inactive episodes keep their state exactly.

#include "cell.h"
#include "chunk.h"
#include "episode.h"
#include "forward.h"
#include "snapshots.h"
#include "links.h"
#include "products.h"

namespace {

// Gates, cell and hidden values of all layers, from the lowest up; the sums hold the part of the inputs.
void step_controller(const Chunk& chunk, int64_t step, const Parameters& by) {
    const Sizes& z = chunk.z;
    const Episode e = chunk.at(step);
    const int64_t n = z.hidden, all = 4 * hidden_size(z), recurrent = recurrent_size(z);
    const int64_t reads = z.heads * z.width;
    chunk.product(e.reads(step), recurrent, by.recurrent, reads + n, e.sums(0), all, 4 * n, true);
    if (by.upper_reads)
        chunk.product(e.reads(step), recurrent, by.upper_reads, reads, e.sums(1), all, all - 4 * n, true);
    for (int64_t layer = 0; layer < z.layers; ++layer) {
        if (layer > 0) {
            const int64_t at = (layer - 1) * packed_size(n, 4 * n);
            chunk.product(e.hidden(step, layer), recurrent, by.upper_hidden + at, n, e.sums(layer), all,
                          4 * n, true);
            chunk.product(e.hidden(step + 1, layer - 1), recurrent, by.below + at, n, e.sums(layer), all,
                          4 * n, true);
        }
        chunk.every(step, [&](const Episode& e, int64_t) { step_cell(e, layer, by); });
    }
}

void forward(const Chunk& chunk, const Parameters& by) {
    const Sizes& z = chunk.z;
    const int64_t recurrent = recurrent_size(z);
    if (chunk.tape.snapshots)
        chunk.every(chunk.first_step,
                    [&](const Episode& e, int64_t) { save_snapshot(e, chunk.snapshot(e)); });
    for (int64_t step = chunk.first_step; step < chunk.first_step + chunk.steps; ++step) {
        const Episode e = chunk.at(step);
        step_controller(chunk, step, by);
        chunk.product(e.hidden(step + 1, 0), recurrent, by.interface_hidden, hidden_size(z), e.interface(),
                      z.interface_size, z.interface_size, by.interface_reads);
        if (by.interface_reads)
            chunk.product(e.reads(step), recurrent, by.interface_reads, z.heads * z.width, e.interface(),
                          z.interface_size, z.interface_size, true);
        chunk.every(step, [](const Episode& e, int64_t) { step_memory(e); });
    }
}

// The controller alone, without memory and heads: nothing is read.
void run_controller(const Chunk& chunk, const Parameters& by) {
    for (int64_t step = chunk.first_step; step < chunk.first_step + chunk.steps; ++step)
        step_controller(chunk, step, by);
}

}  // namespace

extern "C" {

void graphdnc_find_links(const Sizes* z, const Tape* tape) {
    every_chunk(*z, *tape, 0, 1, [&](const Chunk& chunk) {
        chunk.every(0, [&](const Episode& e, int64_t) {
            find_links(e.links(), e.linked_columns(), static_cast<int>(z->link_rows),
                       static_cast<int>(z->link_stride));
        });
    });
}

void graphdnc_forward(const Sizes* z, const Tape* tape, const Parameters* by, int64_t first, int64_t steps) {
    every_chunk(*z, *tape, first, steps, [&](const Chunk& chunk) { forward(chunk, *by); });
}

void graphdnc_run_controller(const Sizes* z, const Tape* tape, const Parameters* by, int64_t first,
                             int64_t steps) {
    every_chunk(*z, *tape, first, steps, [&](const Chunk& chunk) { run_controller(chunk, *by); });
}

int64_t graphdnc_panel() { return PANEL; }

void graphdnc_pack(const float* matrix, int64_t step_down, int64_t step_right, int64_t depth, int64_t columns,
                   float* panels) {
    pack(matrix, step_down, step_right, depth, columns, panels);
}

void graphdnc_multiply(const float* rows, int64_t row_step, int64_t count, const float* panels, int64_t depth,
                       const float* onto, int64_t onto_step, float* out, int64_t out_step, int64_t columns,
                       int64_t threads) {
    multiply(rows, row_step, count, panels, depth, {onto, onto_step}, out, out_step, columns, threads);
}

}  // extern "C"
