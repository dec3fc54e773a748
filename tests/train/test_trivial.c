/* TrivialAugment's operations, each against a pixel-by-pixel one in double precision, at every
 * strength that the wide space has. The references follow the definitions of Pillow's ImageEnhance
 * and ImageOps and of torchvision's TrivialAugmentWide; only translation is ours, by up to half of
 * the side, where they move 32 px of whatever size. */
#include <math.h>
#include <string.h>

#include "../../engine/train/pictures/trivial.h"
#include "../support.h"

enum { SIZE = 24, BYTES = SIZE * SIZE * 3 };

typedef void reference(double magnitude, const uint8_t *in, double *out);

static double grey_of(const uint8_t *pixel)
{
    return 0.299 * pixel[0] + 0.587 * pixel[1] + 0.114 * pixel[2];
}

/* --- geometry: where from, about the centre --- */

static void move(const double map[6], const uint8_t *in, double *out)
{
    double middle = (SIZE - 1) / 2.0;
    for (int i = 0; i < SIZE * SIZE; i++) {
        int row = i / SIZE;
        double dx = i % SIZE - middle, dy = row - middle;
        int x = (int)floor(map[0] * dx + map[1] * dy + map[2] + middle + 0.5);
        int y = (int)floor(map[3] * dx + map[4] * dy + map[5] + middle + 0.5);
        bool inside = x >= 0 && y >= 0 && x < SIZE && y < SIZE;
        for (int c = 0; c < 3; c++)
            out[3 * i + c] = inside ? in[3 * (y * SIZE + x) + c] : 0;
    }
}

static void shear_x(double m, const uint8_t *in, double *out)
{
    move((double[]){1, 0.99 * m, 0, 0, 1, 0}, in, out);
}

static void shear_y(double m, const uint8_t *in, double *out)
{
    move((double[]){1, 0, 0, 0.99 * m, 1, 0}, in, out);
}

static void translate_x(double m, const uint8_t *in, double *out)
{
    move((double[]){1, 0, floor(m * SIZE / 2), 0, 1, 0}, in, out);
}

static void translate_y(double m, const uint8_t *in, double *out)
{
    move((double[]){1, 0, 0, 0, 1, floor(m * SIZE / 2)}, in, out);
}

static void rotate(double m, const uint8_t *in, double *out)
{
    double angle = m * 135 * acos(-1) / 180;
    move((double[]){cos(angle), -sin(angle), 0, sin(angle), cos(angle), 0}, in, out);
}

/* --- colour: between a degenerate picture and the picture, or beyond --- */

static void enhance(double factor, const uint8_t *in, double *out)
{
    for (int i = 0; i < BYTES; i++)
        out[i] = fmin(fmax(out[i] + (in[i] - out[i]) * factor, 0), 255);
}

static void brightness(double m, const uint8_t *in, double *out)
{
    memset(out, 0, BYTES * sizeof *out);
    enhance(1 + 0.99 * m, in, out);
}

static void colour(double m, const uint8_t *in, double *out)
{
    for (int i = 0; i < BYTES; i++)
        out[i] = grey_of(in + (i - i % 3));
    enhance(1 + 0.99 * m, in, out);
}

static void contrast(double m, const uint8_t *in, double *out)
{
    double mean = 0;
    for (int i = 0; i < BYTES; i += 3)
        mean += grey_of(in + i) / (SIZE * SIZE);
    for (int i = 0; i < BYTES; i++)
        out[i] = floor(mean + 0.5);
    enhance(1 + 0.99 * m, in, out);
}

static void sharpness(double m, const uint8_t *in, double *out)
{
    for (int i = 0; i < BYTES; i++) {
        int x = i / 3 % SIZE, y = i / 3 / SIZE;
        int sum = 4 * in[i]; /* the middle counts five times */
        out[i] = in[i];
        if (x == 0 || y == 0 || x == SIZE - 1 || y == SIZE - 1)
            continue;
        for (int k = 0; k < 9; k++)
            sum += in[i + (k / 3 - 1) * 3 * SIZE + (k % 3 - 1) * 3];
        out[i] = floor(sum / 13.0 + 0.5);
    }
    enhance(1 + 0.99 * m, in, out);
}

static void posterize(double m, const uint8_t *in, double *out)
{
    int bits = 8 - (int)floor(6 * fabs(m) + 0.5), step = 1 << (8 - bits);
    for (int i = 0; i < BYTES; i++)
        out[i] = in[i] - in[i] % step;
}

static void solarize(double m, const uint8_t *in, double *out)
{
    for (int i = 0; i < BYTES; i++)
        out[i] = in[i] < 255 * (1 - fabs(m)) ? in[i] : 255 - in[i];
}

static void autocontrast(double m, const uint8_t *in, double *out)
{
    (void)m;
    for (int c = 0; c < 3; c++) {
        double low = 255, high = 0;
        for (int i = c; i < BYTES; i += 3) {
            low = fmin(low, in[i]);
            high = fmax(high, in[i]);
        }
        for (int i = c; i < BYTES; i += 3)
            out[i] = high > low ? (in[i] - low) * 255 / (high - low) : in[i];
    }
}

/* A level becomes how many pixels are darker, in steps of what a level should have. */
static void equalize(double m, const uint8_t *in, double *out)
{
    (void)m;
    for (int i = 0; i < BYTES; i++) {
        int darker = 0, brightest = 0, most = 0;
        for (int k = i % 3; k < BYTES; k += 3) {
            darker += in[k] < in[i];
            brightest = in[k] > brightest ? in[k] : brightest;
        }
        for (int k = i % 3; k < BYTES; k += 3)
            most += in[k] == brightest;
        int step = (SIZE * SIZE - most) / 255, level = in[i];
        if (step)
            level = (darker + step / 2) / step;
        out[i] = level < 255 ? level : 255;
    }
}

static void identity(double m, const uint8_t *in, double *out)
{
    (void)m;
    for (int i = 0; i < BYTES; i++)
        out[i] = in[i];
}

static const struct expectation {
    const char *name;
    reference *apply;
    double tolerance; /* levels, what rounding to 256ths and to whole levels can make */
    bool is_signed;
} expectations[MN_TRIVIAL_OPERATIONS] = {
    {"identity", identity, 0, false},
    {"shear x", shear_x, 0, true},
    {"shear y", shear_y, 0, true},
    {"translate x", translate_x, 0, true},
    {"translate y", translate_y, 0, true},
    {"rotate", rotate, 0, true},
    {"brightness", brightness, 0.51, true},
    {"saturation", colour, 1.6, true},
    {"contrast", contrast, 1.5, true},
    {"sharpness", sharpness, 1.6, true},
    {"posterize", posterize, 0, false},
    {"solarize", solarize, 0, false},
    {"autocontrast", autocontrast, 0.51, false},
    {"equalize", equalize, 0, false},
};

enum kind { RAMP, NOISE, FLAT, KINDS };

static void draw(enum kind kind, uint8_t *rgb)
{
    struct mn_random random = mn_random_of(1, MN_RANDOM_TEST, kind);
    for (int i = 0; i < BYTES; i++) {
        int x = i / 3 % SIZE, y = i / 3 / SIZE, noise = mn_random_below(&random, 256);
        rgb[i] = (uint8_t)(kind == RAMP    ? 20 + 4 * x + 3 * y * (i % 3) + noise / 64
                           : kind == NOISE ? noise
                                           : 90 + i % 3);
    }
}

static void operations_are_as_defined(void **state)
{
    (void)state;
    for (int kind = 0; kind < KINDS; kind++)
        for (int operation = 0; operation < MN_TRIVIAL_OPERATIONS; operation++)
            for (int turn = 0; turn < 2 * MN_TRIVIAL_STRENGTHS; turn++) {
                const struct expectation *expected = &expectations[operation];
                int strength = turn / 2, wrong = 0;
                bool negative = turn % 2;
                uint8_t in[BYTES], out[BYTES], room[BYTES];
                double defined[BYTES];
                double magnitude = strength / (MN_TRIVIAL_STRENGTHS - 1.0);
                draw((enum kind)kind, in);
                memcpy(out, in, sizeof out);
                assert_string_equal(mn_trivial_name(operation), expected->name);
                mn_trivial_apply(operation, strength, negative, out, room, SIZE);
                expected->apply(expected->is_signed && negative ? -magnitude : magnitude, in,
                                defined);
                for (int i = 0; i < BYTES; i++)
                    wrong += fabs(out[i] - defined[i]) > expected->tolerance;
                if (wrong)
                    print_message("%s %d%s: %d values of %d\n", expected->name, strength,
                                  negative ? " negative" : "", wrong, BYTES);
                /* a place between two pixels may become either: four at most of a picture */
                assert_true(wrong <= (operation >= 1 && operation <= 5 ? 12 : 0));
            }
}

static void all_operations_are_drawn(void **state)
{
    (void)state;
    bool changed = false, unchanged = false;
    uint8_t first[BYTES], out[BYTES], room[BYTES];
    int different = 0;
    draw(RAMP, first);
    for (uint64_t seed = 0; seed < 300; seed++) {
        struct mn_random random = mn_random_of(seed, MN_RANDOM_TEST, 9);
        memcpy(out, first, sizeof out);
        mn_trivial(&random, out, room, SIZE);
        bool same = memcmp(out, first, sizeof out) == 0;
        changed |= !same;
        unchanged |= same;
        different += !same;
    }
    assert_true(changed && unchanged);
    assert_in_range(different, 220, 290); /* one of fourteen is the identity, some are too weak */
}

/* Pictures of one pixel, of one row's worth. */
static void small_pictures_are_pictures(void **state)
{
    (void)state;
    for (int size = 1; size <= 3; size++)
        for (int operation = 0; operation < MN_TRIVIAL_OPERATIONS; operation++)
            for (int strength = 0; strength < MN_TRIVIAL_STRENGTHS; strength += 10) {
                uint8_t rgb[27 + 1], room[27];
                memset(rgb, 100, sizeof rgb);
                mn_trivial_apply(operation, strength, true, rgb, room, size);
                assert_int_equal(rgb[3 * size * size], 100);
            }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(operations_are_as_defined),
        cmocka_unit_test(all_operations_are_drawn),
        cmocka_unit_test(small_pictures_are_pictures),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
