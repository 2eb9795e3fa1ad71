#if defined(__x86_64__)

#include "../winograd.h"

#pragma clang attribute push(__attribute__((target("avx2,fma"))), apply_to = function)

#define LANES 8
#define SUMS 12
#define WIDEST 2

#include "../winograd_rows.h"

void upluma_winograd_kernels_init_avx2(upluma_winograd_kernels *table) { init_table(table); }

#pragma clang attribute pop

#endif
