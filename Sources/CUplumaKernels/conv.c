#include "conv.h"

#include <math.h>
#include <stdint.h>

#include "tanh.h"

// Pixels whose sums are kept at a time.
enum { CHUNK = 128 };

static float from_bf16(uint32_t upper_half) {
    const union {
        uint32_t bits;
        float value;
    } number = {upper_half};
    return number.value;
}

/// Nearest, halves to even; what the next layer reads is never NaN.
static uint32_t to_bf16(float value) {
    const union {
        float value;
        uint32_t bits;
    } number = {value};
    return (number.bits + 0x7FFF + (number.bits >> 16 & 1)) >> 16;
}

static uint32_t to_u8(float value) {
    value = rintf(value);
    return value > 0 ? (value < 255 ? (uint32_t)value : 255) : 0;
}

/// The sums of one output channel for some pixels, scaled and with their activation.
static void sum_channel(const upluma_conv_layer *layer, int channel, int block, const void *block_weights,
                        const void *const *rows, ptrdiff_t in_stride, int x, int count, float *restrict sums) {
    const int kernel = layer->kernel, taps = layer->planes * kernel * kernel;
    const int lane = channel % 8;
    int32_t whole[CHUNK] = {0};
    for (int i = 0; i < count; ++i) {
        sums[i] = layer->bias[channel];
    }
    for (int tap = 0; tap < taps; ++tap) {
        const ptrdiff_t offset = tap / (kernel * kernel) * in_stride + tap % kernel - kernel / 2 + x;
        const void *row = rows[tap / kernel % kernel];
        if (layer->input == UPLUMA_LANE_F32) {
            const float weight = ((const float *)block_weights)[tap * block + lane];
            const float *restrict input = (const float *)row + offset;
            for (int i = 0; i < count; ++i) {
                sums[i] = fmaf(weight, input[i], sums[i]);
            }
        } else if (layer->input == UPLUMA_LANE_BF16) {
            const uint32_t weight = ((const uint32_t *)block_weights)[tap * block + lane];
            const float first = from_bf16(weight << 16), second = from_bf16(weight & 0xFFFF0000);
            const uint32_t *restrict input = (const uint32_t *)row + offset;
            for (int i = 0; i < count; ++i) {
                // A product of two bfloat16 numbers is exact in a float.
                sums[i] = sums[i] + second * from_bf16(input[i] & 0xFFFF0000);
                sums[i] = sums[i] + first * from_bf16(input[i] << 16);
            }
        } else {
            const int8_t *weight = (const int8_t *)block_weights + 4 * (tap * block + lane);
            const uint8_t *restrict input = (const uint8_t *)row + 4 * offset;
            for (int i = 0; i < count; ++i) {
                whole[i] += weight[0] * input[4 * i] + weight[1] * input[4 * i + 1] + weight[2] * input[4 * i + 2] +
                            weight[3] * input[4 * i + 3];
            }
        }
    }
    for (int i = 0; i < count; ++i) {
        if (layer->input == UPLUMA_LANE_U8) {
            sums[i] = fmaf((float)whole[i], layer->scales[channel], layer->bias[channel]);
        }
        sums[i] = sums[i] > 0 ? sums[i] : layer->slopes[channel] * sums[i];
    }
}

/// Puts a channel's values where its rows are, or into its part of the lanes.
static void store_channel(const upluma_conv_layer *layer, int channel, const float *sums, void *out,
                          ptrdiff_t out_stride, int x, int count) {
    if (layer->output == UPLUMA_LANE_F32) {
        float *row = (float *)out + channel * out_stride + x;
        for (int i = 0; i < count; ++i) {
            row[i] = sums[i];
        }
    } else if (layer->output == UPLUMA_LANE_BF16) {
        uint16_t *row = (uint16_t *)((uint32_t *)out + channel / 2 * out_stride + x) + channel % 2;
        for (int i = 0; i < count; ++i) {
            row[2 * i] = (uint16_t)to_bf16(sums[i]);
        }
    } else {
        uint8_t *row = (uint8_t *)((uint32_t *)out + channel / 4 * out_stride + x) + channel % 4;
        const float zero = layer->zeros[channel];
        for (int i = 0; i < count; ++i) {
            const float steps =
                layer->input == UPLUMA_LANE_U8 ? sums[i] + zero : fmaf(sums[i], layer->steps[channel], zero);
            row[4 * i] = (uint8_t)to_u8(steps);
        }
    }
}

void upluma_conv_row_portable(const upluma_conv_layer *layer, const void *const *rows, ptrdiff_t in_stride, void *out,
                              ptrdiff_t out_stride, int width) {
    float sums[CHUNK];
    const char *weights = layer->weights;
    for (int first = 0; first < layer->cout; first += 8) {
        const int block = layer->cout - first < 8 ? 4 : 8;
        for (int channel = first; channel < first + block; ++channel) {
            for (int x = 0; x < width; x += CHUNK) {
                const int count = width - x < CHUNK ? width - x : CHUNK;
                sum_channel(layer, channel, block, weights, rows, in_stride, x, count, sums);
                store_channel(layer, channel, sums, out, out_stride, x, count);
            }
        }
        weights += (ptrdiff_t)4 * layer->planes * layer->kernel * layer->kernel * block;
    }
    upluma_conv_pad_right(layer, out, out_stride, width);
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
    table->conv_row = upluma_conv_row_portable;
    table->tanh_row = tanh_row;
    table->add_subpixels_clip = add_subpixels_clip;
#if defined(__x86_64__)
    if (level < UPLUMA_CPU_AVX2) return;
    upluma_conv_kernels_init_avx2(table);
    if (level < UPLUMA_CPU_AVX512) return;
    upluma_conv_kernels_init_avx512(table);
    if (level < UPLUMA_CPU_AVX512DOT) return;
    upluma_conv_kernels_init_avx512dot(table);
#else
    (void)level;
#endif
}
