// What each file of kernels offers to the files that fill the tables.
#ifndef UPLUMA_TABLES_H
#define UPLUMA_TABLES_H

#include "upluma_adaptive.h"
#include "upluma_displaced.h"
#include "upluma_fir.h"
#include "upluma_samples.h"

void upluma_fir_kernels_use_portable_enlargement(upluma_fir_kernels *table);

/// The portable entry of the table, for sources that vectors cannot read.
void upluma_displaced_resample_portable(
    const upluma_displaced_taps *taps, const upluma_displaced_source *source, int32_t origin,
    upluma_displaced_values weights, upluma_displaced_values horizontal, upluma_displaced_values vertical,
    float *const *targets, ptrdiff_t width);

#if defined(__x86_64__)
void upluma_sample_kernels_use_avx2(upluma_sample_kernels *table);
void upluma_sample_kernels_use_avx512(upluma_sample_kernels *table);
void upluma_fir_kernels_use_avx2(upluma_fir_kernels *table);
void upluma_fir_kernels_use_avx512(upluma_fir_kernels *table);
void upluma_fir_kernels_use_avx2_enlargement(upluma_fir_kernels *table);
void upluma_fir_kernels_use_avx512_enlargement(upluma_fir_kernels *table);
void upluma_adaptive_kernels_use_avx2(upluma_adaptive_kernels *table);
void upluma_adaptive_kernels_use_avx512(upluma_adaptive_kernels *table);
void upluma_displaced_kernels_use_avx2(upluma_displaced_kernels *table);
void upluma_displaced_kernels_use_avx512(upluma_displaced_kernels *table);
#endif

#endif
