#if defined(__x86_64__)
#include <immintrin.h>

#include "../tables.h"

#pragma STDC FP_CONTRACT OFF
// Without "fma": the order of roundings in upluma_fir.h leaves no place for it.
#pragma clang attribute push(__attribute__((target("avx2"))), apply_to = function)

/// Offsets up to 7: every tap of eight targets lies in one register loaded `k` samples further on.
static inline __m256 horizontal_8_near(
    const float *first, __m256i offset, const float *coefficients, int32_t taps) {
    __m256 samples = _mm256_permutevar8x32_ps(_mm256_loadu_ps(first), offset);
    __m256 sum = _mm256_mul_ps(samples, _mm256_loadu_ps(coefficients));
    for (int32_t k = 1; k < taps; k++) {
        samples = _mm256_permutevar8x32_ps(_mm256_loadu_ps(first + k), offset);
        __m256 product = _mm256_mul_ps(samples, _mm256_loadu_ps(coefficients + k * UPLUMA_FIR_GROUP));
        sum = _mm256_add_ps(sum, product);
    }
    return sum;
}

/// Offsets up to 15: two registers; the lanes of the second are those with bit 3 set.
static inline __m256 horizontal_8_middle(
    const float *first, __m256i offset, const float *coefficients, int32_t taps) {
    const __m256 second = _mm256_castsi256_ps(_mm256_slli_epi32(offset, 28));
    __m256 sum = _mm256_setzero_ps();
    for (int32_t k = 0; k < taps; k++) {
        __m256 low = _mm256_permutevar8x32_ps(_mm256_loadu_ps(first + k), offset);
        __m256 high = _mm256_permutevar8x32_ps(_mm256_loadu_ps(first + k + 8), offset);
        __m256 samples = _mm256_blendv_ps(low, high, second);
        __m256 product = _mm256_mul_ps(samples, _mm256_loadu_ps(coefficients + k * UPLUMA_FIR_GROUP));
        sum = k == 0 ? product : _mm256_add_ps(sum, product);
    }
    return sum;
}

static inline __m256 horizontal_8_far(
    const float *first, __m256i offset, const float *coefficients, int32_t taps) {
    __m256 sum = _mm256_mul_ps(_mm256_i32gather_ps(first, offset, 4), _mm256_loadu_ps(coefficients));
    for (int32_t k = 1; k < taps; k++) {
        __m256 samples = _mm256_i32gather_ps(first + k, offset, 4);
        __m256 product = _mm256_mul_ps(samples, _mm256_loadu_ps(coefficients + k * UPLUMA_FIR_GROUP));
        sum = _mm256_add_ps(sum, product);
    }
    return sum;
}

/// Eight targets; their offsets may count from a sample left of the lowest one they use.
static inline __m256 horizontal_8(
    const float *first, const int32_t *offsets, const float *coefficients, int32_t taps) {
    __m256i offset = _mm256_loadu_si256((const __m256i *)offsets);
    int32_t lowest = offsets[0];
    __m256i relative = _mm256_sub_epi32(offset, _mm256_set1_epi32(lowest));
    // Offsets below the first one have high bits set, so they are far, too.
    if (_mm256_testz_si256(relative, _mm256_set1_epi32(~7))) {
        return horizontal_8_near(first + lowest, relative, coefficients, taps);
    }
    if (_mm256_testz_si256(relative, _mm256_set1_epi32(~15))) {
        return horizontal_8_middle(first + lowest, relative, coefficients, taps);
    }
    return horizontal_8_far(first, offset, coefficients, taps);
}

static void horizontal_avx2(float *target, const float *source, const upluma_fir_row_taps *taps) {
    const float *coefficients = taps->coefficients;
    const int32_t *offset = taps->offset;
    for (int32_t g = 0; g < taps->groups; g++) {
        const float *first = source + taps->base[g];
        _mm256_storeu_ps(target, horizontal_8(first, offset, coefficients, taps->taps));
        _mm256_storeu_ps(target + 8, horizontal_8(first, offset + 8, coefficients + 8, taps->taps));
        coefficients += taps->taps * UPLUMA_FIR_GROUP;
        offset += UPLUMA_FIR_GROUP;
        target += UPLUMA_FIR_GROUP;
    }
}

static void vertical_avx2(
    float *target, const float *const *rows, const float *coefficients, ptrdiff_t taps, ptrdiff_t count) {
    ptrdiff_t x = 0;
    for (; x + 32 <= count; x += 32) {
        __m256 c = _mm256_set1_ps(coefficients[0]);
        const float *row = rows[0] + x;
        __m256 sum0 = _mm256_mul_ps(_mm256_loadu_ps(row), c);
        __m256 sum1 = _mm256_mul_ps(_mm256_loadu_ps(row + 8), c);
        __m256 sum2 = _mm256_mul_ps(_mm256_loadu_ps(row + 16), c);
        __m256 sum3 = _mm256_mul_ps(_mm256_loadu_ps(row + 24), c);
        for (ptrdiff_t k = 1; k < taps; k++) {
            c = _mm256_set1_ps(coefficients[k]);
            row = rows[k] + x;
            sum0 = _mm256_add_ps(sum0, _mm256_mul_ps(_mm256_loadu_ps(row), c));
            sum1 = _mm256_add_ps(sum1, _mm256_mul_ps(_mm256_loadu_ps(row + 8), c));
            sum2 = _mm256_add_ps(sum2, _mm256_mul_ps(_mm256_loadu_ps(row + 16), c));
            sum3 = _mm256_add_ps(sum3, _mm256_mul_ps(_mm256_loadu_ps(row + 24), c));
        }
        _mm256_storeu_ps(target + x, sum0);
        _mm256_storeu_ps(target + x + 8, sum1);
        _mm256_storeu_ps(target + x + 16, sum2);
        _mm256_storeu_ps(target + x + 24, sum3);
    }
    for (; x < count; x += 8) {
        __m256 sum = _mm256_mul_ps(_mm256_loadu_ps(rows[0] + x), _mm256_set1_ps(coefficients[0]));
        for (ptrdiff_t k = 1; k < taps; k++) {
            __m256 product = _mm256_mul_ps(_mm256_loadu_ps(rows[k] + x), _mm256_set1_ps(coefficients[k]));
            sum = _mm256_add_ps(sum, product);
        }
        _mm256_storeu_ps(target + x, sum);
    }
}

#pragma clang attribute pop

void upluma_fir_kernels_use_avx2(upluma_fir_kernels *table) {
    table->horizontal = horizontal_avx2;
    table->vertical = vertical_avx2;
}
#endif
