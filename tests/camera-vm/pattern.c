/* Looks at known pictures through the camera source, in the guest, and says how far off they are.
 *
 *     pattern make DIR                      writes the JPEG pictures that uvcsim sends
 *     pattern bars DEVICE FORMAT FRAMES [KEEP]
 *                                           vivid's 100 % colour bars, through our preprocessing,
 *                                           while the newest KEEP frames are kept
 *     pattern pictures DEVICE FORMAT FRAMES uvcsim's pictures, every pixel
 *     pattern slope DEVICE FORMAT FRAMES    uvcsim's raw picture: brightness grows by 1 a row
 *     pattern silent DEVICE                 a camera that sends nothing can be left at once
 *     pattern fails DEVICE FORMAT TEXT      opening fails, or the stream does, and the message says
 *                                           TEXT; FORMAT may be "any"
 *
 * Prints a line and exits with 0 if all is as it must be, else 1. */
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>
/* jpeglib.h needs some of the above */
#include <jpeglib.h>

#include "../../app/source/camera.h"
#include "../../app/source/pace.h"
#include "../../engine/image/preprocess.h"
#include "../../engine/kernels/kernels.h"

enum {
    WIDTH = 640,
    HEIGHT = 480,
    PICTURES = 4, /* that uvcsim sends in turn */
    TENSOR = 128, /* px, each side */
    KEEP = 3,     /* frames that the rest of a program keeps: screen, mailbox, classifier */
    KEEP_MAX = 16,
    TOLERANCE = 4, /* of 255 */
    MARGIN = 2,    /* px of the tensor: filters blur that far over the edge of a bar */
};

static int failed(const char *what, const char *why)
{
    printf("FAILED  %s: %s\n", what, why);
    return 1;
}

/* ---- the pictures ---- */

/* Picture `index`: slopes so gentle that JPEG of quality 95 keeps them within two steps. */
static void draw_pixel(int index, int x, int y, uint8_t rgb[3])
{
    rgb[0] = (uint8_t)(30 + 40 * index + 80 * x / WIDTH);
    rgb[1] = (uint8_t)(40 + 30 * index + 100 * y / HEIGHT);
    rgb[2] = (uint8_t)(200 - 40 * index - 60 * (x + y) / (WIDTH + HEIGHT));
}

static int write_picture(int index, const char *path)
{
    FILE *file = fopen(path, "wb");
    if (!file)
        return failed(path, "cannot be written");
    struct jpeg_compress_struct jpeg;
    struct jpeg_error_mgr errors;
    jpeg.err = jpeg_std_error(&errors);
    jpeg_create_compress(&jpeg);
    jpeg_stdio_dest(&jpeg, file);
    jpeg.image_width = WIDTH;
    jpeg.image_height = HEIGHT;
    jpeg.input_components = 3;
    jpeg.in_color_space = JCS_RGB;
    jpeg_set_defaults(&jpeg);
    jpeg_set_quality(&jpeg, 95, TRUE);
    jpeg_start_compress(&jpeg, TRUE);
    for (int y = 0; y < HEIGHT; y++) {
        uint8_t row[3 * WIDTH];
        for (int x = 0; x < WIDTH; x++)
            draw_pixel(index, x, y, row + 3 * x);
        JSAMPROW rows = row;
        jpeg_write_scanlines(&jpeg, &rows, 1);
    }
    jpeg_finish_compress(&jpeg);
    jpeg_destroy_compress(&jpeg);
    return fclose(file) == 0 ? 0 : failed(path, "cannot be written");
}

static int make(const char *folder)
{
    for (int i = 0; i < PICTURES; i++) {
        char path[4096];
        snprintf(path, sizeof path, "%s/%d.jpg", folder, i);
        if (write_picture(i, path) != 0)
            return 1;
    }
    return 0;
}

/* ---- comparing: the largest difference of any component, in steps of 255 ---- */

struct checker {
    float (*compare)(struct checker *checker, const struct mn_image *image);
    struct mn_preprocessor *preprocessor; /* of bars */
    float tensor[TENSOR * TENSOR * 3];
    bool seen[PICTURES]; /* of pictures */
};

static uint8_t drawn[PICTURES][HEIGHT][3 * WIDTH];

static void draw_all(void)
{
    for (int i = 0; i < PICTURES; i++)
        for (int y = 0; y < HEIGHT; y++)
            for (int x = 0; x < WIDTH; x++)
                draw_pixel(i, x, y, &drawn[i][y][3 * x]);
}

static float compare_picture(struct checker *checker, const struct mn_image *image)
{
    if (image->format != MN_PIXEL_RGB24 || image->width != WIDTH || image->height != HEIGHT)
        return 255;
    int index = (image->plane[0][0] - 30 + 20) / 40;
    index = index < 0 ? 0 : index < PICTURES ? index : PICTURES - 1;
    int largest = 0;
    for (int y = 0; y < HEIGHT; y++) {
        const uint8_t *row = image->plane[0] + (size_t)y * image->stride[0];
        for (int i = 0; i < 3 * WIDTH; i++) {
            int error = abs(row[i] - drawn[index][y][i]);
            largest = error > largest ? error : largest;
        }
    }
    checker->seen[index] = true;
    return (float)largest;
}

/* White, yellow, cyan, green, magenta, red, blue, black; their brightness where the picture is
 * grey (vivid weighs as BT.709 there, whatever the encoding). */
static void bar_colour(int bar, bool grey, float rgb[3])
{
    rgb[0] = bar & 2 ? 0 : 255;
    rgb[1] = bar & 4 ? 0 : 255;
    rgb[2] = bar & 1 ? 0 : 255;
    if (grey)
        rgb[0] = rgb[1] = rgb[2] = 0.2126f * rgb[0] + 0.7152f * rgb[1] + 0.0722f * rgb[2];
}

static float compare_bars(struct checker *checker, const struct mn_image *image)
{
    enum { BAR = TENSOR / 8 };
    struct mn_error error;
    if (mn_preprocess(checker->preprocessor, image, checker->tensor, &error) != MN_OK)
        return 255;
    float largest = 0;
    for (int y = 0; y < TENSOR; y++)
        for (int x = 0; x < TENSOR; x++) {
            if (x % BAR < MARGIN || x % BAR >= BAR - MARGIN)
                continue;
            float expected[3];
            bar_colour(x / BAR, image->format == MN_PIXEL_GREY, expected);
            for (int c = 0; c < 3; c++) {
                float got = 255 * checker->tensor[((size_t)y * TENSOR + (size_t)x) * 3 + (size_t)c];
                float off = got > expected[c] ? got - expected[c] : expected[c] - got;
                largest = off > largest ? off : largest;
            }
        }
    return largest;
}

/* Of RGB: each row is grey, and one brighter than the row above it, modulo 256. */
static float compare_slope(struct checker *checker, const struct mn_image *image)
{
    (void)checker;
    if (image->format != MN_PIXEL_RGB24 || image->width != WIDTH || image->height != HEIGHT)
        return 255;
    int largest = 0;
    for (int y = 0; y < HEIGHT; y++) {
        const uint8_t *row = image->plane[0] + (size_t)y * image->stride[0];
        uint8_t expected = (uint8_t)(image->plane[0][0] + y);
        for (int i = 0; i < 3 * WIDTH; i++)
            largest = abs(row[i] - expected) > largest ? abs(row[i] - expected) : largest;
    }
    return (float)largest;
}

/* ---- streaming ---- */

struct run {
    struct checker checker;
    struct frame *held[KEEP_MAX]; /* the newest frames, as a program would keep them */
    int keep;                     /* how many: 1 … KEEP_MAX */
    int frames;
    float largest; /* difference, of 255 */
    uint64_t next_number;
    int64_t first_ns, last_ns, oldest_ns;
    bool backwards; /* numbers or times that do not grow */
};

/* Keeps a frame in the place of the oldest. */
static void keep(struct run *run, struct frame *frame)
{
    int place = run->keep > 0 ? run->frames % run->keep : 0;
    frame_drop(run->held[place]);
    run->held[place] = frame;
}

static void note(struct run *run, const struct frame *frame)
{
    int64_t age = monotonic_ns() - frame->captured_ns;
    if (run->frames == 0)
        run->first_ns = frame->captured_ns;
    else if (frame->number < run->next_number || frame->captured_ns <= run->last_ns)
        run->backwards = true;
    run->last_ns = frame->captured_ns;
    run->next_number = frame->number + 1;
    run->oldest_ns = age > run->oldest_ns ? age : run->oldest_ns;
    run->frames++;
}

/* Takes and compares frames; keeps the last ones. False: *error says why there are no more. */
static bool stream(struct run *run, struct source *source, int frames, struct mn_error *error)
{
    run->frames = 0;
    while (run->frames < frames) {
        struct frame *frame;
        if (source->next(source, -1, &frame, error) != SOURCE_FRAME)
            return false;
        keep(run, frame);
        note(run, frame);
        float largest = run->checker.compare(&run->checker, &frame->image);
        run->largest = largest > run->largest ? largest : run->largest;
    }
    return true;
}

/* The frames of a closed source are still what they were; then they are dropped. */
static void check_held(struct run *run)
{
    for (int i = 0; i < KEEP_MAX && run->held[i]; i++) {
        float largest = run->checker.compare(&run->checker, &run->held[i]->image);
        run->largest = largest > run->largest ? largest : run->largest;
        frame_drop(run->held[i]);
        run->held[i] = NULL;
    }
}

/* A stream that stands still would show one picture for ever. */
static bool pictures_change(const struct run *run)
{
    int seen = 0;
    for (int i = 0; i < PICTURES; i++)
        seen += run->checker.seen[i];
    return run->checker.compare != compare_picture || run->frames < 10 || seen > 1;
}

static int report(const struct run *run, const char *what, const struct camera_counts *counts)
{
    double seconds = (double)(run->last_ns - run->first_ns) * 1e-9;
    bool changes = pictures_change(run);
    bool good = run->largest <= TOLERANCE && !run->backwards && changes;
    printf("%s%s: %d frames, largest error %.1f/255, %.1f fps, oldest %.0f ms, %llu lent, "
           "%llu copied, %llu stale, %llu broken, last number %llu%s%s\n",
           good ? "ok      " : "FAILED  ", what, run->frames, (double)run->largest,
           (double)(run->frames - 1) / seconds, (double)run->oldest_ns * 1e-6,
           (unsigned long long)counts->lent, (unsigned long long)counts->copied,
           (unsigned long long)counts->stale, (unsigned long long)counts->broken,
           (unsigned long long)run->next_number - 1,
           run->backwards ? ", time or numbers went backwards" : "",
           changes ? "" : ", always the same picture");
    return good ? 0 : 1;
}

/* Streams, closes while frames are out, opens the device again with the same settings, streams on,
 * and only then looks at the old frames once more. */
static int look(struct run *run, const struct camera_settings *settings, int frames)
{
    struct source *source;
    struct mn_error error;
    if (camera_open(&source, settings, &error) != MN_OK)
        return failed(settings->format, error.message);
    char what[sizeof source->description];
    snprintf(what, sizeof what, "%s", source->description);
    bool good = stream(run, source, frames, &error);
    struct camera_counts counts = camera_counts(source);
    source->close(source);
    if (!good)
        return failed(what, error.message);

    static struct run again;
    again.checker = run->checker;
    again.keep = KEEP;
    if (camera_open(&source, settings, &error) != MN_OK)
        return failed("opening again while frames are out", error.message);
    good = stream(&again, source, KEEP, &error);
    source->close(source);
    check_held(&again);
    check_held(run);
    if (!good)
        return failed("streaming again", error.message);
    run->largest = again.largest > run->largest ? again.largest : run->largest;
    return report(run, what, &counts);
}

static struct camera_settings settings_of(const char *device, const char *format)
{
    return (struct camera_settings){
        .device = device, .width = WIDTH, .height = HEIGHT, .framerate = 30, .format = format};
}

static int look_at_bars(const char *device, const char *format, int frames, int kept)
{
    static struct run run = {.checker.compare = compare_bars};
    run.keep = kept;
    const struct mn_preprocessing stretch = {
        .fit = MN_FIT_STRETCH, .crop_fraction = 1, .mean = {0, 0, 0}, .std = {1, 1, 1}};
    run.checker.preprocessor = mn_preprocessor_new(&stretch, TENSOR, mn_kernels_best());
    if (!run.checker.preprocessor)
        return failed("preprocessor", "not enough memory");
    struct camera_settings settings = settings_of(device, format);
    int code = look(&run, &settings, frames);
    mn_preprocessor_free(run.checker.preprocessor);
    return code;
}

static int look_at_pictures(const char *device, const char *format, int frames)
{
    static struct run run = {.checker.compare = compare_picture, .keep = KEEP};
    struct camera_settings settings = settings_of(device, format);
    draw_all();
    return look(&run, &settings, frames);
}

static int look_at_slope(const char *device, const char *format, int frames)
{
    static struct run run = {.checker.compare = compare_slope, .keep = KEEP};
    struct camera_settings settings = settings_of(device, format);
    return look(&run, &settings, frames);
}

/* ---- faults ---- */

static int leave_silent(const char *device)
{
    struct source *source;
    struct frame *frame;
    struct mn_error error;
    struct camera_settings settings = settings_of(device, NULL);
    if (camera_open(&source, &settings, &error) != MN_OK)
        return failed("silent", error.message);
    int wake = eventfd(0, EFD_CLOEXEC);
    if (fork() == 0) { /* somebody else, while we wait */
        usleep(500 * 1000);
        uint64_t one = 1;
        _exit(write(wake, &one, sizeof one) != sizeof one);
    }
    int64_t asked_ns = monotonic_ns();
    enum source_status status = source->next(source, wake, &frame, &error);
    double waited_ms = (double)(monotonic_ns() - asked_ns) * 1e-6;
    source->close(source);
    if (status != SOURCE_WOKEN)
        return failed("silent", status == SOURCE_ERROR ? error.message : "a frame came");
    printf("ok      a silent camera was left after %.0f ms, woken after 500\n", waited_ms);
    return 0;
}

static int expect_failure(const char *device, const char *format, const char *text)
{
    struct source *source;
    struct mn_error error = {.message = "it works"};
    struct camera_settings settings =
        settings_of(device, strcmp(format, "any") == 0 ? NULL : format);
    if (camera_open(&source, &settings, &error) == MN_OK) {
        static struct run run = {.keep = KEEP};
        struct frame *frame;
        for (; source->next(source, -1, &frame, &error) == SOURCE_FRAME; run.frames++)
            keep(&run, frame); /* some are out when it happens */
        source->close(source);
        for (int i = 0; i < KEEP; i++)
            frame_drop(run.held[i]);
    }
    bool good = strstr(error.message, text) && !strchr(error.message, '\n');
    printf("%s%s\n",
           good ? "ok      says: " : "FAILED  expected another message than: ", error.message);
    return good ? 0 : 1;
}

static int number(const char *text)
{
    return (int)strtol(text, NULL, 10);
}

int main(int argc, char **argv)
{
    setvbuf(stdout, NULL, _IOLBF, 0);
    const char *what = argc > 1 ? argv[1] : "";
    if (argc == 3 && strcmp(what, "make") == 0)
        return make(argv[2]);
    int kept = argc == 6 ? number(argv[5]) : KEEP;
    if (argc >= 5 && strcmp(what, "bars") == 0 && kept >= 1 && kept <= KEEP_MAX)
        return look_at_bars(argv[2], argv[3], number(argv[4]), kept);
    if (argc == 5 && strcmp(what, "pictures") == 0)
        return look_at_pictures(argv[2], argv[3], number(argv[4]));
    if (argc == 5 && strcmp(what, "slope") == 0)
        return look_at_slope(argv[2], argv[3], number(argv[4]));
    if (argc == 3 && strcmp(what, "silent") == 0)
        return leave_silent(argv[2]);
    if (argc == 5 && strcmp(what, "fails") == 0)
        return expect_failure(argv[2], argv[3], argv[4]);
    fprintf(stderr, "usage: see the top of tests/camera-vm/pattern.c\n");
    return 2;
}
