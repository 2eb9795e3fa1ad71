// One row at a time of square convolutions over planar features, the hyperbolic tangent, and the sub-pixel step that
// ends such networks.
#ifndef UPLUMA_CONV_H
#define UPLUMA_CONV_H

#include <stddef.h>
#include <stdint.h>

#include "upluma_cpu.h"

/// What a lane, the 4 bytes that a row of features holds of one pixel in one plane, is made of.
typedef enum upluma_lane {
    UPLUMA_LANE_F32 = 0,   // one channel
    UPLUMA_LANE_BF16 = 1,  // two channels as bfloat16, the first in the lower half
    UPLUMA_LANE_U8 = 2,    // four channels as bytes, the first lowest; byte q is the value (q - zero) / steps
} upluma_lane;

/// A row of features lies planar: plane p starts `stride` lanes after plane p - 1, pixel 0 first.
///
/// Around the pixels of every plane a kernel of k × k reads r = k / 2 lanes on the left and, on the right, everything up
/// to r lanes beyond the width rounded up to UPLUMA_CONV_GRAIN. The r lanes next to the picture on both sides are the
/// padding and must hold the value 0, which for bytes is each channel's `zeros`; the rest beyond must be readable. A
/// kernel that writes such a row writes the pixels and padding from there up to the rounded width, nothing else.
enum { UPLUMA_CONV_GRAIN = 16, UPLUMA_CONV_LARGEST_KERNEL = 9 };

/// `input` and `output` are of the same type, or one of them is F32.
typedef struct upluma_conv_layer {
    /// Input planes, 1 or more: channels over those in a lane, rounded up.
    int planes;
    /// Output channels, a multiple of 4: blocks of 8, then one of 4 if they do not divide.
    int cout;
    /// Rows and columns of the kernel k: odd, 1 to UPLUMA_CONV_LARGEST_KERNEL.
    int kernel;
    upluma_lane input;
    upluma_lane output;
    /// Lanes of the type of the input, but for U8 signed bytes: for each block of B output channels in turn
    /// [plane][ky][kx][B]. Weights of channels that fill up a lane are 0.
    const void *weights;
    /// `cout` values that the sums begin with; with U8 input they are added when the sum has been scaled.
    const float *bias;
    /// `cout` values that integer sums are multiplied by; with U8 input alone.
    const float *scales;
    /// `cout` values, any finite number: what is not above 0 is multiplied by its channel's. 1 is no activation, 0 is
    /// ReLU.
    const float *slopes;
    /// `cout` values each, with U8 output alone: the byte of value v is rint(v * steps + zeros), limited to 0...255.
    /// With U8 input as well, steps are not used: they are part of `scales` and `bias`.
    const float *steps;
    const float *zeros;
} upluma_conv_layer;

typedef struct upluma_conv_kernels {
    /// One row of a convolution: `rows` are the k rows of planes around the result, top to bottom, out is a row of
    /// `cout` channels. `out` overlaps no input.
    ///
    /// F32 input: every sum is bias, then one fused multiply-add for each (input channel, ky, kx) in that order. BF16
    /// input: bias, then for each (plane, ky, kx) the product of the second channels and that of the first added in turn,
    /// each rounded to float. U8 input: exact integers, then a fused multiply-add of scale and bias. So every instruction
    /// set gives the same bits (bfloat16 numbers below 2^-126 count as 0 or not, as the processor has it).
    void (*conv_row)(const upluma_conv_layer *layer, const void *const *rows, ptrdiff_t in_stride, void *out,
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
