// Vectors of floats as wide as the registers of the processor, and functions of them.
//
// They use the vector types of the compiler, not intrinsics, so that the same source serves any processor.
// Arrays that are read in vectors have a length that is a multiple of PAD, with zeros in the padding.
#pragma once

#include <cmath>
#include <cstdint>
#include <cstring>

#if defined(__AVX512F__)
#include <immintrin.h>  // only where it is needed: it takes half a second to compile
#endif

#if defined(__AVX512F__)
constexpr int LANES = 16;
#elif defined(__AVX__)
constexpr int LANES = 8;
#else
constexpr int LANES = 4;
#endif
constexpr int PAD = 32;        // two vectors of any width; the same as in bindings.py
constexpr int MOST_HEADS = 4;  // heads in one pass; registers are few

typedef float V __attribute__((vector_size(4 * LANES)));
typedef int32_t VI __attribute__((vector_size(4 * LANES)));
typedef float Unaligned __attribute__((vector_size(4 * LANES), aligned(4), may_alias));

#define INLINE static inline __attribute__((always_inline))

INLINE V load(const float* from) { return *reinterpret_cast<const Unaligned*>(from); }
INLINE void store(float* to, V value) { *reinterpret_cast<Unaligned*>(to) = value; }
// Prefetch what is loaded soon; the address may lie outside any array.
INLINE void fetch(const float* from) { __builtin_prefetch(from); }

INLINE V splat(float value) { return V{} + value; }

// Keep a value in a register: otherwise it is loaded at each use, and loads are the bottleneck of a product.
INLINE V in_register(V value) {
#if defined(__SSE__)
    asm("" : "+x"(value));
#endif
    return value;
}

#if defined(__AVX__) && !defined(__AVX512F__)
typedef float V4 __attribute__((vector_size(16)));

// The lower half plus the upper one.
INLINE V4 folded(V value) {
    V4 halves[2];
    std::memcpy(halves, &value, sizeof value);
    return halves[0] + halves[1];
}
#endif

INLINE float sum(V value) {
#if defined(__AVX512F__)
    return _mm512_reduce_add_ps(value);
#elif defined(__AVX__)
    const V4 half = folded(value);
    return (half[0] + half[2]) + (half[1] + half[3]);
#else
    float total = 0;
    for (int lane = 0; lane < LANES; ++lane) total += value[lane];
    return total;
#endif
}

// Whether all lanes are zero. Most weights are exactly zero, because denormals are flushed (FlushDenormals),
// and need not be processed.
INLINE bool nothing(V value) {
#if defined(__AVX512F__)
    const __m512i bits = _mm512_castps_si512(value);
    return _mm512_test_epi32_mask(bits, bits) == 0;
#elif defined(__AVX__)
    long long __attribute__((vector_size(32))) bits;
    std::memcpy(&bits, &value, sizeof bits);
    return __builtin_ia32_ptestz256(bits, bits);
#else
    VI bits;
    std::memcpy(&bits, &value, sizeof bits);
    int32_t any = 0;
    for (int lane = 0; lane < LANES; ++lane) any |= bits[lane];
    return any == 0;
#endif
}

// The sums of four vectors, faster than four single sums.
INLINE void sum4(const V (&values)[4], float* to) {
#if defined(__AVX512F__)
    const __m512 low =
        _mm512_add_ps(_mm512_unpacklo_ps(values[0], values[1]), _mm512_unpackhi_ps(values[0], values[1]));
    const __m512 high =
        _mm512_add_ps(_mm512_unpacklo_ps(values[2], values[3]), _mm512_unpackhi_ps(values[2], values[3]));
    const __m512 quads =
        _mm512_add_ps(_mm512_shuffle_ps(low, high, 0x44), _mm512_shuffle_ps(low, high, 0xEE));
    const __m256 half = _mm256_add_ps(_mm512_castps512_ps256(quads), _mm512_extractf32x8_ps(quads, 1));
    _mm_storeu_ps(to, _mm_add_ps(_mm256_castps256_ps128(half), _mm256_extractf128_ps(half, 1)));
#elif defined(__AVX__)
    const V low = __builtin_ia32_haddps256(values[0], values[1]),
            high = __builtin_ia32_haddps256(values[2], values[3]);
    const V4 sums = folded(__builtin_ia32_haddps256(low, high));
    std::memcpy(to, &sums, sizeof sums);
#else
    for (int each = 0; each < 4; ++each) to[each] = sum(values[each]);
#endif
}

// e^x by the Cephes polynomial, within 2 units in the last place; x is clamped to -87.3 and 88.
INLINE V vector_exp(V x) {
    x = x < -87.3f ? splat(-87.3f) : x;
    x = x > 88.0f ? splat(88.0f) : x;
    const V shifted = x * 1.44269504088896341f + 12582912.0f;  // 1.5 * 2^23: rounds to a whole number
    const V whole = shifted - 12582912.0f;
    V rest = x - whole * 0.693359375f;
    rest = rest - whole * -2.12194440e-4f;
    V series = rest * 1.9875691500e-4f + 1.3981999507e-3f;
    series = series * rest + 8.3334519073e-3f;
    series = series * rest + 4.1665795894e-2f;
    series = series * rest + 1.6666665459e-1f;
    series = series * rest + 5.0000001201e-1f;
    series = series * rest * rest + rest + 1.0f;
    VI power;
    std::memcpy(&power, &shifted, sizeof power);
    power = (power << 23) + 0x3f800000;
    V scale;
    std::memcpy(&scale, &power, sizeof scale);
    return series * scale;
}

INLINE V sigmoid(V x) { return 1.0f / (1.0f + vector_exp(-x)); }

// tanh; near 0, where the difference would cancel, by the Cephes polynomial.
INLINE V vector_tanh(V x) {
    const V far = 1.0f - 2.0f / (1.0f + vector_exp(2.0f * x));
    const V square = x * x;
    V series = square * -5.70498872745e-3f + 2.06390887954e-2f;
    series = series * square - 5.37397155531e-2f;
    series = series * square + 1.33314422036e-1f;
    series = series * square - 3.33332819422e-1f;
    return square < 0.390625f ? series * square * x + x : far;
}

// Apply a function of vectors to n numbers, n of any size.
template <class Function>
INLINE void apply(float* values, int n, Function function) {
    int i = 0;
    for (; i + LANES <= n; i += LANES) store(values + i, function(load(values + i)));
    if (i < n) {
        float rest[LANES] = {};
        std::memcpy(rest, values + i, (n - i) * sizeof(float));
        store(rest, function(load(rest)));
        std::memcpy(values + i, rest, (n - i) * sizeof(float));
    }
}

// While it exists, numbers below 1e-38 are zero in this thread: weights decay to them, and the processor is
// many times slower with them.
class FlushDenormals {
  public:
#if defined(__SSE__)
    FlushDenormals() : before_(__builtin_ia32_stmxcsr()) { __builtin_ia32_ldmxcsr(before_ | 0x8040); }
    ~FlushDenormals() { __builtin_ia32_ldmxcsr(before_); }

  private:
    unsigned before_;
#else
    FlushDenormals() {}
#endif
};
