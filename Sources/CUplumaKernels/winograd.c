#include "winograd.h"

#define LANES 4
#define SUMS 12
#define WIDEST 2

#include "winograd_rows.h"

size_t upluma_winograd_scratch(int cin, int cout) {
    return (size_t)(upluma_winograd_columns() +
                    UPLUMA_WINOGRAD_PRODUCTS * (upluma_winograd_stride(cin) + upluma_winograd_stride(cout)));
}

void upluma_winograd_kernels_init(upluma_winograd_kernels *table, upluma_cpu_level level) {
    init_table(table);
#if defined(__x86_64__)
    if (level < UPLUMA_CPU_AVX2) return;
    upluma_winograd_kernels_init_avx2(table);
    if (level < UPLUMA_CPU_AVX512) return;
    upluma_winograd_kernels_init_avx512(table);
#else
    (void)level;
#endif
}
