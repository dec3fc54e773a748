#include "trivial.h"

#include <math.h>

#include "blur.h"
#include "colour.h"
#include "warp.h"

enum operation {
    IDENTITY,
    SHEAR_X,
    SHEAR_Y,
    TRANSLATE_X,
    TRANSLATE_Y,
    ROTATE,
    BRIGHTNESS,
    COLOUR,
    CONTRAST,
    SHARPNESS,
    POSTERIZE,
    SOLARIZE,
    AUTOCONTRAST,
    EQUALIZE,
};

static const char *const names[MN_TRIVIAL_OPERATIONS] = {
    "identity",  "shear x",    "shear y",      "translate x", "translate y",
    "rotate",    "brightness", "saturation",   "contrast",    "sharpness",
    "posterize", "solarize",   "autocontrast", "equalize"};

const char *mn_trivial_name(int operation)
{
    return names[operation];
}

/* Shear and rotation as the paper has them, 0.99 and 135 degrees at most; translation up to half
 * the side, where the paper has 32 px of whatever size. */
static void move(enum operation operation, double strength, uint8_t *rgb, uint8_t *room, int size)
{
    static const uint8_t black[3];
    struct mn_affine map = {1, 0, 0, 0, 1, 0};
    double angle = strength * 135 / 180 * 3.14159265358979323846;
    if (operation == SHEAR_X)
        map.xy = 0.99 * strength;
    else if (operation == SHEAR_Y)
        map.yx = 0.99 * strength;
    else if (operation == TRANSLATE_X)
        map.x0 = floor(0.5 * size * strength);
    else if (operation == TRANSLATE_Y)
        map.y0 = floor(0.5 * size * strength);
    else
        map = (struct mn_affine){cos(angle), -sin(angle), 0, sin(angle), cos(angle), 0};
    mn_warp_affine(rgb, room, size, &map, black);
}

static struct mn_levels levels_of(enum operation operation, double strength, int step,
                                  const uint8_t *rgb, size_t pixels)
{
    switch (operation) {
    case BRIGHTNESS:
        return mn_levels_brightness(1 + 0.99 * strength);
    case CONTRAST:
        return mn_levels_contrast(1 + 0.99 * strength, rgb, pixels);
    case POSTERIZE:
        return mn_levels_posterize(8 - (step + 2) / 5); /* 8 … 2 bits */
    case SOLARIZE:
        return mn_levels_solarize(255 * (1 - fabs(strength)));
    case AUTOCONTRAST:
        return mn_levels_autocontrast(rgb, pixels);
    default:
        return mn_levels_equalize(rgb, pixels);
    }
}

void mn_trivial_apply(int operation, int step, bool negative, uint8_t *rgb, uint8_t *room, int size)
{
    size_t pixels = (size_t)size * (size_t)size;
    double strength = (double)step / (MN_TRIVIAL_STRENGTHS - 1) * (negative ? -1 : 1);
    if (operation == IDENTITY)
        return;
    if (operation <= ROTATE) {
        move((enum operation)operation, strength, rgb, room, size);
    } else if (operation == COLOUR) {
        mn_colour_saturate(rgb, pixels, 1 + 0.99 * strength);
    } else if (operation == SHARPNESS) {
        mn_blur_sharpen(rgb, room, size, 1 + 0.99 * strength);
    } else {
        struct mn_levels levels = levels_of((enum operation)operation, strength, step, rgb, pixels);
        mn_levels_apply(&levels, rgb, pixels);
    }
}

void mn_trivial(struct mn_random *random, uint8_t *rgb, uint8_t *room, int size)
{
    int operation = mn_random_below(random, MN_TRIVIAL_OPERATIONS);
    int step = mn_random_below(random, MN_TRIVIAL_STRENGTHS);
    bool negative = mn_random_chance(random, 0.5);
    mn_trivial_apply(operation, step, negative, rgb, room, size);
}
