/* Resampling in portable C: a weighted sum of rows of bytes, then weighted sums along the row.
 *
 * The rows of bytes are taken in pairs, a short stretch of the row at a time: each pass reads two
 * rows and touches the sums once. Turned around, the sums of eight target rows lie side by side,
 * so along the row every loop is over these eight. All of this is plain enough for the compiler to
 * turn into SIMD; the loops are in functions that are not inlined, because of an inlined
 * one gcc forgets what `restrict` promised. */
#include "resample.h"

enum { ROWS = MN_RESAMPLE_ROWS, STRETCH = 128, PIXELS = 32 };

__attribute__((noinline)) static void set_one(const uint8_t *restrict row, float tap,
                                              float *restrict sum, int count)
{
    for (int i = 0; i < count; i++)
        sum[i] = tap * (float)row[i];
}

__attribute__((noinline)) static void set_two(const uint8_t *restrict row0,
                                              const uint8_t *restrict row1, float tap0, float tap1,
                                              float *restrict sum, int count)
{
    for (int i = 0; i < count; i++)
        sum[i] = tap0 * (float)row0[i] + tap1 * (float)row1[i];
}

__attribute__((noinline)) static void add_two(const uint8_t *restrict row0,
                                              const uint8_t *restrict row1, float tap0, float tap1,
                                              float *restrict sum, int count)
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

static void sum_pixel(const float *restrict samples, const struct mn_resample_table *table, int x,
                      float *restrict sum)
{
    const float *tap = table->taps + (size_t)x * (size_t)table->tap_count;
    const float *sample = samples + (size_t)table->first[x] * ROWS;
    for (int r = 0; r < ROWS; r++)
        sum[r] = 0;
    for (int t = 0; t < table->tap_count; t++, sample += (size_t)table->step * ROWS)
        for (int r = 0; r < ROWS; r++)
            sum[r] += tap[t] * sample[r];
}

/* In place: y, cb, cr become red, green, blue. */
__attribute__((noinline)) static void convert_yuv(const struct mn_yuv *to, float *restrict y,
                                                  float *restrict cb, float *restrict cr, int count)
{
    for (int i = 0; i < count; i++) {
        float grey = to->luma * (y[i] - to->black);
        float u = cb[i] - 128, v = cr[i] - 128;
        y[i] = grey + to->red_cr * v;
        cb[i] = grey + to->green_cb * u + to->green_cr * v;
        cr[i] = grey + to->blue_cb * u;
    }
}

__attribute__((noinline)) static void convert_grey(const struct mn_yuv *to, float *restrict y,
                                                   float *restrict green, float *restrict blue,
                                                   int count)
{
    for (int i = 0; i < count; i++)
        y[i] = green[i] = blue[i] = to->luma * (y[i] - to->black);
}

/* The nearest whole level 0…255. As whole numbers the comparisons become SIMD, as floats they do
 * not; what is in x is made of bytes, so it fits an int. */
static int level(float x)
{
    int nearest = (int)(x + 0.5F); /* or, below 0, something that is not above 0 */
    nearest = nearest < 0 ? 0 : nearest;
    return nearest > 255 ? 255 : nearest;
}

__attribute__((noinline)) static void normalise(float scale, float shift, float *values, int count)
{
    for (int i = 0; i < count; i++)
        values[i] = (float)level(values[i]) * scale + shift;
}

/* Pixels x … x + count - 1; part: room for each component's [count][ROWS]. */
static void make_pixels(const struct mn_resample_args *args, int x, int count, float *part[3])
{
    for (int c = 0; c < (args->colour == MN_COLOUR_GREY ? 1 : 3); c++) {
        bool is_chroma = c > 0 && args->colour == MN_COLOUR_YUV;
        for (int i = 0; i < count; i++)
            sum_pixel(args->samples[c], &args->table[is_chroma], x + i, part[c] + i * ROWS);
    }
    if (args->colour == MN_COLOUR_YUV)
        convert_yuv(&args->yuv, part[0], part[1], part[2], count * ROWS);
    else if (args->colour == MN_COLOUR_GREY)
        convert_grey(&args->yuv, part[0], part[1], part[2], count * ROWS);
    for (int c = 0; c < 3; c++)
        normalise(args->scale[c], args->shift[c], part[c], count * ROWS);
}

void mn_resample_columns_c(const struct mn_resample_args *args)
{
    float room[3][PIXELS * ROWS];
    float *part[3] = {room[0], room[1], room[2]};
    for (int x = 0; x < args->width; x += PIXELS) {
        int count = args->width - x < PIXELS ? args->width - x : PIXELS;
        make_pixels(args, x, count, part);
        for (int r = 0; r < args->rows; r++) {
            float *output = args->output + (size_t)r * args->row_stride + 3 * (size_t)x;
            for (int i = 0; i < count; i++)
                for (int c = 0; c < 3; c++)
                    output[3 * i + c] = part[c][i * ROWS + r];
        }
    }
}
