// Passes over the memory of one episode. It is stored transposed, [W][stride]: the rows of a column are
// contiguous, so that scores need no sums across lanes. HEADS keys or reads share a pass.
#pragma once

#include "lanes.h"

// A write. It changes a row m with write weight w to m (1 - w e) + w v.
struct Write {
    const float* weights;  // [stride]
    const float* erase;    // [W]
    const float* vector;   // [W]
};

// Keys in the form of the cosine: with masks, keys times squared masks and the squared masks; else the keys
// alone.
struct MaskedKeys {
    const float* masked;   // [HEADS][W]
    const float* squares;  // [HEADS][W], or null
};

// Write to the memory if `write` is given. Then compute dot products [HEADS][stride] of rows and keys, and
// squared row lengths: [HEADS][stride] with masks, else [stride].
template <int HEADS, bool MASKED>
static void score(float* memory, const Write* write, MaskedKeys keys, float* dots, float* lengths, int width,
                  int stride) {
    constexpr int LENGTHS = MASKED ? HEADS : 1;
    for (int i = 0; i < stride; i += 2 * LANES) {
        V dot[HEADS][2] = {}, length[LENGTHS][2] = {};
        V weight[2] = {};
        if (write)
            for (int u = 0; u < 2; ++u) weight[u] = load(write->weights + i + u * LANES);
        const bool writing = write && !(nothing(weight[0]) && nothing(weight[1]));
        for (int w = 0; w < width; ++w) {
            for (int u = 0; u < 2; ++u) {
                float* place = memory + static_cast<int64_t>(w) * stride + i + u * LANES;
                fetch(place +
                      2 * LANES);  // columns of a large memory are too far apart for the hardware to prefetch
                V m = load(place);
                if (writing) {
                    m = m + weight[u] * (write->vector[w] - write->erase[w] * m);
                    store(place, m);
                }
                const V square = m * m;
                for (int r = 0; r < HEADS; ++r) dot[r][u] += m * keys.masked[r * width + w];
                for (int r = 0; r < LENGTHS; ++r)
                    length[r][u] += MASKED ? square * keys.squares[r * width + w] : square;
            }
        }
        for (int u = 0; u < 2; ++u) {
            for (int r = 0; r < HEADS; ++r) store(dots + r * stride + i + u * LANES, dot[r][u]);
            for (int r = 0; r < LENGTHS; ++r) store(lengths + r * stride + i + u * LANES, length[r][u]);
        }
    }
}

// Only write, from one memory into another, or in place.
static void write_rows(const float* before, float* after, Write write, int width, int stride) {
    for (int w = 0; w < width; ++w) {
        const float vector = write.vector[w], erase = write.erase[w];
        const int64_t column = static_cast<int64_t>(w) * stride;
        for (int i = 0; i < stride; i += LANES) {
            const V m = load(before + column + i);
            store(after + column + i, m + load(write.weights + i) * (vector - erase * m));
        }
    }
}

// reads [HEADS][W] = weights [HEADS][stride] times memory.
template <int HEADS>
static void read_rows(const float* memory, const float* weights, float* reads, int width, int stride) {
    for (int w = 0; w < width; ++w) {
        const float* column = memory + static_cast<int64_t>(w) * stride;
        V total[MOST_HEADS] = {}, more[MOST_HEADS] = {};
        for (int i = 0; i < stride; i += 2 * LANES) {
            const V m = load(column + i), next = load(column + i + LANES);
            for (int r = 0; r < HEADS; ++r) {
                total[r] += m * load(weights + r * stride + i);
                more[r] += next * load(weights + r * stride + i + LANES);
            }
        }
        float sums[4];
        for (int r = 0; r < HEADS; ++r) total[r] += more[r];
        sum4(total, sums);
        for (int r = 0; r < HEADS; ++r) reads[r * width + w] = sums[r];
    }
}

// The gradient of read weights: grad [HEADS][stride] += reads_grad [HEADS][W] times memory.
template <int HEADS>
static void read_rows_backward(const float* memory, const float* reads_grad, float* grad, int width,
                               int stride) {
    for (int i = 0; i < stride; i += 2 * LANES) {
        V total[HEADS][2];
        for (int r = 0; r < HEADS; ++r)
            for (int u = 0; u < 2; ++u) total[r][u] = load(grad + r * stride + i + u * LANES);
        for (int w = 0; w < width; ++w) {
            for (int u = 0; u < 2; ++u) {
                const V m = load(memory + static_cast<int64_t>(w) * stride + i + u * LANES);
                for (int r = 0; r < HEADS; ++r) total[r][u] += m * reads_grad[r * width + w];
            }
        }
        for (int r = 0; r < HEADS; ++r)
            for (int u = 0; u < 2; ++u) store(grad + r * stride + i + u * LANES, total[r][u]);
    }
}

// Gradients of scores. by_dot [HEADS][stride] is that of a dot product. by_length is -1/2 of that of a
// squared length, [HEADS][stride] with masks, else [stride] for all heads together.
struct ScoreGradients {
    const float* by_dot;
    const float* by_length;
};

// Sums over rows from which the gradients of keys and masks are computed.
struct KeySums {
    float* rows;     // [HEADS][W]  by_dot times memory
    float* squares;  // [HEADS][W]  by_length times squared memory; with masks only
};

// Add the gradient of the scores of this memory (and of its reads, if READ) to memory_grad.
template <int HEADS, bool MASKED, bool READ>
static void score_backward(const float* memory, float* memory_grad, MaskedKeys keys, ScoreGradients scores,
                           const float* weights, const float* reads_grad, KeySums sums, int width,
                           int stride) {
    for (int w = 0; w < width; ++w) {
        const float* column = memory + static_cast<int64_t>(w) * stride;
        float* column_grad = memory_grad + static_cast<int64_t>(w) * stride;
        V rows[MOST_HEADS] = {}, squares[MOST_HEADS] = {}, key[HEADS], mask[HEADS], by_read[HEADS];
        for (int r = 0; r < HEADS; ++r) {
            key[r] = splat(keys.masked[r * width + w]);
            if (MASKED) mask[r] = splat(keys.squares[r * width + w]);
            if (READ) by_read[r] = splat(reads_grad[r * width + w]);
        }
        for (int i = 0; i < stride; i += LANES) {
            const V m = load(column + i);
            V grad = load(column_grad + i);
            if (!MASKED) grad -= load(scores.by_length + i) * m;
            for (int r = 0; r < HEADS; ++r) {
                const V by_dot = in_register(load(scores.by_dot + r * stride + i));
                if (READ) grad += load(weights + r * stride + i) * by_read[r];
                grad += by_dot * key[r];
                rows[r] += by_dot * m;
                if (MASKED) {
                    const V scaled = load(scores.by_length + r * stride + i) * m;
                    grad -= scaled * mask[r];
                    squares[r] += scaled * m;
                }
            }
            store(column_grad + i, grad);
        }
        float totals[4];
        sum4(rows, totals);
        for (int r = 0; r < HEADS; ++r) sums.rows[r * width + w] = totals[r];
        if (MASKED) {
            sum4(squares, totals);
            for (int r = 0; r < HEADS; ++r) sums.squares[r * width + w] = totals[r];
        }
    }
}

// Backward pass of a write. Changes memory_grad from the gradient of the memory after the write to that
// before it, adds to weights_grad [stride], sets erase_grad and vector_grad [W].
static void write_backward(const float* before, float* memory_grad, Write write, float* weights_grad,
                           float* erase_grad, float* vector_grad, int width, int stride) {
    for (int w = 0; w < width; ++w) {
        const float vector = write.vector[w], erase = write.erase[w];
        const int64_t column = static_cast<int64_t>(w) * stride;
        V sums[4] = {};
        for (int i = 0; i < stride; i += LANES) {
            const V m = load(before + column + i), grad = load(memory_grad + column + i);
            const V weight = load(write.weights + i), weighed = weight * grad;
            sums[0] += weighed;
            sums[1] -= weighed * m;
            store(weights_grad + i, load(weights_grad + i) + grad * (vector - erase * m));
            store(memory_grad + column + i, grad - weighed * erase);
        }
        float totals[4];
        sum4(sums, totals);
        vector_grad[w] = totals[0];
        erase_grad[w] = totals[1];
    }
}
