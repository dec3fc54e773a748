#include "tiny_model.h"

#include <math.h>
#include <stdio.h>

#include "../engine/mobilenet.h"

char *const tiny_labels[TINY_CLASSES] = {"cat", "dog", "owl", "fish", "newt", "æther wren"};

/* Any weights will do, as long as the answers differ from picture to picture. */
static void fill(struct mn_model *model)
{
    for (int i = 0; i < model->network.layer_count; i++) {
        const struct mn_parameters *p = &model->parameters[i];
        for (int64_t w = 0; w < mn_layer_weight_count(&model->network.layers[i]); w++)
            p->weight[w] = (float)sin((double)(w * (i + 1)));
        for (int c = 0; p->gamma && c < model->network.layers[i].out_channels; c++)
            p->gamma[c] = p->variance[c] = 1;
    }
}

static enum mn_status write(const char *path, struct mn_error *error)
{
    const struct mn_network_spec spec = {.width = 0.01,
                                         .resolution = TINY_RESOLUTION,
                                         .classes = TINY_CLASSES,
                                         .channel_divisor = 1}; /* 8 channels nearly everywhere */
    struct mn_network network;
    if (mn_network_build(&network, &spec, error))
        return error->status;
    struct mn_model *model = mn_model_new(&network, true);
    if (!model)
        return mn_fail(error, MN_FAILED, "not enough memory");
    fill(model);
    enum mn_status status = mn_model_set_labels(model, tiny_labels, TINY_CLASSES, error);
    if (!status)
        status = mn_model_save(model, path, error);
    mn_model_free(model);
    return status;
}

int tiny_model_write(const char *path)
{
    struct mn_error error;
    if (write(path, &error) == MN_OK)
        return 0;
    fprintf(stderr, "tiny model: %s\n", error.message);
    return -1;
}
