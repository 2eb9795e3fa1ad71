// The enlargement by whole factors, for any vector width. The including file has set the target of the functions and
// defines:
//
//   LANES                                 32-bit lanes of a vector
//   floats, lanes                         vector types
//   load, broadcast, multiply_add, limit  on floats; limit takes `low` for NaN
//   rounded, bits                         floats to lanes: nearest whole numbers, or the bits as they are
//   merged                                low | high << bits
//   interleave_2, _3, _4                  lanes a0 b0 c0 … a1 b1 …: as many vectors
//   put                                   LANES samples of a type
#ifndef UPLUMA_ENLARGE_TEMPLATE_H
#define UPLUMA_ENLARGE_TEMPLATE_H

#include <math.h>
#include <string.h>

/// Vectors of source samples computed together.
enum { VECTORS = 4 };

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
    const float *samples[UPLUMA_FIR_LARGEST_FACTOR], *coefficients[UPLUMA_FIR_LARGEST_FACTOR];
    const float *residual[UPLUMA_FIR_LARGEST_FACTOR];
    int32_t taps[UPLUMA_FIR_LARGEST_FACTOR];
    float unit, start, low, high;
    int has_residual, is_limited;
};

/// `vectors` × LANES source samples from `x` on, their targets written to `target`.
INLINE void step(
    uint8_t *target, const int vectors, const struct enlargement *row, ptrdiff_t x, const int factor,
    const enum kind kind) {
    lanes v[VECTORS][UPLUMA_FIR_LARGEST_FACTOR];
    for (int p = 0; p < factor; p++) {
        floats sum[VECTORS];
        for (int j = 0; j < vectors; j++) {
            sum[j] = broadcast(row->start);
            if (row->has_residual) {
                sum[j] = multiply_add(load(row->residual[p] + x + LANES * j), broadcast(row->unit), sum[j]);
            }
        }
        const float *samples = row->samples[p] + x, *coefficients = row->coefficients[p];
        // The vectors side by side keep the arithmetic busy; unrolled, too, it runs out of registers.
#pragma clang loop unroll(disable)
        for (int32_t k = 0; k < row->taps[p]; k++) {
            const floats coefficient = broadcast(coefficients[k]);
            for (int j = 0; j < vectors; j++) {
                sum[j] = multiply_add(load(samples + k + LANES * j), coefficient, sum[j]);
            }
        }
        for (int j = 0; j < vectors; j++) {
            if (row->is_limited) sum[j] = limit(sum[j], broadcast(row->low), broadcast(row->high));
            v[j][p] = kind == KIND_F32 ? bits(sum[j]) : rounded(sum[j]);
        }
    }
    for (int j = 0; j < vectors; j++) put_interleaved(target + LANES * factor * (int)kind * j, v[j], factor, kind);
}

INLINE void enlarge_by(
    uint8_t *target, const float *source, const upluma_fir_phases *phases, const upluma_fir_ending *ending,
    ptrdiff_t count, const int factor, const enum kind kind) {
    struct enlargement row = {
        .unit = ending->unit, .start = ending->start, .low = ending->low, .high = ending->high,
        .has_residual = ending->residual != NULL,
        .is_limited = kind != KIND_F32 || ending->low > -INFINITY,
    };
    for (int p = 0; p < factor; p++) {
        row.samples[p] = source + phases->first[p];
        row.coefficients[p] = phases->coefficients + p * phases->stride;
        row.residual[p] = row.has_residual ? ending->residual + p * ending->residual_stride : NULL;
        row.taps[p] = phases->taps[p];
    }
    const ptrdiff_t each = factor * (ptrdiff_t)kind, bytes = count * (ptrdiff_t)kind;
    ptrdiff_t x = 0;
    for (; (x + VECTORS * LANES) * each <= bytes; x += VECTORS * LANES) {
        step(target + x * each, VECTORS, &row, x, factor, kind);
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
