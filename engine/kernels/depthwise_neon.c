/* Depthwise 3x3 convolution with NEON.
 *
 * Tile: 4 neighbouring output pixels by a panel of 8 channels (32-bit Arm: 4), one vector of
 * channels after the other: done together, gcc moved sums to memory and back. Inside the image, the
 * panel's nine taps stay in registers all along the output row, and each input is loaded once for
 * all the outputs that it goes into: 36 loads for 72 multiply-adds. That matters because Cortex-A53
 * and A72 load one vector a cycle. The weights take 18 of AArch64's 32 registers (9 of 16), the
 * sums 4; biases and clamp are fetched where they are needed. Packing: panels of 8 (4) channels,
 * see packing.h.
 *
 * Tiles at the image's edge, and all of its first and last row, fetch their weights as they go.
 * What is outside they read from zeros: of the columns only a tile's first or last can be, and a
 * row that is outside is all one pixel, its columns 0 floats apart. So there is no code for each
 * way to lie at the edge. */
#include "tile_neon.h"

enum { PIXELS = 4, VECTORS = MN_DEPTHWISE_PANEL_NEON / MN_VECTOR_NEON };

/* One panel's part of one output row. */
struct line {
    const struct mn_conv_args *args;
    const float *panel;  /* biases, then weights [9][width] */
    int width;           /* of the panel */
    const float *row[3]; /* the channels of column 0 in the three input rows */
    ptrdiff_t column[3]; /* floats from one column of that row to the next */
    float *output;       /* of pixel 0 */
};

/* In the functions below, `pixels`, `stride` and `vectors` must be constants where they are called:
 * then the loops unroll, and all vectors live in registers. */

static inline __attribute__((always_inline)) int columns_of(int pixels, int stride)
{
    return stride * (pixels - 1) + 3;
}

/* Column c of the inputs of a row goes into the sums of one vector of channels of all the pixels
 * that see it. */
static inline __attribute__((always_inline)) void add_column(float32x4_t *sum, float32x4_t input,
                                                             const float32x4_t *weight, int c,
                                                             int pixels, int stride)
{
    MN_UNROLL_WHOLE
    for (int kx = 0; kx < 3; kx++) {
        int p = (c - kx) / stride;
        if (c >= kx && (c - kx) % stride == 0 && p < pixels)
            sum[p] = vfmaq_f32(sum[p], input, weight[kx]);
    }
}

/* Clamps one vector of channels of each pixel; stores the first `count` lanes. */
static inline __attribute__((always_inline)) void
store(const struct mn_conv_args *args, const float32x4_t *sum, int pixels, float *output, int count)
{
    const float32x4_t least = vld1q_dup_f32(&args->lo), most = vld1q_dup_f32(&args->hi);
    MN_UNROLL_WHOLE
    for (int p = 0; p < pixels; p++, output += args->out_step)
        mn_store_neon(output, vminq_f32(vmaxq_f32(sum[p], least), most), count);
}

/* One vector of channels, of which `count` are there, of a tile that may lie at the edge. */
static inline __attribute__((always_inline)) void
edge_tile(const struct line *line, int vector, int pixel, int pixels, int stride, int count)
{
    static const float zeros[MN_VECTOR_NEON];
    const int columns = columns_of(pixels, stride), x = pixel * stride - line->args->pad;
    const bool last_outside = x + columns > line->args->in_size;
    const float *weight = line->panel + vector * MN_VECTOR_NEON;
    float32x4_t sum[PIXELS];
    MN_UNROLL_WHOLE
    for (int p = 0; p < pixels; p++)
        sum[p] = vld1q_f32(weight);
    for (int ky = 0; ky < 3; ky++) {
        const float *row = line->row[ky] + vector * MN_VECTOR_NEON + (x + 1) * line->column[ky];
        float32x4_t w[3];
        MN_UNROLL_WHOLE
        for (int kx = 0; kx < 3; kx++)
            w[kx] = vld1q_f32(weight += line->width);
        MN_UNROLL_WHOLE
        for (int c = 0; c < columns; c++) {
            const float *in = row + (c - 1) * line->column[ky];
            if ((c == 0 && x < 0) || (c == columns - 1 && last_outside))
                in = zeros;
            add_column(sum, mn_load_neon(in, count), w, c, pixels, stride);
        }
    }
    store(line->args, sum, pixels,
          line->output + (size_t)pixel * (size_t)line->args->out_step + vector * MN_VECTOR_NEON,
          count);
}

static inline __attribute__((always_inline)) void
whole_edge_tile(const struct line *line, int vector, int pixel, int pixels, int stride)
{
    if (pixels == 4)
        edge_tile(line, vector, pixel, 4, stride, MN_VECTOR_NEON);
    else if (pixels == 3)
        edge_tile(line, vector, pixel, 3, stride, MN_VECTOR_NEON);
    else if (pixels == 2)
        edge_tile(line, vector, pixel, 2, stride, MN_VECTOR_NEON);
    else
        edge_tile(line, vector, pixel, 1, stride, MN_VECTOR_NEON);
}

/* Tiles of 4 pixels from `pixel` on, as long as they lie inside; returns the first pixel that is
 * left. */
static inline __attribute__((always_inline)) int inner_tiles(const struct line *line, int pixel,
                                                             int stride, int vectors)
{
    const struct mn_conv_args *args = line->args;
    const size_t step = (size_t)args->in_step, out_step = (size_t)args->out_step;
    const float *row[3], *weight = line->panel;
    float32x4_t taps[VECTORS][9];
    MN_UNROLL_WHOLE
    for (int tap = 0; tap < 9; tap++, weight += line->width) {
        MN_UNROLL_WHOLE
        for (int v = 0; v < vectors; v++)
            taps[v][tap] = vld1q_f32(weight + line->width + v * MN_VECTOR_NEON);
    }
    MN_UNROLL_WHOLE
    for (int ky = 0; ky < 3; ky++)
        row[ky] = line->row[ky] + (ptrdiff_t)(pixel * stride - args->pad) * args->in_step;
    float *output = line->output + (size_t)pixel * out_step;
    int end = (args->in_size + args->pad - 3) / stride + 1; /* of the pixels that lie inside */
    end = end < args->out_size ? end : args->out_size;
    for (; pixel + PIXELS <= end; pixel += PIXELS) {
        MN_UNROLL_WHOLE
        for (int v = 0; v < vectors; v++) {
            const float32x4_t bias = vld1q_f32(line->panel + v * MN_VECTOR_NEON);
            float32x4_t sum[PIXELS] = {bias, bias, bias, bias};
            MN_UNROLL_WHOLE
            for (int ky = 0; ky < 3; ky++) {
                const float *in = row[ky] + v * MN_VECTOR_NEON;
                MN_UNROLL_WHOLE
                for (int c = 0; c < columns_of(PIXELS, stride); c++, in += step)
                    add_column(sum, vld1q_f32(in), taps[v] + 3 * ky, c, PIXELS, stride);
            }
            store(args, sum, PIXELS, output + v * MN_VECTOR_NEON, MN_VECTOR_NEON);
        }
        MN_UNROLL_WHOLE
        for (int ky = 0; ky < 3; ky++)
            row[ky] += PIXELS * (size_t)stride * step;
        output += PIXELS * out_step;
    }
    return pixel;
}

/* `vectors` whole vectors of channels. */
static inline __attribute__((always_inline)) void run_line(const struct line *line, int stride,
                                                           int vectors)
{
    const struct mn_conv_args *args = line->args;
    bool inside = line->column[0] && line->column[2];
    for (int pixel = 0; pixel < args->out_size;) {
        if (inside && pixel * stride >= args->pad) {
            int next = inner_tiles(line, pixel, stride, vectors);
            if (next > pixel) {
                pixel = next;
                continue;
            }
        }
        int rest = args->out_size - pixel, pixels = rest < PIXELS ? rest : PIXELS;
        for (int v = 0; v < vectors; v++)
            whole_edge_tile(line, v, pixel, pixels, stride);
        pixel += pixels;
    }
}

/* The first `count` channels of a panel. */
static inline __attribute__((always_inline)) void run_panel(const struct line *line, int stride,
                                                            int count)
{
    int whole = count / MN_VECTOR_NEON;
    if (whole >= VECTORS) {
        run_line(line, stride, VECTORS);
        return;
    }
    if (whole > 0)
        run_line(line, stride, 1);
    if (count % MN_VECTOR_NEON > 0)
        for (int pixel = 0; pixel < line->args->out_size; pixel++)
            edge_tile(line, whole, pixel, 1, stride, count % MN_VECTOR_NEON);
}

static void run_panel_1(const struct line *line, int count)
{
    run_panel(line, 1, count);
}

static void run_panel_2(const struct line *line, int count)
{
    run_panel(line, 2, count);
}

static void find_rows(struct line *line, int y, int channel)
{
    static const float zeros[MN_DEPTHWISE_PANEL_NEON];
    const struct mn_conv_args *args = line->args;
    ptrdiff_t step = args->in_step;
    for (int ky = 0; ky < 3; ky++) {
        bool inside = y + ky >= 0 && y + ky < args->in_size;
        line->row[ky] = inside ? args->input + (y + ky) * args->in_size * step + channel : zeros;
        line->column[ky] = inside ? step : 0;
    }
}

void mn_depthwise3x3_neon(const struct mn_conv_args *args)
{
    size_t row = (size_t)args->out_size * (size_t)args->out_step;
    for (int out_y = args->row_begin; out_y < args->row_end; out_y++)
        for (int channel = 0; channel < args->out_channels; channel += MN_DEPTHWISE_PANEL_NEON) {
            int count = args->out_channels - channel;
            struct line line = {
                .args = args,
                .panel = args->packed + (size_t)channel * 10,
                .width = count <= MN_VECTOR_NEON ? MN_VECTOR_NEON : MN_DEPTHWISE_PANEL_NEON,
                .output = args->output + (size_t)(out_y - args->row_begin) * row + channel,
            };
            find_rows(&line, out_y * args->stride - args->pad, channel);
            if (args->stride == 1)
                run_panel_1(&line, count);
            else
                run_panel_2(&line, count);
        }
}
