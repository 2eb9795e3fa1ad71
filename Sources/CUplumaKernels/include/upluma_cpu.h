// Which instruction sets a kernel may use. Levels rise: each includes the ones below it.
#ifndef UPLUMA_CPU_H
#define UPLUMA_CPU_H

typedef enum upluma_cpu_level {
    UPLUMA_CPU_PORTABLE = 0,    // plain C
    UPLUMA_CPU_AVX2 = 1,        // AVX2 and FMA
    UPLUMA_CPU_AVX512 = 2,      // AVX-512 F, BW, DQ, VL
    UPLUMA_CPU_AVX512DOT = 3,   // dot products of small numbers too: AVX-512 BF16 and VNNI
} upluma_cpu_level;

/// The highest level this processor and its operating system support.
upluma_cpu_level upluma_cpu_detect(void);

#endif
