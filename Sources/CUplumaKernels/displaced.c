#include "upluma_displaced.h"

#include <math.h>

#include "tables.h"

/// The two pixels of an axis that a sample lies between, where they are looked up, and whether they count.
struct neighbours {
    int32_t before, behind;
    int before_counts, behind_counts;
    float fraction;
};

static inline int32_t limited(int32_t value, int32_t count) {
    return value < 0 ? 0 : value >= count ? count - 1 : value;
}

static inline struct neighbours find(
    const upluma_displaced_taps *taps, float place, float displacement, int32_t origin, int32_t count) {
    float position = fmaf(displacement, taps->unit, place);
    position = position > -UPLUMA_DISPLACED_FARTHEST ? position : -UPLUMA_DISPLACED_FARTHEST;  // false for NaN, too
    position = position < UPLUMA_DISPLACED_FARTHEST ? position : UPLUMA_DISPLACED_FARTHEST;
    const float whole = floorf(position);
    const int32_t index = (int32_t)whole, pixel = origin + index;
    struct neighbours found = {limited(pixel, count), limited(pixel + 1, count), 1, 1, position - whole};
    if (taps->is_zero_outside) {
        const int32_t window = taps->window;
        found.before_counts = found.before == pixel && (!window || (index >= 0 && index < window));
        found.behind_counts = found.behind == pixel + 1 && (!window || (index >= -1 && index < window - 1));
    } else {
        found.behind = limited(found.before + 1, count);
    }
    return found;
}

static inline float between(float a, float b, float fraction) { return fmaf(fraction, b - a, a); }

static inline float along(const float *row, const struct neighbours *columns, int counts) {
    const float before = counts && columns->before_counts ? row[columns->before] : 0;
    const float behind = counts && columns->behind_counts ? row[columns->behind] : 0;
    return between(before, behind, columns->fraction);
}

void upluma_displaced_resample_portable(
    const upluma_displaced_taps *taps, const upluma_displaced_source *source, int32_t origin,
    upluma_displaced_values weights, upluma_displaced_values horizontal, upluma_displaced_values vertical,
    float *const *targets, ptrdiff_t width) {
    for (ptrdiff_t x = 0; x < width; x++) {
        const int32_t start = (int32_t)x * taps->step + taps->start;
        for (int32_t p = 0; p < source->count; p++) targets[p][x] = 0;
        for (int32_t t = 0; t < taps->taps; t++) {
            const float weight = weights.first[t * weights.stride + x];
            const struct neighbours columns =
                find(taps, taps->across[t], horizontal.first[t * horizontal.stride + x], start, source->width);
            const struct neighbours rows =
                find(taps, taps->down[t], vertical.first[t * vertical.stride + x], origin, source->height);
            for (int32_t p = 0; p < source->count; p++) {
                const float *plane = source->planes + p * source->plane_stride;
                const float above = along(plane + rows.before * source->stride, &columns, rows.before_counts);
                const float below = along(plane + rows.behind * source->stride, &columns, rows.behind_counts);
                targets[p][x] = fmaf(weight, between(above, below, rows.fraction), targets[p][x]);
            }
        }
    }
}

void upluma_displaced_kernels_init(upluma_displaced_kernels *table, upluma_cpu_level level) {
    table->resample = upluma_displaced_resample_portable;
#if defined(__x86_64__)
    if (level >= UPLUMA_CPU_AVX2) upluma_displaced_kernels_use_avx2(table);
    if (level >= UPLUMA_CPU_AVX512) upluma_displaced_kernels_use_avx512(table);
#else
    (void)level;
#endif
}
