// The multiply-add peak of one core: the yardstick that every network's speed is held against.
#ifndef UPLUMA_PEAK_H
#define UPLUMA_PEAK_H

#include <stddef.h>

#include "upluma_cpu.h"

/// Runs `rounds` rounds of independent fused multiply-adds in registers and returns how many operations that was (a
/// multiply-add counts as two). `sink` receives a value that depends on all of them, so that none is optimised away.
double upluma_peak_burst(upluma_cpu_level level, size_t rounds, float *sink);

#endif
