/* What a kernel has to be told of a layer: its shape, and where its tensors are. */
#ifndef MN_LAYER_ARGS_H
#define MN_LAYER_ARGS_H

#include "kernels/kernels.h"
#include "network.h"

/* All rows and channels of one picture: input [in_size][in_size][in_channels], output
 * [out_size][out_size][out_channels]. Unclamped. */
struct mn_conv_args mn_conv_args_of(const struct mn_layer *layer, const float *input,
                                    const float *packed, float *output);

#endif
