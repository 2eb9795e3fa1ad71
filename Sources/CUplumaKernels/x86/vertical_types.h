// The entries of the table that the including file's `vertical` serves: it makes `targets` rows at once, 1 or 2.
#ifndef UPLUMA_VERTICAL_TYPES_H
#define UPLUMA_VERTICAL_TYPES_H

INLINE void vertical_one_or_two(
    float *target, float *second, const void *rows, ptrdiff_t stride, const float *coefficients, ptrdiff_t taps,
    float start, ptrdiff_t count, const enum kind kind) {
    float *const targets[2] = {target, second};
    if (second) {
        vertical(targets, 2, rows, stride, coefficients, taps, start, count, kind);
    } else {
        vertical(targets, 1, rows, stride, coefficients, taps, start, count, kind);
    }
}

static void vertical_u8(
    float *target, float *second, const uint8_t *rows, ptrdiff_t stride, const float *coefficients, ptrdiff_t taps,
    float start, ptrdiff_t count) {
    vertical_one_or_two(target, second, rows, stride, coefficients, taps, start, count, KIND_U8);
}

static void vertical_u16(
    float *target, float *second, const uint16_t *rows, ptrdiff_t stride, const float *coefficients, ptrdiff_t taps,
    float start, ptrdiff_t count) {
    vertical_one_or_two(target, second, rows, stride, coefficients, taps, start, count, KIND_U16);
}

static void vertical_f32(
    float *target, float *second, const float *rows, ptrdiff_t stride, const float *coefficients, ptrdiff_t taps,
    float start, ptrdiff_t count) {
    vertical_one_or_two(target, second, rows, stride, coefficients, taps, start, count, KIND_F32);
}

#endif
