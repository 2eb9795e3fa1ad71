// The multiply-add peak of one core: the yardstick that every network's speed is held against.
#ifndef UPLUMA_PEAK_H
#define UPLUMA_PEAK_H

#include <stddef.h>

#include "upluma_cpu.h"

/// What is multiplied and added.
typedef enum upluma_peak_kind {
    UPLUMA_PEAK_F32 = 0,
    UPLUMA_PEAK_BF16 = 1,  // pairs of bfloat16, summed in float (vdpbf16ps)
    UPLUMA_PEAK_INT8 = 2,  // fours of bytes, summed in 32 bits (vpdpbusd)
} upluma_peak_kind;

/// Runs `rounds` rounds of independent multiply-adds in registers and returns how many operations that was (a
/// multiply-add counts as two). `sink` receives a value that depends on all of them, so that none is optimised away.
///
/// f32 uses no more than `level`. 0, at once, where this processor (or build) has no instruction for the kind, or
/// `level` is too low for it.
double upluma_peak_burst(upluma_peak_kind kind, upluma_cpu_level level, size_t rounds, float *sink);

#endif
