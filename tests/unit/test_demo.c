/* The demo as a source, and the pool that its frames come from. */
#include "../support.h"

#include <pthread.h>
#include <string.h>
#include <sys/eventfd.h>

#include "../../app/cards/cards.h"
#include "../../app/source/demo.h"
#include "../../app/source/frame_pool.h"
#include "../../app/source/pace.h"

static const struct demo_settings SMALL = {
    .seed = 5, .width = 64, .height = 48, .pacing = {.as_fast_as_possible = true}};

static struct source *open_demo(const struct demo_settings *settings)
{
    struct source *source = NULL;
    struct mn_error error = {0};
    assert_int_equal(demo_open(&source, settings, &error), MN_OK);
    assert_non_null(source);
    return source;
}

static struct frame *next_frame(struct source *source)
{
    struct frame *frame = NULL;
    struct mn_error error = {0};
    assert_int_equal(source->next(source, -1, &frame, &error), SOURCE_FRAME);
    assert_non_null(frame);
    return frame;
}

static void frames_are_what_they_say(void **state)
{
    (void)state;
    struct demo_settings settings = SMALL;
    settings.pacing.framerate = 2;
    struct source *source = open_demo(&settings);
    struct cards_scene *scene = cards_scene_new(settings.seed, 64, 48);
    uint8_t *expected = malloc((size_t)64 * 48 * 3);
    assert_non_null(scene);
    assert_non_null(expected);
    assert_non_null(strstr(source->description, "64x48"));
    for (int n = 0; n < 20; n++) {
        struct frame *frame = next_frame(source);
        int index = cards_scene_draw(scene, n / 2.0, expected);
        assert_string_equal(frame->truth, cards_name(index));
        assert_int_equal(frame->number, n);
        assert_true(frame->captured_ns > 0);
        assert_int_equal(frame->pts_ns, (n + 1) * 500000000LL); /* though nobody waits */
        assert_int_equal(frame->image.format, MN_PIXEL_RGB24);
        assert_int_equal(frame->image.width, 64);
        assert_int_equal(frame->image.height, 48);
        assert_int_equal(frame->image.stride[0], 64 * 3);
        assert_memory_equal(frame->image.plane[0], expected, (size_t)64 * 48 * 3);
        frame_drop(frame);
    }
    source->close(source);
    cards_scene_free(scene);
    free(expected);
}

static void default_size(void **state)
{
    (void)state;
    struct source *source = open_demo(&(struct demo_settings){.seed = 1});
    struct frame *frame = next_frame(source);
    assert_int_equal(frame->image.width, 640);
    assert_int_equal(frame->image.height, 480);
    frame_drop(frame);
    source->close(source);
}

static void bad_sizes_are_refused(void **state)
{
    (void)state;
    static const int SIZES[][2] = {{31, 48}, {64, 31}, {-1, 48}, {4097, 48}, {64, 2000000000}};
    for (size_t i = 0; i < sizeof SIZES / sizeof SIZES[0]; i++) {
        struct demo_settings settings = SMALL;
        settings.width = SIZES[i][0];
        settings.height = SIZES[i][1];
        struct source *source = NULL;
        struct mn_error error = {0};
        assert_int_equal(demo_open(&source, &settings, &error), MN_BAD_INPUT);
        assert_null(source);
        assert_non_null(strstr(error.message, "32"));
    }
}

/* `once` ends after each pictogram was shown once, and says so again when asked again. */
static void once_shows_all_twelve(void **state)
{
    (void)state;
    struct demo_settings settings = SMALL;
    settings.pacing.once = true;
    settings.pacing.framerate = 0.5; /* two frames for each pictogram */
    struct source *source = open_demo(&settings);
    int seen[CARDS_COUNT] = {0};
    for (int n = 0; n < 2 * CARDS_COUNT; n++) {
        struct frame *frame = next_frame(source);
        for (int i = 0; i < CARDS_COUNT; i++)
            seen[i] += strcmp(frame->truth, cards_name(i)) == 0;
        frame_drop(frame);
    }
    for (int i = 0; i < CARDS_COUNT; i++)
        assert_int_equal(seen[i], 2);
    for (int i = 0; i < 2; i++) {
        struct frame *frame = NULL;
        struct mn_error error = {0};
        assert_int_equal(source->next(source, -1, &frame, &error), SOURCE_END);
        assert_null(frame);
    }
    source->close(source);
}

/* Frames are apart by at least what the rate says, whatever the machine does meanwhile. */
static void pace_is_kept(void **state)
{
    (void)state;
    struct demo_settings settings = SMALL;
    settings.pacing = (struct source_pacing){.framerate = 100};
    struct source *source = open_demo(&settings);
    int64_t before = monotonic_ns(), last = before;
    frame_drop(next_frame(source));
    for (int n = 0; n < 10; n++) {
        struct frame *frame = next_frame(source);
        assert_true(frame->captured_ns > last);
        last = frame->captured_ns;
        frame_drop(frame);
    }
    assert_true(last - before >= 100000000); /* ten intervals of 10 ms; how much more is open */
    source->close(source);
}

/* A rate of one frame in a quarter of an hour: without the wake-up this would not end. */
static void wakes_at_once(void **state)
{
    (void)state;
    struct demo_settings settings = SMALL;
    settings.pacing = (struct source_pacing){.framerate = 0.001};
    struct source *source = open_demo(&settings);
    frame_drop(next_frame(source)); /* the first is due at once */
    int wake_fd = eventfd(1, EFD_CLOEXEC);
    assert_true(wake_fd >= 0);
    struct frame *frame = NULL;
    struct mn_error error = {0};
    for (int i = 0; i < 3; i++)
        assert_int_equal(source->next(source, wake_fd, &frame, &error), SOURCE_WOKEN);
    assert_null(frame);
    source->close(source); /* with a frame that was drawn but not due */
    source = open_demo(&SMALL);
    assert_int_equal(source->next(source, wake_fd, &frame, &error), SOURCE_WOKEN);
    source->close(source);
    close(wake_fd);
}

/* Being woken loses no frame. */
static void wake_loses_nothing(void **state)
{
    (void)state;
    struct source *source = open_demo(&SMALL);
    int wake_fd = eventfd(1, EFD_CLOEXEC);
    struct frame *frame = NULL;
    struct mn_error error = {0};
    assert_int_equal(source->next(source, wake_fd, &frame, &error), SOURCE_WOKEN);
    frame = next_frame(source);
    assert_int_equal(frame->number, 0);
    frame_drop(frame);
    source->close(source);
    close(wake_fd);
}

static void frames_outlive_the_source(void **state)
{
    (void)state;
    struct source *source = open_demo(&SMALL);
    struct frame *first = next_frame(source), *second = next_frame(source);
    frame_hold(first);
    source->close(source);
    volatile unsigned sum = 0; /* reads every byte: a sanitizer would object */
    for (int i = 0; i < 64 * 48 * 3; i++)
        sum += first->image.plane[0][i] + second->image.plane[0][i];
    assert_true(sum > 0);
    frame_drop(first);
    frame_drop(second);
    frame_drop(first);
}

static void *drop_many(void *data)
{
    struct frame **frames = data;
    for (int i = 0; i < 4; i++)
        frame_drop(frames[i]);
    return NULL;
}

/* Frames come back on other threads while new ones are taken, and after the end. */
static void frames_come_back_from_other_threads(void **state)
{
    (void)state;
    struct demo_settings settings = SMALL;
    settings.width = settings.height = 32;
    struct source *source = open_demo(&settings);
    enum { ROUNDS = 20 };
    struct frame *frames[ROUNDS][4];
    pthread_t threads[ROUNDS];
    for (int round = 0; round < ROUNDS; round++) {
        for (int i = 0; i < 4; i++)
            frames[round][i] = next_frame(source);
        assert_int_equal(pthread_create(&threads[round], NULL, drop_many, frames[round]), 0);
    }
    source->close(source);
    for (int round = 0; round < ROUNDS; round++)
        pthread_join(threads[round], NULL);
}

/* The same few frames go round and round. */
static void pool_recycles(void **state)
{
    (void)state;
    struct frame_pool *pool = frame_pool_new();
    assert_non_null(pool);
    struct mn_error error = {0};
    struct frame *a = frame_pool_take(pool), *b = frame_pool_take(pool);
    assert_non_null(a);
    assert_non_null(b);
    assert_int_equal(mn_bitmap_reserve(frame_pool_bitmap(a), MN_PIXEL_GREY, 10, 10, &error), MN_OK);
    a->image = frame_pool_bitmap(a)->image;
    a->truth = "a";
    frame_drop(a);
    struct frame *again = frame_pool_take(pool);
    assert_ptr_equal(again, a);
    assert_null(again->truth);
    assert_null(again->image.plane[0]);
    assert_int_equal(frame_pool_bitmap(again)->capacity, 100);
    frame_drop(again);
    frame_drop(b);
    for (int i = 0; i < 1000; i++) {
        struct frame *frame = frame_pool_take(pool);
        assert_true(frame == a || frame == b);
        frame_drop(frame);
    }
    frame_pool_close(pool);
    frame_pool_close(NULL);
}

/* After many were out at once, most of them are given up. */
static void pool_shrinks(void **state)
{
    (void)state;
    enum { MANY = 50 };
    struct frame_pool *pool = frame_pool_new();
    assert_non_null(pool);
    struct frame *frames[MANY];
    struct mn_error error = {0};
    for (int i = 0; i < MANY; i++) {
        frames[i] = frame_pool_take(pool);
        assert_non_null(frames[i]);
        assert_int_equal(
            mn_bitmap_reserve(frame_pool_bitmap(frames[i]), MN_PIXEL_GREY, 8, 8, &error), MN_OK);
    }
    for (int i = 0; i < MANY; i++)
        frame_drop(frames[i]);
    int kept = 0;
    for (int i = 0; i < MANY; i++) {
        frames[i] = frame_pool_take(pool);
        kept += frame_pool_bitmap(frames[i])->capacity > 0;
    }
    assert_in_range(kept, 1, 8);
    frame_pool_close(pool);
    for (int i = 0; i < MANY; i++)
        frame_drop(frames[i]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(frames_are_what_they_say),
        cmocka_unit_test(default_size),
        cmocka_unit_test(bad_sizes_are_refused),
        cmocka_unit_test(once_shows_all_twelve),
        cmocka_unit_test(pace_is_kept),
        cmocka_unit_test(wakes_at_once),
        cmocka_unit_test(wake_loses_nothing),
        cmocka_unit_test(frames_outlive_the_source),
        cmocka_unit_test(frames_come_back_from_other_threads),
        cmocka_unit_test(pool_recycles),
        cmocka_unit_test(pool_shrinks),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
