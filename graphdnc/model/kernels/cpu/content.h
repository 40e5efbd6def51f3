// What heads look for: keys and masks taken from the interface vector, and the scores of rows against them.
#pragma once

#include <algorithm>
#include <type_traits>

#include "episode.h"
#include "memory.h"

namespace {

// Keys [count][W] with their masks taken in, and their squared lengths [count].
struct Looks {
    const float* keys;
    const float* masks;  // or null
    float* looked;
    float* squares;  // or null
    float* lengths;
    int64_t width;

    Looks(const float* keys, const float* masks, int64_t count, int64_t width, Room& room)
        : keys(keys), masks(masks), looked(room.take(count * width)),
          squares(masks ? room.take(count * width) : nullptr), lengths(room.take(count)), width(width) {
        for (int64_t i = 0; i < count * width; ++i) looked[i] = keys[i];
        if (masks)
            for (int64_t i = 0; i < count * width; ++i) {
                squares[i] = masks[i] * masks[i];
                looked[i] *= squares[i];
            }
        for (int64_t r = 0; r < count; ++r) {
            float total = 0;
            for (int64_t w = r * width; w < (r + 1) * width; ++w) total += keys[w] * looked[w];
            lengths[r] = total;
        }
    }
    Keys from(int64_t head) const {
        return {looked + head * width, squares ? squares + head * width : nullptr};
    }
    // Gradients of key and mask of one head from sums over the rows (memory.h) and that of the key's length.
    void back(int64_t head, const float* rows, const float* row_squares, float length_back, float* keys_back,
              float* masks_back) const {
        for (int64_t w = 0; w < width; ++w) {
            const int64_t at = head * width + w;
            const float key = keys[at], square = squares ? squares[at] : 1;
            keys_back[at] = square * (rows[w] + 2 * key * length_back);
            if (masks) {
                const float by_square = key * rows[w] - 0.5f * row_squares[w] + key * key * length_back;
                masks_back[at] = 2 * masks[at] * by_square;
            }
        }
    }
};

// Call function<HEADS>(first head) for groups of heads that fill the registers.
template <class Function>
void by_groups(int64_t heads, Function function) {
    for (int64_t first = 0; first < heads; first += MOST_HEADS) {
        switch (std::min<int64_t>(MOST_HEADS, heads - first)) {
            case 1: function(std::integral_constant<int, 1>(), first); break;
            case 2: function(std::integral_constant<int, 2>(), first); break;
            case 3: function(std::integral_constant<int, 3>(), first); break;
            default: function(std::integral_constant<int, 4>(), first);
        }
    }
}

// Score rows against all keys, writing first if asked to. Lengths are [heads][stride] with masks.
void score_all(float* memory, const Write* write, const Looks& looks, int64_t heads, float* dots,
               float* lengths, int64_t width, int64_t stride) {
    by_groups(heads, [&](auto count, int64_t first) {
        constexpr int HEADS = decltype(count)::value;
        const Write* now = first == 0 ? write : nullptr;
        if (looks.masks)
            score<HEADS, true>(memory, now, looks.from(first), dots + first * stride,
                               lengths + first * stride, width, stride);
        else
            score<HEADS, false>(memory, now, looks.from(first), dots + first * stride, lengths, width, stride);
    });
}

Looks read_looks(const Sizes& z, const float* told, Room& room) {
    return Looks(told + z.read_keys, z.read_masks < 0 ? nullptr : told + z.read_masks, z.heads, z.width, room);
}

Looks write_looks(const Sizes& z, const float* told, Room& room) {
    return Looks(told + z.write_key, z.write_mask < 0 ? nullptr : told + z.write_mask, 1, z.width, room);
}

}  // namespace
