/* Resampling in AVX2: lanes are columns while rows are summed, rows of the target after that.
 *
 * A block of up to 32 columns is summed in registers over all rows under the filter, for each of
 * the eight target rows, and the eight results are turned around on their way to memory. That is
 * three operations a vector of bytes and row (widen, convert, multiply-add), and little else: it
 * runs at nearly what the ports allow. Along the row a sample is then a vector of eight rows,
 * whatever the pixel format's step: no gathers, no shuffles, one multiply-add a tap. Up to 32
 * pixels go through three short loops (sums, colour and level, turning back), rather than one
 * long one whose chain of dependent operations would fill the scheduler.
 *
 * Columns that do not fill a block are done by a narrower one that begins further left and so does
 * some of its neighbour's work again; only a row of bytes narrower than one vector is copied. */
#include "resample.h"

#include <immintrin.h>
#include <string.h>

enum { ROWS = MN_RESAMPLE_ROWS, LANES = 8, WIDE = 4 /* vectors of a block */, PIXELS = 32 };

/* Eight rows of eight floats become columns: output[i * output_stride + r] = input[r * stride + i].
 */
static inline __attribute__((always_inline)) void turn(const float *input, size_t stride,
                                                       float *output, size_t output_stride)
{
    __m256 row[8], half[8];
    for (int r = 0; r < 8; r++)
        row[r] = _mm256_loadu_ps(input + (size_t)r * stride);
    for (int r = 0; r < 8; r += 4) {
        __m256 low01 = _mm256_unpacklo_ps(row[r], row[r + 1]);
        __m256 low23 = _mm256_unpacklo_ps(row[r + 2], row[r + 3]);
        __m256 high01 = _mm256_unpackhi_ps(row[r], row[r + 1]);
        __m256 high23 = _mm256_unpackhi_ps(row[r + 2], row[r + 3]);
        half[r] = _mm256_shuffle_ps(low01, low23, 0x44);
        half[r + 1] = _mm256_shuffle_ps(low01, low23, 0xee);
        half[r + 2] = _mm256_shuffle_ps(high01, high23, 0x44);
        half[r + 3] = _mm256_shuffle_ps(high01, high23, 0xee);
    }
    for (int i = 0; i < 4; i++) {
        float *out = output + (size_t)i * output_stride;
        _mm256_storeu_ps(out, _mm256_permute2f128_ps(half[i], half[i + 4], 0x20));
        _mm256_storeu_ps(out + 4 * output_stride,
                         _mm256_permute2f128_ps(half[i], half[i + 4], 0x31));
    }
}

static inline __m256 load_bytes(const uint8_t *bytes)
{
    return _mm256_cvtepi32_ps(
        _mm256_cvtepu8_epi32(_mm_loadl_epi64((const __m128i *)(const void *)bytes)));
}

/* `vectors` vectors of columns from `begin` on; a constant, so that the sums stay in registers. */
static inline __attribute__((always_inline)) void sum_block(const uint8_t *const *rows,
                                                            const float *taps, int tap_count,
                                                            int begin, float *output, int vectors)
{
    _Alignas(32) float block[ROWS][WIDE * LANES];
    for (int r = 0; r < ROWS; r++, rows += tap_count, taps += tap_count) {
        __m256 sum[WIDE];
        for (int v = 0; v < vectors; v++)
            sum[v] = _mm256_setzero_ps();
        for (int t = 0; t < tap_count; t++) {
            const __m256 tap = _mm256_broadcast_ss(taps + t);
            const uint8_t *bytes = rows[t] + begin;
            for (int v = 0; v < vectors; v++)
                sum[v] = _mm256_fmadd_ps(tap, load_bytes(bytes + LANES * v), sum[v]);
        }
        for (int v = 0; v < vectors; v++)
            _mm256_store_ps(&block[r][LANES * v], sum[v]);
    }
    float *out = output + (size_t)begin * ROWS;
    for (int v = 0; v < vectors; v++)
        turn(&block[0][LANES * v], WIDE * LANES, out + v * LANES * ROWS, ROWS);
}

/* Fewer columns than a vector has lanes. */
static void sum_few(const uint8_t *const *rows, const float *taps, int tap_count, float *output,
                    int count)
{
    for (int r = 0; r < ROWS; r++, rows += tap_count, taps += tap_count) {
        __m256 sum = _mm256_setzero_ps();
        for (int t = 0; t < tap_count; t++) {
            uint8_t bytes[LANES] = {0};
            memcpy(bytes, rows[t], (size_t)count);
            sum = _mm256_fmadd_ps(_mm256_broadcast_ss(taps + t), load_bytes(bytes), sum);
        }
        float lane[LANES];
        _mm256_storeu_ps(lane, sum);
        for (int i = 0; i < count; i++)
            output[i * ROWS + r] = lane[i];
    }
}

void mn_resample_rows_avx2(const uint8_t *const *rows, const float *taps, int tap_count,
                           float *output, int count)
{
    if (count < LANES) {
        sum_few(rows, taps, tap_count, output, count);
        return;
    }
    int i = 0;
    for (; i + WIDE * LANES <= count; i += WIDE * LANES)
        sum_block(rows, taps, tap_count, i, output, WIDE);
    for (; i + LANES <= count; i += LANES)
        sum_block(rows, taps, tap_count, i, output, 1);
    if (i < count)
        sum_block(rows, taps, tap_count, count - LANES, output, 1);
}

/* Some pixels on their way: R, G, B or Y, Cb, Cr, each for all rows. */
struct block {
    _Alignas(32) float pixel[PIXELS][3][ROWS];
};

/* Components begin … end - 1 of pixels x … x + count - 1, which share a table. taps: the table's
 * tap_count, a constant for the usual ones. Inlined, so that the loops over components unroll. */
static inline __attribute__((always_inline)) void sum_taps(const struct mn_resample_args *args,
                                                           const struct mn_resample_table *table,
                                                           int x, int count, int begin, int end,
                                                           int taps, struct block *block)
{
    const size_t step = (size_t)table->step * ROWS;
    const float *tap = table->taps + (size_t)x * (size_t)taps;
    for (int i = 0; i < count; i++, tap += taps) {
        size_t sample = (size_t)table->first[x + i] * ROWS;
        __m256 sum[3];
        for (int c = begin; c < end; c++)
            sum[c] = _mm256_setzero_ps();
        for (int t = 0; t < taps; t++, sample += step) {
            const __m256 weight = _mm256_broadcast_ss(tap + t);
            for (int c = begin; c < end; c++)
                sum[c] =
                    _mm256_fmadd_ps(weight, _mm256_loadu_ps(args->samples[c] + sample), sum[c]);
        }
        for (int c = begin; c < end; c++)
            _mm256_store_ps(block->pixel[i][c], sum[c]);
    }
}

static inline __attribute__((always_inline)) void sum_columns(const struct mn_resample_args *args,
                                                              const struct mn_resample_table *table,
                                                              int x, int count, int begin, int end,
                                                              struct block *block)
{
    if (table->tap_count == 2)
        sum_taps(args, table, x, count, begin, end, 2, block);
    else if (table->tap_count == 4)
        sum_taps(args, table, x, count, begin, end, 4, block);
    else
        sum_taps(args, table, x, count, begin, end, table->tap_count, block);
}

/* The nearest whole level 0…255; from the middle upwards, as portable C. */
static inline __m256 level(__m256 x)
{
    x = _mm256_min_ps(_mm256_max_ps(x, _mm256_setzero_ps()), _mm256_set1_ps(255));
    return _mm256_floor_ps(_mm256_add_ps(x, _mm256_set1_ps(0.5F)));
}

/* In place: sums become floats of the tensor. */
static inline __attribute__((always_inline)) void
finish(const struct mn_resample_args *args, enum mn_colour colour, int count, struct block *block)
{
    const struct mn_yuv *yuv = &args->yuv;
    const __m256 luma = _mm256_set1_ps(yuv->luma), black = _mm256_set1_ps(yuv->black);
    const __m256 middle = _mm256_set1_ps(128);
    for (int i = 0; i < count; i++) {
        __m256 part[3];
        for (int c = 0; c < (colour == MN_COLOUR_GREY ? 1 : 3); c++)
            part[c] = _mm256_load_ps(block->pixel[i][c]);
        if (colour != MN_COLOUR_RGB)
            part[0] = _mm256_mul_ps(luma, _mm256_sub_ps(part[0], black));
        if (colour == MN_COLOUR_YUV) {
            __m256 u = _mm256_sub_ps(part[1], middle), v = _mm256_sub_ps(part[2], middle);
            part[1] = _mm256_fmadd_ps(_mm256_set1_ps(yuv->green_cb), u, part[0]);
            part[1] = _mm256_fmadd_ps(_mm256_set1_ps(yuv->green_cr), v, part[1]);
            part[2] = _mm256_fmadd_ps(_mm256_set1_ps(yuv->blue_cb), u, part[0]);
            part[0] = _mm256_fmadd_ps(_mm256_set1_ps(yuv->red_cr), v, part[0]);
        } else if (colour == MN_COLOUR_GREY) {
            part[1] = part[2] = part[0];
        }
        for (int c = 0; c < 3; c++)
            _mm256_store_ps(block->pixel[i][c],
                            _mm256_fmadd_ps(level(part[c]), _mm256_set1_ps(args->scale[c]),
                                            _mm256_set1_ps(args->shift[c])));
    }
}

/* To the tensor: LANES pixels, or as many as there are and rows there are. */
static void store(const struct mn_resample_args *args, const float *pixels, float *output,
                  int count)
{
    if (args->rows == ROWS && count >= LANES) {
        for (int v = 0; v < 3; v++)
            turn(pixels + v * LANES * ROWS, ROWS, output + LANES * v, args->row_stride);
        return;
    }
    float row[ROWS][3 * LANES];
    for (int v = 0; v < 3; v++)
        turn(pixels + v * LANES * ROWS, ROWS, row[0] + LANES * v, 3 * LANES);
    size_t floats = 3 * (size_t)(count < LANES ? count : LANES);
    for (int r = 0; r < args->rows; r++)
        memcpy(output + (size_t)r * args->row_stride, row[r], floats * sizeof(float));
}

void mn_resample_columns_avx2(const struct mn_resample_args *args)
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
