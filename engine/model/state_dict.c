#include "state_dict.h"

#include <stdlib.h>
#include <string.h>

enum { LAYER_TENSORS = 5 };

static struct mn_shape weight_shape(const struct mn_layer *layer)
{
    int64_t out = layer->out_channels, in = layer->in_channels;
    switch (layer->kind) {
    case MN_CONV:
        return (struct mn_shape){4, {out, in, 3, 3}};
    case MN_DEPTHWISE:
        return (struct mn_shape){4, {out, 1, 3, 3}};
    case MN_POINTWISE:
        return (struct mn_shape){4, {out, in, 1, 1}};
    case MN_LINEAR:
        return (struct mn_shape){2, {out, in}};
    case MN_POOL:
        break;
    }
    return (struct mn_shape){0, {0}};
}

static void add_tensor(struct mn_named_tensor *tensor, const char *stem, const char *leaf,
                       struct mn_shape shape, float *values)
{
    snprintf(tensor->name, sizeof tensor->name, "%s.%s", stem, leaf);
    tensor->shape = shape;
    tensor->values = values;
    tensor->stored = NULL;
    tensor->type = MN_FLOAT32;
    mn_shape_count(&shape, &tensor->count); /* a layer's sizes are small */
}

/* Lists the tensors of one layer, weight first: the weight, then batch norm (weight, bias,
 * running_mean, running_var) where `normed` and the layer can have one, else the bias. values point
 * into `parameters`, and `stored`, too; NULL if that is NULL. Returns how many. */
static int layer_tensors(const struct mn_layer *layer, bool normed,
                         const struct mn_parameters *parameters,
                         struct mn_named_tensor tensors[LAYER_TENSORS])
{
    static const struct mn_parameters none;
    const struct mn_parameters *p = parameters ? parameters : &none;
    if (layer->kind == MN_POOL)
        return 0;
    struct mn_shape vector = {1, {layer->out_channels}};
    add_tensor(&tensors[0], layer->name, "weight", weight_shape(layer), p->weight);
    tensors[0].stored = &p->stored;
    if (!normed || !layer->norm[0]) {
        add_tensor(&tensors[1], layer->name, "bias", vector, p->bias);
        return 2;
    }
    add_tensor(&tensors[1], layer->norm, "weight", vector, p->gamma);
    add_tensor(&tensors[2], layer->norm, "bias", vector, p->beta);
    add_tensor(&tensors[3], layer->norm, "running_mean", vector, p->mean);
    add_tensor(&tensors[4], layer->norm, "running_var", vector, p->variance);
    return 5;
}

static int network_tensors(const struct mn_network *network, bool normed,
                           const struct mn_parameters *parameters,
                           struct mn_named_tensor tensors[MN_MAX_TENSORS])
{
    int count = 0;
    for (int i = 0; i < network->layer_count; i++)
        count += layer_tensors(&network->layers[i], normed, parameters ? &parameters[i] : NULL,
                               &tensors[count]);
    return count;
}

int mn_model_tensors(const struct mn_model *model, struct mn_named_tensor tensors[MN_MAX_TENSORS])
{
    bool normed = model->parameters[0].gamma != NULL;
    int count = network_tensors(&model->network, normed, model->parameters, tensors);
    for (int i = 0; model->half && i < count; i++)
        if (tensors[i].stored) /* only weights can be in a file */
            tensors[i].type = MN_FLOAT16;
    return count;
}

/* Every expected tensor is there, with its shape and of a type that can be read. */
static enum mn_status match(const struct mn_safetensors *file,
                            const struct mn_named_tensor *expected, int count,
                            struct mn_numbers numbers[MN_MAX_TENSORS], struct mn_error *error)
{
    for (int i = 0; i < count; i++) {
        const struct mn_safetensor *found = mn_safetensors_find(file, expected[i].name);
        if (!found)
            return mn_fail(error, MN_BAD_INPUT, "there is no tensor %s: not a MobileNet-V1",
                           expected[i].name);
        if (mn_shape_check(expected[i].name, &found->shape, &expected[i].shape, error) ||
            mn_safetensors_numbers(file, found, &numbers[i], error))
            return error->status;
    }
    return MN_OK;
}

static bool is_counter(const char *name)
{
    static const char ending[] = ".num_batches_tracked";
    size_t length = strlen(name), end = sizeof ending - 1;
    return length > end && !strcmp(name + length - end, ending);
}

/* Something else in the file means another network, of which a part would be left out silently. */
static enum mn_status refuse_unknown(const struct mn_safetensors *file,
                                     const struct mn_named_tensor *expected, int count,
                                     struct mn_error *error)
{
    for (size_t t = 0; t < file->tensor_count; t++) {
        bool known = is_counter(file->tensors[t].name);
        for (int i = 0; i < count && !known; i++)
            known = !strcmp(file->tensors[t].name, expected[i].name);
        if (!known)
            return mn_fail(error, MN_BAD_INPUT,
                           "there is a tensor %.100s, which this MobileNet-V1 does not have",
                           file->tensors[t].name);
    }
    return MN_OK;
}

static enum mn_status fill(struct mn_model *model, const struct mn_numbers *numbers,
                           struct mn_error *error)
{
    struct mn_named_tensor tensors[LAYER_TENSORS];
    bool normed = model->parameters[0].gamma != NULL;
    model->half = true; /* until a weight is not */
    for (int i = 0; i < model->network.layer_count; i++) {
        struct mn_parameters *parameters = &model->parameters[i];
        int count = layer_tensors(&model->network.layers[i], normed, parameters, tensors);
        for (int t = 0; t < count; t++, numbers++) {
            if (tensors[t].stored && numbers->type != MN_FLOAT16)
                model->half = false;
            if (!tensors[t].values) {
                parameters->stored = *numbers;
                parameters->stored.source.file = model->file;
            } else if (mn_numbers_read(numbers, 0, tensors[t].count, tensors[t].values, error)) {
                return error->status;
            }
        }
    }
    return MN_OK;
}

enum mn_status mn_state_dict_read(struct mn_model **result, const struct mn_network *network,
                                  const struct mn_safetensors *file, struct mn_error *error)
{
    struct mn_named_tensor tensors[MN_MAX_TENSORS];
    struct mn_numbers numbers[MN_MAX_TENSORS] = {0};
    char first_bias[64];
    snprintf(first_bias, sizeof first_bias, "%s.bias", network->layers[0].name);
    bool normed = !mn_safetensors_find(file, first_bias);

    int count = network_tensors(network, normed, NULL, tensors);
    if (match(file, tensors, count, numbers, error) || refuse_unknown(file, tensors, count, error))
        return error->status;

    struct mn_model *model = file->source.data
                                 ? mn_model_new(network, normed)
                                 : mn_model_new_in_file(network, normed, file->source.file);
    if (!model)
        return mn_fail(error, MN_FAILED, "not enough memory or file descriptors for the model");
    if (fill(model, numbers, error)) {
        mn_model_free(model);
        return error->status;
    }
    *result = model;
    return MN_OK;
}
