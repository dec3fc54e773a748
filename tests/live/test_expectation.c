/* The demo's window as a user sees it, against the picture of it that is stored here and shown in
 * the README: the same video, the five labels of the last answer, five bars, three rates.
 * CAMLABEL_SHOT names a screenshot made elsewhere (under Xvfb); else one is made in memory. To
 * renew the stored picture, copy the screenshot over it, and look at it. */
#include <jansson.h>
#include <math.h>
#include <string.h>

#include "../../engine/image/picture_file.h"
#include "../support.h"
#include "find_text.h"
#include "process.h"
#include "screen.h"

/* Every frame once, so that the last answer is always that of frame 39. */
#define DEMO                                                                                       \
    "live", "--model", "models/cards.safetensors", "--input", "demo", "--frames", "40",            \
        "--as-fast-as-possible"

static const char expected_path[] = "assets/window.png";

static void read_picture(struct mn_bitmap *bitmap, const char *path)
{
    struct mn_error error;
    if (mn_picture_read(bitmap, path, &error))
        fail_msg("%s", error.message);
    assert_int_equal(bitmap->image.format, MN_PIXEL_RGB24);
    assert_int_equal(bitmap->image.width, SCREEN_WIDTH);
    assert_int_equal(bitmap->image.height, SCREEN_HEIGHT);
}

/* Mean difference of the pixels that no plate covers, of 255. */
static double video_difference(const struct mn_bitmap *a, const struct mn_bitmap *b)
{
    double sum = 0;
    int count = 0;
    for (int y = 60; y < 300; y++)
        for (int x = 0; x < 3 * SCREEN_WIDTH; x++, count++)
            sum += abs(screen_pixel(a, 0, y)[x] - screen_pixel(b, 0, y)[x]);
    return sum / count;
}

/* The five labels, and as many bars as are long enough to be seen, the first as long as it must be.
 */
static void assert_shows(const struct mn_bitmap *shot, const char *line)
{
    enum { TRACK = 128, VISIBLE = 4 }; /* px */
    json_t *object = json_loads(line, 0, NULL), *top = json_object_get(object, "top");
    int visible = 0, lengths[SCREEN_MAX_BARS];
    double first = 0;
    assert_int_equal(json_array_size(top), 5);
    for (size_t i = 0; i < 5; i++) {
        const json_t *row = json_array_get(top, i);
        const char *label = json_string_value(json_object_get(row, "label"));
        double length = TRACK * json_number_value(json_object_get(row, "p"));
        assert_non_null(label);
        if (!find_text(&shot->image, i ? SCREEN_REGULAR : SCREEN_BOLD, label))
            fail_msg("\"%s\" is not in the window", label);
        visible += length >= VISIBLE;
        first = i ? first : length;
    }
    json_decref(object);
    assert_int_equal(screen_find_bars(shot, lengths), visible);
    assert_true(visible > 0 && fabs(lengths[0] - first) <= 3);
}

/* Groups of coloured words in the bottom line, which are three spaces apart. */
static int count_rates(const struct mn_bitmap *shot)
{
    enum { GAP = 10 }; /* px: wider than one space */
    int groups = 0, blank = GAP;
    for (int x = 0; x < SCREEN_WIDTH; x++) {
        bool ink = false;
        for (int y = SCREEN_HEIGHT - 20; y < SCREEN_HEIGHT; y++) {
            const uint8_t *p = screen_pixel(shot, x, y);
            ink = ink || (p[1] > 130 && p[1] - p[0] > 60);
        }
        groups += ink && blank >= GAP;
        blank = ink ? 0 : blank + 1;
    }
    return groups;
}

static void the_window_shows_what_it_should(void **state)
{
    (void)state;
    struct process answers;
    process_run(&answers, (const char *[]){DEMO, "--headless", NULL});
    assert_int_equal(answers.code, 0);
    assert_int_equal(process_count_lines(answers.out), 40);

    const char *made_elsewhere = getenv("CAMLABEL_SHOT");
    char path[] = "/tmp/camlabel-shot-XXXXXX";
    if (!made_elsewhere) {
        struct process window;
        assert_true(close(mkstemp(path)) == 0);
        process_run(&window, (const char *[]){DEMO, "--screenshot", path, NULL});
        assert_int_equal(window.code, 0);
        process_free(&window);
    }
    struct mn_bitmap shot = {0}, expected = {0};
    read_picture(&shot, made_elsewhere ? made_elsewhere : path);
    read_picture(&expected, expected_path);
    if (!made_elsewhere)
        unlink(path);

    double difference = video_difference(&shot, &expected);
    print_message("measured: mean difference from the stored picture: %.1f of 255\n", difference);
    assert_true(difference <
                12); /* the frame on screen may be one or two later; another scene differs by 40 */

    char *line = answers.out;
    for (int i = 0; i < 39; i++)
        line = strchr(line, '\n') + 1;
    assert_shows(&shot, line);
    assert_int_equal(count_rates(&shot), 4); /* capture, classify, display; and the age */
    mn_bitmap_free(&shot);
    mn_bitmap_free(&expected);
    process_free(&answers);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(the_window_shows_what_it_should)};
    unsetenv("DISPLAY");
    unsetenv("WAYLAND_DISPLAY");
    unsetenv("SDL_VIDEODRIVER");
    return cmocka_run_group_tests(tests, NULL, NULL);
}
