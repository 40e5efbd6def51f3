// Addressing, forward and backward, for one episode: the equations of Graves et al. 2016, Methods. The
// reference is graphdnc/model/addressing.py, with the same names.
#pragma once

#include <algorithm>
#include <limits>
#include <vector>

#include "lanes.h"

constexpr float EPSILON = 1e-6f;

// Sort rows by usage, rows of equal usage by their number. Usage changes little from step to step, so the
// previous order is almost right and insertion sort is fast. If it needs too many moves, sort from scratch.
static void sort_by_usage(const float* usage, int32_t* order, int rows) {
    static thread_local std::vector<uint64_t> keys;
    keys.resize(rows);
    for (int k = 0; k < rows; ++k) {
        const float value = usage[order[k]] + 0.0f;  // turns -0 into 0
        uint32_t bits;
        std::memcpy(&bits, &value, sizeof bits);
        bits ^= bits >> 31 ? 0xffffffffu : 0x80000000u;  // integers in the same order as the floats
        keys[k] = static_cast<uint64_t>(bits) << 32 | static_cast<uint32_t>(order[k]);
    }
    int64_t budget = 12 * static_cast<int64_t>(rows);
    for (int k = 1; k < rows && budget > 0; ++k) {
        const uint64_t key = keys[k];
        int place = k;
        for (; place > 0 && keys[place - 1] > key; --place) keys[place] = keys[place - 1];
        keys[place] = key;
        budget -= k - place;
    }
    if (budget <= 0) std::sort(keys.begin(), keys.end());
    for (int k = 0; k < rows; ++k) order[k] = static_cast<int32_t>(keys[k] & 0xffffffffu);
}

static void allocation_weighting(const float* usage, const int32_t* order, float* places, int rows) {
    float before = 1;
    for (int k = 0; k < rows; ++k) {
        const float used = usage[order[k]];
        places[order[k]] = (1 - used) * before;
        before *= used;
    }
}

// Add the gradient of the allocation weighting to usage_grad. before [rows] is workspace.
static void allocation_weighting_backward(const float* usage, const int32_t* order, const float* places_grad,
                                          float* usage_grad, float* before, int rows) {
    float product = 1;
    for (int k = 0; k < rows; ++k) {
        before[k] = product;
        product *= usage[order[k]];
    }
    float by_next = 0;  // the gradient of the product of usages up to the next row
    for (int k = rows - 1; k >= 0; --k) {
        const int row = order[k];
        usage_grad[row] += before[k] * (by_next - places_grad[row]);
        by_next = places_grad[row] * (1 - usage[row]) + by_next * usage[row];
    }
}

// Content-based addressing from dot products and squared lengths. If usage is given, log(usage) is added to
// the scores, by multiplying the exponentials with usage.
static void content_weighting(const float* dots, const float* lengths, float key_length, float strength,
                              const float* usage, float* content, int rows, int stride) {
    float top = -std::numeric_limits<float>::infinity();
    for (int i = 0; i < stride; ++i)
        content[i] = strength * dots[i] / std::sqrt(lengths[i] * key_length + EPSILON);
#pragma omp simd reduction(max : top)
    for (int i = 0; i < rows; ++i) top = content[i] > top ? content[i] : top;
    V total = {};
    for (int i = 0; i < stride; i += LANES) {
        V weight = vector_exp(load(content + i) - top);
        if (usage) weight *= load(usage + i) + EPSILON;
        store(content + i, weight);
    }
    for (int i = rows; i < stride; ++i) content[i] = 0;
    for (int i = 0; i < stride; i += LANES) total += load(content + i);
    const float share = 1 / sum(total);
    for (int i = 0; i < stride; ++i) content[i] *= share;
}

struct ContentGradients {
    float factor, strength, key_length;
};

// Backward pass of content_weighting, from factor * content_grad. Sets by_dot, adds to by_length (see
// memory.h).
static ContentGradients content_weighting_backward(const float* content, const float* content_grad,
                                                   float factor, const float* dots, const float* lengths,
                                                   float key_length, float strength, float* by_dot,
                                                   float* by_length, int stride) {
    float inner = 0, by_strength = 0, by_key = 0;
#pragma omp simd reduction(+ : inner)
    for (int i = 0; i < stride; ++i) inner += content[i] * content_grad[i];
#pragma omp simd reduction(+ : by_strength, by_key)
    for (int i = 0; i < stride; ++i) {
        const float scale = 1 / std::sqrt(lengths[i] * key_length + EPSILON);
        const float cosine = dots[i] * scale;
        const float by_score = factor * content[i] * (content_grad[i] - inner);
        const float by_cosine = by_score * strength;
        const float bent = by_cosine * cosine * scale * scale;
        by_strength += by_score * cosine;
        by_dot[i] = by_cosine * scale;
        by_length[i] += bent * key_length;
        by_key -= 0.5f * bent * lengths[i];
    }
    return {inner, by_strength, by_key};
}

// 1 - the sum of the write weights: the factor by which precedence fades.
static float unwritten(const float* written, int stride) {
    float total = 0;
#pragma omp simd reduction(+ : total)
    for (int i = 0; i < stride; ++i) total += written[i];
    return 1 - total;
}

// Precedence: how much each row was the last one written, for the rows with links.
static void update_precedence(const float* before, const float* linking, float unwritten, float* after,
                              int stride) {
    for (int i = 0; i < stride; ++i) after[i] = unwritten * before[i] + linking[i];
}

// Change grad from the gradient of the precedence after the step to that before it. Returns the gradient of
// `unwritten`.
static float update_precedence_backward(const float* before, float unwritten, float* grad,
                                        float* link_write_weights_grad, int stride) {
    float inner = 0;
#pragma omp simd reduction(+ : inner)
    for (int i = 0; i < stride; ++i) inner += grad[i] * before[i];
    for (int i = 0; i < stride; ++i) {
        link_write_weights_grad[i] += grad[i];
        grad[i] *= unwritten;
    }
    return inner;
}

// Usage before this step's write: the last write is added, and what the free gates free is removed.
static void update_usage(const float* before, const float* written, const float* read,
                         const float* free_gates, float* usage, int heads, int stride) {
#pragma omp simd
    for (int i = 0; i < stride; ++i) usage[i] = 1 - (1 - before[i]) * (1 - written[i]);
    for (int r = 0; r < heads; ++r)
        for (int i = 0; i < stride; ++i) usage[i] *= 1 - free_gates[r] * read[r * stride + i];
}

// Backward pass of update_usage. Changes usage_grad from the gradient after the step to that before it, sets
// write_weights_grad (zeros if usage is a constant of the write), and adds to read_weights_grad. products
// [(heads + 2) * stride] is workspace.
static void update_usage_backward(const float* before, const float* written, const float* read,
                                  const float* free_gates, float* usage_grad, float* write_weights_grad,
                                  float* read_weights_grad, float* free_grad, float* products, bool constant,
                                  int heads, int stride) {
    std::fill(products, products + stride, 1.0f);
    for (int r = 0; r < heads; ++r)
        for (int i = 0; i < stride; ++i)
            products[(r + 1) * stride + i] =
                products[r * stride + i] * (1 - free_gates[r] * read[r * stride + i]);
    const float* kept = products + heads * stride;
    float* by_kept = products + (heads + 1) * stride;
#pragma omp simd
    for (int i = 0; i < stride; ++i) {
        const float used = 1 - (1 - before[i]) * (1 - written[i]);
        const float by_used = usage_grad[i] * kept[i];
        by_kept[i] = usage_grad[i] * used;
        usage_grad[i] = by_used * (1 - written[i]);
        write_weights_grad[i] = constant ? 0 : by_used * (1 - before[i]);
    }
    for (int r = heads - 1; r >= 0; --r) {  // by_kept collects the factors of the heads above
        const float gate = free_gates[r];
        float by_gate = 0;
#pragma omp simd reduction(+ : by_gate)
        for (int i = 0; i < stride; ++i) {
            const float by_factor = by_kept[i] * products[r * stride + i];
            by_gate -= by_factor * read[r * stride + i];
            read_weights_grad[r * stride + i] -= by_factor * gate;
            by_kept[i] *= 1 - gate * read[r * stride + i];
        }
        free_grad[r] = by_gate;
    }
}
