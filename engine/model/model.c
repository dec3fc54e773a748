/* A model in memory: one block of floats that all parameters point into, but for the weights of a
 * model that leaves them in its file. */
#include "model.h"

#include <fcntl.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

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
        if (model->file < 0)
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

/* Takes the descriptor, or -1. */
static struct mn_model *make(const struct mn_network *network, bool normed, int file)
{
    struct mn_model *model = calloc(1, sizeof *model);
    if (!model) {
        if (file >= 0)
            close(file);
        return NULL;
    }
    model->file = file;
    model->network = *network;
    model->norm_epsilon = 1e-3;
    model->preprocessing = (struct mn_preprocessing){.fit = MN_FIT_CROP,
                                                     .crop_fraction = 0.875,
                                                     .mean = {0.5f, 0.5f, 0.5f},
                                                     .std = {0.5f, 0.5f, 0.5f}};
    model->name = strdup("");
    model->origin = strdup("");
    model->recipe = strdup("");
    model->measured = strdup("");

    struct cursor cursor = {0};
    lay_out(model, normed, &cursor);
    if (cursor.used > 0 && cursor.used <= SIZE_MAX / sizeof(float))
        model->storage = calloc((size_t)cursor.used, sizeof(float));
    if (!model->name || !model->origin || !model->recipe || !model->measured || !model->storage) {
        mn_model_free(model);
        return NULL;
    }
    cursor = (struct cursor){.block = model->storage};
    lay_out(model, normed, &cursor);
    return model;
}

struct mn_model *mn_model_new(const struct mn_network *network, bool normed)
{
    return make(network, normed, -1);
}

struct mn_model *mn_model_new_in_file(const struct mn_network *network, bool normed, int file)
{
    int own = fcntl(file, F_DUPFD_CLOEXEC, 0);
    return own < 0 ? NULL : make(network, normed, own);
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
    free(model->recipe);
    free(model->measured);
    free(model->known_answer.logits);
    free(model->storage);
    if (model->file >= 0)
        close(model->file);
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

static bool read_weight(const struct mn_parameters *from, size_t first, size_t count, float *weight)
{
    struct mn_error error;
    if (!from->weight)
        return mn_numbers_read(&from->stored, first, count, weight, &error) == MN_OK;
    memcpy(weight, from->weight + first, count * sizeof *weight);
    return true;
}

/* Ioffe and Szegedy 2015 (arXiv 1502.03167), section 3.1: the norm is y = scale * x + offset per
 * channel, with scale = gamma / sqrt(variance + epsilon) and offset = beta - mean * scale. */
bool mn_model_fold(const struct mn_model *model, int number, int first, int count, float *weight,
                   float *bias)
{
    const struct mn_parameters *from = &model->parameters[number];
    const struct mn_layer *layer = &model->network.layers[number];
    size_t begin = (size_t)first, channels = (size_t)count;
    size_t each = (size_t)mn_layer_weight_count(layer) / (size_t)layer->out_channels;
    if (each == 0) /* pool */
        return true;
    if (!read_weight(from, begin * each, channels * each, weight)) {
        memset(weight, 0, channels * each * sizeof *weight);
        memset(bias, 0, channels * sizeof *bias);
        return false;
    }
    if (!from->gamma) {
        memcpy(bias, from->bias + begin, channels * sizeof *bias);
        return true;
    }
    for (size_t c = begin; c < begin + channels; c++, weight += each) {
        double scale = from->gamma[c] / sqrt((double)from->variance[c] + model->norm_epsilon);
        for (size_t i = 0; i < each; i++)
            weight[i] = (float)(weight[i] * scale);
        *bias++ = (float)(from->beta[c] - from->mean[c] * scale);
    }
    return true;
}

const char *mn_label_of(char *const *labels, int index, char buffer[MN_LABEL_NUMBER])
{
    if (labels)
        return labels[index];
    snprintf(buffer, MN_LABEL_NUMBER, "class %d", index);
    return buffer;
}
