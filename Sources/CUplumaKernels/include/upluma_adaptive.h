// Per-pixel resampling: every pixel of the result is a sum of source pixels at fixed places around its own, weighted by
// weights of its own.
#ifndef UPLUMA_ADAPTIVE_H
#define UPLUMA_ADAPTIVE_H

#include <stddef.h>
#include <stdint.h>

#include "upluma_cpu.h"

#pragma clang assume_nonnull begin

/// Pixels of a row are worked on, and may be written, in groups of this many.
#define UPLUMA_ADAPTIVE_GRAIN 16

/// The largest factor there is.
#define UPLUMA_ADAPTIVE_LARGEST_FACTOR 8

/// Where kernels of f × f taps take their pixels; s is `factor`.
typedef struct upluma_adaptive_lattice {
    /// [interval][phase][tap] Source rows or columns, counted from the pixel that the phase belongs to; within
    /// -reach...reach.
    const int32_t *offsets;
    int32_t size;       ///< f, 1 or more.
    int32_t factor;     ///< 1...UPLUMA_ADAPTIVE_LARGEST_FACTOR
    int32_t intervals;  ///< 1 or more.
    int32_t reach;
    int32_t is_shared;  ///< Not 0 where the offsets of all phases are those of phase 0.
} upluma_adaptive_lattice;

/// The s rows of results that belong to one source row: for each source pixel x and phases dy, dx in 0..<s,
/// targets[dy][s · x + dx] is the sum over taps (ky, kx), row by row, of weight · sample.
///
/// A sum begins with 0 and takes one fused multiply-add for each tap in that order. The sample is that of the first
/// interval, to which those of the others are added one after the other, each sum rounded to float; an interval's is
/// `rows[reach + offset[ky of dy]][x + offset[kx of dx]]`. So every instruction set gives the same bits.
///
/// Weights are planar: channel s² · (f · ky + kx) + s · dy + dx of plane 0 at `weights`, each next plane `stride` lanes
/// further on; a lane is one float, or two channels as bfloat16 (`upluma_lane`), which are widened exactly.
///
/// `rows` has 2 · reach + 1 rows, the pixel's own in the middle. Rows are readable from `reach` pixels before pixel 0 on,
/// and up to `reach` beyond the width rounded up to UPLUMA_ADAPTIVE_GRAIN; planes up to that width. Targets have s times
/// that width; past s · width nothing defined is written. With `is_limited`, results are limited to 0...1 and NaN becomes
/// 0.
typedef void upluma_adaptive_resample(
    const upluma_adaptive_lattice *lattice, const void *weights, ptrdiff_t stride,
    const float *_Nonnull const *_Nonnull rows, float *_Nonnull const *_Nonnull targets, ptrdiff_t width,
    int is_limited);

typedef struct upluma_adaptive_kernels {
    upluma_adaptive_resample *resample_f32;
    upluma_adaptive_resample *resample_bf16;
} upluma_adaptive_kernels;

/// Fills the whole table: portable C, then whatever `level` allows and this build has.
/// The caller vouches for the level.
void upluma_adaptive_kernels_init(upluma_adaptive_kernels *table, upluma_cpu_level level);

#pragma clang assume_nonnull end

#endif
