/* The window under SDL's dummy driver: what is on its screenshots, and what wakes it. */
#include "find_text.h"

#include <math.h>
#include <pthread.h>
#include <stdatomic.h>
#include <string.h>

#include "../../app/screen/window.h"
#include "../../engine/image/picture_file.h"

static const char ASSETS[] = "assets";
static const char REGULAR[] = "assets/DejaVuSans.ttf", BOLD[] = "assets/DejaVuSans-Bold.ttf";

enum { WIDTH = 640, HEIGHT = 480 };

/* --- fixtures --- */

static char *const labels[] = {"military uniform", "bow tie",       "mortarboard",
                               "suit of clothes",  "academic gown", "teapot"};

static struct overlay_content some_content(void)
{
    return (struct overlay_content){
        .model = "mobilenet_v1_0.25_128",
        .source = "test picture",
        .labels = labels,
        .has_result = true,
        .result = {.truth = "never drawn",
                   .top_count = 5,
                   .top = {{0, 0.9f}, {1, 0.6f}, {2, 0.3f}, {3, 0.15f}, {4, 0.08f}},
                   .label = 5,
                   .label_p = 0.87f},
        .stats = {.fps = {30, 28.4, 29.5}},
        .frame_age_ms = 42,
    };
}

static struct window *open_window(int width, int height)
{
    struct window_settings settings = {.width = width, .height = height, .assets = ASSETS};
    struct window *window;
    struct mn_error error;
    if (window_open(&window, &settings, &error))
        fail_msg("%s", error.message);
    return window;
}

static void take_screenshot(struct window *window, struct mn_bitmap *shot)
{
    char path[] = "/tmp/camlabel-screen-XXXXXX";
    struct mn_error error;
    int fd = mkstemp(path);
    assert_true(fd >= 0);
    close(fd);
    if (window_screenshot(window, path, &error) || mn_picture_read(shot, path, &error))
        fail_msg("%s", error.message);
    unlink(path);
    assert_int_equal(shot->image.format, MN_PIXEL_RGB24);
}

static void show(struct window *window, const struct mn_image *video,
                 const struct overlay_content *content)
{
    struct mn_error error;
    if (window_show(window, video, content, &error))
        fail_msg("%s", error.message);
}

static const uint8_t *pixel(const struct mn_bitmap *shot, int x, int y)
{
    return shot->image.plane[0] + (size_t)y * shot->image.stride[0] + 3 * (size_t)x;
}

static void make_grey(struct mn_bitmap *picture, int width, int height, int level)
{
    struct mn_error error;
    assert_int_equal(mn_bitmap_reserve(picture, MN_PIXEL_RGB24, width, height, &error), MN_OK);
    memset(picture->pixels, level, mn_image_bytes(MN_PIXEL_RGB24, width, height));
}

/* One screenshot of a window of WIDTH x HEIGHT with this content over a picture of one grey. */
static void shoot(const struct overlay_content *content, int level, struct mn_bitmap *shot)
{
    struct mn_bitmap picture = {0};
    struct window *window = open_window(WIDTH, HEIGHT);
    make_grey(&picture, WIDTH, HEIGHT, level);
    show(window, &picture.image, content);
    take_screenshot(window, shot);
    mn_bitmap_free(&picture);
    window_close(window);
}

/* --- the video --- */

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
                d = fmax(d, fabs(pixel(shot, x, y)[i] - rgb[i]));
            worst = fmax(worst, d);
        }
    return worst;
}

static void test_every_format_keeps_its_colours(void **state)
{
    (void)state;
    struct window *window = open_window(WIDTH, HEIGHT);
    struct overlay_content content = some_content();
    struct mn_bitmap shot = {0};
    for (int format = MN_PIXEL_GREY; format <= MN_PIXEL_I420; format++)
        for (int colour = 0; colour < 4; colour++) {
            struct blocks blocks = {
                .image = {.format = (enum mn_pixel_format)format,
                          .width = WIDTH,
                          .height = HEIGHT,
                          .matrix = colour & 1 ? MN_BT709 : MN_BT601,
                          .range = colour & 2 ? MN_RANGE_FULL : MN_RANGE_LIMITED}};
            if (format == MN_PIXEL_GREY && blocks.image.matrix == MN_BT709)
                continue; /* grey has no matrix */
            make_blocks(&blocks);
            show(window, &blocks.image, &content);
            take_screenshot(window, &shot);
            double worst = worst_block(&shot, &blocks.image);
            free_blocks(&blocks);
            if (worst > 4) /* two roundings to 8 bits, the first of them of Y'CbCr */
                fail_msg("format %d, colours %d: %.1f levels off", format, colour, worst);
        }
    mn_bitmap_free(&shot);
    window_close(window);
}

/* Of the brightest of the four pixels around the middle: some pictures are a line. */
static int middle_red(const struct mn_bitmap *shot)
{
    int most = 0;
    for (int i = 0; i < 4; i++) {
        int red = pixel(shot, WIDTH / 2 - i % 2, HEIGHT / 2 - i / 2)[0];
        most = red > most ? red : most;
    }
    return most;
}

static void test_odd_sizes_are_shown(void **state)
{
    (void)state;
    static const int sizes[][2] = {{1, 1}, {321, 243}, {17000, 3}, {3, 17001}};
    struct overlay_content content = some_content();
    struct window *window = open_window(WIDTH, HEIGHT);
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
            show(window, &blocks.image, &content);
            free_blocks(&blocks); /* the window kept none of it */
            take_screenshot(window, &shot);
            if (abs(middle_red(&shot) - 129) > 3)
                fail_msg("format %d, %dx%d px: red is %d", format, sizes[i][0], sizes[i][1],
                         middle_red(&shot));
        }
    mn_bitmap_free(&shot);
    window_close(window);
}

static void test_picture_that_cannot_be_is_refused(void **state)
{
    (void)state;
    struct overlay_content content = some_content();
    struct mn_error error;
    struct window *window = open_window(WIDTH, HEIGHT);
    struct mn_image image = {.format = MN_PIXEL_RGB24, .width = 0, .height = 10};
    assert_int_equal(window_show(window, &image, &content, &error), MN_BAD_INPUT);
    assert_int_equal(window_screenshot(window, "/tmp/never.png", &error), MN_FAILED);
    assert_non_null(strstr(error.message, "nothing was shown"));
    window_close(window);
}

static void test_letterbox_keeps_the_aspect_ratio(void **state)
{
    (void)state;
    struct overlay_content content = some_content();
    struct mn_bitmap picture = {0}, shot = {0};
    struct window *window = open_window(WIDTH, HEIGHT);
    make_grey(&picture, 320, 240, 200);
    show(window, &picture.image, &content);
    SDL_SetWindowSize(SDL_GetWindowFromID(1), 900, 400);
    assert_int_equal(window_wait(window), WINDOW_WOKEN); /* to be drawn again */
    show(window, &picture.image, &content);
    take_screenshot(window, &shot);
    assert_int_equal(shot.image.width, 900);
    assert_int_equal(shot.image.height, 400);
    int from = 0, to = 899; /* 400 * 4 / 3 = 533 columns of 900 */
    while (from < to && pixel(&shot, from, 150)[0] < 100)
        from++;
    while (to > from && pixel(&shot, to, 150)[0] < 100)
        to--;
    assert_true(abs(from - 183) <= 1);
    assert_true(abs(to - 716) <= 1);
    mn_bitmap_free(&picture);
    mn_bitmap_free(&shot);
    window_close(window);
}

static void test_window_takes_the_first_pictures_size(void **state)
{
    (void)state;
    struct overlay_content content = some_content();
    struct mn_bitmap picture = {0}, shot = {0};
    struct window *window = open_window(0, 0);
    make_grey(&picture, 500, 400, 50);
    show(window, &picture.image, &content);
    take_screenshot(window, &shot);
    assert_int_equal(shot.image.width, 500);
    assert_int_equal(shot.image.height, 400);
    mn_bitmap_free(&picture);
    mn_bitmap_free(&shot);
    window_close(window);
}

/* --- the overlay --- */

static bool near_colour(const uint8_t *p, const int rgb[3])
{
    return abs(p[0] - rgb[0]) <= 2 && abs(p[1] - rgb[1]) <= 2 && abs(p[2] - rgb[2]) <= 2;
}

/* Lengths of the bars from top to bottom: the longest run of a bar's colour in each group of
 * neighbouring rows. Between headline and status line only the bars have these colours. */
static int find_bars(const struct mn_bitmap *shot, int lengths[10])
{
    static const int colours[2][3] = {{53, 208, 186}, {137, 158, 170}};
    int count = 0;
    bool in_bar = false;
    for (int y = 80; y < HEIGHT - 45; y++) {
        int longest = 0;
        for (int colour = 0; colour < 2; colour++)
            for (int x = 0, run = 0; x < WIDTH; x++) {
                run = near_colour(pixel(shot, x, y), colours[colour]) ? run + 1 : 0;
                longest = run > longest ? run : longest;
            }
        if (longest < 4) {
            in_bar = false;
            continue;
        }
        if (!in_bar && count < 10)
            lengths[count++] = 0;
        in_bar = true;
        if (longest > lengths[count - 1])
            lengths[count - 1] = longest;
    }
    return count;
}

static void test_bars_are_as_long_as_probabilities(void **state)
{
    (void)state;
    struct overlay_content content = some_content();
    struct mn_bitmap shot = {0};
    int lengths[10];
    for (int level = 0; level < 256; level += 255) {
        shoot(&content, level, &shot);
        assert_int_equal(find_bars(&shot, lengths), 5);
        double whole = lengths[0] / 0.9;
        assert_true(whole > 80);
        for (int i = 0; i < 5; i++)
            assert_true(fabs(lengths[i] - whole * (double)content.result.top[i].p) < 1.6);
    }
    mn_bitmap_free(&shot);
}

static void test_impossible_probabilities_stay_in_the_bar(void **state)
{
    (void)state;
    struct overlay_content content = some_content();
    struct mn_bitmap shot = {0};
    int lengths[10];
    content.result.top[0].p = 7;
    content.result.top[1].p = 1;
    content.result.top[2].p = (float)NAN;
    content.result.top[3].p = -1;
    content.result.label_p = (float)NAN;
    shoot(&content, 0, &shot);
    assert_int_equal(find_bars(&shot, lengths), 3);
    assert_int_equal(lengths[0], lengths[1]);
    mn_bitmap_free(&shot);
}

static void test_words_are_in_the_picture(void **state)
{
    (void)state;
    struct overlay_content content = some_content();
    struct mn_bitmap shot = {0};
    shoot(&content, 255, &shot);                         /* the video that is hardest to read on */
    assert_true(find_text(&shot.image, BOLD, "teapot")); /* the headline alone says so */
    assert_true(find_text(&shot.image, REGULAR, "87 %"));
    assert_true(find_text(&shot.image, BOLD, "military uniform"));
    assert_true(find_text(&shot.image, BOLD, "90.0 %"));
    assert_true(find_text(&shot.image, REGULAR, "bow tie"));
    assert_true(find_text(&shot.image, REGULAR, "academic gown"));
    assert_true(find_text(&shot.image, REGULAR, "mobilenet_v1_0.25_128  ·  test picture"));
    assert_true(find_text(&shot.image, REGULAR,
                          "capture 30.0 fps   classify 28.4 fps   display 29.5 fps   age 42 ms"));

    assert_false(find_text(&shot.image, BOLD, "teapet"));
    assert_false(find_text(&shot.image, BOLD, "military unicorn"));
    assert_false(find_text(&shot.image, BOLD, "military"));
    assert_false(find_text(&shot.image, REGULAR, "bow tle"));
    assert_false(find_text(&shot.image, REGULAR, "never drawn"));
    mn_bitmap_free(&shot);
}

static void test_headline_is_dots_while_unsure(void **state)
{
    (void)state;
    struct overlay_content content = some_content();
    struct mn_bitmap shot = {0};
    content.result.label = -1;
    shoot(&content, 0, &shot);
    assert_true(find_text(&shot.image, BOLD, "…"));
    assert_false(find_text(&shot.image, REGULAR, "87 %"));
    mn_bitmap_free(&shot);
}

static void test_before_the_first_answer(void **state)
{
    (void)state;
    struct overlay_content content = some_content();
    struct mn_bitmap shot = {0};
    int lengths[10];
    content.has_result = false;
    shoot(&content, 0, &shot);
    assert_true(find_text(&shot.image, REGULAR, "waiting for the first answer"));
    assert_int_equal(find_bars(&shot, lengths), 0);
    mn_bitmap_free(&shot);
}

static void test_notice(void **state)
{
    (void)state;
    static const char words[] = "camera unplugged, waiting";
    struct overlay_content content = some_content();
    struct mn_bitmap shot = {0};
    shoot(&content, 255, &shot);
    assert_false(find_text(&shot.image, BOLD, words));
    content.notice = words;
    shoot(&content, 255, &shot);
    assert_true(find_text(&shot.image, BOLD, words));
    mn_bitmap_free(&shot);
}

static void test_few_classes_without_names(void **state)
{
    (void)state;
    struct overlay_content content = some_content();
    struct mn_bitmap shot = {0};
    int lengths[10];
    content.labels = NULL;
    content.result.top_count = 2;
    shoot(&content, 0, &shot);
    assert_int_equal(find_bars(&shot, lengths), 2);
    assert_true(find_text(&shot.image, BOLD, "class 5"));
    assert_true(find_text(&shot.image, REGULAR, "class 1"));
    mn_bitmap_free(&shot);
}

static void test_awkward_labels(void **state)
{
    (void)state;
    char huge[2000];
    for (size_t i = 0; i + 2 < sizeof huge; i += 2)
        memcpy(huge + i, "ü", 2);
    huge[sizeof huge - 2] = 0;
    char *const odd[] = {
        huge, "Straßenbahn Žluťoučký κόσμος", "bad \xff\xc3 byte \xe2\x80", "", "a\nb\tc", huge};
    struct overlay_content content = some_content();
    struct mn_bitmap shot = {0};
    content.labels = odd;
    shoot(&content, 0, &shot);
    assert_true(find_text(&shot.image, REGULAR,
                          "bad \xef\xbf\xbd\xef\xbf\xbd byte \xef\xbf\xbd"
                          "\xef\xbf\xbd") ||
                find_text(&shot.image, REGULAR, "bad \xef\xbf\xbd\xef\xbf\xbd byte …"));
    assert_true(find_text(&shot.image, REGULAR, "a b c"));
    int lengths[10];
    assert_int_equal(find_bars(&shot, lengths), 5); /* nothing grew over them */
    mn_bitmap_free(&shot);
}

/* All parts at every size down to nothing, for the sanitizers; text is cached and forgotten. */
static void test_every_window_size(void **state)
{
    (void)state;
    static const int sizes[][2] = {{240, 180}, {320, 240}, {300, 900}, {1000, 200}, {1000, 600}};
    struct overlay_content content = some_content();
    struct mn_bitmap picture = {0}, shot = {0};
    struct window *window = open_window(WIDTH, HEIGHT);
    content.notice = "a notice that is far too long for the smallest of these windows, so it ends";
    make_grey(&picture, 320, 240, 128);
    for (int round = 0; round < 2; round++)
        for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
            SDL_SetWindowSize(SDL_GetWindowFromID(1), sizes[i][0], sizes[i][1]);
            for (int p = 0; p < 30; p++) {
                content.result.top[0].p = (float)p / 30;
                show(window, &picture.image, &content);
            }
            take_screenshot(window, &shot);
            assert_int_equal(shot.image.width, sizes[i][0]);
            assert_int_equal(shot.image.height, sizes[i][1]);
        }
    mn_bitmap_free(&picture);
    mn_bitmap_free(&shot);
    window_close(window);
}

/* --- keys and events --- */

static void press(SDL_Keycode key)
{
    SDL_Event event = {.type = SDL_KEYDOWN};
    event.key.keysym.sym = key;
    assert_int_equal(SDL_PushEvent(&event), 1);
}

static void test_keys(void **state)
{
    (void)state;
    struct overlay_content content = some_content();
    struct mn_bitmap picture = {0}, shot = {0};
    struct window *window = open_window(WIDTH, HEIGHT);
    make_grey(&picture, WIDTH, HEIGHT, 255);
    show(window, &picture.image, &content);

    press(SDLK_o);
    assert_int_equal(window_wait(window), WINDOW_WOKEN);
    show(window, &picture.image, &content);
    take_screenshot(window, &shot);
    for (int i = 0; i < WIDTH * HEIGHT * 3; i++)
        assert_int_equal(shot.pixels[i], 255);

    press(SDLK_h);
    assert_int_equal(window_wait(window), WINDOW_WOKEN);
    take_screenshot(window, &shot);
    assert_true(find_text(&shot.image, REGULAR, "full screen"));

    press(SDLK_s);
    assert_int_equal(window_wait(window), WINDOW_SCREENSHOT);
    press(SDLK_f);
    assert_int_equal(window_wait(window), WINDOW_WOKEN);
    press(SDLK_x); /* means nothing, so the wait goes on to q */
    press(SDLK_q);
    assert_int_equal(window_wait(window), WINDOW_QUIT);
    press(SDLK_ESCAPE);
    assert_int_equal(window_wait(window), WINDOW_QUIT);
    mn_bitmap_free(&picture);
    mn_bitmap_free(&shot);
    window_close(window);
}

/* Drains what opening the window left in the queue. */
static void settle(struct window *window)
{
    window_wake(window);
    assert_int_equal(window_wait(window), WINDOW_WOKEN);
}

static void test_wakes_collapse(void **state)
{
    (void)state;
    struct window *window = open_window(WIDTH, HEIGHT);
    settle(window);
    for (int i = 0; i < 100000; i++) /* more than SDL's queue holds */
        window_wake(window);
    assert_int_equal(window_wait(window), WINDOW_WOKEN);
    press(SDLK_q);
    assert_int_equal(window_wait(window), WINDOW_QUIT); /* no second wake was there */
    window_close(window);
}

static void test_a_wake_survives_a_screenshot(void **state)
{
    (void)state;
    struct window *window = open_window(WIDTH, HEIGHT);
    settle(window);
    window_wake(window);
    press(SDLK_s);
    assert_int_equal(window_wait(window), WINDOW_SCREENSHOT);
    assert_int_equal(window_wait(window), WINDOW_WOKEN);
    window_close(window);
}

struct waker {
    struct window *window;
    atomic_int produced;
};

enum { PRODUCED = 2000 };

static void *wake_many(void *context)
{
    struct waker *waker = context;
    for (int i = 0; i < PRODUCED; i++) {
        atomic_fetch_add(&waker->produced, 1);
        window_wake(waker->window);
    }
    return NULL;
}

/* No wake is lost: whoever waits after each WINDOW_WOKEN sees the last thing produced. */
static void test_wakes_from_other_threads(void **state)
{
    (void)state;
    struct waker waker = {.window = open_window(WIDTH, HEIGHT)};
    pthread_t threads[2];
    for (int i = 0; i < 2; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, wake_many, &waker), 0);
    while (atomic_load(&waker.produced) < 2 * PRODUCED)
        assert_int_equal(window_wait(waker.window), WINDOW_WOKEN);
    for (int i = 0; i < 2; i++)
        pthread_join(threads[i], NULL);
    window_close(waker.window);
}

static void *close_it(void *context)
{
    (void)context;
    SDL_Event event = {.type = SDL_QUIT};
    SDL_PushEvent(&event);
    return NULL;
}

static void test_quit_ends_the_wait(void **state)
{
    (void)state;
    pthread_t thread;
    struct window *window = open_window(WIDTH, HEIGHT);
    settle(window);
    assert_int_equal(pthread_create(&thread, NULL, close_it, NULL), 0);
    assert_int_equal(window_wait(window), WINDOW_QUIT);
    pthread_join(thread, NULL);
    window_close(window);
}

/* --- what is missing --- */

static void test_missing_font_is_named(void **state)
{
    (void)state;
    struct window_settings settings = {.width = WIDTH, .height = HEIGHT, .assets = "tests/nothing"};
    struct window *window = NULL;
    struct mn_error error;
    assert_int_equal(window_open(&window, &settings, &error), MN_FAILED);
    assert_null(window);
    assert_non_null(strstr(error.message, "tests/nothing/DejaVuSans.ttf"));
    window_close(NULL);
}

static void test_screen_or_not(void **state)
{
    (void)state;
    const char *why;
    assert_true(window_possible(&why));
    setenv("SDL_VIDEODRIVER", "nothing-of-the-kind", 1);
    assert_false(window_possible(&why));
    assert_non_null(strstr(why, "SDL_VIDEODRIVER"));
    /* drawing in memory needs no screen */
    struct window_settings settings = {
        .width = WIDTH, .height = HEIGHT, .offscreen = true, .assets = ASSETS};
    struct window *window;
    struct mn_error error;
    assert_int_equal(window_open(&window, &settings, &error), MN_OK);
    window_close(window);
    setenv("SDL_VIDEODRIVER", "dummy", 1);
}

static void test_screenshot_where_nothing_can_be_written(void **state)
{
    (void)state;
    struct overlay_content content = some_content();
    struct mn_bitmap picture = {0};
    struct mn_error error;
    struct window *window = open_window(WIDTH, HEIGHT);
    make_grey(&picture, WIDTH, HEIGHT, 0);
    show(window, &picture.image, &content);
    assert_int_not_equal(window_screenshot(window, "/nowhere/shot.png", &error), MN_OK);
    assert_non_null(strstr(error.message, "/nowhere/shot.png"));
    mn_bitmap_free(&picture);
    window_close(window);
}

int main(void)
{
    setenv("SDL_VIDEODRIVER", "dummy", 1);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_format_keeps_its_colours),
        cmocka_unit_test(test_odd_sizes_are_shown),
        cmocka_unit_test(test_picture_that_cannot_be_is_refused),
        cmocka_unit_test(test_letterbox_keeps_the_aspect_ratio),
        cmocka_unit_test(test_window_takes_the_first_pictures_size),
        cmocka_unit_test(test_bars_are_as_long_as_probabilities),
        cmocka_unit_test(test_impossible_probabilities_stay_in_the_bar),
        cmocka_unit_test(test_words_are_in_the_picture),
        cmocka_unit_test(test_headline_is_dots_while_unsure),
        cmocka_unit_test(test_before_the_first_answer),
        cmocka_unit_test(test_notice),
        cmocka_unit_test(test_few_classes_without_names),
        cmocka_unit_test(test_awkward_labels),
        cmocka_unit_test(test_every_window_size),
        cmocka_unit_test(test_keys),
        cmocka_unit_test(test_wakes_collapse),
        cmocka_unit_test(test_a_wake_survives_a_screenshot),
        cmocka_unit_test(test_wakes_from_other_threads),
        cmocka_unit_test(test_quit_ends_the_wait),
        cmocka_unit_test(test_missing_font_is_named),
        cmocka_unit_test(test_screen_or_not),
        cmocka_unit_test(test_screenshot_where_nothing_can_be_written),
    };
    return cmocka_run_group_tests_name("screen", tests, NULL, NULL);
}
