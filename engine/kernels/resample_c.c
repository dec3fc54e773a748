/* Resampling in portable C: a weighted sum of rows of bytes, then weighted sums along the row.
 *
 * The rows are taken in pairs: each pass reads two rows and touches the sum once, which halves the
 * traffic of the sum against a row at a time. The loops are plain enough for the compiler to turn
 * into SIMD. Along the row neighbours share no taps, so that sum stays scalar. */
#include "resample_c.h"

#include <stddef.h>

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

void mn_resample_rows_c(const uint8_t *const *rows, const float *taps, int tap_count, float *output,
                        int count)
{
    int t = 2 - tap_count % 2; /* an odd tap goes first, so that pairs are left */
    if (t == 1)
        set_one(rows[0], taps[0], output, count);
    else
        set_two(rows[0], rows[1], taps[0], taps[1], output, count);
    for (; t < tap_count; t += 2)
        add_two(rows[t], rows[t + 1], taps[t], taps[t + 1], output, count);
}

void mn_resample_columns_c(const float *row, const int *first, const float *taps, int tap_count,
                           int step, float *output, int width)
{
    for (int x = 0; x < width; x++) {
        const float *sample = row + first[x];
        const float *tap = taps + (size_t)x * (size_t)tap_count;
        float sum = 0;
        for (int t = 0; t < tap_count; t++)
            sum += tap[t] * sample[(size_t)t * (size_t)step];
        output[x] = sum;
    }
}
