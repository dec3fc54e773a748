/* Preprocessing against its definition in preprocess.h, evaluated in float64 in the coordinates of
 * the picture, and against Pillow; and that no byte outside of a picture is read. */
#include "../preprocess_reference.h"

#include <sys/mman.h>

#include "../../engine/image/orientation.h"
#include "../../engine/kernels/kernels.h"
#include "../golden/pillow_resize.h"

enum { FORMATS = MN_PIXEL_I420 + 1 };

/* The largest error against float64 that this test allows, on the scale where black to white is
 * 1. */
static const double tolerance = 1e-6;

static const struct mn_preprocessing imagenet = {
    MN_FIT_CROP, 0.875, {0.485f, 0.456f, 0.406f}, {0.229f, 0.224f, 0.225f}};
static const struct mn_preprocessing plain = {MN_FIT_STRETCH, 1, {0, 0, 0}, {1, 1, 1}};

/* ---- pictures ---- */

static uint8_t *random_bytes(size_t count, uint64_t seed)
{
    uint8_t *bytes = malloc(count);
    assert_non_null(bytes);
    for (size_t i = 0; i < count; i++)
        bytes[i] = (uint8_t)(test_random(&seed) >> 56);
    return bytes;
}

static bool needs_even_width(int format)
{
    return format == MN_PIXEL_YUYV || format == MN_PIXEL_UYVY;
}

static void run_level(const struct mn_kernels *kernels, const struct mn_preprocessing *settings,
                      int resolution, const struct mn_image *image, float *tensor)
{
    struct mn_error error;
    struct mn_preprocessor *preprocessor = mn_preprocessor_new(settings, resolution, kernels);
    assert_non_null(preprocessor);
    assert_int_equal(mn_preprocess(preprocessor, image, tensor, &error), MN_OK);
    mn_preprocessor_free(preprocessor);
}

static void run(const struct mn_preprocessing *settings, int resolution,
                const struct mn_image *image, float *tensor)
{
    run_level(mn_kernels_best(), settings, resolution, image, tensor);
}

/* The worst of all levels. tensor: where to, [resolution][resolution][3]. */
static double error_of_levels(const struct mn_image *image, const struct mn_preprocessing *settings,
                              int resolution, float *tensor)
{
    double worst = 0;
    for (int isa = MN_ISA_C; isa < MN_ISA_COUNT; isa++) {
        const struct mn_kernels *kernels = mn_kernels_for((enum mn_isa)isa);
        if (!kernels)
            continue;
        run_level(kernels, settings, resolution, image, tensor);
        worst = fmax(worst, error_of(image, settings, resolution, tensor));
    }
    return worst;
}

static double error_on_random(int format, int width, int height, int resolution,
                              const struct mn_preprocessing *settings, int matrix, int range)
{
    size_t bytes = mn_image_bytes((enum mn_pixel_format)format, width, height);
    assert_true(bytes > 0);
    uint8_t *pixels = random_bytes(bytes, (uint64_t)(width * 1000 + height));
    struct mn_image image;
    mn_image_wrap(&image, (enum mn_pixel_format)format, width, height, pixels, 0);
    image.matrix = (enum mn_yuv_matrix)matrix;
    image.range = (enum mn_yuv_range)range;
    float *tensor = malloc(3 * sizeof *tensor * (size_t)(resolution * resolution));
    assert_non_null(tensor);
    double worst = error_of_levels(&image, settings, resolution, tensor);
    free(tensor);
    free(pixels);
    return worst;
}

static const struct {
    int width, height, resolution;
} sizes[] = {{640, 480, 224}, {97, 61, 128}, {16, 16, 32}, {1, 1, 32},   {2, 2, 32},
             {3, 5, 32},      {33, 7, 64},   {7, 999, 32}, {1200, 2, 32}};

static void every_format_matches_float64(void **state)
{
    (void)state;
    double worst = 0;
    for (size_t s = 0; s < sizeof sizes / sizeof *sizes; s++)
        for (int format = 0; format < FORMATS; format++)
            for (int variant = 0; variant < 12; variant++) {
                struct mn_preprocessing settings = imagenet;
                settings.fit = (enum mn_fit)(variant % 3);
                int width = sizes[s].width + (needs_even_width(format) ? sizes[s].width % 2 : 0);
                double error = error_on_random(format, width, sizes[s].height, sizes[s].resolution,
                                               &settings, variant / 3 % 2, variant / 6);
                if (error > tolerance)
                    print_message("format %d, %dx%d to %d, variant %d: %g\n", format, width,
                                  sizes[s].height, sizes[s].resolution, variant, error);
                worst = fmax(worst, error);
            }
    print_message("measured: largest error against float64, beyond rounding to levels: %.2g of "
                  "black to white\n",
                  worst);
    assert_true(worst <= tolerance);
}

static void crop_fractions_match_float64(void **state)
{
    (void)state;
    static const double fractions[] = {1, 0.9, 0.77, 0.5, 0.1, 0.001};
    for (size_t f = 0; f < sizeof fractions / sizeof *fractions; f++)
        for (int format = 0; format < FORMATS; format++)
            for (int fit = 0; fit < 3; fit++) {
                struct mn_preprocessing settings = imagenet;
                settings.fit = (enum mn_fit)fit;
                settings.crop_fraction = fractions[f];
                assert_true(error_on_random(format, 50, 41, 32, &settings, 0, 0) <= tolerance);
            }
}

static void matches_pillow(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof pillow_cases / sizeof *pillow_cases; i++) {
        const struct pillow_case *c = &pillow_cases[i];
        struct mn_preprocessing settings = plain;
        settings.fit = c->fit;
        settings.crop_fraction = c->crop_fraction;
        uint8_t *pixels = random_bytes((size_t)(3 * c->width * c->height), c->seed);
        struct mn_image image;
        mn_image_wrap(&image, MN_PIXEL_RGB24, c->width, c->height, pixels, 0);
        float tensor[3 * 16 * 16];
        assert_true(c->side <= 16);
        run(&settings, c->side, &image, tensor);
        for (int v = 0; v < 3 * c->side * c->side; v++)
            assert_true(fabs(255 * (double)tensor[v] - c->thousandths[v] / 1000.0) < 0.502);
        free(pixels);
    }
}

/* ---- colours whose answer is in the standards ---- */

static void assert_colour(const struct mn_image *image, int red, int green, int blue, int tolerated)
{
    float tensor[3 * 4 * 4];
    run(&plain, 4, image, tensor);
    const int want[3] = {red, green, blue};
    for (int i = 0; i < 3 * 4 * 4; i++)
        assert_true(fabs(255 * (double)tensor[i] - want[i % 3]) <= tolerated + 0.001);
}

static void known_colours(void **state)
{
    (void)state;
    uint8_t yuyv[4 * 8];
    struct mn_image image;
    static const struct {
        uint8_t y, u, v;
        enum mn_yuv_matrix matrix;
        enum mn_yuv_range range;
        int red, green, blue, tolerated;
    } colours[] = {
        {16, 128, 128, MN_BT601, MN_RANGE_LIMITED, 0, 0, 0, 0},
        {235, 128, 128, MN_BT709, MN_RANGE_LIMITED, 255, 255, 255, 0},
        {255, 128, 128, MN_BT709, MN_RANGE_FULL, 255, 255, 255, 0},
        {0, 128, 128, MN_BT601, MN_RANGE_LIMITED, 0, 0, 0, 0}, /* below black is black */
        {81, 90, 240, MN_BT601, MN_RANGE_LIMITED, 255, 0, 0, 2},
        {145, 54, 34, MN_BT601, MN_RANGE_LIMITED, 0, 255, 0, 2},
        {41, 240, 110, MN_BT601, MN_RANGE_LIMITED, 0, 0, 255, 2},
        {63, 102, 240, MN_BT709, MN_RANGE_LIMITED, 255, 0, 0, 2},
        {173, 42, 26, MN_BT709, MN_RANGE_LIMITED, 0, 255, 0, 2},
        {32, 240, 118, MN_BT709, MN_RANGE_LIMITED, 0, 0, 255, 2},
        {76, 85, 255, MN_BT601, MN_RANGE_FULL, 255, 0, 0, 2},
    };
    for (size_t i = 0; i < sizeof colours / sizeof *colours; i++) {
        for (size_t b = 0; b < sizeof yuyv; b += 4) {
            yuyv[b] = yuyv[b + 2] = colours[i].y;
            yuyv[b + 1] = colours[i].u;
            yuyv[b + 3] = colours[i].v;
        }
        mn_image_wrap(&image, MN_PIXEL_YUYV, 4, 4, yuyv, 0);
        image.matrix = colours[i].matrix;
        image.range = colours[i].range;
        assert_colour(&image, colours[i].red, colours[i].green, colours[i].blue,
                      colours[i].tolerated);
    }
    uint8_t pixels[3 * 4] = {10, 20, 30, 10, 20, 30, 10, 20, 30, 10, 20, 30};
    mn_image_wrap(&image, MN_PIXEL_RGB24, 2, 2, pixels, 0);
    assert_colour(&image, 10, 20, 30, 0);
    mn_image_wrap(&image, MN_PIXEL_BGR24, 2, 2, pixels, 0);
    assert_colour(&image, 30, 20, 10, 0);
}

/* ---- memory ---- */

/* A copy that ends (or begins) exactly at a page that cannot be read. */
struct guarded {
    uint8_t *map, *bytes;
    size_t map_bytes;
};

static struct guarded guard(const uint8_t *bytes, size_t count, bool at_end)
{
    size_t page = (size_t)sysconf(_SC_PAGESIZE);
    size_t body = (count + page - 1) / page * page;
    struct guarded g = {.map_bytes = body + 2 * page};
    g.map = mmap(NULL, g.map_bytes, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    assert_true(g.map != MAP_FAILED);
    assert_int_equal(mprotect(g.map + page, body, PROT_READ | PROT_WRITE), 0);
    g.bytes = g.map + page + (at_end ? body - count : 0);
    if (bytes)
        memcpy(g.bytes, bytes, count);
    return g;
}

static int plane_rows(const struct mn_image *image, int plane)
{
    return plane == 0 ? image->height : (image->height + 1) / 2;
}

/* The last row of a plane ends with its last pixel, whatever the stride. */
static size_t last_row_bytes(const struct mn_image *image, int plane)
{
    size_t width = (size_t)image->width;
    if (plane > 0)
        return (width + 1) / 2 * (image->format == MN_PIXEL_NV12 ? 2 : 1);
    if (image->format == MN_PIXEL_RGB24 || image->format == MN_PIXEL_BGR24)
        return 3 * width;
    return needs_even_width(image->format) ? 2 * width : width;
}

static void check_guarded(int format, int width, int height, int resolution, size_t padding,
                          const struct mn_preprocessing *settings, bool at_end)
{
    size_t stride = last_row_bytes(&(struct mn_image){.format = (enum mn_pixel_format)format,
                                                      .width = width,
                                                      .height = height},
                                   0) +
                    padding;
    uint8_t *pixels = random_bytes(2 * (stride + 2) * (size_t)(height + 2), 5);
    struct mn_image image;
    mn_image_wrap(&image, (enum mn_pixel_format)format, width, height, pixels, stride);
    size_t tensor_bytes = 3 * sizeof(float) * (size_t)(resolution * resolution);
    struct guarded tensor = guard(NULL, tensor_bytes, at_end), plane[3] = {{0}};
    for (int p = 0; p < 3 && image.plane[p]; p++) {
        size_t bytes =
            (size_t)(plane_rows(&image, p) - 1) * image.stride[p] + last_row_bytes(&image, p);
        plane[p] = guard(image.plane[p], bytes, at_end);
        image.plane[p] = plane[p].bytes;
    }
    assert_true(error_of_levels(&image, settings, resolution, (float *)(void *)tensor.bytes) <=
                tolerance);
    munmap(tensor.map, tensor.map_bytes);
    for (int p = 0; p < 3 && plane[p].map; p++)
        munmap(plane[p].map, plane[p].map_bytes);
    free(pixels);
}

static void reads_nothing_outside(void **state)
{
    (void)state;
    static const int widths[] = {1, 2, 3, 5, 17, 64, 79}, heights[] = {1, 2, 3, 35};
    for (int format = 0; format < FORMATS; format++)
        for (size_t w = 0; w < sizeof widths / sizeof *widths; w++)
            for (size_t h = 0; h < sizeof heights / sizeof *heights; h++)
                for (int variant = 0; variant < 12; variant++) {
                    struct mn_preprocessing settings = imagenet;
                    settings.fit = (enum mn_fit)(variant % 3);
                    settings.crop_fraction = w % 2 ? 1 : 0.8;
                    int width = widths[w] + (needs_even_width(format) ? widths[w] % 2 : 0);
                    check_guarded(format, width, heights[h], 32, variant / 3 % 2 ? 10 : 0,
                                  &settings, variant / 6);
                }
}

static void follows_changing_pictures(void **state)
{
    (void)state;
    struct mn_error error;
    float kept[3 * 32 * 32], fresh[3 * 32 * 32];
    struct mn_preprocessor *preprocessor = mn_preprocessor_new(&imagenet, 32, mn_kernels_best());
    assert_non_null(preprocessor);
    uint8_t *pixels = random_bytes(3 * 120 * 90, 9);
    for (int turn = 0; turn < 40; turn++) {
        struct mn_image image;
        enum mn_pixel_format format = (enum mn_pixel_format)(turn % FORMATS);
        mn_image_wrap(&image, format, 40 + 2 * (turn / 3), 60 + turn / 2, pixels, 0);
        image.range = (enum mn_yuv_range)(turn % 2);
        assert_int_equal(mn_preprocess(preprocessor, &image, kept, &error), MN_OK);
        run(&imagenet, 32, &image, fresh);
        assert_memory_equal(kept, fresh, sizeof kept);
        assert_int_equal(mn_preprocess(preprocessor, &image, kept, &error), MN_OK);
        assert_memory_equal(kept, fresh, sizeof kept);
    }
    free(pixels);
    mn_preprocessor_free(preprocessor);
}

/* Threads may cut the rows anywhere, and each worker has its own scratch. */
static void rows_do_not_depend_on_cuts(void **state)
{
    (void)state;
    enum { SIDE = 45, WORKERS = 3 };
    struct mn_error error;
    float whole[3 * SIDE * SIDE], cut[3 * SIDE * SIDE];
    uint8_t *pixels = random_bytes(3 * 120 * 90, 9);
    for (int turn = 0; turn < 9 * FORMATS; turn++) {
        struct mn_preprocessing settings = imagenet;
        settings.fit = (enum mn_fit)(turn / FORMATS % 3);
        struct mn_image image;
        mn_image_wrap(&image, (enum mn_pixel_format)(turn % FORMATS), 120, 50 + turn % 40, pixels,
                      0);
        image.turn = mn_turn_of(turn / 2 % 4 * 90, turn % 2, false);
        run(&settings, SIDE, &image, whole);
        struct mn_preprocessor *preprocessor =
            mn_preprocessor_new(&settings, SIDE, mn_kernels_best());
        assert_non_null(preprocessor);
        int workers = 1 + turn % WORKERS;
        assert_int_equal(mn_preprocess_prepare(preprocessor, &image, 1, &error), MN_OK);
        assert_int_equal(mn_preprocess_prepare(preprocessor, &image, workers, &error), MN_OK);
        memset(cut, 0xff, sizeof cut);
        uint64_t stream = (uint64_t)turn;
        for (int y = 0, end; y < SIDE; y = end) {
            end = y + 1 + (int)(test_random(&stream) % 20);
            end = end < SIDE ? end : SIDE;
            mn_preprocess_rows(preprocessor, &image, cut, y, end, end % workers);
        }
        assert_memory_equal(cut, whole, sizeof whole);
        mn_preprocessor_free(preprocessor);
    }
    free(pixels);
}

/* RGB24 of width x height px, turned clockwise by 90 degrees `quarters` times and then mirrored: by
 * what the words say. The caller frees. */
static uint8_t *turned_by_hand(const uint8_t *pixels, int width, int height, int quarters,
                               bool hflip, bool vflip)
{
    uint8_t *turned = malloc(3 * (size_t)width * (size_t)height);
    assert_non_null(turned);
    int w = quarters % 2 ? height : width, h = quarters % 2 ? width : height;
    for (int row = 0; row < height; row++)
        for (int column = 0; column < width; column++) {
            int x = column, y = row, right = width - 1, bottom = height - 1;
            for (int q = 0; q < quarters; q++) { /* the left column becomes the top row */
                int new_x = bottom - y, old_right = right;
                y = x;
                x = new_x;
                right = bottom;
                bottom = old_right;
            }
            x = hflip ? w - 1 - x : x;
            y = vflip ? h - 1 - y : y;
            memcpy(turned + 3 * (y * w + x), pixels + 3 * (row * width + column), 3);
        }
    return turned;
}

/* Sums in another order may round to another level, seldom. */
static void turned_pictures_are_turned(void **state)
{
    (void)state;
    enum { WIDTH = 64, HEIGHT = 40, SIDE = 32 }; /* the letterbox is even */
    float seen[3 * SIDE * SIDE], expected[3 * SIDE * SIDE];
    uint8_t *pixels = random_bytes(3 * WIDTH * HEIGHT, 5);
    for (int variant = 0; variant < 3 * 16; variant++) {
        struct mn_preprocessing settings = plain;
        settings.fit = (enum mn_fit)(variant / 16);
        int quarters = variant % 4, different = 0;
        bool hflip = variant / 4 % 2, vflip = variant / 8 % 2;
        uint8_t *turned = turned_by_hand(pixels, WIDTH, HEIGHT, quarters, hflip, vflip);
        struct mn_image image;
        mn_image_wrap(&image, MN_PIXEL_RGB24, WIDTH, HEIGHT, pixels, 0);
        image.turn = mn_turn_of(90 * quarters, hflip, vflip);
        run(&settings, SIDE, &image, seen);
        mn_image_wrap(&image, MN_PIXEL_RGB24, quarters % 2 ? HEIGHT : WIDTH,
                      quarters % 2 ? WIDTH : HEIGHT, turned, 0);
        run(&settings, SIDE, &image, expected);
        for (int i = 0; i < 3 * SIDE * SIDE; i++) {
            double levels = 255 * fabs((double)seen[i] - (double)expected[i]);
            assert_true(levels < 1.01);
            different += levels > 0.01;
        }
        assert_true(different < 3 * SIDE * SIDE / 100);
        free(turned);
    }
    free(pixels);
}

static void extreme_sizes_work(void **state)
{
    (void)state;
    static const int shapes[][2] = {{65500, 1}, {1, 65500}, {65500, 3}, {20000, 50}};
    for (size_t i = 0; i < sizeof shapes / sizeof *shapes; i++)
        for (int fit = 0; fit < 3; fit++) {
            struct mn_preprocessing settings = imagenet;
            settings.fit = (enum mn_fit)fit;
            double error = error_on_random(MN_PIXEL_I420, shapes[i][0], shapes[i][1], 32, &settings,
                                           MN_BT709, MN_RANGE_LIMITED);
            assert_true(error <= 10 * tolerance); /* thousands of taps are added in float32 */
        }
}

static void refuses_impossible_pictures(void **state)
{
    (void)state;
    struct mn_error error;
    uint8_t pixels[64] = {0};
    float tensor[3 * 32 * 32];
    static const struct {
        enum mn_pixel_format format;
        int width, height;
    } bad[] = {{MN_PIXEL_GREY, 0, 1},        {MN_PIXEL_GREY, 1, -1},
               {MN_PIXEL_YUYV, 3, 2},        {MN_PIXEL_UYVY, 1, 1},
               {MN_PIXEL_RGB24, 65501, 1},   {MN_PIXEL_RGB24, 1, 1 << 30},
               {MN_PIXEL_I420, 60000, 60000}};
    struct mn_preprocessor *preprocessor = mn_preprocessor_new(&imagenet, 32, mn_kernels_best());
    assert_non_null(preprocessor);
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        struct mn_image image = {.format = bad[i].format,
                                 .width = bad[i].width,
                                 .height = bad[i].height,
                                 .plane = {pixels},
                                 .stride = {8},
                                 .range = MN_RANGE_FULL};
        error.message[0] = '\0';
        assert_int_equal(mn_preprocess(preprocessor, &image, tensor, &error), MN_BAD_INPUT);
        assert_true(error.message[0] != '\0');
        assert_int_equal(mn_image_bytes(bad[i].format, bad[i].width, bad[i].height), 0);
    }
    mn_preprocessor_free(preprocessor);
    mn_preprocessor_free(NULL);
}

static void fits_have_names(void **state)
{
    (void)state;
    assert_string_equal(mn_fit_name(MN_FIT_CROP), "crop");
    assert_string_equal(mn_fit_name(MN_FIT_LETTERBOX), "letterbox");
    assert_string_equal(mn_fit_name(MN_FIT_STRETCH), "stretch");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_format_matches_float64),
        cmocka_unit_test(crop_fractions_match_float64),
        cmocka_unit_test(matches_pillow),
        cmocka_unit_test(known_colours),
        cmocka_unit_test(reads_nothing_outside),
        cmocka_unit_test(follows_changing_pictures),
        cmocka_unit_test(rows_do_not_depend_on_cuts),
        cmocka_unit_test(turned_pictures_are_turned),
        cmocka_unit_test(extreme_sizes_work),
        cmocka_unit_test(refuses_impossible_pictures),
        cmocka_unit_test(fits_have_names),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
