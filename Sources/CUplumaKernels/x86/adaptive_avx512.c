#if defined(__x86_64__)
#include <immintrin.h>

#include "../tables.h"

#pragma clang attribute push(__attribute__((target("avx512f,avx512bw,avx512dq,avx512vl,fma"))), apply_to = function)

#include "vectors_avx512.h"

// 32 registers: sums, the samples of their vectors and, for bfloat16, a weight or two.
#define VECTORS(factor) ((factor) <= 2 ? 4 : (factor) == 3 ? 2 : 1)
#define ROWS(factor) (factor)

INLINE lanes load_lanes(const uint32_t *source) { return _mm512_loadu_si512(source); }
INLINE floats lower(lanes pairs) { return from_bits(_mm512_slli_epi32(pairs, 16)); }
INLINE floats upper(lanes pairs) { return from_bits(_mm512_and_si512(pairs, _mm512_set1_epi32((int)0xFFFF0000))); }

#include "adaptive_template.h"

#pragma clang attribute pop

void upluma_adaptive_kernels_use_avx512(upluma_adaptive_kernels *table) {
    table->resample_f32 = resample_f32;
    table->resample_bf16 = resample_bf16;
}
#endif
