/* Crop, resize, colour conversion and normalisation, streaming by groups of output rows.
 *
 * For each group of rows of the tensor and each plane of the picture, the few source rows under the
 * vertical filter are summed into one row of floats for each row of the group, interleaved as the
 * bytes are. These rows stand side by side, so that what follows does the same to a whole vector of
 * them: each component is sampled out of them horizontally, and the three samples that result are
 * converted, rounded, normalised and stored as one pixel. No intermediate picture exists, and each
 * byte is read only as often as vertical windows overlap. What depends on the picture's geometry
 * alone is kept in struct mn_preprocessor until the geometry changes. Groups depend on nothing but
 * the picture, so threads may share the rows out between them. */
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

enum { ALIGNMENT = 64 }; /* of the sums, bytes */

/* Where a component's samples are: bytes offset, offset + step, … of each row of its plane. */
struct component {
    int plane, offset, step;
    enum grid columns;
};

struct layout {
    int planes, components;
    struct component component[3];
    enum grid chroma_rows; /* of planes 1 and 2 */
    enum mn_colour colour;
};

static const struct layout layouts[] = {
    [MN_PIXEL_GREY] = {1, 1, {{0, 0, 1, FULL}}, FULL, MN_COLOUR_GREY},
    [MN_PIXEL_RGB24] =
        {1, 3, {{0, 0, 3, FULL}, {0, 1, 3, FULL}, {0, 2, 3, FULL}}, FULL, MN_COLOUR_RGB},
    [MN_PIXEL_BGR24] =
        {1, 3, {{0, 2, 3, FULL}, {0, 1, 3, FULL}, {0, 0, 3, FULL}}, FULL, MN_COLOUR_RGB},
    [MN_PIXEL_YUYV] =
        {1, 3, {{0, 0, 2, FULL}, {0, 1, 4, HALF}, {0, 3, 4, HALF}}, FULL, MN_COLOUR_YUV},
    [MN_PIXEL_UYVY] =
        {1, 3, {{0, 1, 2, FULL}, {0, 0, 4, HALF}, {0, 2, 4, HALF}}, FULL, MN_COLOUR_YUV},
    [MN_PIXEL_NV12] =
        {2, 3, {{0, 0, 1, FULL}, {1, 0, 2, HALF}, {1, 1, 2, HALF}}, HALF, MN_COLOUR_YUV},
    [MN_PIXEL_I420] =
        {3, 3, {{0, 0, 1, FULL}, {1, 0, 1, HALF}, {2, 0, 1, HALF}}, HALF, MN_COLOUR_YUV},
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

/* What one worker needs while it makes a group of rows. */
struct scratch {
    const uint8_t **rows; /* [MN_RESAMPLE_ROWS][taps of a row]: under the vertical filter */
    float *taps;          /* [MN_RESAMPLE_ROWS][taps of a row] */
    float *sums;          /* [all spans][MN_RESAMPLE_ROWS]: one plane after the other */
    float *group;         /* [MN_RESAMPLE_ROWS][resolution][3]: of a picture that is to be turned */
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
    struct mn_resample_args args; /* but for the pointers into scratch and tensor */
    int workers;
    struct scratch *scratch; /* [workers] */
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
    for (int w = 0; w < preprocessor->workers; w++) {
        free(preprocessor->scratch[w].rows);
        free(preprocessor->scratch[w].taps);
        free(preprocessor->scratch[w].sums);
        free(preprocessor->scratch[w].group);
    }
    free(preprocessor->scratch);
    preprocessor->scratch = NULL;
    preprocessor->workers = 0;
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

static bool reserve_scratch(struct mn_preprocessor *preprocessor, int workers)
{
    int taps = preprocessor->rows[FULL].tap_count;
    if (preprocessor->rows[HALF].tap_count > taps)
        taps = preprocessor->rows[HALF].tap_count;
    size_t columns = 0, lists = MN_RESAMPLE_ROWS * (size_t)taps;
    size_t group = MN_RESAMPLE_ROWS * 3 * (size_t)preprocessor->resolution;
    for (int p = 0; p < 3; p++)
        columns += (size_t)preprocessor->span[p].count;
    size_t sum_bytes = columns * MN_RESAMPLE_ROWS * sizeof(float);
    sum_bytes += (ALIGNMENT - sum_bytes % ALIGNMENT) % ALIGNMENT;
    preprocessor->scratch = calloc((size_t)workers, sizeof *preprocessor->scratch);
    if (!preprocessor->scratch)
        return false;
    preprocessor->workers = workers;
    for (int w = 0; w < workers; w++) {
        struct scratch *scratch = &preprocessor->scratch[w];
        scratch->rows = malloc(lists * sizeof *scratch->rows);
        scratch->taps = malloc(lists * sizeof *scratch->taps);
        scratch->sums = aligned_alloc(ALIGNMENT, sum_bytes);
        scratch->group = malloc(group * sizeof *scratch->group);
        if (!scratch->rows || !scratch->taps || !scratch->sums || !scratch->group)
            return false;
    }
    return true;
}

/* What the kernel is told that is the same for all rows of all pictures of this geometry. */
static void prepare_columns(struct mn_preprocessor *preprocessor, const struct layout *layout)
{
    struct mn_resample_args *args = &preprocessor->args;
    *args = (struct mn_resample_args){.colour = layout->colour};
    for (int i = 0; i < 2; i++) { /* the first component's, and the last one's */
        const struct component *part = &layout->component[i * (layout->components - 1)];
        const struct mn_taps *taps = &preprocessor->columns[part->columns];
        args->table[i] =
            (struct mn_resample_table){taps->first, taps->weight, taps->tap_count, part->step};
    }
    const struct mn_preprocessing *settings = &preprocessor->settings;
    for (int c = 0; c < 3; c++) {
        args->scale[c] = 1 / (255 * settings->std[c]);
        args->shift[c] = -settings->mean[c] / settings->std[c];
    }
    args->width = preprocessor->geometry.width;
    args->row_stride = 3 * (size_t)preprocessor->resolution;
}

static enum mn_status adopt_geometry(struct mn_preprocessor *preprocessor,
                                     const struct mn_image *image, int workers,
                                     struct mn_error *error)
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
        is_done = reserve_scratch(preprocessor, workers);
    }
    if (!is_done) {
        forget_geometry(preprocessor);
        return mn_fail(error, MN_FAILED, "not enough memory to resize %d x %d pixels", image->width,
                       image->height);
    }
    prepare_columns(preprocessor, layout);
    preprocessor->format = image->format;
    preprocessor->width = image->width;
    preprocessor->height = image->height;
    return MN_OK;
}

/* R'G'B' of 0…255 from Y'CbCr, ITU-R BT.601 and BT.709: Y' = kr R' + kg G' + kb B'. */
static struct mn_yuv make_yuv(enum mn_yuv_matrix matrix, enum mn_yuv_range range)
{
    double kr = matrix == MN_BT709 ? 0.2126 : 0.299, kb = matrix == MN_BT709 ? 0.0722 : 0.114;
    double kg = 1 - kr - kb;
    double luma = range == MN_RANGE_LIMITED ? 255.0 / 219 : 1;
    double chroma = range == MN_RANGE_LIMITED ? 255.0 / 224 : 1;
    return (struct mn_yuv){
        .luma = (float)luma,
        .black = range == MN_RANGE_LIMITED ? 16 : 0,
        .red_cr = (float)(2 * (1 - kr) * chroma),
        .green_cb = (float)(-2 * kb * (1 - kb) / kg * chroma),
        .green_cr = (float)(-2 * kr * (1 - kr) / kg * chroma),
        .blue_cb = (float)(2 * (1 - kb) * chroma),
    };
}

/* The vertical sums of one plane for rows y … y_end - 1 of the target; where these are fewer than a
 * group, the last one fills it up. */
static void sum_plane(const struct mn_preprocessor *preprocessor, const struct scratch *scratch,
                      const struct mn_image *image, int plane, int y, int y_end, float *sums)
{
    const struct layout *layout = &layouts[image->format];
    const struct mn_taps *taps = &preprocessor->rows[plane == 0 ? FULL : layout->chroma_rows];
    const struct span *span = &preprocessor->span[plane];
    const uint8_t *left = image->plane[plane] + span->begin, **rows = scratch->rows;
    size_t tap_count = (size_t)taps->tap_count;
    for (int r = 0; r < MN_RESAMPLE_ROWS; r++, rows += tap_count) {
        int row = y + r < y_end ? y + r : y_end - 1;
        memcpy(scratch->taps + (size_t)r * tap_count, taps->weight + (size_t)row * tap_count,
               tap_count * sizeof *scratch->taps);
        for (size_t t = 0; t < tap_count; t++)
            rows[t] = left + ((size_t)taps->first[row] + t) * image->stride[plane];
    }
    preprocessor->kernels->resample_rows(scratch->rows, scratch->taps, taps->tap_count, sums,
                                         span->count);
}

/* Rows y … y_end - 1 of the target, at most a group. args: all but the samples and rows. */
static void make_group(const struct mn_preprocessor *preprocessor, const struct scratch *scratch,
                       const struct mn_image *image, int y, int y_end,
                       struct mn_resample_args *args)
{
    const struct layout *layout = &layouts[image->format];
    float *sums[3] = {NULL}, *next = scratch->sums;
    for (int p = 0; p < layout->planes; p++) {
        sums[p] = next;
        next += (size_t)preprocessor->span[p].count * MN_RESAMPLE_ROWS;
        sum_plane(preprocessor, scratch, image, p, y, y_end, sums[p]);
    }
    for (int c = 0; c < layout->components; c++)
        args->samples[c] = sums[layout->component[c].plane] +
                           (size_t)layout->component[c].offset * MN_RESAMPLE_ROWS;
    args->rows = y_end - y;
    preprocessor->kernels->resample_columns(args);
}

static int least(int a, int b)
{
    return a < b ? a : b;
}

static void clear(float *tensor, int pixels)
{
    memset(tensor, 0, 3 * (size_t)pixels * sizeof *tensor);
}

enum mn_status mn_preprocess_prepare(struct mn_preprocessor *preprocessor,
                                     const struct mn_image *image, int workers,
                                     struct mn_error *error)
{
    if (preprocessor->width != image->width || preprocessor->height != image->height ||
        preprocessor->format != image->format || preprocessor->workers < workers)
        return adopt_geometry(preprocessor, image, workers, error);
    return MN_OK;
}

/* Rows y … y_end - 1 of the tensor, of which the target has all or none. */
static void make_rows(const struct mn_preprocessor *preprocessor, const struct scratch *scratch,
                      const struct mn_image *image, int y, int y_end, float *rows,
                      struct mn_resample_args *args)
{
    const struct geometry *g = &preprocessor->geometry;
    int resolution = preprocessor->resolution;
    size_t row_floats = 3 * (size_t)resolution;
    if (y < g->y || y >= g->y + g->height) {
        clear(rows, (y_end - y) * resolution);
        return;
    }
    args->output = rows + 3 * (size_t)g->x;
    make_group(preprocessor, scratch, image, y - g->y, y_end - g->y, args);
    for (int r = 0; r < y_end - y; r++) {
        clear(rows + (size_t)r * row_floats, g->x);
        clear(args->output + (size_t)r * row_floats + 3 * (size_t)g->width,
              resolution - g->x - g->width);
    }
}

/* Row y of the tensor to where it is seen. */
static void place_row(const float *row, struct mn_turn turn, int y, int resolution, float *tensor)
{
    if (turn.from_bottom)
        y = resolution - 1 - y;
    for (int i = 0; i < resolution; i++, row += 3) {
        int x = turn.from_right ? resolution - 1 - i : i;
        size_t place = turn.transposed ? (size_t)x * (size_t)resolution + (size_t)y
                                       : (size_t)y * (size_t)resolution + (size_t)x;
        memcpy(tensor + 3 * place, row, 3 * sizeof *row);
    }
}

/* The end of the group that begins with row y. */
static int group_end(const struct geometry *g, int y, int row_end)
{
    int border = y < g->y ? g->y : y < g->y + g->height ? g->y + g->height : row_end;
    return least(y + MN_RESAMPLE_ROWS, least(row_end, border));
}

void mn_preprocess_rows(const struct mn_preprocessor *preprocessor, const struct mn_image *image,
                        float *tensor, int row_begin, int row_end, int worker)
{
    const struct scratch *scratch = &preprocessor->scratch[worker];
    const struct mn_turn turn = image->turn;
    const bool is_turned = turn.transposed || turn.from_right || turn.from_bottom;
    int resolution = preprocessor->resolution;
    size_t row_floats = 3 * (size_t)resolution;
    struct mn_resample_args args = preprocessor->args;
    args.yuv = make_yuv(image->matrix, image->range);
    for (int y = row_begin, y_end; y < row_end; y = y_end) {
        float *rows = is_turned ? scratch->group : tensor + (size_t)y * row_floats;
        y_end = group_end(&preprocessor->geometry, y, row_end);
        make_rows(preprocessor, scratch, image, y, y_end, rows, &args);
        for (int r = y; r < y_end && is_turned; r++)
            place_row(rows + (size_t)(r - y) * row_floats, turn, r, resolution, tensor);
    }
}

enum mn_status mn_preprocess(struct mn_preprocessor *preprocessor, const struct mn_image *image,
                             float *tensor, struct mn_error *error)
{
    enum mn_status status = mn_preprocess_prepare(preprocessor, image, 1, error);
    if (status == MN_OK)
        mn_preprocess_rows(preprocessor, image, tensor, 0, preprocessor->resolution, 0);
    return status;
}

const char *mn_fit_name(enum mn_fit fit)
{
    static const char *const names[] = {"crop", "letterbox", "stretch"};
    return names[fit];
}
