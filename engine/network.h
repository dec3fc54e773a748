/* The network: the list of layers of MobileNet-V1 (Howard et al. 2017, arXiv 1704.04861, table 1).
 *
 * This is the one description that the engine, the model files and the trainer share. It knows
 * shapes and names, no weights. All activations are [height][width][channels]. */
#ifndef MN_NETWORK_H
#define MN_NETWORK_H

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"

enum {
    MN_BLOCKS = 13,                        /* depthwise separable blocks */
    MN_MAX_LAYERS = 1 + 2 * MN_BLOCKS + 2, /* first convolution, blocks, pool, linear */
    MN_MIN_RESOLUTION = 32,
    MN_MAX_RESOLUTION = 512,
    MN_MAX_CLASSES = 100000,
    MN_MAX_CHANNELS = 16384, /* of any layer: width multiplier 16 */
};

enum mn_activation { MN_RELU, MN_RELU6 };

/* How a 3x3 layer of stride 2 pads an even input. Stride 1 pads one pixel on every side in both. */
enum mn_padding {
    MN_PAD_SAME,      /* TensorFlow, Keras: nothing above and left, one pixel below and right */
    MN_PAD_SYMMETRIC, /* PyTorch padding=1: one pixel above and left, nothing below and right is
                         read */
};

struct mn_network_spec {
    double width;        /* alpha, > 0: every layer has this many times the paper's channels */
    int resolution;      /* input height and width in pixels: a multiple of 32, 32 … 512 */
    int classes;         /* outputs of the linear layer, >= 1 */
    int channel_divisor; /* 1: channels = max(8, floor(width * c)), as TensorFlow. 8: rounded to the
                            nearest multiple of 8, but never more than 10 % down, as timm */
    enum mn_activation activation;
    enum mn_padding padding;
    bool standard; /* the paper's twin: each block is one standard 3x3 convolution (table 4) */
};

enum mn_layer_kind { MN_CONV, MN_DEPTHWISE, MN_POINTWISE, MN_POOL, MN_LINEAR };

struct mn_layer {
    enum mn_layer_kind kind;
    char name[40]; /* the stem of its tensors' names, as timm's state_dict has it:
                      "blocks.3.1.conv_pw" */
    char norm[40]; /* the same of its batch norm: "blocks.3.1.bn2"; empty for pool and linear */
    int in_size, in_channels;   /* input is [in_size][in_size][in_channels] */
    int out_size, out_channels; /* output is [out_size][out_size][out_channels] */
    int stride;                 /* 1 or 2; 1 where it has no meaning */
    int pad;                    /* rows above and columns to the left that are zero: 0 or 1 */
    int64_t mult_adds;          /* multiply-adds for one picture */
    int64_t parameters;         /* weights, plus scale and offset of the batch norm, or the bias */
};

struct mn_network {
    struct mn_network_spec spec;
    int layer_count;
    struct mn_layer layers[MN_MAX_LAYERS];
    int64_t mult_adds; /* sums over the layers */
    int64_t parameters;
};

/* What layers first … last have made together: the last one's output [batch][out_size][out_size],
 * pixel_step floats from one pixel's channels to the next one's. */
struct mn_layers_output {
    int first, last;
    const float *data;
    int pixel_step;
};

/* Fills *network. Errors: MN_BAD_INPUT where the spec is out of the ranges above. */
enum mn_status mn_network_build(struct mn_network *network, const struct mn_network_spec *spec,
                                struct mn_error *error);

/* Number of weights of the layer's kernel: conv O*I*9, depthwise C*9, pointwise and linear O*I,
 * pool 0. */
int64_t mn_layer_weight_count(const struct mn_layer *layer);

/* Builds the network whose first convolution and 13 blocks have these output channels, as found in
 * a model file; all but width and channel_divisor are spec's. Prefers the roundest width. Errors:
 * MN_BAD_INPUT where no width gives these 14 counts, and those of mn_network_build(). */
enum mn_status mn_network_of_channels(struct mn_network *network,
                                      const struct mn_network_spec *spec,
                                      const int channels[1 + MN_BLOCKS], struct mn_error *error);

/* "conv", "depthwise", "pointwise", "pool", "linear". */
const char *mn_layer_kind_name(enum mn_layer_kind kind);

#endif
