// Passes over the temporal links of one episode, [rows][stride]. Each pass reads the links once. Rows are
// processed in blocks, and their number is padded to whole blocks. There may be fewer rows with links than
// rows of memory: weightings are of all rows, `apart` numbers from one head to the next.
#pragma once

#include <algorithm>

#include "lanes.h"

constexpr int ROW_BLOCK = 4;
constexpr int AT_ONCE = LANES == 16 ? 4 : 2;  // rows in one pass, as registers allow
constexpr int BACK_BLOCK = 2;
constexpr int AHEAD = 16;

// Ones around a zero, loaded so that the zero is on the diagonal.
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

// The links after a write: (1 - w_i - w_j) L_ij + w_i p_j. The caller clears the diagonal.
INLINE V linked(V before, V onto, V off, V precedence) {
    return before * (1.0f - onto - off) + onto * precedence;
}

static void update_links(const float* before, float* after, const float* written, const float* precedence,
                         int rows, int stride) {
    for (int i = 0; i < rows; ++i) {
        const int64_t row = static_cast<int64_t>(i) * stride;
        for (int j = 0; j < stride; j += LANES)
            store(after + row + j,
                  linked(load(before + row + j), splat(written[i]), load(written + j), load(precedence + j)));
        after[row + i] = 0;
    }
}

// Almost all links are zero, because a row is linked only to the row written before it. For each block of
// rows, a word has one bit for each range of columns; the bit is set if a link in that range may not be zero.
INLINE int columns_of_a_bit(int stride) { return PAD * ((stride / PAD + 63) / 64); }

// The bits of the column ranges in which a row of numbers is not zero.
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
        bits =
            (i % ROW_BLOCK ? bits : 0) | columns_with_any(links + static_cast<int64_t>(i) * stride, stride);
    }
}

// Update the links (UPDATE: in the first pass of a step), then follow them from the rows read last: forward =
// L r, which is set, and backward = L^T r, which is added to, each [HEADS][apart].
template <int HEADS, bool UPDATE>
static void follow(float* links, uint64_t* linked_columns, const float* written, const float* precedence,
                   const float* read, float* forward, float* backward, int rows, int stride, int apart) {
    const uint64_t preceding = UPDATE ? columns_with_any(precedence, stride) : 0;
    const int columns = columns_of_a_bit(stride);
    for (int i = 0; i < rows; i += AT_ONCE) {
        float* block = links + static_cast<int64_t>(i) * stride;
        uint64_t& linked_here = linked_columns[i / ROW_BLOCK];
        V onto[AT_ONCE], here[AT_ONCE][HEADS], ahead[AT_ONCE][MOST_HEADS] = {};
        for (int a = 0; a < AT_ONCE; ++a) {
            onto[a] = splat(written[i + a]);
            if (UPDATE && written[i + a] != 0) linked_here |= preceding;
            for (int r = 0; r < HEADS; ++r) here[a][r] = splat(read[r * apart + i + a]);
        }
        for (uint64_t left = linked_here; left; left &= left - 1) {
            const int first = __builtin_ctzll(left) * columns, end = std::min(first + columns, stride);
            for (int j = first; j < end; j += LANES) {
                V link[AT_ONCE];
                for (int a = 0; a < AT_ONCE; ++a) link[a] = load(block + a * stride + j);
                if (UPDATE) {
                    const V off = load(written + j), before = load(precedence + j);
                    for (int a = 0; a < AT_ONCE; ++a) link[a] = linked(link[a], onto[a], off, before);
                    if (on_diagonal(i, j))
                        for (int a = 0; a < AT_ONCE; ++a) link[a] *= OFF_DIAGONAL.at(i + a, j);
                    for (int a = 0; a < AT_ONCE; ++a) store(block + a * stride + j, link[a]);
                }
                for (int r = 0; r < HEADS; ++r) {
                    const V from = in_register(load(read + r * apart + j));
                    V behind = load(backward + r * apart + j);
                    for (int a = 0; a < AT_ONCE; ++a) {
                        ahead[a][r] += link[a] * from;
                        behind += link[a] * here[a][r];
                    }
                    store(backward + r * apart + j, behind);
                }
            }
        }
        for (int a = 0; a < AT_ONCE; ++a) {
            float sums[4];
            sum4(ahead[a], sums);
            for (int r = 0; r < HEADS; ++r) forward[r * apart + i + a] = sums[r];
        }
    }
}

// The backward pass of `follow`. Heads are [HEADS][apart]. `links_before` [rows][stride] and `precedence` are
// those before the write; `read` are the read weights before the step, `read_ahead` the same times the forward
// mode, `backward_modes` the modes of the backward weighting. Sets against = L read_weights_grad; adds to along
// = L^T read_weights_grad and, with LAST, to write_weights_grad and precedence_grad [stride]. With LAST all
// heads have added their part of links_grad, so it also goes through the update: to that before the write.
template <int HEADS, bool LAST>
static void follow_backward(const float* __restrict links_before, const float* __restrict written,
                            const float* __restrict precedence, const float* read,
                            const float* __restrict read_weights_grad, const float* backward_modes,
                            const float* __restrict read_ahead, float* __restrict links_grad,
                            float* __restrict along, float* against_grad,
                            float* __restrict write_weights_grad, float* __restrict precedence_grad, int rows,
                            int stride, int apart) {
    for (int i = 0; i < rows; i += BACK_BLOCK) {
        const float* __restrict before = links_before + static_cast<int64_t>(i) * stride;
        float* __restrict grad = links_grad + static_cast<int64_t>(i) * stride;
        V against[BACK_BLOCK][MOST_HEADS] = {}, onto_grad[BACK_BLOCK] = {}, onto[BACK_BLOCK];
        V here[BACK_BLOCK][HEADS], behind[BACK_BLOCK][HEADS];
        for (int a = 0; a < BACK_BLOCK; ++a) {
            onto[a] = splat(written[i + a]);
            for (int r = 0; r < HEADS; ++r) {
                here[a][r] = splat(read_weights_grad[r * apart + i + a]);
                behind[a][r] = splat(backward_modes[r] * read[r * apart + i + a]);
            }
        }
        for (int j = 0; j < stride; j += 2 * LANES) {
            V link[BACK_BLOCK][2], by_link[BACK_BLOCK][2];
            for (int u = 0; u < 2; ++u) {
                const int at = j + u * LANES;
                const V off = load(written + at), earlier = load(precedence + at);
                for (int a = 0; a < BACK_BLOCK; ++a) {
                    fetch(before + (a + AHEAD) * stride + at);
                    fetch(grad + (a + AHEAD) * stride + at);
                    link[a][u] = linked(load(before + a * stride + at), onto[a], off, earlier);
                    by_link[a][u] = load(grad + a * stride + at);
                    if (on_diagonal(i, at)) link[a][u] *= OFF_DIAGONAL.at(i + a, at);
                }
            }
            for (int r = 0; r < HEADS; ++r) {
                V ahead[2], backed[2], sum[2];
                for (int u = 0; u < 2; ++u) {
                    const int at = r * apart + j + u * LANES;
                    ahead[u] = in_register(load(read_ahead + at));
                    backed[u] = in_register(load(read_weights_grad + at));
                    sum[u] = load(along + at);
                }
                for (int a = 0; a < BACK_BLOCK; ++a) {
                    for (int u = 0; u < 2; ++u) {
                        by_link[a][u] += here[a][r] * ahead[u];
                        by_link[a][u] += behind[a][r] * backed[u];
                        against[a][r] += link[a][u] * backed[u];
                        sum[u] += link[a][u] * here[a][r];
                    }
                }
                for (int u = 0; u < 2; ++u) store(along + r * apart + j + u * LANES, sum[u]);
            }
            for (int u = 0; u < 2; ++u) {
                const int at = j + u * LANES;
                if (on_diagonal(i, at))
                    for (int a = 0; a < BACK_BLOCK; ++a) by_link[a][u] *= OFF_DIAGONAL.at(i + a, at);
                if (LAST) {
                    const V off = load(written + at), earlier = load(precedence + at);
                    V off_grad = load(write_weights_grad + at), earlier_grad = load(precedence_grad + at);
                    for (int a = 0; a < BACK_BLOCK; ++a) {
                        const V old = load(before + a * stride + at);
                        onto_grad[a] += by_link[a][u] * (earlier - old);
                        off_grad -= by_link[a][u] * old;
                        earlier_grad += by_link[a][u] * onto[a];
                        by_link[a][u] *= 1.0f - onto[a] - off;
                    }
                    store(write_weights_grad + at, off_grad);
                    store(precedence_grad + at, earlier_grad);
                }
                for (int a = 0; a < BACK_BLOCK; ++a) store(grad + a * stride + at, by_link[a][u]);
            }
        }
        for (int a = 0; a < BACK_BLOCK; ++a) {
            float sums[4];
            sum4(against[a], sums);
            for (int r = 0; r < HEADS; ++r) against_grad[r * apart + i + a] = sums[r];
            if (LAST) write_weights_grad[i + a] += sum(onto_grad[a]);
        }
    }
}
