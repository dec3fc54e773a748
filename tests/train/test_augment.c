/* Augmentation: exact where there is no chance, within bounds where there is. */
#include <math.h>
#include <string.h>

#include "../../engine/image/preprocess.h"
#include "../../engine/kernels/kernels.h"
#include "../../engine/train/pictures/augment.h"
#include "../../engine/train/pictures/colour.h"
#include "../../engine/train/pictures/trivial.h"
#include "../../engine/train/pictures/warp.h"
#include "../support.h"

enum { MOST = 96 };
static const float zero[3] = {0, 0, 0}, one[3] = {1, 1, 1};

struct picture {
    uint8_t pixels[MOST * MOST * 3];
    struct mn_image image;
};

static void random_picture(struct picture *picture, enum mn_pixel_format format, int width,
                           int height)
{
    struct mn_random random = mn_random_of(1, MN_RANDOM_TEST, (uint64_t)(width * 1000 + height));
    for (size_t i = 0; i < sizeof picture->pixels; i++)
        picture->pixels[i] = (uint8_t)mn_random_below(&random, 256);
    mn_image_wrap(&picture->image, format, width, height, picture->pixels, 0);
}

/* With mean 0 and std 1 the tensor is the levels / 255. */
static void augment(const struct mn_augmentation *settings, const struct mn_image *image, int size,
                    uint64_t seed, float *tensor)
{
    struct mn_error error;
    struct mn_augmenter *augmenter = mn_augmenter_new();
    assert_non_null(augmenter);
    assert_int_equal(mn_augment(augmenter, settings, zero, one,
                                mn_random_of(seed, MN_RANDOM_PICTURE, 0), image, size, tensor,
                                &error),
                     MN_OK);
    mn_augmenter_free(augmenter);
}

static void centre_is_what_the_engine_sees(void **state)
{
    (void)state;
    static const int sizes[][3] = {{32, 32, 32}, {32, 32, 64}, {90, 70, 32},
                                   {33, 96, 64}, {1, 1, 32},   {1, 77, 32}};
    for (size_t i = 0; i < 2 * sizeof sizes / sizeof *sizes; i++) {
        const int *size = sizes[i / 2];
        struct picture picture;
        float ours[64 * 64 * 3], theirs[64 * 64 * 3];
        struct mn_error error;
        struct mn_preprocessing plain = {MN_FIT_CROP, 1, {0, 0, 0}, {1, 1, 1}};
        struct mn_preprocessor *preprocessor =
            mn_preprocessor_new(&plain, size[2], mn_kernels_for(MN_ISA_C));
        random_picture(&picture, i % 2 ? MN_PIXEL_GREY : MN_PIXEL_RGB24, size[0], size[1]);
        augment(&(struct mn_augmentation){.crop = MN_CROP_CENTRE}, &picture.image, size[2], 1,
                ours);
        assert_int_equal(mn_preprocess(preprocessor, &picture.image, theirs, &error), MN_OK);
        for (int k = 0; k < size[2] * size[2] * 3; k++)
            assert_true(fabsf(ours[k] - theirs[k]) < 1.01f / 255);
        mn_preprocessor_free(preprocessor);
    }
}

static void the_same_chance_is_the_same_picture(void **state)
{
    (void)state;
    struct mn_augmentation everything = {.crop = MN_CROP_RESIZED,
                                         .scale = {0.2, 1},
                                         .ratio = {0.75, 1.33},
                                         .hflip = 0.5,
                                         .vflip = 0.5,
                                         .trivial = true,
                                         .camera = 1,
                                         .reprob = 0.5};
    struct picture picture;
    float first[48 * 48 * 3], again[48 * 48 * 3];
    int different = 0;
    random_picture(&picture, MN_PIXEL_RGB24, 60, 50);
    for (uint64_t seed = 0; seed < 40; seed++) {
        augment(&everything, &picture.image, 48, seed, first);
        augment(&everything, &picture.image, 48, seed, again);
        assert_memory_equal(first, again, sizeof first);
        for (size_t i = 0; i < sizeof first / sizeof *first; i++)
            assert_true(isfinite(first[i]) && fabsf(first[i]) < 8);
        augment(&everything, &picture.image, 48, seed + 1000, again);
        int others = 0;
        for (size_t i = 0; i < sizeof first / sizeof *first; i++)
            others += first[i] < again[i] || first[i] > again[i];
        different += others > 0;
    }
    assert_int_equal(different, 40);
}

static void flips_are_mirror_images(void **state)
{
    (void)state;
    struct picture picture;
    float plain[32 * 32 * 3], across[32 * 32 * 3], down[32 * 32 * 3];
    random_picture(&picture, MN_PIXEL_RGB24, 50, 50);
    augment(&(struct mn_augmentation){.crop = MN_CROP_CENTRE}, &picture.image, 32, 1, plain);
    augment(&(struct mn_augmentation){.crop = MN_CROP_CENTRE, .hflip = 1}, &picture.image, 32, 1,
            across);
    augment(&(struct mn_augmentation){.crop = MN_CROP_CENTRE, .vflip = 1}, &picture.image, 32, 1,
            down);
    for (int y = 0; y < 32; y++)
        for (int x = 0; x < 32; x++)
            for (int c = 0; c < 3; c++) {
                float expected = plain[(y * 32 + x) * 3 + c];
                assert_true(fabsf(across[(y * 32 + 31 - x) * 3 + c] - expected) < 1.01f / 255);
                assert_true(fabsf(down[((31 - y) * 32 + x) * 3 + c] - expected) < 1.01f / 255);
            }
}

/* A padded crop of the same size is the picture, moved by whole pixels, and 0 around it. */
static void padded_crops_move_the_picture(void **state)
{
    (void)state;
    struct picture picture;
    float tensor[32 * 32 * 3];
    bool seen[9][9] = {{false}};
    random_picture(&picture, MN_PIXEL_RGB24, 32, 32);
    for (uint64_t seed = 0; seed < 400; seed++) {
        int matches = 0;
        augment(&(struct mn_augmentation){.crop = MN_CROP_PAD, .crop_pad = 0.125}, &picture.image,
                32, seed, tensor);
        for (int dy = -4; dy <= 4; dy++)
            for (int dx = -4; dx <= 4; dx++) {
                bool same = true;
                for (int y = 0; y < 32 && same; y++)
                    for (int x = 0; x < 32 && same; x++) {
                        bool inside = y + dy >= 0 && y + dy < 32 && x + dx >= 0 && x + dx < 32;
                        float expected =
                            inside ? picture.pixels[((y + dy) * 32 + x + dx) * 3] / 255.0f : 0;
                        same = fabsf(tensor[(y * 32 + x) * 3] - expected) < 1e-6f;
                    }
                matches += same;
                seen[dy + 4][dx + 4] |= same;
            }
        assert_int_equal(matches, 1);
    }
    int places = 0;
    for (int i = 0; i < 81; i++)
        places += seen[i / 9][i % 9];
    assert_true(places > 70); /* of 81 */
}

/* Every crop and effect, of one pixel, one row, one column, large to small and small to large; and
 * a grey picture is the same as one whose three channels are alike. */
static void awkward_pictures_are_pictures(void **state)
{
    (void)state;
    static const int sizes[][3] = {{1, 1, 1},   {1, 1, 32}, {1, 96, 17}, {96, 1, 33},
                                   {96, 96, 1}, {2, 3, 64}, {95, 40, 64}};
    for (size_t i = 0; i < 3 * sizeof sizes / sizeof *sizes; i++) {
        static struct picture grey, colour;
        static float from_grey[64 * 64 * 3], from_colour[64 * 64 * 3];
        const int *size = sizes[i / 3];
        struct mn_augmentation everything = {.crop = (enum mn_crop)(i % 3),
                                             .crop_pad = 0.3,
                                             .scale = {0.08, 1},
                                             .ratio = {0.75, 1.33},
                                             .hflip = 0.5,
                                             .vflip = 0.5,
                                             .trivial = true,
                                             .camera = 0.5,
                                             .reprob = 0.5};
        random_picture(&grey, MN_PIXEL_GREY, size[0], size[1]);
        random_picture(&colour, MN_PIXEL_RGB24, size[0], size[1]);
        for (int k = 0; k < size[0] * size[1] * 3; k++)
            colour.pixels[k] = grey.pixels[k / 3];
        for (uint64_t seed = 0; seed < 20; seed++) {
            augment(&everything, &grey.image, size[2], seed, from_grey);
            augment(&everything, &colour.image, size[2], seed, from_colour);
            for (int k = 0; k < size[2] * size[2] * 3; k++) {
                assert_true(fabsf(from_grey[k]) < 4); /* levels are 0 … 1, noise up to 3.5 */
                assert_true(fabsf(from_grey[k] - from_colour[k]) < 1e-6f);
            }
        }
    }
}

/* --- colours --- */

static void levels_do_what_they_are_called(void **state)
{
    (void)state;
    uint8_t pixels[4 * 3] = {0, 50, 255, 100, 60, 200, 200, 70, 10, 40, 80, 90};
    assert_int_equal(mn_levels_brightness(1).level[1][77], 77);
    assert_int_equal(mn_levels_brightness(2).level[0][100], 200);
    assert_int_equal(mn_levels_brightness(2).level[0][200], 255);
    assert_int_equal(mn_levels_posterize(2).level[2][0xff], 0xc0);
    assert_int_equal(mn_levels_posterize(8).level[2][0x9b], 0x9b);
    assert_int_equal(mn_levels_solarize(128).level[0][127], 127);
    assert_int_equal(mn_levels_solarize(128).level[0][200], 55);
    struct mn_levels stretched = mn_levels_autocontrast(pixels, 4);
    assert_int_equal(stretched.level[1][50], 0);
    assert_int_equal(stretched.level[1][80], 255);
    assert_int_equal(stretched.level[1][65], 128);
    struct mn_levels contrast = mn_levels_contrast(0, pixels, 4);
    assert_int_equal(contrast.level[0][0], contrast.level[2][255]); /* all the mean */
    mn_colour_saturate(pixels, 4, 0);
    for (int i = 0; i < 4; i++)
        assert_true(abs(pixels[3 * i] - pixels[3 * i + 2]) <= 1);
}

static void equalized_levels_are_spread_evenly(void **state)
{
    (void)state;
    enum { PIXELS = 64 * 64 };
    static uint8_t pixels[PIXELS * 3];
    struct mn_random random = mn_random_of(2, MN_RANDOM_TEST, 0);
    for (int i = 0; i < PIXELS * 3; i++)
        pixels[i] = (uint8_t)(100 + mn_random_below(&random, 20));
    struct mn_levels levels = mn_levels_equalize(pixels, PIXELS);
    mn_levels_apply(&levels, pixels, PIXELS);
    double sum = 0;
    for (int i = 0; i < PIXELS; i++)
        sum += pixels[3 * i];
    assert_true(fabs(sum / PIXELS - 127.5) < 10);
    assert_true(levels.level[0][100] < 10 && levels.level[0][119] > 240);
}

static void operations_have_their_strengths(void **state)
{
    (void)state;
    enum { SIZE = 32 };
    uint8_t rgb[SIZE * SIZE * 3], room[SIZE * SIZE * 3];
    struct picture picture;
    random_picture(&picture, MN_PIXEL_RGB24, SIZE, SIZE);
    for (int operation = 0; operation < MN_TRIVIAL_OPERATIONS; operation++)
        for (int strength = 0; strength < MN_TRIVIAL_STRENGTHS; strength += 15) {
            memcpy(rgb, picture.pixels, sizeof rgb);
            mn_trivial_apply(operation, strength, strength == 15, rgb, room, SIZE);
            bool same = memcmp(rgb, picture.pixels, sizeof rgb) == 0;
            const char *name = mn_trivial_name(operation);
            bool always = !strcmp(name, "autocontrast") || !strcmp(name, "equalize");
            bool never = !strcmp(name, "identity");
            /* at no strength nothing changes; solarizing from level 255 changes that one */
            if (never || (strength == 0 && !always && strcmp(name, "solarize") != 0))
                assert_true(same);
            if (strength && !never && !always)
                assert_false(same);
        }
}

static void a_quarter_turn_is_exact(void **state)
{
    (void)state;
    enum { SIZE = 8 };
    uint8_t rgb[SIZE * SIZE * 3], room[SIZE * SIZE * 3];
    static const uint8_t fill[3];
    struct picture picture;
    random_picture(&picture, MN_PIXEL_RGB24, SIZE, SIZE);
    memcpy(rgb, picture.pixels, sizeof rgb);
    mn_warp_affine(rgb, room, SIZE, &(struct mn_affine){0, -1, 0, 1, 0, 0}, fill);
    for (int y = 0; y < SIZE; y++)
        for (int x = 0; x < SIZE; x++)
            assert_int_equal(rgb[(y * SIZE + x) * 3],
                             picture.pixels[(x * SIZE + SIZE - 1 - y) * 3]);
}

static void erasing_has_its_share(void **state)
{
    (void)state;
    struct picture picture;
    float plain[32 * 32 * 3], erased[32 * 32 * 3];
    double area = 0, most = 0, least = 1;
    random_picture(&picture, MN_PIXEL_RGB24, 32, 32);
    augment(&(struct mn_augmentation){.crop = MN_CROP_CENTRE}, &picture.image, 32, 0, plain);
    for (uint64_t seed = 0; seed < 300; seed++) {
        int count = 0;
        augment(&(struct mn_augmentation){.crop = MN_CROP_CENTRE, .reprob = 1}, &picture.image, 32,
                seed, erased);
        for (int i = 0; i < 32 * 32; i++)
            count += plain[3 * i] < erased[3 * i] || plain[3 * i] > erased[3 * i];
        area += count / 1024.0 / 300;
        most = fmax(most, count / 1024.0);
        least = fmin(least, count / 1024.0);
    }
    assert_true(area > 0.12 && area < 0.22); /* 0.02 … 0.33, less what does not fit */
    assert_true(most < 0.45 && least > 0.005);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(centre_is_what_the_engine_sees),
        cmocka_unit_test(the_same_chance_is_the_same_picture),
        cmocka_unit_test(flips_are_mirror_images),
        cmocka_unit_test(padded_crops_move_the_picture),
        cmocka_unit_test(awkward_pictures_are_pictures),
        cmocka_unit_test(levels_do_what_they_are_called),
        cmocka_unit_test(equalized_levels_are_spread_evenly),
        cmocka_unit_test(operations_have_their_strengths),
        cmocka_unit_test(a_quarter_turn_is_exact),
        cmocka_unit_test(erasing_has_its_share),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
