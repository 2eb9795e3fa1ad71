#if defined(__x86_64__)
#include <immintrin.h>

#include "../tables.h"

#pragma STDC FP_CONTRACT OFF
#pragma clang attribute push(__attribute__((target("avx512f,avx512bw,avx512dq,avx512vl"))), apply_to = function)

/// All taps of the group within 32 samples: two registers loaded once.
static inline __m512 horizontal_16_inside(
    const float *first, __m512i place, const float *coefficients, int32_t taps) {
    const __m512 low = _mm512_loadu_ps(first), high = _mm512_loadu_ps(first + 16);
    const __m512i one = _mm512_set1_epi32(1);
    __m512 sum = _mm512_mul_ps(_mm512_permutex2var_ps(low, place, high), _mm512_loadu_ps(coefficients));
    for (int32_t k = 1; k < taps; k++) {
        place = _mm512_add_epi32(place, one);
        __m512 samples = _mm512_permutex2var_ps(low, place, high);
        sum = _mm512_add_ps(sum, _mm512_mul_ps(samples, _mm512_loadu_ps(coefficients + k * UPLUMA_FIR_GROUP)));
    }
    return sum;
}

/// Offsets up to 31: two registers, loaded again `k` samples further on.
static inline __m512 horizontal_16_middle(
    const float *first, __m512i offset, const float *coefficients, int32_t taps) {
    __m512 samples = _mm512_permutex2var_ps(_mm512_loadu_ps(first), offset, _mm512_loadu_ps(first + 16));
    __m512 sum = _mm512_mul_ps(samples, _mm512_loadu_ps(coefficients));
    for (int32_t k = 1; k < taps; k++) {
        samples = _mm512_permutex2var_ps(_mm512_loadu_ps(first + k), offset, _mm512_loadu_ps(first + k + 16));
        sum = _mm512_add_ps(sum, _mm512_mul_ps(samples, _mm512_loadu_ps(coefficients + k * UPLUMA_FIR_GROUP)));
    }
    return sum;
}

static inline __m512 horizontal_16_far(
    const float *first, __m512i offset, const float *coefficients, int32_t taps) {
    __m512 sum = _mm512_mul_ps(_mm512_i32gather_ps(offset, first, 4), _mm512_loadu_ps(coefficients));
    for (int32_t k = 1; k < taps; k++) {
        __m512 samples = _mm512_i32gather_ps(offset, first + k, 4);
        sum = _mm512_add_ps(sum, _mm512_mul_ps(samples, _mm512_loadu_ps(coefficients + k * UPLUMA_FIR_GROUP)));
    }
    return sum;
}

static void horizontal_avx512(float *target, const float *source, const upluma_fir_row_taps *taps) {
    const float *coefficients = taps->coefficients;
    for (int32_t g = 0; g < taps->groups; g++) {
        const float *first = source + taps->base[g];
        __m512i offset = _mm512_loadu_si512(taps->offset + g * UPLUMA_FIR_GROUP);
        __m512 sum;
        if (taps->reach + taps->taps <= 32) {
            sum = horizontal_16_inside(first, offset, coefficients, taps->taps);
        } else if (taps->reach < 32) {
            sum = horizontal_16_middle(first, offset, coefficients, taps->taps);
        } else {
            sum = horizontal_16_far(first, offset, coefficients, taps->taps);
        }
        _mm512_storeu_ps(target + g * UPLUMA_FIR_GROUP, sum);
        coefficients += taps->taps * UPLUMA_FIR_GROUP;
    }
}

static void vertical_avx512(
    float *target, const float *const *rows, const float *coefficients, ptrdiff_t taps, ptrdiff_t count) {
    ptrdiff_t x = 0;
    for (; x + 64 <= count; x += 64) {
        __m512 c = _mm512_set1_ps(coefficients[0]);
        const float *row = rows[0] + x;
        __m512 sum0 = _mm512_mul_ps(_mm512_loadu_ps(row), c);
        __m512 sum1 = _mm512_mul_ps(_mm512_loadu_ps(row + 16), c);
        __m512 sum2 = _mm512_mul_ps(_mm512_loadu_ps(row + 32), c);
        __m512 sum3 = _mm512_mul_ps(_mm512_loadu_ps(row + 48), c);
        for (ptrdiff_t k = 1; k < taps; k++) {
            c = _mm512_set1_ps(coefficients[k]);
            row = rows[k] + x;
            sum0 = _mm512_add_ps(sum0, _mm512_mul_ps(_mm512_loadu_ps(row), c));
            sum1 = _mm512_add_ps(sum1, _mm512_mul_ps(_mm512_loadu_ps(row + 16), c));
            sum2 = _mm512_add_ps(sum2, _mm512_mul_ps(_mm512_loadu_ps(row + 32), c));
            sum3 = _mm512_add_ps(sum3, _mm512_mul_ps(_mm512_loadu_ps(row + 48), c));
        }
        _mm512_storeu_ps(target + x, sum0);
        _mm512_storeu_ps(target + x + 16, sum1);
        _mm512_storeu_ps(target + x + 32, sum2);
        _mm512_storeu_ps(target + x + 48, sum3);
    }
    for (; x < count; x += 16) {
        __m512 sum = _mm512_mul_ps(_mm512_loadu_ps(rows[0] + x), _mm512_set1_ps(coefficients[0]));
        for (ptrdiff_t k = 1; k < taps; k++) {
            sum = _mm512_add_ps(sum, _mm512_mul_ps(_mm512_loadu_ps(rows[k] + x), _mm512_set1_ps(coefficients[k])));
        }
        _mm512_storeu_ps(target + x, sum);
    }
}

#pragma clang attribute pop

void upluma_fir_kernels_use_avx512(upluma_fir_kernels *table) {
    table->horizontal = horizontal_avx512;
    table->vertical = vertical_avx512;
}
#endif
