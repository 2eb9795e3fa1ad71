// Inside CUplumaKernels: which file overrides the portable convolution kernels.
#ifndef UPLUMA_CONV_INTERNAL_H
#define UPLUMA_CONV_INTERNAL_H

#include "upluma_conv.h"

#if defined(__x86_64__)
void upluma_conv_kernels_init_avx2(upluma_conv_kernels *table);
void upluma_conv_kernels_init_avx512(upluma_conv_kernels *table);
void upluma_conv_kernels_init_avx512dot(upluma_conv_kernels *table);
/// Rows of floats with AVX-512; rows of other types as `upluma_conv_row_portable`.
void upluma_conv_row_avx512(const upluma_conv_layer *layer, const void *const *rows, ptrdiff_t in_stride, void *out,
                            ptrdiff_t out_stride, int width);
#endif

/// Every type of row, in plain C.
void upluma_conv_row_portable(const upluma_conv_layer *layer, const void *const *rows, ptrdiff_t in_stride, void *out,
                              ptrdiff_t out_stride, int width);

/// Planes that a layer writes.
static inline int upluma_conv_output_planes(const upluma_conv_layer *layer) {
    switch (layer->output) {
    case UPLUMA_LANE_BF16: return layer->cout / 2;
    case UPLUMA_LANE_U8: return layer->cout / 4;
    default: return layer->cout;
    }
}

static inline int upluma_conv_padded_width(int width) {
    return (width + UPLUMA_CONV_GRAIN - 1) / UPLUMA_CONV_GRAIN * UPLUMA_CONV_GRAIN;
}

/// The padding between the last pixel and the rounded width, of every plane just written.
static inline void upluma_conv_pad_right(const upluma_conv_layer *layer, void *out, ptrdiff_t stride, int width) {
    const int end = upluma_conv_padded_width(width), planes = upluma_conv_output_planes(layer);
    for (int plane = 0; plane < planes; ++plane) {
        uint32_t *row = (uint32_t *)out + plane * stride, padding = 0;
        if (layer->output == UPLUMA_LANE_U8) {
            for (int channel = 3; channel >= 0; --channel) {
                padding = padding << 8 | (uint32_t)layer->zeros[4 * plane + channel];
            }
        }
        for (int x = width; x < end; ++x) {
            row[x] = padding;
        }
    }
}

/// `add_subpixels_clip` of some pixels for one factor, a constant where it is inlined, so that the compiler can use the
/// vectors of the function around it.
static inline __attribute__((always_inline)) void upluma_add_subpixels_clip_of(
    float *restrict row, const float *restrict residual, ptrdiff_t stride, const int factor, int width) {
    for (int x = 0; x < width; ++x) {
        for (int i = 0; i < factor; ++i) {
            const float sum = row[factor * x + i] + residual[i * stride + x];
            row[factor * x + i] = sum > 0 ? (sum < 1 ? sum : 1) : 0;
        }
    }
}

static inline __attribute__((always_inline)) void upluma_add_subpixels_clip_any(
    float *row, const float *residual, ptrdiff_t stride, int factor, int width) {
    switch (factor) {
    case 1: upluma_add_subpixels_clip_of(row, residual, stride, 1, width); break;
    case 2: upluma_add_subpixels_clip_of(row, residual, stride, 2, width); break;
    case 3: upluma_add_subpixels_clip_of(row, residual, stride, 3, width); break;
    case 4: upluma_add_subpixels_clip_of(row, residual, stride, 4, width); break;
    default: upluma_add_subpixels_clip_of(row, residual, stride, factor, width); break;
    }
}

#endif
