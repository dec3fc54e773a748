/* Cutting a rectangle out of a picture and resampling it: the geometry of training pictures. */
#ifndef MN_CROP_H
#define MN_CROP_H

#include "../image/bitmap.h"
#include "augment.h"

/* In px of the picture; may be mirrored on the way. */
struct mn_box {
    double left, top, width, height; /* inside the picture */
    bool hflip, vflip;
};

/* The largest square in the middle. */
struct mn_box mn_box_centre(int width, int height);
/* A rectangle of a random area and aspect ratio (Szegedy et al. 2014), the middle where ten tries
 * give none that fits. */
struct mn_box mn_box_resized(struct mn_random *random, const double scale[2], const double ratio[2],
                             int width, int height);

/* Room for the tables and rows of one resampling, grown as needed. */
struct mn_resampler {
    int *first, *count; /* [size], of each output: the first sample, and how many */
    float *weights;     /* [size][taps] */
    int size, taps;
    float *rows; /* [rows of the box][size][3] */
    size_t rows_capacity;
};

void mn_resampler_free(struct mn_resampler *resampler); /* leaves it zeroed */

/* The box of an RGB24 picture to rgb [size][size][3]: triangle filter, as image/preprocess.h
 * defines it, cut off at the picture's edges. False when memory runs out. */
bool mn_resample_box(struct mn_resampler *resampler, const struct mn_image *image,
                     const struct mn_box *box, int size, uint8_t *rgb);

#endif
