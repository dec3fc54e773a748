/* The program as its users run it: flags in, lines and exit codes out. */
#include <SDL.h>
#include <fcntl.h>
#include <jansson.h>
#include <math.h>
#include <signal.h>
#include <string.h>
#include <sys/stat.h>

#include "../../app/cards.h"
#include "../../app/commands/commands.h"
#include "../../engine/image/picture_file.h"
#include "../../engine/model/model_file.h"
#include "../support.h"
#include "../tiny_model.h"
#include "process.h"

enum { SIDE = 64, CLIP_FRAMES = 7 };

static const char missing_isa[] =
#ifdef __aarch64__
    "avx2";
#else
    "neon";
#endif

static char folder[] = "/tmp/camlabel-test-XXXXXX";

/* A file in the test's folder; three buffers take turns. */
static const char *path_of(const char *name)
{
    static char paths[3][128];
    static int next;
    char *path = paths[next++ % 3];
    snprintf(path, sizeof paths[0], "%s/%s", folder, name);
    return path;
}

static void write_bytes(const char *name, const void *bytes, size_t size)
{
    FILE *file = fopen(path_of(name), "wb");
    assert_non_null(file);
    assert_int_equal(fwrite(bytes, 1, size, file), size);
    assert_int_equal(fclose(file), 0);
}

/* The same network without labels, and beside it a list that does not fit. */
static int write_bare_model(void)
{
    struct mn_model *model;
    struct mn_error error;
    if (mkdir(path_of("bare"), 0777) ||
        mn_model_load(&model, path_of("tiny.safetensors"), NULL, &error))
        return -1;
    for (int i = 0; i < TINY_CLASSES; i++)
        free(model->labels[i]);
    free(model->labels);
    model->labels = NULL;
    enum mn_status status = mn_model_save(model, path_of("bare/net.safetensors"), &error);
    mn_model_free(model);
    write_bytes("bare/labels.txt", "only one\n", 9);
    return (int)status;
}

static int set_up(void **state)
{
    (void)state;
    static uint8_t pixels[SIDE * SIDE * 3];
    uint64_t seed = 3;
    for (size_t i = 0; i < sizeof pixels; i++)
        pixels[i] = (uint8_t)(test_random(&seed) >> 56);
    if (!mkdtemp(folder) || tiny_model_write(path_of("tiny.safetensors")) || write_bare_model())
        return -1;
    struct mn_image image;
    struct mn_error error;
    mn_image_wrap(&image, MN_PIXEL_RGB24, SIDE, SIDE, pixels, 0);
    if (mn_png_write(path_of("a.png"), &image, &error) || mkdir(path_of("pictures"), 0777) ||
        mn_png_write(path_of("pictures/b.png"), &image, &error))
        return -1;
    FILE *clip = fopen(path_of("clip.y4m"), "wb");
    fprintf(clip, "YUV4MPEG2 W%d H%d F25:1 Ip A1:1 C420jpeg\n", SIDE, SIDE);
    for (int i = 0; i < CLIP_FRAMES; i++) {
        fputs("FRAME\n", clip);
        fwrite(pixels + i, 1, SIDE * SIDE * 3 / 2, clip);
    }
    write_bytes("empty", "", 0);
    write_bytes("cut.png", "\x89PNG\r\n\x1a\n\0\0\0\rIHDR", 16);
    write_bytes("text", "hello\n", 6);
    unsetenv("DISPLAY");
    unsetenv("WAYLAND_DISPLAY");
    unsetenv("SDL_VIDEODRIVER");
    return fclose(clip);
}

/* Runs a command line in the test's folder. */
static int shell(const char *command)
{
    char line[256];
    int length = snprintf(line, sizeof line, "cd '%s' && %s", folder, command);
    return length < (int)sizeof line ? system(line) : -1;
}

static int tear_down(void **state)
{
    (void)state;
    return shell("rm -rf \"$PWD\"");
}

/* The `index`th line of the text as a JSON object; the caller decrefs. */
static json_t *line_of(const char *text, int index)
{
    for (; index > 0; index--)
        text = strchr(text, '\n') + 1;
    json_error_t error;
    json_t *object = json_loadb(text, strcspn(text, "\n"), JSON_REJECT_DUPLICATES, &error);
    if (!json_is_object(object))
        fail_msg("not a JSON object: %.*s", (int)strcspn(text, "\n"), text);
    return object;
}

static void assert_top(const json_t *top, int count)
{
    assert_int_equal(json_array_size(top), count);
    double before = 1;
    for (int i = 0; i < count; i++) {
        const json_t *entry = json_array_get(top, (size_t)i);
        double p = json_real_value(json_object_get(entry, "p"));
        json_int_t index = json_integer_value(json_object_get(entry, "index"));
        assert_true(p >= 0 && p <= before && index >= 0 && index < TINY_CLASSES);
        assert_string_equal(json_string_value(json_object_get(entry, "label")), tiny_labels[index]);
        before = p;
    }
}

static void run(struct process *process, const char *const *arguments, int code, int lines)
{
    process_run(process, arguments);
    if (process->code != code || (lines >= 0 && process_count_lines(process->out) != lines))
        fail_msg("camlabel %s %s …: exit code %d, %d lines; expected %d, %d\n%s%s", arguments[0],
                 arguments[1], process->code, process_count_lines(process->out), code, lines,
                 process->out, process->err);
}

static void classify_prints_a_line_a_picture(void **state)
{
    (void)state;
    struct process p;
    run(&p,
        (const char *[]){"classify", "--json", "-m", path_of("tiny.safetensors"), path_of("a.png"),
                         folder, NULL},
        2, 2);
    assert_int_equal(process_count_lines(p.err),
                     1); /* cut.png in the folder is named, the others are classified */
    assert_non_null(strstr(p.err, "cut.png"));
    for (int i = 0; i < 2; i++) {
        json_t *line = line_of(p.out, i);
        assert_non_null(strstr(json_string_value(json_object_get(line, "file")), "/a.png"));
        assert_string_equal(json_string_value(json_object_get(line, "model")), "tiny");
        assert_top(json_object_get(line, "top"), 5);
        assert_true(json_is_number(json_object_get(line, "preprocess_ms")) &&
                    json_is_number(json_object_get(line, "inference_ms")));
        json_decref(line);
    }
    process_free(&p);
    run(&p,
        (const char *[]){"classify", "--top", "2", "-m", path_of("tiny.safetensors"),
                         path_of("a.png"), NULL},
        0, 3);
    process_free(&p);
}

static void standard_input_is_a_picture_too(void **state)
{
    (void)state;
    struct process file, p;
    int ends[2];
    assert_int_equal(pipe2(ends, O_CLOEXEC), 0);
    char bytes[60000];
    FILE *picture = fopen(path_of("a.png"), "rb");
    assert_non_null(picture);
    size_t size = fread(bytes, 1, sizeof bytes, picture);
    fclose(picture);
    assert_true(size > 0 && size < sizeof bytes);
    assert_int_equal(write(ends[1], bytes, size), size);
    close(ends[1]); /* the only writer: the reader will see the end */
    run(&file,
        (const char *[]){"classify", "-m", path_of("tiny.safetensors"), path_of("a.png"), NULL}, 0,
        6);
    process_set_input(ends[0]);
    run(&p, (const char *[]){"classify", "-m", path_of("tiny.safetensors"), "-", NULL}, 0, 6);
    process_set_input(-1);
    close(ends[0]);
    assert_string_equal(strchr(file.out, '\n'), strchr(p.out, '\n'));
    assert_int_equal(strncmp(p.out, "-\n", 2), 0);
    process_free(&file);
    process_free(&p);
}

static void import_keeps_the_answers(void **state)
{
    (void)state;
    struct process before, import, after;
    run(&import,
        (const char *[]){"import", path_of("tiny.safetensors"), "-o", path_of("again.safetensors"),
                         NULL},
        0, 1);
    run(&before,
        (const char *[]){"classify", "-m", path_of("tiny.safetensors"), path_of("a.png"), NULL}, 0,
        6);
    run(&after,
        (const char *[]){"classify", "-m", path_of("again.safetensors"), path_of("a.png"), NULL}, 0,
        6);
    assert_string_equal(before.out, after.out);
    process_free(&before);
    process_free(&import);
    process_free(&after);
}

static void a_damaged_model_does_not_verify(void **state)
{
    (void)state;
    struct process p;
    run(&p,
        (const char *[]){"import", path_of("tiny.safetensors"), "-o", path_of("again.safetensors"),
                         NULL},
        0, 1);
    process_free(&p);
    run(&p, (const char *[]){"info", "--verify", "--model", path_of("again.safetensors"), NULL}, 0,
        -1);
    assert_non_null(strstr(p.err, "verified"));
    process_free(&p);
    FILE *file = fopen(path_of("again.safetensors"), "r+b");
    assert_non_null(file);
    const float wrong = 3; /* the last weight in the file */
    assert_int_equal(fseek(file, -(long)sizeof wrong, SEEK_END), 0);
    assert_int_equal(fwrite(&wrong, sizeof wrong, 1, file), 1);
    assert_int_equal(fclose(file), 0);
    run(&p, (const char *[]){"info", "--verify", "--model", path_of("again.safetensors"), NULL}, 2,
        0);
    assert_int_equal(process_count_lines(p.err), 1);
    process_free(&p);
    run(&p, (const char *[]){"import", path_of("again.safetensors"), "-o", path_of("never"), NULL},
        2, 0);
    assert_int_not_equal(access(path_of("never"), F_OK), 0);
    process_free(&p);
    run(&p, (const char *[]){"info", "--verify", "--model", path_of("tiny.safetensors"), NULL}, 2,
        0); /* has no answer */
    process_free(&p);
}

static void clip_gives_every_frame_once(void **state)
{
    (void)state;
    struct process p;
    run(&p,
        (const char *[]){"live", "--model", path_of("tiny.safetensors"), "--input",
                         path_of("clip.y4m"), "--headless", "--frames", "100",
                         "--as-fast-as-possible", NULL},
        0, 100);
    for (int i = 0; i < 100; i++) {
        json_t *line = line_of(p.out, i);
        assert_int_equal(json_integer_value(json_object_get(line, "frame")), i);
        assert_top(json_object_get(line, "top"), 5);
        static const char *const numbers[] = {"time_ms", "age_ms", "capture_fps", "classify_fps"};
        for (int n = 0; n < 4; n++)
            assert_true(json_is_number(json_object_get(line, numbers[n])));
        assert_true(json_is_string(json_object_get(line, "label")) ||
                    json_is_null(json_object_get(line, "label")));
        assert_null(json_object_get(line, "truth"));
        json_decref(line);
    }
    process_free(&p);
    run(&p,
        (const char *[]){"live", "--model", path_of("tiny.safetensors"), "--input",
                         path_of("clip.y4m"), "--headless", "--once", "--as-fast-as-possible",
                         NULL},
        0, CLIP_FRAMES);
    process_free(&p);
}

static void demo_knows_the_truth(void **state)
{
    (void)state;
    struct process p;
    run(&p,
        (const char *[]){"live", "--model", path_of("tiny.safetensors"), "--input", "demo",
                         "--headless", "--frames", "20", NULL},
        0, 20);
    for (int i = 0; i < 20; i++) {
        json_t *line = line_of(p.out, i);
        const char *truth = json_string_value(json_object_get(line, "truth"));
        int known = 0;
        for (int c = 0; c < CARDS_COUNT; c++)
            known += truth && strcmp(truth, cards_name(c)) == 0;
        assert_int_equal(known, 1);
        json_decref(line);
    }
    process_free(&p);
}

static void without_camera_and_screen_says_so(void **state)
{
    (void)state;
    if (access("/dev/video0", F_OK) == 0) {
        print_message("skipped: this machine has a camera\n");
        skip();
    }
    struct process p;
    run(&p, (const char *[]){"--model", path_of("tiny.safetensors"), "--frames", "3", NULL}, 0, 3);
    assert_non_null(strstr(p.err, "no camera"));
    assert_non_null(strstr(p.err, "demo"));
    assert_non_null(strstr(p.err, "no screen"));
    assert_int_equal(process_count_lines(p.err), 2);
    process_free(&p);
    run(&p,
        (const char *[]){"live", "--model", path_of("tiny.safetensors"), "--device", "/dev/video63",
                         NULL},
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
    run(&p,
        (const char *[]){"live", "--model", path_of("tiny.safetensors"), "--input",
                         path_of("a.png"), "--frames", "5", "--screenshot", path_of("shot.png"),
                         NULL},
        0, 0);
    process_free(&p);
    assert_int_equal(mn_picture_read(&bitmap, path_of("shot.png"), &error), MN_OK);
    assert_true(bitmap.image.width >= SIDE && bitmap.image.height >= SIDE);
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
    char *arguments[] = {
        "live", "-m",           (char *)path_of("tiny.safetensors"), "-i", "demo", "--frames",
        "30",   "--screenshot", (char *)path_of("shot.png"),         NULL};
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
    assert_int_equal(access(path_of("shot.png"), R_OK), 0);
}

static void stops_at_any_moment(void **state)
{
    (void)state;
    static const char *const inputs[] = {"demo", "clip.y4m", "a.png"};
    double slowest = 0;
    for (int i = 0; i < 12; i++) {
        struct process p;
        const char *input = i % 3 ? path_of(inputs[i % 3]) : "demo";
        const char *pace = i % 2 ? "--as-fast-as-possible" : "--once";
        process_run_until(&p,
                          (const char *[]){"live", "-m", path_of("tiny.safetensors"), "-i", input,
                                           "--headless", pace, NULL},
                          1 + i % 4, i % 2 ? SIGINT : SIGTERM);
        assert_int_equal(p.code, 0);
        if (*p.out) /* no half line */
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
    run(&p,
        (const char *[]){"live", "-m", path_of("tiny.safetensors"), "-i", path_of("clip.y4m"),
                         "--headless", "--duration", "0.3", NULL},
        0, -1);
    assert_true(process_count_lines(p.out) >= 1);
    process_free(&p);
}

static void bad_input_is_refused_in_one_line(void **state)
{
    (void)state;
    char model[128], picture[128], empty[128], cut[128], text[128], bare[128];
    snprintf(model, sizeof model, "%s", path_of("tiny.safetensors"));
    snprintf(picture, sizeof picture, "%s", path_of("a.png"));
    snprintf(empty, sizeof empty, "%s", path_of("empty"));
    snprintf(cut, sizeof cut, "%s", path_of("cut.png"));
    snprintf(text, sizeof text, "%s", path_of("text"));
    snprintf(bare, sizeof bare, "%s", path_of("bare/net.safetensors"));
    const char *const cases[][10] = {
        {"fly", NULL},
        {"--fly", NULL},
        {"classify", NULL},
        {"classify", "-m", model, "/nowhere.png", NULL},
        {"classify", "-m", model, empty, NULL},
        {"classify", "-m", model, cut, NULL},
        {"classify", "-m", model, text, NULL},
        {"classify", "-m", empty, picture, NULL},
        {"classify", "-m", text, picture, NULL},
        {"classify", "-m", "/nowhere.tflite", picture, NULL},
        {"classify", "-m", folder, picture, NULL},
        {"classify", "-m", model, "--labels", text, picture, NULL},
        {"classify", "-m", model, "--labels", empty, picture, NULL},
        {"classify", "-m", model, "--isa", "sse9", picture, NULL},
        {"classify", "-m", model, "--resolution", "100", picture, NULL},
        {"classify", "-m", model, "--top", "0", picture, NULL},
        {"import", model, NULL},
        {"import", text, "-o", "/tmp/never", NULL},
        {"info", "--width", "-1", NULL},
        {"info", "more", NULL},
        {"live", "-m", model, "-i", empty, "--headless", NULL},
        {"live", "-m", model, "-i", text, "--headless", NULL},
        {"live", "-m", model, "-i", "/nowhere.y4m", "--headless", NULL},
        {"live", "-m", model, "-i", "demo", "-d", "0", NULL},
        {"live", "-m", model, "-i", "demo", "--headless", "--screenshot", "/tmp/never.png", NULL},
        {"live", "-m", model, "--once", NULL},
        {"--format", "TOOLONG", "-m", model, "--headless", "--frames", "1", NULL},
        {"live", "-m", model, "-i", "demo", "--headless", "--isa", missing_isa, NULL},
        {"live", "-m", bare, "-i", "demo", "--headless", NULL},
        {"classify", "-m", model, "--isa", missing_isa, picture, NULL},
        {"classify", "-m", bare, picture, NULL},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct process p;
        run(&p, cases[i], 2, 0);
        if (process_count_lines(p.err) != 1 || strncmp(p.err, "camlabel: ", 10) != 0)
            fail_msg("case %zu, %s: not one line of explanation:\n%s", i, cases[i][0], p.err);
        process_free(&p);
    }
}

/* Nothing that was to be printed can be, for this reason. */
static void assert_unprintable(const char *why)
{
    const char *const cases[][8] = {
        {"classify", "-m", path_of("tiny.safetensors"), path_of("a.png"), NULL},
        {"live", "-m", path_of("tiny.safetensors"), "-i", "demo", "--headless", NULL},
        {"live", "--help", NULL},
        {"--help", NULL},
        {"--version", NULL},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct process p;
        run(&p, cases[i], 1, 0);
        if (process_count_lines(p.err) != 1 || !strstr(p.err, why))
            fail_msg("camlabel %s: not one line about \"%s\":\n%s", cases[i][0], why, p.err);
        process_free(&p);
    }
}

static void a_full_disk_is_no_success(void **state)
{
    (void)state;
    int full = open("/dev/full", O_WRONLY | O_CLOEXEC);
    assert_true(full >= 0);
    process_set_output(full);
    assert_unprintable("standard output: No space left on device");
    process_set_output(-1);
    close(full);
}

static void a_closed_output_is_no_success(void **state)
{
    (void)state;
    process_set_output(PROCESS_CLOSED);
    assert_unprintable("standard output: Bad file descriptor");
    process_set_output(-1);
}

static void a_closed_input_is_no_picture(void **state)
{
    (void)state;
    struct process p;
    process_set_input(PROCESS_CLOSED);
    run(&p, (const char *[]){"classify", "-m", path_of("tiny.safetensors"), "-", NULL}, 1, 0);
    assert_int_equal(process_count_lines(p.err), 1);
    process_free(&p);
    run(&p, (const char *[]){"classify", "-m", path_of("tiny.safetensors"), path_of("a.png"), NULL},
        0, 6);
    process_free(&p);
    process_set_input(-1);
}

/* The folder that this test was built in, as the Makefile knows it. */
static void find_build(char *build, size_t size)
{
    char self[4096], here[4096];
    ssize_t length = readlink("/proc/self/exe", self, sizeof self - 1);
    assert_true(length > 0 && getcwd(here, sizeof here));
    self[length] = 0;
    for (int i = 0; i < 3; i++)
        *strrchr(self, '/') = 0;
    bool below = strncmp(self, here, strlen(here)) == 0 && self[strlen(here)] == '/';
    snprintf(build, size, "%s", below ? self + strlen(here) + 1 : self);
}

static void an_installation_can_be_moved(void **state)
{
    (void)state;
    char build[4096], program[256], install[8192];
    struct process p;
    find_build(build, sizeof build);
    snprintf(install, sizeof install,
             "make -s install BUILD='%s' DESTDIR='%s/root' PREFIX=/opt/x >/dev/null", build,
             folder);
    assert_int_equal(system(install), 0);
    assert_int_equal(shell("mv root/opt/x moved && mkdir -p moved/share/camlabel/models && "
                           "cp tiny.safetensors moved/share/camlabel/models/cards.safetensors"),
                     0);
    snprintf(program, sizeof program, "%s/moved/bin/camlabel", folder);
    process_set_program(program);
    run(&p,
        (const char *[]){"live", "-i", "demo", "-n", "2", "--screenshot", path_of("moved.png"),
                         NULL},
        0, 0);
    process_free(&p);
    assert_int_equal(access(path_of("moved.png"), R_OK), 0);
    assert_int_equal(shell("rm -r moved/share"), 0);
    run(&p, (const char *[]){"live", "-i", "demo", "--headless", NULL}, 2, 0);
    assert_int_equal(process_count_lines(p.err), 1);
    process_free(&p);
    process_set_program(NULL);
}

static void every_command_explains_itself(void **state)
{
    (void)state;
    static const char *const commands[] = {"live", "classify", "devices",
                                           "info", "import",   "bench"};
    struct process overview, p;
    run(&overview, (const char *[]){"--help", NULL}, 0, -1);
    for (int i = 0; i < 6; i++) {
        run(&p, (const char *[]){commands[i], "--help", NULL}, 0, -1);
        assert_non_null(strstr(p.out, "usage: camlabel"));
        assert_non_null(strstr(overview.out, commands[i]));
        process_free(&p);
    }
    process_free(&overview);
    run(&p, (const char *[]){"--version", NULL}, 0, 1);
    process_free(&p);
    run(&p, (const char *[]){"devices", "--json", NULL}, 0, -1);
    process_free(&p);
}

static void info_and_bench_have_their_keys(void **state)
{
    (void)state;
    struct process p;
    run(&p, (const char *[]){"info", "--json", "--width", "0.5", NULL}, 0, 1);
    json_t *line = line_of(p.out, 0);
    assert_int_equal(json_integer_value(json_object_get(line, "mult_adds")) / 1000000, 149);
    assert_int_equal(json_array_size(json_object_get(line, "layers")), 29);
    assert_true(json_integer_value(json_object_get(line, "standard_mult_adds")) > 1000000000);
    json_decref(line);
    process_free(&p);
    run(&p,
        (const char *[]){"bench", "--json", "--width", "0.25", "--resolution", "32", "--rounds",
                         "3", "--isa", "c", NULL},
        0, 1);
    line = line_of(p.out, 0);
    static const char *const keys[] = {"width",  "resolution", "precision", "isa",        "threads",
                                       "ms_min", "ms_median",  "gflops",    "peak_gflops"};
    for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++)
        assert_non_null(json_object_get(line, keys[i]));
    assert_string_equal(json_string_value(json_object_get(line, "isa")), "c");
    json_decref(line);
    process_free(&p);
}

/* The steps are all of the network: their work adds up to the whole. */
static void bench_shows_every_step(void **state)
{
    (void)state;
    struct process p;
    run(&p,
        (const char *[]){"bench", "--layers", "--json", "-a", "0.25", "-r", "64", "-n", "5",
                         "--threads", "2", NULL},
        0, 1);
    json_t *line = line_of(p.out, 0), *step;
    assert_int_equal(json_integer_value(json_object_get(line, "threads")), 2);
    size_t i;
    double gflop = 0;
    json_array_foreach(json_object_get(line, "layers"), i, step)
    {
        double median = json_number_value(json_object_get(step, "ms_median"));
        assert_true(json_number_value(json_object_get(step, "ms_min")) <= median);
        assert_true(json_integer_value(json_object_get(step, "bytes")) > 0);
        assert_true(json_is_string(json_object_get(step, "name")));
        gflop += json_number_value(json_object_get(step, "gflops")) * median / 1e3;
    }
    assert_in_range(i, 14, 29);
    double all = json_number_value(json_object_get(line, "gflops")) *
                 json_number_value(json_object_get(line, "ms_median")) / 1e3;
    assert_true(fabs(gflop - all) < 0.02 * all);
    json_decref(line);
    process_free(&p);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(classify_prints_a_line_a_picture),
        cmocka_unit_test(standard_input_is_a_picture_too),
        cmocka_unit_test(import_keeps_the_answers),
        cmocka_unit_test(a_damaged_model_does_not_verify),
        cmocka_unit_test(clip_gives_every_frame_once),
        cmocka_unit_test(demo_knows_the_truth),
        cmocka_unit_test(without_camera_and_screen_says_so),
        cmocka_unit_test(window_is_drawn_in_memory_for_a_screenshot),
        cmocka_unit_test(a_screenshot_by_key_that_fails_is_no_failure_of_the_run),
        cmocka_unit_test(stops_at_any_moment),
        cmocka_unit_test(ends_after_the_duration),
        cmocka_unit_test(bad_input_is_refused_in_one_line),
        cmocka_unit_test(a_full_disk_is_no_success),
        cmocka_unit_test(a_closed_output_is_no_success),
        cmocka_unit_test(a_closed_input_is_no_picture),
        cmocka_unit_test(an_installation_can_be_moved),
        cmocka_unit_test(every_command_explains_itself),
        cmocka_unit_test(info_and_bench_have_their_keys),
        cmocka_unit_test(bench_shows_every_step),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
