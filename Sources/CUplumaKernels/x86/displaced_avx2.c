#if defined(__x86_64__)
#include <immintrin.h>

#include "../tables.h"

#pragma clang attribute push(__attribute__((target("avx2,fma"))), apply_to = function)

#include "vectors_avx2.h"

/// All bits of a lane or none.
typedef __m256i mask;

INLINE floats whole_part(floats value) { return _mm256_floor_ps(value); }
INLINE floats subtract(floats a, floats b) { return _mm256_sub_ps(a, b); }
INLINE lanes truncated(floats value) { return _mm256_cvttps_epi32(value); }
INLINE lanes all(int32_t value) { return _mm256_set1_epi32(value); }
INLINE lanes plus(lanes a, lanes b) { return _mm256_add_epi32(a, b); }
INLINE lanes times(lanes a, lanes b) { return _mm256_mullo_epi32(a, b); }
INLINE lanes least(lanes a, lanes b) { return _mm256_min_epi32(a, b); }
INLINE lanes most(lanes a, lanes b) { return _mm256_max_epi32(a, b); }
INLINE lanes count_from(int32_t first, int32_t step) {
    return plus(all(first), times(all(step), _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7)));
}
INLINE mask is_less(lanes a, lanes b) { return _mm256_cmpgt_epi32(b, a); }
INLINE mask both(mask a, mask b) { return _mm256_and_si256(a, b); }
INLINE floats chosen(mask where, floats a, floats b) { return _mm256_blendv_ps(a, b, from_bits(where)); }
INLINE floats kept(mask where, floats value) { return _mm256_and_ps(from_bits(where), value); }

INLINE void gather_pairs(const float *base, lanes places, floats *first, floats *second) {
    const double *pairs = (const double *)base;
    const floats low = _mm256_castpd_ps(_mm256_i32gather_pd(pairs, _mm256_castsi256_si128(places), 4));
    const floats high = _mm256_castpd_ps(_mm256_i32gather_pd(pairs, _mm256_extracti128_si256(places, 1), 4));
    // Pixels 0 1 4 5 | 2 3 6 7, put in order by fours of bytes.
    const __m256d even = _mm256_castps_pd(_mm256_shuffle_ps(low, high, 0x88));
    const __m256d odd = _mm256_castps_pd(_mm256_shuffle_ps(low, high, 0xDD));
    *first = _mm256_castpd_ps(_mm256_permute4x64_pd(even, 0xD8));
    *second = _mm256_castpd_ps(_mm256_permute4x64_pd(odd, 0xD8));
}

#include "displaced_template.h"

#pragma clang attribute pop

void upluma_displaced_kernels_use_avx2(upluma_displaced_kernels *table) { table->resample = resample; }
#endif
