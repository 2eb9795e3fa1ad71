#include "upluma_cpu.h"

upluma_cpu_level upluma_cpu_detect(void) {
#if defined(__x86_64__)
    __builtin_cpu_init();
    if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
        __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("fma")) {
        return __builtin_cpu_supports("avx512bf16") && __builtin_cpu_supports("avx512vnni") ? UPLUMA_CPU_AVX512DOT
                                                                                            : UPLUMA_CPU_AVX512;
    }
    if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")) {
        return UPLUMA_CPU_AVX2;
    }
#endif
    return UPLUMA_CPU_PORTABLE;
}
