// Inside CUplumaKernels: which file overrides the portable convolution kernels.
#ifndef UPLUMA_CONV_INTERNAL_H
#define UPLUMA_CONV_INTERNAL_H

#include "upluma_conv.h"

/// The portable kernel, which vector versions call for the factors they do not know.
void upluma_add_subpixels_clip_portable(float *row, const float *residual, ptrdiff_t stride, int factor, int width);

#if defined(__x86_64__)
void upluma_conv_kernels_init_avx2(upluma_conv_kernels *table);
void upluma_conv_kernels_init_avx512(upluma_conv_kernels *table);
#endif

static inline int upluma_conv_padded_width(int width) {
    return (width + UPLUMA_CONV_GRAIN - 1) / UPLUMA_CONV_GRAIN * UPLUMA_CONV_GRAIN;
}

/// The zero padding on the right of every channel just written.
static inline void upluma_conv_zero_right(float *out, ptrdiff_t stride, int channels, int width) {
    const int end = upluma_conv_padded_width(width) + 1;
    for (int channel = 0; channel < channels; ++channel) {
        float *row = out + channel * stride;
        for (int x = width; x < end; ++x) {
            row[x] = 0;
        }
    }
}

#endif
