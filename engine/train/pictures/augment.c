#include "augment.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "camera_effects.h"
#include "colour.h"
#include "crop.h"
#include "noise.h"
#include "resampler.h"
#include "trivial.h"
#include "warp.h"

struct mn_augmenter {
    struct mn_resampler resampler;
    uint8_t *rgb, *room; /* [capacity][capacity][3], and MN_WARP_SLACK */
    int capacity;
};

struct mn_augmenter *mn_augmenter_new(void)
{
    return calloc(1, sizeof(struct mn_augmenter));
}

void mn_augmenter_free(struct mn_augmenter *augmenter)
{
    if (!augmenter)
        return;
    mn_resampler_free(&augmenter->resampler);
    free(augmenter->rgb);
    free(augmenter->room);
    free(augmenter);
}

static bool reserve(struct mn_augmenter *augmenter, int resolution)
{
    if (resolution <= augmenter->capacity)
        return true;
    size_t bytes = (size_t)resolution * (size_t)resolution * 3;
    free(augmenter->rgb);
    free(augmenter->room);
    augmenter->rgb = malloc(bytes);
    augmenter->room = malloc(bytes + MN_WARP_SLACK);
    augmenter->capacity = augmenter->rgb && augmenter->room ? resolution : 0;
    return augmenter->capacity != 0;
}

/* --- geometry --- */

static enum mn_status cut(struct mn_augmenter *augmenter, const struct mn_augmentation *settings,
                          const float mean[3], struct mn_random *random,
                          const struct mn_image *image, int resolution, struct mn_error *error)
{
    int width = image->width, height = image->height, pad = 0;
    struct mn_box box;
    uint8_t fill[3];
    for (int c = 0; c < 3; c++) /* what is 0 in the tensor */
        fill[c] = (uint8_t)fminf(fmaxf(mean[c] * 255 + 0.5f, 0), 255);
    if (settings->crop == MN_CROP_PAD)
        pad = (int)(settings->crop_pad * (width < height ? width : height) + 0.5);
    if (settings->crop == MN_CROP_RESIZED)
        box = mn_box_resized(random, settings->scale, settings->ratio, width, height);
    else
        box = mn_box_moved(random, pad, width, height);
    box.hflip = mn_random_chance(random, settings->hflip);
    box.vflip = mn_random_chance(random, settings->vflip);
    if (!mn_resample_box(&augmenter->resampler, image, &box, pad ? fill : NULL, resolution,
                         augmenter->rgb))
        return mn_fail(error, MN_FAILED, "no memory to augment a picture; close other programs");
    return MN_OK;
}

/* --- colour --- */

static double factor_of(struct mn_random *random, double jitter)
{
    return mn_random_between(random, fmax(1 - jitter, 0), 1 + jitter);
}

static void jitter(struct mn_random *random, double amount, uint8_t *rgb, size_t pixels)
{
    struct mn_levels levels = mn_levels_brightness(factor_of(random, amount));
    mn_levels_apply(&levels, rgb, pixels);
    levels = mn_levels_contrast(factor_of(random, amount), rgb, pixels);
    mn_levels_apply(&levels, rgb, pixels);
    mn_colour_saturate(rgb, pixels, factor_of(random, amount));
}

/* --- to the tensor --- */

enum { BLOCK = 48 }; /* values of 16 pixels: whole vectors, and whole pixels */

static void normalise(const uint8_t *restrict rgb, const float mean[3], const float std[3],
                      size_t pixels, float *restrict tensor)
{
    float scale[BLOCK], offset[BLOCK];
    for (int i = 0; i < BLOCK; i++) {
        scale[i] = 1 / (255 * std[i % 3]);
        offset[i] = -mean[i % 3] / std[i % 3];
    }
    size_t values = 3 * pixels, done = 0;
    for (; done + BLOCK <= values; done += BLOCK)
        for (size_t i = 0; i < BLOCK; i++)
            tensor[done + i] = (float)rgb[done + i] * scale[i] + offset[i];
    for (size_t i = 0; done < values; i++, done++)
        tensor[done] = (float)rgb[done] * scale[i] + offset[i];
}

static void fill_with_noise(struct mn_noise *noise, float *values, int count)
{
    int16_t drawn[MN_NOISE_BLOCK];
    for (int done = 0; done < count; done += MN_NOISE_BLOCK) {
        int block = count - done < MN_NOISE_BLOCK ? count - done : MN_NOISE_BLOCK;
        mn_noise_draw(noise, drawn);
        for (int i = 0; i < block; i++)
            values[done + i] = (float)drawn[i] * (1 / MN_NOISE_DEVIATION);
    }
}

/* A rectangle of 2 to 33 % of the area, sides 0.3 to 3.3, becomes noise as bright as the data. */
static void erase(struct mn_random *random, int resolution, float *tensor)
{
    static const double area[2] = {0.02, 0.33}, ratio[2] = {0.3, 3.3};
    struct mn_box box = mn_box_resized(random, area, ratio, resolution, resolution);
    struct mn_noise noise = mn_noise_of(random);
    int top = (int)box.top, bottom = (int)(box.top + box.height + 0.5);
    int left = (int)box.left, right = (int)(box.left + box.width + 0.5);
    right = right < resolution ? right : resolution;
    for (int y = top; y < bottom && y < resolution; y++)
        fill_with_noise(&noise, tensor + 3 * ((size_t)y * (size_t)resolution + (size_t)left),
                        3 * (right - left));
}

enum mn_status mn_augment(struct mn_augmenter *augmenter, const struct mn_augmentation *settings,
                          const float mean[3], const float std[3], struct mn_random random,
                          const struct mn_image *image, int resolution, float *tensor,
                          struct mn_error *error)
{
    size_t pixels = (size_t)resolution * (size_t)resolution;
    if (!reserve(augmenter, resolution))
        return mn_fail(error, MN_FAILED, "no memory to augment a picture; close other programs");
    if (cut(augmenter, settings, mean, &random, image, resolution, error))
        return error->status;
    if (settings->trivial)
        mn_trivial(&random, augmenter->rgb, augmenter->room, resolution);
    else if (settings->color_jitter > 0)
        jitter(&random, settings->color_jitter, augmenter->rgb, pixels);
    if (settings->camera > 0)
        mn_camera_effects(&random, settings->camera, augmenter->rgb, augmenter->room, resolution);
    normalise(augmenter->rgb, mean, std, pixels, tensor);
    if (mn_random_chance(&random, settings->reprob))
        erase(&random, resolution, tensor);
    return MN_OK;
}
