// The backward pass of the recurrent steps on a CPU. One call runs all episodes through a segment of steps
// (chunk.h).
//
// Memory and links are saved before some steps. For the steps between they are recomputed from the write
// weights (snapshots.h). Inactive episodes contribute to no gradient.

#include <vector>

#include "backward.h"
#include "cell_backward.h"
#include "chunk.h"
#include "episode.h"
#include "snapshots.h"
#include "products.h"

namespace {

// Memory and links before each step: [steps][episodes].
std::vector<Snapshot> recompute(const Chunk& chunk, const Gradients& grads) {
    const Sizes& z = chunk.z;
    std::vector<Snapshot> before(chunk.steps * chunk.episodes);
    float* workspace = grads.recomputed + this_thread() * (z.segment - 1) * z.chunk * Snapshot::size(z);
    chunk.every(chunk.first_step, [&](const Episode& e, int64_t index) {
        before[index] = Snapshot::at(z, chunk.snapshot(e));
        for (int64_t step = 1; step < chunk.steps; ++step) {
            float* place = workspace + ((step - 1) * z.chunk + index) * Snapshot::size(z);
            const Snapshot& earlier = before[(step - 1) * chunk.episodes + index];
            before[step * chunk.episodes + index] =
                recompute_write(chunk.at(chunk.first_step + step - 1, index), earlier, place);
        }
    });
    return before;
}

// The gradients of gates, cell and recurrent values before the step, from the uppermost layer down.
void step_controller_backward(const Chunk& chunk, int64_t step, const Parameters& by,
                              const Gradients& grads) {
    const Sizes& z = chunk.z;
    const Episode e = chunk.at(step);
    const int64_t n = z.hidden, all = 4 * hidden_size(z), recurrent = recurrent_size(z);
    const int64_t reads = z.heads * z.width;
    float *after = recurrent_grad(e, grads, step + 1), *before = recurrent_grad(e, grads, step);
    chunk.every(step, [&](const Episode& e, int64_t) { begin_recurrent_grad(e, grads); });
    for (int64_t layer = z.layers - 1; layer >= 0; --layer) {
        chunk.every(step, [&](const Episode& e, int64_t) { step_cell_backward(e, layer, by, grads); });
        if (layer == 0) break;
        const float* sums = sums_grad(e, grads, layer);
        const int64_t at = (layer - 1) * packed_size(4 * n, n), own = reads + layer * n;
        chunk.product(sums, all, by.below + at, 4 * n, after + own - n, recurrent, n, true);
        chunk.product(sums, all, by.upper_hidden + at, 4 * n, before + own, recurrent, n, true);
    }
    chunk.product(sums_grad(e, grads, 0), all, by.recurrent, 4 * n, before, recurrent, reads + n, true);
    if (by.upper_reads)
        chunk.product(sums_grad(e, grads, 1), all, by.upper_reads, all - 4 * n, before, recurrent, reads,
                      true);
}

void backward(const Chunk& chunk, const Parameters& by, const Gradients& grads) {
    const Sizes& z = chunk.z;
    const int64_t recurrent = recurrent_size(z), reads = z.heads * z.width;
    const std::vector<Snapshot> before = recompute(chunk, grads);
    for (int64_t step = chunk.first_step + chunk.steps - 1; step >= chunk.first_step; --step) {
        const Episode e = chunk.at(step);
        const float* interface = interface_grad(e, grads);
        chunk.every(step, [&](const Episode& e, int64_t index) {
            step_memory_backward(e, grads, before[(step - chunk.first_step) * chunk.episodes + index]);
        });
        chunk.product(interface, z.interface_size, by.interface_hidden, z.interface_size,
                      recurrent_grad(e, grads, step + 1) + reads, recurrent, hidden_size(z), true);
        step_controller_backward(chunk, step, by, grads);
        if (by.interface_reads)
            chunk.product(interface, z.interface_size, by.interface_reads, z.interface_size,
                          recurrent_grad(e, grads, step), recurrent, reads, true);
    }
}

}  // namespace

extern "C" {

void graphdnc_backward(const Sizes* z, const Tape* tape, const Parameters* by, const Gradients* grads,
                       int64_t steps) {
    every_chunk(*z, *tape, grads->first, steps, [&](const Chunk& chunk) { backward(chunk, *by, *grads); });
}

}  // extern "C"
