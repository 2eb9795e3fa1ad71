#if defined(__x86_64__)
#include <immintrin.h>

#include "../tables.h"

#pragma STDC FP_CONTRACT OFF
#pragma clang attribute push(__attribute__((target("avx512f,avx512bw,avx512dq,avx512vl"))), apply_to = function)

/// The lanes of the sixteen from `x` on that lie before `count`; masked lanes are neither read nor written.
static inline __mmask16 lanes(ptrdiff_t x, ptrdiff_t count) {
    return count - x >= 16 ? (__mmask16)0xFFFF : (__mmask16)((1u << (count - x)) - 1);
}

static inline __m512 load_16(__m512 codes, __m512 zero, __m512 scale) {
    return _mm512_mul_ps(_mm512_sub_ps(codes, zero), scale);
}

static void load_u8_avx512(float *target, const uint8_t *source, ptrdiff_t count, float zero, float scale) {
    const __m512 z = _mm512_set1_ps(zero), s = _mm512_set1_ps(scale);
    for (ptrdiff_t x = 0; x < count; x += 16) {
        __mmask16 mask = lanes(x, count);
        __m512i codes = _mm512_cvtepu8_epi32(_mm_maskz_loadu_epi8(mask, source + x));
        _mm512_mask_storeu_ps(target + x, mask, load_16(_mm512_cvtepi32_ps(codes), z, s));
    }
}

static void load_u16_avx512(float *target, const uint16_t *source, ptrdiff_t count, float zero, float scale) {
    const __m512 z = _mm512_set1_ps(zero), s = _mm512_set1_ps(scale);
    for (ptrdiff_t x = 0; x < count; x += 16) {
        __mmask16 mask = lanes(x, count);
        __m512i codes = _mm512_cvtepu16_epi32(_mm256_maskz_loadu_epi16(mask, source + x));
        _mm512_mask_storeu_ps(target + x, mask, load_16(_mm512_cvtepi32_ps(codes), z, s));
    }
}

static void load_f32_avx512(float *target, const float *source, ptrdiff_t count, float zero, float scale) {
    const __m512 z = _mm512_set1_ps(zero), s = _mm512_set1_ps(scale);
    for (ptrdiff_t x = 0; x < count; x += 16) {
        __mmask16 mask = lanes(x, count);
        _mm512_mask_storeu_ps(target + x, mask, load_16(_mm512_maskz_loadu_ps(mask, source + x), z, s));
    }
}

static inline __m512 affine_16(__m512 values, __m512 unit, __m512 zero) {
    return _mm512_add_ps(_mm512_mul_ps(values, unit), zero);
}

static inline __m512i codes_16(__m512 values, __m512 unit, __m512 zero, __m512 maximum) {
    // maxps gives its second operand when one is NaN.
    __m512 code = _mm512_max_ps(affine_16(values, unit, zero), _mm512_setzero_ps());
    return _mm512_cvtps_epi32(_mm512_min_ps(code, maximum));
}

static void store_u8_avx512(
    uint8_t *target, const float *source, ptrdiff_t count, float unit, float zero, float maximum) {
    const __m512 u = _mm512_set1_ps(unit), z = _mm512_set1_ps(zero), m = _mm512_set1_ps(maximum);
    ptrdiff_t x = 0;
    for (; x + 16 <= count; x += 16) {
        __m512i codes = codes_16(_mm512_loadu_ps(source + x), u, z, m);
        _mm_storeu_si128((__m128i *)(target + x), _mm512_cvtepi32_epi8(codes));
    }
    if (x < count) {
        __mmask16 mask = lanes(x, count);
        __m512i codes = codes_16(_mm512_maskz_loadu_ps(mask, source + x), u, z, m);
        _mm_mask_storeu_epi8(target + x, mask, _mm512_cvtepi32_epi8(codes));
    }
}

static void store_u16_avx512(
    uint16_t *target, const float *source, ptrdiff_t count, float unit, float zero, float maximum) {
    const __m512 u = _mm512_set1_ps(unit), z = _mm512_set1_ps(zero), m = _mm512_set1_ps(maximum);
    ptrdiff_t x = 0;
    for (; x + 16 <= count; x += 16) {
        __m512i codes = codes_16(_mm512_loadu_ps(source + x), u, z, m);
        _mm256_storeu_si256((__m256i *)(target + x), _mm512_cvtepi32_epi16(codes));
    }
    if (x < count) {
        __mmask16 mask = lanes(x, count);
        __m512i codes = codes_16(_mm512_maskz_loadu_ps(mask, source + x), u, z, m);
        _mm256_mask_storeu_epi16(target + x, mask, _mm512_cvtepi32_epi16(codes));
    }
}

static void store_f32_avx512(float *target, const float *source, ptrdiff_t count, float unit, float zero) {
    const __m512 u = _mm512_set1_ps(unit), z = _mm512_set1_ps(zero);
    for (ptrdiff_t x = 0; x < count; x += 16) {
        __mmask16 mask = lanes(x, count);
        _mm512_mask_storeu_ps(target + x, mask, affine_16(_mm512_maskz_loadu_ps(mask, source + x), u, z));
    }
}

#pragma clang attribute pop

void upluma_sample_kernels_use_avx512(upluma_sample_kernels *table) {
    table->load_u8 = load_u8_avx512;
    table->load_u16 = load_u16_avx512;
    table->load_f32 = load_f32_avx512;
    table->store_u8 = store_u8_avx512;
    table->store_u16 = store_u16_avx512;
    table->store_f32 = store_f32_avx512;
}
#endif
