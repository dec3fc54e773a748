#include "layer_args.h"

#include <math.h>

struct mn_conv_args mn_conv_args_of(const struct mn_layer *layer, const float *input,
                                    const float *packed, float *output)
{
    return (struct mn_conv_args){.input = input,
                                 .packed = packed,
                                 .output = output,
                                 .in_size = layer->in_size,
                                 .in_channels = layer->in_channels,
                                 .out_size = layer->out_size,
                                 .out_channels = layer->out_channels,
                                 .stride = layer->stride,
                                 .pad = layer->pad,
                                 .in_step = layer->in_channels,
                                 .out_step = layer->out_channels,
                                 .row_end = layer->out_size,
                                 .lo = -INFINITY,
                                 .hi = INFINITY};
}
