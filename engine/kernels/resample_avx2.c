/* Resampling in AVX2: lanes are columns while rows are summed, rows of the target after that.
 *
 * A block of up to 32 columns is summed in registers over all rows under the filter, for each of
 * the eight target rows, and the eight results are turned around on their way to memory. Along the
 * row a sample is then a vector of eight rows, whatever the pixel format's step: no gathers, no
 * shuffles, one multiply-add a tap. Eight pixels are sampled, converted and normalised into a
 * scratch of 24 vectors, and these are turned back: 24 floats for each of the eight rows.
 *
 * What does not fill a block is done by a block that begins further left and so does some of its
 * neighbour's work again; only what is narrower than one vector goes through a copy. */
#include "resample.h"

#include <immintrin.h>
#include <string.h>

enum { ROWS = MN_RESAMPLE_ROWS, LANES = 8, WIDE = 4 /* vectors of a block */ };

/* Rows of vectors become columns: output[i * ROWS + r] = input[r * stride + i]. The halves of two
 * rows are joined while loading, so that all that is left to do stays within halves. */
static inline __attribute__((always_inline)) void turn(const float *input, size_t stride,
                                                       float *output, size_t output_stride)
{
    for (int half = 0; half < 2; half++) {
        __m256 row[4];
        for (int r = 0; r < 4; r++)
            row[r] = _mm256_insertf128_ps(
                _mm256_castps128_ps256(_mm_loadu_ps(input + (size_t)r * stride + 4 * half)),
                _mm_loadu_ps(input + (size_t)(r + 4) * stride + 4 * half), 1);
        __m256 low01 = _mm256_unpacklo_ps(row[0], row[1]),
               low23 = _mm256_unpacklo_ps(row[2], row[3]);
        __m256 high01 = _mm256_unpackhi_ps(row[0], row[1]),
               high23 = _mm256_unpackhi_ps(row[2], row[3]);
        float *out = output + (size_t)(4 * half) * output_stride;
        _mm256_storeu_ps(out, _mm256_shuffle_ps(low01, low23, 0x44));
        _mm256_storeu_ps(out + output_stride, _mm256_shuffle_ps(low01, low23, 0xee));
        _mm256_storeu_ps(out + 2 * output_stride, _mm256_shuffle_ps(high01, high23, 0x44));
        _mm256_storeu_ps(out + 3 * output_stride, _mm256_shuffle_ps(high01, high23, 0xee));
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

struct pixels {
    __m256 part[3]; /* R, G, B or Y, Cb, Cr of one pixel in each row */
};

/* Components begin … end - 1, which share a table. */
static inline __attribute__((always_inline)) void sum_columns(const struct mn_resample_args *args,
                                                              const struct mn_resample_table *table,
                                                              int x, struct pixels *pixels,
                                                              int begin, int end)
{
    const float *tap = table->taps + (size_t)x * (size_t)table->tap_count;
    size_t sample = (size_t)table->first[x] * ROWS, step = (size_t)table->step * ROWS;
    for (int c = begin; c < end; c++)
        pixels->part[c] = _mm256_setzero_ps();
    for (int t = 0; t < table->tap_count; t++, sample += step) {
        const __m256 weight = _mm256_broadcast_ss(tap + t);
        for (int c = begin; c < end; c++)
            pixels->part[c] = _mm256_fmadd_ps(weight, _mm256_loadu_ps(args->samples[c] + sample),
                                              pixels->part[c]);
    }
}

static inline __m256 grey_of(const struct mn_yuv *yuv, __m256 y)
{
    return _mm256_mul_ps(_mm256_set1_ps(yuv->luma), _mm256_sub_ps(y, _mm256_set1_ps(yuv->black)));
}

static inline void convert_yuv(const struct mn_yuv *yuv, struct pixels *pixels)
{
    const __m256 middle = _mm256_set1_ps(128);
    __m256 grey = grey_of(yuv, pixels->part[0]);
    __m256 u = _mm256_sub_ps(pixels->part[1], middle);
    __m256 v = _mm256_sub_ps(pixels->part[2], middle);
    pixels->part[0] = _mm256_fmadd_ps(_mm256_set1_ps(yuv->red_cr), v, grey);
    pixels->part[1] = _mm256_fmadd_ps(_mm256_set1_ps(yuv->green_cr), v,
                                      _mm256_fmadd_ps(_mm256_set1_ps(yuv->green_cb), u, grey));
    pixels->part[2] = _mm256_fmadd_ps(_mm256_set1_ps(yuv->blue_cb), u, grey);
}

/* The nearest whole level 0…255; from the middle upwards, as portable C. */
static inline __m256 level(__m256 x)
{
    x = _mm256_min_ps(_mm256_max_ps(x, _mm256_setzero_ps()), _mm256_set1_ps(255));
    return _mm256_floor_ps(_mm256_add_ps(x, _mm256_set1_ps(0.5F)));
}

/* Pixel x of each row: [3][ROWS]. */
static inline __attribute__((always_inline)) void
make_pixel(const struct mn_resample_args *args, enum mn_colour colour, int x, float *output)
{
    struct pixels pixels;
    if (colour == MN_COLOUR_RGB) {
        sum_columns(args, &args->table[0], x, &pixels, 0, 3);
    } else if (colour == MN_COLOUR_YUV) {
        sum_columns(args, &args->table[0], x, &pixels, 0, 1);
        sum_columns(args, &args->table[1], x, &pixels, 1, 3);
        convert_yuv(&args->yuv, &pixels);
    } else {
        sum_columns(args, &args->table[0], x, &pixels, 0, 1);
        pixels.part[0] = pixels.part[1] = pixels.part[2] = grey_of(&args->yuv, pixels.part[0]);
    }
    for (int c = 0; c < 3; c++)
        _mm256_store_ps(output + (size_t)c * ROWS,
                        _mm256_fmadd_ps(level(pixels.part[c]), _mm256_set1_ps(args->scale[c]),
                                        _mm256_set1_ps(args->shift[c])));
}

/* Pixels x … x + count - 1, at most as many as there are lanes. */
static inline __attribute__((always_inline)) void
make_pixels(const struct mn_resample_args *args, enum mn_colour colour, int x, int count)
{
    _Alignas(32) float column[3 * LANES][ROWS], row[ROWS][3 * LANES];
    for (int i = 0; i < LANES; i++)
        make_pixel(args, colour, x + (i < count ? i : count - 1), column[3 * i]);
    float *output = args->output + 3 * (size_t)x;
    if (args->rows == ROWS && count == LANES) {
        for (int v = 0; v < 3; v++)
            turn(column[LANES * v], ROWS, output + LANES * v, args->row_stride);
        return;
    }
    for (int v = 0; v < 3; v++)
        turn(column[LANES * v], ROWS, row[0] + LANES * v, 3 * LANES);
    for (int r = 0; r < args->rows; r++)
        memcpy(output + (size_t)r * args->row_stride, row[r], 3 * sizeof(float) * (size_t)count);
}

static inline __attribute__((always_inline)) void make_row(const struct mn_resample_args *args,
                                                           enum mn_colour colour)
{
    int x = 0;
    for (; x + LANES <= args->width; x += LANES)
        make_pixels(args, colour, x, LANES);
    if (x < args->width)
        make_pixels(args, colour, x, args->width - x);
}

void mn_resample_columns_avx2(const struct mn_resample_args *args)
{
    if (args->colour == MN_COLOUR_YUV)
        make_row(args, MN_COLOUR_YUV);
    else if (args->colour == MN_COLOUR_RGB)
        make_row(args, MN_COLOUR_RGB);
    else
        make_row(args, MN_COLOUR_GREY);
}
