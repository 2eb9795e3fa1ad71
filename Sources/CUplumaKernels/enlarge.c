#include <math.h>

#include "tables.h"

/// The sums of phase `p` for 16 source samples from `x` on.
static inline void sums_16(
    float *restrict sums, const float *source, const upluma_fir_phases *phases, const upluma_fir_ending *ending,
    int32_t p, ptrdiff_t x) {
    if (ending->residual) {
        const float *residual = ending->residual + p * ending->residual_stride + x;
        for (int l = 0; l < UPLUMA_FIR_GROUP; l++) sums[l] = fmaf(residual[l], ending->unit, ending->start);
    } else {
        for (int l = 0; l < UPLUMA_FIR_GROUP; l++) sums[l] = ending->start;
    }
    const float *samples = source + x + phases->first;
    for (int32_t k = 0; k < phases->taps; k++) {
        const float coefficient = phases->coefficients[k * phases->factor + p];
        for (int l = 0; l < UPLUMA_FIR_GROUP; l++) sums[l] = fmaf(samples[k + l], coefficient, sums[l]);
    }
}

static inline float limited(float code, const upluma_fir_ending *ending) {
    code = code > ending->low ? code : ending->low;  // false for NaN, too
    return code < ending->high ? code : ending->high;
}

/// Limited and rounded to a whole number of at most 65535.
static inline float rounded(float code, const upluma_fir_ending *ending) {
    // From 2^23 on floats are whole numbers, so the sum is rounded to one, halves to even.
    return (limited(code, ending) + 8388608.0f) - 8388608.0f;
}

static inline float left(float code, const upluma_fir_ending *ending) {
    return ending->low > -INFINITY ? limited(code, ending) : code;
}

#define DEFINE_ENLARGE(name, sample, code)                                                                       \
    static void name(                                                                                            \
        sample *target, const float *source, const upluma_fir_phases *phases, const upluma_fir_ending *ending,  \
        ptrdiff_t count) {                                                                                       \
        const ptrdiff_t factor = phases->factor;                                                                 \
        float sums[UPLUMA_FIR_GROUP];                                                                            \
        for (ptrdiff_t x = 0; x * factor < count; x += UPLUMA_FIR_GROUP) {                                       \
            for (int32_t p = 0; p < factor; p++) {                                                               \
                sums_16(sums, source, phases, ending, p, x);                                                     \
                for (ptrdiff_t l = 0; l < UPLUMA_FIR_GROUP && (x + l) * factor + p < count; l++) {               \
                    target[(x + l) * factor + p] = (sample)code(sums[l], ending);                                \
                }                                                                                                \
            }                                                                                                    \
        }                                                                                                        \
    }

DEFINE_ENLARGE(enlarge_u8_c, uint8_t, rounded)
DEFINE_ENLARGE(enlarge_u16_c, uint16_t, rounded)
DEFINE_ENLARGE(enlarge_f32_c, float, left)

void upluma_fir_kernels_use_portable_enlargement(upluma_fir_kernels *table) {
    table->enlarge_u8 = enlarge_u8_c;
    table->enlarge_u16 = enlarge_u16_c;
    table->enlarge_f32 = enlarge_f32_c;
}
