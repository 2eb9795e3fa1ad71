#if defined(__x86_64__)
#include <immintrin.h>
#include <math.h>

#include "../tables.h"
#include "kind.h"

#pragma clang attribute push(__attribute__((target("avx2,fma"))), apply_to = function)

/// Offsets up to 7: every tap of eight targets lies in one register loaded `k` samples further on.
static inline __m256 horizontal_8_near(
    const float *first, __m256i offset, const float *coefficients, int32_t taps, __m256 sum) {
    for (int32_t k = 0; k < taps; k++) {
        const __m256 samples = _mm256_permutevar8x32_ps(_mm256_loadu_ps(first + k), offset);
        sum = _mm256_fmadd_ps(samples, _mm256_loadu_ps(coefficients + k * UPLUMA_FIR_GROUP), sum);
    }
    return sum;
}

/// Offsets up to 15: two registers; the lanes of the second are those with bit 3 set.
static inline __m256 horizontal_8_middle(
    const float *first, __m256i offset, const float *coefficients, int32_t taps, __m256 sum) {
    const __m256 second = _mm256_castsi256_ps(_mm256_slli_epi32(offset, 28));
    for (int32_t k = 0; k < taps; k++) {
        const __m256 low = _mm256_permutevar8x32_ps(_mm256_loadu_ps(first + k), offset);
        const __m256 high = _mm256_permutevar8x32_ps(_mm256_loadu_ps(first + k + 8), offset);
        const __m256 samples = _mm256_blendv_ps(low, high, second);
        sum = _mm256_fmadd_ps(samples, _mm256_loadu_ps(coefficients + k * UPLUMA_FIR_GROUP), sum);
    }
    return sum;
}

static inline __m256 horizontal_8_far(
    const float *first, __m256i offset, const float *coefficients, int32_t taps, __m256 sum) {
    for (int32_t k = 0; k < taps; k++) {
        const __m256 samples = _mm256_i32gather_ps(first + k, offset, 4);
        sum = _mm256_fmadd_ps(samples, _mm256_loadu_ps(coefficients + k * UPLUMA_FIR_GROUP), sum);
    }
    return sum;
}

/// Eight targets; their offsets may count from a sample left of the lowest one they use.
static inline __m256 horizontal_8(
    const float *first, const int32_t *offsets, const float *coefficients, int32_t taps, __m256 start) {
    __m256i offset = _mm256_loadu_si256((const __m256i *)offsets);
    int32_t lowest = offsets[0];
    __m256i relative = _mm256_sub_epi32(offset, _mm256_set1_epi32(lowest));
    // Offsets below the first one have high bits set, so they are far, too.
    if (_mm256_testz_si256(relative, _mm256_set1_epi32(~7))) {
        return horizontal_8_near(first + lowest, relative, coefficients, taps, start);
    }
    if (_mm256_testz_si256(relative, _mm256_set1_epi32(~15))) {
        return horizontal_8_middle(first + lowest, relative, coefficients, taps, start);
    }
    return horizontal_8_far(first, offset, coefficients, taps, start);
}

static void horizontal_avx2(float *target, const float *source, const upluma_fir_row_taps *taps, float start) {
    const float *coefficients = taps->coefficients;
    const int32_t *offset = taps->offset;
    const __m256 sum = _mm256_set1_ps(start);
    for (int32_t g = 0; g < taps->groups; g++) {
        const float *first = source + taps->base[g];
        _mm256_storeu_ps(target, horizontal_8(first, offset, coefficients, taps->taps, sum));
        _mm256_storeu_ps(target + 8, horizontal_8(first, offset + 8, coefficients + 8, taps->taps, sum));
        coefficients += taps->taps * UPLUMA_FIR_GROUP;
        offset += UPLUMA_FIR_GROUP;
        target += UPLUMA_FIR_GROUP;
    }
}

INLINE __m256 load_8(const void *row, ptrdiff_t x, const enum kind kind) {
    const uint8_t *first = (const uint8_t *)row + x * (ptrdiff_t)kind;
    switch (kind) {
        case KIND_U8: return _mm256_cvtepi32_ps(_mm256_cvtepu8_epi32(_mm_loadl_epi64((const __m128i *)first)));
        case KIND_U16: return _mm256_cvtepi32_ps(_mm256_cvtepu16_epi32(_mm_loadu_si128((const __m128i *)first)));
        case KIND_F32: return _mm256_loadu_ps((const float *)first);
    }
}

INLINE float load_1(const void *row, ptrdiff_t x, const enum kind kind) {
    switch (kind) {
        case KIND_U8: return (float)((const uint8_t *)row)[x];
        case KIND_U16: return (float)((const uint16_t *)row)[x];
        case KIND_F32: return ((const float *)row)[x];
    }
}

INLINE void vertical(
    float *const *targets, const int rows_made, const void *rows, ptrdiff_t stride, const float *coefficients,
    ptrdiff_t taps, float start, ptrdiff_t count, const enum kind kind) {
    ptrdiff_t x = 0;
    for (; x + 32 <= count; x += 32) {
        __m256 sums[2][4];
        for (int t = 0; t < rows_made; t++) {
            for (int j = 0; j < 4; j++) sums[t][j] = _mm256_set1_ps(start);
        }
#pragma clang loop unroll(disable)
        for (ptrdiff_t k = 0; k < taps; k++) {
            for (int j = 0; j < 4; j++) {
                const __m256 samples = load_8((const char *)rows + k * stride, x + 8 * j, kind);
                for (int t = 0; t < rows_made; t++) {
                    sums[t][j] = _mm256_fmadd_ps(samples, _mm256_set1_ps(coefficients[t * taps + k]), sums[t][j]);
                }
            }
        }
        for (int t = 0; t < rows_made; t++) {
            for (int j = 0; j < 4; j++) _mm256_storeu_ps(targets[t] + x + 8 * j, sums[t][j]);
        }
    }
    for (int t = 0; t < rows_made; t++) {
        ptrdiff_t rest = x;
        for (; rest + 8 <= count; rest += 8) {
            __m256 sum = _mm256_set1_ps(start);
            for (ptrdiff_t k = 0; k < taps; k++) {
                const __m256 samples = load_8((const char *)rows + k * stride, rest, kind);
                sum = _mm256_fmadd_ps(samples, _mm256_set1_ps(coefficients[t * taps + k]), sum);
            }
            _mm256_storeu_ps(targets[t] + rest, sum);
        }
        for (; rest < count; rest++) {
            float sum = start;
            for (ptrdiff_t k = 0; k < taps; k++) {
                sum = fmaf(load_1((const char *)rows + k * stride, rest, kind), coefficients[t * taps + k], sum);
            }
            targets[t][rest] = sum;
        }
    }
}

#include "vertical_types.h"

#pragma clang attribute pop

void upluma_fir_kernels_use_avx2(upluma_fir_kernels *table) {
    table->vertical_u8 = vertical_u8;
    table->vertical_u16 = vertical_u16;
    table->vertical_f32 = vertical_f32;
    table->horizontal = horizontal_avx2;
}
#endif
