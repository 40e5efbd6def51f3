// The recurrent part of the DNC on a CPU, forward and back: one call takes all episodes through some steps.
//
// Episodes go in chunks, each through all these steps before the next: what a chunk's steps work on, its memories
// and links, stays in the cache, and threads have nothing to wait for. A chunk is as large as it takes to make
// use of a weight matrix that was brought in (products.h). An episode's memory and links are gone over as few
// times as the order of the equations allows (memory.h, links.h).
//
// Memory and links are kept before some steps only. On the way back those in between are made again from the
// weights with which rows were written.
//
// Episodes that are not active keep their state to the bit and have no part in any gradient.

#include <vector>

#if defined(_OPENMP)
#include <omp.h>
#endif

#include "backward.h"
#include "episode.h"
#include "forward.h"
#include "links.h"
#include "products.h"

namespace {

int64_t this_thread() {
#if defined(_OPENMP)
    return omp_get_thread_num();
#else
    return 0;
#endif
}

// Some episodes of the batch at some steps.
struct Chunk {
    const Sizes& z;
    const Tape& tape;
    int64_t first_episode, episodes, first_step, steps;

    Episode at(int64_t step, int64_t index = 0) const { return {z, tape, step, first_episode + index}; }
    template <class Function>
    void every(int64_t step, Function function) const {
        for (int64_t index = 0; index < episodes; ++index) function(at(step, index), index);
    }

    void forward(const Matrices& by) const {
        if (tape.kept)
            every(first_step, [&](const Episode& e, int64_t) { keep(e, kept(e)); });
        for (int64_t step = first_step; step < first_step + steps; ++step) {
            const Episode e = at(step);
            const int64_t carried = carried_size(z), reads = carried - z.hidden;
            product(e.reads(step), carried, by.carried, carried, e.gates(), 4 * z.hidden, 4 * z.hidden, true);
            every(step, [](const Episode& e, int64_t) { step_cell(e); });
            product(e.hidden(step + 1), carried, by.hidden, z.hidden, e.told(), z.told, z.told, by.reads);
            if (by.reads) product(e.reads(step), carried, by.reads, reads, e.told(), z.told, z.told, true);
            every(step, [](const Episode& e, int64_t) { step_memory(e); });
        }
    }

    // The controller alone, with a memory of no rows and no heads: nothing is read.
    void listen(const Matrices& by) const {
        for (int64_t step = first_step; step < first_step + steps; ++step) {
            const Episode e = at(step);
            product(e.hidden(step), z.hidden, by.carried, z.hidden, e.gates(), 4 * z.hidden, 4 * z.hidden, true);
            every(step, [](const Episode& e, int64_t) { step_cell(e); });
        }
    }

    void backward(const Matrices& by, const Back& back) const {
        const std::vector<Written> before = remake(back);
        for (int64_t step = first_step + steps - 1; step >= first_step; --step) {
            const Episode e = at(step);
            const int64_t carried = carried_size(z), reads = carried - z.hidden;
            float *told = told_back(e, back), *gates = gates_back(e, back);
            float *after = carried_back(e, back, step + 1), *before_back = carried_back(e, back, step);
            every(step, [&](const Episode& e, int64_t index) {
                step_memory_back(e, back, before[(step - first_step) * episodes + index]);
            });
            product(told, z.told, by.hidden, z.told, after + reads, carried, z.hidden, true);
            every(step, [&](const Episode& e, int64_t) { step_cell_back(e, back); });
            product(gates, 4 * z.hidden, by.carried, 4 * z.hidden, before_back, carried, carried, true);
            if (by.reads) product(told, z.told, by.reads, z.told, before_back, carried, reads, true);
        }
    }

  private:
    float* kept(const Episode& e) const {
        return tape.kept + (first_step / z.segment * z.batch + e.index) * Written::size(z);
    }

    // Memories and links before each step: [steps][episodes].
    std::vector<Written> remake(const Back& back) const {
        std::vector<Written> before(steps * episodes);
        float* room = back.remade + this_thread() * (z.segment - 1) * z.chunk * Written::size(z);
        every(first_step, [&](const Episode& e, int64_t index) {
            before[index] = Written::at(z, kept(e));
            for (int64_t step = 1; step < steps; ++step) {
                float* place = room + ((step - 1) * z.chunk + index) * Written::size(z);
                const Written& earlier = before[(step - 1) * episodes + index];
                before[step * episodes + index] = rewrite(at(first_step + step - 1, index), earlier, place);
            }
        });
        return before;
    }

    // out = (if added to, out plus) rows of all episodes times a matrix.
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
        const FaintIsZero faint;
#pragma omp for schedule(dynamic)
        for (int64_t first = 0; first < z.batch; first += z.chunk)
            function(Chunk{z, tape, first, std::min(z.chunk, z.batch - first), first_step, steps});
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
    every_chunk(*z, *tape, first, steps, [&](const Chunk& chunk) { chunk.forward(*by); });
}

void graphdnc_listen(const Sizes* z, const Tape* tape, const Matrices* by, int64_t first, int64_t steps) {
    every_chunk(*z, *tape, first, steps, [&](const Chunk& chunk) { chunk.listen(*by); });
}

void graphdnc_backward(const Sizes* z, const Tape* tape, const Matrices* by, const Back* back, int64_t steps) {
    every_chunk(*z, *tape, back->first, steps, [&](const Chunk& chunk) { chunk.backward(*by, *back); });
}

int64_t graphdnc_panel() { return PANEL; }

void graphdnc_lay_out(const float* matrix, int64_t step_down, int64_t step_right, int64_t depth,
                      int64_t columns, float* panels) {
    lay_out(matrix, step_down, step_right, depth, columns, panels);
}

void graphdnc_multiply(const float* rows, int64_t row_step, int64_t count, const float* panels, int64_t depth,
                       const float* bias, float* out, int64_t out_step, int64_t columns, int64_t threads) {
    multiply(rows, row_step, count, panels, depth, {bias, 0}, out, out_step, columns, threads);
}

}  // extern "C"
