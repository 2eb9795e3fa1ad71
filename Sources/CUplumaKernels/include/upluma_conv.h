// One row at a time of 3×3 convolutions over planar float features, and the sub-pixel step that ends such networks.
#ifndef UPLUMA_CONV_H
#define UPLUMA_CONV_H

#include <stddef.h>

#include "upluma_cpu.h"

/// A row of features lies planar: channel c starts `stride` floats after channel c - 1, pixel 0 first.
///
/// Around the pixels of every channel a kernel reads one float on the left (index -1) and everything up to index
/// `width` rounded up to UPLUMA_CONV_GRAIN, that index included. Index -1 and index `width` are the zero padding and must
/// hold 0; the rest beyond must be readable. A kernel that writes such a row writes zeros from `width` up to and with
/// the rounded width; it never touches index -1.
enum { UPLUMA_CONV_GRAIN = 16 };

typedef struct upluma_conv_layer {
    /// Input channels, 1 or more.
    int cin;
    /// Output channels, a multiple of 4: blocks of 8, then one of 4 if they do not divide.
    int cout;
    /// For each block of B output channels in turn: [cin][ky][kx][B].
    const float *weights;
    /// `cout` values.
    const float *bias;
    /// Negative results are multiplied by this; 0...1. 1 is no activation, 0 is ReLU.
    float slope;
} upluma_conv_layer;

typedef struct upluma_conv_kernels {
    /// One row of a 3×3 convolution: above, here and below are rows of `cin` channels, out is a row of `cout` channels.
    ///
    /// Every output is bias, then one fused multiply-add for each (input channel, ky, kx) in that order, so all
    /// instruction sets give the same bits. `out` overlaps no input.
    void (*conv3x3_row)(const upluma_conv_layer *layer, const float *above, const float *here, const float *below,
                        ptrdiff_t in_stride, float *out, ptrdiff_t out_stride, int width);

    /// Adds one row of sub-pixels to `row` and clips to 0...1: row[f·x + i] += channel i of `residual` at x.
    ///
    /// `factor` is f, 1 or more; `residual` has f channels `stride` floats apart; `row` has f · width floats and no
    /// margin.
    void (*add_subpixels_clip)(float *row, const float *residual, ptrdiff_t stride, int factor, int width);
} upluma_conv_kernels;

/// Fills the whole table with the best kernels that use no more than `level`.
void upluma_conv_kernels_init(upluma_conv_kernels *table, upluma_cpu_level level);

#endif
