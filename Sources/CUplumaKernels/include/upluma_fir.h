// Separable FIR filtering of rows: down the columns, from samples of any type to floats, then along the row.
//
// All kernels define a sum the same way at every level, so that results agree bit for bit: a start value, then one fused
// multiply-add for each tap in order.
#ifndef UPLUMA_FIR_H
#define UPLUMA_FIR_H

#include <stddef.h>
#include <stdint.h>

#include "upluma_cpu.h"

#pragma clang assume_nonnull begin

/// Targets are computed, and their taps stored, in groups of this many.
#define UPLUMA_FIR_GROUP 16

/// Floats that may be read (not used) past the last source sample of a pass along the row.
#define UPLUMA_FIR_OVERREAD 32

/// The largest whole factor that `enlarge` knows.
#define UPLUMA_FIR_LARGEST_FACTOR 4

/// Where the targets of a row take their samples, and with which weights.
///
/// Target x = 16 g + l is the sum over k in 0..<taps of
/// `source[base[g] + offset[16 g + l] + k] * coefficients[(g * taps + k) * 16 + l]`.
typedef struct upluma_fir_row_taps {
    const int32_t *base;        ///< [groups] Lowest first sample of the group.
    const int32_t *offset;      ///< [groups][16] First sample of each target, counted from `base`; 0...reach.
    const float *coefficients;  ///< [groups][taps][16]
    int32_t groups;
    int32_t taps;   ///< At least 1.
    int32_t reach;  ///< Largest value in `offset`.
} upluma_fir_row_taps;

/// The taps of an enlargement by a whole factor, which repeat from source sample to source sample.
///
/// Target factor · x + p is the sum over k in 0..<taps of `source[x + first + k] * coefficients[k * factor + p]`. All
/// phases share the window of `taps` samples, so that a sample is loaded once for all of them; those that need fewer have
/// coefficients of 0 there, which change no sum of finite samples.
typedef struct upluma_fir_phases {
    const float *coefficients;  ///< [taps][factor]
    int32_t first;              ///< May be negative.
    int32_t taps;               ///< 0 or more.
    int32_t factor;             ///< 1...UPLUMA_FIR_LARGEST_FACTOR
} upluma_fir_phases;

/// What the sums of an enlargement start from and end in. A sum is a code of the target: integer targets are rounded to
/// the nearest integer, halves to even.
typedef struct upluma_fir_ending {
    /// One row of `factor` channels, `residual_stride` floats apart, whose pixel x goes to the targets from
    /// factor · x on: their sums start from residual · unit + start, one fused multiply-add. Null where there is none:
    /// then sums start from `start`. Each channel is readable up to its width rounded up to UPLUMA_FIR_GROUP.
    const float *_Nullable residual;
    ptrdiff_t residual_stride;
    float unit;
    float start;
    /// Codes are limited to low...high; NaN becomes `low`. For integers within what the type holds, 65535 at most.
    /// Floats are left as they are where `low` is -infinity.
    float low;
    float high;
} upluma_fir_ending;

typedef struct upluma_fir_kernels {
    /// Down the columns: target[x] is `start`, then the sum over k of sample x of row k times coefficients[k], for x in
    /// 0..<count. Row 0 is at `rows`, each next one `stride` bytes further on. `second`, unless null, is another target
    /// row of the same source rows, with the coefficients from coefficients[taps] on. `taps` is at least 1; exactly
    /// `count` samples of each row are read, exactly `count` floats written.
    void (*vertical_u8)(
        float *target, float *_Nullable second, const uint8_t *rows, ptrdiff_t stride, const float *coefficients,
        ptrdiff_t taps, float start, ptrdiff_t count);
    void (*vertical_u16)(
        float *target, float *_Nullable second, const uint16_t *rows, ptrdiff_t stride, const float *coefficients,
        ptrdiff_t taps, float start, ptrdiff_t count);
    void (*vertical_f32)(
        float *target, float *_Nullable second, const float *rows, ptrdiff_t stride, const float *coefficients,
        ptrdiff_t taps, float start, ptrdiff_t count);

    /// Along the row, any ratio: 16 * groups floats, each `start` and the sum of its taps. `source` may be read up to
    /// UPLUMA_FIR_OVERREAD floats past its last sample.
    void (*horizontal)(float *target, const float *source, const upluma_fir_row_taps *taps, float start);

    /// Along the row by a whole factor, to samples: exactly the first `count` targets are written. All samples that the
    /// taps of whole groups of 16 source samples reach are readable.
    void (*enlarge_u8)(
        uint8_t *target, const float *source, const upluma_fir_phases *phases, const upluma_fir_ending *ending,
        ptrdiff_t count);
    void (*enlarge_u16)(
        uint16_t *target, const float *source, const upluma_fir_phases *phases, const upluma_fir_ending *ending,
        ptrdiff_t count);
    void (*enlarge_f32)(
        float *target, const float *source, const upluma_fir_phases *phases, const upluma_fir_ending *ending,
        ptrdiff_t count);
} upluma_fir_kernels;

/// Fills the whole table: portable C, then whatever `level` allows and this build has.
/// The caller vouches for the level.
void upluma_fir_kernels_init(upluma_fir_kernels *table, upluma_cpu_level level);

#pragma clang assume_nonnull end

#endif
