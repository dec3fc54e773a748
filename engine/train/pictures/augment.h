/* From a training picture to a network's input tensor, differently each time: geometry, colour,
 * what cameras do, and erasing. Mixing two pictures is mix.h's. Names of settings are timm's.
 *
 * Order: crop, flip and resize in one resampling; TrivialAugment or colour jitter; camera; then
 * (x / 255 - mean) / std; then erasing. */
#ifndef MN_AUGMENT_H
#define MN_AUGMENT_H

#include <stdbool.h>

#include "../../base/error.h"
#include "../../image/image.h"
#include "../base/random.h"

enum mn_crop {
    MN_CROP_CENTRE,  /* the whole middle square, no chance: for what is evaluated */
    MN_CROP_PAD,     /* the middle square, moved by up to crop_pad of the shorter side; beyond the
                        picture is the mean colour, 0 in the tensor: He et al. 2015, CIFAR's usual */
    MN_CROP_RESIZED, /* a rectangle of scale of the area and ratio of the sides: Szegedy et al. 2014
                      */
};

struct mn_augmentation {
    enum mn_crop crop;
    double crop_pad;           /* MN_CROP_PAD: fraction of the side; 0.125 is 4 px of 32 */
    double scale[2], ratio[2]; /* MN_CROP_RESIZED: 0.08 … 1, 3/4 … 4/3 */
    double hflip;              /* probability of a mirror image */
    double vflip;
    double color_jitter; /* brightness, contrast, saturation: factors 1 - x … 1 + x; 0: none */
    bool trivial;        /* TrivialAugment wide (Müller and Hutter 2021); color_jitter is then
                            not applied */
    double camera;       /* probability of each of: tilt (rotation and perspective), blur (focus or
                            motion), exposure, white balance, sensor noise, JPEG; 0: none */
    double reprob;       /* probability of random erasing (Zhong et al. 2017), filled with noise */
};

struct mn_augmenter; /* buffers of one thread, grown as needed */

struct mn_augmenter *mn_augmenter_new(void);            /* NULL when memory runs out */
void mn_augmenter_free(struct mn_augmenter *augmenter); /* NULL is fine */

/* Writes tensor [resolution][resolution][3], float32, R G B. The same picture, settings and random
 * give the same tensor. With MN_CROP_CENTRE and nothing else it is within one level of what
 * mn_preprocess() makes with MN_FIT_CROP and crop_fraction 1. Errors: MN_FAILED for memory. */
enum mn_status mn_augment(struct mn_augmenter *augmenter, const struct mn_augmentation *settings,
                          const float mean[3], const float std[3], struct mn_random random,
                          const struct mn_image *image, int resolution, float *tensor,
                          struct mn_error *error);

#endif
