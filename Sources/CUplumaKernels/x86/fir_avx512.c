#if defined(__x86_64__)
#include <immintrin.h>

#include "../tables.h"
#include "kind.h"

#pragma clang attribute push(__attribute__((target("avx512f,avx512bw,avx512dq,avx512vl,fma"))), apply_to = function)

/// All taps of the group within 32 samples: two registers loaded once.
static inline __m512 horizontal_16_inside(
    const float *first, __m512i place, const float *coefficients, int32_t taps, __m512 sum) {
    const __m512 low = _mm512_loadu_ps(first), high = _mm512_loadu_ps(first + 16);
    const __m512i one = _mm512_set1_epi32(1);
    for (int32_t k = 0; k < taps; k++) {
        const __m512 samples = _mm512_permutex2var_ps(low, place, high);
        sum = _mm512_fmadd_ps(samples, _mm512_loadu_ps(coefficients + k * UPLUMA_FIR_GROUP), sum);
        place = _mm512_add_epi32(place, one);
    }
    return sum;
}

/// Offsets up to 31: two registers, loaded again `k` samples further on.
static inline __m512 horizontal_16_middle(
    const float *first, __m512i offset, const float *coefficients, int32_t taps, __m512 sum) {
    for (int32_t k = 0; k < taps; k++) {
        const __m512 samples =
            _mm512_permutex2var_ps(_mm512_loadu_ps(first + k), offset, _mm512_loadu_ps(first + k + 16));
        sum = _mm512_fmadd_ps(samples, _mm512_loadu_ps(coefficients + k * UPLUMA_FIR_GROUP), sum);
    }
    return sum;
}

static inline __m512 horizontal_16_far(
    const float *first, __m512i offset, const float *coefficients, int32_t taps, __m512 sum) {
    for (int32_t k = 0; k < taps; k++) {
        const __m512 samples = _mm512_i32gather_ps(offset, first + k, 4);
        sum = _mm512_fmadd_ps(samples, _mm512_loadu_ps(coefficients + k * UPLUMA_FIR_GROUP), sum);
    }
    return sum;
}

static void horizontal_avx512(float *target, const float *source, const upluma_fir_row_taps *taps, float start) {
    const float *coefficients = taps->coefficients;
    for (int32_t g = 0; g < taps->groups; g++) {
        const float *first = source + taps->base[g];
        __m512i offset = _mm512_loadu_si512(taps->offset + g * UPLUMA_FIR_GROUP);
        __m512 sum = _mm512_set1_ps(start);
        if (taps->reach + taps->taps <= 32) {
            sum = horizontal_16_inside(first, offset, coefficients, taps->taps, sum);
        } else if (taps->reach < 32) {
            sum = horizontal_16_middle(first, offset, coefficients, taps->taps, sum);
        } else {
            sum = horizontal_16_far(first, offset, coefficients, taps->taps, sum);
        }
        _mm512_storeu_ps(target + g * UPLUMA_FIR_GROUP, sum);
        coefficients += taps->taps * UPLUMA_FIR_GROUP;
    }
}

/// The 16 samples of a row from `x` on that `mask` names, as floats; others are not read.
INLINE __m512 load_16(const void *row, ptrdiff_t x, __mmask16 mask, const enum kind kind) {
    const uint8_t *first = (const uint8_t *)row + x * (ptrdiff_t)kind;
    switch (kind) {
        case KIND_U8: return _mm512_cvtepi32_ps(_mm512_cvtepu8_epi32(_mm_maskz_loadu_epi8(mask, first)));
        case KIND_U16: return _mm512_cvtepi32_ps(_mm512_cvtepu16_epi32(_mm256_maskz_loadu_epi16(mask, first)));
        case KIND_F32: return _mm512_maskz_loadu_ps(mask, first);
    }
}

INLINE void vertical(
    float *const *targets, const int rows_made, const void *rows, ptrdiff_t stride, const float *coefficients,
    ptrdiff_t taps, float start, ptrdiff_t count, const enum kind kind) {
    const __mmask16 all = 0xFFFF;
    ptrdiff_t x = 0;
    for (; x + 64 <= count; x += 64) {
        __m512 sums[2][4];
        for (int t = 0; t < rows_made; t++) {
            for (int j = 0; j < 4; j++) sums[t][j] = _mm512_set1_ps(start);
        }
#pragma clang loop unroll(disable)
        for (ptrdiff_t k = 0; k < taps; k++) {
            for (int j = 0; j < 4; j++) {
                const __m512 samples = load_16((const char *)rows + k * stride, x + 16 * j, all, kind);
                for (int t = 0; t < rows_made; t++) {
                    sums[t][j] = _mm512_fmadd_ps(samples, _mm512_set1_ps(coefficients[t * taps + k]), sums[t][j]);
                }
            }
        }
        for (int t = 0; t < rows_made; t++) {
            for (int j = 0; j < 4; j++) _mm512_storeu_ps(targets[t] + x + 16 * j, sums[t][j]);
        }
    }
    for (; x < count; x += 16) {
        const __mmask16 mask = count - x >= 16 ? all : (__mmask16)((1u << (count - x)) - 1);
        for (int t = 0; t < rows_made; t++) {
            __m512 sum = _mm512_set1_ps(start);
            for (ptrdiff_t k = 0; k < taps; k++) {
                const __m512 samples = load_16((const char *)rows + k * stride, x, mask, kind);
                sum = _mm512_fmadd_ps(samples, _mm512_set1_ps(coefficients[t * taps + k]), sum);
            }
            _mm512_mask_storeu_ps(targets[t] + x, mask, sum);
        }
    }
}

#include "vertical_types.h"

#pragma clang attribute pop

void upluma_fir_kernels_use_avx512(upluma_fir_kernels *table) {
    table->vertical_u8 = vertical_u8;
    table->vertical_u16 = vertical_u16;
    table->vertical_f32 = vertical_f32;
    table->horizontal = horizontal_avx512;
}
#endif
