// Episodes that a thread runs through a segment of steps together.
//
// A chunk runs all steps of the segment before the next chunk begins. So its memories and links stay in the
// cache, and threads do not wait for each other. It has enough episodes to make good use of a weight matrix
// in the cache (products.h).
#pragma once

#include <algorithm>

#if defined(_OPENMP)
#include <omp.h>
#endif

#include "episode.h"
#include "snapshots.h"
#include "products.h"

namespace {

int64_t this_thread() {
#if defined(_OPENMP)
    return omp_get_thread_num();
#else
    return 0;
#endif
}

// Some episodes of the batch and some steps.
struct Chunk {
    const Sizes& z;
    const Tape& tape;
    int64_t first_episode, episodes, first_step, steps;

    Episode at(int64_t step, int64_t index = 0) const { return {z, tape, step, first_episode + index}; }
    template <class Function>
    void every(int64_t step, Function function) const {
        for (int64_t index = 0; index < episodes; ++index) function(at(step, index), index);
    }

    // Where memory and links before the first step are saved.
    float* snapshot(const Episode& e) const {
        return tape.snapshots + (first_step / z.segment * z.batch + e.index) * Snapshot::size(z);
    }

    // out = rows of all episodes times a matrix; added to out if `add`.
    void product(const float* rows, int64_t row_step, const float* panels, int64_t depth, float* out,
                 int64_t out_step, int64_t columns, bool add) const {
        const Onto onto = {add ? out : nullptr, out_step};
        multiply(rows, row_step, episodes, panels, depth, onto, out, out_step, columns, 1);
    }
};

template <class Function>
void every_chunk(const Sizes& z, const Tape& tape, int64_t first_step, int64_t steps, Function function) {
#pragma omp parallel num_threads(z.threads) if (z.threads > 1)
    {
        const FlushDenormals faint;
#pragma omp for schedule(dynamic)
        for (int64_t first = 0; first < z.batch; first += z.chunk)
            function(Chunk{z, tape, first, std::min(z.chunk, z.batch - first), first_step, steps});
    }
}

}  // namespace
