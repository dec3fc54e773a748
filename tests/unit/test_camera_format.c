/* The choice of a camera's mode, over made-up cameras; names of formats; how pixels lie. */
#include "../support.h"

#include <string.h>

#include "../../app/source/camera_format.h"

enum { MODES_MAX = 10 };

#define MODE(text, w, h, fps)                                                                      \
    {                                                                                              \
        .fourcc = (text), .min_width = (w), .max_width = (w), .width_step = 1, .min_height = (h),  \
        .max_height = (h), .height_step = 1, .min_fps = (fps), .max_fps = (fps)                    \
    }

static const uint32_t YUYV = V4L2_PIX_FMT_YUYV, MJPG = V4L2_PIX_FMT_MJPEG,
                      RGB3 = V4L2_PIX_FMT_RGB24;

struct choice_case {
    const char *name;
    struct camera_mode modes[MODES_MAX]; /* up to the first with fourcc 0 */
    struct camera_wish wish;
    struct camera_choice expected; /* fourcc 0: none */
};

static const struct choice_case choice_cases[] = {
    {"nothing at all", {{0}}, {0}, {0}},
    {"only formats that nobody reads",
     {MODE(V4L2_PIX_FMT_H264, 640, 480, 30), MODE(V4L2_PIX_FMT_SBGGR8, 640, 480, 30)},
     {0},
     {0}},
    {"raw before JPEG at the same rate",
     {MODE(V4L2_PIX_FMT_MJPEG, 640, 480, 30), MODE(V4L2_PIX_FMT_YUYV, 640, 480, 30)},
     {0},
     {V4L2_PIX_FMT_YUYV, 640, 480, 30, false}},
    {"JPEG where raw is too slow",
     {MODE(V4L2_PIX_FMT_YUYV, 1280, 720, 10), MODE(V4L2_PIX_FMT_MJPEG, 1280, 720, 30)},
     {.width = 1280, .height = 720},
     {V4L2_PIX_FMT_MJPEG, 1280, 720, 30, false}},
    {"29.97 reaches 30",
     {MODE(V4L2_PIX_FMT_YUYV, 640, 480, 30000 / 1001.0), MODE(V4L2_PIX_FMT_MJPEG, 640, 480, 30)},
     {0},
     {V4L2_PIX_FMT_YUYV, 640, 480, 30000 / 1001.0, false}},
    {"the faster one where none reaches the rate",
     {MODE(V4L2_PIX_FMT_YUYV, 640, 480, 5), MODE(V4L2_PIX_FMT_MJPEG, 640, 480, 15)},
     {0},
     {V4L2_PIX_FMT_MJPEG, 640, 480, 15, false}},
    {"the nearest of the rates that suffice",
     {MODE(V4L2_PIX_FMT_YUYV, 640, 480, 120), MODE(V4L2_PIX_FMT_YUYV, 640, 480, 60),
      MODE(V4L2_PIX_FMT_YUYV, 640, 480, 15)},
     {.framerate = 50},
     {V4L2_PIX_FMT_YUYV, 640, 480, 60, false}},
    {"the nearest size",
     {MODE(V4L2_PIX_FMT_YUYV, 1920, 1080, 30), MODE(V4L2_PIX_FMT_YUYV, 800, 600, 30),
      MODE(V4L2_PIX_FMT_YUYV, 320, 240, 30)},
     {0},
     {V4L2_PIX_FMT_YUYV, 800, 600, 30, false}},
    {"the default size outranks the default rate (vivid as a webcam)",
     {MODE(V4L2_PIX_FMT_YUYV, 320, 180, 60), MODE(V4L2_PIX_FMT_YUYV, 640, 360, 40),
      MODE(V4L2_PIX_FMT_YUYV, 640, 480, 25)},
     {0},
     {V4L2_PIX_FMT_YUYV, 640, 480, 25, false}},
    {"a wished rate outranks the default size",
     {MODE(V4L2_PIX_FMT_YUYV, 320, 180, 60), MODE(V4L2_PIX_FMT_YUYV, 640, 360, 40),
      MODE(V4L2_PIX_FMT_YUYV, 640, 480, 25)},
     {.framerate = 60},
     {V4L2_PIX_FMT_YUYV, 320, 180, 60, false}},
    {"a wished size outranks a wished rate",
     {MODE(V4L2_PIX_FMT_YUYV, 320, 180, 60), MODE(V4L2_PIX_FMT_YUYV, 640, 480, 25)},
     {.width = 640, .height = 480, .framerate = 60},
     {V4L2_PIX_FMT_YUYV, 640, 480, 25, false}},
    {"a width alone means 4:3",
     {MODE(V4L2_PIX_FMT_YUYV, 1280, 720, 30), MODE(V4L2_PIX_FMT_YUYV, 1280, 960, 30)},
     {.width = 1280},
     {V4L2_PIX_FMT_YUYV, 1280, 960, 30, false}},
    {"a height alone too",
     {MODE(V4L2_PIX_FMT_YUYV, 1280, 720, 30), MODE(V4L2_PIX_FMT_YUYV, 960, 720, 30)},
     {.height = 720},
     {V4L2_PIX_FMT_YUYV, 960, 720, 30, false}},
    {"a wished format is kept though it is slow",
     {MODE(V4L2_PIX_FMT_YUYV, 640, 480, 30), MODE(V4L2_PIX_FMT_MJPEG, 320, 240, 5)},
     {.fourcc = V4L2_PIX_FMT_MJPEG},
     {V4L2_PIX_FMT_MJPEG, 320, 240, 5, false}},
    {"a wished format that is not there",
     {MODE(V4L2_PIX_FMT_YUYV, 640, 480, 30)},
     {.fourcc = V4L2_PIX_FMT_NV12},
     {0}},
    {"colour before grey, whatever the size",
     {MODE(V4L2_PIX_FMT_GREY, 640, 480, 30), MODE(V4L2_PIX_FMT_YUYV, 320, 240, 30)},
     {0},
     {V4L2_PIX_FMT_YUYV, 320, 240, 30, false}},
    {"grey where there is nothing else",
     {MODE(V4L2_PIX_FMT_SBGGR8, 640, 480, 30), MODE(V4L2_PIX_FMT_GREY, 640, 480, 30)},
     {0},
     {V4L2_PIX_FMT_GREY, 640, 480, 30, false}},
    {"raw formats in our order, not in the driver's",
     {MODE(V4L2_PIX_FMT_BGR24, 640, 480, 30), MODE(V4L2_PIX_FMT_RGB24, 640, 480, 30),
      MODE(V4L2_PIX_FMT_YUV420, 640, 480, 30), MODE(V4L2_PIX_FMT_NV12, 640, 480, 30),
      MODE(V4L2_PIX_FMT_UYVY, 640, 480, 30)},
     {0},
     {V4L2_PIX_FMT_UYVY, 640, 480, 30, false}},
    {"a rate that the driver does not say is hoped for",
     {MODE(V4L2_PIX_FMT_MJPEG, 640, 480, 30), MODE(V4L2_PIX_FMT_YUYV, 640, 480, 0)},
     {0},
     {V4L2_PIX_FMT_YUYV, 640, 480, 0, false}},
    {"a size of no pixels is no mode", {MODE(V4L2_PIX_FMT_YUYV, 0, 480, 30)}, {0}, {0}},
};

static void test_choice(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof choice_cases / sizeof choice_cases[0]; i++) {
        const struct choice_case *c = &choice_cases[i];
        int count = 0;
        while (count < MODES_MAX && c->modes[count].fourcc)
            count++;
        struct camera_choice choice = {0};
        bool found = camera_choose(c->modes, count, &c->wish, &choice);
        if (found != (c->expected.fourcc != 0) || choice.fourcc != c->expected.fourcc ||
            choice.width != c->expected.width || choice.height != c->expected.height ||
            choice.framerate != c->expected.framerate) {
            char text[5];
            camera_fourcc_text(choice.fourcc, text);
            fail_msg("%s: chose %s %dx%d at %g", c->name, text, choice.width, choice.height,
                     choice.framerate);
        }
    }
}

static void test_choice_of_conversions(void **state)
{
    (void)state;
    struct camera_mode modes[] = {MODE(RGB3, 640, 480, 30), MODE(YUYV, 320, 240, 5)};
    modes[0].emulated = true;
    struct camera_wish wish = {0};
    struct camera_choice choice;
    assert_true(camera_choose(modes, 2, &wish, &choice)); /* the camera's own, though it is worse */
    assert_int_equal(choice.fourcc, YUYV);
    assert_false(choice.emulated);
    assert_true(camera_choose(modes, 1, &wish, &choice)); /* nothing else */
    assert_int_equal(choice.fourcc, RGB3);
    assert_true(choice.emulated);
    wish.fourcc = RGB3;
    assert_true(camera_choose(modes, 2, &wish, &choice)); /* asked for */
    assert_int_equal(choice.fourcc, RGB3);
    assert_true(choice.emulated);
}

/* Ranges of sizes and rates, as capture cards and Raspberry Pi cameras have them. */
static void test_choice_in_ranges(void **state)
{
    (void)state;
    const struct camera_mode mode = {.fourcc = MJPG,
                                     .min_width = 64,
                                     .max_width = 1000,
                                     .width_step = 16,
                                     .min_height = 64,
                                     .max_height = 1944,
                                     .height_step = 2,
                                     .min_fps = 1,
                                     .max_fps = 90};
    static const struct {
        struct camera_wish wish;
        int width, height;
        double framerate;
    } cases[] = {
        {{0}, 640, 480, 30},
        {{.width = 650, .height = 481}, 656, 480, 30}, /* to the grid: 640 + 10 is nearer to 656 */
        {{.width = 10, .height = 10}, 64, 64, 30},
        {{.width = 5000, .height = 5000}, 992, 1944, 30}, /* the last on the grid below 1000 */
        {{.framerate = 200}, 640, 480, 90},
        {{.framerate = 0.1}, 640, 480, 1},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct camera_choice choice;
        assert_true(camera_choose(&mode, 1, &cases[i].wish, &choice));
        assert_int_equal(choice.width, cases[i].width);
        assert_int_equal(choice.height, cases[i].height);
        assert_true(choice.framerate == cases[i].framerate);
    }
}

static void test_fourcc(void **state)
{
    (void)state;
    char text[5];
    assert_int_equal(camera_fourcc("YUYV"), V4L2_PIX_FMT_YUYV);
    assert_int_equal(camera_fourcc("MJPG"), V4L2_PIX_FMT_MJPEG);
    assert_int_equal(camera_fourcc("Y16"), V4L2_PIX_FMT_Y16);
    assert_int_equal(camera_fourcc(""), 0);
    assert_int_equal(camera_fourcc("MJPEG"), 0);
    assert_int_equal(camera_fourcc("YU\x1bV"), 0);
    camera_fourcc_text(V4L2_PIX_FMT_Y16, text);
    assert_string_equal(text, "Y16");
    camera_fourcc_text(V4L2_PIX_FMT_Y16_BE, text); /* bit 31 is set */
    assert_string_equal(text, "Y16");
    camera_fourcc_text(0x1b415941, text); /* an escape does not reach the terminal */
    assert_string_equal(text, "AYA?");
}

static struct v4l2_pix_format pix_of(uint32_t fourcc, uint32_t width, uint32_t height,
                                     uint32_t stride)
{
    return (struct v4l2_pix_format){
        .width = width, .height = height, .pixelformat = fourcc, .bytesperline = stride};
}

static void test_layout(void **state)
{
    (void)state;
    static const struct {
        uint32_t fourcc, width, height, stride;
        size_t expected_stride, expected_bytes;
    } cases[] = {
        {V4L2_PIX_FMT_YUYV, 640, 480, 1280, 1280, 640 * 480 * 2},
        {V4L2_PIX_FMT_YUYV, 640, 480, 0, 1280, 640 * 480 * 2}, /* an old driver */
        {V4L2_PIX_FMT_YUYV, 4, 2, 32, 32, 32 + 8},             /* no padding after the last row */
        {V4L2_PIX_FMT_GREY, 5, 3, 8, 8, 2 * 8 + 5},
        {V4L2_PIX_FMT_RGB24, 4, 2, 16, 16, 16 + 12},
        {V4L2_PIX_FMT_NV12, 640, 480, 640, 640, 640 * 720},
        {V4L2_PIX_FMT_NV12, 6, 4, 8, 8, 4 * 8 + 8 + 6},
        {V4L2_PIX_FMT_YUV420, 6, 4, 8, 8, 4 * 8 + 2 * 4 + 4 + 3},
        {V4L2_PIX_FMT_YUV420, 5, 3, 0, 5, 5 * 3 + 2 * 3 * 2}, /* halves are rounded up */
        {V4L2_PIX_FMT_NV12, 5, 3, 0, 5, 5 * 3 + 6 * 2},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct v4l2_pix_format pix =
            pix_of(cases[i].fourcc, cases[i].width, cases[i].height, cases[i].stride);
        struct camera_layout layout;
        struct mn_error error;
        assert_int_equal(camera_layout(&layout, &pix, "camera", &error), MN_OK);
        assert_int_equal(layout.stride, cases[i].expected_stride);
        assert_int_equal(layout.bytes, cases[i].expected_bytes);
    }
}

/* The bytes that a layout asks for are those that an image on it reaches, no more and no less. */
static void test_layout_is_what_wrap_reads(void **state)
{
    (void)state;
    static const uint32_t fourccs[] = {V4L2_PIX_FMT_YUYV,   V4L2_PIX_FMT_UYVY,  V4L2_PIX_FMT_NV12,
                                       V4L2_PIX_FMT_YUV420, V4L2_PIX_FMT_RGB24, V4L2_PIX_FMT_BGR24,
                                       V4L2_PIX_FMT_GREY};
    static uint8_t pixels[4096];
    for (size_t i = 0; i < sizeof fourccs / sizeof fourccs[0]; i++)
        for (uint32_t width = 1; width < 12; width++)
            for (uint32_t stride = 3 * width + 1; stride < 48; stride++) {
                struct v4l2_pix_format pix = pix_of(fourccs[i], width, 5, stride);
                struct camera_layout layout;
                struct mn_error error;
                if (camera_layout(&layout, &pix, "camera", &error) != MN_OK)
                    continue; /* one column of YUYV */
                struct mn_image image;
                mn_image_wrap(&image, layout.format, layout.width, layout.height, pixels,
                              layout.stride);
                size_t reach = 0;
                for (int plane = 0; plane < 3 && image.plane[plane]; plane++) {
                    size_t rows = (size_t)camera_plane_rows(layout.format, layout.height, plane);
                    reach = (size_t)(image.plane[plane] - pixels) +
                            image.stride[plane] * (rows - 1) +
                            camera_plane_row_bytes(layout.format, layout.width, plane);
                }
                assert_int_equal(layout.bytes, reach);
            }
}

static void test_layout_refuses(void **state)
{
    (void)state;
    const struct v4l2_pix_format cases[] = {
        pix_of(V4L2_PIX_FMT_YUYV, 640, 480, 1279),        /* rows overlap */
        pix_of(V4L2_PIX_FMT_YUYV, 0, 480, 1280),          /* nothing */
        pix_of(V4L2_PIX_FMT_YUYV, 1, 480, 1280),          /* half a pair */
        pix_of(V4L2_PIX_FMT_GREY, 640, 0, 640),           /* nothing */
        pix_of(V4L2_PIX_FMT_GREY, 0x80000280, 480, 1280), /* negative as an int */
        pix_of(V4L2_PIX_FMT_GREY, 640, 480, 0xffffffff),  /* 2 TB in all */
        pix_of(V4L2_PIX_FMT_GREY, 70000, 70000, 70000),   /* too large */
        pix_of(V4L2_PIX_FMT_H264, 640, 480, 0),           /* cannot be read */
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct camera_layout layout;
        struct mn_error error;
        assert_int_equal(camera_layout(&layout, &cases[i], "/dev/video7", &error), MN_FAILED);
        assert_non_null(strstr(error.message, "/dev/video7"));
    }
}

static void test_colour(void **state)
{
    (void)state;
    static const struct {
        uint32_t colorspace, encoding, quantization;
        enum mn_yuv_matrix matrix;
        enum mn_yuv_range range;
    } cases[] = {
        {V4L2_COLORSPACE_DEFAULT, 0, 0, MN_BT601, MN_RANGE_LIMITED},
        {V4L2_COLORSPACE_SMPTE170M, 0, 0, MN_BT601, MN_RANGE_LIMITED},
        {V4L2_COLORSPACE_SRGB, 0, 0, MN_BT601, MN_RANGE_LIMITED},
        {V4L2_COLORSPACE_REC709, 0, 0, MN_BT709, MN_RANGE_LIMITED},
        {V4L2_COLORSPACE_BT2020, 0, 0, MN_BT709, MN_RANGE_LIMITED},
        {V4L2_COLORSPACE_JPEG, 0, 0, MN_BT601, MN_RANGE_FULL},
        {V4L2_COLORSPACE_REC709, V4L2_YCBCR_ENC_601, 0, MN_BT601, MN_RANGE_LIMITED},
        {V4L2_COLORSPACE_SRGB, V4L2_YCBCR_ENC_709, V4L2_QUANTIZATION_FULL_RANGE, MN_BT709,
         MN_RANGE_FULL},
        {V4L2_COLORSPACE_JPEG, V4L2_YCBCR_ENC_XV709, V4L2_QUANTIZATION_LIM_RANGE, MN_BT709,
         MN_RANGE_LIMITED},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct v4l2_pix_format pix = pix_of(V4L2_PIX_FMT_YUYV, 640, 480, 0);
        pix.colorspace = cases[i].colorspace;
        pix.ycbcr_enc = cases[i].encoding;
        pix.quantization = cases[i].quantization;
        struct camera_layout layout;
        struct mn_error error;
        assert_int_equal(camera_layout(&layout, &pix, "camera", &error), MN_OK);
        assert_int_equal(layout.matrix, cases[i].matrix);
        assert_int_equal(layout.range, cases[i].range);
    }
    struct v4l2_pix_format grey = pix_of(V4L2_PIX_FMT_GREY, 640, 480, 0);
    struct camera_layout layout;
    struct mn_error error;
    assert_int_equal(camera_layout(&layout, &grey, "camera", &error), MN_OK);
    assert_int_equal(layout.range, MN_RANGE_FULL);
    grey.quantization = V4L2_QUANTIZATION_LIM_RANGE;
    assert_int_equal(camera_layout(&layout, &grey, "camera", &error), MN_OK);
    assert_int_equal(layout.range, MN_RANGE_LIMITED);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_choice),           cmocka_unit_test(test_choice_of_conversions),
        cmocka_unit_test(test_choice_in_ranges), cmocka_unit_test(test_fourcc),
        cmocka_unit_test(test_layout),           cmocka_unit_test(test_layout_is_what_wrap_reads),
        cmocka_unit_test(test_layout_refuses),   cmocka_unit_test(test_colour),
    };
    return cmocka_run_group_tests_name("camera_format", tests, NULL, NULL);
}
