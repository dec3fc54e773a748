/* A model in memory: one block of floats that all parameters point into. */
#include "model.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Hands out consecutive pieces of the block; with no block it only counts. */
struct cursor {
    float *block;
    uint64_t used;
};

static float *take(struct cursor *cursor, int64_t count)
{
    float *piece = cursor->block ? cursor->block + cursor->used : NULL;
    cursor->used += (uint64_t)count;
    return piece;
}

static void lay_out(struct mn_model *model, bool normed, struct cursor *cursor)
{
    for (int i = 0; i < model->network.layer_count; i++) {
        const struct mn_layer *layer = &model->network.layers[i];
        struct mn_parameters *parameters = &model->parameters[i];
        if (layer->kind == MN_POOL)
            continue;
        parameters->weight = take(cursor, mn_layer_weight_count(layer));
        if (!normed || layer->kind == MN_LINEAR) {
            parameters->bias = take(cursor, layer->out_channels);
            continue;
        }
        parameters->gamma = take(cursor, layer->out_channels);
        parameters->beta = take(cursor, layer->out_channels);
        parameters->mean = take(cursor, layer->out_channels);
        parameters->variance = take(cursor, layer->out_channels);
    }
}

struct mn_model *mn_model_new(const struct mn_network *network, bool normed)
{
    struct mn_model *model = calloc(1, sizeof *model);
    if (!model)
        return NULL;
    model->network = *network;
    model->norm_epsilon = 1e-3;
    model->preprocessing = (struct mn_preprocessing){.fit = MN_FIT_CROP,
                                                     .crop_fraction = 0.875,
                                                     .mean = {0.5f, 0.5f, 0.5f},
                                                     .std = {0.5f, 0.5f, 0.5f}};
    model->name = strdup("");
    model->origin = strdup("");

    struct cursor cursor = {0};
    lay_out(model, normed, &cursor);
    if (cursor.used > 0 && cursor.used <= SIZE_MAX / sizeof(float))
        model->storage = calloc((size_t)cursor.used, sizeof(float));
    if (!model->name || !model->origin || !model->storage) {
        mn_model_free(model);
        return NULL;
    }
    cursor = (struct cursor){.block = model->storage};
    lay_out(model, normed, &cursor);
    return model;
}

static void free_labels(char **labels, int count)
{
    for (int i = 0; labels && i < count; i++)
        free(labels[i]);
    free(labels);
}

void mn_model_free(struct mn_model *model)
{
    if (!model)
        return;
    free_labels(model->labels, model->network.spec.classes);
    free(model->name);
    free(model->origin);
    free(model->known_answer.logits);
    free(model->storage);
    free(model);
}

enum mn_status mn_model_set_labels(struct mn_model *model, char *const *labels, int count,
                                   struct mn_error *error)
{
    if (count != model->network.spec.classes)
        return mn_fail(error, MN_BAD_INPUT, "%d labels for a network of %d classes", count,
                       model->network.spec.classes);
    char **copy = calloc((size_t)count, sizeof *copy);
    bool complete = copy != NULL;
    for (int i = 0; complete && i < count; i++)
        complete = (copy[i] = strdup(labels[i])) != NULL;
    if (!complete) {
        free_labels(copy, count);
        return mn_fail(error, MN_FAILED, "not enough memory for %d labels", count);
    }
    free_labels(model->labels, count);
    model->labels = copy;
    return MN_OK;
}

/* Ioffe and Szegedy 2015 (arXiv 1502.03167), section 3.1: the norm is y = scale * x + offset per
 * channel, with scale = gamma / sqrt(variance + epsilon) and offset = beta - mean * scale. */
void mn_model_fold(const struct mn_model *model, int layer, float *weight, float *bias)
{
    const struct mn_parameters *from = &model->parameters[layer];
    int64_t count = mn_layer_weight_count(&model->network.layers[layer]);
    int channels = model->network.layers[layer].out_channels;
    if (count == 0) /* pool */
        return;
    if (!from->gamma) {
        memcpy(weight, from->weight, (size_t)count * sizeof *weight);
        memcpy(bias, from->bias, (size_t)channels * sizeof *bias);
        return;
    }
    int64_t per_channel = count / channels;
    for (int c = 0; c < channels; c++) {
        double scale = from->gamma[c] / sqrt((double)from->variance[c] + model->norm_epsilon);
        for (int64_t i = c * per_channel; i < (c + 1) * per_channel; i++)
            weight[i] = (float)(from->weight[i] * scale);
        bias[c] = (float)(from->beta[c] - from->mean[c] * scale);
    }
}
