#if defined(__x86_64__)

#include <immintrin.h>

#include "../conv.h"

#pragma clang attribute push( \
    __attribute__((target("avx512f,avx512bw,avx512dq,avx512vl,fma,avx512bf16,avx512vnni"))), apply_to = function)

static inline __attribute__((always_inline)) __m512i add_products(
    const upluma_lane type, __m512i sum, __m512i pixels, __m512i weight) {
    switch (type) {
    case UPLUMA_LANE_BF16:
        return _mm512_castps_si512(_mm512_dpbf16_ps(_mm512_castsi512_ps(sum), (__m512bh)pixels, (__m512bh)weight));
    case UPLUMA_LANE_U8: return _mm512_dpbusd_epi32(sum, pixels, weight);
    default:
        return _mm512_castps_si512(
            _mm512_fmadd_ps(_mm512_castsi512_ps(weight), _mm512_castsi512_ps(pixels), _mm512_castsi512_ps(sum)));
    }
}

/// Lanes of two channels: pixel by pixel, `first` in the lower half.
static inline __attribute__((always_inline)) __m512i round_pairs(__m512 first, __m512 second) {
    const __m512i one_by_one = _mm512_set_epi16(
        31, 15, 30, 14, 29, 13, 28, 12, 27, 11, 26, 10, 25, 9, 24, 8, 23, 7, 22, 6, 21, 5, 20, 4, 19, 3, 18, 2, 17, 1,
        16, 0);
    return _mm512_permutexvar_epi16(one_by_one, (__m512i)_mm512_cvtne2ps_pbh(second, first));
}

#include "conv_avx512.h"

#define DEFINE_ROW(name, input, output)                                                                      \
    static void name(const upluma_conv_layer *layer, const void *const *rows, ptrdiff_t in_stride, void *out, \
                     ptrdiff_t out_stride, int width) {                                                      \
        conv_row_of(input, output, layer, rows, in_stride, out, out_stride, width);                          \
    }

DEFINE_ROW(row_f32_bf16, UPLUMA_LANE_F32, UPLUMA_LANE_BF16)
DEFINE_ROW(row_f32_u8, UPLUMA_LANE_F32, UPLUMA_LANE_U8)
DEFINE_ROW(row_bf16, UPLUMA_LANE_BF16, UPLUMA_LANE_BF16)
DEFINE_ROW(row_bf16_f32, UPLUMA_LANE_BF16, UPLUMA_LANE_F32)
DEFINE_ROW(row_u8, UPLUMA_LANE_U8, UPLUMA_LANE_U8)
DEFINE_ROW(row_u8_f32, UPLUMA_LANE_U8, UPLUMA_LANE_F32)

static void conv_row(const upluma_conv_layer *layer, const void *const *rows, ptrdiff_t in_stride, void *out,
                     ptrdiff_t out_stride, int width) {
    const int is_float = layer->output == UPLUMA_LANE_F32;
    switch (layer->input) {
    case UPLUMA_LANE_BF16:
        (is_float ? row_bf16_f32 : row_bf16)(layer, rows, in_stride, out, out_stride, width);
        break;
    case UPLUMA_LANE_U8:
        (is_float ? row_u8_f32 : row_u8)(layer, rows, in_stride, out, out_stride, width);
        break;
    default:
        (is_float                            ? upluma_conv_row_avx512
         : layer->output == UPLUMA_LANE_BF16 ? row_f32_bf16
                                             : row_f32_u8)(layer, rows, in_stride, out, out_stride, width);
    }
}

void upluma_conv_kernels_init_avx512dot(upluma_conv_kernels *table) {
    table->conv_row = conv_row;
}

#pragma clang attribute pop

#endif
