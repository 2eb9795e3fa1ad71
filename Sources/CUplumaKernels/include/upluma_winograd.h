// 3×3 convolutions of wide layers by Winograd's minimal filtering F(4×4, 3×3): 36 products for 16 results of a pair of
// channels instead of 144. (Lavin and Gray, "Fast Algorithms for Convolutional Neural Networks", 2015, section 4.3;
// points 0, ±1, ±2 and infinity.) Errors are some 10^-6 of the sums' size, a few times those of the plain sum.
#ifndef UPLUMA_WINOGRAD_H
#define UPLUMA_WINOGRAD_H

#include <stddef.h>

#include "upluma_cpu.h"

/// Rows lie channels last: pixel x has its `channels` floats at x · channels, pixel 0 first. There is room for pixel -1
/// and for those up to the width rounded up to UPLUMA_WINOGRAD_GRAIN, and one more; all outside the picture hold 0.
enum {
    UPLUMA_WINOGRAD_GRAIN = 16,    // channels and pixels come in groups of this many
    UPLUMA_WINOGRAD_TILE = 4,      // rows (and columns) that are made at a time
    UPLUMA_WINOGRAD_PATCH = 6,     // rows (and columns) they are made from
    UPLUMA_WINOGRAD_PRODUCTS = 36, // PATCH²
};

typedef struct upluma_winograd_layer {
    /// Both multiples of UPLUMA_WINOGRAD_GRAIN.
    int cin;
    int cout;
    /// [36][cin][cout]: G g Gᵀ of each 3×3 kernel g, rows first.
    const float *weights;
    /// `cout` values each; what is not above 0 is multiplied by its channel's slope.
    const float *bias;
    const float *slopes;
} upluma_winograd_layer;

typedef struct upluma_winograd_kernels {
    /// Four rows of a convolution with zero padding: `rows` are the 6 rows around them, top to bottom, from the one above
    /// the first on; `out` 4 rows that overlap no input. `scratch` is 64-byte aligned and holds
    /// `upluma_winograd_scratch(cin, cout)` floats.
    ///
    /// Each of the 36 sums is one fused multiply-add for each input channel in order; the transforms are defined in
    /// winograd_rows.h. So all instruction sets give the same bits.
    void (*conv_rows)(const upluma_winograd_layer *layer, const float *const *rows, float *const *out, int width,
                      float *scratch);

    /// A planar row (see upluma_conv.h; `channels` planes `stride` floats apart) as one that has its channels last, and
    /// back. `channels` is a multiple of UPLUMA_WINOGRAD_GRAIN; the width rounded up to that is copied.
    void (*to_channels_last)(float *target, const float *planar, ptrdiff_t stride, int channels, int width);
    void (*to_planar)(float *planar, ptrdiff_t stride, const float *source, int channels, int width);
} upluma_winograd_kernels;

/// Floats of scratch memory that a layer's rows take, whatever their width.
size_t upluma_winograd_scratch(int cin, int cout);

/// Fills the whole table with the best kernels that use no more than `level`.
void upluma_winograd_kernels_init(upluma_winograd_kernels *table, upluma_cpu_level level);

#endif
