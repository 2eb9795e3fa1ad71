#include "upluma_fir.h"

#include <math.h>

#include "tables.h"

#define DEFINE_VERTICAL(name, sample)                                                                              \
    static void name(                                                                                              \
        float *target, float *second, const sample *rows, ptrdiff_t stride, const float *coefficients,           \
        ptrdiff_t taps, float start, ptrdiff_t count) {                                                            \
        for (; target; target = second, second = NULL, coefficients += taps) {                                     \
            for (ptrdiff_t x = 0; x < count; x++) target[x] = start;                                               \
            for (ptrdiff_t k = 0; k < taps; k++) {                                                                 \
                const sample *restrict row = (const sample *)((const char *)rows + k * stride);                    \
                const float coefficient = coefficients[k];                                                         \
                for (ptrdiff_t x = 0; x < count; x++) target[x] = fmaf((float)row[x], coefficient, target[x]);     \
            }                                                                                                      \
        }                                                                                                          \
    }

DEFINE_VERTICAL(vertical_u8_c, uint8_t)
DEFINE_VERTICAL(vertical_u16_c, uint16_t)
DEFINE_VERTICAL(vertical_f32_c, float)

static void horizontal_c(float *target, const float *source, const upluma_fir_row_taps *taps, float start) {
    const float *coefficients = taps->coefficients;
    const int32_t *offset = taps->offset;
    for (int32_t g = 0; g < taps->groups; g++) {
        const float *first = source + taps->base[g];
        for (int l = 0; l < UPLUMA_FIR_GROUP; l++) {
            const float *samples = first + offset[l];
            float sum = start;
            for (int32_t k = 0; k < taps->taps; k++) {
                sum = fmaf(samples[k], coefficients[k * UPLUMA_FIR_GROUP + l], sum);
            }
            target[l] = sum;
        }
        coefficients += taps->taps * UPLUMA_FIR_GROUP;
        offset += UPLUMA_FIR_GROUP;
        target += UPLUMA_FIR_GROUP;
    }
}

void upluma_fir_kernels_init(upluma_fir_kernels *table, upluma_cpu_level level) {
    table->vertical_u8 = vertical_u8_c;
    table->vertical_u16 = vertical_u16_c;
    table->vertical_f32 = vertical_f32_c;
    table->horizontal = horizontal_c;
    upluma_fir_kernels_use_portable_enlargement(table);
#if defined(__x86_64__)
    if (level < UPLUMA_CPU_AVX2) return;
    upluma_fir_kernels_use_avx2(table);
    upluma_fir_kernels_use_avx2_enlargement(table);
    if (level < UPLUMA_CPU_AVX512) return;
    upluma_fir_kernels_use_avx512(table);
    upluma_fir_kernels_use_avx512_enlargement(table);
#else
    (void)level;
#endif
}
