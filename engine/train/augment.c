#include "augment.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "camera_effects.h"
#include "colour.h"
#include "crop.h"
#include "trivial.h"

struct mn_augmenter {
    struct mn_resampler resampler;
    struct mn_bitmap colour; /* a grey picture in three channels, or a padded one */
    uint8_t *rgb, *room;     /* [capacity][capacity][3] */
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
    mn_bitmap_free(&augmenter->colour);
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
    augmenter->room = malloc(bytes);
    augmenter->capacity = augmenter->rgb && augmenter->room ? resolution : 0;
    return augmenter->capacity != 0;
}

/* --- geometry --- */

/* A copy in three channels with `pad` px of `fill` around it. */
static enum mn_status copy_padded(struct mn_bitmap *to, const struct mn_image *from, int pad,
                                  const uint8_t fill[3], struct mn_error *error)
{
    int width = from->width + 2 * pad, height = from->height + 2 * pad;
    int step = from->format == MN_PIXEL_GREY ? 1 : 3;
    if (mn_bitmap_reserve(to, MN_PIXEL_RGB24, width, height, error))
        return error->status;
    uint8_t *out = to->pixels;
    for (int y = -pad; y < from->height + pad; y++)
        for (int x = -pad; x < from->width + pad; x++, out += 3) {
            bool inside = x >= 0 && y >= 0 && x < from->width && y < from->height;
            const uint8_t *in =
                inside ? from->plane[0] + (size_t)y * from->stride[0] + (size_t)x * (size_t)step
                       : fill;
            out[0] = in[0];
            out[1] = in[inside && step == 1 ? 0 : 1];
            out[2] = in[inside && step == 1 ? 0 : 2];
        }
    return MN_OK;
}

static struct mn_box choose_box(const struct mn_augmentation *settings, struct mn_random *random,
                                int width, int height, int pad)
{
    struct mn_box box;
    if (settings->crop == MN_CROP_RESIZED) {
        box = mn_box_resized(random, settings->scale, settings->ratio, width, height);
    } else {
        box = mn_box_centre(width - 2 * pad, height - 2 * pad);
        box.left += mn_random_below(random, 2 * pad + 1);
        box.top += mn_random_below(random, 2 * pad + 1);
    }
    box.hflip = mn_random_chance(random, settings->hflip);
    box.vflip = mn_random_chance(random, settings->vflip);
    return box;
}

static enum mn_status cut(struct mn_augmenter *augmenter, const struct mn_augmentation *settings,
                          const float mean[3], struct mn_random *random,
                          const struct mn_image *image, int resolution, struct mn_error *error)
{
    int side = image->width < image->height ? image->width : image->height, pad = 0;
    uint8_t fill[3];
    for (int c = 0; c < 3; c++) /* what is 0 in the tensor */
        fill[c] = (uint8_t)fminf(fmaxf(mean[c] * 255 + 0.5f, 0), 255);
    if (settings->crop == MN_CROP_PAD)
        pad = (int)(settings->crop_pad * side + 0.5);
    if (pad || image->format == MN_PIXEL_GREY) {
        if (copy_padded(&augmenter->colour, image, pad, fill, error))
            return error->status;
        image = &augmenter->colour.image;
    }
    struct mn_box box = choose_box(settings, random, image->width, image->height, pad);
    if (!mn_resample_box(&augmenter->resampler, image, &box, resolution, augmenter->rgb))
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

static void normalise(const uint8_t *rgb, const float mean[3], const float std[3], size_t pixels,
                      float *tensor)
{
    float scale[3], offset[3];
    for (int c = 0; c < 3; c++) {
        scale[c] = 1 / (255 * std[c]);
        offset[c] = -mean[c] / std[c];
    }
    for (size_t i = 0; i < pixels; i++, rgb += 3, tensor += 3)
        for (int c = 0; c < 3; c++)
            tensor[c] = (float)rgb[c] * scale[c] + offset[c];
}

/* A rectangle of 2 to 33 % of the area, sides 0.3 to 3.3, becomes noise as bright as the data. */
static void erase(struct mn_random *random, int resolution, float *tensor)
{
    static const double area[2] = {0.02, 0.33}, ratio[2] = {0.3, 3.3};
    struct mn_box box = mn_box_resized(random, area, ratio, resolution, resolution);
    int top = (int)box.top, bottom = (int)(box.top + box.height + 0.5);
    int left = (int)box.left, right = (int)(box.left + box.width + 0.5);
    for (int y = top; y < bottom && y < resolution; y++)
        for (int x = left; x < right && x < resolution; x++)
            for (int c = 0; c < 3; c++)
                tensor[((size_t)y * (size_t)resolution + (size_t)x) * 3 + (size_t)c] =
                    (float)mn_random_normal(random);
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
