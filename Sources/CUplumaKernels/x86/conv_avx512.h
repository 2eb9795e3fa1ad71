// The convolution of one row for AVX-512, for the files that include this one: inside their target attributes, and after
// they have defined add_products(type, sum, pixels, weight) and round_pairs(first, second) for the types they use.
//
// Every parameter in front of `layer` is a constant once all is inlined, so loops over it unroll and branches on it
// vanish. Vectors are of integers, whatever their lanes hold.

enum { LANES = 16 };

#define UPLUMA_INLINE static inline __attribute__((always_inline))

/// One tap of `outputs` channels: a weight is broadcast once for all vectors of pixels.
UPLUMA_INLINE void add_tap(const upluma_lane input, const int outputs, const int vectors, const int32_t *weights,
                           const int32_t *lanes, __m512i *sums) {
    __m512i pixels[6];
#pragma clang loop unroll(full)
    for (int v = 0; v < vectors; ++v) {
        pixels[v] = _mm512_loadu_si512(lanes + v * LANES);
    }
#pragma clang loop unroll(full)
    for (int o = 0; o < outputs; ++o) {
        const __m512i weight = _mm512_set1_epi32(weights[o]);
#pragma clang loop unroll(full)
        for (int v = 0; v < vectors; ++v) {
            sums[o * vectors + v] = add_products(input, sums[o * vectors + v], pixels[v], weight);
        }
    }
}

/// Scale and activation of one vector of sums.
UPLUMA_INLINE __m512 finish(const upluma_lane input, __m512i sum, const upluma_conv_layer *layer, int channel) {
    __m512 value = _mm512_castsi512_ps(sum);
    if (input == UPLUMA_LANE_U8) {
        value = _mm512_fmadd_ps(_mm512_cvtepi32_ps(sum), _mm512_set1_ps(layer->scales[channel]),
                                _mm512_set1_ps(layer->bias[channel]));
    }
    const __mmask16 low = _mm512_cmp_ps_mask(value, _mm512_setzero_ps(), _CMP_NGT_UQ);
    return _mm512_mask_mul_ps(value, low, value, _mm512_set1_ps(layer->slopes[channel]));
}

/// The bytes of one channel, not limited yet.
UPLUMA_INLINE __m512i to_steps(const upluma_lane input, __m512 value, const upluma_conv_layer *layer, int channel) {
    const __m512 zero = _mm512_set1_ps(layer->zeros[channel]);
    return _mm512_cvtps_epi32(input == UPLUMA_LANE_U8
                                  ? _mm512_add_ps(value, zero)
                                  : _mm512_fmadd_ps(value, _mm512_set1_ps(layer->steps[channel]), zero));
}

/// Writes 16 pixels of `outputs` channels from `first` on; `sums` are `vectors` apart.
UPLUMA_INLINE void store_sums(const upluma_lane input, const upluma_lane output, const int outputs, const int vectors,
                              const upluma_conv_layer *layer, const __m512i *sums, int first, int32_t *out,
                              ptrdiff_t out_stride) {
    if (output == UPLUMA_LANE_F32) {
#pragma clang loop unroll(full)
        for (int o = 0; o < outputs; ++o) {
            _mm512_storeu_ps(out + (first + o) * out_stride, finish(input, sums[o * vectors], layer, first + o));
        }
    } else if (output == UPLUMA_LANE_BF16) {
#pragma clang loop unroll(full)
        for (int o = 0; o < outputs; o += 2) {
            const __m512 even = finish(input, sums[o * vectors], layer, first + o);
            const __m512 odd = finish(input, sums[(o + 1) * vectors], layer, first + o + 1);
            _mm512_storeu_si512(out + (first + o) / 2 * out_stride, round_pairs(even, odd));
        }
    } else {
        // 4 × 4 bytes within each 128 bits: from channels of pixels to pixels of channels.
        const __m512i turn = _mm512_set4_epi32(0x0F0B0703, 0x0E0A0602, 0x0D090501, 0x0C080400);
#pragma clang loop unroll(full)
        for (int o = 0; o < outputs; o += 4) {
            __m512i steps[4];
#pragma clang loop unroll(full)
            for (int c = 0; c < 4; ++c) {
                const int channel = first + o + c;
                steps[c] = to_steps(input, finish(input, sums[(o + c) * vectors], layer, channel), layer, channel);
            }
            const __m512i bytes = _mm512_packus_epi16(
                _mm512_packs_epi32(steps[0], steps[1]), _mm512_packs_epi32(steps[2], steps[3]));
            _mm512_storeu_si512(out + (first + o) / 4 * out_stride, _mm512_shuffle_epi8(bytes, turn));
        }
    }
}

/// `outputs` channels of `vectors` · 16 pixels, all sums in registers. `fixed` is 3 for the unrolled kernel of 3×3 and 0
/// for any other; the array has a fixed size because one of `outputs * vectors` would live in memory.
UPLUMA_INLINE void conv_block(const upluma_lane input, const upluma_lane output, const int fixed, const int outputs,
                              const int vectors, const upluma_conv_layer *layer, const int32_t *weights, int first,
                              const void *const *rows, ptrdiff_t in_stride, int32_t *out, ptrdiff_t out_stride, int x) {
    const int planes = layer->planes;
    __m512i sums[24];
#pragma clang loop unroll(full)
    for (int o = 0; o < outputs; ++o) {
#pragma clang loop unroll(full)
        for (int v = 0; v < vectors; ++v) {
            sums[o * vectors + v] = input == UPLUMA_LANE_U8
                                        ? _mm512_setzero_si512()
                                        : _mm512_castps_si512(_mm512_set1_ps(layer->bias[first + o]));
        }
    }
    if (fixed == 3) {
        const int32_t *above = (const int32_t *)rows[0] + x, *here = (const int32_t *)rows[1] + x;
        const int32_t *below = (const int32_t *)rows[2] + x;
        for (int plane = 0; plane < planes; ++plane) {
            const int32_t *inputs[3] = {above, here, below};
#pragma clang loop unroll(full)
            for (int ky = 0; ky < 3; ++ky) {
#pragma clang loop unroll(full)
                for (int kx = 0; kx < 3; ++kx) {
                    const int32_t *tap = weights + (ky * 3 + kx) * outputs;
                    add_tap(input, outputs, vectors, tap, inputs[ky] + kx - 1, sums);
                }
            }
            weights += 9 * outputs;
            above += in_stride;
            here += in_stride;
            below += in_stride;
        }
    } else {
        const int kernel = layer->kernel;
        for (int plane = 0; plane < planes; ++plane) {
            for (int ky = 0; ky < kernel; ++ky) {
                const int32_t *lanes = (const int32_t *)rows[ky] + plane * in_stride + x - kernel / 2;
                for (int kx = 0; kx < kernel; ++kx) {
                    add_tap(input, outputs, vectors, weights, lanes + kx, sums);
                    weights += outputs;
                }
            }
        }
    }
#pragma clang loop unroll(full)
    for (int v = 0; v < vectors; ++v) {
        store_sums(input, output, outputs, vectors, layer, sums + v, first, out + x + v * LANES, out_stride);
    }
}

/// All output channels of `vectors` · 16 pixels: the inputs are read from memory once, then from the nearest cache.
UPLUMA_INLINE void conv_tile(const upluma_lane input, const upluma_lane output, const int fixed, const int vectors,
                             const upluma_conv_layer *layer, const void *const *rows, ptrdiff_t in_stride, int32_t *out,
                             ptrdiff_t out_stride, int x) {
    const int32_t *weights = layer->weights;
    int first = 0;
    for (; layer->cout - first >= 8; first += 8) {
        conv_block(input, output, fixed, 8, vectors, layer, weights, first, rows, in_stride, out, out_stride, x);
        weights += layer->planes * layer->kernel * layer->kernel * 8;
    }
    if (first < layer->cout) {
        conv_block(input, output, fixed, 4, vectors, layer, weights, first, rows, in_stride, out, out_stride, x);
    }
}

UPLUMA_INLINE void conv_row_fixed(const upluma_lane input, const upluma_lane output, const int fixed,
                                  const upluma_conv_layer *layer, const void *const *rows, ptrdiff_t in_stride,
                                  int32_t *out, ptrdiff_t out_stride, int width) {
    const int padded = upluma_conv_padded_width(width);
    int x = 0;
    if (layer->cout == 4) {
        // A single block of 4 has registers left for twice the pixels.
        for (; x + 6 * LANES <= padded; x += 6 * LANES) {
            conv_block(input, output, fixed, 4, 6, layer, layer->weights, 0, rows, in_stride, out, out_stride, x);
        }
    }
    for (; x + 3 * LANES <= padded; x += 3 * LANES) {
        conv_tile(input, output, fixed, 3, layer, rows, in_stride, out, out_stride, x);
    }
    if (x + 2 * LANES <= padded) {
        conv_tile(input, output, fixed, 2, layer, rows, in_stride, out, out_stride, x);
    } else if (x < padded) {
        conv_tile(input, output, fixed, 1, layer, rows, in_stride, out, out_stride, x);
    }
    upluma_conv_pad_right(layer, out, out_stride, width);
}

UPLUMA_INLINE void conv_row_of(const upluma_lane input, const upluma_lane output, const upluma_conv_layer *layer,
                               const void *const *rows, ptrdiff_t in_stride, void *out, ptrdiff_t out_stride,
                               int width) {
    if (layer->kernel == 3) {
        conv_row_fixed(input, output, 3, layer, rows, in_stride, out, out_stride, width);
    } else {
        conv_row_fixed(input, output, 0, layer, rows, in_stride, out, out_stride, width);
    }
}
