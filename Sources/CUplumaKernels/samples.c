#include "upluma_samples.h"

#include "samples_scalar.h"
#include "tables.h"

static void load_u8_c(float *target, const uint8_t *source, ptrdiff_t count, float zero, float scale) {
    for (ptrdiff_t x = 0; x < count; x++) {
        target[x] = upluma_load_sample((float)source[x], zero, scale);
    }
}

static void load_u16_c(float *target, const uint16_t *source, ptrdiff_t count, float zero, float scale) {
    for (ptrdiff_t x = 0; x < count; x++) {
        target[x] = upluma_load_sample((float)source[x], zero, scale);
    }
}

static void load_f32_c(float *target, const float *source, ptrdiff_t count, float zero, float scale) {
    for (ptrdiff_t x = 0; x < count; x++) {
        target[x] = upluma_load_sample(source[x], zero, scale);
    }
}

static void store_u8_c(
    uint8_t *target, const float *source, ptrdiff_t count, float unit, float zero, float maximum) {
    for (ptrdiff_t x = 0; x < count; x++) {
        target[x] = (uint8_t)(int)upluma_store_code(source[x], unit, zero, maximum);
    }
}

static void store_u16_c(
    uint16_t *target, const float *source, ptrdiff_t count, float unit, float zero, float maximum) {
    for (ptrdiff_t x = 0; x < count; x++) {
        target[x] = (uint16_t)(int)upluma_store_code(source[x], unit, zero, maximum);
    }
}

static void store_f32_c(float *target, const float *source, ptrdiff_t count, float unit, float zero) {
    for (ptrdiff_t x = 0; x < count; x++) {
        target[x] = upluma_store_affine(source[x], unit, zero);
    }
}

void upluma_sample_kernels_init(upluma_sample_kernels *table, upluma_cpu_level level) {
    table->load_u8 = load_u8_c;
    table->load_u16 = load_u16_c;
    table->load_f32 = load_f32_c;
    table->store_u8 = store_u8_c;
    table->store_u16 = store_u16_c;
    table->store_f32 = store_f32_c;
#if defined(__x86_64__)
    if (level < UPLUMA_CPU_AVX2) return;
    upluma_sample_kernels_use_avx2(table);
    if (level < UPLUMA_CPU_AVX512) return;
    upluma_sample_kernels_use_avx512(table);
#else
    (void)level;
#endif
}
