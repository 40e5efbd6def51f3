// The way back through one step of one episode: the memory, and the controller's cell. Memory and links before
// the step are made again from those some steps earlier.
#pragma once

#include "addressing.h"
#include "content.h"
#include "episode.h"
#include "interface.h"
#include "kept.h"
#include "links.h"
#include "memory.h"

namespace {

// The gradient of the carried state after so many steps.
float* carried_back(const Episode& e, const Back& back, int64_t steps) {
    return back.carried_back + (steps % 2 * e.z.batch + e.index) * carried_size(e.z);
}
float* told_back(const Episode& e, const Back& back) {
    return back.told_back + ((e.step - back.first) * e.z.batch + e.index) * e.z.told;
}
float* gates_back(const Episode& e, const Back& back) {
    return back.gates_back + ((e.step - back.first) * e.z.batch + e.index) * 4 * e.z.hidden;
}

// What the way back through one episode's step works with.
struct StepBack {
    const Episode& e;
    const Back& back;
    Written before;
    Room& room;
    const Sizes& z = e.z;
    const float* told = e.told();
    float* told_back = ::told_back(e, back);
    float* memory_back = back.memory_back + e.index * z.width * z.stride;
    float* usage_back = back.usage_back + e.index * z.stride;
    float* written_back = back.written_back + e.index * z.stride;
    float* read_back = back.read_back + e.index * z.heads * z.stride;

    // The reads and the content weighting of the read heads; then the write itself.
    void read_and_write() {
        const int64_t many = z.heads * z.stride;
        float* memory = room.take(z.width * z.stride);
        write_rows(before.memory, memory, e.write(), z.width, z.stride);
        const Looks looks = read_looks(z, told, room);
        float *dots = room.take(many), *lengths = room.take(many);
        score_all(memory, nullptr, looks, z.heads, dots, lengths, z.width, z.stride);
        const float* reads_back = carried_back(e, back, e.step + 1);
        by_groups(z.heads, [&](auto count, int64_t first) {
            read_rows_back<decltype(count)::value>(memory, reads_back + first * z.width,
                                                   read_back + first * z.stride, z.width, z.stride);
        });
        float *by_dot = room.take(many), *by_length = room.zeros(looks.masks ? many : 2 * z.stride);
        float* length_back = room.take(z.heads);
        for (int64_t r = 0; r < z.heads; ++r) {
            const int64_t at = r * z.stride, own = looks.masks ? at : 0;
            const float *content = e.content() + at, *modes = read_modes(z, told, r);
            const AttendBack found = attend_back(content, read_back + at, modes[1], dots + at, lengths + own,
                                                 looks.lengths[r], told[z.read_strengths + r], by_dot + at,
                                                 by_length + own, z.stride);
            if (linked(z)) told_back[z.read_modes + 3 * r + 1] = found.factor;
            told_back[z.read_strengths + r] = found.strength;
            length_back[r] = found.key_length;
        }
        float *sums = room.take(z.heads * z.width), *squares = room.take(z.heads * z.width);
        const float *read = e.read(e.step + 1), *nothing = by_length + z.stride;
        by_groups(z.heads, [&](auto count, int64_t first) {
            constexpr int HEADS = decltype(count)::value;
            const int64_t at = first * z.stride, key = first * z.width;
            const bool masked = looks.masks;
            // without masks all heads' share of by_length is one, and goes with the first group
            const float* own = masked ? by_length + at : first == 0 ? by_length : nothing;
            const auto pass = masked ? score_back<HEADS, true, true> : score_back<HEADS, false, true>;
            pass(memory, memory_back, looks.from(first), {by_dot + at, own}, read + at, reads_back + key,
                 {sums + key, squares + key}, z.width, z.stride);
        });
        for (int64_t r = 0; r < z.heads; ++r)
            looks.back(r, sums + r * z.width, squares + r * z.width, length_back[r], told_back + z.read_keys,
                       told_back + z.read_masks);
        write_back(before.memory, memory_back, e.write(), written_back, told_back + z.erase,
                   told_back + z.write_vector, z.width, z.stride);
    }

    // Links and precedence; read_back turns into the gradient of the rows read before.
    void link() {
        if (!linked(z)) return std::fill(read_back, read_back + z.heads * z.stride, 0.0f);
        const int64_t many = z.heads * z.stride;
        float *along = room.zeros(many), *against = room.zeros(many), *ahead = room.take(many);
        float* modes = room.take(2 * z.heads);
        float* precedence_back = back.precedence_back + e.index * z.link_stride;
        float* linking_back = e.tape.linkable ? room.zeros(z.link_stride) : written_back;
        const float *linking = e.linking(e.step + 1), *read = e.read(e.step);
        for (int64_t r = 0; r < z.heads; ++r) {
            modes[r] = told[z.read_modes + 3 * r];
            modes[z.heads + r] = told[z.read_modes + 3 * r + 2];
            for (int64_t i = r * z.stride; i < (r + 1) * z.stride; ++i) ahead[i] = modes[z.heads + r] * read[i];
        }
        const float left = unwritten(e.written(e.step + 1), z.stride);
        const float by_left =
            update_precedence_back(before.precedence, left, precedence_back, linking_back, z.link_stride);
        by_groups(z.heads, [&](auto count, int64_t first) {
            constexpr int HEADS = decltype(count)::value;
            const int64_t at = first * z.stride + z.link_first, block = z.link_rows * z.link_stride;
            const LinksBack g = {before.links, linking, before.precedence, read + at, read_back + at,
                                 modes + first, ahead + at, back.links_back + e.index * block,
                                 along + at, against + at, linking_back, precedence_back};
            const auto pass = first + HEADS == z.heads ? follow_back<HEADS, true> : follow_back<HEADS, false>;
            pass(g, z.link_rows, z.link_stride, z.stride);
        });
        for (int64_t i = 0; i < z.rows; ++i) written_back[i] -= by_left;
        if (linking_back != written_back)
            for (int64_t i = e.unlinked(); i < z.link_stride; ++i)
                written_back[z.link_first + i] += linking_back[i];
        for (int64_t r = 0; r < z.heads; ++r) {
            const float backward = modes[r], forward = modes[z.heads + r];
            float by_backward = 0, by_forward = 0;
#pragma omp simd reduction(+ : by_backward, by_forward)
            for (int64_t i = r * z.stride; i < (r + 1) * z.stride; ++i) {
                by_backward += read[i] * against[i];
                by_forward += read[i] * along[i];
                read_back[i] = backward * against[i] + forward * along[i];
            }
            told_back[z.read_modes + 3 * r] = by_backward;
            told_back[z.read_modes + 3 * r + 2] = by_forward;
        }
    }

    // The content weighting of the write head, from its gradient.
    void look_up(const float* content_back) {
        const Looks looks = write_looks(z, told, room);
        float *dots = room.take(z.stride), *lengths = room.take(z.stride);
        float *by_dot = room.take(z.stride), *by_length = room.zeros(z.stride);
        score_all(before.memory, nullptr, looks, 1, dots, lengths, z.width, z.stride);
        const AttendBack found = attend_back(e.write_content(), content_back, 1, dots, lengths,
                                             looks.lengths[0], told[z.write_strength], by_dot, by_length,
                                             z.stride);
        told_back[z.write_strength] = found.strength;
        float *sums = room.take(z.width), *squares = room.take(z.width);
        const auto pass = looks.masks ? score_back<1, true, false> : score_back<1, false, false>;
        pass(before.memory, memory_back, looks.from(0), {by_dot, by_length}, nullptr, nullptr, {sums, squares},
             z.width, z.stride);
        looks.back(0, sums, squares, found.key_length, told_back + z.write_key, told_back + z.write_mask);
    }

    // Write gate, allocation and content, then usage and what was freed.
    void choose_rows() {
        const float open = told[z.write_gate], *usage = e.usage(e.step + 1);
        const int32_t* order = e.order(e.step + 1);
        const float share = z.write_key < 0 ? 1 : told[z.allocation_gate];
        float *places = room.take(z.stride), *places_back = room.take(z.stride);
        allocate(usage, order, places, z.rows);
        float by_gate = 0, by_share = 0;
        const float* content = z.write_key < 0 ? places : e.write_content();
#pragma omp simd reduction(+ : by_gate, by_share)
        for (int64_t i = 0; i < z.rows; ++i) {
            by_gate += written_back[i] * (share * places[i] + (1 - share) * content[i]);
            by_share += written_back[i] * (places[i] - content[i]);
            places_back[i] = written_back[i] * open * share;
        }
        told_back[z.write_gate] = by_gate;
        if (z.write_key >= 0) {
            told_back[z.allocation_gate] = by_share * open;
            float* content_back = room.zeros(z.stride);
            for (int64_t i = 0; i < z.rows; ++i) content_back[i] = written_back[i] * open * (1 - share);
            look_up(content_back);
        }
        allocate_back(usage, order, places_back, usage_back, places, z.rows);
        float* products = room.take((z.heads + 2) * z.stride);
        use_back(e.usage(e.step), e.written(e.step), e.read(e.step), told + z.free_gates, usage_back,
                 written_back, read_back, told_back + z.free_gates, products, z.stop_usage_gradient, z.heads,
                 z.stride);
    }
};

void step_memory_back(const Episode& e, const Back& back, Written before) {
    const Sizes& z = e.z;
    if (!e.active()) {
        std::memset(told_back(e, back), 0, z.told * sizeof(float));
        return;
    }
    Room room(2 * room_of(z));
    StepBack step{e, back, before, room};
    step.read_and_write();
    step.link();
    step.choose_rows();
    bring_back(z, e.told(), told_back(e, back));
}

// The gradient of the LSTM's gates before their squashing, and of its cell before the step; and what of the
// gradient of the carried state before the step does not come through weights.
void step_cell_back(const Episode& e, const Back& back) {
    const Sizes& z = e.z;
    const int64_t n = z.hidden, carried = carried_size(z);
    float *gates_back = ::gates_back(e, back), *before_back = carried_back(e, back, e.step);
    const float* after_back = carried_back(e, back, e.step + 1);
    if (e.step > 0 && back.outside)
        std::memcpy(before_back, back.outside + ((e.step - 1) * z.batch + e.index) * carried,
                    carried * sizeof(float));
    else
        std::memset(before_back, 0, carried * sizeof(float));
    if (!e.active()) {
        std::memset(gates_back, 0, 4 * n * sizeof(float));
        for (int64_t i = 0; i < carried; ++i) before_back[i] += after_back[i];
        return;
    }
    const float *gates = e.gates(), *before = e.cell(e.step), *hidden_back = after_back + z.heads * z.width;
    float *cell_back = back.cell_back + e.index * n, *bent = gates_back + 3 * n;
    std::memcpy(bent, e.cell(e.step + 1), n * sizeof(float));
    apply(bent, static_cast<int>(n), [](V x) { return hyperbolic(x); });
#pragma omp simd
    for (int64_t i = 0; i < n; ++i) {
        const float enter = gates[i], forget = gates[n + i], candidate = gates[2 * n + i];
        const float leave = gates[3 * n + i];
        const float by_cell = cell_back[i] + hidden_back[i] * leave * (1 - bent[i] * bent[i]);
        gates_back[3 * n + i] = hidden_back[i] * bent[i] * gate_back(leave);
        gates_back[i] = by_cell * candidate * gate_back(enter);
        gates_back[n + i] = by_cell * before[i] * gate_back(forget);
        gates_back[2 * n + i] = by_cell * enter * (1 - candidate * candidate);
        cell_back[i] = by_cell * forget;
    }
}

}  // namespace
