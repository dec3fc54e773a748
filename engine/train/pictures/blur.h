/* Sharpness of an RGB picture [size][size][3], changed in place. `room` has the picture's size. */
#ifndef MN_BLUR_H
#define MN_BLUR_H

#include <stdint.h>

/* Pillow's ImageEnhance.Sharpness: 0 smooths, 1 leaves it, 2 sharpens. The outermost pixels stay.
 */
void mn_blur_sharpen(uint8_t *rgb, uint8_t *room, int size, double factor);

/* Out of focus: (1 2 1) / 4 along rows and columns, so many times. That is close to a Gaussian of
 * standard deviation sqrt(passes / 2) px. Around the picture its edge goes on. */
void mn_blur_defocus(uint8_t *rgb, uint8_t *room, int size, int passes);

enum { MN_BLUR_MOTION = 64 }; /* px, the longest; 16 bits sum 257 levels */

/* Moved while it was taken: the mean along a line of `length` px (1 … MN_BLUR_MOTION) at `angle`
 * (radians). Around the picture its edge goes on. */
void mn_blur_motion(uint8_t *rgb, uint8_t *room, int size, int length, double angle);

#endif
