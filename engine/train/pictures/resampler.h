/* A rectangle of a picture, resampled to a square: the geometry of training pictures, in the
 * definition of image/preprocess.h, but each time of another rectangle. */
#ifndef MN_RESAMPLER_H
#define MN_RESAMPLER_H

#include "../../image/image.h"
#include "crop.h"

/* Of each output along one side: which samples, and how much of each. */
struct mn_resampler_side {
    int *first, *count; /* [size] */
    float *weight;      /* [size][taps]; 0 from count on */
    int taps;           /* the most that an output has */
    int size_capacity;
    size_t weight_capacity;
};

/* Room for one resampling, grown as needed. Start with a zeroed struct. */
struct mn_resampler {
    struct mn_resampler_side columns, rows;
    float *line; /* one row of the box, then one of the output: both with a float more at the end */
    float *grey; /* one row of the box, of a grey picture */
    size_t line_capacity, grey_capacity; /* floats */
};

void mn_resampler_free(struct mn_resampler *resampler); /* leaves it zeroed */

/* The box of a picture, GREY or RGB24, to rgb [size][size][3]. Around the picture there is `fill`
 * without end; where it is NULL the filter is cut off at the edges, and the box must not reach over
 * them. False when memory runs out. */
bool mn_resample_box(struct mn_resampler *resampler, const struct mn_image *image,
                     const struct mn_box *box, const uint8_t fill[3], int size, uint8_t *rgb);

#endif
