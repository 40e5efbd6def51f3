// Layer norm (Ba et al. 2016): numbers minus their mean, divided by their deviation, then scaled and shifted.
#pragma once

#include <cmath>
#include <cstdint>

namespace {

constexpr float NORM_EPSILON = 1e-5f;  // added to the variance, as torch does

struct Moments {
    float mean, precision;  // the precision is 1 / deviation

    float normalised(float value) const { return (value - mean) * precision; }
};

Moments moments(const float* values, int64_t n) {
    float total = 0, squares = 0;
#pragma omp simd reduction(+ : total)
    for (int64_t i = 0; i < n; ++i) total += values[i];
    const float mean = total / n;
#pragma omp simd reduction(+ : squares)
    for (int64_t i = 0; i < n; ++i) squares += (values[i] - mean) * (values[i] - mean);
    return {mean, 1 / std::sqrt(squares / n + NORM_EPSILON)};
}

void normalise(const float* values, const float* scale, const float* shift, float* out, int64_t n) {
    const Moments found = moments(values, n);
#pragma omp simd
    for (int64_t i = 0; i < n; ++i) out[i] = found.normalised(values[i]) * scale[i] + shift[i];
}

// The gradient of the values, from that of what `normalise` made of them; added to out if `add`.
void normalise_backward(const float* values, const float* scale, const float* grad, float* out, int64_t n,
                        bool add) {
    const Moments found = moments(values, n);
    float total = 0, along = 0;
#pragma omp simd reduction(+ : total, along)
    for (int64_t i = 0; i < n; ++i) {
        total += grad[i] * scale[i];
        along += grad[i] * scale[i] * found.normalised(values[i]);
    }
    const float mean = total / n, slope = along / n;
#pragma omp simd
    for (int64_t i = 0; i < n; ++i) {
        const float own = grad[i] * scale[i] - mean - found.normalised(values[i]) * slope;
        out[i] = (add ? out[i] : 0) + found.precision * own;
    }
}

}  // namespace
