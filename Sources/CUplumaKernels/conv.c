#include "conv.h"

#include <math.h>

#include "tanh.h"

static void conv_row(const upluma_conv_layer *layer, const float *const *rows, ptrdiff_t in_stride, float *out,
                     ptrdiff_t out_stride, int width) {
    const int kernel = layer->kernel, taps = kernel * kernel;
    const float *weights = layer->weights;
    for (int first = 0; first < layer->cout; first += 8) {
        const int block = layer->cout - first < 8 ? 4 : 8;
        for (int lane = 0; lane < block; ++lane) {
            float *restrict result = out + (first + lane) * out_stride;
            for (int x = 0; x < width; ++x) {
                result[x] = layer->bias[first + lane];
            }
            for (int tap = 0; tap < layer->cin * taps; ++tap) {
                const float weight = weights[tap * block + lane];
                const float *restrict input =
                    rows[tap / kernel % kernel] + tap / taps * in_stride + tap % kernel - kernel / 2;
                for (int x = 0; x < width; ++x) {
                    result[x] = fmaf(weight, input[x], result[x]);
                }
            }
            const float slope = layer->slopes[first + lane];
            for (int x = 0; x < width; ++x) {
                result[x] = result[x] > 0 ? result[x] : slope * result[x];
            }
        }
        weights += layer->cin * taps * block;
    }
    upluma_conv_zero_right(out, out_stride, layer->cout, width);
}

static void tanh_row(float *values, ptrdiff_t count) {
    for (ptrdiff_t i = 0; i < count; ++i) {
        float x = values[i];
        x = x < UPLUMA_TANH_LIMIT ? x : UPLUMA_TANH_LIMIT;
        x = x > -UPLUMA_TANH_LIMIT ? x : -UPLUMA_TANH_LIMIT;
        const float square = x * x;
        float p = upluma_tanh_p[0], q = upluma_tanh_q[0];
        for (int k = 1; k < 5; ++k) {
            p = fmaf(p, square, upluma_tanh_p[k]);
        }
        for (int k = 1; k < 6; ++k) {
            q = fmaf(q, square, upluma_tanh_q[k]);
        }
        x = x * p / q;
        x = x < 1 ? x : 1;
        values[i] = x > -1 ? x : -1;
    }
}

static void add_subpixels_clip(float *row, const float *residual, ptrdiff_t stride, int factor, int width) {
    upluma_add_subpixels_clip_any(row, residual, stride, factor, width);
}

void upluma_conv_kernels_init(upluma_conv_kernels *table, upluma_cpu_level level) {
    table->conv_row = conv_row;
    table->tanh_row = tanh_row;
    table->add_subpixels_clip = add_subpixels_clip;
#if defined(__x86_64__)
    if (level < UPLUMA_CPU_AVX2) return;
    upluma_conv_kernels_init_avx2(table);
    if (level < UPLUMA_CPU_AVX512) return;
    upluma_conv_kernels_init_avx512(table);
#else
    (void)level;
#endif
}
