/* What augmentation costs: microseconds a picture on one core, for settings as recipes have them:
 * `build/tests/bench/augment [ROUNDS]`. Each round draws anew, the same in every run, so what is
 * told are means: of the thread's own processor time, which others' work moves least, the best of
 * five repetitions. Asserts nothing. */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "../../engine/train/pictures/augment.h"
#include "../../engine/train/pictures/mix.h"

enum { REPETITIONS = 5, PICTURES = 16, MOST_ROUNDS = 1000000 };

struct setting {
    const char *name;
    enum mn_pixel_format format;
    int width, height, resolution; /* px */
    struct mn_augmentation augmentation;
};

#define RESIZED .crop = MN_CROP_RESIZED, .scale = {0.35, 1}, .ratio = {0.75, 1.333}, .hflip = 0.5
#define PADDED .crop = MN_CROP_PAD, .crop_pad = 0.125, .hflip = 0.5

static const struct setting settings[] = {
    {"centre", MN_PIXEL_RGB24, 32, 32, 32, {.crop = MN_CROP_CENTRE}},
    {"pad, flip", MN_PIXEL_RGB24, 32, 32, 32, {PADDED}},
    {"pad, flip, grey", MN_PIXEL_GREY, 32, 32, 32, {PADDED}},
    {"pad, flip, trivial, erase",
     MN_PIXEL_RGB24,
     32,
     32,
     32,
     {PADDED, .trivial = true, .reprob = 0.25}},
    {"resized, flip", MN_PIXEL_RGB24, 32, 32, 64, {RESIZED}},
    {"resized, flip, trivial", MN_PIXEL_RGB24, 32, 32, 64, {RESIZED, .trivial = true}},
    {"resized, flip, jitter", MN_PIXEL_RGB24, 32, 32, 64, {RESIZED, .color_jitter = 0.4}},
    {"resized, flip, erase always", MN_PIXEL_RGB24, 32, 32, 64, {RESIZED, .reprob = 1}},
    {"resized, flip", MN_PIXEL_RGB24, 96, 96, 128, {RESIZED}},
    {"resized, flip, trivial", MN_PIXEL_RGB24, 96, 96, 128, {RESIZED, .trivial = true}},
    {"the same, camera 0.1",
     MN_PIXEL_RGB24,
     96,
     96,
     128,
     {RESIZED, .trivial = true, .camera = 0.1}},
    {"the same, camera 0.3",
     MN_PIXEL_RGB24,
     96,
     96,
     128,
     {RESIZED, .trivial = true, .camera = 0.3}},
    {"resized, flip, camera 1", MN_PIXEL_RGB24, 96, 96, 128, {RESIZED, .camera = 1}},
    {"resized, flip", MN_PIXEL_RGB24, 640, 480, 128, {RESIZED}},
    {"pad, flip", MN_PIXEL_RGB24, 640, 480, 128, {PADDED}},
};

static void die(const char *reason)
{
    fprintf(stderr, "bench-augment: %s\n", reason);
    exit(1);
}

static double now_us(void)
{
    struct timespec now;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return (double)now.tv_sec * 1e6 + (double)now.tv_nsec * 1e-3;
}

/* Smooth, with some noise, as a photograph is. */
static void draw(uint8_t *pixels, size_t bytes, int width, uint64_t seed)
{
    struct mn_random random = mn_random_of(seed, MN_RANDOM_TEST, 0);
    size_t row = 3 * (size_t)width;
    for (size_t i = 0; i < bytes; i++)
        pixels[i] =
            (uint8_t)((i % row + 2 * (i / row)) / 3 % 200 + (size_t)mn_random_below(&random, 40));
}

static double measure(const struct setting *setting, struct mn_augmenter *augmenter,
                      const uint8_t *pixels, size_t bytes, float *tensor, long rounds)
{
    static const float mean[3] = {0.485F, 0.456F, 0.406F}, std[3] = {0.229F, 0.224F, 0.225F};
    double best = 0;
    for (int repetition = 0; repetition < REPETITIONS; repetition++) {
        double begin = now_us();
        for (long round = 0; round < rounds; round++) {
            struct mn_random random = mn_random_of(1, MN_RANDOM_PICTURE, (uint64_t)round);
            struct mn_image image;
            struct mn_error error;
            mn_image_wrap(&image, setting->format, setting->width, setting->height,
                          pixels + (size_t)(round % PICTURES) * bytes, 0);
            if (mn_augment(augmenter, &setting->augmentation, mean, std, random, &image,
                           setting->resolution, tensor, &error))
                die(error.message);
        }
        double time = (now_us() - begin) / (double)rounds;
        if (repetition == 0 || time < best)
            best = time;
    }
    return best;
}

static void report(const struct setting *setting, long rounds)
{
    size_t bytes = mn_image_bytes(setting->format, setting->width, setting->height);
    size_t floats = (size_t)setting->resolution * (size_t)setting->resolution * 3;
    uint8_t *pixels = malloc(PICTURES * bytes);
    float *tensor = malloc(floats * sizeof *tensor);
    struct mn_augmenter *augmenter = mn_augmenter_new();
    if (!pixels || !tensor || !augmenter)
        die("not enough memory");
    for (size_t i = 0; i < PICTURES; i++)
        draw(pixels + i * bytes, bytes, setting->width, i);
    printf("%4dx%-4d %4d  %-28s %7.1f\n", setting->width, setting->height, setting->resolution,
           setting->name, measure(setting, augmenter, pixels, bytes, tensor, rounds));
    mn_augmenter_free(augmenter);
    free(tensor);
    free(pixels);
}

static void report_mix(const struct mn_mixing *mixing, const char *name, int resolution,
                       long rounds)
{
    enum { BATCH = 2 };
    float *tensor = calloc((size_t)resolution * (size_t)resolution * 3 * BATCH, sizeof *tensor);
    if (!tensor)
        die("not enough memory");
    double begin = now_us();
    for (long round = 0; round < rounds; round++) {
        struct mn_random random = mn_random_of(1, MN_RANDOM_MIX, (uint64_t)round);
        struct mn_mix mix = mn_mix_draw(mixing, 0, random, resolution);
        mn_mix_pair(&mix, tensor, BATCH, resolution, 0);
    }
    printf("%9s %4d  %-28s %7.1f\n", "", resolution, name,
           (now_us() - begin) / (double)rounds / BATCH);
    free(tensor);
}

int main(int argc, char **argv)
{
    long rounds = argc > 1 ? strtol(argv[1], NULL, 10) : 1000;
    if (rounds < 1 || rounds > MOST_ROUNDS)
        die("rounds: 1 to 1000000");
    printf("picture     to  setting                      us a picture\n");
    for (size_t i = 0; i < sizeof settings / sizeof *settings; i++)
        report(&settings[i], rounds);
    report_mix(&(struct mn_mixing){1, 0, 1, 0, 0}, "mixup", 64, rounds);
    report_mix(&(struct mn_mixing){0, 1, 1, 0, 0}, "cutmix", 64, rounds);
    return 0;
}
