#if defined(__x86_64__)

#include <immintrin.h>

#include "../conv.h"

#pragma clang attribute push(__attribute__((target("avx2,fma"))), apply_to = function)

enum { LANES = 8, OUTPUTS = 4 };

/// 4 output channels of `vectors` · 8 pixels: 12 sums, 3 pixel vectors and a weight fill the 16 registers. `block` is
/// how many channels the packed weights hold for each tap (4 or 8).
static inline __attribute__((always_inline)) void conv_block(
    const int vectors, const int block, const float *weights, const float *bias, __m256 slope, int cin,
    const float *above, const float *here, const float *below, ptrdiff_t in_stride, float *out, ptrdiff_t out_stride) {
    __m256 sums[OUTPUTS * 3];
#pragma clang loop unroll(full)
    for (int o = 0; o < OUTPUTS; ++o) {
#pragma clang loop unroll(full)
        for (int v = 0; v < vectors; ++v) {
            sums[o * vectors + v] = _mm256_set1_ps(bias[o]);
        }
    }
    for (int ci = 0; ci < cin; ++ci) {
        const float *rows[3] = {above, here, below};
#pragma clang loop unroll(full)
        for (int ky = 0; ky < 3; ++ky) {
#pragma clang loop unroll(full)
            for (int kx = 0; kx < 3; ++kx) {
                __m256 pixels[3];
#pragma clang loop unroll(full)
                for (int v = 0; v < vectors; ++v) {
                    pixels[v] = _mm256_loadu_ps(rows[ky] + v * LANES + kx - 1);
                }
#pragma clang loop unroll(full)
                for (int o = 0; o < OUTPUTS; ++o) {
                    const __m256 weight = _mm256_broadcast_ss(weights + (ky * 3 + kx) * block + o);
#pragma clang loop unroll(full)
                    for (int v = 0; v < vectors; ++v) {
                        sums[o * vectors + v] = _mm256_fmadd_ps(weight, pixels[v], sums[o * vectors + v]);
                    }
                }
            }
        }
        weights += 9 * block;
        above += in_stride;
        here += in_stride;
        below += in_stride;
    }
#pragma clang loop unroll(full)
    for (int o = 0; o < OUTPUTS; ++o) {
#pragma clang loop unroll(full)
        for (int v = 0; v < vectors; ++v) {
            const __m256 sum = sums[o * vectors + v];
            _mm256_storeu_ps(out + o * out_stride + v * LANES, _mm256_max_ps(sum, _mm256_mul_ps(sum, slope)));
        }
    }
}

static void conv3x3_row(const upluma_conv_layer *layer, const float *above, const float *here, const float *below,
                        ptrdiff_t in_stride, float *out, ptrdiff_t out_stride, int width) {
    const int padded = upluma_conv_padded_width(width);
    const __m256 slope = _mm256_set1_ps(layer->slope);
    const int cin = layer->cin;
    for (int first = 0; first < layer->cout; first += OUTPUTS) {
        const float *bias = layer->bias + first;
        float *result = out + first * out_stride;
        // The packed block of 8 this half belongs to, or the last block of 4.
        const int start = first & ~7;
        const float *weights = layer->weights + cin * 9 * start + (first - start);
        int x = 0;
#define BLOCK(vectors, block)                                                                                       \
    conv_block(vectors, block, weights, bias, slope, cin, above + x, here + x, below + x, in_stride, result + x,     \
               out_stride)
        if (layer->cout - start >= 8) {
            for (; x + 3 * LANES <= padded; x += 3 * LANES) BLOCK(3, 8);
            if (x + 2 * LANES <= padded) BLOCK(2, 8);
            else if (x < padded) BLOCK(1, 8);
        } else {
            for (; x + 3 * LANES <= padded; x += 3 * LANES) BLOCK(3, 4);
            if (x + 2 * LANES <= padded) BLOCK(2, 4);
            else if (x < padded) BLOCK(1, 4);
        }
#undef BLOCK
    }
    upluma_conv_zero_right(out, out_stride, layer->cout, width);
}

static inline __m256 clip(__m256 value) {
    return _mm256_min_ps(_mm256_max_ps(value, _mm256_setzero_ps()), _mm256_set1_ps(1));
}

static void add_subpixels_clip(float *row, const float *residual, ptrdiff_t stride, int factor, int width) {
    int x = 0;
    if (factor == 2) {
        for (; x + LANES <= width; x += LANES) {
            const __m256 even = _mm256_loadu_ps(residual + x);
            const __m256 odd = _mm256_loadu_ps(residual + stride + x);
            const __m256 low = _mm256_unpacklo_ps(even, odd);
            const __m256 high = _mm256_unpackhi_ps(even, odd);
            const __m256 first = _mm256_permute2f128_ps(low, high, 0x20);
            const __m256 second = _mm256_permute2f128_ps(low, high, 0x31);
            float *target = row + 2 * x;
            _mm256_storeu_ps(target, clip(_mm256_add_ps(_mm256_loadu_ps(target), first)));
            _mm256_storeu_ps(target + LANES, clip(_mm256_add_ps(_mm256_loadu_ps(target + LANES), second)));
        }
    }
    upluma_add_subpixels_clip_portable(row + factor * x, residual + x, stride, factor, width - x);
}

void upluma_conv_kernels_init_avx2(upluma_conv_kernels *table) {
    table->conv3x3_row = conv3x3_row;
    table->add_subpixels_clip = add_subpixels_clip;
}

#pragma clang attribute pop

#endif
