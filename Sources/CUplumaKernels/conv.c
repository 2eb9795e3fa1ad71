#include "conv.h"

#include <math.h>

static void conv3x3_row(const upluma_conv_layer *layer, const float *above, const float *here, const float *below,
                        ptrdiff_t in_stride, float *out, ptrdiff_t out_stride, int width) {
    const float *rows[3] = {above, here, below};
    const float *weights = layer->weights;
    for (int first = 0; first < layer->cout; first += 8) {
        const int block = layer->cout - first < 8 ? 4 : 8;
        for (int lane = 0; lane < block; ++lane) {
            float *restrict result = out + (first + lane) * out_stride;
            for (int x = 0; x < width; ++x) {
                result[x] = layer->bias[first + lane];
            }
            for (int tap = 0; tap < layer->cin * 9; ++tap) {
                const float weight = weights[tap * block + lane];
                const float *restrict input = rows[tap / 3 % 3] + tap / 9 * in_stride + tap % 3 - 1;
                for (int x = 0; x < width; ++x) {
                    result[x] = fmaf(weight, input[x], result[x]);
                }
            }
            for (int x = 0; x < width; ++x) {
                result[x] = result[x] > 0 ? result[x] : layer->slope * result[x];
            }
        }
        weights += layer->cin * 9 * block;
    }
    upluma_conv_zero_right(out, out_stride, layer->cout, width);
}

void upluma_add_subpixels_clip_portable(float *row, const float *residual, ptrdiff_t stride, int factor, int width) {
    for (int x = 0; x < width; ++x) {
        for (int i = 0; i < factor; ++i) {
            const float sum = row[factor * x + i] + residual[i * stride + x];
            row[factor * x + i] = sum > 0 ? (sum < 1 ? sum : 1) : 0;
        }
    }
}

void upluma_conv_kernels_init(upluma_conv_kernels *table, upluma_cpu_level level) {
    table->conv3x3_row = conv3x3_row;
    table->add_subpixels_clip = upluma_add_subpixels_clip_portable;
#if defined(__x86_64__)
    if (level < UPLUMA_CPU_AVX2) return;
    upluma_conv_kernels_init_avx2(table);
    if (level < UPLUMA_CPU_AVX512) return;
    upluma_conv_kernels_init_avx512(table);
#else
    (void)level;
#endif
}
