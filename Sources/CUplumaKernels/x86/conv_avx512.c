#if defined(__x86_64__)

#include <immintrin.h>

#include "../conv.h"
#include "../tanh.h"

#pragma clang attribute push(__attribute__((target("avx512f,avx512bw,avx512dq,avx512vl,fma"))), apply_to = function)

enum { LANES = 16 };

/// One tap of `outputs` channels: a weight is broadcast once for all vectors of pixels.
static inline __attribute__((always_inline)) void add_tap(
    const int outputs, const int vectors, const float *weights, const float *input, __m512 *sums) {
    __m512 pixels[6];
#pragma clang loop unroll(full)
    for (int v = 0; v < vectors; ++v) {
        pixels[v] = _mm512_loadu_ps(input + v * LANES);
    }
#pragma clang loop unroll(full)
    for (int o = 0; o < outputs; ++o) {
        const __m512 weight = _mm512_set1_ps(weights[o]);
#pragma clang loop unroll(full)
        for (int v = 0; v < vectors; ++v) {
            sums[o * vectors + v] = _mm512_fmadd_ps(weight, pixels[v], sums[o * vectors + v]);
        }
    }
}

/// `outputs` channels of `vectors` · 16 pixels, all sums in registers. `fixed` is 3 for the unrolled kernel of 3×3 and 0
/// for any other; it and both counts are constants after inlining, so the loops over them unroll; the array has a fixed
/// size because one of `outputs * vectors` would live in memory.
static inline __attribute__((always_inline)) void conv_block(
    const int fixed, const int outputs, const int vectors, const float *weights, const upluma_conv_layer *layer,
    int first, const float *const *rows, ptrdiff_t in_stride, float *out, ptrdiff_t out_stride, int x) {
    const float *bias = layer->bias + first, *slopes = layer->slopes + first;
    const int cin = layer->cin;
    __m512 sums[24];
#pragma clang loop unroll(full)
    for (int o = 0; o < outputs; ++o) {
#pragma clang loop unroll(full)
        for (int v = 0; v < vectors; ++v) {
            sums[o * vectors + v] = _mm512_set1_ps(bias[o]);
        }
    }
    if (fixed == 3) {
        const float *above = rows[0] + x, *here = rows[1] + x, *below = rows[2] + x;
        for (int ci = 0; ci < cin; ++ci) {
            const float *inputs[3] = {above, here, below};
#pragma clang loop unroll(full)
            for (int ky = 0; ky < 3; ++ky) {
#pragma clang loop unroll(full)
                for (int kx = 0; kx < 3; ++kx) {
                    add_tap(outputs, vectors, weights + (ky * 3 + kx) * outputs, inputs[ky] + kx - 1, sums);
                }
            }
            weights += 9 * outputs;
            above += in_stride;
            here += in_stride;
            below += in_stride;
        }
    } else {
        const int kernel = layer->kernel;
        for (int ci = 0; ci < cin; ++ci) {
            for (int ky = 0; ky < kernel; ++ky) {
                const float *input = rows[ky] + ci * in_stride + x - kernel / 2;
                for (int kx = 0; kx < kernel; ++kx) {
                    add_tap(outputs, vectors, weights, input + kx, sums);
                    weights += outputs;
                }
            }
        }
    }
    float *result = out + first * out_stride + x;
#pragma clang loop unroll(full)
    for (int o = 0; o < outputs; ++o) {
        const __m512 slope = _mm512_set1_ps(slopes[o]);
#pragma clang loop unroll(full)
        for (int v = 0; v < vectors; ++v) {
            const __m512 sum = sums[o * vectors + v];
            const __mmask16 low = _mm512_cmp_ps_mask(sum, _mm512_setzero_ps(), _CMP_NGT_UQ);
            _mm512_storeu_ps(result + o * out_stride + v * LANES, _mm512_mask_mul_ps(sum, low, sum, slope));
        }
    }
}

/// All output channels of `vectors` · 16 pixels: the inputs are read from memory once, then from the nearest cache.
static inline __attribute__((always_inline)) void conv_tile(
    const int fixed, const int vectors, const upluma_conv_layer *layer, const float *const *rows, ptrdiff_t in_stride,
    float *out, ptrdiff_t out_stride, int x) {
    const float *weights = layer->weights;
    int first = 0;
    for (; layer->cout - first >= 8; first += 8) {
        conv_block(fixed, 8, vectors, weights, layer, first, rows, in_stride, out, out_stride, x);
        weights += layer->cin * layer->kernel * layer->kernel * 8;
    }
    if (first < layer->cout) {
        conv_block(fixed, 4, vectors, weights, layer, first, rows, in_stride, out, out_stride, x);
    }
}

static inline __attribute__((always_inline)) void conv_row_of(
    const int fixed, const upluma_conv_layer *layer, const float *const *rows, ptrdiff_t in_stride, float *out,
    ptrdiff_t out_stride, int width) {
    const int padded = upluma_conv_padded_width(width);
    int x = 0;
    if (layer->cout == 4) {
        // A single block of 4 has registers left for twice the pixels.
        for (; x + 6 * LANES <= padded; x += 6 * LANES) {
            conv_block(fixed, 4, 6, layer->weights, layer, 0, rows, in_stride, out, out_stride, x);
        }
    }
    for (; x + 3 * LANES <= padded; x += 3 * LANES) {
        conv_tile(fixed, 3, layer, rows, in_stride, out, out_stride, x);
    }
    if (x + 2 * LANES <= padded) {
        conv_tile(fixed, 2, layer, rows, in_stride, out, out_stride, x);
    } else if (x < padded) {
        conv_tile(fixed, 1, layer, rows, in_stride, out, out_stride, x);
    }
    upluma_conv_zero_right(out, out_stride, layer->cout, width);
}

static void conv_row(const upluma_conv_layer *layer, const float *const *rows, ptrdiff_t in_stride, float *out,
                     ptrdiff_t out_stride, int width) {
    if (layer->kernel == 3) {
        conv_row_of(3, layer, rows, in_stride, out, out_stride, width);
    } else {
        conv_row_of(0, layer, rows, in_stride, out, out_stride, width);
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
    table->conv_row = conv_row;
    table->tanh_row = tanh_row;
    table->add_subpixels_clip = add_subpixels_clip;
}

#pragma clang attribute pop

#endif
