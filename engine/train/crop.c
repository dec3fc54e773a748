#include "crop.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

struct mn_box mn_box_centre(int width, int height)
{
    double side = width < height ? width : height;
    return (struct mn_box){(width - side) / 2, (height - side) / 2, side, side, false, false};
}

struct mn_box mn_box_resized(struct mn_random *random, const double scale[2], const double ratio[2],
                             int width, int height)
{
    for (int i = 0; i < 10; i++) {
        double area = mn_random_between(random, scale[0], scale[1]) * width * height;
        double aspect = exp(mn_random_between(random, log(ratio[0]), log(ratio[1])));
        double w = sqrt(area * aspect), h = sqrt(area / aspect);
        if (w > width || h > height)
            continue;
        double left = mn_random_between(random, 0, width - w);
        double top = mn_random_between(random, 0, height - h);
        return (struct mn_box){left, top, w, h, false, false};
    }
    return mn_box_centre(width, height);
}

/* --- resampling --- */

void mn_resampler_free(struct mn_resampler *resampler)
{
    free(resampler->first);
    free(resampler->count);
    free(resampler->weights);
    free(resampler->rows);
    *resampler = (struct mn_resampler){0};
}

static bool reserve_taps(struct mn_resampler *resampler, int size, int taps)
{
    if (size <= resampler->size && taps <= resampler->taps)
        return true;
    size = size > resampler->size ? size : resampler->size;
    taps = taps > resampler->taps ? taps : resampler->taps;
    free(resampler->first);
    free(resampler->count);
    free(resampler->weights);
    resampler->first = calloc((size_t)size, sizeof(int));
    resampler->count = calloc((size_t)size, sizeof(int));
    resampler->weights = calloc((size_t)size * (size_t)taps, sizeof(float));
    bool enough = resampler->first && resampler->count && resampler->weights;
    resampler->size = enough ? size : 0;
    resampler->taps = enough ? taps : 0;
    return enough;
}

static bool reserve_rows(struct mn_resampler *resampler, size_t floats)
{
    if (floats <= resampler->rows_capacity)
        return true;
    free(resampler->rows);
    resampler->rows = malloc(floats * sizeof(float));
    resampler->rows_capacity = resampler->rows ? floats : 0;
    return resampler->rows != NULL;
}

/* One side of the box: which samples make each output. */
static bool build_taps(struct mn_resampler *resampler, double begin, double length, int samples,
                       int size, bool flip)
{
    double step = length / size, half = step > 1 ? step : 1;
    if (!reserve_taps(resampler, size, (int)(2 * half) + 3))
        return false;
    for (int i = 0; i < size; i++) {
        double centre = begin + ((flip ? size - 1 - i : i) + 0.5) * step;
        int first = (int)ceil(centre - half - 0.5), last = (int)floor(centre + half - 0.5);
        float *weights = resampler->weights + (size_t)i * (size_t)resampler->taps;
        double sum = 0;
        first = first < 0 ? 0 : first > samples - 1 ? samples - 1 : first;
        last = last < first ? first : last > samples - 1 ? samples - 1 : last;
        for (int k = first; k <= last; k++)
            sum += fmax(1 - fabs(k + 0.5 - centre) / half, 0);
        for (int k = first; k <= last; k++)
            weights[k - first] = sum > 0 ? (float)(fmax(1 - fabs(k + 0.5 - centre) / half, 0) / sum)
                                         : 1.0f / (float)(last - first + 1);
        resampler->first[i] = first;
        resampler->count[i] = last - first + 1;
    }
    return true;
}

static void resample_row(const struct mn_resampler *resampler, const uint8_t *samples, int size,
                         float *out)
{
    for (int x = 0; x < size; x++, out += 3) {
        const float *weights = resampler->weights + (size_t)x * (size_t)resampler->taps;
        const uint8_t *from = samples + 3 * (size_t)resampler->first[x];
        float red = 0, green = 0, blue = 0;
        for (int k = 0; k < resampler->count[x]; k++, from += 3) {
            red += weights[k] * (float)from[0];
            green += weights[k] * (float)from[1];
            blue += weights[k] * (float)from[2];
        }
        out[0] = red;
        out[1] = green;
        out[2] = blue;
    }
}

/* Adds up the rows of one output row and rounds them. The first taps are whole passes, so that the
 * compiler makes vectors of them. */
static void blend_rows(const float *rows, const float *weights, int count, int floats, float *sum,
                       uint8_t *out)
{
    for (int i = 0; i < floats; i++)
        sum[i] = weights[0] * rows[i] + 0.5f;
    for (int k = 1; k < count; k++)
        for (int i = 0; i < floats; i++)
            sum[i] += weights[k] * rows[(size_t)k * (size_t)floats + (size_t)i];
    for (int i = 0; i < floats; i++)
        out[i] = (uint8_t)(int)sum[i];
}

bool mn_resample_box(struct mn_resampler *resampler, const struct mn_image *image,
                     const struct mn_box *box, int size, uint8_t *rgb)
{
    double half = fmax(box->height / size, 1);
    int floats = 3 * size;
    int top = (int)floor(box->top - half - 1),
        bottom = (int)ceil(box->top + box->height + half + 1);
    top = top < 0 ? 0 : top;
    bottom = bottom > image->height ? image->height : bottom;
    if (!reserve_rows(resampler, ((size_t)(bottom - top) + 1) * (size_t)floats) ||
        !build_taps(resampler, box->left, box->width, image->width, size, box->hflip))
        return false;
    for (int y = top; y < bottom; y++)
        resample_row(resampler, image->plane[0] + (size_t)y * image->stride[0], size,
                     resampler->rows + (size_t)(y - top) * (size_t)floats);
    if (!build_taps(resampler, box->top, box->height, image->height, size, box->vflip))
        return false;
    float *sum = resampler->rows + (size_t)(bottom - top) * (size_t)floats;
    for (int y = 0; y < size; y++)
        blend_rows(resampler->rows + (size_t)(resampler->first[y] - top) * (size_t)floats,
                   resampler->weights + (size_t)y * (size_t)resampler->taps, resampler->count[y],
                   floats, sum, rgb + (size_t)y * (size_t)floats);
    return true;
}
