/* The definition in preprocess.h once more: in float64, in the coordinates of the picture, with
 * dense tables of weights. */
#ifndef TESTS_PREPROCESS_REFERENCE_H
#define TESTS_PREPROCESS_REFERENCE_H

#include <math.h>
#include <stdbool.h>
#include <string.h>

#include "support.h"

#include "../engine/image/preprocess.h"

/* Where sample (column, row) of component c is: its byte, and its centre and extent in pixels. */
struct sample_grid {
    const uint8_t *origin;
    size_t column_bytes, row_bytes;
    int columns, rows;
    double x0, y0; /* centre of sample (0, 0) */
    int unit_x, unit_y;
};

static inline struct sample_grid grid_of(const struct mn_image *image, int c)
{
    const uint8_t *p = image->plane[0];
    size_t stride = image->stride[0];
    int w = image->width, h = image->height;
    struct sample_grid full = {p, 1, stride, w, h, 0.5, 0.5, 1, 1};
    struct sample_grid half_x = {p, 4, stride, w / 2, h, 0.5, 0.5, 2, 1};
    struct sample_grid half = {NULL, 1, 0, (w + 1) / 2, (h + 1) / 2, 0.5, 1, 2, 2};
    switch (image->format) {
    case MN_PIXEL_GREY:
        break;
    case MN_PIXEL_RGB24:
        full.column_bytes = 3;
        full.origin += c;
        break;
    case MN_PIXEL_BGR24:
        full.column_bytes = 3;
        full.origin += 2 - c;
        break;
    case MN_PIXEL_YUYV:
        full.column_bytes = 2;
        half_x.origin += c == 1 ? 1 : 3;
        return c == 0 ? full : half_x;
    case MN_PIXEL_UYVY:
        full.column_bytes = 2;
        full.origin += 1;
        half_x.origin += c == 1 ? 0 : 2;
        return c == 0 ? full : half_x;
    case MN_PIXEL_NV12:
        half.origin = image->plane[1] + (c == 2);
        half.column_bytes = 2;
        half.row_bytes = image->stride[1];
        return c == 0 ? full : half;
    case MN_PIXEL_I420:
        half.origin = image->plane[c];
        half.row_bytes = image->stride[c];
        return c == 0 ? full : half;
    }
    return full;
}

/* weight[outputs][samples]: dense and normalised. */
static inline double *reference_weights(double begin, double end, int outputs, int samples,
                                        double centre0, int unit)
{
    double *weight = calloc((size_t)outputs * (size_t)samples, sizeof *weight);
    assert_non_null(weight);
    double scale = (end - begin) / outputs;
    double half_width = fmax(unit, scale);
    for (int o = 0; o < outputs; o++) {
        double *w = weight + (size_t)o * (size_t)samples, sum = 0;
        for (int s = 0; s < samples; s++) {
            double centre = centre0 + s * unit;
            double distance = fabs(centre - (begin + (o + 0.5) * scale));
            if (distance < half_width)
                sum += w[s] = 1 - distance / half_width;
        }
        for (int s = 0; s < samples; s++)
            w[s] /= sum;
    }
    return weight;
}

struct box {
    double left, top, right, bottom;
    int x, y, width, height;
};

static inline struct box reference_box(const struct mn_preprocessing *settings, int resolution,
                                       int width, int height)
{
    double w = width, h = height;
    struct box box = {0, 0, 0, 0, 0, 0, resolution, resolution};
    if (settings->fit == MN_FIT_LETTERBOX) {
        double longer = fmax(w, h);
        box.width = (int)fmax(1, floor(w * resolution / longer + 0.5));
        box.height = (int)fmax(1, floor(h * resolution / longer + 0.5));
        box.x = (resolution - box.width) / 2;
        box.y = (resolution - box.height) / 2;
    } else if (settings->fit == MN_FIT_STRETCH) {
        w = fmax(1, w * settings->crop_fraction);
        h = fmax(1, h * settings->crop_fraction);
    } else {
        w = h = fmax(1, fmin(w, h) * settings->crop_fraction);
    }
    box.left = (width - w) / 2;
    box.right = (width + w) / 2;
    box.top = (height - h) / 2;
    box.bottom = (height + h) / 2;
    return box;
}

/* out[height][width]: one component in the target rectangle. */
static inline double *reference_component(const struct sample_grid *grid, const struct box *box)
{
    double *wx =
        reference_weights(box->left, box->right, box->width, grid->columns, grid->x0, grid->unit_x);
    double *wy =
        reference_weights(box->top, box->bottom, box->height, grid->rows, grid->y0, grid->unit_y);
    double *out = calloc((size_t)box->width * (size_t)box->height, sizeof *out);
    double *sum = malloc((size_t)grid->columns * sizeof *sum);
    assert_true(out && sum);
    for (int y = 0; y < box->height; y++) {
        memset(sum, 0, (size_t)grid->columns * sizeof *sum);
        for (int r = 0; r < grid->rows; r++) {
            double weight = wy[(size_t)y * (size_t)grid->rows + (size_t)r];
            const uint8_t *row = grid->origin + (size_t)r * grid->row_bytes;
            for (int c = 0; weight > 0 && c < grid->columns; c++)
                sum[c] += weight * row[(size_t)c * grid->column_bytes];
        }
        for (int x = 0; x < box->width; x++) {
            const double *weight = wx + (size_t)x * (size_t)grid->columns;
            int c = 0;
            while (weight[c] == 0) /* quickly to the triangle */
                c++;
            for (; c < grid->columns && weight[c] > 0; c++)
                out[y * box->width + x] += weight[c] * sum[c];
        }
    }
    free(wx);
    free(wy);
    free(sum);
    return out;
}

static inline void reference_colour(const struct mn_image *image, const double in[3], double rgb[3])
{
    bool is_rgb = image->format == MN_PIXEL_RGB24 || image->format == MN_PIXEL_BGR24;
    bool is_limited = image->range == MN_RANGE_LIMITED;
    double kr = image->matrix == MN_BT601 ? 0.299 : 0.2126;
    double kb = image->matrix == MN_BT601 ? 0.114 : 0.0722;
    double y = is_limited ? (in[0] - 16) / 219 : in[0] / 255;
    double pb = (in[1] - 128) / (is_limited ? 224 : 255);
    double pr = (in[2] - 128) / (is_limited ? 224 : 255);
    if (image->format == MN_PIXEL_GREY)
        pb = pr = 0;
    rgb[0] = y + pr * 2 * (1 - kr);
    rgb[2] = y + pb * 2 * (1 - kb);
    rgb[1] = (y - kr * rgb[0] - kb * rgb[2]) / (1 - kr - kb);
    for (int c = 0; c < 3; c++)
        rgb[c] = fmin(1, fmax(0, is_rgb ? in[c] / 255 : rgb[c]));
}

/* How far `got` is from a whole level, or that level from being the nearest one to `want`: 0 where
 * both are exact. */
static inline double level_error(double got, double want, const struct mn_preprocessing *settings,
                                 int c)
{
    double level = 255 * (got * (double)settings->std[c] + (double)settings->mean[c]);
    double off_level = fabs(level - nearbyint(level));
    double beyond_half = fabs(nearbyint(level) - 255 * want) - 0.5;
    return fmax(off_level, fmax(0, beyond_half)) / 255;
}

/* The largest error of the tensor against the reference before rounding, black to white being 1. */
static inline double error_of(const struct mn_image *image, const struct mn_preprocessing *settings,
                              int resolution, const float *tensor)
{
    struct box box = reference_box(settings, resolution, image->width, image->height);
    double *component[3];
    for (int c = 0; c < 3; c++) {
        struct sample_grid grid = grid_of(image, c);
        component[c] = reference_component(&grid, &box);
    }
    double worst = 0;
    for (int y = 0; y < resolution; y++)
        for (int x = 0; x < resolution; x++) {
            const float *got = tensor + 3 * (y * resolution + x);
            int bx = x - box.x, by = y - box.y;
            bool is_inside = bx >= 0 && bx < box.width && by >= 0 && by < box.height;
            double in[3] = {0}, rgb[3] = {0};
            for (int c = 0; c < 3 && is_inside; c++)
                in[c] = component[c][by * box.width + bx];
            if (is_inside)
                reference_colour(image, in, rgb);
            for (int c = 0; c < 3; c++) {
                double error = is_inside ? level_error((double)got[c], rgb[c], settings, c)
                                         : fabs((double)got[c]);
                worst = fmax(worst, isnan(error) ? INFINITY : error);
            }
        }
    for (int c = 0; c < 3; c++)
        free(component[c]);
    return worst;
}

#endif
