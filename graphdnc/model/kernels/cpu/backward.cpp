// The backward pass of the recurrent steps on a CPU. One call runs all episodes through a segment of steps
// (chunk.h).
//
// Memory and links are saved before some steps. For the steps between they are recomputed from the write
// weights (snapshots.h). Inactive episodes contribute to no gradient.

#include <vector>

#include "backward.h"
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

void backward(const Chunk& chunk, const Matrices& by, const Gradients& grads) {
    const Sizes& z = chunk.z;
    const int64_t recurrent = recurrent_size(z), reads = recurrent - z.hidden;
    const std::vector<Snapshot> before = recompute(chunk, grads);
    for (int64_t step = chunk.first_step + chunk.steps - 1; step >= chunk.first_step; --step) {
        const Episode e = chunk.at(step);
        float *interface = interface_grad(e, grads), *gates = gates_grad(e, grads);
        float *after = recurrent_grad(e, grads, step + 1), *before_grad = recurrent_grad(e, grads, step);
        chunk.every(step, [&](const Episode& e, int64_t index) {
            step_memory_backward(e, grads, before[(step - chunk.first_step) * chunk.episodes + index]);
        });
        chunk.product(interface, z.interface_size, by.hidden, z.interface_size, after + reads, recurrent,
                      z.hidden, true);
        chunk.every(step, [&](const Episode& e, int64_t) { step_cell_backward(e, grads); });
        chunk.product(gates, 4 * z.hidden, by.recurrent, 4 * z.hidden, before_grad, recurrent, recurrent,
                      true);
        if (by.reads)
            chunk.product(interface, z.interface_size, by.reads, z.interface_size, before_grad, recurrent,
                          reads, true);
    }
}

}  // namespace

extern "C" {

void graphdnc_backward(const Sizes* z, const Tape* tape, const Matrices* by, const Gradients* grads,
                       int64_t steps) {
    every_chunk(*z, *tape, grads->first, steps, [&](const Chunk& chunk) { backward(chunk, *by, *grads); });
}

}  // extern "C"
