#include "upluma_peak.h"

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

double upluma_peak_burst(upluma_cpu_level level, size_t rounds, float *sink) {
    switch (level) {
#if defined(__x86_64__)
        case UPLUMA_CPU_AVX512: return burst_avx512(rounds, sink);
        case UPLUMA_CPU_AVX2: return burst_avx2(rounds, sink);
#endif
        default: return burst_portable(rounds, sink);
    }
}
