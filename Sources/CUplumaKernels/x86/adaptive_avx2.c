#if defined(__x86_64__)
#include <immintrin.h>

#include "../tables.h"

#pragma clang attribute push(__attribute__((target("avx2,fma"))), apply_to = function)

#include "vectors_avx2.h"

// 16 registers: sums, the samples of their vectors and, for bfloat16, a weight or two.
#define VECTORS(factor) ((factor) == 1 ? 8 : (factor) == 3 ? 1 : 2)
#define ROWS(factor) ((factor) == 4 ? 1 : (factor))

INLINE lanes load_lanes(const uint32_t *source) { return _mm256_loadu_si256((const __m256i *)source); }
INLINE floats lower(lanes pairs) { return from_bits(_mm256_slli_epi32(pairs, 16)); }
INLINE floats upper(lanes pairs) { return from_bits(_mm256_and_si256(pairs, _mm256_set1_epi32((int)0xFFFF0000))); }

#include "adaptive_template.h"

#pragma clang attribute pop

void upluma_adaptive_kernels_use_avx2(upluma_adaptive_kernels *table) {
    table->resample_f32 = resample_f32;
    table->resample_bf16 = resample_bf16;
}
#endif
