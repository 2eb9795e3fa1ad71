// What each file of kernels offers to the files that fill the tables.
#ifndef UPLUMA_TABLES_H
#define UPLUMA_TABLES_H

#include "upluma_adaptive.h"
#include "upluma_fir.h"
#include "upluma_samples.h"

void upluma_fir_kernels_use_portable_enlargement(upluma_fir_kernels *table);

#if defined(__x86_64__)
void upluma_sample_kernels_use_avx2(upluma_sample_kernels *table);
void upluma_sample_kernels_use_avx512(upluma_sample_kernels *table);
void upluma_fir_kernels_use_avx2(upluma_fir_kernels *table);
void upluma_fir_kernels_use_avx512(upluma_fir_kernels *table);
void upluma_fir_kernels_use_avx2_enlargement(upluma_fir_kernels *table);
void upluma_fir_kernels_use_avx512_enlargement(upluma_fir_kernels *table);
void upluma_adaptive_kernels_use_avx2(upluma_adaptive_kernels *table);
void upluma_adaptive_kernels_use_avx512(upluma_adaptive_kernels *table);
#endif

#endif
