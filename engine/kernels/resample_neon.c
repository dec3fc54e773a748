/* Resampling in NEON, for AArch64 and for 32-bit Arm with VFPv4: as AVX2's, with two vectors where
 * that has one.
 *
 * A block of 16 columns is summed in registers over all rows under the filter, for each of the
 * eight target rows, and the results are turned around on their way to memory. Along the row a
 * sample is then two vectors of four rows each, whatever the pixel format's step. Some pixels at a
 * time are sampled, converted and normalised, and turned back.
 *
 * Columns that do not fill a block are done by a narrower one that begins further left and so does
 * some of its neighbour's work again; only a row of bytes narrower than that is copied. */
#include "resample.h"

#include <arm_neon.h>
#include <string.h>

enum { ROWS = MN_RESAMPLE_ROWS, LANES = 4, WIDE = 4, NARROW = 2 /* vectors */, PIXELS = 32 };

/* Four rows of four floats become columns: output[i * output_stride + r] = input[r * stride + i].
 */
static inline void turn_four(const float *input, size_t stride, float *output, size_t output_stride)
{
    float32x4x2_t upper = vtrnq_f32(vld1q_f32(input), vld1q_f32(input + stride));
    float32x4x2_t lower = vtrnq_f32(vld1q_f32(input + 2 * stride), vld1q_f32(input + 3 * stride));
    for (int i = 0; i < 2; i++) {
        float *out = output + (size_t)i * output_stride;
        vst1q_f32(out, vcombine_f32(vget_low_f32(upper.val[i]), vget_low_f32(lower.val[i])));
        vst1q_f32(out + 2 * output_stride,
                  vcombine_f32(vget_high_f32(upper.val[i]), vget_high_f32(lower.val[i])));
    }
}

/* Eight columns' bytes as two vectors. */
static inline void load_bytes(const uint8_t *bytes, float32x4_t value[2])
{
    uint16x8_t wide = vmovl_u8(vld1_u8(bytes));
    value[0] = vcvtq_f32_u32(vmovl_u16(vget_low_u16(wide)));
    value[1] = vcvtq_f32_u32(vmovl_u16(vget_high_u16(wide)));
}

/* One target row of a block, from column `begin` on. vectors: a constant, so that the sums stay in
 * registers. */
static inline __attribute__((always_inline)) void sum_row(const uint8_t *const *rows,
                                                          const float *taps, int tap_count,
                                                          int begin, float *output, int vectors)
{
    float32x4_t sum[WIDE];
    for (int v = 0; v < vectors; v++)
        sum[v] = vdupq_n_f32(0);
    for (int t = 0; t < tap_count; t++) {
        const float32x4_t tap = vdupq_n_f32(taps[t]);
        for (int v = 0; v < vectors; v += 2) {
            float32x4_t value[2];
            load_bytes(rows[t] + begin + LANES * v, value);
            sum[v] = vfmaq_f32(sum[v], tap, value[0]);
            sum[v + 1] = vfmaq_f32(sum[v + 1], tap, value[1]);
        }
    }
    for (int v = 0; v < vectors; v++)
        vst1q_f32(output + LANES * v, sum[v]);
}

static inline __attribute__((always_inline)) void sum_block(const uint8_t *const *rows,
                                                            const float *taps, int tap_count,
                                                            int begin, float *output, int vectors)
{
    float block[ROWS][WIDE * LANES];
    for (int r = 0; r < ROWS; r++)
        sum_row(rows + r * tap_count, taps + r * tap_count, tap_count, begin, block[r], vectors);
    for (int v = 0; v < vectors; v++)
        for (int r = 0; r < ROWS; r += LANES)
            turn_four(&block[r][LANES * v], WIDE * LANES, output + v * LANES * ROWS + r, ROWS);
}

/* Fewer columns than the narrow block has. */
static void sum_few(const uint8_t *const *rows, const float *taps, int tap_count, float *output,
                    int count)
{
    for (int r = 0; r < ROWS; r++, rows += tap_count, taps += tap_count) {
        float sum[NARROW * LANES] = {0};
        for (int t = 0; t < tap_count; t++)
            for (int i = 0; i < count; i++)
                sum[i] += taps[t] * (float)rows[t][i];
        for (int i = 0; i < count; i++)
            output[i * ROWS + r] = sum[i];
    }
}

void mn_resample_rows_neon(const uint8_t *const *rows, const float *taps, int tap_count,
                           float *output, int count)
{
    const int wide = WIDE * LANES, narrow = NARROW * LANES;
    if (count < narrow) {
        sum_few(rows, taps, tap_count, output, count);
        return;
    }
    int i = 0;
    for (; i + wide <= count; i += wide)
        sum_block(rows, taps, tap_count, i, output + (size_t)i * ROWS, WIDE);
    for (; i < count; i += narrow) {
        int begin = i + narrow <= count ? i : count - narrow;
        sum_block(rows, taps, tap_count, begin, output + (size_t)begin * ROWS, NARROW);
    }
}

/* Some pixels on their way: R, G, B or Y, Cb, Cr, each for all rows. */
struct block {
    float pixel[PIXELS][3][ROWS];
};

/* Components begin … end - 1 of pixels x … x + count - 1, which share a table. Inlined, so that
 * the loops over components unroll. */
static inline __attribute__((always_inline)) void sum_columns(const struct mn_resample_args *args,
                                                              const struct mn_resample_table *table,
                                                              int x, int count, int begin, int end,
                                                              struct block *block)
{
    const size_t step = (size_t)table->step * ROWS;
    const float *tap = table->taps + (size_t)x * (size_t)table->tap_count;
    for (int i = 0; i < count; i++, tap += table->tap_count) {
        size_t sample = (size_t)table->first[x + i] * ROWS;
        float32x4_t low[3], high[3];
        for (int c = begin; c < end; c++)
            low[c] = high[c] = vdupq_n_f32(0);
        for (int t = 0; t < table->tap_count; t++, sample += step) {
            const float32x4_t weight = vdupq_n_f32(tap[t]);
            for (int c = begin; c < end; c++) {
                const float *in = args->samples[c] + sample;
                low[c] = vfmaq_f32(low[c], weight, vld1q_f32(in));
                high[c] = vfmaq_f32(high[c], weight, vld1q_f32(in + LANES));
            }
        }
        for (int c = begin; c < end; c++) {
            vst1q_f32(block->pixel[i][c], low[c]);
            vst1q_f32(block->pixel[i][c] + LANES, high[c]);
        }
    }
}

/* The nearest whole level 0…255; from the middle upwards, as portable C. */
static inline float32x4_t level(float32x4_t x)
{
    x = vminq_f32(vmaxq_f32(x, vdupq_n_f32(0)), vdupq_n_f32(255));
    return vcvtq_f32_s32(vcvtq_s32_f32(vaddq_f32(x, vdupq_n_f32(0.5F))));
}

/* In place: Y, Cb, Cr become R, G, B. */
static inline void convert_yuv(const struct mn_yuv *yuv, float32x4_t part[3])
{
    const float32x4_t middle = vdupq_n_f32(128);
    float32x4_t grey = vmulq_n_f32(vsubq_f32(part[0], vdupq_n_f32(yuv->black)), yuv->luma);
    float32x4_t u = vsubq_f32(part[1], middle), v = vsubq_f32(part[2], middle);
    part[0] = vfmaq_f32(grey, vdupq_n_f32(yuv->red_cr), v);
    part[1] =
        vfmaq_f32(vfmaq_f32(grey, vdupq_n_f32(yuv->green_cb), u), vdupq_n_f32(yuv->green_cr), v);
    part[2] = vfmaq_f32(grey, vdupq_n_f32(yuv->blue_cb), u);
}

/* In place: sums become floats of the tensor. colour: a constant. */
static inline __attribute__((always_inline)) void
finish(const struct mn_resample_args *args, enum mn_colour colour, int count, struct block *block)
{
    for (int i = 0; i < count; i++)
        for (int r = 0; r < ROWS; r += LANES) {
            float32x4_t part[3];
            for (int c = 0; c < (colour == MN_COLOUR_GREY ? 1 : 3); c++)
                part[c] = vld1q_f32(block->pixel[i][c] + r);
            if (colour == MN_COLOUR_YUV)
                convert_yuv(&args->yuv, part);
            else if (colour == MN_COLOUR_GREY)
                part[0] = part[1] = part[2] =
                    vmulq_n_f32(vsubq_f32(part[0], vdupq_n_f32(args->yuv.black)), args->yuv.luma);
            for (int c = 0; c < 3; c++)
                vst1q_f32(block->pixel[i][c] + r,
                          vfmaq_f32(vdupq_n_f32(args->shift[c]), level(part[c]),
                                    vdupq_n_f32(args->scale[c])));
        }
}

/* To the tensor: four pixels, or as many as there are and rows there are. */
static void store(const struct mn_resample_args *args, const float *pixels, float *output,
                  int count)
{
    float row[ROWS][3 * LANES];
    bool is_whole = args->rows == ROWS && count >= LANES;
    float *target = is_whole ? output : row[0];
    size_t stride = is_whole ? args->row_stride : 3 * LANES;
    for (int v = 0; v < 3; v++)
        for (int r = 0; r < ROWS; r += LANES)
            turn_four(pixels + v * LANES * ROWS + r, ROWS, target + (size_t)r * stride + v * LANES,
                      stride);
    size_t floats = 3 * (size_t)(count < LANES ? count : LANES);
    for (int r = 0; r < args->rows && !is_whole; r++)
        memcpy(output + (size_t)r * args->row_stride, row[r], floats * sizeof(float));
}

void mn_resample_columns_neon(const struct mn_resample_args *args)
{
    struct block block = {0};
    for (int x = 0; x < args->width; x += PIXELS) {
        int count = args->width - x < PIXELS ? args->width - x : PIXELS;
        if (args->colour == MN_COLOUR_RGB) {
            sum_columns(args, &args->table[0], x, count, 0, 3, &block);
            finish(args, MN_COLOUR_RGB, count, &block);
        } else if (args->colour == MN_COLOUR_YUV) {
            sum_columns(args, &args->table[0], x, count, 0, 1, &block);
            sum_columns(args, &args->table[1], x, count, 1, 3, &block);
            finish(args, MN_COLOUR_YUV, count, &block);
        } else {
            sum_columns(args, &args->table[0], x, count, 0, 1, &block);
            finish(args, MN_COLOUR_GREY, count, &block);
        }
        for (int i = 0; i < count; i += LANES)
            store(args, block.pixel[i][0], args->output + 3 * (size_t)(x + i), count - i);
    }
}
