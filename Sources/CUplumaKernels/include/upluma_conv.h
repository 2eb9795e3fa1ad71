// One row at a time of square convolutions over planar float features, the hyperbolic tangent, and the sub-pixel step
// that ends such networks.
#ifndef UPLUMA_CONV_H
#define UPLUMA_CONV_H

#include <stddef.h>

#include "upluma_cpu.h"

/// A row of features lies planar: channel c starts `stride` floats after channel c - 1, pixel 0 first.
///
/// Around the pixels of every channel a kernel of k × k reads r = k / 2 floats on the left and, on the right, everything
/// up to r floats beyond the width rounded up to UPLUMA_CONV_GRAIN. The r floats next to the picture on both sides are
/// the zero padding and must hold 0; the rest beyond must be readable. A kernel that writes such a row writes the pixels
/// and zeros from there up to the rounded width, nothing else.
enum { UPLUMA_CONV_GRAIN = 16, UPLUMA_CONV_LARGEST_KERNEL = 9 };

typedef struct upluma_conv_layer {
    /// Input channels, 1 or more.
    int cin;
    /// Output channels, a multiple of 4: blocks of 8, then one of 4 if they do not divide.
    int cout;
    /// Rows and columns of the kernel k: odd, 1 to UPLUMA_CONV_LARGEST_KERNEL.
    int kernel;
    /// For each block of B output channels in turn: [cin][ky][kx][B].
    const float *weights;
    /// `cout` values.
    const float *bias;
    /// `cout` values, any finite number: what is not above 0 is multiplied by its channel's. 1 is no activation, 0 is
    /// ReLU.
    const float *slopes;
} upluma_conv_layer;

typedef struct upluma_conv_kernels {
    /// One row of a convolution: `rows` are the k rows of `cin` channels around the result, top to bottom, out is a row
    /// of `cout` channels.
    ///
    /// Every output is bias, then one fused multiply-add for each (input channel, ky, kx) in that order, so all
    /// instruction sets give the same bits. `out` overlaps no input.
    void (*conv_row)(const upluma_conv_layer *layer, const float *const *rows, ptrdiff_t in_stride, float *out,
                     ptrdiff_t out_stride, int width);

    /// Replaces `count` floats, a multiple of UPLUMA_CONV_GRAIN, by their hyperbolic tangents: at most 6 ULP from the
    /// exact value, odd, never beyond ±1, 0 for 0, ±1 for ±infinity, 1 for NaN. The same bits at every level.
    void (*tanh_row)(float *values, ptrdiff_t count);

    /// Adds one row of sub-pixels to `row` and clips to 0...1: row[f·x + i] += channel i of `residual` at x.
    ///
    /// `factor` is f, 1 or more; `residual` has f channels `stride` floats apart; `row` has f · width floats and no
    /// margin.
    void (*add_subpixels_clip)(float *row, const float *residual, ptrdiff_t stride, int factor, int width);
} upluma_conv_kernels;

/// Fills the whole table with the best kernels that use no more than `level`.
void upluma_conv_kernels_init(upluma_conv_kernels *table, upluma_cpu_level level);

#endif
