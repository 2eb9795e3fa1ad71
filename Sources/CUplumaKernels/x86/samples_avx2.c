#if defined(__x86_64__)
#include <immintrin.h>

#include "../samples_scalar.h"
#include "../tables.h"

#pragma STDC FP_CONTRACT OFF
#pragma clang attribute push(__attribute__((target("avx2"))), apply_to = function)

static inline __m256 load_8(__m256 codes, __m256 zero, __m256 scale) {
    return _mm256_mul_ps(_mm256_sub_ps(codes, zero), scale);
}

static void load_u8_avx2(float *target, const uint8_t *source, ptrdiff_t count, float zero, float scale) {
    const __m256 z = _mm256_set1_ps(zero), s = _mm256_set1_ps(scale);
    ptrdiff_t x = 0;
    for (; x + 8 <= count; x += 8) {
        __m256i codes = _mm256_cvtepu8_epi32(_mm_loadl_epi64((const __m128i *)(source + x)));
        _mm256_storeu_ps(target + x, load_8(_mm256_cvtepi32_ps(codes), z, s));
    }
    for (; x < count; x++) {
        target[x] = upluma_load_sample((float)source[x], zero, scale);
    }
}

static void load_u16_avx2(float *target, const uint16_t *source, ptrdiff_t count, float zero, float scale) {
    const __m256 z = _mm256_set1_ps(zero), s = _mm256_set1_ps(scale);
    ptrdiff_t x = 0;
    for (; x + 8 <= count; x += 8) {
        __m256i codes = _mm256_cvtepu16_epi32(_mm_loadu_si128((const __m128i *)(source + x)));
        _mm256_storeu_ps(target + x, load_8(_mm256_cvtepi32_ps(codes), z, s));
    }
    for (; x < count; x++) {
        target[x] = upluma_load_sample((float)source[x], zero, scale);
    }
}

static void load_f32_avx2(float *target, const float *source, ptrdiff_t count, float zero, float scale) {
    const __m256 z = _mm256_set1_ps(zero), s = _mm256_set1_ps(scale);
    ptrdiff_t x = 0;
    for (; x + 8 <= count; x += 8) {
        _mm256_storeu_ps(target + x, load_8(_mm256_loadu_ps(source + x), z, s));
    }
    for (; x < count; x++) {
        target[x] = upluma_load_sample(source[x], zero, scale);
    }
}

static inline __m256 affine_8(const float *source, __m256 unit, __m256 zero) {
    return _mm256_add_ps(_mm256_mul_ps(_mm256_loadu_ps(source), unit), zero);
}

static inline __m256i codes_8(const float *source, __m256 unit, __m256 zero, __m256 maximum) {
    // maxps gives its second operand when one is NaN.
    __m256 code = _mm256_max_ps(affine_8(source, unit, zero), _mm256_setzero_ps());
    return _mm256_cvtps_epi32(_mm256_min_ps(code, maximum));
}

/// Sixteen codes in order, 16 bits each.
static inline __m256i codes_16(const float *source, __m256 unit, __m256 zero, __m256 maximum) {
    __m256i low = codes_8(source, unit, zero, maximum);
    __m256i high = codes_8(source + 8, unit, zero, maximum);
    return _mm256_permute4x64_epi64(_mm256_packus_epi32(low, high), 0xD8);
}

static void store_u8_avx2(
    uint8_t *target, const float *source, ptrdiff_t count, float unit, float zero, float maximum) {
    const __m256 u = _mm256_set1_ps(unit), z = _mm256_set1_ps(zero), m = _mm256_set1_ps(maximum);
    ptrdiff_t x = 0;
    for (; x + 16 <= count; x += 16) {
        __m256i codes = codes_16(source + x, u, z, m);
        __m128i bytes = _mm_packus_epi16(_mm256_castsi256_si128(codes), _mm256_extracti128_si256(codes, 1));
        _mm_storeu_si128((__m128i *)(target + x), bytes);
    }
    for (; x < count; x++) {
        target[x] = (uint8_t)(int)upluma_store_code(source[x], unit, zero, maximum);
    }
}

static void store_u16_avx2(
    uint16_t *target, const float *source, ptrdiff_t count, float unit, float zero, float maximum) {
    const __m256 u = _mm256_set1_ps(unit), z = _mm256_set1_ps(zero), m = _mm256_set1_ps(maximum);
    ptrdiff_t x = 0;
    for (; x + 16 <= count; x += 16) {
        _mm256_storeu_si256((__m256i *)(target + x), codes_16(source + x, u, z, m));
    }
    for (; x < count; x++) {
        target[x] = (uint16_t)(int)upluma_store_code(source[x], unit, zero, maximum);
    }
}

static void store_f32_avx2(float *target, const float *source, ptrdiff_t count, float unit, float zero) {
    const __m256 u = _mm256_set1_ps(unit), z = _mm256_set1_ps(zero);
    ptrdiff_t x = 0;
    for (; x + 8 <= count; x += 8) {
        _mm256_storeu_ps(target + x, affine_8(source + x, u, z));
    }
    for (; x < count; x++) {
        target[x] = upluma_store_affine(source[x], unit, zero);
    }
}

#pragma clang attribute pop

void upluma_sample_kernels_use_avx2(upluma_sample_kernels *table) {
    table->load_u8 = load_u8_avx2;
    table->load_u16 = load_u16_avx2;
    table->load_f32 = load_f32_avx2;
    table->store_u8 = store_u8_avx2;
    table->store_u16 = store_u16_avx2;
    table->store_f32 = store_f32_avx2;
}
#endif
