/* Resampling in portable C: a weighted sum of rows of bytes, then weighted sums along the row.
 *
 * The rows of bytes are taken in pairs, a short stretch of the row at a time: each pass reads two
 * rows and touches the sums once. Turned around, the sums of eight target rows lie side by side,
 * so along the row every loop is over these eight. All of this is plain enough for the compiler to
 * turn into SIMD. */
#include "resample.h"

#include <string.h>

enum { ROWS = MN_RESAMPLE_ROWS, STRETCH = 64 };

static void set_one(const uint8_t *restrict row, float tap, float *restrict sum, int count)
{
    for (int i = 0; i < count; i++)
        sum[i] = tap * (float)row[i];
}

static void set_two(const uint8_t *restrict row0, const uint8_t *restrict row1, float tap0,
                    float tap1, float *restrict sum, int count)
{
    for (int i = 0; i < count; i++)
        sum[i] = tap0 * (float)row0[i] + tap1 * (float)row1[i];
}

static void add_two(const uint8_t *restrict row0, const uint8_t *restrict row1, float tap0,
                    float tap1, float *restrict sum, int count)
{
    for (int i = 0; i < count; i++)
        sum[i] += tap0 * (float)row0[i] + tap1 * (float)row1[i];
}

/* Bytes begin … begin + count - 1 of one target row. */
static void sum_stretch(const uint8_t *const *rows, const float *taps, int tap_count, int begin,
                        float *sum, int count)
{
    int t = 2 - tap_count % 2; /* an odd tap goes first, so that pairs are left */
    if (t == 1)
        set_one(rows[0] + begin, taps[0], sum, count);
    else
        set_two(rows[0] + begin, rows[1] + begin, taps[0], taps[1], sum, count);
    for (; t < tap_count; t += 2)
        add_two(rows[t] + begin, rows[t + 1] + begin, taps[t], taps[t + 1], sum, count);
}

void mn_resample_rows_c(const uint8_t *const *rows, const float *taps, int tap_count, float *output,
                        int count)
{
    float sum[ROWS][STRETCH];
    for (int begin = 0; begin < count; begin += STRETCH) {
        int length = count - begin < STRETCH ? count - begin : STRETCH;
        for (int r = 0; r < ROWS; r++)
            sum_stretch(rows + (size_t)r * (size_t)tap_count, taps + (size_t)r * (size_t)tap_count,
                        tap_count, begin, sum[r], length);
        float *out = output + (size_t)begin * ROWS;
        for (int i = 0; i < length; i++)
            for (int r = 0; r < ROWS; r++)
                out[i * ROWS + r] = sum[r][i];
    }
}

static void sum_columns(const float *samples, const struct mn_resample_table *table, int x,
                        float sum[ROWS])
{
    const float *tap = table->taps + (size_t)x * (size_t)table->tap_count;
    const float *sample = samples + (size_t)table->first[x] * ROWS;
    float total[ROWS] = {0};
    for (int t = 0; t < table->tap_count; t++, sample += (size_t)table->step * ROWS)
        for (int r = 0; r < ROWS; r++)
            total[r] += tap[t] * sample[r];
    memcpy(sum, total, sizeof total);
}

/* In place: y, cb, cr become red, green, blue. */
static void convert_yuv(const struct mn_yuv *to, float y[ROWS], float cb[ROWS], float cr[ROWS])
{
    for (int r = 0; r < ROWS; r++) {
        float grey = to->luma * (y[r] - to->black);
        float u = cb[r] - 128, v = cr[r] - 128;
        y[r] = grey + to->red_cr * v;
        cb[r] = grey + to->green_cb * u + to->green_cr * v;
        cr[r] = grey + to->blue_cb * u;
    }
}

static void convert_grey(const struct mn_yuv *to, float y[ROWS], float green[ROWS],
                         float blue[ROWS])
{
    for (int r = 0; r < ROWS; r++)
        y[r] = green[r] = blue[r] = to->luma * (y[r] - to->black);
}

/* The nearest whole level 0…255. The comparisons also keep the conversion to int defined. */
static float level(float x)
{
    x = x < 0 ? 0 : x;
    x = x > 255 ? 255 : x;
    return (float)(int)(x + 0.5F);
}

void mn_resample_columns_c(const struct mn_resample_args *args)
{
    for (int x = 0; x < args->width; x++) {
        float part[3][ROWS];
        int parts = args->colour == MN_COLOUR_GREY ? 1 : 3;
        for (int c = 0; c < parts; c++) {
            bool is_chroma = c > 0 && args->colour == MN_COLOUR_YUV;
            sum_columns(args->samples[c], &args->table[is_chroma], x, part[c]);
        }
        if (args->colour == MN_COLOUR_YUV)
            convert_yuv(&args->yuv, part[0], part[1], part[2]);
        else if (args->colour == MN_COLOUR_GREY)
            convert_grey(&args->yuv, part[0], part[1], part[2]);
        for (int c = 0; c < 3; c++)
            for (int r = 0; r < ROWS; r++)
                part[c][r] = level(part[c][r]) * args->scale[c] + args->shift[c];
        for (int r = 0; r < args->rows; r++)
            for (int c = 0; c < 3; c++)
                args->output[(size_t)r * args->row_stride + (size_t)(3 * x + c)] = part[c][r];
    }
}
