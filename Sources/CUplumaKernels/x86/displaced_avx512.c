#if defined(__x86_64__)
#include <immintrin.h>

#include "../tables.h"

#pragma clang attribute push(__attribute__((target("avx512f,avx512bw,avx512dq,avx512vl,fma"))), apply_to = function)

#include "vectors_avx512.h"

typedef __mmask16 mask;

INLINE floats whole_part(floats value) {
    return _mm512_roundscale_ps(value, _MM_FROUND_TO_NEG_INF | _MM_FROUND_NO_EXC);
}
INLINE floats subtract(floats a, floats b) { return _mm512_sub_ps(a, b); }
INLINE lanes truncated(floats value) { return _mm512_cvttps_epi32(value); }
INLINE lanes all(int32_t value) { return _mm512_set1_epi32(value); }
INLINE lanes plus(lanes a, lanes b) { return _mm512_add_epi32(a, b); }
INLINE lanes times(lanes a, lanes b) { return _mm512_mullo_epi32(a, b); }
INLINE lanes least(lanes a, lanes b) { return _mm512_min_epi32(a, b); }
INLINE lanes most(lanes a, lanes b) { return _mm512_max_epi32(a, b); }
INLINE lanes count_from(int32_t first, int32_t step) {
    return plus(all(first), times(all(step), _mm512_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15)));
}
INLINE mask is_less(lanes a, lanes b) { return _mm512_cmplt_epi32_mask(a, b); }
INLINE mask both(mask a, mask b) { return a & b; }
INLINE floats chosen(mask where, floats a, floats b) { return _mm512_mask_blend_ps(where, a, b); }
INLINE floats kept(mask where, floats value) { return _mm512_maskz_mov_ps(where, value); }

INLINE void gather_pairs(const float *base, lanes places, floats *first, floats *second) {
    const floats low = _mm512_castpd_ps(_mm512_i32gather_pd(_mm512_castsi512_si256(places), base, 4));
    const floats high = _mm512_castpd_ps(_mm512_i32gather_pd(_mm512_extracti64x4_epi64(places, 1), base, 4));
    const lanes even = _mm512_setr_epi32(0, 2, 4, 6, 8, 10, 12, 14, 16, 18, 20, 22, 24, 26, 28, 30);
    *first = _mm512_permutex2var_ps(low, even, high);
    *second = _mm512_permutex2var_ps(low, plus(even, all(1)), high);
}

#include "displaced_template.h"

#pragma clang attribute pop

void upluma_displaced_kernels_use_avx512(upluma_displaced_kernels *table) { table->resample = resample; }
#endif
