/* The layers with weights, forward beside backward, without what follows them (bias, batch norm,
 * activation). What has weights for a factor runs on the inference engine's kernels, forward and
 * backward, with weights packed once a step; but backward through a depthwise layer of stride 2 is
 * a loop of ours. So are the gradients of depthwise weights; those of the others are products of
 * two activations, and OpenBLAS's.
 *
 * Activations are [pictures][size][size][channels]. Weights lie as in weights.h: standard
 * [out][3][3][in], depthwise [3][3][channels], pointwise and linear [out][in]. */
#ifndef MN_LAYERS_H
#define MN_LAYERS_H

#include "../../network.h"
#include "arithmetic.h"

struct mn_layer_pass {
    const struct mn_arithmetic *arithmetic;
    const struct mn_layer *layer;
    const float *packed; /* the weights, by mn_layer_pack() for this direction */
    const float *input;  /* of this pass's pictures */
    int pictures;
    float *columns; /* [mn_layer_columns()]: room for one picture */
};

/* Floats of one picture's input and output. */
size_t mn_layer_in_floats(const struct mn_layer *layer);
size_t mn_layer_out_floats(const struct mn_layer *layer);

/* Floats of `columns`, for backward: a standard convolution's products are with [pixels][3][3][in],
 * made of one picture at a time. 0 for the others. */
size_t mn_layer_columns(const struct mn_layer *layer);

/* Floats of `packed`, for either direction; a depthwise layer's has room for its weights turned
 * around besides. 0 for layers without weights. */
size_t mn_layer_packed(const struct mn_layer *layer);

enum mn_direction { MN_FORWARD, MN_BACKWARD };

void mn_layer_pack(const struct mn_layer *layer, const float *weight, enum mn_direction direction,
                   float *packed);

void mn_layer_forward(const struct mn_layer_pass *pass, float *output);

/* Adds to d_weight; writes d_input, unless it is NULL: then nobody asks what is below. */
void mn_layer_backward(const struct mn_layer_pass *pass, const float *d_output, float *d_weight,
                       float *d_input);

#endif
