/* The layers with weights, forward beside backward, without what follows them (bias, batch norm,
 * activation). Their products run on the inference engine's kernels in all three directions: to the
 * output, to the input's gradient with weights packed once a step, and to the weights' gradient,
 * whose factors are both activations. Backward through a depthwise layer of stride 2 is a loop of
 * ours, and so is the gradient of depthwise weights.
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
    const float *packed;            /* the weights, by mn_layer_pack() for this direction */
    const float *input;             /* of this pass's pictures; NULL: it is */
    struct mn_activated activation; /* and has not been computed, but see mn_layer_activate() */
    int pictures;
    float *columns; /* [pictures][mn_layer_columns()] */
};

/* Floats of one picture's input and output. */
size_t mn_layer_in_floats(const struct mn_layer *layer);
size_t mn_layer_out_floats(const struct mn_layer *layer);

/* Floats of a picture's `columns`, for backward: a standard convolution's products are with
 * [pixels][3][3][in]. 0 for the others. */
size_t mn_layer_columns(const struct mn_layer *layer);

/* Floats of `packed`, for either direction; a depthwise layer's has room for its weights turned
 * around besides. 0 for layers without weights. */
size_t mn_layer_packed(const struct mn_layer *layer);

/* Makes the pass's input, if it has none yet, into `input` [pictures][mn_layer_in_floats()]. All
 * that follows needs it, but for the gradients of products: the weights' makes it as it goes. */
void mn_layer_activate(struct mn_layer_pass *pass, float *input);

enum mn_direction { MN_FORWARD, MN_BACKWARD };

void mn_layer_pack(const struct mn_layer *layer, const float *weight, enum mn_direction direction,
                   float *packed);

void mn_layer_forward(const struct mn_layer_pass *pass, float *output);

void mn_layer_input_gradient(const struct mn_layer_pass *pass, const float *d_output,
                             float *d_input);

/* Of a depthwise layer; written, not added to. */
void mn_layer_depthwise_gradient(const struct mn_layer_pass *pass, const float *d_output,
                                 float *d_weight);

/* Of the other layers it is a product over the rows (pixels) of all pictures,
 *
 *     d_weight[out][in] = d_output[rows][out]^T * input[rows][in]     (standard: in is [3][3][in])
 *
 * and can be cut by rows, whose products are added, and by output channels. Its operands are the
 * input in the kernels' panels, and the output's gradient turned around; with them in memory
 * neither the pass nor d_output is needed any more. The pass's pictures are those from `first` on
 * of `pictures` whose operands lie together. */
size_t mn_layer_operands(const struct mn_layer *layer, int pictures); /* floats; depthwise: 0 */
void mn_layer_gather_operands(const struct mn_layer_pass *pass, const float *d_output, int first,
                              int pictures, float *operands);

/* Rows (output channels) begin … end - 1 of d_weight, written or, with `accumulate`, added to. */
void mn_layer_weight_gradient(const struct mn_layer *layer, const float *operands, int pictures,
                              int begin, int end, bool accumulate, float *d_weight);

#endif
