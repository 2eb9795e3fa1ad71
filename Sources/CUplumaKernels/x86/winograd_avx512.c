#if defined(__x86_64__)

#include "../winograd.h"

#pragma clang attribute push(__attribute__((target("avx512f,avx512bw,avx512dq,avx512vl,fma"))), apply_to = function)

#define LANES 16
#define SUMS 24
#define WIDEST 4

#include "../winograd_rows.h"

void upluma_winograd_kernels_init_avx512(upluma_winograd_kernels *table) { init_table(table); }

#pragma clang attribute pop

#endif
