/* The resampling kernels of every instruction set that this CPU has, against double precision:
 * rows, samples and tap tables that end at an unmapped page, write-protected, and outputs between
 * canaries. */
#include <float.h>
#include <math.h>
#include <string.h>

#include "../../engine/kernels/kernels.h"
#include "../support.h"
#include "guard.h"

enum { MAX_TAPS = 41, ROWS = MN_RESAMPLE_ROWS };
static const int tap_counts[] = {1, 2, 3, 4, 5, 8, 9, MAX_TAPS};
static const int lengths[] = {1, 2, 3, 7, 8, 9, 15, 16, 17, 31, 33, 96, 224, 1001, 1920};
static const int widths[] = {1, 2, 7, 8, 9, 17, 96};
static const int steps[] = {1, 4}; /* distance of a component's samples in a row */
static const int row_counts[] = {1, 7, ROWS};
#define COUNT(array) ((int)(sizeof(array) / sizeof *(array)))

enum pattern { RANDOM, DARKEST, BRIGHTEST, PATTERNS };

static uint8_t byte(enum pattern pattern, uint64_t *stream)
{
    return pattern == RANDOM ? (uint8_t)(test_random(stream) >> 56) : pattern == DARKEST ? 0 : 255;
}

/* Fails unless |got - right| is what rounding allows for a sum of `taps` products. */
static void check(double got, double right, double magnitude, int taps, int i)
{
    double allowed = (taps + 2) * (FLT_EPSILON / 2 * magnitude + 0x1p-149);
    if (!(fabs(got - right) <= allowed))
        fail_msg("output %d is %.9g, should be %.9g", i, got, right);
}

/* Positive, and of sum 1 on average for each pixel, so that most results are no extremes. */
static struct guard make_taps(int pixels, int tap_count, enum guard_side side, uint64_t *stream)
{
    size_t count = (size_t)pixels * (size_t)tap_count;
    struct guard taps = guard_new(count * sizeof(float), side);
    for (size_t i = 0; i < count; i++)
        ((float *)taps.data)[i] = (1 + test_uniform(stream)) / (float)tap_count;
    guard_protect(&taps);
    return taps;
}

/* Target row r has the rows of target row 0, turned by r. */
static void check_row_sums(const float *output, const float *taps, struct guard rows[],
                           int tap_count, int count)
{
    for (int r = 0; r < ROWS; r++)
        for (int i = 0; i < count; i++) {
            double right = 0;
            for (int t = 0; t < tap_count; t++)
                right += (double)taps[r * tap_count + t] *
                         ((const uint8_t *)rows[(r + t) % tap_count].data)[i];
            check((double)output[i * ROWS + r], right, right, tap_count, i);
        }
}

static void check_rows(const struct mn_kernels *kernels, int tap_count, int count,
                       enum pattern pattern, enum guard_side side)
{
    uint64_t stream = (uint64_t)tap_count * 10000 + (uint64_t)count;
    struct guard rows[MAX_TAPS] = {{0}}, taps = make_taps(ROWS, tap_count, side, &stream);
    struct guard pointers = guard_new((size_t)(ROWS * tap_count) * sizeof(uint8_t *), side);
    struct guard output = guard_new((size_t)(ROWS * count) * sizeof(float), side);
    for (int t = 0; t < tap_count; t++) {
        rows[t] = guard_new((size_t)count, side);
        for (int i = 0; i < count; i++)
            ((uint8_t *)rows[t].data)[i] = byte(pattern, &stream);
        guard_protect(&rows[t]);
    }
    for (int i = 0; i < ROWS * tap_count; i++)
        ((const uint8_t **)pointers.data)[i] = rows[(i / tap_count + i) % tap_count].data;
    guard_protect(&pointers);

    kernels->resample_rows(pointers.data, taps.data, tap_count, output.data, count);
    if (!guard_intact(&output))
        fail_msg("writes outside of the output");
    check_row_sums(output.data, taps.data, rows, tap_count, count);
    for (int t = 0; t < tap_count; t++)
        guard_free(&rows[t]);
    guard_free(&taps);
    guard_free(&pointers);
    guard_free(&output);
}

/* One component's samples and its table. */
struct line {
    struct guard samples, first, taps;
    int tap_count, step;
};

/* Samples are just enough: the last pixel's last tap is at the last ones. */
static struct line make_line(int tap_count, int width, int step, enum pattern pattern,
                             enum guard_side side, uint64_t *stream)
{
    int starts = 2 * width, length = starts + (tap_count - 1) * step;
    struct line line = {.tap_count = tap_count, .step = step};
    line.samples = guard_new((size_t)(length * ROWS) * sizeof(float), side);
    line.first = guard_new((size_t)width * sizeof(int), side);
    line.taps = make_taps(width, tap_count, side, stream);
    for (int i = 0; i < length * ROWS; i++)
        ((float *)line.samples.data)[i] = byte(pattern, stream);
    int *first = line.first.data;
    for (int x = 0; x < width; x++)
        first[x] = (int)(test_random(stream) % (uint64_t)starts);
    first[0] = 0;
    first[width - 1] = starts - 1;
    guard_protect(&line.samples);
    guard_protect(&line.first);
    return line;
}

static void free_line(struct line *line)
{
    guard_free(&line->samples);
    guard_free(&line->first);
    guard_free(&line->taps);
}

static double sum_line(const float *samples, const struct mn_resample_table *table, int x, int r)
{
    double sum = 0;
    for (int t = 0; t < table->tap_count; t++)
        sum += (double)table->taps[x * table->tap_count + t] *
               (double)samples[(table->first[x] + t * table->step) * ROWS + r];
    return sum;
}

/* rgb[3] of one pixel before rounding to levels; returns the largest size that a term of it has. */
static double reference_pixel(const struct mn_resample_args *args, int x, int r, double rgb[3])
{
    double part[3] = {0}, largest = 0;
    for (int c = 0; c < (args->colour == MN_COLOUR_GREY ? 1 : 3); c++) {
        bool is_chroma = c > 0 && args->colour == MN_COLOUR_YUV;
        part[c] = sum_line(args->samples[c], &args->table[is_chroma], x, r);
        largest = fmax(largest, part[c]);
    }
    const struct mn_yuv *yuv = &args->yuv;
    double grey = (double)yuv->luma * (part[0] - (double)yuv->black);
    if (args->colour == MN_COLOUR_RGB) {
        memcpy(rgb, part, sizeof part);
        return largest;
    }
    rgb[0] = rgb[1] = rgb[2] = grey;
    if (args->colour == MN_COLOUR_YUV) {
        rgb[0] += (double)yuv->red_cr * (part[2] - 128);
        rgb[1] += (double)yuv->green_cb * (part[1] - 128) + (double)yuv->green_cr * (part[2] - 128);
        rgb[2] += (double)yuv->blue_cb * (part[1] - 128);
    }
    return 4 * (largest + 128);
}

/* Where the level lies close to the middle of two, either is right. */
static void check_component(const struct mn_resample_args *args, int c, double level,
                            double magnitude, double got, int x)
{
    double slack = (args->table[0].tap_count + args->table[1].tap_count + 6) *
                   (double)(FLT_EPSILON / 2) * magnitude;
    int lower = (int)fmax(0, fmin(255, floor(level - slack + 0.5)));
    int upper = (int)fmax(0, fmin(255, floor(level + slack + 0.5)));
    for (int l = lower; l <= upper; l++) {
        double right = l * (double)args->scale[c] + (double)args->shift[c];
        double allowed = (double)FLT_EPSILON * (l * (double)args->scale[c] + 3);
        if (fabs(got - right) <= allowed)
            return;
    }
    fail_msg("pixel %d, component %d is %.9g from level %.9g", x, c, got, level);
}

static void check_pixels(const struct mn_resample_args *args)
{
    for (int r = 0; r < args->rows; r++) {
        const float *row = args->output + (size_t)r * args->row_stride;
        for (int x = 0; x < args->width; x++) {
            double rgb[3], magnitude = reference_pixel(args, x, r, rgb);
            for (int c = 0; c < 3; c++)
                check_component(args, c, rgb[c], magnitude, (double)row[3 * x + c], x);
        }
        for (size_t i = 3 * (size_t)args->width; r < args->rows - 1 && i < args->row_stride; i++)
            if (!isnan(row[i]))
                fail_msg("writes between the rows of the output");
    }
}

static struct mn_resample_table table_of(const struct line *line)
{
    return (struct mn_resample_table){line->first.data, line->taps.data, line->tap_count,
                                      line->step};
}

static void check_columns(const struct mn_kernels *kernels, int tap_count, int width, int step,
                          int rows, enum mn_colour colour, enum pattern pattern,
                          enum guard_side side)
{
    uint64_t stream = (uint64_t)tap_count * 10000 + (uint64_t)width * 4 + (uint64_t)step;
    struct mn_resample_args args = {
        .colour = colour,
        .yuv = {1.164F, 16, 1.596F, -0.392F, -0.813F, 2.017F},
        .scale = {0.0171F, 0.0175F, 0.0174F},
        .shift = {-2.1F, -2.0F, -1.8F},
        .row_stride = 3 * (size_t)width + 5,
        .rows = rows,
        .width = width,
    };
    int last = colour == MN_COLOUR_GREY ? 0 : 2;
    struct line lines[3];
    for (int c = 0; c <= last; c++) {
        bool is_chroma = colour == MN_COLOUR_YUV && c > 0;
        lines[c] = make_line(is_chroma ? tap_count / 2 + 1 : tap_count, width, step, pattern, side,
                             &stream);
        args.samples[c] = lines[c].samples.data;
    }
    args.table[0] = table_of(&lines[0]);
    args.table[1] = table_of(&lines[last]);
    size_t floats = (size_t)(rows - 1) * args.row_stride + 3 * (size_t)width;
    struct guard output = guard_new(floats * sizeof(float), side);
    args.output = output.data;

    kernels->resample_columns(&args);
    if (!guard_intact(&output))
        fail_msg("writes outside of the output");
    check_pixels(&args);
    for (int c = 0; c <= last; c++)
        free_line(&lines[c]);
    guard_free(&output);
}

/* Which call is under way; told by the teardown if it fails or faults. */
struct call {
    const char *isa;
    int taps, length, step; /* step 0: rows */
    bool busy;
};

static void check_lengths_of_rows(const struct mn_kernels *kernels, struct call *call)
{
    for (int l = 0; l < COUNT(lengths); l++)
        for (int pattern = RANDOM; pattern < PATTERNS; pattern++)
            for (int side = GUARD_BEHIND; side <= GUARD_BEFORE; side++) {
                call->length = lengths[l];
                check_rows(kernels, call->taps, call->length, (enum pattern)pattern,
                           (enum guard_side)side);
            }
}

static void check_widths(const struct mn_kernels *kernels, struct call *call)
{
    for (int w = 0; w < COUNT(widths); w++)
        for (int rows = 0; rows < COUNT(row_counts); rows++)
            for (int colour = MN_COLOUR_RGB; colour <= MN_COLOUR_GREY; colour++)
                for (int pattern = RANDOM; pattern < PATTERNS; pattern++)
                    for (int side = GUARD_BEHIND; side <= GUARD_BEFORE; side++) {
                        call->length = widths[w];
                        check_columns(kernels, call->taps, call->length, call->step,
                                      row_counts[rows], (enum mn_colour)colour,
                                      (enum pattern)pattern, (enum guard_side)side);
                    }
}

/* steps[0 … step_count - 1] for columns; a step of 0 means rows. */
static void check_levels(const int *step, int step_count, struct call *call)
{
    for (int isa = MN_ISA_C; isa < MN_ISA_COUNT; isa++) {
        const struct mn_kernels *kernels = mn_kernels_for((enum mn_isa)isa);
        if (!kernels) {
            print_message("skipped: %s is not in this build or not in this CPU\n",
                          mn_isa_name((enum mn_isa)isa));
            continue;
        }
        for (int s = 0; s < step_count; s++)
            for (int taps = 0; taps < COUNT(tap_counts); taps++) {
                *call = (struct call){mn_isa_name((enum mn_isa)isa), tap_counts[taps], 0, step[s],
                                      true};
                if (call->step)
                    check_widths(kernels, call);
                else
                    check_lengths_of_rows(kernels, call);
            }
    }
    call->busy = false;
}

static void test_rows(void **state)
{
    check_levels(&(int){0}, 1, *state);
}

static void test_columns(void **state)
{
    check_levels(steps, COUNT(steps), *state);
}

static int tell(void **state)
{
    struct call *call = *state;
    if (call->busy)
        print_error("%s, %d taps, length %d, step %d\n", call->isa, call->taps, call->length,
                    call->step);
    call->busy = false;
    return 0;
}

int main(void)
{
    struct call call = {0};
    const struct CMUnitTest tests[] = {
        {"test_rows", test_rows, NULL, tell, &call},
        {"test_columns", test_columns, NULL, tell, &call},
    };
    return cmocka_run_group_tests_name("resample kernels", tests, NULL, NULL);
}
