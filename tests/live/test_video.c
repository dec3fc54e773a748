/* The video in the window: every pixel format with its own colours, and sizes that are odd. */
#include "../support.h"

#include <math.h>
#include <string.h>

#include "../../engine/image/orientation.h"
#include "screen.h"

enum { BLOCK = 40 /* px of one colour */, SLACK = 24 /* bytes after each row */ };

static void block_colour(int x, int y, double rgb[3])
{
    static const double levels[] = {20, 90, 160, 235};
    int number = x / BLOCK + 5 * (y / BLOCK);
    rgb[0] = levels[number % 4];
    rgb[1] = levels[number / 4 % 4];
    rgb[2] = levels[number / 3 % 4];
}

static uint8_t rounded(double value)
{
    return (uint8_t)lround(fmin(255, fmax(0, value)));
}

/* BT.601-7 and BT.709-6, section 3: Y' from Kr and Kb, then the two ranges. */
static void to_yuv(const double rgb[3], const struct mn_image *image, uint8_t yuv[3])
{
    double kr = image->matrix == MN_BT709 ? 0.2126 : 0.299;
    double kb = image->matrix == MN_BT709 ? 0.0722 : 0.114;
    double y = kr * rgb[0] + (1 - kr - kb) * rgb[1] + kb * rgb[2];
    double u = (rgb[2] - y) / (2 * (1 - kb)), v = (rgb[0] - y) / (2 * (1 - kr));
    bool full = image->range == MN_RANGE_FULL;
    yuv[0] = rounded(full ? y : 16 + y * 219 / 255);
    yuv[1] = rounded(128 + (full ? u : u * 224 / 255));
    yuv[2] = rounded(128 + (full ? v : v * 224 / 255));
}

static void put_pixel(const struct mn_image *image, uint8_t *const plane[3], int x, int y,
                      const double rgb[3])
{
    uint8_t yuv[3];
    uint8_t *row = plane[0] + (size_t)y * image->stride[0];
    to_yuv(rgb, image, yuv);
    switch (image->format) {
    case MN_PIXEL_GREY:
        row[x] = yuv[0];
        break;
    case MN_PIXEL_RGB24:
    case MN_PIXEL_BGR24:
        for (int i = 0; i < 3; i++)
            row[3 * x + (image->format == MN_PIXEL_RGB24 ? i : 2 - i)] = rounded(rgb[i]);
        break;
    case MN_PIXEL_YUYV:
        row[2 * x] = yuv[0];
        row[2 * x + 1] = yuv[1 + x % 2];
        break;
    case MN_PIXEL_UYVY:
        row[2 * x + 1] = yuv[0];
        row[2 * x] = yuv[1 + x % 2];
        break;
    case MN_PIXEL_NV12:
        row[x] = yuv[0];
        memcpy(plane[1] + (size_t)(y / 2) * image->stride[1] + (size_t)(x / 2) * 2, yuv + 1, 2);
        break;
    case MN_PIXEL_I420:
        row[x] = yuv[0];
        plane[1][(size_t)(y / 2) * image->stride[1] + (size_t)(x / 2)] = yuv[1];
        plane[2][(size_t)(y / 2) * image->stride[2] + (size_t)(x / 2)] = yuv[2];
        break;
    }
}

struct blocks {
    struct mn_image image;
    uint8_t *plane[3]; /* what image.plane points to; owned */
    size_t bytes[3];   /* of each */
};

/* Blocks of colour as blocks->image is described, with rows longer than the picture is wide. Each
 * plane is a piece of memory of exactly its size. */
static void make_blocks(struct blocks *blocks)
{
    struct mn_image *image = &blocks->image;
    static const size_t bytes[] = {
        [MN_PIXEL_GREY] = 1, [MN_PIXEL_RGB24] = 3, [MN_PIXEL_BGR24] = 3, [MN_PIXEL_YUYV] = 2,
        [MN_PIXEL_UYVY] = 2, [MN_PIXEL_NV12] = 1,  [MN_PIXEL_I420] = 1};
    size_t half_width = ((size_t)image->width + 1) / 2;
    size_t half_height = ((size_t)image->height + 1) / 2;
    size_t widths[3] = {bytes[image->format] * (size_t)image->width, 0, 0};
    if (image->format == MN_PIXEL_NV12)
        widths[1] = 2 * half_width;
    if (image->format == MN_PIXEL_I420)
        widths[1] = widths[2] = half_width;
    for (int i = 0; i < 3; i++) {
        size_t rows = i ? half_height : (size_t)image->height;
        image->stride[i] = widths[i] ? widths[i] + SLACK : 0;
        blocks->bytes[i] = widths[i] ? (rows - 1) * image->stride[i] + widths[i] : 0;
        blocks->plane[i] = widths[i] ? calloc(blocks->bytes[i], 1) : NULL;
        image->plane[i] = blocks->plane[i];
    }
    for (int y = 0; y < image->height; y++)
        for (int x = 0; x < image->width; x++) {
            double rgb[3];
            block_colour(x, y, rgb);
            put_pixel(image, blocks->plane, x, y, rgb);
        }
}

static void free_blocks(struct blocks *blocks)
{
    for (int i = 0; i < 3; i++)
        free(blocks->plane[i]);
}

/* Largest difference in the middle of the blocks, over the rows that the overlay leaves free. */
static double worst_block(const struct mn_bitmap *shot, const struct mn_image *video)
{
    double worst = 0;
    for (int y = 2 * BLOCK + BLOCK / 2; y < 7 * BLOCK; y += BLOCK)
        for (int x = BLOCK / 2; x < video->width; x += BLOCK) {
            double rgb[3], d = 0;
            block_colour(x, y, rgb);
            if (video->format == MN_PIXEL_GREY)
                rgb[0] = rgb[1] = rgb[2] = 0.299 * rgb[0] + 0.587 * rgb[1] + 0.114 * rgb[2];
            for (int i = 0; i < 3; i++)
                d = fmax(d, fabs(screen_pixel(shot, x, y)[i] - rgb[i]));
            worst = fmax(worst, d);
        }
    return worst;
}

static void test_every_format_keeps_its_colours(void **state)
{
    (void)state;
    struct window *window = screen_open(SCREEN_WIDTH, SCREEN_HEIGHT);
    struct overlay_content content = screen_content();
    struct mn_bitmap shot = {0};
    for (int format = MN_PIXEL_GREY; format <= MN_PIXEL_I420; format++)
        for (int colour = 0; colour < 4; colour++) {
            struct blocks blocks = {
                .image = {.format = (enum mn_pixel_format)format,
                          .width = SCREEN_WIDTH,
                          .height = SCREEN_HEIGHT,
                          .matrix = colour & 1 ? MN_BT709 : MN_BT601,
                          .range = colour & 2 ? MN_RANGE_FULL : MN_RANGE_LIMITED}};
            if (format == MN_PIXEL_GREY && blocks.image.matrix == MN_BT709)
                continue; /* grey has no matrix */
            make_blocks(&blocks);
            screen_show(window, &blocks.image, &content);
            screen_shoot(window, &shot);
            double worst = worst_block(&shot, &blocks.image);
            free_blocks(&blocks);
            if (worst > 4) /* two roundings to 8 bits, the first of them of Y'CbCr */
                fail_msg("format %d, colours %d: %.1f levels off", format, colour, worst);
        }
    mn_bitmap_free(&shot);
    window_close(window);
}

/* Where what is stored at (x, y) of width x height px is seen, of 1: turned clockwise by 90 degrees
 * `quarters` times and then mirrored. */
static void place_of(double x, double y, int quarters, bool hflip, bool vflip, double place[2])
{
    place[0] = x;
    place[1] = y;
    for (int q = 0; q < quarters; q++) {
        double old_x = place[0];
        place[0] = 1 - place[1];
        place[1] = old_x;
    }
    place[0] = hflip ? 1 - place[0] : place[0];
    place[1] = vflip ? 1 - place[1] : place[1];
}

/* A picture of 12 x 8 blocks; those that the overlay leaves free are where they belong. */
static void test_turned_pictures(void **state)
{
    (void)state;
    struct window *window = screen_open(SCREEN_WIDTH, SCREEN_HEIGHT);
    struct overlay_content content = screen_content();
    struct mn_bitmap shot = {0};
    struct blocks blocks = {
        .image = {.format = MN_PIXEL_RGB24, .width = 12 * BLOCK, .height = 8 * BLOCK}};
    make_blocks(&blocks);
    for (int variant = 0; variant < 16; variant++) {
        int quarters = variant % 4, checked = 0;
        bool hflip = variant / 4 % 2, vflip = variant / 8 % 2;
        const struct mn_image *image = &blocks.image;
        blocks.image.turn = mn_turn_of(90 * quarters, hflip, vflip);
        screen_show(window, image, &content);
        screen_shoot(window, &shot);
        int width = quarters % 2 ? image->height : image->width;
        int height = quarters % 2 ? image->width : image->height;
        double scale = fmin((double)SCREEN_WIDTH / width, (double)SCREEN_HEIGHT / height);
        for (int y = BLOCK / 2; y < image->height; y += BLOCK)
            for (int x = BLOCK / 2; x < image->width; x += BLOCK) {
                double place[2], rgb[3];
                place_of((double)x / image->width, (double)y / image->height, quarters, hflip,
                         vflip, place);
                int column = (int)(SCREEN_WIDTH / 2.0 + scale * width * (place[0] - 0.5));
                int row = (int)(SCREEN_HEIGHT / 2.0 + scale * height * (place[1] - 0.5));
                if (row < 2 * BLOCK || row >= 7 * BLOCK)
                    continue;
                block_colour(x, y, rgb);
                for (int i = 0; i < 3; i++)
                    if (fabs(screen_pixel(&shot, column, row)[i] - rgb[i]) > 2)
                        fail_msg("%d degrees, mirrored %d %d: block (%d, %d) is wrong",
                                 90 * quarters, hflip, vflip, x / BLOCK, y / BLOCK);
                checked++;
            }
        assert_true(checked >= 20);
    }
    free_blocks(&blocks);
    mn_bitmap_free(&shot);
    window_close(window);
}

/* Of the brightest of the four pixels around the middle: some pictures are a line. */
static int middle_red(const struct mn_bitmap *shot)
{
    int most = 0;
    for (int i = 0; i < 4; i++) {
        int red = screen_pixel(shot, SCREEN_WIDTH / 2 - i % 2, SCREEN_HEIGHT / 2 - i / 2)[0];
        most = red > most ? red : most;
    }
    return most;
}

static void test_odd_sizes_are_shown(void **state)
{
    (void)state;
    static const int sizes[][2] = {{1, 1}, {321, 243}, {17000, 3}, {3, 17001}};
    struct overlay_content content = screen_content();
    struct window *window = screen_open(SCREEN_WIDTH, SCREEN_HEIGHT);
    struct mn_bitmap shot = {0};
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++)
        for (int format = MN_PIXEL_GREY; format <= MN_PIXEL_I420; format++) {
            bool pairs = format == MN_PIXEL_YUYV || format == MN_PIXEL_UYVY;
            struct blocks blocks = {.image = {.format = (enum mn_pixel_format)format,
                                              .width = sizes[i][0] + (pairs ? sizes[i][0] % 2 : 0),
                                              .height = sizes[i][1]}};
            make_blocks(&blocks);
            for (int j = 0; j < 3; j++) /* a grey in every format */
                if (blocks.plane[j])
                    memset(blocks.plane[j], 128, blocks.bytes[j]);
            screen_show(window, &blocks.image, &content);
            free_blocks(&blocks); /* the window kept none of it */
            screen_shoot(window, &shot);
            if (abs(middle_red(&shot) - 129) > 3)
                fail_msg("format %d, %dx%d px: red is %d", format, sizes[i][0], sizes[i][1],
                         middle_red(&shot));
        }
    mn_bitmap_free(&shot);
    window_close(window);
}

int main(void)
{
    setenv("SDL_VIDEODRIVER", "dummy", 1);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_format_keeps_its_colours),
        cmocka_unit_test(test_turned_pictures),
        cmocka_unit_test(test_odd_sizes_are_shown),
    };
    return cmocka_run_group_tests_name("video", tests, NULL, NULL);
}
