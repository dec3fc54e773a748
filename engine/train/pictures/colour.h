/* Changing the levels of an RGB picture [pixels][3] in place. A factor of 1 leaves it as it is, 0
 * is black, grey, or colourless; as Pillow's ImageEnhance and ImageOps have them. */
#ifndef MN_COLOUR_H
#define MN_COLOUR_H

#include <stddef.h>
#include <stdint.h>

/* What each level of each channel becomes. */
struct mn_levels {
    uint8_t level[3][256];
};

void mn_levels_apply(const struct mn_levels *levels, uint8_t *rgb, size_t pixels);

struct mn_levels mn_levels_brightness(double factor);
struct mn_levels mn_levels_contrast(double factor, const uint8_t *rgb, size_t pixels);
struct mn_levels mn_levels_posterize(int bits);        /* 0 … 8 upper bits are kept */
struct mn_levels mn_levels_solarize(double threshold); /* levels from there on are inverted */
struct mn_levels mn_levels_autocontrast(const uint8_t *rgb, size_t pixels);
struct mn_levels mn_levels_equalize(const uint8_t *rgb, size_t pixels);
/* 255 * min(gain[c] * (v / 255), 1) ^ gamma */
struct mn_levels mn_levels_exposure(const double gain[3], double gamma);

void mn_colour_saturate(uint8_t *rgb, size_t pixels, double factor);

#endif
