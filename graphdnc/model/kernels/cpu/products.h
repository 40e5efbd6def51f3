// Products of a few rows, one for each episode, with a matrix that is the same at every step. The matrix is
// packed once, in the order in which it is read. General libraries pack it at every product.
#pragma once

#include <algorithm>
#include <type_traits>

#include "lanes.h"

constexpr int TILE_VECTORS = 3;
constexpr int TILE_ROWS = LANES == 16 ? 8 : 4;  // almost as many sums as there are registers
constexpr int PANEL = TILE_VECTORS * LANES;

// [depth][columns] in panels of PANEL columns, zeros after the last column: [panels][depth][PANEL].
static void pack(const float* matrix, int64_t step_down, int64_t step_right, int64_t depth, int64_t columns,
                 float* panels) {
    for (int64_t first = 0; first < columns; first += PANEL, panels += depth * PANEL) {
        const int64_t here = std::min<int64_t>(PANEL, columns - first);
        const float* from = matrix + first * step_right;
        if (here < PANEL) std::memset(panels, 0, depth * PANEL * sizeof(float));
        if (step_right == 1) {
            for (int64_t k = 0; k < depth; ++k)
                std::memcpy(panels + k * PANEL, from + k * step_down, here * sizeof(float));
        } else {
            constexpr int64_t SOME = 16;  // few enough for the first-level cache
            for (int64_t start = 0; start < depth; start += SOME)
                for (int64_t column = 0; column < here; ++column)
                    for (int64_t k = start; k < std::min(depth, start + SOME); ++k)
                        panels[k * PANEL + column] = from[k * step_down + column * step_right];
        }
    }
}

// The numbers of a matrix in panels.
static int64_t packed_size(int64_t depth, int64_t columns) {
    return (columns + PANEL - 1) / PANEL * PANEL * depth;
}

// What a product is added to: nothing, rows, or one row for all (a step of 0).
struct Onto {
    const float* rows;
    int64_t step;

    Onto from(int64_t row, int64_t column) const { return {rows ? rows + row * step + column : rows, step}; }
    V at(int64_t row, int64_t column) const { return rows ? load(rows + row * step + column) : V{}; }
};

template <int ROWS, int VECTORS>
static void multiply_tile(const float* rows, int64_t row_step, const float* panel, int64_t depth, Onto onto,
                          float* out, int64_t out_step, int64_t columns) {
    constexpr int LINE = 16;
    for (int i = 0; i < ROWS; ++i)  // prefetch the output
        for (int column = 0; column < VECTORS * LANES; column += LINE) fetch(out + i * out_step + column);
    V sums[ROWS][VECTORS] = {};
    const float* row[ROWS];
    for (int i = 0; i < ROWS; ++i) row[i] = rows + i * row_step;
    for (int64_t k = 0; k < depth; ++k, panel += PANEL) {
        V right[VECTORS];
        for (int v = 0; v < VECTORS; ++v) right[v] = in_register(load(panel + v * LANES));
        for (int i = 0; i < ROWS; ++i)
            for (int v = 0; v < VECTORS; ++v) sums[i][v] += row[i][k] * right[v];
    }
    for (int i = 0; i < ROWS; ++i) {
        float* place = out + i * out_step;
        for (int v = 0; v < VECTORS; ++v) {
            const int64_t left = columns - v * LANES;
            if (left >= LANES) {
                store(place + v * LANES, onto.at(i, v * LANES) + sums[i][v]);
            } else {
                for (int64_t lane = 0; lane < left; ++lane) {
                    const int64_t column = v * LANES + lane;
                    place[column] = (onto.rows ? onto.rows[i * onto.step + column] : 0) + sums[i][v][lane];
                }
            }
        }
    }
}

// out [count][columns] = onto plus rows [count][depth] times one panel.
static void multiply_panel(const float* rows, int64_t row_step, int64_t count, const float* panel,
                           int64_t depth, Onto onto, float* out, int64_t out_step, int64_t columns) {
    int64_t row = 0;
    const auto tiles = [&](auto size) {
        constexpr int ROWS = decltype(size)::value;
        for (; row + ROWS <= count; row += ROWS)
            multiply_tile<ROWS, TILE_VECTORS>(rows + row * row_step, row_step, panel, depth,
                                              onto.from(row, 0), out + row * out_step, out_step, columns);
    };
    tiles(std::integral_constant<int, TILE_ROWS>());
    tiles(std::integral_constant<int, TILE_ROWS / 2>());
    tiles(std::integral_constant<int, 1>());
}

// out [count][columns] = onto plus rows [count][depth] times a matrix in panels.
static void multiply(const float* rows, int64_t row_step, int64_t count, const float* panels, int64_t depth,
                     Onto onto, float* out, int64_t out_step, int64_t columns, int64_t threads) {
#pragma omp parallel for num_threads(threads) if (threads > 1)
    for (int64_t first = 0; first < columns; first += PANEL)
        multiply_panel(rows, row_step, count, panels + first * depth, depth, onto.from(0, first), out + first,
                       out_step, columns - first);
}
