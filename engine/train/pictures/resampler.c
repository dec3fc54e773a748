/* Each output row is made by itself: the rows under its filter are summed into a line of floats,
 * interleaved as the bytes are, and that line is sampled. A line is long, so the sum runs at the
 * vectors' full speed; the samples are taken as four floats, of which the fourth is the neighbour's
 * and not used, because four are one vector everywhere. */
#include "resampler.h"

#include <limits.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

static void free_side(struct mn_resampler_side *side)
{
    free(side->first);
    free(side->count);
    free(side->weight);
    *side = (struct mn_resampler_side){0};
}

void mn_resampler_free(struct mn_resampler *resampler)
{
    free_side(&resampler->columns);
    free_side(&resampler->rows);
    free(resampler->line);
    free(resampler->grey);
    *resampler = (struct mn_resampler){0};
}

static bool reserve_side(struct mn_resampler_side *side, int size, int taps)
{
    size_t weights = (size_t)size * (size_t)taps;
    side->taps = taps;
    if (size <= side->size_capacity && weights <= side->weight_capacity)
        return true;
    free_side(side);
    side->first = calloc((size_t)size, sizeof(int));
    side->count = calloc((size_t)size, sizeof(int));
    side->weight = calloc(weights, sizeof(float));
    if (!side->first || !side->count || !side->weight) {
        free_side(side);
        return false;
    }
    side->taps = taps;
    side->size_capacity = size;
    side->weight_capacity = weights;
    return true;
}

static bool reserve_line(float **line, size_t *capacity, size_t floats)
{
    if (floats <= *capacity)
        return true;
    free(*line);
    *line = calloc(floats, sizeof(float));
    *capacity = *line ? floats : 0;
    return *line != NULL;
}

/* --- taps --- */

/* Samples low … high - 1 are to be had. */
static bool build_side(struct mn_resampler_side *side, double begin, double length, int low,
                       int high, int size, bool flip)
{
    double step = length / size, half = step > 1 ? step : 1;
    int taps = (int)ceil(2 * half); /* an open interval of this length has no more whole numbers */
    if (!reserve_side(side, size, taps))
        return false;
    for (int i = 0; i < size; i++) {
        double centre = begin + ((flip ? size - 1 - i : i) + 0.5) * step;
        /* strictly inside of the triangle: the ends of it weigh nothing */
        int first = (int)floor(centre - half - 0.5) + 1, last = (int)ceil(centre + half - 0.5) - 1;
        float *weight = side->weight + (size_t)i * (size_t)side->taps;
        double sum = 0;
        first = first < low ? low : first;
        last = last >= high ? high - 1 : last;
        for (int k = first; k <= last; k++)
            sum += half - fabs(k + 0.5 - centre);
        for (int k = 0; k < taps; k++)
            weight[k] =
                first + k > last ? 0 : (float)((half - fabs(first + k + 0.5 - centre)) / sum);
        side->first[i] = first;
        side->count[i] = last - first + 1;
    }
    return true;
}

static const float *weights_of(const struct mn_resampler_side *side, int output)
{
    return side->weight + (size_t)output * (size_t)side->taps;
}

/* --- down the columns --- */

static void begin_sum(float *restrict line, const uint8_t *restrict a, const uint8_t *restrict b,
                      float weight_a, float weight_b, size_t count)
{
    for (size_t i = 0; i < count; i++)
        line[i] = weight_a * (float)a[i] + weight_b * (float)b[i];
}

static void add_rows(float *restrict line, const uint8_t *restrict a, const uint8_t *restrict b,
                     float weight_a, float weight_b, size_t count)
{
    for (size_t i = 0; i < count; i++)
        line[i] += weight_a * (float)a[i] + weight_b * (float)b[i];
}

/* Sums the rows that there are, two at a time, from byte `begin` on; returns what the rest weigh.
 */
static float sum_rows(const struct mn_image *image, const struct mn_resampler_side *side,
                      int output, size_t begin, size_t count, float *line)
{
    const float *weight = weights_of(side, output);
    int first = side->first[output], end = first + side->count[output];
    int top = first < 0 ? 0 : first, bottom = end > image->height ? image->height : end;
    float rest = 0;
    for (int y = first; y < end; y++)
        rest += y < top || y >= bottom ? weight[y - first] : 0;
    if (top >= bottom)
        memset(line, 0, count * sizeof *line);
    for (int y = top; y < bottom; y += 2) {
        const uint8_t *a = image->plane[0] + (size_t)y * image->stride[0] + begin;
        bool is_pair = y + 1 < bottom;
        const uint8_t *b = is_pair ? a + image->stride[0] : a;
        (y == top ? begin_sum : add_rows)(line, a, b, weight[y - first],
                                          is_pair ? weight[y + 1 - first] : 0, count);
    }
    return rest;
}

static void add_fill(float *line, float weight, const uint8_t fill[3], size_t columns)
{
    for (size_t i = 0; i < 3 * columns; i++)
        line[i] += weight * (float)fill[i % 3];
}

static void spread_grey(const float *grey, size_t columns, float *line)
{
    for (size_t x = 0; x < columns; x++)
        line[3 * x] = line[3 * x + 1] = line[3 * x + 2] = grey[x];
}

/* --- along the row --- */

/* GNU C's vector, which every CPU has in hardware; of an array gcc makes shuffles. */
typedef float float4 __attribute__((vector_size(16), aligned(4), may_alias));

/* `line` begins with column `begin`. */
static inline void sample_taps(const struct mn_resampler_side *side, const float *restrict line,
                               int begin, int size, int taps, float *restrict out)
{
    const float *weight = side->weight;
    for (int x = 0; x < size; x++, out += 3, weight += taps) {
        const float *from = line + 3 * (size_t)(side->first[x] - begin);
        float4 sum = {0.5F, 0.5F, 0.5F, 0.5F}; /* so that cutting off rounds */
        for (int k = 0; k < taps; k++)
            sum += weight[k] * *(const float4 *)(from + 3 * (size_t)k);
        *(float4 *)out = sum;
    }
}

/* Two taps, when nothing is made smaller, are most often, and quicker without a loop. */
static void sample_row(const struct mn_resampler_side *side, const float *line, int begin, int size,
                       float *out)
{
    if (side->taps == 2)
        sample_taps(side, line, begin, size, 2, out);
    else
        sample_taps(side, line, begin, size, side->taps, out);
}

static void to_bytes(const float *restrict from, size_t count, uint8_t *restrict to)
{
    for (size_t i = 0; i < count; i++)
        to[i] = (uint8_t)(int)from[i];
}

/* Columns of the picture under the filter, and beside it. */
struct span {
    int begin, end;   /* of the line: `taps` columns more follow, of no weight */
    int inner, outer; /* the part that the picture has */
};

static struct span span_of(const struct mn_resampler_side *columns, int size, int width)
{
    struct span span = {.begin = INT_MAX, .end = INT_MIN};
    for (int x = 0; x < size; x++) {
        int first = columns->first[x], end = first + columns->count[x];
        span.begin = first < span.begin ? first : span.begin;
        span.end = end > span.end ? end : span.end;
    }
    span.inner = span.begin > 0 ? span.begin : 0;
    span.outer = span.end < width ? span.end : width;
    span.outer = span.outer > span.inner ? span.outer : span.inner;
    return span;
}

bool mn_resample_box(struct mn_resampler *resampler, const struct mn_image *image,
                     const struct mn_box *box, const uint8_t fill[3], int size, uint8_t *rgb)
{
    struct mn_resampler_side *columns = &resampler->columns, *rows = &resampler->rows;
    int low = fill ? INT_MIN : 0;
    if (!build_side(columns, box->left, box->width, low, fill ? INT_MAX : image->width, size,
                    box->hflip) ||
        !build_side(rows, box->top, box->height, low, fill ? INT_MAX : image->height, size,
                    box->vflip))
        return false;
    struct span span = span_of(columns, size, image->width);
    size_t all = 3 * (size_t)(span.end + columns->taps - span.begin),
           inner = (size_t)(span.outer - span.inner);
    bool is_grey = image->format == MN_PIXEL_GREY;
    if (!reserve_line(&resampler->line, &resampler->line_capacity, all + 3 * (size_t)size + 2) ||
        !reserve_line(&resampler->grey, &resampler->grey_capacity, is_grey ? inner : 0))
        return false;

    float *line = resampler->line, *out = line + all + 1;
    float *middle = line + 3 * (size_t)(span.inner - span.begin);
    for (size_t i = 0; i < all; i++)
        line[i] = fill ? fill[i % 3] : 0;
    for (int y = 0; y < size; y++) {
        size_t step = is_grey ? 1 : 3;
        float rest = sum_rows(image, rows, y, step * (size_t)span.inner, step * inner,
                              is_grey ? resampler->grey : middle);
        if (is_grey)
            spread_grey(resampler->grey, inner, middle);
        if (fill && rest > 0)
            add_fill(middle, rest, fill, inner);
        sample_row(columns, line, span.begin, size, out);
        to_bytes(out, 3 * (size_t)size, rgb + 3 * (size_t)size * (size_t)y);
    }
    return true;
}
