/* Depthwise 3x3 convolution with AVX2 and FMA.
 *
 * Tile: one output pixel by 8 channels, whose nine weights and bias stay in registers along a row
 * of output pixels. A pixel is nine multiply-adds that read their input straight from memory: two
 * or three loads a cycle keep two multiply-adds a cycle busy. Channels beyond the last are masked
 * off. */
#include "tile_avx2.h"

/* Eight channels of the layer. */
struct block {
    const struct mn_conv_args *args;
    int channel;
    __m256 weight[9], bias, least, most;
    __m256i mask; /* of the channels that exist */
};

static struct block start(const struct mn_conv_args *args, int channel)
{
    struct block block = {.args = args,
                          .channel = channel,
                          .least = _mm256_set1_ps(args->lo),
                          .most = _mm256_set1_ps(args->hi),
                          .mask = mn_mask_avx2(args->out_channels - channel)};
    const float *panel = args->packed + (size_t)channel * 10;
    block.bias = _mm256_loadu_ps(panel);
    for (int tap = 0; tap < 9; tap++)
        block.weight[tap] = _mm256_loadu_ps(panel + (size_t)(1 + tap) * MN_VECTOR_AVX2);
    return block;
}

/* The eight channels of input pixel (y, x). */
static inline const float *input_at(const struct block *block, int y, int x)
{
    const struct mn_conv_args *args = block->args;
    return args->input +
           ((size_t)y * (size_t)args->in_size + (size_t)x) * (size_t)args->in_channels +
           block->channel;
}

static inline float *output_at(const struct block *block, int y, int x)
{
    const struct mn_conv_args *args = block->args;
    return args->output +
           ((size_t)(y - args->row_begin) * (size_t)args->out_size + (size_t)x) *
               (size_t)args->out_channels +
           block->channel;
}

static inline __m256 clamp(const struct block *block, __m256 sum)
{
    return _mm256_min_ps(_mm256_max_ps(sum, block->least), block->most);
}

/* An output pixel whose taps, from input pixel (y, x) on, may lie outside, or whose channels are
 * not all there. */
static void careful_pixel(const struct block *block, int y, int x, float *output)
{
    int size = block->args->in_size;
    __m256 sum = block->bias;
    for (int tap = 0; tap < 9; tap++) {
        int in_y = y + tap / 3, in_x = x + tap % 3;
        if (in_y < 0 || in_x < 0 || in_y >= size || in_x >= size)
            continue;
        sum = _mm256_fmadd_ps(_mm256_maskload_ps(input_at(block, in_y, in_x), block->mask),
                              block->weight[tap], sum);
    }
    _mm256_maskstore_ps(output, block->mask, clamp(block, sum));
}

/* `count` output pixels whose taps and channels are all there. */
static void inner_pixels(const struct block *block, const float *input, float *output, int count)
{
    size_t channels = (size_t)block->args->in_channels,
           row = (size_t)block->args->in_size * channels;
    size_t step = (size_t)block->args->stride * channels;
    const __m256 w0 = block->weight[0], w1 = block->weight[1], w2 = block->weight[2],
                 w3 = block->weight[3], w4 = block->weight[4], w5 = block->weight[5],
                 w6 = block->weight[6], w7 = block->weight[7], w8 = block->weight[8];
    for (; count > 0; count--, input += step, output += channels) {
        const float *in1 = input + row, *in2 = in1 + row;
        /* two chains of sums, so that neither waits for the other */
        __m256 a = _mm256_fmadd_ps(_mm256_loadu_ps(input), w0, block->bias);
        __m256 b = _mm256_mul_ps(_mm256_loadu_ps(input + channels), w1);
        a = _mm256_fmadd_ps(_mm256_loadu_ps(input + 2 * channels), w2, a);
        b = _mm256_fmadd_ps(_mm256_loadu_ps(in1), w3, b);
        a = _mm256_fmadd_ps(_mm256_loadu_ps(in1 + channels), w4, a);
        b = _mm256_fmadd_ps(_mm256_loadu_ps(in1 + 2 * channels), w5, b);
        a = _mm256_fmadd_ps(_mm256_loadu_ps(in2), w6, a);
        b = _mm256_fmadd_ps(_mm256_loadu_ps(in2 + channels), w7, b);
        a = _mm256_fmadd_ps(_mm256_loadu_ps(in2 + 2 * channels), w8, a);
        _mm256_storeu_ps(output, clamp(block, _mm256_add_ps(a, b)));
    }
}

static void row_of_pixels(const struct block *block, int out_y)
{
    const struct mn_conv_args *args = block->args;
    int y = out_y * args->stride - args->pad, x = 0;
    bool inner_row = y >= 0 && y + 3 <= args->in_size && args->out_channels - block->channel >= 8;
    /* output pixels begin … end - 1 have all three columns of taps */
    int begin = (args->pad + args->stride - 1) / args->stride;
    int end =
        args->in_size + args->pad >= 3 ? (args->in_size + args->pad - 3) / args->stride + 1 : 0;
    end = end < args->out_size ? end : args->out_size;
    if (inner_row && begin < end) {
        for (; x < begin; x++)
            careful_pixel(block, y, x * args->stride - args->pad, output_at(block, out_y, x));
        inner_pixels(block, input_at(block, y, x * args->stride - args->pad),
                     output_at(block, out_y, x), end - begin);
        x = end;
    }
    for (; x < args->out_size; x++)
        careful_pixel(block, y, x * args->stride - args->pad, output_at(block, out_y, x));
}

void mn_depthwise3x3_avx2(const struct mn_conv_args *args)
{
    for (int channel = 0; channel < args->out_channels; channel += 8) {
        struct block block = start(args, channel);
        for (int y = args->row_begin; y < args->row_end; y++)
            row_of_pixels(&block, y);
    }
}
