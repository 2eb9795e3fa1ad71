#include "upluma_adaptive.h"

#include <math.h>

#include "tables.h"

/// The sums of one phase for 16 source pixels from `x` on.
static inline void sums_16(
    float *restrict sums, const upluma_adaptive_lattice *lattice, const uint32_t *weights, ptrdiff_t stride,
    const float *const *rows, int32_t dy, int32_t dx, ptrdiff_t x, const int is_bf16) {
    enum { N = UPLUMA_ADAPTIVE_GRAIN };
    const int32_t size = lattice->size, factor = lattice->factor;
    for (int l = 0; l < N; l++) sums[l] = 0;
    for (int32_t tap = 0; tap < size * size; tap++) {
        float samples[N], coefficients[N];
        for (int32_t i = 0; i < lattice->intervals; i++) {
            const int32_t *offsets = lattice->offsets + i * factor * size;
            const float *row = rows[lattice->reach + offsets[dy * size + tap / size]];
            const float *first = row + x + offsets[dx * size + tap % size];
            for (int l = 0; l < N; l++) samples[l] = i == 0 ? first[l] : samples[l] + first[l];
        }
        const int32_t channel = (tap * factor + dy) * factor + dx;
        const uint32_t *lanes = weights + (is_bf16 ? channel / 2 : channel) * stride + x;
        for (int l = 0; l < N; l++) {
            const union {
                uint32_t bits;
                float value;
            } weight = {!is_bf16 ? lanes[l] : channel % 2 ? lanes[l] & 0xFFFF0000 : lanes[l] << 16};
            coefficients[l] = weight.value;
        }
        for (int l = 0; l < N; l++) sums[l] = fmaf(coefficients[l], samples[l], sums[l]);
    }
}

static inline float limited(float value) {
    value = value > 0 ? value : 0;  // false for NaN, too
    return value < 1 ? value : 1;
}

static inline void resample(
    const upluma_adaptive_lattice *lattice, const void *weights, ptrdiff_t stride, const float *const *rows,
    float *const *targets, ptrdiff_t width, int is_limited, const int is_bf16) {
    const ptrdiff_t factor = lattice->factor;
    float sums[UPLUMA_ADAPTIVE_GRAIN];
    for (ptrdiff_t x = 0; x < width; x += UPLUMA_ADAPTIVE_GRAIN) {
        for (int32_t dy = 0; dy < factor; dy++) {
            for (int32_t dx = 0; dx < factor; dx++) {
                sums_16(sums, lattice, weights, stride, rows, dy, dx, x, is_bf16);
                for (ptrdiff_t l = 0; l < UPLUMA_ADAPTIVE_GRAIN && x + l < width; l++) {
                    targets[dy][(x + l) * factor + dx] = is_limited ? limited(sums[l]) : sums[l];
                }
            }
        }
    }
}

static void resample_f32_c(
    const upluma_adaptive_lattice *lattice, const void *weights, ptrdiff_t stride, const float *const *rows,
    float *const *targets, ptrdiff_t width, int is_limited) {
    resample(lattice, weights, stride, rows, targets, width, is_limited, 0);
}

static void resample_bf16_c(
    const upluma_adaptive_lattice *lattice, const void *weights, ptrdiff_t stride, const float *const *rows,
    float *const *targets, ptrdiff_t width, int is_limited) {
    resample(lattice, weights, stride, rows, targets, width, is_limited, 1);
}

void upluma_adaptive_kernels_init(upluma_adaptive_kernels *table, upluma_cpu_level level) {
    table->resample_f32 = resample_f32_c;
    table->resample_bf16 = resample_bf16_c;
#if defined(__x86_64__)
    if (level >= UPLUMA_CPU_AVX2) upluma_adaptive_kernels_use_avx2(table);
    if (level >= UPLUMA_CPU_AVX512) upluma_adaptive_kernels_use_avx512(table);
#else
    (void)level;
#endif
}
