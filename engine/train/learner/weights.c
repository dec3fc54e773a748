#include "weights.h"

#include <math.h>
#include <string.h>

#include "../base/random.h"

void mn_weights_lay_out(struct mn_weights_map *map, const struct mn_network *network)
{
    *map = (struct mn_weights_map){0};
    size_t next = 0;
    for (int i = 0; i < network->layer_count; i++) {
        const struct mn_layer *layer = &network->layers[i];
        struct mn_layer_weights *at = &map->layer[i];
        size_t channels = (size_t)layer->out_channels;
        if (layer->kind == MN_POOL)
            continue;
        at->normed = layer->kind != MN_LINEAR;
        at->weight = next;
        at->weight_count = (size_t)mn_layer_weight_count(layer);
        next += at->weight_count;
        at->gamma = next;
        next += at->normed ? channels : 0;
        at->beta = next;
        next += channels;
    }
    map->trained = next;
    for (int i = 0; i < network->layer_count; i++) {
        struct mn_layer_weights *at = &map->layer[i];
        size_t channels = at->normed ? (size_t)network->layers[i].out_channels : 0;
        at->mean = next;
        at->variance = next + channels;
        next += 2 * channels;
    }
    map->total = next;
}

static void fill(float *values, size_t count, float value)
{
    for (size_t i = 0; i < count; i++)
        values[i] = value;
}

static void add_noise(float *weights, size_t count, double deviation, struct mn_random random)
{
    for (size_t k = 0; k < count; k++)
        weights[k] += (float)(deviation * mn_random_normal(&random));
}

/* All but alike: a filter of stride 1 passes its pixel on, one of stride 2 takes the mean. */
static void begin_depthwise(const struct mn_layer *layer, float *weights, struct mn_random random)
{
    const float length = 0.4f;
    const double deviation = 0.05;
    size_t channels = (size_t)layer->out_channels;
    bool passes = layer->stride == 1;
    fill(weights, 9 * channels, passes ? 0 : length / 3);
    if (passes)
        fill(weights + 4 * channels, channels, length);
    add_noise(weights, 9 * channels, deviation, random);
}

static void begin_dense(const struct mn_layer *layer, float *weights, size_t count,
                        struct mn_random random)
{
    double inputs = (layer->kind == MN_CONV ? 9.0 : 1.0) * layer->in_channels;
    fill(weights, count, 0);
    add_noise(weights, count, sqrt(1 / (3 * inputs)), random);
}

void mn_weights_begin(const struct mn_weights_map *map, const struct mn_network *network,
                      uint64_t seed, float *values)
{
    for (int i = 0; i < network->layer_count; i++) {
        const struct mn_layer *layer = &network->layers[i];
        const struct mn_layer_weights *at = &map->layer[i];
        size_t channels = (size_t)layer->out_channels;
        struct mn_random random = mn_random_of(seed, MN_RANDOM_WEIGHTS, (uint64_t)i);
        if (layer->kind == MN_POOL)
            continue;
        if (layer->kind == MN_DEPTHWISE)
            begin_depthwise(layer, values + at->weight, random);
        else
            begin_dense(layer, values + at->weight, at->weight_count, random);
        fill(values + at->beta, channels, 0);
        if (!at->normed)
            continue;
        fill(values + at->gamma, channels, 1);
        fill(values + at->mean, channels, 0);
        fill(values + at->variance, channels, 1);
    }
}

/* --- the two orders of a layer's weights --- */

/* Index in the training's order of weight [out][in][tap] in PyTorch's. */
static size_t training_index(const struct mn_layer *layer, size_t index)
{
    size_t in = (size_t)layer->in_channels, tap = index % 9, pair = index / 9;
    switch (layer->kind) {
    case MN_CONV:
        return (pair / in * 9 + tap) * in + pair % in;
    case MN_DEPTHWISE:
        return tap * in + pair;
    default:
        return index;
    }
}

static enum mn_status read_weights(const struct mn_parameters *from, size_t first, size_t count,
                                   float *values, struct mn_error *error)
{
    if (!from->weight)
        return mn_numbers_read(&from->stored, first, count, values, error);
    memcpy(values, from->weight + first, count * sizeof *values);
    return MN_OK;
}

static void copy(float *to, const float *from, size_t count)
{
    memcpy(to, from, count * sizeof *to);
}

enum mn_status mn_weights_import(const struct mn_weights_map *map, const struct mn_model *model,
                                 int layers, double norm_epsilon, float *values,
                                 struct mn_error *error)
{
    for (int i = 0; i < layers; i++) {
        const struct mn_layer *layer = &model->network.layers[i];
        const struct mn_parameters *from = &model->parameters[i];
        const struct mn_layer_weights *at = &map->layer[i];
        size_t channels = (size_t)layer->out_channels;
        float part[9 * 64];
        size_t step = sizeof part / sizeof *part;
        if (layer->kind == MN_POOL)
            continue;
        for (size_t done = 0; done < at->weight_count; done += step) {
            size_t count = at->weight_count - done < step ? at->weight_count - done : step;
            if (read_weights(from, done, count, part, error))
                return error->status;
            for (size_t k = 0; k < count; k++)
                values[at->weight + training_index(layer, done + k)] = part[k];
        }
        copy(values + at->beta, from->gamma ? from->beta : from->bias, channels);
        if (at->normed && from->gamma) {
            copy(values + at->gamma, from->gamma, channels);
            copy(values + at->mean, from->mean, channels);
            copy(values + at->variance, from->variance, channels);
        } else if (at->normed) {
            fill(values + at->gamma, channels, 1);
            fill(values + at->mean, channels, 0);
            fill(values + at->variance, channels, (float)(1 - norm_epsilon));
        }
    }
    return MN_OK;
}

void mn_weights_export(const struct mn_weights_map *map, const float *values,
                       struct mn_model *model)
{
    for (int i = 0; i < model->network.layer_count; i++) {
        const struct mn_layer *layer = &model->network.layers[i];
        const struct mn_layer_weights *at = &map->layer[i];
        struct mn_parameters *to = &model->parameters[i];
        size_t channels = (size_t)layer->out_channels;
        if (layer->kind == MN_POOL)
            continue;
        for (size_t k = 0; k < at->weight_count; k++)
            to->weight[k] = values[at->weight + training_index(layer, k)];
        copy(at->normed ? to->beta : to->bias, values + at->beta, channels);
        if (!at->normed)
            continue;
        copy(to->gamma, values + at->gamma, channels);
        copy(to->mean, values + at->mean, channels);
        copy(to->variance, values + at->variance, channels);
    }
}
