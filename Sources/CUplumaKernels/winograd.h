// Inside CUplumaKernels: how the Winograd kernels divide their work, and which file overrides the portable ones.
#ifndef UPLUMA_WINOGRAD_INTERNAL_H
#define UPLUMA_WINOGRAD_INTERNAL_H

#include "upluma_winograd.h"

/// Tiles that go through all three steps together: few enough for the second-level cache.
enum { UPLUMA_WINOGRAD_CHUNK = 12 };

#if defined(__x86_64__)
void upluma_winograd_kernels_init_avx2(upluma_winograd_kernels *table);
void upluma_winograd_kernels_init_avx512(upluma_winograd_kernels *table);
#endif

/// Floats from one of the 36 products to the next: an odd number of cache lines, so that they spread over the cache.
static inline ptrdiff_t upluma_winograd_stride(int channels) {
    return ((ptrdiff_t)UPLUMA_WINOGRAD_CHUNK * channels / 16 | 1) * 16;
}

/// Floats of the columns of a chunk whose patches have been transformed in one direction.
static inline ptrdiff_t upluma_winograd_columns(void) {
    return (UPLUMA_WINOGRAD_TILE * UPLUMA_WINOGRAD_CHUNK + 2) * UPLUMA_WINOGRAD_PATCH * 16;
}

#endif
