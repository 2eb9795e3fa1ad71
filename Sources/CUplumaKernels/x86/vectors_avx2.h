// Vectors of floats and of 32-bit lanes for AVX2, for the files that include this one after <immintrin.h> and inside
// the target attributes of their instruction set, and for the templates that these include.
#ifndef UPLUMA_VECTORS_AVX2_H
#define UPLUMA_VECTORS_AVX2_H

#include "kind.h"

enum { LANES = 8 };
typedef __m256 floats;
typedef __m256i lanes;

INLINE floats load(const float *source) { return _mm256_loadu_ps(source); }
INLINE void store(float *target, floats value) { _mm256_storeu_ps(target, value); }
INLINE floats broadcast(float value) { return _mm256_set1_ps(value); }
INLINE floats add(floats a, floats b) { return _mm256_add_ps(a, b); }
INLINE floats multiply_add(floats a, floats b, floats c) { return _mm256_fmadd_ps(a, b, c); }
// maxps gives its second operand when one is NaN.
INLINE floats limit(floats code, floats low, floats high) { return _mm256_min_ps(_mm256_max_ps(code, low), high); }
INLINE floats from_bits(lanes value) { return _mm256_castsi256_ps(value); }
INLINE lanes bits(floats value) { return _mm256_castps_si256(value); }

/// 32-bit lanes a0 b0 a1 b1 …: two vectors.
INLINE void interleave_2(lanes a, lanes b, lanes *out) {
    const lanes low = _mm256_unpacklo_epi32(a, b), high = _mm256_unpackhi_epi32(a, b);
    out[0] = _mm256_permute2x128_si256(low, high, 0x20);
    out[1] = _mm256_permute2x128_si256(low, high, 0x31);
}

/// 32-bit lanes a0 b0 c0 a1 …: three vectors. Lane n is sample n / 3 of channel n % 3.
INLINE void interleave_3(lanes a, lanes b, lanes c, lanes *out) {
    const lanes places[3] = {
        _mm256_setr_epi32(0, 0, 0, 1, 1, 1, 2, 2),
        _mm256_setr_epi32(2, 3, 3, 3, 4, 4, 4, 5),
        _mm256_setr_epi32(5, 5, 6, 6, 6, 7, 7, 7),
    };
    lanes first[3], second[3], third[3];
    for (int j = 0; j < 3; j++) {
        first[j] = _mm256_permutevar8x32_epi32(a, places[j]);
        second[j] = _mm256_permutevar8x32_epi32(b, places[j]);
        third[j] = _mm256_permutevar8x32_epi32(c, places[j]);
    }
    // Lanes 1, 4, 7, … of the second, 2, 5, … of the third; each vector begins where the one before ended.
    out[0] = _mm256_blend_epi32(_mm256_blend_epi32(first[0], second[0], 0x92), third[0], 0x24);
    out[1] = _mm256_blend_epi32(_mm256_blend_epi32(first[1], second[1], 0x24), third[1], 0x49);
    out[2] = _mm256_blend_epi32(_mm256_blend_epi32(first[2], second[2], 0x49), third[2], 0x92);
}

/// 32-bit lanes a0 b0 c0 d0 a1 …: four vectors.
INLINE void interleave_4(lanes a, lanes b, lanes c, lanes d, lanes *out) {
    const lanes ab_low = _mm256_unpacklo_epi32(a, b), ab_high = _mm256_unpackhi_epi32(a, b);
    const lanes cd_low = _mm256_unpacklo_epi32(c, d), cd_high = _mm256_unpackhi_epi32(c, d);
    const lanes v0 = _mm256_unpacklo_epi64(ab_low, cd_low), v1 = _mm256_unpackhi_epi64(ab_low, cd_low);
    const lanes v2 = _mm256_unpacklo_epi64(ab_high, cd_high), v3 = _mm256_unpackhi_epi64(ab_high, cd_high);
    out[0] = _mm256_permute2x128_si256(v0, v1, 0x20);
    out[1] = _mm256_permute2x128_si256(v2, v3, 0x20);
    out[2] = _mm256_permute2x128_si256(v0, v1, 0x31);
    out[3] = _mm256_permute2x128_si256(v2, v3, 0x31);
}

#endif
