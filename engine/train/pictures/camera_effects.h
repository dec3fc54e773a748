/* What cameras do to pictures: tilt, blur, light, white balance, noise, JPEG. */
#ifndef MN_CAMERA_EFFECTS_H
#define MN_CAMERA_EFFECTS_H

#include <stdint.h>

#include "../base/random.h"

/* Each effect with this probability, at a random strength, on rgb [size][size][3] in place. `room`
 * has the picture's size and MN_WARP_SLACK (warp.h) bytes more. */
void mn_camera_effects(struct mn_random *random, double probability, uint8_t *rgb, uint8_t *room,
                       int size);

/* Two of them alone. Noise is of standard deviation 1.5 to 16 levels; JPEG of quality 15 to 84. */
void mn_camera_noise(struct mn_random *random, uint8_t *rgb, int size);
void mn_camera_jpeg(struct mn_random *random, uint8_t *rgb, int size);

#endif
