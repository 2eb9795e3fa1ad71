#if defined(__x86_64__)

#include <immintrin.h>

#include "../conv.h"
#include "../tanh.h"

#pragma clang attribute push(__attribute__((target("avx512f,avx512bw,avx512dq,avx512vl,fma"))), apply_to = function)

// Rows of floats alone: the others are plain C below the next level.

static inline __attribute__((always_inline)) __m512i add_products(
    const upluma_lane type, __m512i sum, __m512i pixels, __m512i weight) {
    (void)type;
    return _mm512_castps_si512(
        _mm512_fmadd_ps(_mm512_castsi512_ps(weight), _mm512_castsi512_ps(pixels), _mm512_castsi512_ps(sum)));
}

static inline __attribute__((always_inline)) __m512i round_pairs(__m512 first, __m512 second) {
    (void)first;
    (void)second;
    return _mm512_setzero_si512();  // never reached
}

#include "conv_avx512.h"

void upluma_conv_row_avx512(const upluma_conv_layer *layer, const void *const *rows, ptrdiff_t in_stride, void *out,
                            ptrdiff_t out_stride, int width) {
    if (layer->input == UPLUMA_LANE_F32 && layer->output == UPLUMA_LANE_F32) {
        conv_row_of(UPLUMA_LANE_F32, UPLUMA_LANE_F32, layer, rows, in_stride, out, out_stride, width);
    } else {
        upluma_conv_row_portable(layer, rows, in_stride, out, out_stride, width);
    }
}

static void tanh_row(float *values, ptrdiff_t count) {
    const __m512 limit = _mm512_set1_ps(UPLUMA_TANH_LIMIT), one = _mm512_set1_ps(1);
    const __m512 lowest = _mm512_set1_ps(-UPLUMA_TANH_LIMIT), least = _mm512_set1_ps(-1);
    for (ptrdiff_t i = 0; i < count; i += LANES) {
        const __m512 x = _mm512_max_ps(_mm512_min_ps(_mm512_loadu_ps(values + i), limit), lowest);
        const __m512 square = _mm512_mul_ps(x, x);
        __m512 p = _mm512_set1_ps(upluma_tanh_p[0]), q = _mm512_set1_ps(upluma_tanh_q[0]);
        for (int k = 1; k < 5; ++k) {
            p = _mm512_fmadd_ps(p, square, _mm512_set1_ps(upluma_tanh_p[k]));
        }
        for (int k = 1; k < 6; ++k) {
            q = _mm512_fmadd_ps(q, square, _mm512_set1_ps(upluma_tanh_q[k]));
        }
        const __m512 result = _mm512_div_ps(_mm512_mul_ps(x, p), q);
        _mm512_storeu_ps(values + i, _mm512_max_ps(_mm512_min_ps(result, one), least));
    }
}

static inline __m512 clip(__m512 value) {
    return _mm512_min_ps(_mm512_max_ps(value, _mm512_setzero_ps()), _mm512_set1_ps(1));
}

static void add_subpixels_clip_2(float *row, const float *residual, ptrdiff_t stride, int width) {
    const __m512i low = _mm512_setr_epi32(0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23);
    const __m512i high = _mm512_add_epi32(low, _mm512_set1_epi32(8));
    for (int x = 0; x < width; x += LANES) {
        const int left = width - x;
        const __mmask16 mask = left >= LANES ? 0xFFFF : (__mmask16)((1u << left) - 1);
        const __m512 even = _mm512_maskz_loadu_ps(mask, residual + x);
        const __m512 odd = _mm512_maskz_loadu_ps(mask, residual + stride + x);
        const unsigned sub = left >= LANES ? 0xFFFFFFFFu : (unsigned)((1ull << (2 * left)) - 1);
        const __mmask16 first = (__mmask16)sub, second = (__mmask16)(sub >> LANES);
        float *target = row + 2 * x;
        const __m512 a = _mm512_maskz_loadu_ps(first, target);
        const __m512 b = _mm512_maskz_loadu_ps(second, target + LANES);
        _mm512_mask_storeu_ps(target, first, clip(_mm512_add_ps(a, _mm512_permutex2var_ps(even, low, odd))));
        _mm512_mask_storeu_ps(target + LANES, second, clip(_mm512_add_ps(b, _mm512_permutex2var_ps(even, high, odd))));
    }
}

static void add_subpixels_clip(float *row, const float *residual, ptrdiff_t stride, int factor, int width) {
    if (factor == 2) {
        add_subpixels_clip_2(row, residual, stride, width);
    } else {
        upluma_add_subpixels_clip_any(row, residual, stride, factor, width);
    }
}

void upluma_conv_kernels_init_avx512(upluma_conv_kernels *table) {
    table->conv_row = upluma_conv_row_avx512;
    table->tanh_row = tanh_row;
    table->add_subpixels_clip = add_subpixels_clip;
}

#pragma clang attribute pop

#endif
