// The recurrent steps on a CPU. One call runs all episodes through some steps (chunk.h).
//
// Memory and links of an episode are read as few times as the order of the equations allows (memory.h,
// links.h). Inactive episodes keep their state exactly.

#include "chunk.h"
#include "episode.h"
#include "forward.h"
#include "snapshots.h"
#include "links.h"
#include "products.h"

namespace {

void forward(const Chunk& chunk, const Matrices& by) {
    const Sizes& z = chunk.z;
    const int64_t recurrent = recurrent_size(z), reads = recurrent - z.hidden;
    if (chunk.tape.snapshots)
        chunk.every(chunk.first_step,
                    [&](const Episode& e, int64_t) { save_snapshot(e, chunk.snapshot(e)); });
    for (int64_t step = chunk.first_step; step < chunk.first_step + chunk.steps; ++step) {
        const Episode e = chunk.at(step);
        chunk.product(e.reads(step), recurrent, by.recurrent, recurrent, e.gates(), 4 * z.hidden,
                      4 * z.hidden, true);
        chunk.every(step, [](const Episode& e, int64_t) { step_cell(e); });
        chunk.product(e.hidden(step + 1), recurrent, by.hidden, z.hidden, e.interface(), z.interface_size,
                      z.interface_size, by.reads);
        if (by.reads)
            chunk.product(e.reads(step), recurrent, by.reads, reads, e.interface(), z.interface_size,
                          z.interface_size, true);
        chunk.every(step, [](const Episode& e, int64_t) { step_memory(e); });
    }
}

// The controller alone, without memory and heads: nothing is read.
void run_controller(const Chunk& chunk, const Matrices& by) {
    const int64_t hidden = chunk.z.hidden;
    for (int64_t step = chunk.first_step; step < chunk.first_step + chunk.steps; ++step) {
        const Episode e = chunk.at(step);
        chunk.product(e.hidden(step), hidden, by.recurrent, hidden, e.gates(), 4 * hidden, 4 * hidden, true);
        chunk.every(step, [](const Episode& e, int64_t) { step_cell(e); });
    }
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

void graphdnc_forward(const Sizes* z, const Tape* tape, const Matrices* by, int64_t first, int64_t steps) {
    every_chunk(*z, *tape, first, steps, [&](const Chunk& chunk) { forward(chunk, *by); });
}

void graphdnc_run_controller(const Sizes* z, const Tape* tape, const Matrices* by, int64_t first,
                             int64_t steps) {
    every_chunk(*z, *tape, first, steps, [&](const Chunk& chunk) { run_controller(chunk, *by); });
}

int64_t graphdnc_panel() { return PANEL; }

void graphdnc_pack(const float* matrix, int64_t step_down, int64_t step_right, int64_t depth, int64_t columns,
                   float* panels) {
    pack(matrix, step_down, step_right, depth, columns, panels);
}

void graphdnc_multiply(const float* rows, int64_t row_step, int64_t count, const float* panels, int64_t depth,
                       const float* bias, float* out, int64_t out_step, int64_t columns, int64_t threads) {
    multiply(rows, row_step, count, panels, depth, {bias, 0}, out, out_step, columns, threads);
}

}  // extern "C"
