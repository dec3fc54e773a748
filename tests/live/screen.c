#include "screen.h"

#include "../support.h"

#include <string.h>

#include "../../engine/image/picture_file.h"

static char *const labels[] = {"military uniform", "bow_tie",       "mortarboard",
                               "suit of clothes",  "academic gown", "teapot"};

struct overlay_content screen_content(void)
{
    return (struct overlay_content){
        .model = "mobilenet_v1_0.25_128",
        .source = "test picture",
        .labels = labels,
        .has_result = true,
        .result = {.captured_ns = 5000000000,
                   .finished_ns = 5042000000,
                   .truth = "never drawn",
                   .top_count = 5,
                   .top = {{0, 0.9f}, {1, 0.6f}, {2, 0.3f}, {3, 0.15f}, {4, 0.08f}},
                   .label = 5,
                   .label_p = 0.87f},
        .stats = {.fps = {30, 28.4, 29.5}},
    };
}

struct window *screen_open(int width, int height)
{
    struct window_settings settings = {.width = width, .height = height, .assets = SCREEN_ASSETS};
    struct window *window;
    struct mn_error error;
    if (window_open(&window, &settings, &error))
        fail_msg("%s", error.message);
    return window;
}

void screen_shoot(struct window *window, struct mn_bitmap *shot)
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
    assert_non_null(shot->pixels);
}

void screen_show(struct window *window, const struct mn_image *video,
                 const struct overlay_content *content)
{
    struct mn_error error;
    if (window_show(window, video, content, &error))
        fail_msg("%s", error.message);
}

const uint8_t *screen_pixel(const struct mn_bitmap *shot, int x, int y)
{
    return shot->image.plane[0] + (size_t)y * shot->image.stride[0] + 3 * (size_t)x;
}

void screen_fill(struct mn_bitmap *picture, int width, int height, int level)
{
    struct mn_error error;
    assert_int_equal(mn_bitmap_reserve(picture, MN_PIXEL_RGB24, width, height, &error), MN_OK);
    memset(picture->pixels, level, mn_image_bytes(MN_PIXEL_RGB24, width, height));
}

static bool near_colour(const uint8_t *p, const int rgb[3])
{
    return abs(p[0] - rgb[0]) <= 2 && abs(p[1] - rgb[1]) <= 2 && abs(p[2] - rgb[2]) <= 2;
}

int screen_find_bars(const struct mn_bitmap *shot, int lengths[SCREEN_MAX_BARS])
{
    static const int colours[2][3] = {{53, 208, 186}, {137, 158, 170}};
    int count = 0;
    bool in_bar = false;
    for (int y = 80; y < SCREEN_HEIGHT - 45; y++) {
        int longest = 0;
        for (int colour = 0; colour < 2; colour++)
            for (int x = 0, run = 0; x < SCREEN_WIDTH; x++) {
                run = near_colour(screen_pixel(shot, x, y), colours[colour]) ? run + 1 : 0;
                longest = run > longest ? run : longest;
            }
        if (longest < 4) {
            in_bar = false;
            continue;
        }
        if (!in_bar && count < SCREEN_MAX_BARS)
            lengths[count++] = 0;
        in_bar = true;
        if (longest > lengths[count - 1])
            lengths[count - 1] = longest;
    }
    return count;
}
