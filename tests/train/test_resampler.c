/* Resampling against its definition, written down without thought of speed. */
#include <math.h>

#include "../../engine/train/pictures/resampler.h"
#include "../support.h"

enum { MOST_SIDE = 80, MOST_SIZE = 70 };

struct picture {
    uint8_t pixels[MOST_SIDE * MOST_SIDE * 3];
    struct mn_image image;
};

static void draw_picture(struct picture *picture, enum mn_pixel_format format, int width,
                         int height, struct mn_random *random)
{
    for (size_t i = 0; i < sizeof picture->pixels; i++)
        picture->pixels[i] = (uint8_t)mn_random_below(random, 256);
    mn_image_wrap(&picture->image, format, width, height, picture->pixels, 0);
}

static double level(const struct mn_image *image, int x, int y, int c)
{
    size_t step = image->format == MN_PIXEL_GREY ? 1 : 3;
    return image
        ->plane[0][(size_t)y * image->stride[0] + (size_t)x * step + (step == 3 ? (size_t)c : 0)];
}

static double triangle(double distance, double half)
{
    return fmax(1 - fabs(distance) / half, 0);
}

/* One value of the output, at output pixel (x, y). */
static double defined(const struct mn_image *image, const struct mn_box *box, const uint8_t *fill,
                      int size, int x, int y, int c)
{
    double step_x = box->width / size, step_y = box->height / size;
    double half_x = fmax(step_x, 1), half_y = fmax(step_y, 1), sum = 0, weights = 0;
    double at_x = box->left + ((box->hflip ? size - 1 - x : x) + 0.5) * step_x;
    double at_y = box->top + ((box->vflip ? size - 1 - y : y) + 0.5) * step_y;
    for (int v = (int)(at_y - half_y) - 2; v <= (int)(at_y + half_y) + 2; v++)
        for (int u = (int)(at_x - half_x) - 2; u <= (int)(at_x + half_x) + 2; u++) {
            double weight = triangle(u + 0.5 - at_x, half_x) * triangle(v + 0.5 - at_y, half_y);
            bool inside = u >= 0 && v >= 0 && u < image->width && v < image->height;
            if (!inside && !fill)
                continue;
            sum += weight * (inside ? level(image, u, v, c) : fill[c]);
            weights += weight;
        }
    return sum / weights;
}

static void compare(struct mn_resampler *resampler, const struct mn_image *image,
                    const struct mn_box *box, const uint8_t *fill, int size)
{
    static uint8_t rgb[MOST_SIZE * MOST_SIZE * 3];
    assert_true(mn_resample_box(resampler, image, box, fill, size, rgb));
    for (int i = 0; i < size * size * 3; i++) {
        double expected = defined(image, box, fill, size, i / 3 % size, i / 3 / size, i % 3);
        assert_true(fabs(rgb[i] - expected) < 0.502); /* rounded, but for a float's own error */
    }
}

static void boxes_are_as_defined(void **state)
{
    (void)state;
    static const uint8_t fill[3] = {20, 130, 250};
    struct mn_random random = mn_random_of(1, MN_RANDOM_TEST, 0);
    struct mn_resampler resampler = {0};
    for (int i = 0; i < 150; i++) {
        struct picture picture;
        int width = 1 + mn_random_below(&random, i % 4 ? 20 : MOST_SIDE);
        int height = 1 + mn_random_below(&random, i % 5 ? 20 : MOST_SIDE);
        int size = 1 + mn_random_below(&random, i % 6 ? 16 : MOST_SIZE);
        draw_picture(&picture, i % 3 ? MN_PIXEL_RGB24 : MN_PIXEL_GREY, width, height, &random);
        struct mn_box box = {.width = mn_random_between(&random, 0.1, 1) * width,
                             .height = mn_random_between(&random, 0.1, 1) * height,
                             .hflip = mn_random_chance(&random, 0.5),
                             .vflip = mn_random_chance(&random, 0.5)};
        box.left = mn_random_between(&random, 0, width - box.width);
        box.top = mn_random_between(&random, 0, height - box.height);
        compare(&resampler, &picture.image, &box, i % 2 ? fill : NULL, size);
        box.left += mn_random_between(&random, -1, 1) * width;
        box.top += mn_random_between(&random, -1, 1) * height;
        compare(&resampler, &picture.image, &box, fill, size);
    }
    mn_resampler_free(&resampler);
}

/* All of it beside the picture, or a hundred times its size. */
static void boxes_may_lie_outside(void **state)
{
    (void)state;
    static const uint8_t fill[3] = {7, 77, 177};
    struct mn_random random = mn_random_of(2, MN_RANDOM_TEST, 0);
    struct mn_resampler resampler = {0};
    struct picture picture;
    uint8_t rgb[8 * 8 * 3];
    static const struct mn_box outside[] = {
        {-50, 3, 10, 10}, {100, 3, 10, 10}, {3, -50, 10, 10}, {3, 100, 10, 10}};
    draw_picture(&picture, MN_PIXEL_RGB24, 20, 20, &random);
    for (size_t i = 0; i < sizeof outside / sizeof *outside; i++) {
        assert_true(mn_resample_box(&resampler, &picture.image, &outside[i], fill, 8, rgb));
        for (int k = 0; k < 8 * 8 * 3; k++)
            assert_int_equal(rgb[k], fill[k % 3]);
    }
    compare(&resampler, &picture.image, &(struct mn_box){-900, -900, 2000, 2000}, fill, 8);
    mn_resampler_free(&resampler);
}

/* The same size, moved by whole pixels: nothing is summed, so nothing is lost. */
static void whole_steps_are_exact(void **state)
{
    (void)state;
    static const uint8_t fill[3] = {1, 2, 3};
    struct mn_random random = mn_random_of(3, MN_RANDOM_TEST, 0);
    struct mn_resampler resampler = {0};
    struct picture picture;
    uint8_t rgb[32 * 32 * 3];
    draw_picture(&picture, MN_PIXEL_RGB24, 32, 32, &random);
    for (int move = -5; move <= 5; move++) {
        struct mn_box box = {move, -2 * move, 32, 32, .hflip = move % 2 != 0};
        assert_true(mn_resample_box(&resampler, &picture.image, &box, fill, 32, rgb));
        for (int i = 0; i < 32 * 32 * 3; i++) {
            int x = i / 3 % 32, y = i / 96 - 2 * move;
            x = (box.hflip ? 31 - x : x) + move;
            bool inside = x >= 0 && y >= 0 && x < 32 && y < 32;
            assert_int_equal(rgb[i],
                             inside ? picture.pixels[(y * 32 + x) * 3 + i % 3] : fill[i % 3]);
        }
    }
    mn_resampler_free(&resampler);
}

static void crops_are_inside_and_of_their_area(void **state)
{
    (void)state;
    static const double scale[2] = {0.08, 1}, ratio[2] = {0.75, 4.0 / 3};
    struct mn_random random = mn_random_of(4, MN_RANDOM_TEST, 0);
    double area = 0, least = 1;
    for (int i = 0; i < 5000; i++) {
        struct mn_box box = mn_box_resized(&random, scale, ratio, 90, 80);
        double part = box.width * box.height / 7200, aspect = box.width / box.height;
        assert_true(box.left >= 0 && box.top >= 0 && box.left + box.width < 90.0001);
        assert_true(box.top + box.height < 80.0001);
        assert_true(part > 0.0799 && part < 1.0001 && aspect > 0.7499 && aspect < 1.3334);
        area += part / 5000;
        least = fmin(least, part);
    }
    assert_true(fabs(area - 0.472) < 0.015 && least < 0.1); /* 0.54, less what does not fit */
    /* nothing of this shape fits, so it is the middle */
    struct mn_box middle = mn_box_resized(&random, (double[]){0.9, 1}, ratio, 300, 10);
    assert_true(fabs(middle.left - 145) < 1e-9 && fabs(middle.width - 10) < 1e-9);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(boxes_are_as_defined),
        cmocka_unit_test(boxes_may_lie_outside),
        cmocka_unit_test(whole_steps_are_exact),
        cmocka_unit_test(crops_are_inside_and_of_their_area),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
