#if defined(__x86_64__)

#include <immintrin.h>

#include "../conv.h"

#pragma clang attribute push(__attribute__((target("avx512f,avx512bw,avx512dq,avx512vl,fma"))), apply_to = function)

enum { LANES = 16 };

/// `outputs` channels of `vectors` · 16 pixels, all sums in registers; a weight is broadcast once for all vectors. Both
/// counts are constants after inlining, so the loops over them unroll; the arrays have fixed sizes because an array of
/// `outputs * vectors` would live in memory.
static inline __attribute__((always_inline)) void conv_block(
    const int outputs, const int vectors, const float *weights, const float *bias, __m512 slope, int cin,
    const float *above, const float *here, const float *below, ptrdiff_t in_stride, float *out, ptrdiff_t out_stride) {
    __m512 sums[24];
#pragma clang loop unroll(full)
    for (int o = 0; o < outputs; ++o) {
#pragma clang loop unroll(full)
        for (int v = 0; v < vectors; ++v) {
            sums[o * vectors + v] = _mm512_set1_ps(bias[o]);
        }
    }
    for (int ci = 0; ci < cin; ++ci) {
        const float *rows[3] = {above, here, below};
#pragma clang loop unroll(full)
        for (int ky = 0; ky < 3; ++ky) {
#pragma clang loop unroll(full)
            for (int kx = 0; kx < 3; ++kx) {
                __m512 pixels[6];
#pragma clang loop unroll(full)
                for (int v = 0; v < vectors; ++v) {
                    pixels[v] = _mm512_loadu_ps(rows[ky] + v * LANES + kx - 1);
                }
#pragma clang loop unroll(full)
                for (int o = 0; o < outputs; ++o) {
                    const __m512 weight = _mm512_set1_ps(weights[(ky * 3 + kx) * outputs + o]);
#pragma clang loop unroll(full)
                    for (int v = 0; v < vectors; ++v) {
                        sums[o * vectors + v] = _mm512_fmadd_ps(weight, pixels[v], sums[o * vectors + v]);
                    }
                }
            }
        }
        weights += 9 * outputs;
        above += in_stride;
        here += in_stride;
        below += in_stride;
    }
#pragma clang loop unroll(full)
    for (int o = 0; o < outputs; ++o) {
#pragma clang loop unroll(full)
        for (int v = 0; v < vectors; ++v) {
            const __m512 sum = sums[o * vectors + v];
            _mm512_storeu_ps(out + o * out_stride + v * LANES, _mm512_max_ps(sum, _mm512_mul_ps(sum, slope)));
        }
    }
}

static void conv3x3_row(const upluma_conv_layer *layer, const float *above, const float *here, const float *below,
                        ptrdiff_t in_stride, float *out, ptrdiff_t out_stride, int width) {
    const int padded = upluma_conv_padded_width(width);
    const __m512 slope = _mm512_set1_ps(layer->slope);
    const float *weights = layer->weights;
    const int cin = layer->cin;
    for (int first = 0; first < layer->cout; first += 8) {
        const float *bias = layer->bias + first;
        float *result = out + first * out_stride;
        int x = 0;
#define BLOCK(outputs, vectors)                                                                                     \
    conv_block(outputs, vectors, weights, bias, slope, cin, above + x, here + x, below + x, in_stride, result + x,   \
               out_stride)
        if (layer->cout - first >= 8) {
            for (; x + 3 * LANES <= padded; x += 3 * LANES) BLOCK(8, 3);
            if (x + 2 * LANES <= padded) BLOCK(8, 2);
            else if (x < padded) BLOCK(8, 1);
            weights += cin * 9 * 8;
        } else {
            for (; x + 6 * LANES <= padded; x += 6 * LANES) BLOCK(4, 6);
            for (; x + 3 * LANES <= padded; x += 3 * LANES) BLOCK(4, 3);
            if (x + 2 * LANES <= padded) BLOCK(4, 2);
            else if (x < padded) BLOCK(4, 1);
        }
#undef BLOCK
    }
    upluma_conv_zero_right(out, out_stride, layer->cout, width);
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
        upluma_add_subpixels_clip_portable(row, residual, stride, factor, width);
    }
}

void upluma_conv_kernels_init_avx512(upluma_conv_kernels *table) {
    table->conv3x3_row = conv3x3_row;
    table->add_subpixels_clip = add_subpixels_clip;
}

#pragma clang attribute pop

#endif
