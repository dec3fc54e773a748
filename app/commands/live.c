/* camlabel live: source, pipeline and screen, wired together.
 *
 *     source ─> capture thread ─┬─> mailbox ─> classify thread ─> latest result ─┐
 *                               └─> mailbox ─────────────────────────────────────┴─> window loop
 * (main thread)
 *
 * Headless, the window's branch is missing and each result is printed by the thread that made it.
 */
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "../../engine/base/file_writer.h"
#include "../../engine/image/orientation.h"
#include "../paths.h"
#include "../pipeline/capture_thread.h"
#include "../pipeline/classify_thread.h"
#include "../screen/window.h"
#include "../source/camera.h"
#include "../source/demo.h"
#include "../source/input.h"
#include "../source/pace.h"
#include "commands.h"
#include "model_options.h"
#include "result_line.h"

struct live_settings {
    struct model_settings model;
    const char *device, *input, *format, *screenshot;
    int width, height, rotation, frames, seed;
    double framerate, duration_s;
    bool hflip, vflip, headless, as_fast_as_possible, once, fullscreen;
};

static const struct live_settings defaults = {
    .model = {.engine.isa = ISA_AUTO, .fit = FIT_AUTO, .unknown_below = UNKNOWN_AUTO}, .seed = 1};

#define FIELD(member) offsetof(struct live_settings, member)

static const char *const rotations[] = {"0", "90", "180", "270", NULL};

static const struct option_spec options[] = {
    {OPTION_TEXT, 'd', "device", "DEVICE", FIELD(device),
     "camera: /dev/video0, or 0; default: the first one"},
    {OPTION_TEXT, 'i', "input", "WHAT", FIELD(input),
     "instead of a camera: demo, a picture, a folder of pictures, or a Y4M or MJPEG clip; - is a "
     "clip that another program writes to standard input"},
    {OPTION_INTEGER, 0, "width", "PX", FIELD(width),
     "width of the frames of a camera or the demo; default: 640", .low = 32, .high = 16384},
    {OPTION_INTEGER, 0, "height", "PX", FIELD(height), "height, likewise; default: 480", .low = 32,
     .high = 16384},
    {OPTION_REAL, 0, "framerate", "FPS", FIELD(framerate),
     "frames a second; default: 30, a clip's own, 1 for a folder of pictures, 25 for one picture",
     .low = 0.01, .high = 1000},
    {OPTION_TEXT, 0, "format", "FOURCC", FIELD(format),
     "the camera's pixel format, such as YUYV or MJPG; default: the best it has"},
    {OPTION_CHOICE, 0, "rotation", "DEGREES", FIELD(rotation),
     "turn the picture clockwise by 0, 90, 180 or 270 degrees, for a camera that is mounted so; "
     "default: 0",
     .choices = rotations},
    {OPTION_FLAG, 0, "hflip", NULL, FIELD(hflip),
     "mirror the picture left to right, after --rotation"},
    {OPTION_FLAG, 0, "vflip", NULL, FIELD(vflip), "mirror it top to bottom, after --rotation"},
    {OPTION_GROUP, 0, "", NULL, FIELD(model), NULL, .group = model_option_table},
    {OPTION_FLAG, 0, "headless", NULL, FIELD(headless),
     "no window: print a JSON line for each classified frame"},
    {OPTION_INTEGER, 'n', "frames", "N", FIELD(frames), "end after N classified frames", .low = 1,
     .high = 2e9},
    {OPTION_REAL, 't', "duration", "S", FIELD(duration_s), "end after S seconds", .low = 0.001,
     .high = 1e8},
    {OPTION_FLAG, 0, "as-fast-as-possible", NULL, FIELD(as_fast_as_possible),
     "classify every frame of the input, however long it takes, instead of keeping its pace"},
    {OPTION_FLAG, 0, "once", NULL, FIELD(once),
     "end when the input ends, instead of starting it again"},
    {OPTION_TEXT, 0, "screenshot", "FILE", FIELD(screenshot),
     "write the window's last picture as PNG at the end"},
    {OPTION_FLAG, 0, "fullscreen", NULL, FIELD(fullscreen), "start in full screen"},
    {OPTION_INTEGER, 0, "seed", "N", FIELD(seed), "which scenes the demo shows; default: 1",
     .low = 0, .high = 2e9},
    {.name = NULL},
};

struct live {
    const struct live_settings *settings;
    int64_t start_ns;
    struct source *source;
    const char *shipped; /* the model for this source where --model names none */
    struct mn_model *model;
    struct mn_engine *engine;
    struct window *window; /* NULL: headless */
    struct stats stats;
    struct mailbox frames, display;
    struct stop stop;
    struct capture_thread capture;
    struct classify_thread classify;
    pthread_mutex_t result_lock; /* guards the two below */
    struct result latest;
    bool has_result;
    char notice[256]; /* a line across the window until notice_end_ns; the window loop's */
    int64_t notice_end_ns;
    int output_errno; /* why standard output took no more lines; written by the classify thread */
};

/* --- source --- */

static enum mn_status open_demo(struct live *live, const struct source_pacing *pacing,
                                struct mn_error *error)
{
    struct demo_settings demo = {.seed = (uint64_t)live->settings->seed,
                                 .width = live->settings->width,
                                 .height = live->settings->height,
                                 .pacing = *pacing};
    live->shipped = MODEL_OF_DEMO;
    return demo_open(&live->source, &demo, error);
}

static enum mn_status open_source(struct live *live, struct mn_error *error)
{
    const struct live_settings *settings = live->settings;
    struct source_pacing pacing = {settings->framerate, settings->as_fast_as_possible,
                                   settings->once, settings->duration_s};
    live->shipped = MODEL_OF_PICTURES;
    if (settings->device && settings->input)
        return mn_fail(error, MN_BAD_INPUT, "--device and --input exclude each other: name one");
    if (!settings->input && (settings->as_fast_as_possible || settings->once))
        return mn_fail(
            error, MN_BAD_INPUT,
            "--as-fast-as-possible and --once are for --input: a camera has its own pace");
    if (settings->input && settings->format)
        return mn_fail(error, MN_BAD_INPUT, "--format is for a camera: leave it out");
    if (settings->input && strcmp(settings->input, "demo") == 0)
        return open_demo(live, &pacing, error);
    if (settings->input && (settings->width || settings->height))
        return mn_fail(error, MN_BAD_INPUT,
                       "--width and --height are for a camera or the demo: files have their own");
    if (settings->input)
        return input_open(&live->source, settings->input, &pacing, error);

    struct camera_settings camera = {settings->device, settings->width, settings->height,
                                     settings->framerate, settings->format};
    if (camera_open(&live->source, &camera, error) == MN_OK)
        return MN_OK;
    bool bad_format = settings->format && error->status == MN_BAD_INPUT;
    if (settings->device || bad_format) /* the demo is for those who have no camera */
        return error->status;
    const char *model = settings->model.model;
    bool knows_it = !model || strcmp(model, MODEL_OF_DEMO) == 0;
    fprintf(stderr, "camlabel: %s; showing the demo%s\n", error->message,
            knows_it ? "" : ", whose cards the model may not know: leave --model out");
    return open_demo(live, &pacing, error);
}

/* --- headless: results go to standard output --- */

static void print_result(void *context, const struct result *result)
{
    struct live *live = context;
    struct stats_snapshot stats = stats_read(&live->stats, result->finished_ns);
    char *line = result_line(result, live->model->labels, &stats, live->start_ns);
    if (line && !result_line_write(line, live->stop.fd)) {
        live->output_errno = errno;
        stop_request(&live->stop);
    }
    free(line);
}

static void wait_for_stop(struct live *live)
{
    struct pollfd fd = {.fd = live->stop.fd, .events = POLLIN};
    while (poll(&fd, 1, -1) < 0 && errno == EINTR)
        ;
}

/* --- window: the newest frame with the latest result over it --- */

static void keep_result(void *context, const struct result *result)
{
    struct live *live = context;
    pthread_mutex_lock(&live->result_lock);
    live->latest = *result;
    live->has_result = true;
    pthread_mutex_unlock(&live->result_lock);
}

static void wake_window(void *context)
{
    struct live *live = context;
    window_wake(live->window);
}

static enum mn_status show(struct live *live, const struct frame *frame, struct mn_error *error)
{
    int64_t now = monotonic_ns();
    struct overlay_content content = {.model = live->model->name,
                                      .source = live->source->description,
                                      .labels = live->model->labels,
                                      .stats = stats_read(&live->stats, now),
                                      .notice = now < live->notice_end_ns ? live->notice : NULL};
    pthread_mutex_lock(&live->result_lock);
    content.has_result = live->has_result;
    content.result = live->latest;
    pthread_mutex_unlock(&live->result_lock);
    return window_show(live->window, &frame->image, &content, error);
}

/* What became of it is told in the window, too, and the window goes on. */
static void save_key_screenshot(struct live *live)
{
    static const int64_t shown_ns = 2000000000;
    struct mn_error error;
    char path[64] = "camlabel.png";
    struct timespec now;
    struct tm parts;
    clock_gettime(CLOCK_REALTIME, &now);
    if (localtime_r(&now.tv_sec, &parts)) {
        size_t length = strftime(path, sizeof path, "camlabel-%Y%m%d-%H%M%S", &parts);
        snprintf(path + length, sizeof path - length, "-%03ld.png", now.tv_nsec / 1000000);
    }
    if (window_screenshot(live->window, path, &error)) {
        command_failed(&error);
        snprintf(live->notice, sizeof live->notice, "%.200s", error.message);
    } else {
        fprintf(stderr, "camlabel: wrote %s\n", path);
        snprintf(live->notice, sizeof live->notice, "wrote %s", path);
    }
    live->notice_end_ns = monotonic_ns() + shown_ns;
}

static void take_newest(struct live *live, struct frame **shown)
{
    struct frame *newest = mailbox_try_take(&live->display);
    if (!newest)
        return;
    frame_drop(*shown);
    *shown = newest;
    stats_count(&live->stats, STAGE_DISPLAY, monotonic_ns());
}

/* Until the window is closed or stopping is requested. Leaves the last frame in *shown, with its
 * use. */
static enum mn_status window_loop(struct live *live, struct frame **shown, struct mn_error *error)
{
    while (!stop_requested(&live->stop)) {
        enum window_event event = window_wait(live->window);
        if (event == WINDOW_QUIT)
            return MN_OK;
        if (event == WINDOW_SCREENSHOT) {
            save_key_screenshot(live);
            continue;
        }
        take_newest(live, shown);
        if (*shown && show(live, *shown, error))
            return error->status;
    }
    return MN_OK;
}

/* The last frame with the last answer: a slow screen may have shown neither yet. */
static enum mn_status save_last_screenshot(struct live *live, struct frame **shown,
                                           struct mn_error *error)
{
    const char *path = live->settings->screenshot;
    take_newest(live, shown);
    if (!*shown)
        return mn_fail(error, MN_FAILED, "%s: no screenshot, because no frame came", path);
    if (show(live, *shown, error))
        return error->status;
    return window_screenshot(live->window, path, error);
}

static enum mn_status run_window(struct live *live, struct mn_error *error)
{
    struct frame *shown = NULL;
    enum mn_status status = window_loop(live, &shown, error);
    if (!status && live->settings->screenshot)
        status = save_last_screenshot(live, &shown, error);
    frame_drop(shown);
    return status;
}

/* --- opening and closing, in the order of the diagram and in reverse --- */

/* At once, and not after an hour: can the picture be written? */
static enum mn_status check_screenshot(const struct live_settings *settings, struct mn_error *error)
{
    if (settings->input && path_is_same_file(settings->input, settings->screenshot))
        return mn_fail(error, MN_BAD_INPUT, "--screenshot %s: is the input; name another file",
                       settings->screenshot);
    return mn_file_can_begin(settings->screenshot, error);
}

static void warn_of_boxes(const struct live *live)
{
    const struct mn_model *model = live->model;
    const char *label =
        model->labels ? window_unwritable(live->window, model->labels, model->network.spec.classes)
                      : NULL;
    if (label)
        fprintf(stderr,
                "camlabel: no font here has all characters of the label \"%s\", so the window "
                "shows boxes; install fonts-noto-cjk, or fonts-unifont for other scripts\n",
                label);
}

/* A window, unless the user or the machine says no. */
static enum mn_status open_window(struct live *live, struct mn_error *error)
{
    const struct live_settings *settings = live->settings;
    const char *why;
    bool offscreen = false;
    if (settings->headless && (settings->screenshot || settings->fullscreen))
        return mn_fail(
            error, MN_BAD_INPUT,
            "%s needs the window: leave --headless out (without a screen the window is drawn in "
            "memory)",
            settings->screenshot ? "--screenshot" : "--fullscreen");
    if (settings->headless)
        return MN_OK;
    if (settings->screenshot && check_screenshot(settings, error))
        return error->status;
    if (!window_possible(&why)) {
        offscreen = settings->screenshot != NULL;
        fprintf(stderr, "camlabel: no screen (%s): %s\n", why,
                offscreen ? "drawing the window in memory" : "printing JSON lines instead");
        if (!offscreen)
            return MN_OK;
    }
    char assets[4096];
    if (!path_of_data(assets, sizeof assets, "assets"))
        return mn_fail(
            error, MN_FAILED,
            "%s: the folder of font and icon is missing; install camlabel again, or use --headless",
            assets);
    struct window_settings window = {.title = "camlabel",
                                     .fullscreen = settings->fullscreen,
                                     .offscreen = offscreen,
                                     .assets = assets};
    if (window_open(&live->window, &window, error))
        return error->status;
    warn_of_boxes(live);
    return MN_OK;
}

/* Everything that waits is told to stop: called once, from any thread, when stopping is requested.
 */
static void wake_all(void *context)
{
    struct live *live = context;
    mn_engine_cancel(live->engine);
    mailbox_abandon(&live->frames);
    if (live->window)
        window_wake(live->window);
}

static enum mn_status run_threads(struct live *live, struct mn_error *error)
{
    const struct live_settings *settings = live->settings;
    live->capture = (struct capture_thread){
        .source = live->source,
        .classify = &live->frames,
        .display = live->window ? &live->display : NULL,
        .turn = mn_turn_of(90 * settings->rotation, settings->hflip, settings->vflip),
        .lockstep = settings->as_fast_as_possible,
        .stats = &live->stats,
        .stop = &live->stop,
        .on_frame = wake_window,
        .context = live};
    live->classify = (struct classify_thread){
        .engine = live->engine,
        .frames = &live->frames,
        .stats = &live->stats,
        .stop = &live->stop,
        .frame_limit = (uint64_t)settings->frames,
        .unknown_below = model_unknown_below(&settings->model, live->model),
        .on_result = live->window ? keep_result : print_result,
        .context = live};
    enum mn_status status = stop_open(&live->stop, settings->duration_s, wake_all, live, error);
    if (status)
        return status;
    if (classify_thread_start(&live->classify, error) ||
        capture_thread_start(&live->capture, error))
        status = error->status;
    else if (live->window)
        status = run_window(live, error);
    else
        wait_for_stop(live);

    stop_request(&live->stop);
    capture_thread_join(&live->capture);
    classify_thread_join(&live->classify);
    stop_close(&live->stop);
    return status;
}

/* What went wrong in a thread comes first: that the window had nothing to show follows from it. */
static enum mn_status run(struct live *live, struct mn_error *error)
{
    enum mn_status status = run_threads(live, error);
    const struct mn_error *fault =
        live->capture.error.status ? &live->capture.error : &live->classify.error;
    if (fault->status) {
        *error = *fault;
        return fault->status;
    }
    if (live->output_errno)
        return mn_fail(error, MN_FAILED, "standard output: %s", strerror(live->output_errno));
    return status;
}

static int run_live(const void *argument, int operand_count, char **operands)
{
    (void)operand_count, (void)operands;
    struct live live = {.settings = argument, .start_ns = monotonic_ns()};
    struct mn_error error;
    int code = MN_OK;
    pthread_mutex_init(&live.result_lock, NULL);
    stats_open(&live.stats);
    mailbox_open(&live.frames);
    mailbox_open(&live.display);

    if (open_source(&live, &error) ||
        model_open(&live.settings->model, live.shipped, &live.model, &live.engine, &error) ||
        open_window(&live, &error) || run(&live, &error))
        code = command_failed(&error);

    window_close(live.window);
    mailbox_destroy(&live.display);
    mailbox_destroy(&live.frames);
    mn_engine_free(live.engine);
    mn_model_free(live.model);
    if (live.source)
        live.source->close(live.source);
    stats_close(&live.stats);
    pthread_mutex_destroy(&live.result_lock);
    return code;
}

const struct command command_live = {
    .name = "live",
    .summary = "classify a camera's picture while you look at it",
    .operands = "",
    .operand_flag = "--device or --input",
    .details = "Keys: q or Escape ends, f full screen, o overlay on and off, s screenshot, h help. "
               "Without a camera the demo runs: drawn scenes whose truth is known. Without a "
               "screen a JSON line is printed for each classified frame, as with --headless.",
    .examples = "camlabel live --device /dev/video0 --model mobilenet.safetensors\n"
                "camlabel live --input demo --headless --frames 100\n"
                "rpicam-vid -t 0 --codec mjpeg -o - | camlabel live --input -\n"
                "ffmpeg -i rtsp://camera -f mjpeg - | camlabel live --input -\n",
    .options = options,
    .defaults = &defaults,
    .settings_size = sizeof(struct live_settings),
    .run = run_live,
};
