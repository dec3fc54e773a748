/* MobileNet-V1 as a list of layers. The paper's table 1 is the two arrays below; everything else
 * follows. */
#include "network.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

static const int stem_channels = 32;

/* Output channels and stride of each block at width 1 (table 1; the last block's "s2" there is a
 * known misprint: its output is 7x7 like its input). stage and index give timm's name:
 * blocks.<stage>.<index>. */
static const struct {
    int channels, stride, stage, index;
} blocks[MN_BLOCKS] = {
    {64, 1, 0, 0},  {128, 2, 1, 0},  {128, 1, 1, 1},  {256, 2, 2, 0}, {256, 1, 2, 1},
    {512, 2, 3, 0}, {512, 1, 3, 1},  {512, 1, 3, 2},  {512, 1, 3, 3}, {512, 1, 3, 4},
    {512, 1, 3, 5}, {1024, 2, 4, 0}, {1024, 1, 4, 1},
};

static int scaled_channels(int channels, double width, int divisor)
{
    double exact = channels * width;
    if (divisor == 1)
        return exact < 8 ? 8 : (int)exact;
    int rounded = (int)(exact + divisor / 2.0) / divisor * divisor;
    if (rounded < divisor)
        rounded = divisor;
    if (rounded < 0.9 * exact)
        rounded += divisor;
    return rounded;
}

int64_t mn_layer_weight_count(const struct mn_layer *layer)
{
    int64_t pairs = (int64_t)layer->in_channels * layer->out_channels;
    switch (layer->kind) {
    case MN_CONV:
        return 9 * pairs;
    case MN_DEPTHWISE:
        return (int64_t)9 * layer->out_channels;
    case MN_POINTWISE:
    case MN_LINEAR:
        return pairs;
    case MN_POOL:
        return 0;
    }
    return 0;
}

/* Where a layer starts: the shape that flows from one to the next. */
struct shape {
    int size, channels;
};

static struct shape add_layer(struct mn_network *network, enum mn_layer_kind kind, struct shape in,
                              int out_channels, int stride, const char *name, const char *norm)
{
    struct mn_layer *layer = &network->layers[network->layer_count++];
    bool spatial = kind == MN_CONV || kind == MN_DEPTHWISE;
    layer->kind = kind;
    snprintf(layer->name, sizeof layer->name, "%s", name);
    snprintf(layer->norm, sizeof layer->norm, "%s", norm);
    layer->in_size = in.size;
    layer->in_channels = in.channels;
    layer->out_size = kind == MN_POOL ? 1 : in.size / stride;
    layer->out_channels = out_channels;
    layer->stride = stride;
    layer->pad = spatial && (stride == 1 || network->spec.padding == MN_PAD_SYMMETRIC);

    int64_t weights = mn_layer_weight_count(layer);
    layer->mult_adds = weights * layer->out_size * layer->out_size;
    if (kind !=
        MN_POOL) /* batch norm has a scale and an offset a channel, the linear layer a bias */
        layer->parameters = weights + (int64_t)out_channels * (kind == MN_LINEAR ? 1 : 2);
    network->mult_adds += layer->mult_adds;
    network->parameters += layer->parameters;
    return (struct shape){layer->out_size, out_channels};
}

static enum mn_status check_spec(const struct mn_network_spec *spec, struct mn_error *error)
{
    if (!(spec->width > 0) || scaled_channels(1024, fmin(spec->width, 1e5), 1) > MN_MAX_CHANNELS)
        return mn_fail(error, MN_BAD_INPUT, "width multiplier %g: must be above 0 and at most %d",
                       spec->width, MN_MAX_CHANNELS / 1024);
    if (spec->resolution < MN_MIN_RESOLUTION || spec->resolution > MN_MAX_RESOLUTION ||
        spec->resolution % 32)
        return mn_fail(
            error, MN_BAD_INPUT,
            "resolution %d: must be a multiple of 32 from %d to %d, such as 224, 192, 160 or 128",
            spec->resolution, MN_MIN_RESOLUTION, MN_MAX_RESOLUTION);
    if (spec->classes < 1 || spec->classes > MN_MAX_CLASSES)
        return mn_fail(error, MN_BAD_INPUT, "%d classes: must be 1 to %d", spec->classes,
                       MN_MAX_CLASSES);
    if (spec->channel_divisor != 1 && spec->channel_divisor != 8)
        return mn_fail(error, MN_BAD_INPUT, "channel divisor %d: must be 1 or 8",
                       spec->channel_divisor);
    return MN_OK;
}

enum mn_status mn_network_build(struct mn_network *network, const struct mn_network_spec *spec,
                                struct mn_error *error)
{
    if (check_spec(spec, error))
        return error->status;
    *network = (struct mn_network){.spec = *spec};

    struct shape shape = {spec->resolution, 3};
    int channels = scaled_channels(stem_channels, spec->width, spec->channel_divisor);
    shape = add_layer(network, MN_CONV, shape, channels, 2, "conv_stem", "bn1");

    for (int i = 0; i < MN_BLOCKS; i++) {
        char block[24], name[40], norm1[40], norm2[40];
        snprintf(block, sizeof block, "blocks.%d.%d", blocks[i].stage, blocks[i].index);
        snprintf(norm1, sizeof norm1, "%s.bn1", block);
        snprintf(norm2, sizeof norm2, "%s.bn2", block);
        channels = scaled_channels(blocks[i].channels, spec->width, spec->channel_divisor);
        if (spec->standard) {
            snprintf(name, sizeof name, "%s.conv", block);
            shape = add_layer(network, MN_CONV, shape, channels, blocks[i].stride, name, norm1);
            continue;
        }
        snprintf(name, sizeof name, "%s.conv_dw", block);
        shape =
            add_layer(network, MN_DEPTHWISE, shape, shape.channels, blocks[i].stride, name, norm1);
        snprintf(name, sizeof name, "%s.conv_pw", block);
        shape = add_layer(network, MN_POINTWISE, shape, channels, 1, name, norm2);
    }

    shape = add_layer(network, MN_POOL, shape, shape.channels, 1, "global_pool", "");
    add_layer(network, MN_LINEAR, shape, spec->classes, 1, "classifier", "");
    return MN_OK;
}

static bool width_fits(const int channels[1 + MN_BLOCKS], double width, int divisor)
{
    if (!(width > 0) || scaled_channels(stem_channels, width, divisor) != channels[0])
        return false;
    for (int i = 0; i < MN_BLOCKS; i++)
        if (scaled_channels(blocks[i].channels, width, divisor) != channels[1 + i])
            return false;
    return true;
}

static bool find_width(const int channels[1 + MN_BLOCKS], double *width, int *channel_divisor)
{
    /* Widths that round to the last block's count lie within half a step of it; the fewer decimals
     * the better. */
    int last = channels[MN_BLOCKS];
    if (last < 1 || last > MN_MAX_CHANNELS)
        return false;
    double power = 1;
    for (int decimals = 0; decimals <= 5; decimals++, power *= 10) {
        long low = (long)floor((last - 8) / 1024.0 * power),
             high = (long)ceil((last + 8) / 1024.0 * power);
        for (int divisor = 1; divisor <= 8; divisor += 7)
            for (long step = low; step <= high; step++)
                if (width_fits(channels, (double)step / power, divisor)) {
                    *width = (double)step / power;
                    *channel_divisor = divisor;
                    return true;
                }
    }
    return false;
}

enum mn_status mn_network_of_channels(struct mn_network *network,
                                      const struct mn_network_spec *spec,
                                      const int channels[1 + MN_BLOCKS], struct mn_error *error)
{
    struct mn_network_spec found = *spec;
    if (!find_width(channels, &found.width, &found.channel_divisor))
        return mn_fail(error, MN_BAD_INPUT,
                       "no width multiplier of MobileNet-V1 gives %d … %d channels", channels[0],
                       channels[MN_BLOCKS]);
    return mn_network_build(network, &found, error);
}

const char *mn_layer_kind_name(enum mn_layer_kind kind)
{
    static const char *const names[] = {"conv", "depthwise", "pointwise", "pool", "linear"};
    return names[kind];
}
