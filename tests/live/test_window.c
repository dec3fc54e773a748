/* The window: sizes, keys, what wakes it, and what is missing. */
#include "../support.h"

#include <SDL.h>
#include <pthread.h>
#include <stdatomic.h>
#include <string.h>

#include "find_text.h"
#include "screen.h"

static void test_picture_that_cannot_be_is_refused(void **state)
{
    (void)state;
    struct overlay_content content = screen_content();
    struct mn_error error;
    struct window *window = screen_open(SCREEN_WIDTH, SCREEN_HEIGHT);
    struct mn_image image = {.format = MN_PIXEL_RGB24, .width = 0, .height = 10};
    assert_int_equal(window_show(window, &image, &content, &error), MN_BAD_INPUT);
    assert_int_equal(window_screenshot(window, "/tmp/never.png", &error), MN_FAILED);
    assert_non_null(strstr(error.message, "nothing was shown"));
    window_close(window);
}

static void test_letterbox_keeps_the_aspect_ratio(void **state)
{
    (void)state;
    struct overlay_content content = screen_content();
    struct mn_bitmap picture = {0}, shot = {0};
    struct window *window = screen_open(SCREEN_WIDTH, SCREEN_HEIGHT);
    screen_fill(&picture, 320, 240, 200);
    screen_show(window, &picture.image, &content);
    SDL_SetWindowSize(SDL_GetWindowFromID(1), 900, 400);
    assert_int_equal(window_wait(window), WINDOW_WOKEN); /* to be drawn again */
    screen_show(window, &picture.image, &content);
    screen_shoot(window, &shot);
    assert_int_equal(shot.image.width, 900);
    assert_int_equal(shot.image.height, 400);
    int from = 0, to = 899; /* 400 * 4 / 3 = 533 columns of 900 */
    while (from < to && screen_pixel(&shot, from, 150)[0] < 100)
        from++;
    while (to > from && screen_pixel(&shot, to, 150)[0] < 100)
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
    struct overlay_content content = screen_content();
    struct mn_bitmap picture = {0}, shot = {0};
    struct window *window = screen_open(0, 0);
    screen_fill(&picture, 500, 400, 50);
    screen_show(window, &picture.image, &content);
    screen_shoot(window, &shot);
    assert_int_equal(shot.image.width, 500);
    assert_int_equal(shot.image.height, 400);
    mn_bitmap_free(&picture);
    mn_bitmap_free(&shot);
    window_close(window);
}

/* All parts at every size down to nothing, for the sanitizers; text is cached and forgotten. */
static void test_every_window_size(void **state)
{
    (void)state;
    static const int sizes[][2] = {{240, 180}, {320, 240}, {300, 900}, {1000, 200}, {1000, 600}};
    struct overlay_content content = screen_content();
    struct mn_bitmap picture = {0}, shot = {0};
    struct window *window = screen_open(SCREEN_WIDTH, SCREEN_HEIGHT);
    content.notice = "a notice that is far too long for the smallest of these windows, so it ends";
    screen_fill(&picture, 320, 240, 128);
    for (int round = 0; round < 2; round++)
        for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
            SDL_SetWindowSize(SDL_GetWindowFromID(1), sizes[i][0], sizes[i][1]);
            for (int p = 0; p < 30; p++) {
                content.result.top[0].p = (float)p / 30;
                screen_show(window, &picture.image, &content);
            }
            screen_shoot(window, &shot);
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
    struct overlay_content content = screen_content();
    struct mn_bitmap picture = {0}, shot = {0};
    struct window *window = screen_open(SCREEN_WIDTH, SCREEN_HEIGHT);
    screen_fill(&picture, SCREEN_WIDTH, SCREEN_HEIGHT, 255);
    screen_show(window, &picture.image, &content);

    press(SDLK_o);
    assert_int_equal(window_wait(window), WINDOW_WOKEN);
    screen_show(window, &picture.image, &content);
    screen_shoot(window, &shot);
    for (int i = 0; i < SCREEN_WIDTH * SCREEN_HEIGHT * 3; i++)
        assert_int_equal(shot.pixels[i], 255);

    press(SDLK_h);
    assert_int_equal(window_wait(window), WINDOW_WOKEN);
    screen_shoot(window, &shot);
    assert_true(find_text(&shot.image, SCREEN_REGULAR, "full screen"));

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

/* The help stands between headline and rows; in a small window there are fewer rows for it. */
static void test_help_cuts_nothing(void **state)
{
    (void)state;
    static const struct {
        int width, height;
        const char *percents[6];
    } cases[] = {{640, 480, {"90.0 %", "60.0 %", "30.0 %", "15.0 %", "8.0 %"}},
                 {320, 240, {"90.0 %", "60.0 %"}}};
    static const char *const help[] = {"quit", "full screen", "overlay on and off",
                                       "save a screenshot", "this help"};
    struct overlay_content content = screen_content();
    struct mn_bitmap picture = {0}, shot = {0};
    screen_fill(&picture, SCREEN_WIDTH, SCREEN_HEIGHT, 0);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct window *window = screen_open(cases[i].width, cases[i].height);
        press(SDLK_h);
        assert_int_equal(window_wait(window), WINDOW_WOKEN);
        screen_show(window, &picture.image, &content);
        screen_shoot(window, &shot);
        for (size_t k = 0; k < sizeof help / sizeof help[0]; k++)
            assert_true(find_text(&shot.image, SCREEN_REGULAR, help[k]));
        assert_true(find_text(&shot.image, SCREEN_BOLD, "teapot"));
        for (int k = 0; cases[i].percents[k]; k++)
            assert_true(
                find_text(&shot.image, k ? SCREEN_REGULAR : SCREEN_BOLD, cases[i].percents[k]));
        window_close(window);
    }
    mn_bitmap_free(&picture);
    mn_bitmap_free(&shot);
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
    struct window *window = screen_open(SCREEN_WIDTH, SCREEN_HEIGHT);
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
    struct window *window = screen_open(SCREEN_WIDTH, SCREEN_HEIGHT);
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
    struct waker waker = {.window = screen_open(SCREEN_WIDTH, SCREEN_HEIGHT)};
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
    struct window *window = screen_open(SCREEN_WIDTH, SCREEN_HEIGHT);
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
    struct window_settings settings = {
        .width = SCREEN_WIDTH, .height = SCREEN_HEIGHT, .assets = "tests/nothing"};
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
    window_close(screen_open(SCREEN_WIDTH, SCREEN_HEIGHT)); /* and with it the screen it found */
    setenv("SDL_VIDEODRIVER", "nothing-of-the-kind", 1);
    assert_false(window_possible(&why));
    assert_non_null(strstr(why, "SDL_VIDEODRIVER"));
    /* drawing in memory needs no screen */
    struct window_settings settings = {
        .width = SCREEN_WIDTH, .height = SCREEN_HEIGHT, .offscreen = true, .assets = SCREEN_ASSETS};
    struct window *window;
    struct mn_error error;
    assert_int_equal(window_open(&window, &settings, &error), MN_OK);
    window_close(window);
    setenv("SDL_VIDEODRIVER", "dummy", 1);
}

static void test_screenshot_where_nothing_can_be_written(void **state)
{
    (void)state;
    struct overlay_content content = screen_content();
    struct mn_bitmap picture = {0};
    struct mn_error error;
    struct window *window = screen_open(SCREEN_WIDTH, SCREEN_HEIGHT);
    screen_fill(&picture, SCREEN_WIDTH, SCREEN_HEIGHT, 0);
    screen_show(window, &picture.image, &content);
    assert_int_not_equal(window_screenshot(window, "/nowhere/shot.png", &error), MN_OK);
    assert_non_null(strstr(error.message, "/nowhere/shot.png"));
    mn_bitmap_free(&picture);
    window_close(window);
}

int main(void)
{
    setenv("SDL_VIDEODRIVER", "dummy", 1);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_picture_that_cannot_be_is_refused),
        cmocka_unit_test(test_letterbox_keeps_the_aspect_ratio),
        cmocka_unit_test(test_window_takes_the_first_pictures_size),
        cmocka_unit_test(test_every_window_size),
        cmocka_unit_test(test_keys),
        cmocka_unit_test(test_help_cuts_nothing),
        cmocka_unit_test(test_wakes_collapse),
        cmocka_unit_test(test_a_wake_survives_a_screenshot),
        cmocka_unit_test(test_wakes_from_other_threads),
        cmocka_unit_test(test_quit_ends_the_wait),
        cmocka_unit_test(test_missing_font_is_named),
        cmocka_unit_test(test_screen_or_not),
        cmocka_unit_test(test_screenshot_where_nothing_can_be_written),
    };
    return cmocka_run_group_tests_name("window", tests, NULL, NULL);
}
