// The enlargement by whole factors, for any vector width. The including file has set the target of the functions, has
// included vectors of that width (vectors_avx2.h, vectors_avx512.h) and defines:
//
//   VECTORS(factor)  vectors of source samples worked on together
//   rounded          floats to lanes: nearest whole numbers
//   merged           lanes low | high << bits
//   put              LANES samples of a type
#ifndef UPLUMA_ENLARGE_TEMPLATE_H
#define UPLUMA_ENLARGE_TEMPLATE_H

#include <math.h>
#include <string.h>

/// The most vectors of source samples that are worked on together.
enum { MOST_VECTORS = 4 };

/// The targets of LANES source samples, phase by phase in `v`, in their order.
INLINE void put_interleaved(uint8_t *target, const lanes *v, const int factor, const enum kind kind) {
    lanes out[UPLUMA_FIR_LARGEST_FACTOR];
    if (kind == KIND_U8 && factor == 2) {
        put(target, merged(v[0], v[1], 8), KIND_U16);
    } else if (kind == KIND_U8 && factor == 4) {
        put(target, merged(merged(v[0], v[1], 8), merged(v[2], v[3], 8), 16), KIND_F32);
    } else if (kind == KIND_U16 && factor == 2) {
        put(target, merged(v[0], v[1], 16), KIND_F32);
    } else if (kind == KIND_U16 && factor == 4) {
        interleave_2(merged(v[0], v[1], 16), merged(v[2], v[3], 16), out);
        put(target, out[0], KIND_F32);
        put(target + 4 * LANES, out[1], KIND_F32);
    } else {
        switch (factor) {
            case 1: out[0] = v[0]; break;
            case 2: interleave_2(v[0], v[1], out); break;
            case 3: interleave_3(v[0], v[1], v[2], out); break;
            case 4: interleave_4(v[0], v[1], v[2], v[3], out); break;
        }
        for (int j = 0; j < factor; j++) put(target + LANES * (int)kind * j, out[j], kind);
    }
}

/// What stays the same along a row, in local variables: a store of bytes might change everything else.
struct enlargement {
    const float *samples, *coefficients, *residual;
    ptrdiff_t residual_stride;
    int32_t taps;
    float unit, start, low, high;
    int is_limited;
};

/// `vectors` × LANES source samples from `x` on, their targets written to `target`.
INLINE void step(
    uint8_t *target, const int vectors, const struct enlargement *row, ptrdiff_t x, const int factor,
    const enum kind kind) {
    floats sum[UPLUMA_FIR_LARGEST_FACTOR][MOST_VECTORS];
    for (int p = 0; p < factor; p++) {
        for (int j = 0; j < vectors; j++) {
            sum[p][j] = broadcast(row->start);
            if (row->residual) {
                const floats residual = load(row->residual + p * row->residual_stride + x + LANES * j);
                sum[p][j] = multiply_add(residual, broadcast(row->unit), sum[p][j]);
            }
        }
    }
    const float *samples = row->samples + x, *coefficients = row->coefficients;
    // All sums fill the registers; unrolled, there would not be enough of them.
#pragma clang loop unroll(disable)
    for (int32_t k = 0; k < row->taps; k++) {
        for (int j = 0; j < vectors; j++) {
            const floats sample = load(samples + k + LANES * j);
            for (int p = 0; p < factor; p++) {
                sum[p][j] = multiply_add(sample, broadcast(coefficients[p]), sum[p][j]);
            }
        }
        coefficients += factor;
    }
    for (int j = 0; j < vectors; j++) {
        lanes v[UPLUMA_FIR_LARGEST_FACTOR];
        for (int p = 0; p < factor; p++) {
            floats code = sum[p][j];
            if (row->is_limited) code = limit(code, broadcast(row->low), broadcast(row->high));
            v[p] = kind == KIND_F32 ? bits(code) : rounded(code);
        }
        put_interleaved(target + LANES * factor * (int)kind * j, v, factor, kind);
    }
}

INLINE void enlarge_by(
    uint8_t *target, const float *source, const upluma_fir_phases *phases, const upluma_fir_ending *ending,
    ptrdiff_t count, const int factor, const enum kind kind) {
    const struct enlargement row = {
        .samples = source + phases->first, .coefficients = phases->coefficients, .taps = phases->taps,
        .residual = ending->residual, .residual_stride = ending->residual_stride,
        .unit = ending->unit, .start = ending->start, .low = ending->low, .high = ending->high,
        .is_limited = kind != KIND_F32 || ending->low > -INFINITY,
    };
    const ptrdiff_t each = factor * (ptrdiff_t)kind, bytes = count * (ptrdiff_t)kind;
    const int vectors = VECTORS(factor);
    ptrdiff_t x = 0;
    for (; (x + vectors * LANES) * each <= bytes; x += vectors * LANES) {
        step(target + x * each, vectors, &row, x, factor, kind);
    }
    for (; x * each < bytes; x += LANES) {
        uint8_t whole[LANES * UPLUMA_FIR_LARGEST_FACTOR * KIND_F32];
        step(whole, 1, &row, x, factor, kind);
        const ptrdiff_t left = bytes - x * each;
        memcpy(target + x * each, whole, (size_t)(left < LANES * each ? left : LANES * each));
    }
}

INLINE void enlarge(
    void *target, const float *source, const upluma_fir_phases *phases, const upluma_fir_ending *ending,
    ptrdiff_t count, const enum kind kind) {
    switch (phases->factor) {
        case 1: enlarge_by(target, source, phases, ending, count, 1, kind); break;
        case 2: enlarge_by(target, source, phases, ending, count, 2, kind); break;
        case 3: enlarge_by(target, source, phases, ending, count, 3, kind); break;
        case 4: enlarge_by(target, source, phases, ending, count, 4, kind); break;
    }
}

static void enlarge_u8(
    uint8_t *target, const float *source, const upluma_fir_phases *phases, const upluma_fir_ending *ending,
    ptrdiff_t count) {
    enlarge(target, source, phases, ending, count, KIND_U8);
}

static void enlarge_u16(
    uint16_t *target, const float *source, const upluma_fir_phases *phases, const upluma_fir_ending *ending,
    ptrdiff_t count) {
    enlarge(target, source, phases, ending, count, KIND_U16);
}

static void enlarge_f32(
    float *target, const float *source, const upluma_fir_phases *phases, const upluma_fir_ending *ending,
    ptrdiff_t count) {
    enlarge(target, source, phases, ending, count, KIND_F32);
}

#endif
