// Per-pixel resampling for any vector width. The including file has set the target of the functions, has included
// vectors of that width (vectors_avx2.h, vectors_avx512.h) and defines:
//
//   VECTORS(factor)  vectors of source pixels worked on together
//   ROWS(factor)     rows of the result worked on together, a divisor of the factor; all where it is odd
//   load_lanes       LANES pairs of bfloat16
//   lower, upper     the first or second numbers of pairs as floats
//
// Where all phases read the same pixels, which is the way of all models, a vector of samples is loaded once for all the
// sums it goes to, and the weights, each needed once, stream past. Parameters of the templates that are `const int` are
// constants once all is inlined.
#ifndef UPLUMA_ADAPTIVE_TEMPLATE_H
#define UPLUMA_ADAPTIVE_TEMPLATE_H

/// The most sums there are together, and the largest factor with templates of its own.
enum { MOST_SUMS = 18, LARGEST_UNROLLED = 4 };

/// What stays the same along a row, in local variables: a store of floats might change everything else.
struct resampling {
    const uint32_t *weights;
    const float *const *rows;  ///< The pixel's own row.
    float *const *targets;
    upluma_adaptive_lattice lattice;
    ptrdiff_t stride;
    int is_limited;
};

/// `vectors` vectors of samples of a tap, those of all intervals added.
INLINE void load_samples(
    floats *samples, const int vectors, const struct resampling *row, const int32_t *down, const int32_t *along,
    ptrdiff_t x) {
    const float *first = row->rows[*down] + x + *along;
    for (int j = 0; j < vectors; j++) samples[j] = load(first + LANES * j);
    const int32_t further = row->lattice.factor * row->lattice.size;
#pragma clang loop unroll(disable)
    for (int32_t i = 1; i < row->lattice.intervals; i++) {
        first = row->rows[down[i * further]] + x + along[i * further];
        for (int j = 0; j < vectors; j++) samples[j] = add(samples[j], load(first + LANES * j));
    }
}

/// LANES results of `factor` phases, phase by phase in `sums`, `apart` vectors from one to the next, in their order.
INLINE void put_row(
    float *target, const floats *sums, const int apart, const int factor, const int is_limited) {
    lanes v[LARGEST_UNROLLED], out[LARGEST_UNROLLED];
    for (int p = 0; p < factor; p++) {
        const floats sum = sums[p * apart];
        v[p] = bits(is_limited ? limit(sum, broadcast(0), broadcast(1)) : sum);
    }
    switch (factor) {
        case 1: out[0] = v[0]; break;
        case 2: interleave_2(v[0], v[1], out); break;
        case 3: interleave_3(v[0], v[1], v[2], out); break;
        case 4: interleave_4(v[0], v[1], v[2], v[3], out); break;
    }
    for (int p = 0; p < factor; p++) store(target + LANES * p, from_bits(out[p]));
}

/// One tap of floats: `phases` planes from `weights` on.
INLINE void add_tap(
    floats *sums, const int phases, const int vectors, const uint32_t *weights, ptrdiff_t stride,
    const floats *samples) {
    for (int p = 0; p < phases; p++) {
        for (int j = 0; j < vectors; j++) {
            const floats weight = load((const float *)(weights + p * stride) + LANES * j);
            sums[p * vectors + j] = multiply_add(weight, samples[j], sums[p * vectors + j]);
        }
    }
}

/// The same of bfloat16: channels 0..<`channels` of the planes from `weights` on, the first `phases` of them those of one
/// tap, the others those of the next.
INLINE void add_pairs(
    floats *sums, const int channels, const int phases, const int vectors, const uint32_t *weights, ptrdiff_t stride,
    const floats *samples, const floats *next) {
    for (int c = 0; c < channels; c += 2) {
        for (int j = 0; j < vectors; j++) {
            const lanes pair = load_lanes(weights + c / 2 * stride + LANES * j);
            floats *sum = sums + c % phases * vectors + j;
            *sum = multiply_add(lower(pair), c < phases ? samples[j] : next[j], *sum);
            if (c + 1 == channels) continue;
            sum = sums + (c + 1) % phases * vectors + j;
            *sum = multiply_add(upper(pair), c + 1 < phases ? samples[j] : next[j], *sum);
        }
    }
}

/// `rows` rows of results from `first` on, of `vectors` · LANES source pixels from `x` on.
INLINE void block(
    const struct resampling *row, const int vectors, const int factor, const int rows, int first, ptrdiff_t x,
    const int is_bf16) {
    const int phases = rows * factor, all = factor * factor;
    const int32_t size = row->lattice.size, *offsets = row->lattice.offsets;
    const ptrdiff_t stride = row->stride;
    const uint32_t *weights = row->weights + x + first * factor / (is_bf16 ? 2 : 1) * stride;
    floats sums[MOST_SUMS], samples[MOST_SUMS], next[MOST_SUMS];
    for (int i = 0; i < phases * vectors; i++) sums[i] = broadcast(0);
    if (is_bf16 && all % 2) {
        // Two taps have whole planes.
        int32_t tap = 0;
#pragma clang loop unroll(disable)
        for (int32_t ky = 0, kx = 0; tap + 1 < size * size; tap += 2) {
            load_samples(samples, vectors, row, offsets + ky, offsets + kx, x);
            if (++kx == size) { kx = 0; ky++; }
            load_samples(next, vectors, row, offsets + ky, offsets + kx, x);
            if (++kx == size) { kx = 0; ky++; }
            add_pairs(sums, 2 * all, all, vectors, weights, stride, samples, next);
            weights += all * stride;
        }
        if (tap < size * size) {
            load_samples(samples, vectors, row, offsets + size - 1, offsets + size - 1, x);
            add_pairs(sums, all, all, vectors, weights, stride, samples, samples);
        }
    } else {
        for (int32_t ky = 0; ky < size; ky++) {
            // All sums fill the registers; unrolled, there would not be enough of them.
#pragma clang loop unroll(disable)
            for (int32_t kx = 0; kx < size; kx++) {
                load_samples(samples, vectors, row, offsets + ky, offsets + kx, x);
                if (is_bf16) {
                    add_pairs(sums, phases, phases, vectors, weights, stride, samples, samples);
                    weights += all / 2 * stride;
                } else {
                    add_tap(sums, phases, vectors, weights, stride, samples);
                    weights += all * stride;
                }
            }
        }
    }
    for (int dy = 0; dy < rows; dy++) {
        float *target = row->targets[first + dy] + x * factor;
        for (int j = 0; j < vectors; j++) {
            put_row(target + LANES * factor * j, sums + dy * factor * vectors + j, vectors, factor, row->is_limited);
        }
    }
}

/// All rows of results that belong to one source row, where all phases read the same pixels.
INLINE void resample_shared(
    const struct resampling *row, ptrdiff_t padded, const int factor, const int is_bf16) {
    ptrdiff_t x = 0;
    for (; x + VECTORS(factor) * LANES <= padded; x += VECTORS(factor) * LANES) {
        for (int first = 0; first < factor; first += ROWS(factor)) {
            block(row, VECTORS(factor), factor, ROWS(factor), first, x, is_bf16);
        }
    }
    for (; x < padded; x += LANES) {
        for (int first = 0; first < factor; first += ROWS(factor)) {
            block(row, 1, factor, ROWS(factor), first, x, is_bf16);
        }
    }
}

/// The results of one phase of UPLUMA_ADAPTIVE_GRAIN source pixels from `x` on, whatever it reads.
INLINE void phase(
    float *results, const struct resampling *row, int32_t dy, int32_t dx, ptrdiff_t x, const int is_bf16) {
    enum { TOGETHER = UPLUMA_ADAPTIVE_GRAIN / LANES };
    const int32_t size = row->lattice.size, factor = row->lattice.factor;
    const int32_t *down = row->lattice.offsets + dy * size, *along = row->lattice.offsets + dx * size;
    floats sums[TOGETHER], samples[TOGETHER];
    for (int j = 0; j < TOGETHER; j++) sums[j] = broadcast(0);
    int32_t channel = dy * factor + dx;
    for (int32_t ky = 0; ky < size; ky++) {
        for (int32_t kx = 0; kx < size; kx++, channel += factor * factor) {
            load_samples(samples, TOGETHER, row, down + ky, along + kx, x);
            const uint32_t *weights = row->weights + (is_bf16 ? channel / 2 : channel) * row->stride + x;
            for (int j = 0; j < TOGETHER; j++) {
                const lanes pair = load_lanes(weights + LANES * j);
                const floats weight = !is_bf16 ? from_bits(pair) : channel % 2 ? upper(pair) : lower(pair);
                sums[j] = multiply_add(weight, samples[j], sums[j]);
            }
        }
    }
    for (int j = 0; j < TOGETHER; j++) {
        store(results + LANES * j, row->is_limited ? limit(sums[j], broadcast(0), broadcast(1)) : sums[j]);
    }
}

/// The same for any offsets and factors.
INLINE void resample_any(const struct resampling *row, ptrdiff_t padded, const int is_bf16) {
    const int32_t factor = row->lattice.factor;
    float results[UPLUMA_ADAPTIVE_GRAIN];
    for (ptrdiff_t x = 0; x < padded; x += UPLUMA_ADAPTIVE_GRAIN) {
        for (int32_t dy = 0; dy < factor; dy++) {
            for (int32_t dx = 0; dx < factor; dx++) {
                phase(results, row, dy, dx, x, is_bf16);
                float *target = row->targets[dy] + x * factor + dx;
                for (int l = 0; l < UPLUMA_ADAPTIVE_GRAIN; l++) target[l * factor] = results[l];
            }
        }
    }
}

INLINE void resample(
    const upluma_adaptive_lattice *lattice, const void *weights, ptrdiff_t stride, const float *const *rows,
    float *const *targets, ptrdiff_t width, int is_limited, const int is_bf16) {
    const struct resampling row = {
        .weights = weights, .rows = rows + lattice->reach, .targets = targets, .lattice = *lattice, .stride = stride,
        .is_limited = is_limited,
    };
    const ptrdiff_t padded = (width + UPLUMA_ADAPTIVE_GRAIN - 1) / UPLUMA_ADAPTIVE_GRAIN * UPLUMA_ADAPTIVE_GRAIN;
    switch (lattice->is_shared ? lattice->factor : 0) {
        case 1: resample_shared(&row, padded, 1, is_bf16); break;
        case 2: resample_shared(&row, padded, 2, is_bf16); break;
        case 3: resample_shared(&row, padded, 3, is_bf16); break;
        case 4: resample_shared(&row, padded, 4, is_bf16); break;
        default: resample_any(&row, padded, is_bf16); break;
    }
}

static void resample_f32(
    const upluma_adaptive_lattice *lattice, const void *weights, ptrdiff_t stride, const float *const *rows,
    float *const *targets, ptrdiff_t width, int is_limited) {
    resample(lattice, weights, stride, rows, targets, width, is_limited, 0);
}

static void resample_bf16(
    const upluma_adaptive_lattice *lattice, const void *weights, ptrdiff_t stride, const float *const *rows,
    float *const *targets, ptrdiff_t width, int is_limited) {
    resample(lattice, weights, stride, rows, targets, width, is_limited, 1);
}

#endif
