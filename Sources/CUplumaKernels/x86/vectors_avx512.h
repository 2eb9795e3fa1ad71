// Vectors of floats and of 32-bit lanes for AVX-512, for the files that include this one after <immintrin.h> and inside
// the target attributes of their instruction set, and for the templates that these include.
#ifndef UPLUMA_VECTORS_AVX512_H
#define UPLUMA_VECTORS_AVX512_H

#include "kind.h"

enum { LANES = 16 };
typedef __m512 floats;
typedef __m512i lanes;

INLINE floats load(const float *source) { return _mm512_loadu_ps(source); }
INLINE void store(float *target, floats value) { _mm512_storeu_ps(target, value); }
INLINE floats broadcast(float value) { return _mm512_set1_ps(value); }
INLINE floats add(floats a, floats b) { return _mm512_add_ps(a, b); }
INLINE floats multiply_add(floats a, floats b, floats c) { return _mm512_fmadd_ps(a, b, c); }
// maxps gives its second operand when one is NaN.
INLINE floats limit(floats code, floats low, floats high) { return _mm512_min_ps(_mm512_max_ps(code, low), high); }
INLINE floats from_bits(lanes value) { return _mm512_castsi512_ps(value); }
INLINE lanes bits(floats value) { return _mm512_castps_si512(value); }

/// 32-bit lanes a0 b0 a1 b1 …: two vectors.
INLINE void interleave_2(lanes a, lanes b, lanes *out) {
    const lanes low = _mm512_setr_epi32(0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23);
    const lanes high = _mm512_setr_epi32(8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31);
    out[0] = _mm512_permutex2var_epi32(a, low, b);
    out[1] = _mm512_permutex2var_epi32(a, high, b);
}

/// 32-bit lanes a0 b0 c0 a1 …: three vectors. Lane n is sample n / 3 of channel n % 3.
INLINE void interleave_3(lanes a, lanes b, lanes c, lanes *out) {
    const lanes places[3] = {
        _mm512_setr_epi32(0, 16, 0, 1, 17, 0, 2, 18, 0, 3, 19, 0, 4, 20, 0, 5),
        _mm512_setr_epi32(21, 0, 6, 22, 0, 7, 23, 0, 8, 24, 0, 9, 25, 0, 10, 26),
        _mm512_setr_epi32(0, 11, 27, 0, 12, 28, 0, 13, 29, 0, 14, 30, 0, 15, 31, 0),
    };
    const lanes third[3] = {
        _mm512_setr_epi32(0, 0, 0, 0, 0, 1, 0, 0, 2, 0, 0, 3, 0, 0, 4, 0),
        _mm512_setr_epi32(0, 5, 0, 0, 6, 0, 0, 7, 0, 0, 8, 0, 0, 9, 0, 0),
        _mm512_setr_epi32(10, 0, 0, 11, 0, 0, 12, 0, 0, 13, 0, 0, 14, 0, 0, 15),
    };
    const __mmask16 is_third[3] = {0x4924, 0x2492, 0x9249};
    for (int j = 0; j < 3; j++) {
        lanes both = _mm512_permutex2var_epi32(a, places[j], b);
        out[j] = _mm512_mask_permutexvar_epi32(both, is_third[j], third[j], c);
    }
}

/// 32-bit lanes a0 b0 c0 d0 a1 …: four vectors.
INLINE void interleave_4(lanes a, lanes b, lanes c, lanes d, lanes *out) {
    const lanes low = _mm512_setr_epi64(0, 8, 1, 9, 2, 10, 3, 11), high = _mm512_setr_epi64(4, 12, 5, 13, 6, 14, 7, 15);
    lanes ab[2], cd[2];
    interleave_2(a, b, ab);
    interleave_2(c, d, cd);
    for (int half = 0; half < 2; half++) {
        out[2 * half] = _mm512_permutex2var_epi64(ab[half], low, cd[half]);
        out[2 * half + 1] = _mm512_permutex2var_epi64(ab[half], high, cd[half]);
    }
}

#endif
