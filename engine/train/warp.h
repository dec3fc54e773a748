/* Moving the pixels of an RGB picture [size][size][3]: affine maps, sharpening, blurring. */
#ifndef MN_WARP_H
#define MN_WARP_H

#include <stdint.h>

/* Where an output pixel comes from, about the centre: x' = xx * x + xy * y + x0, y' likewise. */
struct mn_affine {
    double xx, xy, x0, yx, yy, y0;
};

/* The nearest pixel; `fill` where the map leaves the picture. `room` has the picture's size. */
void mn_warp_affine(uint8_t *rgb, uint8_t *room, int size, const struct mn_affine *map,
                    const uint8_t fill[3]);

/* Pillow's ImageEnhance.Sharpness: 0 smooths, 1 leaves it, 2 sharpens. The outermost pixels stay.
 */
void mn_warp_sharpen(uint8_t *rgb, uint8_t *room, int size, double factor);

/* (1 2 1) / 4, so many times along rows and along columns: out of focus where they are alike,
 * motion where they are not. */
void mn_warp_blur(uint8_t *rgb, uint8_t *room, int size, int along_rows, int along_columns);

#endif
