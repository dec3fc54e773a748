/* What cameras do: blur and perspective against their definitions, and all of it at every size. */
#include <math.h>
#include <string.h>

#include "../../engine/train/pictures/blur.h"
#include "../../engine/train/pictures/camera_effects.h"
#include "../../engine/train/pictures/colour.h"
#include "../../engine/train/pictures/warp.h"
#include "../support.h"

enum { MOST = 70, MOST_BYTES = MOST * MOST * 3 };

struct picture {
    int size;
    uint8_t in[MOST_BYTES], out[MOST_BYTES], room[MOST_BYTES + MN_WARP_SLACK];
};

static void draw(struct picture *picture, int size, uint64_t seed)
{
    struct mn_random random = mn_random_of(seed, MN_RANDOM_TEST, 0);
    picture->size = size;
    for (int i = 0; i < MOST_BYTES; i++)
        picture->in[i] = picture->out[i] = (uint8_t)mn_random_below(&random, 256);
}

/* Around the picture its edge goes on. */
static double at(const struct picture *picture, int x, int y, int c)
{
    int last = picture->size - 1;
    x = x < 0 ? 0 : x > last ? last : x;
    y = y < 0 ? 0 : y > last ? last : y;
    return picture->in[(y * picture->size + x) * 3 + c];
}

static double between(const struct picture *picture, double x, double y, int c)
{
    int left = (int)floor(x), top = (int)floor(y);
    double right = x - left, below = y - top;
    return (at(picture, left, top, c) * (1 - right) + at(picture, left + 1, top, c) * right) *
               (1 - below) +
           (at(picture, left, top + 1, c) * (1 - right) +
            at(picture, left + 1, top + 1, c) * right) *
               below;
}

static void defocus_is_one_two_one(void **state)
{
    (void)state;
    static const int sizes[] = {1, 2, 3, 8, 31, 70};
    for (size_t s = 0; s < sizeof sizes / sizeof *sizes; s++) {
        static struct picture picture;
        int size = sizes[s];
        draw(&picture, size, s);
        mn_blur_defocus(picture.out, picture.room, size, 0);
        assert_memory_equal(picture.out, picture.in, (size_t)(3 * size * size));
        mn_blur_defocus(picture.out, picture.room, size, 1);
        for (int i = 0; i < size * size * 3; i++) {
            double sum = 0;
            for (int k = 0; k < 9; k++)
                sum += (2 - abs(k % 3 - 1)) * (2 - abs(k / 3 - 1)) *
                       at(&picture, i / 3 % size + k % 3 - 1, i / 3 / size + k / 3 - 1, i % 3) / 16;
            assert_true(fabs(picture.out[i] - sum) < 1.01); /* rounded twice */
        }
    }
}

static void motion_is_a_mean_along_a_line(void **state)
{
    (void)state;
    static const int sizes[] = {1, 2, 5, 66, 70};
    static const int lengths[] = {1, 2, 3, 9, MN_BLUR_MOTION};
    for (int turn = 0; turn < 5 * 5 * 8; turn++) {
        static struct picture picture;
        int size = sizes[turn % 5], length = lengths[turn / 5 % 5], direction = turn / 25;
        double angle = 0.4 * direction;
        draw(&picture, size, (uint64_t)turn);
        mn_blur_motion(picture.out, picture.room, size, length, angle);
        for (int i = 0; i < size * size * 3; i++) {
            double sum = 0;
            for (int k = 0; k < length; k++) {
                double along = k - (length - 1) / 2.0;
                int dx = (int)floor(along * cos(angle) + 0.5);
                int dy = (int)floor(along * sin(angle) + 0.5);
                sum += at(&picture, i / 3 % size + dx, i / 3 / size + dy, i % 3) / length;
            }
            assert_true(fabs(picture.out[i] - sum) < 0.8);
        }
    }
}

static void perspective_is_as_defined(void **state)
{
    (void)state;
    struct mn_random random = mn_random_of(1, MN_RANDOM_TEST, 1);
    for (int turn = 0; turn < 60; turn++) {
        static struct picture picture;
        int size = turn < 5 ? turn + 1 : 6 + mn_random_below(&random, 65);
        double turned = mn_random_between(&random, -3, 3),
               zoom = mn_random_between(&random, 0.5, 2);
        double lean_x = mn_random_between(&random, -0.4, 0.4);
        double lean_y = mn_random_between(&random, -0.4, 0.4), middle = (size - 1) / 2.0;
        struct mn_affine map = {zoom * cos(turned), -zoom * sin(turned), 1.5,
                                zoom * sin(turned), zoom * cos(turned),  -2.25};
        draw(&picture, size, (uint64_t)turn);
        /* smooth, or a 256th of a pixel would be a level and more */
        mn_blur_defocus(picture.in, picture.room, size, 3);
        memcpy(picture.out, picture.in, sizeof picture.in);
        mn_warp_perspective(picture.out, picture.room, size, &map, lean_x, lean_y);
        for (int i = 0; i < size * size * 3; i++) {
            int column = i / 3 % size, row = i / 3 / size;
            double dx = column - middle, dy = row - middle;
            double far = 1 + (lean_x * dx + lean_y * dy) * 2 / size;
            double x = (map.xx * dx + map.xy * dy + map.x0) / far + middle;
            double y = (map.yx * dx + map.yy * dy + map.y0) / far + middle;
            x = fmin(fmax(x, 0), size - 1);
            y = fmin(fmax(y, 0), size - 1);
            assert_true(fabs(picture.out[i] - between(&picture, x, y, i % 3)) < 2.2);
        }
    }
}

static void nothing_leaves_it_as_it_is(void **state)
{
    (void)state;
    static struct picture picture;
    struct mn_random random = mn_random_of(1, MN_RANDOM_TEST, 2);
    draw(&picture, MOST, 1);
    mn_warp_perspective(picture.out, picture.room, MOST, &(struct mn_affine){1, 0, 0, 0, 1, 0}, 0,
                        0);
    assert_memory_equal(picture.out, picture.in, MOST_BYTES);
    mn_camera_effects(&random, 0, picture.out, picture.room, MOST);
    assert_memory_equal(picture.out, picture.in, MOST_BYTES);
}

static void light_follows_its_formula(void **state)
{
    (void)state;
    struct mn_levels levels = mn_levels_exposure((double[]){0.5, 1, 2}, 0.7);
    for (int v = 0; v < 256; v++)
        for (int c = 0; c < 3; c++) {
            double light = fmin((c == 0 ? 0.5 : c) * v / 255, 1);
            assert_true(fabs(levels.level[c][v] - 255 * pow(light, 0.7)) < 0.51);
        }
    levels = mn_levels_exposure((double[]){1, 1, 1}, 1);
    for (int v = 0; v < 256; v++)
        assert_int_equal(levels.level[1][v], v);
}

static void noise_has_its_strength(void **state)
{
    (void)state;
    enum { TURNS = 300, VALUES = 64 * 64 * 3 };
    double least = 100, most = 0;
    for (uint64_t seed = 0; seed < TURNS; seed++) {
        static struct picture picture;
        struct mn_random random = mn_random_of(seed, MN_RANDOM_TEST, 4);
        double mean = 0, square = 0, product = 0;
        memset(picture.out, 128, sizeof picture.out);
        mn_camera_noise(&random, picture.out, 64);
        for (int i = 0; i < VALUES; i++) {
            double value = picture.out[i] - 128.0, before = i ? picture.out[i - 1] - 128.0 : 0;
            mean += value / VALUES;
            square += value * value / VALUES;
            product += value * before / VALUES;
        }
        assert_true(fabs(mean) < 1 && fabs(product) < 0.06 * square);
        least = fmin(least, sqrt(square));
        most = fmax(most, sqrt(square));
    }
    assert_true(least > 1.3 && least < 1.8 && most > 15.5 && most < 16.5);
}

/* Noise is hard to compress, so it loses; a picture of one colour has nothing to lose. */
static void jpeg_loses_what_is_fine(void **state)
{
    (void)state;
    static struct picture picture;
    for (uint64_t seed = 0; seed < 30; seed++) {
        struct mn_random random = mn_random_of(seed, MN_RANDOM_TEST, 5);
        int size = seed % 2 ? 64 : 37;
        double lost = 0, difference = 0;
        draw(&picture, size, seed);
        mn_camera_jpeg(&random, picture.out, size);
        for (int i = 0; i < size * size * 3; i++) {
            lost += fabs((double)picture.out[i] - picture.in[i]) / (size * size * 3);
            difference += (picture.out[i] - picture.in[i]) / (size * size * 3.0);
        }
        assert_true(lost > 10 && fabs(difference) < 4);
        memset(picture.out, 77, sizeof picture.out);
        mn_camera_jpeg(&random, picture.out, size);
        for (int i = 0; i < size * size * 3; i++)
            assert_in_range(picture.out[i], 77 - 6, 77 + 6); /* a step of quality 15's is 53 / 8 */
    }
}

/* Of a grey wall, half of the pictures have a tint where half are asked for. */
static void tints_come_as_often_as_asked(void **state)
{
    (void)state;
    enum { TURNS = 400, PIXELS = 16 * 16 };
    int tinted = 0;
    for (uint64_t seed = 0; seed < TURNS; seed++) {
        static struct picture picture;
        struct mn_random random = mn_random_of(seed, MN_RANDOM_TEST, 6);
        double sum[3] = {0, 0, 0};
        memset(picture.out, 128, sizeof picture.out);
        mn_camera_effects(&random, 0.5, picture.out, picture.room, 16);
        for (int i = 0; i < 3 * PIXELS; i++)
            sum[i % 3] += picture.out[i];
        tinted += fabs(sum[0] / sum[2] - 1) > 0.05;
    }
    assert_in_range(tinted, TURNS * 0.35, TURNS * 0.6); /* a half, less the weakest */
}

/* At each size, also those that are no whole blocks of JPEG: the same chance gives the same
 * picture, not a byte beyond it is touched, and it is still the same scene. */
static void effects_are_the_same_again(void **state)
{
    (void)state;
    for (int size = 1; size <= MOST - 1; size += size < 10 ? 1 : 7) {
        static struct picture picture;
        static uint8_t again[MOST_BYTES];
        size_t bytes = 3 * (size_t)size * (size_t)size;
        double mean = 0;
        for (uint64_t seed = 0; seed < 60; seed++) {
            struct mn_random random = mn_random_of(seed, MN_RANDOM_TEST, 3), same = random;
            draw(&picture, size, seed);
            memset(picture.out, 128, bytes);
            memset(again, 128, bytes);
            mn_camera_effects(&random, seed % 2 ? 1 : 0.4, picture.out, picture.room, size);
            mn_camera_effects(&same, seed % 2 ? 1 : 0.4, again, picture.room, size);
            assert_memory_equal(again, picture.out, bytes);
            assert_memory_equal(picture.out + bytes, picture.in + bytes, MOST_BYTES - bytes);
            for (size_t i = 0; i < bytes; i++)
                mean += picture.out[i] / (double)bytes / 60;
        }
        assert_true(mean > 90 && mean < 165);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(defocus_is_one_two_one),
        cmocka_unit_test(motion_is_a_mean_along_a_line),
        cmocka_unit_test(perspective_is_as_defined),
        cmocka_unit_test(nothing_leaves_it_as_it_is),
        cmocka_unit_test(light_follows_its_formula),
        cmocka_unit_test(noise_has_its_strength),
        cmocka_unit_test(jpeg_loses_what_is_fine),
        cmocka_unit_test(tints_come_as_often_as_asked),
        cmocka_unit_test(effects_are_the_same_again),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
