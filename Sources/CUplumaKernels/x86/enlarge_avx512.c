#if defined(__x86_64__)
#include <immintrin.h>

#include "../tables.h"
#include "kind.h"

#pragma clang attribute push(__attribute__((target("avx512f,avx512bw,avx512dq,avx512vl,fma"))), apply_to = function)

#include "vectors_avx512.h"

#define VECTORS(factor) 4

INLINE lanes rounded(floats code) { return _mm512_cvtps_epi32(code); }

INLINE lanes merged(lanes low, lanes high, const int bits) {
    return _mm512_or_si512(low, _mm512_slli_epi32(high, bits));
}

/// Sixteen 32-bit lanes as samples: codes, or the bits of floats.
INLINE void put(uint8_t *target, lanes v, const enum kind kind) {
    switch (kind) {
        case KIND_U8: _mm_storeu_si128((__m128i *)target, _mm512_cvtepi32_epi8(v)); break;
        case KIND_U16: _mm256_storeu_si256((__m256i *)target, _mm512_cvtepi32_epi16(v)); break;
        case KIND_F32: _mm512_storeu_si512(target, v); break;
    }
}

#include "enlarge_template.h"

#pragma clang attribute pop

void upluma_fir_kernels_use_avx512_enlargement(upluma_fir_kernels *table) {
    table->enlarge_u8 = enlarge_u8;
    table->enlarge_u16 = enlarge_u16;
    table->enlarge_f32 = enlarge_f32;
}
#endif
