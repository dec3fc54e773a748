/* Moving the pixels of an RGB picture [size][size][3], in place. `room` has the picture's size. */
#ifndef MN_WARP_H
#define MN_WARP_H

#include <stdint.h>

enum { MN_WARP_SLACK = 8 }; /* bytes that are read past the last pixel, as part of a vector */

/* Where an output pixel comes from, about the centre: x' = xx * x + xy * y + x0, y' likewise, px.
 */
struct mn_affine {
    double xx, xy, x0, yx, yy, y0;
};

/* The nearest pixel; `fill` where the map leaves the picture. */
void mn_warp_affine(uint8_t *rgb, uint8_t *room, int size, const struct mn_affine *map,
                    const uint8_t fill[3]);

/* As a camera sees the picture that is not quite opposite to it: the affine map, then divided by 1
 * + lean_x * x + lean_y * y, where x and y are -1 … 1. Bilinear; around the picture its edge goes
 * on. |lean_x| + |lean_y| < 1. `room` has MN_WARP_SLACK bytes more. */
void mn_warp_perspective(uint8_t *rgb, uint8_t *room, int size, const struct mn_affine *map,
                         double lean_x, double lean_y);

#endif
