#if defined(__x86_64__)
#include <immintrin.h>

#include "../tables.h"
#include "kind.h"

#pragma clang attribute push(__attribute__((target("avx2,fma"))), apply_to = function)

#include "vectors_avx2.h"

#define VECTORS(factor) ((factor) <= 2 ? 4 : 2)

INLINE lanes rounded(floats code) { return _mm256_cvtps_epi32(code); }

INLINE lanes merged(lanes low, lanes high, const int bits) {
    return _mm256_or_si256(low, _mm256_slli_epi32(high, bits));
}

/// Eight 32-bit lanes as samples: codes, or the bits of floats.
INLINE void put(uint8_t *target, lanes v, const enum kind kind) {
    if (kind == KIND_F32) {
        _mm256_storeu_si256((__m256i *)target, v);
        return;
    }
    const __m128i words = _mm256_castsi256_si128(_mm256_permute4x64_epi64(_mm256_packus_epi32(v, v), 0xD8));
    if (kind == KIND_U16) {
        _mm_storeu_si128((__m128i *)target, words);
    } else {
        _mm_storel_epi64((__m128i *)target, _mm_packus_epi16(words, words));
    }
}

#include "enlarge_template.h"

#pragma clang attribute pop

void upluma_fir_kernels_use_avx2_enlargement(upluma_fir_kernels *table) {
    table->enlarge_u8 = enlarge_u8;
    table->enlarge_u16 = enlarge_u16;
    table->enlarge_f32 = enlarge_f32;
}
#endif
