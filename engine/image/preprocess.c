/* Crop, resize, colour conversion and normalisation, streaming by output row.
 *
 * For each row of the tensor and each plane of the picture, the few source rows under the vertical
 * filter are summed into one row of floats, interleaved as the bytes are. Then each component is
 * sampled out of that row horizontally, and the three short rows that result are converted,
 * clamped, normalised and interleaved. No intermediate picture exists, and each byte is read only
 * as often as vertical windows overlap. What depends on the picture's geometry alone is kept in
 * struct mn_preprocessor until the geometry changes. */
#include "preprocess.h"

#include <limits.h>
#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "../kernels/kernels.h"
#include "taps.h"

/* Grids: the full one of the pixels, and that of subsampled chroma. */
enum grid { FULL, HALF, GRIDS };

/* Where a component's samples are: bytes offset, offset + step, … of each row of its plane. */
struct component {
    int plane, offset, step;
    enum grid columns;
};

struct layout {
    int planes, components;
    struct component component[3];
    enum grid chroma_rows; /* of planes 1 and 2 */
    bool is_yuv;
};

static const struct layout layouts[] = {
    [MN_PIXEL_GREY] = {1, 1, {{0, 0, 1, FULL}}, FULL, false},
    [MN_PIXEL_RGB24] = {1, 3, {{0, 0, 3, FULL}, {0, 1, 3, FULL}, {0, 2, 3, FULL}}, FULL, false},
    [MN_PIXEL_BGR24] = {1, 3, {{0, 2, 3, FULL}, {0, 1, 3, FULL}, {0, 0, 3, FULL}}, FULL, false},
    [MN_PIXEL_YUYV] = {1, 3, {{0, 0, 2, FULL}, {0, 1, 4, HALF}, {0, 3, 4, HALF}}, FULL, true},
    [MN_PIXEL_UYVY] = {1, 3, {{0, 1, 2, FULL}, {0, 0, 4, HALF}, {0, 2, 4, HALF}}, FULL, true},
    [MN_PIXEL_NV12] = {2, 3, {{0, 0, 1, FULL}, {1, 0, 2, HALF}, {1, 1, 2, HALF}}, HALF, true},
    [MN_PIXEL_I420] = {3, 3, {{0, 0, 1, FULL}, {1, 0, 1, HALF}, {2, 0, 1, HALF}}, HALF, true},
};

/* What of the picture lands where in the tensor. */
struct geometry {
    double left, top, right, bottom; /* the crop, px of the picture */
    int x, y, width, height;         /* the target, px of the tensor */
};

/* The bytes of a plane's rows that are needed at all. */
struct span {
    int begin, count;
};

struct mn_preprocessor {
    struct mn_preprocessing settings;
    int resolution;
    const struct mn_kernels *kernels;

    /* What follows belongs to this geometry; width is 0 while there is none. */
    enum mn_pixel_format format;
    int width, height;
    struct geometry geometry;
    struct mn_taps columns[GRIDS]; /* first: in bytes, from the span's begin */
    struct mn_taps rows[GRIDS];
    struct span span[3];
    const uint8_t **row_list; /* the rows under the vertical filter */
    float *row_sum;           /* [largest span] */
    float *component_row;     /* [3][resolution] */
};

struct mn_preprocessor *mn_preprocessor_new(const struct mn_preprocessing *settings, int resolution,
                                            const struct mn_kernels *kernels)
{
    struct mn_preprocessor *preprocessor = calloc(1, sizeof *preprocessor);
    if (!preprocessor)
        return NULL;
    preprocessor->settings = *settings;
    preprocessor->resolution = resolution;
    preprocessor->kernels = kernels;
    return preprocessor;
}

static void forget_geometry(struct mn_preprocessor *preprocessor)
{
    for (int g = 0; g < GRIDS; g++) {
        mn_taps_free(&preprocessor->columns[g]);
        mn_taps_free(&preprocessor->rows[g]);
    }
    free(preprocessor->row_list);
    free(preprocessor->row_sum);
    free(preprocessor->component_row);
    preprocessor->row_list = NULL;
    preprocessor->row_sum = NULL;
    preprocessor->component_row = NULL;
    preprocessor->width = 0;
}

void mn_preprocessor_free(struct mn_preprocessor *preprocessor)
{
    if (!preprocessor)
        return;
    forget_geometry(preprocessor);
    free(preprocessor);
}

static void cut_centre(struct geometry *geometry, double width, double height)
{
    double x = (geometry->left + geometry->right) / 2, y = (geometry->top + geometry->bottom) / 2;
    geometry->left = x - width / 2;
    geometry->right = x + width / 2;
    geometry->top = y - height / 2;
    geometry->bottom = y + height / 2;
}

static struct geometry plan_geometry(const struct mn_preprocessing *settings, int resolution,
                                     int width, int height)
{
    struct geometry geometry = {0, 0, width, height, 0, 0, resolution, resolution};
    double f = settings->crop_fraction;
    if (settings->fit == MN_FIT_CROP) {
        double side = fmax(1, f * fmin(width, height));
        cut_centre(&geometry, side, side);
    } else if (settings->fit == MN_FIT_STRETCH) {
        cut_centre(&geometry, fmax(1, f * width), fmax(1, f * height));
    } else {
        double scale = fmin((double)resolution / width, (double)resolution / height);
        geometry.width = (int)fmax(1, round(width * scale));
        geometry.height = (int)fmax(1, round(height * scale));
        geometry.x = (resolution - geometry.width) / 2;
        geometry.y = (resolution - geometry.height) / 2;
    }
    return geometry;
}

/* Columns of chroma sit on the even columns of pixels: the centre of sample j is at pixel
 * coordinate 2 j + 0.5, so pixel coordinate x is x / 2 + 0.25 on their grid. Rows of chroma lie
 * between two rows of pixels: y is y / 2. */
static bool build_taps(struct mn_preprocessor *preprocessor, const struct geometry *g, int width,
                       int height)
{
    int half_width = (width + 1) / 2, half_height = (height + 1) / 2;
    return mn_taps_build(&preprocessor->columns[FULL], g->left, g->right, width, g->width) &&
           mn_taps_build(&preprocessor->columns[HALF], g->left / 2 + 0.25, g->right / 2 + 0.25,
                         half_width, g->width) &&
           mn_taps_build(&preprocessor->rows[FULL], g->top, g->bottom, height, g->height) &&
           mn_taps_build(&preprocessor->rows[HALF], g->top / 2, g->bottom / 2, half_height,
                         g->height);
}

/* Finds the bytes that are needed of each plane's rows, and lets the tap tables of the columns
 * count in bytes from there. All components on one grid have one step in every format. */
static void measure_spans(struct mn_preprocessor *preprocessor, const struct layout *layout)
{
    int begin[3] = {INT_MAX, INT_MAX, INT_MAX}, end[3] = {0, 0, 0};
    for (int c = 0; c < layout->components; c++) {
        const struct component *part = &layout->component[c];
        const struct mn_taps *taps = &preprocessor->columns[part->columns];
        int lowest = taps->first[0] * part->step;
        int highest = (taps->first[taps->outputs - 1] + taps->tap_count - 1) * part->step;
        if (lowest < begin[part->plane])
            begin[part->plane] = lowest;
        if (highest + part->offset + 1 > end[part->plane])
            end[part->plane] = highest + part->offset + 1;
    }
    bool is_done[GRIDS] = {false, false};
    for (int c = 0; c < layout->components; c++) {
        const struct component *part = &layout->component[c];
        struct mn_taps *taps = &preprocessor->columns[part->columns];
        for (int x = 0; x < taps->outputs && !is_done[part->columns]; x++)
            taps->first[x] = taps->first[x] * part->step - begin[part->plane];
        is_done[part->columns] = true;
    }
    for (int p = 0; p < 3; p++)
        preprocessor->span[p] =
            end[p] > 0 ? (struct span){begin[p], end[p] - begin[p]} : (struct span){0, 0};
}

static bool reserve_rows(struct mn_preprocessor *preprocessor, const struct layout *layout)
{
    int longest = 0;
    for (int p = 0; p < layout->planes; p++)
        if (preprocessor->span[p].count > longest)
            longest = preprocessor->span[p].count;
    int row_taps = preprocessor->rows[FULL].tap_count;
    if (preprocessor->rows[HALF].tap_count > row_taps)
        row_taps = preprocessor->rows[HALF].tap_count;
    size_t resolution = (size_t)preprocessor->resolution;
    preprocessor->row_list = malloc((size_t)row_taps * sizeof *preprocessor->row_list);
    preprocessor->row_sum = malloc((size_t)longest * sizeof *preprocessor->row_sum);
    preprocessor->component_row = malloc(3 * resolution * sizeof *preprocessor->component_row);
    return preprocessor->row_list && preprocessor->row_sum && preprocessor->component_row;
}

static enum mn_status adopt_geometry(struct mn_preprocessor *preprocessor,
                                     const struct mn_image *image, struct mn_error *error)
{
    const struct mn_preprocessing *settings = &preprocessor->settings;
    if (mn_image_bytes(image->format, image->width, image->height) == 0)
        return mn_fail(error, MN_BAD_INPUT, "a picture of %d x %d pixels cannot be classified",
                       image->width, image->height);
    if (!(settings->crop_fraction > 0 && settings->crop_fraction <= 1))
        return mn_fail(error, MN_BAD_INPUT, "the crop fraction must be above 0 and at most 1");

    forget_geometry(preprocessor);
    const struct layout *layout = &layouts[image->format];
    preprocessor->geometry =
        plan_geometry(settings, preprocessor->resolution, image->width, image->height);
    bool is_done = build_taps(preprocessor, &preprocessor->geometry, image->width, image->height);
    if (is_done) {
        measure_spans(preprocessor, layout);
        is_done = reserve_rows(preprocessor, layout);
    }
    if (!is_done) {
        forget_geometry(preprocessor);
        return mn_fail(error, MN_FAILED, "not enough memory to resize %d x %d pixels", image->width,
                       image->height);
    }
    preprocessor->format = image->format;
    preprocessor->width = image->width;
    preprocessor->height = image->height;
    return MN_OK;
}

/* The vertical sum of one plane for row y of the target. Taps that are 0 cost no pass. */
static void sum_rows(struct mn_preprocessor *preprocessor, const struct mn_image *image, int plane,
                     int y)
{
    const struct layout *layout = &layouts[image->format];
    const struct mn_taps *taps = &preprocessor->rows[plane == 0 ? FULL : layout->chroma_rows];
    const float *weight = taps->weight + (size_t)y * (size_t)taps->tap_count;
    int begin = 0, end = taps->tap_count;
    while (begin < end - 1 && weight[begin] == 0)
        begin++;
    while (begin < end - 1 && weight[end - 1] == 0)
        end--;
    const struct span *span = &preprocessor->span[plane];
    for (int t = begin; t < end; t++)
        preprocessor->row_list[t - begin] =
            image->plane[plane] + (size_t)(taps->first[y] + t) * image->stride[plane] + span->begin;
    preprocessor->kernels->resample_rows(preprocessor->row_list, weight + begin, end - begin,
                                         preprocessor->row_sum, span->count);
}

/* Row y of the target: one row of samples for each component. */
static void sample_row(struct mn_preprocessor *preprocessor, const struct mn_image *image, int y)
{
    const struct layout *layout = &layouts[image->format];
    for (int c = 0; c < layout->components; c++) {
        const struct component *part = &layout->component[c];
        const struct mn_taps *taps = &preprocessor->columns[part->columns];
        if (c == 0 || part->plane != layout->component[c - 1].plane)
            sum_rows(preprocessor, image, part->plane, y);
        preprocessor->kernels->resample_columns(
            preprocessor->row_sum + part->offset, taps->first, taps->weight, taps->tap_count,
            part->step, preprocessor->component_row + c * preprocessor->resolution, taps->outputs);
    }
}

/* R'G'B' of 0…255 from Y'CbCr, ITU-R BT.601 and BT.709: Y' = kr R' + kg G' + kb B'. */
struct conversion {
    float luma, black; /* grey = luma * (Y - black) */
    float red_cr, green_cb, green_cr, blue_cb;
};

static struct conversion make_conversion(enum mn_yuv_matrix matrix, enum mn_yuv_range range)
{
    double kr = matrix == MN_BT709 ? 0.2126 : 0.299, kb = matrix == MN_BT709 ? 0.0722 : 0.114;
    double kg = 1 - kr - kb;
    double luma = range == MN_RANGE_LIMITED ? 255.0 / 219 : 1;
    double chroma = range == MN_RANGE_LIMITED ? 255.0 / 224 : 1;
    return (struct conversion){
        .luma = (float)luma,
        .black = range == MN_RANGE_LIMITED ? 16 : 0,
        .red_cr = (float)(2 * (1 - kr) * chroma),
        .green_cb = (float)(-2 * kb * (1 - kb) / kg * chroma),
        .green_cr = (float)(-2 * kr * (1 - kr) / kg * chroma),
        .blue_cb = (float)(2 * (1 - kb) * chroma),
    };
}

/* In place: y, cb, cr become red, green, blue. */
static void convert_yuv(const struct conversion *to, float *restrict y, float *restrict cb,
                        float *restrict cr, int width)
{
    for (int x = 0; x < width; x++) {
        float grey = to->luma * (y[x] - to->black);
        float u = cb[x] - 128, v = cr[x] - 128;
        y[x] = grey + to->red_cr * v;
        cb[x] = grey + to->green_cb * u + to->green_cr * v;
        cr[x] = grey + to->blue_cb * u;
    }
}

static void convert_grey(const struct conversion *to, float *restrict y, float *restrict green,
                         float *restrict blue, int width)
{
    for (int x = 0; x < width; x++)
        y[x] = green[x] = blue[x] = to->luma * (y[x] - to->black);
}

/* The nearest whole level 0…255. The comparisons also keep the conversion to int defined. */
static float level(float x)
{
    x = x < 0 ? 0 : x;
    x = x > 255 ? 255 : x;
    return (float)(int)(x + 0.5F);
}

static void normalise(const struct mn_preprocessing *settings, const float *restrict red,
                      const float *restrict green, const float *restrict blue,
                      float *restrict tensor, int width)
{
    float scale[3], shift[3];
    for (int c = 0; c < 3; c++) {
        scale[c] = 1 / (255 * settings->std[c]);
        shift[c] = -settings->mean[c] / settings->std[c];
    }
    for (int x = 0; x < width; x++) {
        tensor[3 * x] = level(red[x]) * scale[0] + shift[0];
        tensor[3 * x + 1] = level(green[x]) * scale[1] + shift[1];
        tensor[3 * x + 2] = level(blue[x]) * scale[2] + shift[2];
    }
}

static void clear(float *tensor, int pixels)
{
    memset(tensor, 0, 3 * (size_t)pixels * sizeof *tensor);
}

enum mn_status mn_preprocess(struct mn_preprocessor *preprocessor, const struct mn_image *image,
                             float *tensor, struct mn_error *error)
{
    if (preprocessor->width != image->width || preprocessor->height != image->height ||
        preprocessor->format != image->format) {
        enum mn_status status = adopt_geometry(preprocessor, image, error);
        if (status != MN_OK)
            return status;
    }
    const struct geometry *g = &preprocessor->geometry;
    int resolution = preprocessor->resolution;
    float *red = preprocessor->component_row;
    float *green = red + resolution, *blue = green + resolution;
    struct conversion conversion = make_conversion(image->matrix, image->range);

    clear(tensor, g->y * resolution);
    for (int y = 0; y < g->height; y++) {
        float *row = tensor + 3 * (size_t)(g->y + y) * (size_t)resolution;
        sample_row(preprocessor, image, y);
        if (layouts[image->format].is_yuv)
            convert_yuv(&conversion, red, green, blue, g->width);
        else if (image->format == MN_PIXEL_GREY)
            convert_grey(&conversion, red, green, blue, g->width);
        clear(row, g->x);
        normalise(&preprocessor->settings, red, green, blue, row + 3 * g->x, g->width);
        clear(row + 3 * (g->x + g->width), resolution - g->x - g->width);
    }
    int below = g->y + g->height;
    clear(tensor + 3 * (size_t)below * (size_t)resolution, (resolution - below) * resolution);
    return MN_OK;
}

const char *mn_fit_name(enum mn_fit fit)
{
    static const char *const names[] = {"crop", "letterbox", "stretch"};
    return names[fit];
}
