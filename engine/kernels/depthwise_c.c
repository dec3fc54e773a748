/* Depthwise 3x3 convolution in portable C.
 *
 * Packing: [9 taps][channels], so that channels are the inner, contiguous dimension of input,
 * weights and output. Pixels whose nine inputs all exist take one pass with all taps; border pixels
 * add the taps that exist one by one. */
#include "kernels_c.h"

size_t mn_depthwise3x3_packed_size_c(int channels)
{
    return (size_t)channels * 9;
}

void mn_depthwise3x3_pack_c(const float *weight, int channels, float *packed)
{
    for (int tap = 0; tap < 9; tap++)
        for (int c = 0; c < channels; c++)
            *packed++ = weight[(size_t)c * 9 + (size_t)tap];
}

static inline float clamp(float x, float lo, float hi)
{
    return x < lo ? lo : x > hi ? hi : x;
}

/* `in` is the upper left of the nine pixels, `row` the floats from one input row to the next. */
static void inner_pixel(const float *restrict in, size_t row, const float *restrict w,
                        const float *restrict bias, size_t channels, float lo, float hi,
                        float *restrict out)
{
    const float *in1 = in + row, *in2 = in + 2 * row;
    const size_t n = channels;
    for (size_t c = 0; c < n; c++) {
        float sum = bias[c] + in[c] * w[c] + in[n + c] * w[n + c] + in[2 * n + c] * w[2 * n + c];
        sum += in1[c] * w[3 * n + c] + in1[n + c] * w[4 * n + c] + in1[2 * n + c] * w[5 * n + c];
        sum += in2[c] * w[6 * n + c] + in2[n + c] * w[7 * n + c] + in2[2 * n + c] * w[8 * n + c];
        out[c] = clamp(sum, lo, hi);
    }
}

static void border_pixel(const struct mn_conv_args *args, int y, int x, float *restrict out)
{
    int channels = args->out_channels;
    for (int c = 0; c < channels; c++)
        out[c] = args->bias[c];
    for (int tap = 0; tap < 9; tap++) {
        int in_y = y + tap / 3, in_x = x + tap % 3;
        if (in_y < 0 || in_x < 0 || in_y >= args->in_size || in_x >= args->in_size)
            continue;
        const float *restrict in =
            args->input + ((size_t)in_y * (size_t)args->in_size + (size_t)in_x) * (size_t)channels;
        const float *restrict w = args->weight + (size_t)tap * (size_t)channels;
        for (int c = 0; c < channels; c++)
            out[c] += in[c] * w[c];
    }
    for (int c = 0; c < channels; c++)
        out[c] = clamp(out[c], args->lo, args->hi);
}

void mn_depthwise3x3_c(const struct mn_conv_args *args)
{
    size_t channels = (size_t)args->out_channels, row = (size_t)args->in_size * channels;
    for (int out_y = args->row_begin; out_y < args->row_end; out_y++)
        for (int out_x = 0; out_x < args->out_size; out_x++) {
            int y = out_y * args->stride - args->pad, x = out_x * args->stride - args->pad;
            float *out =
                args->output + ((size_t)out_y * (size_t)args->out_size + (size_t)out_x) * channels;
            if (y >= 0 && x >= 0 && y + 3 <= args->in_size && x + 3 <= args->in_size)
                inner_pixel(args->input + (size_t)y * row + (size_t)x * channels, row, args->weight,
                            args->bias, channels, args->lo, args->hi, out);
            else
                border_pixel(args, y, x, out);
        }
}
