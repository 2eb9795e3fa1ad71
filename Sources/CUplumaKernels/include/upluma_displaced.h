// Resampling with displaced taps: every pixel of the result is a sum of bilinear samples at places of its own, weighted
// by weights of its own.
#ifndef UPLUMA_DISPLACED_H
#define UPLUMA_DISPLACED_H

#include <stddef.h>
#include <stdint.h>

#include "upluma_cpu.h"

#pragma clang assume_nonnull begin

/// Pixels of a row are worked on, and may be written, in groups of this many.
#define UPLUMA_DISPLACED_GRAIN 16

/// Positions are limited to this many pixels from the origin before anything is looked up; NaN becomes the lowest.
#define UPLUMA_DISPLACED_FARTHEST 4194304.0f

/// Where taps lie before they are displaced, and what lies beyond the edge.
typedef struct upluma_displaced_taps {
    /// [taps] Columns and rows, counted from the origin that a pixel of the result has in the source.
    const float *across;
    const float *down;
    /// Source pixels for each unit of displacement.
    float unit;
    int32_t taps;  ///< 1 or more.
    /// The origin of column x is step · x + start.
    int32_t step;
    int32_t start;
    /// Not 0: pixels outside the source, or outside `window` rows and columns from the origin on, count as 0; unless 0,
    /// `window` is their number. Else the edge counts.
    int32_t is_zero_outside;
    int32_t window;
} upluma_displaced_taps;

/// Planes of one size that are sampled at the same places.
typedef struct upluma_displaced_source {
    const float *planes;
    ptrdiff_t plane_stride;  ///< Floats from one plane to the next.
    int32_t stride;          ///< Floats from one row to the next; times the height it stays below 2^31.
    int32_t count;           ///< Planes, 1 or more.
    int32_t width;           ///< 1 or more.
    int32_t height;
} upluma_displaced_source;

/// Numbers for each tap and pixel: tap t's row begins `stride` floats after that of t - 1.
typedef struct upluma_displaced_values {
    const float *first;
    ptrdiff_t stride;
} upluma_displaced_values;

typedef struct upluma_displaced_kernels {
    /// One row of results for each plane: target x is the sum over taps, in order, of weight · sample. A sum begins with 0
    /// and takes one fused multiply-add for each tap.
    ///
    /// Each axis by itself: the position is displacement · unit + place (fused), limited as above; its whole part is the
    /// floor, its fraction the rest. The pixel before it is at origin + whole part, the one behind it next to that. Where
    /// the edge counts, the one before is moved into the source, then the one behind is the next of it, moved into the
    /// source too: the fraction stays what it was. Else each of the two that lies outside the source or the window counts
    /// as 0.
    ///
    /// Between two values the sample is a + fraction · (b - a), the difference rounded and then one fused multiply-add:
    /// along both rows first, then between them. So every instruction set gives the same bits.
    ///
    /// `origin` is the source row of the row's origin. Values are readable up to the width rounded up to
    /// UPLUMA_DISPLACED_GRAIN, and may be anything past it; `targets` has room for as many, past the width nothing defined
    /// is written.
    void (*resample)(
        const upluma_displaced_taps *taps, const upluma_displaced_source *source, int32_t origin,
        upluma_displaced_values weights, upluma_displaced_values horizontal, upluma_displaced_values vertical,
        float *_Nonnull const *_Nonnull targets, ptrdiff_t width);
} upluma_displaced_kernels;

/// Fills the whole table: portable C, then whatever `level` allows and this build has.
/// The caller vouches for the level.
void upluma_displaced_kernels_init(upluma_displaced_kernels *table, upluma_cpu_level level);

#pragma clang assume_nonnull end

#endif
