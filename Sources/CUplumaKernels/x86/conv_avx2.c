#if defined(__x86_64__)

#include <immintrin.h>

#include "../conv.h"
#include "../tanh.h"

#pragma clang attribute push(__attribute__((target("avx2,fma"))), apply_to = function)

enum { LANES = 8, OUTPUTS = 4 };

/// One tap of 4 output channels: a weight is broadcast once for all vectors of pixels.
static inline __attribute__((always_inline)) void add_tap(
    const int vectors, const float *weights, const float *input, __m256 *sums) {
    __m256 pixels[3];
#pragma clang loop unroll(full)
    for (int v = 0; v < vectors; ++v) {
        pixels[v] = _mm256_loadu_ps(input + v * LANES);
    }
#pragma clang loop unroll(full)
    for (int o = 0; o < OUTPUTS; ++o) {
        const __m256 weight = _mm256_broadcast_ss(weights + o);
#pragma clang loop unroll(full)
        for (int v = 0; v < vectors; ++v) {
            sums[o * vectors + v] = _mm256_fmadd_ps(weight, pixels[v], sums[o * vectors + v]);
        }
    }
}

/// 4 output channels of `vectors` · 8 pixels: 12 sums, 3 pixel vectors and a weight fill the 16 registers. `block` is
/// how many channels the packed weights hold for each tap (4 or 8). `fixed` is 3 for the unrolled kernel of 3×3 and 0 for
/// any other.
static inline __attribute__((always_inline)) void conv_block(
    const int fixed, const int vectors, const int block, const float *weights, const upluma_conv_layer *layer,
    int first, const void *const *rows, ptrdiff_t in_stride, float *out, ptrdiff_t out_stride, int x) {
    const float *bias = layer->bias + first, *slopes = layer->slopes + first;
    const int planes = layer->planes;
    __m256 sums[OUTPUTS * 3];
#pragma clang loop unroll(full)
    for (int o = 0; o < OUTPUTS; ++o) {
#pragma clang loop unroll(full)
        for (int v = 0; v < vectors; ++v) {
            sums[o * vectors + v] = _mm256_set1_ps(bias[o]);
        }
    }
    if (fixed == 3) {
        const float *above = (const float *)rows[0] + x, *here = (const float *)rows[1] + x;
        const float *below = (const float *)rows[2] + x;
        for (int plane = 0; plane < planes; ++plane) {
            const float *inputs[3] = {above, here, below};
#pragma clang loop unroll(full)
            for (int ky = 0; ky < 3; ++ky) {
#pragma clang loop unroll(full)
                for (int kx = 0; kx < 3; ++kx) {
                    add_tap(vectors, weights + (ky * 3 + kx) * block, inputs[ky] + kx - 1, sums);
                }
            }
            weights += 9 * block;
            above += in_stride;
            here += in_stride;
            below += in_stride;
        }
    } else {
        const int kernel = layer->kernel;
        for (int plane = 0; plane < planes; ++plane) {
            for (int ky = 0; ky < kernel; ++ky) {
                const float *input = (const float *)rows[ky] + plane * in_stride + x - kernel / 2;
                for (int kx = 0; kx < kernel; ++kx) {
                    add_tap(vectors, weights, input + kx, sums);
                    weights += block;
                }
            }
        }
    }
    float *result = out + first * out_stride + x;
#pragma clang loop unroll(full)
    for (int o = 0; o < OUTPUTS; ++o) {
        const __m256 slope = _mm256_broadcast_ss(slopes + o);
#pragma clang loop unroll(full)
        for (int v = 0; v < vectors; ++v) {
            const __m256 sum = sums[o * vectors + v];
            const __m256 high = _mm256_cmp_ps(sum, _mm256_setzero_ps(), _CMP_GT_OQ);
            _mm256_storeu_ps(
                result + o * out_stride + v * LANES, _mm256_blendv_ps(_mm256_mul_ps(sum, slope), sum, high));
        }
    }
}

/// All output channels of `vectors` · 8 pixels: the inputs are read from memory once, then from the nearest cache.
static inline __attribute__((always_inline)) void conv_tile(
    const int fixed, const int vectors, const upluma_conv_layer *layer, const void *const *rows, ptrdiff_t in_stride,
    float *out, ptrdiff_t out_stride, int x) {
    const ptrdiff_t taps = layer->planes * layer->kernel * layer->kernel;
    const float *weights = layer->weights;
    int first = 0;
    for (; layer->cout - first >= 8; first += 8) {
        for (int half = 0; half < 8; half += OUTPUTS) {
            conv_block(
                fixed, vectors, 8, weights + half, layer, first + half, rows, in_stride, out, out_stride, x);
        }
        weights += taps * 8;
    }
    if (first < layer->cout) {
        conv_block(fixed, vectors, 4, weights, layer, first, rows, in_stride, out, out_stride, x);
    }
}

static inline __attribute__((always_inline)) void conv_row_of(
    const int fixed, const upluma_conv_layer *layer, const void *const *rows, ptrdiff_t in_stride, float *out,
    ptrdiff_t out_stride, int width) {
    const int padded = upluma_conv_padded_width(width);
    int x = 0;
    for (; x + 3 * LANES <= padded; x += 3 * LANES) {
        conv_tile(fixed, 3, layer, rows, in_stride, out, out_stride, x);
    }
    if (x + 2 * LANES <= padded) {
        conv_tile(fixed, 2, layer, rows, in_stride, out, out_stride, x);
    } else if (x < padded) {
        conv_tile(fixed, 1, layer, rows, in_stride, out, out_stride, x);
    }
    upluma_conv_pad_right(layer, out, out_stride, width);
}

static void conv_row(const upluma_conv_layer *layer, const void *const *rows, ptrdiff_t in_stride, void *out,
                     ptrdiff_t out_stride, int width) {
    if (layer->input != UPLUMA_LANE_F32 || layer->output != UPLUMA_LANE_F32) {
        upluma_conv_row_portable(layer, rows, in_stride, out, out_stride, width);
    } else if (layer->kernel == 3) {
        conv_row_of(3, layer, rows, in_stride, out, out_stride, width);
    } else {
        conv_row_of(0, layer, rows, in_stride, out, out_stride, width);
    }
}

static void tanh_row(float *values, ptrdiff_t count) {
    const __m256 limit = _mm256_set1_ps(UPLUMA_TANH_LIMIT), one = _mm256_set1_ps(1);
    const __m256 lowest = _mm256_set1_ps(-UPLUMA_TANH_LIMIT), least = _mm256_set1_ps(-1);
    for (ptrdiff_t i = 0; i < count; i += LANES) {
        const __m256 x = _mm256_max_ps(_mm256_min_ps(_mm256_loadu_ps(values + i), limit), lowest);
        const __m256 square = _mm256_mul_ps(x, x);
        __m256 p = _mm256_set1_ps(upluma_tanh_p[0]), q = _mm256_set1_ps(upluma_tanh_q[0]);
        for (int k = 1; k < 5; ++k) {
            p = _mm256_fmadd_ps(p, square, _mm256_set1_ps(upluma_tanh_p[k]));
        }
        for (int k = 1; k < 6; ++k) {
            q = _mm256_fmadd_ps(q, square, _mm256_set1_ps(upluma_tanh_q[k]));
        }
        const __m256 result = _mm256_div_ps(_mm256_mul_ps(x, p), q);
        _mm256_storeu_ps(values + i, _mm256_max_ps(_mm256_min_ps(result, one), least));
    }
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
    upluma_add_subpixels_clip_any(row + factor * x, residual + x, stride, factor, width - x);
}

void upluma_conv_kernels_init_avx2(upluma_conv_kernels *table) {
    table->conv_row = conv_row;
    table->tanh_row = tanh_row;
    table->add_subpixels_clip = add_subpixels_clip;
}

#pragma clang attribute pop

#endif
