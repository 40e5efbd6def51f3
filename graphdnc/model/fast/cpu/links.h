// Passes over one episode's temporal links, [rows][stride]: each goes over them once and does all there is
// to do. Rows come in blocks, and their number is padded to a whole number of blocks. Links may be among fewer
// rows than the memory has; weightings are of all, so from one head's to the next there are `apart` numbers.
#pragma once

#include <algorithm>

#include "lanes.h"

constexpr int ROW_BLOCK = 4;
constexpr int BACK_BLOCK = 2;

// Ones around a zero: loaded so that the zero falls on the diagonal.
struct OffDiagonal {
    float values[2 * LANES + 1];
    OffDiagonal() {
        for (float& value : values) value = 1;
        values[LANES] = 0;
    }
    V at(int row, int column) const { return load(values + LANES - (row - column)); }
};
static const OffDiagonal OFF_DIAGONAL;

INLINE bool on_diagonal(int row, int column) { return (row & ~(LANES - 1)) == column; }

// The links after a write: (1 - w_i - w_j) L_ij + w_i p_j. The diagonal is the caller's.
INLINE V linked(V before, float onto, V off, V precedence) {
    return before * (1.0f - onto - off) + onto * precedence;
}

static void update_links(const float* before, float* after, const float* written, const float* precedence,
                         int rows, int stride) {
    for (int i = 0; i < rows; ++i) {
        const int64_t row = static_cast<int64_t>(i) * stride;
        for (int j = 0; j < stride; j += LANES)
            store(after + row + j,
                  linked(load(before + row + j), written[i], load(written + j), load(precedence + j)));
        after[row + i] = 0;
    }
}

// Hardly a link is there: a row is linked to the one written before it. For each block of rows a word says in
// which columns there may be any, a bit for so many columns that all bits are enough.
INLINE int columns_of_a_bit(int stride) { return PAD * ((stride / PAD + 63) / 64); }

// The bits of the columns in which a row of numbers is not zero.
static uint64_t columns_with_any(const float* values, int stride) {
    const int columns = columns_of_a_bit(stride);
    uint64_t bits = 0;
    for (int j = 0; j < stride; j += LANES)
        if (!nothing(load(values + j))) bits |= uint64_t{1} << (j / columns);
    return bits;
}

static void find_links(const float* links, uint64_t* linked_columns, int rows, int stride) {
    for (int i = 0; i < rows; ++i) {
        uint64_t& bits = linked_columns[i / ROW_BLOCK];
        bits = (i % ROW_BLOCK ? bits : 0) | columns_with_any(links + static_cast<int64_t>(i) * stride, stride);
    }
}

// Update the links (UPDATE: the first pass of a step), then follow them from the rows read before:
// forward = L r and backward = L^T r, each [HEADS][apart]; backward is added to.
template <int HEADS, bool UPDATE>
static void follow(float* links, uint64_t* linked_columns, const float* written, const float* precedence,
                   const float* read, float* forward, float* backward, int rows, int stride, int apart) {
    const uint64_t preceding = UPDATE ? columns_with_any(precedence, stride) : 0;
    const int columns = columns_of_a_bit(stride);
    for (int i = 0; i < rows; i += ROW_BLOCK) {
        float* block = links + static_cast<int64_t>(i) * stride;
        uint64_t& linked_here = linked_columns[i / ROW_BLOCK];
        if (UPDATE)
            for (int a = 0; a < ROW_BLOCK; ++a)
                if (written[i + a] != 0) linked_here |= preceding;
        V ahead[ROW_BLOCK][MOST_HEADS] = {};
        for (uint64_t left = linked_here; left; left &= left - 1) {
            const int first = __builtin_ctzll(left) * columns, end = std::min(first + columns, stride);
            for (int j = first; j < end; j += LANES) {
                const V off = load(written + j), before = load(precedence + j);
                V from[HEADS], back[HEADS];
                for (int r = 0; r < HEADS; ++r) {
                    from[r] = load(read + r * apart + j);
                    back[r] = load(backward + r * apart + j);
                }
                for (int a = 0; a < ROW_BLOCK; ++a) {
                    V link = load(block + a * stride + j);
                    if (UPDATE) {
                        link = linked(link, written[i + a], off, before);
                        if (on_diagonal(i + a, j)) link *= OFF_DIAGONAL.at(i + a, j);
                        store(block + a * stride + j, link);
                    }
                    for (int r = 0; r < HEADS; ++r) {
                        ahead[a][r] += link * from[r];
                        back[r] += link * read[r * apart + i + a];
                    }
                }
                for (int r = 0; r < HEADS; ++r) store(backward + r * apart + j, back[r]);
            }
        }
        for (int a = 0; a < ROW_BLOCK; ++a) {
            float sums[4];
            sum4(ahead[a], sums);
            for (int r = 0; r < HEADS; ++r) forward[r * apart + i + a] = sums[r];
        }
    }
}

// What the way back through the links needs and gives. Heads [HEADS][apart]; read modes are those of the
// backward and forward weightings.
struct LinksBack {
    const float* before;      // [rows][stride], the links before the write
    const float* written;     // [stride]
    const float* precedence;  // [stride], before the write
    const float* read;        // the rows read before
    const float* read_back;   // the gradient of the rows read now
    const float* backward_mode;
    const float* forward_mode;
    float* links_back;       // [rows][stride], in: of the links after; out: of those before
    float* along;            // L^T read_back, added to
    float* against;          // L read_back, set
    float* written_back;     // [stride], added to
    float* precedence_back;  // [stride], added to
};

// LAST: all heads have given their share of the gradient, go back through the update.
template <int HEADS, bool LAST>
static void follow_back(const LinksBack& g, int rows, int stride, int apart) {
    for (int i = 0; i < rows; i += BACK_BLOCK) {
        const float* before = g.before + static_cast<int64_t>(i) * stride;
        float* back = g.links_back + static_cast<int64_t>(i) * stride;
        V against[BACK_BLOCK][MOST_HEADS] = {}, onto[BACK_BLOCK] = {};
        float ahead[BACK_BLOCK][HEADS], behind[BACK_BLOCK][HEADS];
        for (int a = 0; a < BACK_BLOCK; ++a) {
            for (int r = 0; r < HEADS; ++r) {
                ahead[a][r] = g.forward_mode[r] * g.read_back[r * apart + i + a];
                behind[a][r] = g.backward_mode[r] * g.read[r * apart + i + a];
            }
        }
        for (int j = 0; j < stride; j += LANES) {
            const V off = load(g.written + j), earlier = load(g.precedence + j);
            V read[HEADS], read_back[HEADS], along[HEADS];
            for (int r = 0; r < HEADS; ++r) {
                read[r] = load(g.read + r * apart + j);
                read_back[r] = load(g.read_back + r * apart + j);
                along[r] = load(g.along + r * apart + j);
            }
            V off_back = {}, earlier_back = {};
            if (LAST) off_back = load(g.written_back + j), earlier_back = load(g.precedence_back + j);
            for (int a = 0; a < BACK_BLOCK; ++a) {
                const float weight = g.written[i + a];
                const V old = load(before + a * stride + j);
                V link = linked(old, weight, off, earlier);
                V by_link = load(back + a * stride + j);
                for (int r = 0; r < HEADS; ++r) by_link += ahead[a][r] * read[r] + behind[a][r] * read_back[r];
                if (on_diagonal(i + a, j)) {
                    link *= OFF_DIAGONAL.at(i + a, j);
                    by_link *= OFF_DIAGONAL.at(i + a, j);
                }
                for (int r = 0; r < HEADS; ++r) {
                    against[a][r] += link * read_back[r];
                    along[r] += link * g.read_back[r * apart + i + a];
                }
                if (LAST) {
                    const V by_keeping = by_link * old;
                    onto[a] += by_link * earlier - by_keeping;
                    off_back -= by_keeping;
                    earlier_back += by_link * weight;
                    by_link *= 1.0f - weight - off;
                }
                store(back + a * stride + j, by_link);
            }
            for (int r = 0; r < HEADS; ++r) store(g.along + r * apart + j, along[r]);
            if (LAST) {
                store(g.written_back + j, off_back);
                store(g.precedence_back + j, earlier_back);
            }
        }
        for (int a = 0; a < BACK_BLOCK; ++a) {
            float sums[4];
            sum4(against[a], sums);
            for (int r = 0; r < HEADS; ++r) g.against[r * apart + i + a] = sums[r];
            if (LAST) g.written_back[i + a] += sum(onto[a]);
        }
    }
}
