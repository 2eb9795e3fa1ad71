// Rows of samples to rows of floats and back. One definition of the arithmetic, the same bits at every level:
//
//   load:  value = (code - zero) * scale, each operation rounded to float, no fused multiply-add;
//   store: code  = value * unit, rounded, + zero, rounded; integer targets then take 0 for NaN, are limited to
//          0...maximum and rounded to the nearest integer, halves to even. Float targets are neither limited nor
//          rounded.
//
// Exactly `count` samples are read and written; neither side needs alignment beyond that of its sample type. `count`
// may be 0. Source and target do not overlap.
#ifndef UPLUMA_SAMPLES_H
#define UPLUMA_SAMPLES_H

#include <stddef.h>
#include <stdint.h>

#include "upluma_cpu.h"

#pragma clang assume_nonnull begin

typedef struct upluma_sample_kernels {
    void (*load_u8)(float *target, const uint8_t *source, ptrdiff_t count, float zero, float scale);
    void (*load_u16)(float *target, const uint16_t *source, ptrdiff_t count, float zero, float scale);
    void (*load_f32)(float *target, const float *source, ptrdiff_t count, float zero, float scale);
    /// `maximum` lies in 0...255.
    void (*store_u8)(uint8_t *target, const float *source, ptrdiff_t count, float unit, float zero, float maximum);
    /// `maximum` lies in 0...65535.
    void (*store_u16)(uint16_t *target, const float *source, ptrdiff_t count, float unit, float zero, float maximum);
    void (*store_f32)(float *target, const float *source, ptrdiff_t count, float unit, float zero);
} upluma_sample_kernels;

/// Fills the whole table: portable C, then whatever `level` allows and this build has.
/// The caller vouches for the level.
void upluma_sample_kernels_init(upluma_sample_kernels *table, upluma_cpu_level level);

#pragma clang assume_nonnull end

#endif
