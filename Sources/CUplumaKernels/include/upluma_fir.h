// Separable FIR filtering of rows of floats.
//
// Both kernels define the sum the same way at every level, so that results agree bit for bit: the product of tap 0,
// then for each further tap in order a product and a sum, each rounded to float; no fused multiply-add, which plain C
// could not follow at a bearable speed on processors that lack it.
#ifndef UPLUMA_FIR_H
#define UPLUMA_FIR_H

#include <stddef.h>
#include <stdint.h>

#include "upluma_cpu.h"

#pragma clang assume_nonnull begin

/// Targets are computed, and their taps stored, in groups of this many.
#define UPLUMA_FIR_GROUP 16

/// Floats that may be read (not used) past the last source sample of a horizontal pass.
#define UPLUMA_FIR_OVERREAD 32

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

typedef struct upluma_fir_kernels {
    /// Writes 16 * groups floats. `source` may be read up to UPLUMA_FIR_OVERREAD floats past its last sample.
    void (*horizontal)(float *target, const float *source, const upluma_fir_row_taps *taps);

    /// target[x] = sum over k of rows[k][x] * coefficients[k], for x in 0..<count; `count` is a multiple of 16.
    void (*vertical)(
        float *target, const float *_Nonnull const *_Nonnull rows, const float *coefficients, ptrdiff_t taps,
        ptrdiff_t count);
} upluma_fir_kernels;

/// Fills the whole table: portable C, then whatever `level` allows and this build has.
/// The caller vouches for the level.
void upluma_fir_kernels_init(upluma_fir_kernels *table, upluma_cpu_level level);

#pragma clang assume_nonnull end

#endif
