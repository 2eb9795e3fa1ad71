// The Winograd kernels for vectors of LANES floats, for the files that include this one, inside the target attributes of
// their instruction set, after they have defined LANES (4, 8 or 16), SUMS (vectors of sums that registers hold) and
// WIDEST (vectors of channels a block of sums has at most). At the end `init_table` fills a table.

typedef float vector __attribute__((ext_vector_type(LANES), aligned(4)));

#define UPLUMA_INLINE static inline __attribute__((always_inline))

UPLUMA_INLINE vector load(const float *from) { return *(const vector *)from; }
UPLUMA_INLINE void store(float *to, vector value) { *(vector *)to = value; }
UPLUMA_INLINE vector all(float value) { return (vector)(value); }
UPLUMA_INLINE vector fma_of(vector a, vector b, vector c) { return __builtin_elementwise_fma(a, b, c); }

/// Bᵀ d: the six values of a patch in one direction.
UPLUMA_INLINE void transform_input(const vector d[6], vector t[6]) {
    const vector a = fma_of(all(-4), d[2], d[4]), b = fma_of(all(-4), d[1], d[3]);
    const vector c = d[4] - d[2], e = d[3] - d[1];
    t[0] = fma_of(all(4), d[0], fma_of(all(-5), d[2], d[4]));
    t[1] = a + b;
    t[2] = a - b;
    t[3] = fma_of(all(2), e, c);
    t[4] = fma_of(all(-2), e, c);
    t[5] = fma_of(all(4), d[1], fma_of(all(-5), d[3], d[5]));
}

/// Aᵀ m: the four results of a tile in one direction.
UPLUMA_INLINE void transform_output(const vector m[6], vector y[4]) {
    const vector s = m[1] + m[2], d = m[1] - m[2], u = m[3] + m[4], v = m[3] - m[4];
    y[0] = (m[0] + s) + u;
    y[1] = fma_of(all(2), v, d);
    y[2] = fma_of(all(4), u, s);
    y[3] = fma_of(all(8), v, d) + m[5];
}

/// `tiles` patches from tile `first` on: [36][tile][cin], columns of the picture before rows. Two patches side by side
/// share two columns, whose transforms are kept in `columns`.
static void transform_patches(const float *const *rows, int cin, int first, int tiles, float *target, ptrdiff_t stride,
                              float *columns) {
    for (int channel = 0; channel < cin; channel += LANES) {
        float *column = columns;
        for (int x = 4 * first - 1; x < 4 * (first + tiles) + 1; ++x) {
            vector d[6], t[6];
#pragma clang loop unroll(full)
            for (int i = 0; i < 6; ++i) d[i] = load(rows[i] + (ptrdiff_t)x * cin + channel);
            transform_input(d, t);
#pragma clang loop unroll(full)
            for (int i = 0; i < 6; ++i) store(column + i * LANES, t[i]);
            column += 6 * LANES;
        }
        for (int tile = 0; tile < tiles; ++tile) {
            const float *patch = columns + tile * 4 * 6 * LANES;
            float *result = target + tile * cin + channel;
            for (int i = 0; i < 6; ++i) {
                vector d[6], t[6];
#pragma clang loop unroll(full)
                for (int j = 0; j < 6; ++j) d[j] = load(patch + (j * 6 + i) * LANES);
                transform_input(d, t);
#pragma clang loop unroll(full)
                for (int j = 0; j < 6; ++j) store(result + (i * 6 + j) * stride, t[j]);
            }
        }
    }
}

/// `groups` vectors of output channels of `tiles` tiles for one of the 36 products, all sums in registers.
UPLUMA_INLINE void multiply_block(const int groups, const int tiles, const float *weights, int cin, int cout,
                                  const float *patches, float *products) {
    vector sums[SUMS];
#pragma clang loop unroll(full)
    for (int i = 0; i < groups * tiles; ++i) sums[i] = all(0);
    for (int channel = 0; channel < cin; ++channel) {
        vector weight[WIDEST];
#pragma clang loop unroll(full)
        for (int g = 0; g < groups; ++g) weight[g] = load(weights + g * LANES);
#pragma clang loop unroll(full)
        for (int t = 0; t < tiles; ++t) {
            const vector patch = all(patches[t * cin]);
#pragma clang loop unroll(full)
            for (int g = 0; g < groups; ++g) {
                sums[t * groups + g] = fma_of(patch, weight[g], sums[t * groups + g]);
            }
        }
        weights += cout;
        patches += 1;
    }
#pragma clang loop unroll(full)
    for (int t = 0; t < tiles; ++t) {
#pragma clang loop unroll(full)
        for (int g = 0; g < groups; ++g) store(products + t * cout + g * LANES, sums[t * groups + g]);
    }
}

/// The blocks of `groups` vectors from `channel` on, as many as fit; returns the first channel after them.
UPLUMA_INLINE int multiply_groups(const int groups, int channel, const float *weights, int cin, int cout, int tiles,
                                  const float *patches, float *products) {
    enum { MOST = UPLUMA_WINOGRAD_CHUNK };
    const int together = SUMS / groups < MOST ? SUMS / groups : MOST;
    for (; channel + groups * LANES <= cout; channel += groups * LANES) {
        int tile = 0;
        for (; tile + together <= tiles; tile += together) {
            multiply_block(groups, together, weights + channel, cin, cout, patches + tile * cin,
                           products + tile * cout + channel);
        }
        for (; tile < tiles; ++tile) {
            multiply_block(groups, 1, weights + channel, cin, cout, patches + tile * cin,
                           products + tile * cout + channel);
        }
    }
    return channel;
}

static void multiply(const upluma_winograd_layer *layer, int tiles, const float *patches, ptrdiff_t patch_stride,
                     float *products, ptrdiff_t product_stride) {
    const int cin = layer->cin, cout = layer->cout;
    for (int i = 0; i < UPLUMA_WINOGRAD_PRODUCTS; ++i) {
        const float *weights = layer->weights + (ptrdiff_t)i * cin * cout;
        const float *from = patches + i * patch_stride;
        float *to = products + i * product_stride;
        int channel = multiply_groups(WIDEST, 0, weights, cin, cout, tiles, from, to);
        if (WIDEST > 2) channel = multiply_groups(2, channel, weights, cin, cout, tiles, from, to);
        multiply_groups(1, channel, weights, cin, cout, tiles, from, to);
    }
}

/// Results of `tiles` tiles from tile `first` on, with bias and activation.
static void transform_products(const upluma_winograd_layer *layer, const float *products, ptrdiff_t stride, int first,
                               int tiles, float *const *out) {
    const int cout = layer->cout;
    for (int tile = 0; tile < tiles; ++tile) {
        for (int channel = 0; channel < cout; channel += LANES) {
            const float *source = products + tile * cout + channel;
            vector rows[4][6];
#pragma clang loop unroll(full)
            for (int j = 0; j < 6; ++j) {
                vector m[6], y[4];
#pragma clang loop unroll(full)
                for (int i = 0; i < 6; ++i) m[i] = load(source + (i * 6 + j) * stride);
                transform_output(m, y);
#pragma clang loop unroll(full)
                for (int i = 0; i < 4; ++i) rows[i][j] = y[i];
            }
            const vector bias = load(layer->bias + channel), slope = load(layer->slopes + channel);
#pragma clang loop unroll(full)
            for (int i = 0; i < 4; ++i) {
                vector y[4];
                transform_output(rows[i], y);
#pragma clang loop unroll(full)
                for (int j = 0; j < 4; ++j) {
                    const vector value = y[j] + bias;
                    store(out[i] + ((ptrdiff_t)(first + tile) * 4 + j) * cout + channel,
                          value > 0 ? value : value * slope);
                }
            }
        }
    }
}

static void conv_rows(const upluma_winograd_layer *layer, const float *const *rows, float *const *out, int width,
                      float *scratch) {
    const int cin = layer->cin, cout = layer->cout;
    const int all_tiles = (width + UPLUMA_WINOGRAD_TILE - 1) / UPLUMA_WINOGRAD_TILE;
    const int chunk = all_tiles < UPLUMA_WINOGRAD_CHUNK ? all_tiles : UPLUMA_WINOGRAD_CHUNK;
    const ptrdiff_t patch_stride = upluma_winograd_stride(cin), product_stride = upluma_winograd_stride(cout);
    float *columns = scratch, *patches = columns + upluma_winograd_columns();
    float *products = patches + UPLUMA_WINOGRAD_PRODUCTS * patch_stride;
    for (int tile = 0; tile < all_tiles; tile += chunk) {
        // The last chunk is as long as the others and makes some tiles again: a short one would take longer.
        const int first = tile + chunk <= all_tiles ? tile : all_tiles - chunk;
        transform_patches(rows, cin, first, chunk, patches, patch_stride, columns);
        multiply(layer, chunk, patches, patch_stride, products, product_stride);
        transform_products(layer, products, product_stride, first, chunk, out);
    }
    for (int row = 0; row < UPLUMA_WINOGRAD_TILE; ++row) {
        for (ptrdiff_t i = (ptrdiff_t)width * cout; i < (ptrdiff_t)4 * all_tiles * cout; ++i) out[row][i] = 0;
    }
}

#if LANES == 16
#define UPLUMA_ZIP_LOW 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23
#define UPLUMA_ZIP_HIGH 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31
#elif LANES == 8
#define UPLUMA_ZIP_LOW 0, 8, 1, 9, 2, 10, 3, 11
#define UPLUMA_ZIP_HIGH 4, 12, 5, 13, 6, 14, 7, 15
#else
#define UPLUMA_ZIP_LOW 0, 4, 1, 5
#define UPLUMA_ZIP_HIGH 2, 6, 3, 7
#endif

/// Copies LANES × LANES floats, rows to columns. Interleaving the upper half of the rows with the lower one, as often as
/// halving them gives one, is a transposition.
UPLUMA_INLINE void transpose(float *target, ptrdiff_t target_stride, const float *source, ptrdiff_t source_stride) {
    vector a[LANES], b[LANES];
#pragma clang loop unroll(full)
    for (int i = 0; i < LANES; ++i) a[i] = load(source + i * source_stride);
#pragma clang loop unroll(full)
    for (int round = 1; round < LANES; round *= 2) {
#pragma clang loop unroll(full)
        for (int i = 0; i < LANES / 2; ++i) {
            b[2 * i] = __builtin_shufflevector(a[i], a[i + LANES / 2], UPLUMA_ZIP_LOW);
            b[2 * i + 1] = __builtin_shufflevector(a[i], a[i + LANES / 2], UPLUMA_ZIP_HIGH);
        }
#pragma clang loop unroll(full)
        for (int i = 0; i < LANES; ++i) a[i] = b[i];
    }
#pragma clang loop unroll(full)
    for (int i = 0; i < LANES; ++i) store(target + i * target_stride, a[i]);
}

static void to_channels_last(float *target, const float *planar, ptrdiff_t stride, int channels, int width) {
    for (int x = 0; x < width; x += UPLUMA_WINOGRAD_GRAIN) {
        for (int part = x; part < x + UPLUMA_WINOGRAD_GRAIN; part += LANES) {
            for (int channel = 0; channel < channels; channel += LANES) {
                transpose(target + (ptrdiff_t)part * channels + channel, channels, planar + channel * stride + part,
                          stride);
            }
        }
    }
}

static void to_planar(float *planar, ptrdiff_t stride, const float *source, int channels, int width) {
    for (int x = 0; x < width; x += UPLUMA_WINOGRAD_GRAIN) {
        for (int part = x; part < x + UPLUMA_WINOGRAD_GRAIN; part += LANES) {
            for (int channel = 0; channel < channels; channel += LANES) {
                transpose(planar + channel * stride + part, stride, source + (ptrdiff_t)part * channels + channel,
                          channels);
            }
        }
    }
}

static void init_table(upluma_winograd_kernels *table) {
    table->conv_rows = conv_rows;
    table->to_channels_last = to_channels_last;
    table->to_planar = to_planar;
}
