/* `camlabel live` on pictures, clips and the demo, without a screen and in a window in memory. */
#include <SDL.h>
#include <fcntl.h>
#include <jansson.h>
#include <math.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "../../app/cards/cards.h"
#include "../../app/commands/commands.h"
#include "../../engine/image/orientation.h"
#include "../../engine/image/picture_file.h"
#include "../../engine/image/png.h"
#include "../sanitizer.h"
#include "../support.h"
#include "process.h"
#include "workspace.h"

static void clip_gives_every_frame_once(void **state)
{
    (void)state;
    struct process p;
    process_expect(&p,
                   (const char *[]){"live", "--model", workspace_path("tiny.safetensors"),
                                    "--input", workspace_path("clip.y4m"), "--headless", "--frames",
                                    "100", "--as-fast-as-possible", NULL},
                   0, 100);
    for (int i = 0; i < 100; i++) {
        json_t *line = process_json_line(p.out, i);
        assert_int_equal(json_integer_value(json_object_get(line, "frame")), i);
        workspace_assert_top(json_object_get(line, "top"), 5);
        static const char *const numbers[] = {"time_ms", "age_ms", "capture_fps", "classify_fps"};
        for (int n = 0; n < 4; n++)
            assert_true(json_is_number(json_object_get(line, numbers[n])));
        assert_true(json_is_string(json_object_get(line, "label")) ||
                    json_is_null(json_object_get(line, "label")));
        assert_null(json_object_get(line, "truth"));
        json_decref(line);
    }
    process_free(&p);
    process_expect(&p,
                   (const char *[]){"live", "--model", workspace_path("tiny.safetensors"),
                                    "--input", workspace_path("clip.y4m"), "--headless", "--once",
                                    "--as-fast-as-possible", NULL},
                   0, WORKSPACE_CLIP_FRAMES);
    process_free(&p);
}

static void demo_knows_the_truth(void **state)
{
    (void)state;
    struct process p;
    process_expect(&p,
                   (const char *[]){"live", "--model", workspace_path("tiny.safetensors"),
                                    "--input", "demo", "--headless", "--frames", "20", NULL},
                   0, 20);
    for (int i = 0; i < 20; i++) {
        json_t *line = process_json_line(p.out, i);
        const char *truth = json_string_value(json_object_get(line, "truth"));
        int known = 0;
        for (int c = 0; c < CARDS_COUNT; c++)
            known += truth && strcmp(truth, cards_name(c)) == 0;
        assert_int_equal(known, 1);
        json_decref(line);
    }
    process_free(&p);
}

/* What the network answers to the first picture of `input`, in millionths. */
static int answer_to(const char *input, const char *rotation, const char *mirrored)
{
    struct process p;
    process_expect(&p,
                   (const char *[]){"live", "--model", "everyday-0.25", "--input",
                                    workspace_path(input), "--headless", "--frames", "1",
                                    "--rotation", rotation, mirrored, NULL},
                   0, 1);
    json_t *line = process_json_line(p.out, 0);
    json_t *top = json_array_get(json_object_get(line, "top"), 0);
    double probability = json_number_value(json_object_get(top, "p"));
    json_decref(line);
    process_free(&p);
    assert_true(probability > 0);
    return (int)lround(1e6 * probability);
}

/* a.png by 180 degrees is a.png with its pixels in the opposite order. */
static void a_turned_picture_is_classified_turned(void **state)
{
    (void)state;
    struct mn_bitmap picture = {0};
    struct mn_error error;
    assert_int_equal(mn_picture_read(&picture, workspace_path("a.png"), &error), MN_OK);
    assert_int_equal(mn_orientation_apply(&picture, 3, &error), MN_OK);
    assert_int_equal(mn_png_write(workspace_path("turned.png"), &picture.image, &error), MN_OK);
    mn_bitmap_free(&picture);
    int upright = answer_to("a.png", "0", NULL);
    int turned = answer_to("turned.png", "0", NULL);
    assert_true(abs(upright - turned) > 1000); /* or the rest shows nothing */
    assert_true(abs(answer_to("a.png", "180", NULL) - turned) <= 100);
    assert_true(abs(answer_to("turned.png", "180", NULL) - upright) <= 100);
    assert_true(abs(answer_to("a.png", "0", "--hflip") - answer_to("turned.png", "0", "--vflip")) <=
                100);
}

static void unreadable_pictures_are_named(void **state)
{
    (void)state;
    struct process p;
    assert_int_equal(workspace_shell("mkdir some && cp a.png some && cp cut.png some"), 0);
    process_expect(&p,
                   (const char *[]){"live", "--model", workspace_path("tiny.safetensors"),
                                    "--input", workspace_path("some"), "--headless", "--once",
                                    "--as-fast-as-possible", NULL},
                   0, 1);
    assert_int_equal(process_count_lines(p.err), 1);
    assert_non_null(strstr(p.err, "some/cut.png"));
    process_free(&p);
}

/* As `ffmpeg … | camlabel live --input -` has it; the program ends with its input. */
static void a_clip_comes_through_standard_input(void **state)
{
    (void)state;
    struct process p;
    int ends[2];
    char bytes[65536];
    FILE *clip = fopen(workspace_path("clip.y4m"), "rb");
    assert_non_null(clip);
    size_t count = fread(bytes, 1, sizeof bytes, clip); /* fits into a pipe */
    fclose(clip);
    assert_true(count < sizeof bytes);
    assert_int_equal(pipe2(ends, O_CLOEXEC), 0);
    assert_int_equal(write(ends[1], bytes, count), count);
    close(ends[1]);
    process_set_input(ends[0]);
    process_expect(&p,
                   (const char *[]){"live", "--model", workspace_path("tiny.safetensors"),
                                    "--input", "-", "--headless", "--as-fast-as-possible", NULL},
                   0, WORKSPACE_CLIP_FRAMES);
    process_set_input(-1);
    close(ends[0]);
    process_free(&p);
}

/* The label is steadied by the demo's time: what reads faster sees what a viewer sees. A new card
 * comes every four seconds, and the label is late by four frames of 120. */
static void demo_is_known_at_any_pace(void **state)
{
    (void)state;
    enum { FRAMES = TEST_SANITIZER ? 30 : 300 }; /* drawing them takes a sanitizer minutes */
    char frames[16];
    snprintf(frames, sizeof frames, "%d", FRAMES);
    struct process p;
    process_expect(&p,
                   (const char *[]){"live", "--model", "models/cards.safetensors", "--input",
                                    "demo", "--headless", "--frames", frames,
                                    "--as-fast-as-possible", NULL},
                   0, FRAMES);
    int right = 0;
    for (int i = 0; i < FRAMES; i++) {
        json_t *line = process_json_line(p.out, i);
        const char *label = json_string_value(json_object_get(line, "label"));
        right += label && !strcmp(label, json_string_value(json_object_get(line, "truth")));
        json_decref(line);
    }
    if (right < FRAMES * 95 / 100)
        fail_msg("the label is right in %d of %d frames", right, FRAMES);
    process_free(&p);
}

static void without_camera_and_screen_says_so(void **state)
{
    (void)state;
    struct process p;
    process_run(&p, (const char *[]){"devices", NULL});
    bool has_camera = strstr(p.out, "/dev/video") != NULL;
    process_free(&p);
    if (has_camera) {
        print_message("skipped: this machine has a camera\n");
        skip();
    }
    process_expect(
        &p, (const char *[]){"--model", workspace_path("tiny.safetensors"), "--frames", "3", NULL},
        0, 3);
    assert_non_null(strstr(p.err, "no camera"));
    assert_non_null(strstr(p.err, "demo"));
    assert_non_null(strstr(p.err, "no screen"));
    assert_int_equal(process_count_lines(p.err), 2);
    process_free(&p);
    process_expect(&p,
                   (const char *[]){"live", "--model", workspace_path("tiny.safetensors"),
                                    "--device", "/dev/video63", NULL},
                   1, 0);
    assert_non_null(strstr(p.err, "/dev/video63"));
    process_free(&p);
}

static void window_is_drawn_in_memory_for_a_screenshot(void **state)
{
    (void)state;
    struct process p;
    struct mn_bitmap bitmap = {0};
    struct mn_error error;
    process_expect(&p,
                   (const char *[]){"live", "--model", workspace_path("tiny.safetensors"),
                                    "--input", workspace_path("a.png"), "--frames", "5",
                                    "--screenshot", workspace_path("shot.png"), NULL},
                   0, 0);
    process_free(&p);
    assert_int_equal(mn_picture_read(&bitmap, workspace_path("shot.png"), &error), MN_OK);
    assert_true(bitmap.image.width >= WORKSPACE_SIDE && bitmap.image.height >= WORKSPACE_SIDE);
    mn_bitmap_free(&bitmap);
}

/* Stands before SDL's own, so that s is pressed from time to time: before there is a frame, and
 * after. A thread that pushed events would race with SDL's start and end. */
int SDL_PollEvent(SDL_Event *event)
{
    static int calls;
    if (calls++ % 10)
        return SDL_WaitEventTimeout(event, 0);
    *event = (SDL_Event){.type = SDL_KEYDOWN};
    event->key.keysym.sym = SDLK_s;
    return 1;
}

/* In this process, because only it can press keys in a window that is drawn in memory. */
static void a_screenshot_by_key_that_fails_is_no_failure_of_the_run(void **state)
{
    (void)state;
    char *arguments[] = {"live", "-m",           (char *)workspace_path("tiny.safetensors"),
                         "-i",   "demo",         "--frames",
                         "30",   "--screenshot", (char *)workspace_path("shot.png"),
                         NULL};
    int count = (int)(sizeof arguments / sizeof arguments[0]) - 1, first;
    struct mn_error error;
    bool help;
    void *settings = malloc(command_live.settings_size);
    assert_non_null(settings);
    assert_int_equal(
        options_parse("camlabel", &command_live, count, arguments, settings, &first, &help, &error),
        MN_OK);
    int here = open(".", O_RDONLY | O_CLOEXEC);
    assert_true(here >= 0);
    assert_int_equal(chdir("/proc"), 0); /* where nothing can be written, not even by root */
    int code = command_live.run(settings, 0, NULL);
    assert_int_equal(fchdir(here), 0);
    close(here);
    free(settings);
    assert_int_equal(code, MN_OK);
    assert_int_equal(access(workspace_path("shot.png"), R_OK), 0);
}

static void stops_at_any_moment(void **state)
{
    (void)state;
    static const char *const inputs[] = {"demo", "clip.y4m", "a.png"};
    double slowest = 0;
    for (int i = 0; i < 12; i++) {
        struct process p;
        const char *input = i % 3 ? workspace_path(inputs[i % 3]) : "demo";
        const char *pace = i % 2 ? "--as-fast-as-possible" : NULL;
        process_run_until(&p,
                          (const char *[]){"live", "-m", workspace_path("tiny.safetensors"), "-i",
                                           input, "--headless", pace, NULL},
                          1 + i % 4, i % 2 ? SIGINT : SIGTERM);
        assert_int_equal(p.code, 0);
        assert_true(p.after_signal_ms > 0); /* it did not end before */
        if (*p.out)                         /* no half line */
            assert_int_equal(p.out[strlen(p.out) - 1], '\n');
        slowest = fmax(slowest, p.after_signal_ms);
        process_free(&p);
    }
    print_message("measured: signal to exit, slowest of 12: %.0f ms\n", slowest);
}

static void ends_after_the_duration(void **state)
{
    (void)state;
    struct process p;
    process_expect(&p,
                   (const char *[]){"live", "-m", workspace_path("tiny.safetensors"), "-i",
                                    workspace_path("clip.y4m"), "--headless", "--duration", "0.3",
                                    NULL},
                   0, -1);
    assert_true(process_count_lines(p.out) >= 1);
    process_free(&p);
}

/* Whether nothing comes at all or half a frame: the pipe is open, and stays so. */
static void the_duration_holds_while_a_pipe_is_silent(void **state)
{
    static const char *const begun[] = {"", "YUV4MPEG2 W64 H48 F30:1 C420jpeg\nFRAME\n"};
    (void)state;
    for (size_t i = 0; i < sizeof begun / sizeof *begun; i++) {
        int ends[2];
        assert_int_equal(pipe2(ends, O_CLOEXEC), 0);
        assert_int_equal(write(ends[1], begun[i], strlen(begun[i])), strlen(begun[i]));
        process_set_input(ends[0]);
        struct process p;
        process_expect(&p,
                       (const char *[]){"live", "-m", workspace_path("tiny.safetensors"), "-i", "-",
                                        "--headless", "--duration", "0.2", NULL},
                       1, 0);
        process_set_input(-1);
        assert_non_null(strstr(p.err, "standard input: no whole frame came in 0.2 s"));
        process_free(&p);
        close(ends[0]);
        close(ends[1]);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(clip_gives_every_frame_once),
        cmocka_unit_test(demo_knows_the_truth),
        cmocka_unit_test(a_turned_picture_is_classified_turned),
        cmocka_unit_test(unreadable_pictures_are_named),
        cmocka_unit_test(a_clip_comes_through_standard_input),
        cmocka_unit_test(demo_is_known_at_any_pace),
        cmocka_unit_test(without_camera_and_screen_says_so),
        cmocka_unit_test(window_is_drawn_in_memory_for_a_screenshot),
        cmocka_unit_test(a_screenshot_by_key_that_fails_is_no_failure_of_the_run),
        cmocka_unit_test(stops_at_any_moment),
        cmocka_unit_test(ends_after_the_duration),
        cmocka_unit_test(the_duration_holds_while_a_pipe_is_silent),
    };
    return cmocka_run_group_tests(tests, workspace_set_up, workspace_tear_down);
}
