#include "upluma_fir.h"

#include "tables.h"

#pragma STDC FP_CONTRACT OFF

static void horizontal_c(float *target, const float *source, const upluma_fir_row_taps *taps) {
    const float *coefficients = taps->coefficients;
    const int32_t *offset = taps->offset;
    for (int32_t g = 0; g < taps->groups; g++) {
        const float *first = source + taps->base[g];
        for (int l = 0; l < UPLUMA_FIR_GROUP; l++) {
            const float *samples = first + offset[l];
            float sum = samples[0] * coefficients[l];
            for (int32_t k = 1; k < taps->taps; k++) {
                float product = samples[k] * coefficients[k * UPLUMA_FIR_GROUP + l];
                sum = sum + product;
            }
            target[l] = sum;
        }
        coefficients += taps->taps * UPLUMA_FIR_GROUP;
        offset += UPLUMA_FIR_GROUP;
        target += UPLUMA_FIR_GROUP;
    }
}

static void vertical_c(
    float *target, const float *const *rows, const float *coefficients, ptrdiff_t taps, ptrdiff_t count) {
    for (ptrdiff_t x = 0; x < count; x += UPLUMA_FIR_GROUP) {
        float sums[UPLUMA_FIR_GROUP];
        for (int l = 0; l < UPLUMA_FIR_GROUP; l++) {
            sums[l] = rows[0][x + l] * coefficients[0];
        }
        for (ptrdiff_t k = 1; k < taps; k++) {
            const float *row = rows[k] + x;
            float coefficient = coefficients[k];
            for (int l = 0; l < UPLUMA_FIR_GROUP; l++) {
                float product = row[l] * coefficient;
                sums[l] = sums[l] + product;
            }
        }
        for (int l = 0; l < UPLUMA_FIR_GROUP; l++) {
            target[x + l] = sums[l];
        }
    }
}

void upluma_fir_kernels_init(upluma_fir_kernels *table, upluma_cpu_level level) {
    table->horizontal = horizontal_c;
    table->vertical = vertical_c;
#if defined(__x86_64__)
    if (level < UPLUMA_CPU_AVX2) return;
    upluma_fir_kernels_use_avx2(table);
    if (level < UPLUMA_CPU_AVX512) return;
    upluma_fir_kernels_use_avx512(table);
#else
    (void)level;
#endif
}
