#include "timm.h"

#include <stdlib.h>
#include <string.h>

#include "state_dict.h"

/* The first size of a tensor: its output channels. */
static enum mn_status read_channels(const struct mn_safetensors *file, const char *stem, int limit,
                                    int *channels, struct mn_error *error)
{
    char name[64];
    snprintf(name, sizeof name, "%s.weight", stem);
    const struct mn_safetensor *tensor = mn_safetensors_find(file, name);
    if (!tensor)
        return mn_fail(
            error, MN_BAD_INPUT,
            "there is no tensor %s: neither camlabel's own file nor timm's mobilenetv1_*", name);
    if (tensor->shape.rank < 1 || tensor->shape.size[0] < 1 || tensor->shape.size[0] > limit)
        return mn_fail(error, MN_BAD_INPUT, "tensor %s has no shape that a MobileNet-V1 can have",
                       name);
    *channels = (int)tensor->shape.size[0];
    return MN_OK;
}

static enum mn_status find_network(const struct mn_safetensors *file, struct mn_network *network,
                                   struct mn_error *error)
{
    struct mn_network_spec spec = {.width = 1,
                                   .resolution = 224,
                                   .classes = 1,
                                   .channel_divisor = 8,
                                   .activation = MN_RELU6,
                                   .padding = MN_PAD_SYMMETRIC};
    if (mn_network_build(network, &spec, error))
        return error->status;

    int channels[1 + MN_BLOCKS] = {0}, found = 0;
    for (int i = 0; i < network->layer_count; i++) {
        const struct mn_layer *layer = &network->layers[i];
        bool wide = layer->kind == MN_CONV || layer->kind == MN_POINTWISE;
        if (wide && read_channels(file, layer->name, MN_MAX_CHANNELS, &channels[found++], error))
            return error->status;
        if (layer->kind == MN_LINEAR &&
            read_channels(file, layer->name, MN_MAX_CLASSES, &spec.classes, error))
            return error->status;
    }
    return mn_network_of_channels(network, &spec, channels, error);
}

enum mn_status mn_timm_read(struct mn_model **result, const struct mn_safetensors *file,
                            struct mn_error *error)
{
    if (mn_safetensors_find(file, "conv_head.weight"))
        return mn_fail(error, MN_BAD_INPUT,
                       "there is a tensor conv_head.weight: this is timm's mobilenetv1_100h, whose "
                       "extra head layer MobileNet-V1 does not have; use mobilenetv1_100");
    struct mn_network network;
    struct mn_model *model;
    if (find_network(file, &network, error) || mn_state_dict_read(&model, &network, file, error))
        return error->status;
    model->norm_epsilon = 1e-5;
    model->background = network.spec.classes == 1001;
    if (network.spec.width == 1.25)
        model->preprocessing.crop_fraction = 0.9;
    free(model->origin);
    model->origin = strdup("imported from timm's mobilenetv1 state_dict");
    if (!model->origin) {
        mn_model_free(model);
        return mn_fail(error, MN_FAILED, "not enough memory for the model");
    }
    *result = model;
    return MN_OK;
}
