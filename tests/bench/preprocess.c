/* Our preprocessing beside libswscale's conversion and scaling of the same part of the same
 * picture, on one core, turn by turn: `make bench-preprocess ARGS='[ISA] [ROUNDS]'`.
 *
 * libswscale gives bytes; who feeds a network from it must still turn them into floats, so its
 * times are told without and with that pass. It takes crops of whole pixels (of even ones where
 * chroma is halved), so ours, which would be up to a pixel off, is given pictures where both are
 * the same. Prints medians, the fastest and the middle half in microseconds. Asserts nothing. */
#include <math.h>
#include <sched.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <libavutil/pixfmt.h>
#include <libswscale/swscale.h>

#include "../../engine/image/preprocess.h"
#include "../../engine/kernels/kernels.h"

enum { MOST_ROUNDS = 10000, WAYS = 4 };
enum way { OURS, AREA, BILINEAR, TO_FLOAT };

static const struct preprocess_format {
    const char *name;
    enum mn_pixel_format ours;
    enum AVPixelFormat theirs;
    int step; /* bytes from pixel to pixel of plane 0 */
} formats[] = {
    {"YUYV", MN_PIXEL_YUYV, AV_PIX_FMT_YUYV422, 2}, {"NV12", MN_PIXEL_NV12, AV_PIX_FMT_NV12, 1},
    {"I420", MN_PIXEL_I420, AV_PIX_FMT_YUV420P, 1}, {"RGB24", MN_PIXEL_RGB24, AV_PIX_FMT_RGB24, 3},
    {"GREY", MN_PIXEL_GREY, AV_PIX_FMT_GRAY8, 1},
};
/* Width, height and the side of the crop, as near to 0.875 as lets it begin at even pixels. */
static const int sizes[][3] = {{640, 480, 420}, {1280, 720, 632}};
static const int resolutions[] = {224, 128};
#define COUNT(array) ((int)(sizeof(array) / sizeof *(array)))

static const struct mn_preprocessing imagenet = {
    MN_FIT_CROP, 0.875, {0.485F, 0.456F, 0.406F}, {0.229F, 0.224F, 0.225F}};

struct contest {
    const struct preprocess_format *format;
    struct mn_image image;
    int side, resolution; /* of the crop, of the target, px */
    const uint8_t *crop[4];
    int crop_stride[4];
    struct mn_preprocessor *preprocessor;
    struct SwsContext *scaler[WAYS];
    uint8_t *bytes; /* theirs: [resolution][byte_stride] */
    int byte_stride;
    float *tensor, *their_tensor; /* [resolution][resolution][3] */
    double *time_us[WAYS];        /* [rounds] */
};

static void die(const char *reason)
{
    fprintf(stderr, "bench-preprocess: %s\n", reason);
    exit(1);
}

static void *reserve(size_t bytes)
{
    void *memory = aligned_alloc(64, (bytes + 63) / 64 * 64);
    if (!memory)
        die("not enough memory");
    return memory;
}

static double now_us(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec * 1e6 + (double)now.tv_nsec * 1e-3;
}

/* Something like a photograph: smooth, with some noise. */
static uint8_t *make_picture(size_t bytes)
{
    uint8_t *pixels = reserve(bytes);
    uint32_t random = 1;
    for (size_t i = 0; i < bytes; i++) {
        random = random * 1664525U + 1013904223U;
        pixels[i] = (uint8_t)(128 + 80 * sin((double)i * 0.0007) + (double)(random >> 28));
    }
    return pixels;
}

static void find_crop(struct contest *contest)
{
    const struct mn_image *image = &contest->image;
    int x = (image->width - contest->side) / 2, y = (image->height - contest->side) / 2;
    bool is_nv12 = image->format == MN_PIXEL_NV12;
    for (int p = 0; p < 3 && image->plane[p]; p++) {
        int column = p == 0 ? x * contest->format->step : is_nv12 ? x : x / 2;
        size_t row = (size_t)(p == 0 ? y : y / 2);
        contest->crop[p] = image->plane[p] + row * image->stride[p] + column;
        contest->crop_stride[p] = (int)image->stride[p];
    }
}

static void convert_to_float(const struct contest *contest)
{
    float scale[3], shift[3];
    for (int c = 0; c < 3; c++) {
        scale[c] = 1 / (255 * imagenet.std[c]);
        shift[c] = -imagenet.mean[c] / imagenet.std[c];
    }
    for (int y = 0; y < contest->resolution; y++) {
        const uint8_t *restrict in = contest->bytes + y * contest->byte_stride;
        float *restrict out = contest->their_tensor + 3 * y * contest->resolution;
        for (int x = 0; x < contest->resolution; x++)
            for (int c = 0; c < 3; c++)
                out[3 * x + c] = (float)in[3 * x + c] * scale[c] + shift[c];
    }
}

static void run(const struct contest *contest, enum way way)
{
    struct mn_error error;
    if (way == OURS) {
        if (mn_preprocess(contest->preprocessor, &contest->image, contest->tensor, &error))
            die(error.message);
    } else if (way == TO_FLOAT) {
        convert_to_float(contest);
    } else {
        sws_scale(contest->scaler[way], contest->crop, contest->crop_stride, 0, contest->side,
                  &contest->bytes, &contest->byte_stride);
    }
}

static int compare(const void *a, const void *b)
{
    double difference = *(const double *)a - *(const double *)b;
    return (difference > 0) - (difference < 0);
}

static double mean_difference(const struct contest *contest)
{
    double sum = 0;
    int count = 3 * contest->resolution * contest->resolution;
    for (int i = 0; i < count; i++)
        sum += fabs((double)contest->tensor[i] - (double)contest->their_tensor[i]) * 255 *
               (double)imagenet.std[i % 3];
    return sum / count;
}

static void report(const struct contest *contest, long rounds)
{
    double median[WAYS];
    printf("%-5s %4dx%-3d %3d ", contest->format->name, contest->image.width, contest->image.height,
           contest->resolution);
    for (int way = 0; way < WAYS; way++) {
        double *time = contest->time_us[way];
        qsort(time, (size_t)rounds, sizeof *time, compare);
        median[way] = time[rounds / 2];
        printf(" %5.0f %5.0f %5.0f-%-5.0f", median[way], time[0], time[rounds / 4],
               time[rounds - 1 - rounds / 4]);
    }
    printf(" %5.2f %5.2f %5.2f %5.2f\n", median[OURS] / median[AREA],
           median[OURS] / (median[AREA] + median[TO_FLOAT]), median[OURS] / median[BILINEAR],
           median[OURS] / (median[BILINEAR] + median[TO_FLOAT]));
}

static struct SwsContext *make_scaler(const struct contest *contest, int flags)
{
    struct SwsContext *scaler =
        sws_getContext(contest->side, contest->side, contest->format->theirs, contest->resolution,
                       contest->resolution, AV_PIX_FMT_RGB24, flags, NULL, NULL, NULL);
    if (!scaler)
        die("libswscale refuses a conversion");
    return scaler;
}

static void hold(const struct preprocess_format *format, const int size[3], int resolution,
                 const struct mn_kernels *kernels, long rounds)
{
    struct contest contest = {.format = format, .side = size[2], .resolution = resolution};
    int width = size[0], height = size[1];
    struct mn_preprocessing settings = imagenet;
    settings.crop_fraction = (double)contest.side / height;
    size_t pixels = (size_t)resolution * (size_t)resolution;
    uint8_t *picture = make_picture(mn_image_bytes(format->ours, width, height));
    mn_image_wrap(&contest.image, format->ours, width, height, picture, 0);
    find_crop(&contest);
    contest.preprocessor = mn_preprocessor_new(&settings, resolution, kernels);
    if (!contest.preprocessor)
        die("not enough memory");
    contest.scaler[AREA] = make_scaler(&contest, SWS_AREA);
    contest.scaler[BILINEAR] = make_scaler(&contest, SWS_BILINEAR);
    contest.byte_stride = (3 * resolution + 63) / 64 * 64;
    contest.bytes = reserve((size_t)contest.byte_stride * (size_t)(resolution + 1));
    contest.tensor = reserve(3 * pixels * sizeof(float));
    contest.their_tensor = reserve(3 * pixels * sizeof(float));
    for (int way = 0; way < WAYS; way++)
        contest.time_us[way] = reserve((size_t)rounds * sizeof(double));

    for (long round = -3; round < rounds; round++) /* three to warm up */
        for (int way = 0; way < WAYS; way++) {
            double begin = now_us();
            run(&contest, (enum way)way);
            if (round >= 0)
                contest.time_us[way][round] = now_us() - begin;
        }
    report(&contest, rounds);
    if (mean_difference(&contest) > 3)
        printf("  differs from libswscale's by %.1f levels on average\n",
               mean_difference(&contest));

    for (int way = 0; way < WAYS; way++) {
        sws_freeContext(contest.scaler[way]);
        free(contest.time_us[way]);
    }
    mn_preprocessor_free(contest.preprocessor);
    free(contest.bytes);
    free(contest.tensor);
    free(contest.their_tensor);
    free(picture);
}

int main(int argc, char **argv)
{
    const struct mn_kernels *kernels = mn_kernels_best();
    long rounds = argc > 2 ? strtol(argv[2], NULL, 10) : 301;
    enum mn_isa isa;
    if (argc > 1 && (!mn_isa_parse(argv[1], &isa) || !(kernels = mn_kernels_for(isa))))
        die("this CPU or this build has no such level (c, neon, avx2, avx512)");
    if (rounds < 1 || rounds > MOST_ROUNDS)
        die("rounds: 1 to 10000");
    cpu_set_t core;
    CPU_ZERO(&core);
    CPU_SET(sched_getcpu(), &core);
    sched_setaffinity(0, sizeof core, &core);

    unsigned version = swscale_version();
    printf(
        "camlabel (%s) and libswscale %u.%u.%u, one core, %ld rounds; us: median, fastest, middle "
        "half\n",
        mn_isa_name(kernels->isa), version >> 16, version >> 8 & 255, version & 255, rounds);
    printf("picture to           camlabel                sws area                sws bilinear      "
           "      bytes to floats         ours/area +f. ours/bil. +f.\n");
    for (int size = 0; size < COUNT(sizes); size++)
        for (int r = 0; r < COUNT(resolutions); r++)
            for (int f = 0; f < COUNT(formats); f++)
                hold(&formats[f], sizes[size], resolutions[r], kernels, rounds);
    return 0;
}
