// The way back through the recurrent part of the DNC on a CPU: one call takes all episodes back through a segment
// of steps (chunk.h).
//
// Memory and links are kept before some steps only; those in between are made again from the weights with which
// rows were written (kept.h). Episodes that are not active have no part in any gradient.

#include <vector>

#include "backward.h"
#include "chunk.h"
#include "episode.h"
#include "kept.h"
#include "products.h"

namespace {

// Memories and links before each step: [steps][episodes].
std::vector<Written> remake(const Chunk& chunk, const Back& back) {
    const Sizes& z = chunk.z;
    std::vector<Written> before(chunk.steps * chunk.episodes);
    float* room = back.remade + this_thread() * (z.segment - 1) * z.chunk * Written::size(z);
    chunk.every(chunk.first_step, [&](const Episode& e, int64_t index) {
        before[index] = Written::at(z, chunk.kept(e));
        for (int64_t step = 1; step < chunk.steps; ++step) {
            float* place = room + ((step - 1) * z.chunk + index) * Written::size(z);
            const Written& earlier = before[(step - 1) * chunk.episodes + index];
            before[step * chunk.episodes + index] =
                rewrite(chunk.at(chunk.first_step + step - 1, index), earlier, place);
        }
    });
    return before;
}

void backward(const Chunk& chunk, const Matrices& by, const Back& back) {
    const Sizes& z = chunk.z;
    const int64_t carried = carried_size(z), reads = carried - z.hidden;
    const std::vector<Written> before = remake(chunk, back);
    for (int64_t step = chunk.first_step + chunk.steps - 1; step >= chunk.first_step; --step) {
        const Episode e = chunk.at(step);
        float *told = told_back(e, back), *gates = gates_back(e, back);
        float *after = carried_back(e, back, step + 1), *before_back = carried_back(e, back, step);
        chunk.every(step, [&](const Episode& e, int64_t index) {
            step_memory_back(e, back, before[(step - chunk.first_step) * chunk.episodes + index]);
        });
        chunk.product(told, z.told, by.hidden, z.told, after + reads, carried, z.hidden, true);
        chunk.every(step, [&](const Episode& e, int64_t) { step_cell_back(e, back); });
        chunk.product(gates, 4 * z.hidden, by.carried, 4 * z.hidden, before_back, carried, carried, true);
        if (by.reads) chunk.product(told, z.told, by.reads, z.told, before_back, carried, reads, true);
    }
}

}  // namespace

extern "C" {

void graphdnc_backward(const Sizes* z, const Tape* tape, const Matrices* by, const Back* back, int64_t steps) {
    every_chunk(*z, *tape, back->first, steps, [&](const Chunk& chunk) { backward(chunk, *by, *back); });
}

}  // extern "C"
