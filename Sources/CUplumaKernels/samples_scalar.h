// One sample, in plain C: the definition every vector kernel follows, and what their tails use.
#ifndef UPLUMA_SAMPLES_SCALAR_H
#define UPLUMA_SAMPLES_SCALAR_H

#pragma STDC FP_CONTRACT OFF

static inline float upluma_load_sample(float code, float zero, float scale) {
    float difference = code - zero;
    return difference * scale;
}

static inline float upluma_store_affine(float value, float unit, float zero) {
    float product = value * unit;
    return product + zero;
}

/// Limited to 0...maximum (at most 65535) and rounded; the result is a whole number.
static inline float upluma_store_code(float value, float unit, float zero, float maximum) {
    float code = upluma_store_affine(value, unit, zero);
    code = code > 0.0f ? code : 0.0f;  // false for NaN, too
    code = code < maximum ? code : maximum;
    // From 2^23 on floats are whole numbers, so the sum is rounded to one, halves to even.
    return (code + 8388608.0f) - 8388608.0f;
}

#endif
