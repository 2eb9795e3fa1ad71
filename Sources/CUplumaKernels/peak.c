#include "upluma_peak.h"

#if defined(__x86_64__)
#include <immintrin.h>
#endif

// Chains must outnumber latency times issue rate (4 cycles, 2 a cycle on today's cores) and fit the registers.
enum { CHAINS = 12 };

#define DEFINE_BURST(name, attributes, lanes)                                                         \
    attributes static double name(size_t rounds, float *sink) {                                      \
        typedef float vector __attribute__((vector_size(lanes * sizeof(float))));                    \
        vector sums[CHAINS], factor, term, total = {0};                                              \
        for (int lane = 0; lane < lanes; lane++) {                                                   \
            factor[lane] = 0.999f;                                                                   \
            term[lane] = 0.001f * (float)lane;                                                       \
        }                                                                                            \
        for (int chain = 0; chain < CHAINS; chain++) sums[chain] = factor * (float)chain;            \
        for (size_t round = 0; round < rounds; round++) {                                            \
            _Pragma("clang loop unroll(full)") for (int chain = 0; chain < CHAINS; chain++) {        \
                sums[chain] = __builtin_elementwise_fma(sums[chain], factor, term);                  \
            }                                                                                        \
        }                                                                                            \
        for (int chain = 0; chain < CHAINS; chain++) total += sums[chain];                           \
        for (int lane = 0; lane < lanes; lane++) *sink += total[lane];                               \
        return 2.0 * (double)rounds * CHAINS * lanes;                                                \
    }

#if defined(__x86_64__)
DEFINE_BURST(burst_avx512, __attribute__((target("avx512f,fma"))), 16)
DEFINE_BURST(burst_avx2, __attribute__((target("avx2,fma"))), 8)

// Without FMA a multiply and an add are what the processor offers.
static double burst_portable(size_t rounds, float *sink) {
    typedef float vector __attribute__((vector_size(16)));
    vector sums[CHAINS], factor = {0.999f, 0.999f, 0.999f, 0.999f}, term = {0.001f, 0.002f, 0.003f, 0.004f}, total = {0};
    for (int chain = 0; chain < CHAINS; chain++) sums[chain] = factor * (float)chain;
    for (size_t round = 0; round < rounds; round++) {
#pragma clang loop unroll(full)
        for (int chain = 0; chain < CHAINS; chain++) sums[chain] = sums[chain] * factor + term;
    }
    for (int chain = 0; chain < CHAINS; chain++) total += sums[chain];
    for (int lane = 0; lane < 4; lane++) *sink += total[lane];
    return 2.0 * (double)rounds * CHAINS * 4;
}
#else
DEFINE_BURST(burst_portable, , 4)
#endif

#if defined(__x86_64__)
__attribute__((target("avx512f,avx512bf16"))) static double burst_bf16(size_t rounds, float *sink) {
    const __m512bh factor = (__m512bh)_mm512_set1_epi32(0x3c003c00), term = (__m512bh)_mm512_set1_epi32(0x3c013c02);
    __m512 sums[CHAINS], total = _mm512_setzero_ps();
    for (int chain = 0; chain < CHAINS; chain++) sums[chain] = _mm512_set1_ps((float)chain);
    for (size_t round = 0; round < rounds; round++) {
#pragma clang loop unroll(full)
        for (int chain = 0; chain < CHAINS; chain++) sums[chain] = _mm512_dpbf16_ps(sums[chain], factor, term);
    }
    for (int chain = 0; chain < CHAINS; chain++) total = _mm512_add_ps(total, sums[chain]);
    *sink += _mm512_reduce_add_ps(total);
    return 2.0 * (double)rounds * CHAINS * 32;
}

__attribute__((target("avx512f,avx512vnni"))) static double burst_int8(size_t rounds, float *sink) {
    const __m512i factor = _mm512_set1_epi32(0x01020304), term = _mm512_set1_epi32(0x0102ff01);
    __m512i sums[CHAINS], total = _mm512_setzero_si512();
    for (int chain = 0; chain < CHAINS; chain++) sums[chain] = _mm512_set1_epi32(chain);
    for (size_t round = 0; round < rounds; round++) {
#pragma clang loop unroll(full)
        for (int chain = 0; chain < CHAINS; chain++) sums[chain] = _mm512_dpbusd_epi32(sums[chain], factor, term);
    }
    for (int chain = 0; chain < CHAINS; chain++) total = _mm512_add_epi32(total, sums[chain]);
    *sink += (float)_mm512_reduce_add_epi32(total);
    return 2.0 * (double)rounds * CHAINS * 64;
}
#endif

static double burst_f32(upluma_cpu_level level, size_t rounds, float *sink) {
    switch (level) {
#if defined(__x86_64__)
        case UPLUMA_CPU_AVX512DOT:
        case UPLUMA_CPU_AVX512: return burst_avx512(rounds, sink);
        case UPLUMA_CPU_AVX2: return burst_avx2(rounds, sink);
#endif
        default: return burst_portable(rounds, sink);
    }
}

double upluma_peak_burst(upluma_peak_kind kind, upluma_cpu_level level, size_t rounds, float *sink) {
    if (kind == UPLUMA_PEAK_F32) return burst_f32(level, rounds, sink);
#if defined(__x86_64__)
    __builtin_cpu_init();
    if (level < UPLUMA_CPU_AVX512) return 0;
    if (kind == UPLUMA_PEAK_BF16 && __builtin_cpu_supports("avx512bf16")) return burst_bf16(rounds, sink);
    if (kind == UPLUMA_PEAK_INT8 && __builtin_cpu_supports("avx512vnni")) return burst_int8(rounds, sink);
#endif
    return 0;
}
