// The recurrent part of the DNC on a CPU, forward and back: one call does one step of all episodes.
//
// An episode's memory and links are gone over as few times as the order of the equations allows (memory.h,
// links.h); what needs all episodes at once, the products with weight matrices, is apart (products.h).
// Memory and links before a step are not kept for the way back but for a few steps; they are made again from
// those and the weights with which rows were written, in room that stays in the cache.
//
// Episodes that are not active keep their state to the bit and have no part in any gradient.

#include "addressing.h"
#include "episode.h"
#include "links.h"
#include "memory.h"
#include "products.h"

namespace {

// --- the interface vector ---------------------------------------------------------------------------------

float one_plus(float x) { return 1 + (x > 20 ? x : std::log1p(std::exp(x))); }
float one_plus_back(float y) { return 1 - std::exp(1 - y); }
void gate(float* values, int64_t n) {
    apply(values, static_cast<int>(n), [](V x) { return sigmoid(x); });
}
void mask(float* values, int64_t n) {
    apply(values, static_cast<int>(n), [](V x) { return MASK_FLOOR + (1 - MASK_FLOOR) * sigmoid(x); });
}
float gate_back(float y) { return y * (1 - y); }
float mask_back(float y) { return (y - MASK_FLOOR) * (1 - y) / (1 - MASK_FLOOR); }

// Whether there are temporal links; without, heads read by content alone, and their one mode is always 1.
bool linked(const Sizes& z) { return z.links; }

const float* read_modes(const Sizes& z, const float* told, int64_t head) {
    static constexpr float by_content[] = {0, 1, 0};
    return linked(z) ? told + z.read_modes + 3 * head : by_content;
}

// Bring each part into its range (paper, Methods), in place.
void bring_into_range(const Sizes& z, float* told) {
    gate(told + z.write_gate, 1);
    gate(told + z.erase, z.width);
    gate(told + z.free_gates, z.heads);
    for (int64_t r = 0; r < z.heads; ++r) {
        float& strength = told[z.read_strengths + r];
        strength = one_plus(strength);
        if (!linked(z)) continue;
        float* modes = told + z.read_modes + 3 * r;
        const float top = std::max({modes[0], modes[1], modes[2]});
        float total = 0;
        for (int k = 0; k < 3; ++k) total += modes[k] = std::exp(modes[k] - top);
        for (int k = 0; k < 3; ++k) modes[k] /= total;
    }
    if (z.read_masks >= 0) mask(told + z.read_masks, z.heads * z.width);
    if (z.write_key < 0) return;
    told[z.write_strength] = one_plus(told[z.write_strength]);
    gate(told + z.allocation_gate, 1);
    if (z.write_mask >= 0) mask(told + z.write_mask, z.width);
}

// From the gradient of the parts in their ranges to that of the interface vector, in place.
void bring_back(const Sizes& z, const float* told, float* back) {
    const auto gates = [&](int64_t from, int64_t n) {
        for (int64_t i = from; i < from + n; ++i) back[i] *= gate_back(told[i]);
    };
    const auto masks = [&](int64_t from, int64_t n) {
        for (int64_t i = from; i < from + n; ++i) back[i] *= mask_back(told[i]);
    };
    gates(z.write_gate, 1);
    gates(z.erase, z.width);
    gates(z.free_gates, z.heads);
    for (int64_t r = 0; r < z.heads; ++r) {
        back[z.read_strengths + r] *= one_plus_back(told[z.read_strengths + r]);
        if (!linked(z)) {
            back[z.read_modes + r] = 0;
            continue;
        }
        const float* modes = told + z.read_modes + 3 * r;
        float* modes_back = back + z.read_modes + 3 * r;
        const float inner = modes[0] * modes_back[0] + modes[1] * modes_back[1] + modes[2] * modes_back[2];
        for (int k = 0; k < 3; ++k) modes_back[k] = modes[k] * (modes_back[k] - inner);
    }
    if (z.read_masks >= 0) masks(z.read_masks, z.heads * z.width);
    if (z.write_key < 0) return;
    back[z.write_strength] *= one_plus_back(told[z.write_strength]);
    gates(z.allocation_gate, 1);
    if (z.write_mask >= 0) masks(z.write_mask, z.width);
}

// --- keys -------------------------------------------------------------------------------------------------

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

int64_t room_of(const Sizes& z) {
    return (16 + 10 * z.heads) * (z.stride + PAD) + (16 + 8 * z.heads) * (z.width + PAD) + z.width * z.stride;
}

// --- a step forward ---------------------------------------------------------------------------------------

void hold(const Episode& e) {
    const Sizes& z = e.z;
    std::memcpy(e.reads(e.step + 1), e.reads(e.step), z.heads * z.width * sizeof(float));
    std::memcpy(e.usage(e.step + 1), e.usage(e.step), z.stride * sizeof(float));
    std::memcpy(e.order(e.step + 1), e.order(e.step), z.rows * sizeof(int32_t));
    std::memcpy(e.written(e.step + 1), e.written(e.step), z.stride * sizeof(float));
    std::memcpy(e.read(e.step + 1), e.read(e.step), z.heads * z.stride * sizeof(float));
}

// Free, allocate, and say with which weights rows are written.
void choose_rows(const Episode& e, Room& room) {
    const Sizes& z = e.z;
    const float* told = e.told();
    float* usage = e.usage(e.step + 1);
    float* written = e.written(e.step + 1);
    use(e.usage(e.step), e.written(e.step), e.read(e.step), told + z.free_gates, usage, z.heads, z.stride);
    std::memcpy(e.order(e.step + 1), e.order(e.step), z.rows * sizeof(int32_t));
    order_rows(usage, e.order(e.step + 1), z.rows);
    allocate(usage, e.order(e.step + 1), written, z.rows);
    std::fill(written + z.rows, written + z.stride, 0.0f);
    const float open = told[z.write_gate];
    if (z.write_key < 0) {
        for (int64_t i = 0; i < z.stride; ++i) written[i] *= open;
        return;
    }
    const Looks looks = write_looks(z, told, room);
    float *dots = room.take(z.stride), *lengths = room.take(z.stride), *content = e.write_content();
    score_all(e.memory(), nullptr, looks, 1, dots, lengths, z.width, z.stride);
    attend(dots, lengths, looks.lengths[0], told[z.write_strength], e.known_usage(), content, z.rows, z.stride);
    const float share = told[z.allocation_gate];
    // up to the stride: were there single rows after the last vector, they might round otherwise, and rows
    // that are used equally would no longer be
    for (int64_t i = 0; i < z.stride; ++i) written[i] = open * (share * written[i] + (1 - share) * content[i]);
}

// What links see of a write: to rows that cannot be linked nothing was written.
void choose_linking(const Episode& e) {
    if (!e.tape.linkable) return;
    float* linking = e.linking(e.step + 1);
    const float* written = e.written(e.step + 1) + e.z.link_first;
    std::fill(linking, linking + e.unlinked(), 0.0f);
    std::copy(written + e.unlinked(), written + e.z.link_stride, linking + e.unlinked());
}

// Update links and precedence, and follow the links from the rows read before.
void link(const Episode& e, float* forward, float* backward) {
    const Sizes& z = e.z;
    float *precedence = e.precedence(), *links = e.links();
    const float *written = e.written(e.step + 1), *linking = e.linking(e.step + 1), *read = e.read(e.step);
    by_groups(z.heads, [&](auto count, int64_t first) {
        constexpr int HEADS = decltype(count)::value;
        const auto pass = first == 0 ? follow<HEADS, true> : follow<HEADS, false>;
        const int64_t at = first * z.stride + z.link_first;
        pass(links, e.linked_columns(), linking, precedence, read + at, forward + at, backward + at, z.link_rows, z.link_stride,
             z.stride);
    });
    update_precedence(precedence, linking, unwritten(written, z.stride), precedence, z.link_stride);
}

// Which rows hold something, the row just written included; a constant to the gradient.
const float* readable(const Episode& e, Room& room) {
    if (!e.z.written_rows_only) return nullptr;
    float* known = room.take(e.z.stride);
    const float *usage = e.usage(e.step + 1), *written = e.written(e.step + 1);
    for (int64_t i = 0; i < e.z.stride; ++i) known[i] = 1 - (1 - usage[i]) * (1 - written[i]);
    return known;
}

void step_memory(const Episode& e) {
    if (!e.active()) return hold(e);
    const Sizes& z = e.z;
    Room room(room_of(z));
    bring_into_range(z, e.told());
    choose_rows(e, room);
    choose_linking(e);

    const float* told = e.told();
    const Looks looks = read_looks(z, told, room);
    const Write write = e.write();
    const int64_t many = z.heads * z.stride;
    float *dots = room.take(many), *lengths = room.take(many);
    float *forward = room.zeros(many), *backward = room.zeros(many);
    score_all(e.memory(), &write, looks, z.heads, dots, lengths, z.width, z.stride);
    if (linked(z)) link(e, forward, backward);
    const float* known = readable(e, room);
    float* read = e.read(e.step + 1);
    for (int64_t r = 0; r < z.heads; ++r) {
        const int64_t at = r * z.stride;
        float* content = e.content() + at;
        attend(dots + at, looks.masks ? lengths + at : lengths, looks.lengths[r], told[z.read_strengths + r],
               known, content, z.rows, z.stride);
        const float* modes = read_modes(z, told, r);  // backward, content, forward
#pragma omp simd
        for (int64_t i = 0; i < z.stride; ++i)
            read[at + i] = modes[0] * backward[at + i] + modes[1] * content[i] + modes[2] * forward[at + i];
    }
    by_groups(z.heads, [&](auto count, int64_t first) {
        read_rows<decltype(count)::value>(e.memory(), read + first * z.stride,
                                          e.reads(e.step + 1) + first * z.width, z.width, z.stride);
    });
}

// The LSTM's gates, in place, and its state after the step.
void step_cell(const Episode& e) {
    const int64_t n = e.z.hidden;
    float *gates = e.gates(), *hidden = e.hidden(e.step + 1), *cell = e.cell(e.step + 1);
    const float* before = e.cell(e.step);
    if (!e.active()) {
        std::memcpy(hidden, e.hidden(e.step), n * sizeof(float));
        std::memcpy(cell, before, n * sizeof(float));
        return;
    }
    gate(gates, 2 * n);
    apply(gates + 2 * n, static_cast<int>(n), [](V x) { return hyperbolic(x); });
    gate(gates + 3 * n, n);
#pragma omp simd
    for (int64_t i = 0; i < n; ++i) hidden[i] = cell[i] = gates[n + i] * before[i] + gates[i] * gates[2 * n + i];
    apply(hidden, static_cast<int>(n), [](V x) { return hyperbolic(x); });
    for (int64_t i = 0; i < n; ++i) hidden[i] *= gates[3 * n + i];
}

// --- memories made again ------------------------------------------------------------------------------------

// What a write changes, before some step.
struct Written {
    float *memory, *links, *precedence;

    static Written at(const Sizes& z, const Back& back, int64_t slot, int64_t index) {
        const int64_t place = slot * z.batch + index;
        return {back.memory + place * z.width * z.stride, back.links + place * z.link_rows * z.link_stride,
                back.precedence + place * z.link_stride};
    }
};

// Take the writes of count steps; the result is in `to`, or still in `from` if there was none.
Written advance(const Sizes& z, const Tape& tape, Written from, Written to, int64_t first, int64_t count,
                int64_t index) {
    for (int64_t step = first; step < first + count; ++step) {
        const Episode e{z, tape, step, index};
        if (!e.active()) continue;
        const float *linking = e.linking(step + 1), left = unwritten(e.written(step + 1), z.stride);
        write_rows(from.memory, to.memory, e.write(), z.width, z.stride);
        update_links(from.links, to.links, linking, from.precedence, z.link_rows, z.link_stride);
        update_precedence(from.precedence, linking, left, to.precedence, z.link_stride);
        from = to;
    }
    return from;
}

// Fill all slots of a segment from the first.
void replay(const Sizes& z, const Tape& tape, const Back& back, int64_t slots, int64_t index) {
    for (int64_t slot = 1; slot < slots; ++slot) {
        const Written before = Written::at(z, back, slot - 1, index), after = Written::at(z, back, slot, index);
        const int64_t first = back.first + (slot - 1) * back.every;
        if (advance(z, tape, before, after, first, back.every, index).memory == after.memory) continue;
        std::memcpy(after.memory, before.memory, z.width * z.stride * sizeof(float));
        std::memcpy(after.links, before.links, z.link_rows * z.link_stride * sizeof(float));
        std::memcpy(after.precedence, before.precedence, z.link_stride * sizeof(float));
    }
}

// --- a step back ------------------------------------------------------------------------------------------

// What the way back through one episode's step works with.
struct StepBack {
    const Episode& e;
    const Back& back;
    Room& room;
    const Sizes& z = e.z;
    Written before = written_before();
    const float* told = e.told();
    float* told_back = back.told_back + ((e.step - back.first) * z.batch + e.index) * z.told;
    float* memory_back = back.memory_back + e.index * z.width * z.stride;
    float* usage_back = back.usage_back + e.index * z.stride;
    float* written_back = back.written_back + e.index * z.stride;
    float* read_back = back.read_back + e.index * z.heads * z.stride;

    Written written_before() {
        const int64_t slot = (e.step - back.first) / back.every, first = back.first + slot * back.every;
        const Written made = {room.take(z.width * z.stride), room.take(z.link_rows * z.link_stride),
                              room.take(z.link_stride)};
        return advance(z, e.tape, Written::at(z, back, slot, e.index), made, first, e.step - first, e.index);
    }

    // The reads and the content weighting of the read heads; then the write itself.
    void read_and_write() {
        const int64_t many = z.heads * z.stride;
        float* memory = room.take(z.width * z.stride);
        write_rows(before.memory, memory, e.write(), z.width, z.stride);
        const Looks looks = read_looks(z, told, room);
        float *dots = room.take(many), *lengths = room.take(many);
        score_all(memory, nullptr, looks, z.heads, dots, lengths, z.width, z.stride);
        const float* reads_back = back.carried_back + e.index * (z.heads * z.width + z.hidden);
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
        float *along = room.zeros(many), *against = room.zeros(many);
        float* modes = room.take(2 * z.heads);
        float* precedence_back = back.precedence_back + e.index * z.link_stride;
        float* linking_back = e.tape.linkable ? room.zeros(z.link_stride) : written_back;
        const float *linking = e.linking(e.step + 1), *read = e.read(e.step);
        for (int64_t r = 0; r < z.heads; ++r) {
            modes[r] = told[z.read_modes + 3 * r];
            modes[z.heads + r] = told[z.read_modes + 3 * r + 2];
        }
        const float left = unwritten(e.written(e.step + 1), z.stride);
        const float by_left =
            update_precedence_back(before.precedence, left, precedence_back, linking_back, z.link_stride);
        by_groups(z.heads, [&](auto count, int64_t first) {
            constexpr int HEADS = decltype(count)::value;
            const int64_t at = first * z.stride + z.link_first, block = z.link_rows * z.link_stride;
            const LinksBack g = {before.links, linking, before.precedence, read + at, read_back + at,
                                 modes + first, modes + z.heads + first, back.links_back + e.index * block,
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

void step_memory_back(const Episode& e, const Back& back) {
    const Sizes& z = e.z;
    float* told_back = back.told_back + ((e.step - back.first) * z.batch + e.index) * z.told;
    if (!e.active()) {
        std::memset(told_back, 0, z.told * sizeof(float));
        return;
    }
    const int64_t made = z.width * z.stride + (z.link_rows + 1) * z.link_stride;
    Room room(2 * room_of(z) + made + 3 * PAD);
    StepBack step{e, back, room};
    step.read_and_write();
    step.link();
    step.choose_rows();
    bring_back(z, e.told(), told_back);
}

// The gradient of the LSTM's gates before their squashing, and of its cell before the step; and what of the
// gradient of the carried state before the step does not come through weights.
void step_cell_back(const Episode& e, const Back& back) {
    const Sizes& z = e.z;
    const int64_t n = z.hidden, carried = z.heads * z.width + n;
    float* gates_back = back.gates_back + ((e.step - back.first) * z.batch + e.index) * 4 * n;
    const float* carried_back = back.carried_back + e.index * carried;
    float* before_back = back.before_back + e.index * carried;
    if (e.step > 0 && back.outside)
        std::memcpy(before_back, back.outside + ((e.step - 1) * z.batch + e.index) * carried,
                    carried * sizeof(float));
    else
        std::memset(before_back, 0, carried * sizeof(float));
    if (!e.active()) {
        std::memset(gates_back, 0, 4 * n * sizeof(float));
        for (int64_t i = 0; i < carried; ++i) before_back[i] += carried_back[i];
        return;
    }
    const float *gates = e.gates(), *before = e.cell(e.step), *hidden_back = carried_back + z.heads * z.width;
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

template <class Function>
void every_episode(const Sizes* z, Function function) {
#pragma omp parallel num_threads(z->threads) if (z->threads > 1)
    {
        const FaintIsZero faint;
#pragma omp for schedule(dynamic)
        for (int64_t index = 0; index < z->batch; ++index) function(index);
    }
}

}  // namespace

extern "C" {

void graphdnc_find_links(const Sizes* z, const Tape* tape) {
    every_episode(z, [&](int64_t index) {
        const Episode e{*z, *tape, 0, index};
        find_links(e.links(), e.linked_columns(), static_cast<int>(z->link_rows), static_cast<int>(z->link_stride));
    });
}

void graphdnc_step_cell(const Sizes* z, const Tape* tape, int64_t step) {
    every_episode(z, [&](int64_t index) { step_cell({*z, *tape, step, index}); });
}

void graphdnc_step_memory(const Sizes* z, const Tape* tape, int64_t step) {
    every_episode(z, [&](int64_t index) { step_memory({*z, *tape, step, index}); });
}

void graphdnc_step_memory_back(const Sizes* z, const Tape* tape, const Back* back, int64_t step) {
    every_episode(z, [&](int64_t index) { step_memory_back({*z, *tape, step, index}, *back); });
}

void graphdnc_step_cell_back(const Sizes* z, const Tape* tape, const Back* back, int64_t step) {
    every_episode(z, [&](int64_t index) { step_cell_back({*z, *tape, step, index}, *back); });
}

void graphdnc_replay(const Sizes* z, const Tape* tape, const Back* back, int64_t slots) {
    every_episode(z, [&](int64_t index) { replay(*z, *tape, *back, slots, index); });
}

int64_t graphdnc_panel() { return PANEL; }

void graphdnc_lay_out(const float* matrix, int64_t step_down, int64_t step_right, int64_t depth,
                      int64_t columns, float* panels) {
    lay_out(matrix, step_down, step_right, depth, columns, panels);
}

void graphdnc_multiply(const float* rows, int64_t row_step, int64_t count, const float* panels, int64_t depth,
                       float* out, int64_t out_step, int64_t columns, int64_t add, int64_t threads) {
#pragma omp parallel for num_threads(threads) if (threads > 1)
    for (int64_t first = 0; first < columns; first += PANEL)
        multiply_panel(rows, row_step, count, panels + first * depth, depth, out + first, out_step,
                       columns - first, add);
}

}  // extern "C"
