// The keys of the heads, with their masks, and the scores of rows against them.
#pragma once

#include <algorithm>
#include <type_traits>

#include "episode.h"
#include "memory.h"

namespace {

// The keys [count][W] of some heads with their masks applied, and their squared lengths [count].
struct Keys {
    const float* raw;
    const float* masks;  // or null
    float* masked;       // raw times squared masks
    float* squares;      // squared masks, or null
    float* lengths;
    int64_t width;

    Keys(const float* raw, const float* masks, int64_t count, int64_t width, Workspace& workspace)
        : raw(raw), masks(masks), masked(workspace.take(count * width)),
          squares(masks ? workspace.take(count * width) : nullptr), lengths(workspace.take(count)),
          width(width) {
        for (int64_t i = 0; i < count * width; ++i) masked[i] = raw[i];
        if (masks)
            for (int64_t i = 0; i < count * width; ++i) {
                squares[i] = masks[i] * masks[i];
                masked[i] *= squares[i];
            }
        for (int64_t r = 0; r < count; ++r) {
            float total = 0;
            for (int64_t w = r * width; w < (r + 1) * width; ++w) total += raw[w] * masked[w];
            lengths[r] = total;
        }
    }
    MaskedKeys from(int64_t head) const {
        return {masked + head * width, squares ? squares + head * width : nullptr};
    }
    // Gradients of key and mask of one head, from sums over the rows (memory.h) and the gradient of the key's
    // squared length.
    void backward(int64_t head, const float* rows, const float* row_squares, float length_grad,
                  float* keys_grad, float* masks_grad) const {
        for (int64_t w = 0; w < width; ++w) {
            const int64_t at = head * width + w;
            const float key = raw[at], square = squares ? squares[at] : 1;
            keys_grad[at] = square * (rows[w] + 2 * key * length_grad);
            if (masks) {
                const float by_square = key * rows[w] - 0.5f * row_squares[w] + key * key * length_grad;
                masks_grad[at] = 2 * masks[at] * by_square;
            }
        }
    }
};

// Call function(HEADS, first head) for groups of as many heads as fit in the registers.
template <class Function>
void by_head_groups(int64_t heads, Function function) {
    for (int64_t first = 0; first < heads; first += MOST_HEADS) {
        const int64_t count = std::min<int64_t>(MOST_HEADS, heads - first);
        if (count == 1) function(std::integral_constant<int, 1>(), first);
        else if (count == 2) function(std::integral_constant<int, 2>(), first);
        else if (count == 3) function(std::integral_constant<int, 3>(), first);
        else function(std::integral_constant<int, 4>(), first);
    }
}

// Score rows against all keys; write to the memory first if `write` is given. With masks, lengths are
// [heads][stride].
void score_all(float* memory, const Write* write, const Keys& keys, int64_t heads, float* dots,
               float* lengths, int64_t width, int64_t stride) {
    by_head_groups(heads, [&](auto count, int64_t first) {
        constexpr int HEADS = decltype(count)::value;
        const Write* now = first == 0 ? write : nullptr;
        if (keys.masks)
            score<HEADS, true>(memory, now, keys.from(first), dots + first * stride, lengths + first * stride,
                               width, stride);
        else
            score<HEADS, false>(memory, now, keys.from(first), dots + first * stride, lengths, width, stride);
    });
}

// The keys and masks at these places of the interface vector; a place of -1 is absent.
Keys keys_at(const Sizes& z, const float* interface, int64_t key, int64_t mask, int64_t count,
             Workspace& workspace) {
    return Keys(interface + key, mask < 0 ? nullptr : interface + mask, count, z.width, workspace);
}

}  // namespace
