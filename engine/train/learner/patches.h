/* A standard 3x3 convolution as a product: each output pixel's patch of the input is a row. Pixels
 * outside of the picture are 0. */
#ifndef MN_PATCHES_H
#define MN_PATCHES_H

#include "../../network.h"
#include "arithmetic.h"

/* patches[out_size * out_size][3][3][in_channels] of picture[in_size][in_size][in_channels] */
void mn_patches_gather(const struct mn_layer *layer, const float *picture, float *patches);

/* The other way round, for gradients: what lies in several patches is added up. Overwrites the
 * picture. */
void mn_patches_scatter(const struct mn_layer *layer, const float *patches, float *picture,
                        const struct mn_arithmetic *arithmetic);

#endif
