/* Batch norm of a layer (Ioffe and Szegedy 2015): from sums over the batch to what the activation
 * and the gradient of the layer's output y are computed with. The sums are the learner's, which
 * has the pictures; the loops over pixels are those of arithmetic.h. */
#ifndef MN_NORM_H
#define MN_NORM_H

#include "weights.h"

/* Of one layer; the arrays are [channels]. */
struct mn_norm {
    size_t channels;
    float *mean, *inverse;         /* of the convolution's output; 1 / sqrt(variance + epsilon) */
    float *scale, *shift;          /* activation = clamp(y * scale + shift) */
    float *by_d, *by_y, *constant; /* gradient of y, see denormalise in arithmetic.h */
    double *variance;              /* biased */
    size_t count;                  /* values a channel it was made of */
};

/* False where there is no memory. Either way the caller frees with mn_norm_free(). */
bool mn_norm_new(struct mn_norm *norm, size_t channels);
void mn_norm_free(struct mn_norm *norm); /* a zeroed one is fine */

/* Mean and variance, and the scale and shift that follow, with `at` into values, the row of
 * weights.h. sum[2][channels] is over `count` values a channel: of y - tracked mean, and of its
 * square; NULL: the tracked ones are taken. */
void mn_norm_forward(struct mn_norm *norm, const struct mn_layer_weights *at, const float *values,
                     double *const *sum, size_t count, double epsilon);

/* After forward with sums: writes gamma's and beta's places in gradient [trained], and how the
 * gradient of y follows from d, that of the norm's output. sum[2][channels]: of d, and of
 * d * (y - mean). (Ioffe and Szegedy 2015, section 3.) */
void mn_norm_backward(struct mn_norm *norm, const struct mn_layer_weights *at, double *const *sum,
                      float *gradient);

/* Moves the tracked mean and variance (unbiased) in values by `momentum` towards the last
 * forward's. */
void mn_norm_track(const struct mn_norm *norm, const struct mn_layer_weights *at, float *values,
                   double momentum);

#endif
