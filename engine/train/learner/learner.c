#include "learner.h"

#include <string.h>

#include "learner_room.h"
#include "weight_gradient.h"

/* --- what both directions do --- */

static size_t chunk_rows(const struct mn_chunk *chunk, int size)
{
    return (size_t)chunk->count * (size_t)size * (size_t)size;
}

static void for_each_chunk(struct mn_learner *learner, int i, mn_chunk_work *work)
{
    learner->layer = i;
    mn_chunk_each(learner, 0, mn_chunk_count(learner, &learner->network.layers[i]), work);
}

/* Layer i's, for the chunk's pictures. */
static struct mn_activated activation_of(const struct mn_learner *learner, int i,
                                         const struct mn_chunk *chunk)
{
    const struct mn_norm *norm = &learner->norm[i];
    size_t begin = (size_t)chunk->begin * mn_layer_out_floats(&learner->network.layers[i]);
    return (struct mn_activated){
        .y = learner->y[i] + begin, .scale = norm->scale, .shift = norm->shift, .hi = learner->hi};
}

/* Layer i's input is the activation below, or the pictures. */
static struct mn_layer_pass begin_pass(const struct mn_learner *learner, int i,
                                       const struct mn_chunk *chunk,
                                       const struct mn_learner_worker *worker)
{
    const struct mn_layer *layer = &learner->network.layers[i];
    struct mn_layer_pass pass = {
        .arithmetic = learner->arithmetic,
        .layer = layer,
        .packed = learner->packed[i],
        .pictures = chunk->count,
        .columns = worker->columns,
    };
    if (i == 0)
        pass.input = learner->input + (size_t)chunk->begin * mn_layer_in_floats(layer);
    else
        pass.activation = activation_of(learner, i - 1, chunk);
    return pass;
}

static void pack_layer(void *context, int piece, int worker)
{
    struct mn_learner *learner = context;
    int i = learner->linear - piece; /* the large ones are the last */
    (void)worker;
    if (learner->packed[i])
        mn_layer_pack(&learner->network.layers[i],
                      learner->values + learner->options.weights->layer[i].weight,
                      learner->direction, learner->packed[i]);
}

/* From layer `first` on, into the order of the kernels for the direction. */
static void pack_weights(struct mn_learner *learner, enum mn_direction direction, int first)
{
    learner->direction = direction;
    mn_crew_share_out(learner->options.crew, learner->linear - first + 1, pack_layer, learner);
}

/* Two sums a channel over one chunk, from zero on. */
struct part {
    float *first, *second;
};

static struct part part_of(const struct mn_learner *learner, int chunk, size_t channels)
{
    float *part = learner->part + (size_t)chunk * 2 * channels;
    memset(part, 0, 2 * channels * sizeof *part);
    return (struct part){part, part + channels};
}

/* The sums over the whole batch. Always in the order of the chunks, whoever computed them: so the
 * same number of threads gives the same bytes. */
static double *const *add_up_parts(struct mn_learner *learner, int chunks, size_t channels)
{
    for (int i = 0; i < 2; i++) {
        double *sum = learner->sum[i];
        for (size_t c = 0; c < channels; c++)
            sum[c] = 0;
        for (int chunk = 0; chunk < chunks; chunk++) {
            const float *part = learner->part + ((size_t)chunk * 2 + (size_t)i) * channels;
            for (size_t c = 0; c < channels; c++)
                sum[c] += (double)part[c];
        }
    }
    return learner->sum;
}

/* --- forward --- */

static bool normed_by_batch(const struct mn_learner *learner, int i)
{
    return learner->statistics == MN_OF_BATCH && i >= learner->options.first_trained;
}

static void layer_forward(struct mn_learner *learner, int number, int worker)
{
    int i = learner->layer;
    const struct mn_layer *layer = &learner->network.layers[i];
    size_t channels = (size_t)layer->out_channels;
    const float *pivot = learner->values + learner->options.weights->layer[i].mean;
    struct mn_chunk chunk = mn_chunk_of(learner, layer, number, 1);
    struct mn_layer_pass pass = begin_pass(learner, i, &chunk, &learner->workers[worker]);
    float *y = learner->y[i] + (size_t)chunk.begin * mn_layer_out_floats(layer);
    mn_layer_activate(&pass, learner->workers[worker].a);
    mn_layer_forward(&pass, y);
    if (!normed_by_batch(learner, i))
        return;
    struct part part = part_of(learner, number, channels);
    learner->arithmetic->moments(y, pivot, part.first, part.second,
                                 chunk_rows(&chunk, layer->out_size), channels);
}

static void norm_forward(struct mn_learner *learner, int i)
{
    const struct mn_layer *layer = &learner->network.layers[i];
    size_t count = (size_t)learner->pictures * (size_t)layer->out_size * (size_t)layer->out_size;
    double *const *sum = NULL;
    if (normed_by_batch(learner, i))
        sum = add_up_parts(learner, mn_chunk_count(learner, layer), (size_t)layer->out_channels);
    mn_norm_forward(&learner->norm[i], &learner->options.weights->layer[i], learner->values, sum,
                    count, learner->options.norm_epsilon);
}

static void pool_forward(struct mn_learner *learner, int number, int worker)
{
    float *a = learner->workers[worker].a;
    const struct mn_layer *layer = &learner->network.layers[learner->last];
    size_t channels = (size_t)layer->out_channels;
    float fraction = 1.0f / (float)(layer->out_size * layer->out_size);
    struct mn_chunk chunk = mn_chunk_of(learner, layer, number, 1);
    struct mn_activated activation = activation_of(learner, learner->last, &chunk);
    learner->arithmetic->activate(&activation, a, chunk_rows(&chunk, layer->out_size), channels);
    for (int p = 0; p < chunk.count; p++, a += mn_layer_out_floats(layer)) {
        float *feature = learner->features + (size_t)(chunk.begin + p) * channels;
        memset(feature, 0, channels * sizeof *feature);
        for (int k = 0; k < layer->out_size * layer->out_size; k++)
            learner->arithmetic->add(feature, a + (size_t)k * channels, channels);
        for (size_t c = 0; c < channels; c++)
            feature[c] *= fraction;
    }
}

static struct mn_layer_pass linear_pass(const struct mn_learner *learner,
                                        const struct mn_chunk *chunk)
{
    const struct mn_layer *layer = &learner->network.layers[learner->linear];
    return (struct mn_layer_pass){.layer = layer,
                                  .packed = learner->packed[learner->linear],
                                  .input = learner->features +
                                           (size_t)chunk->begin * (size_t)layer->in_channels,
                                  .pictures = chunk->count};
}

/* The features on the way up, their gradient on the way down. */
static void drop_out(const struct mn_learner *learner)
{
    size_t in = (size_t)learner->network.layers[learner->linear].in_channels;
    for (size_t k = 0; learner->keep && k < (size_t)learner->pictures * in; k++)
        learner->features[k] *= learner->keep[k];
}

static void linear_forward(struct mn_learner *learner)
{
    const struct mn_layer_weights *at = &learner->options.weights->layer[learner->linear];
    size_t out = (size_t)learner->network.layers[learner->linear].out_channels;
    struct mn_chunk all = {0, learner->pictures};
    struct mn_layer_pass pass = linear_pass(learner, &all);
    drop_out(learner);
    mn_layer_forward(&pass, learner->logits);
    for (size_t p = 0; p < (size_t)learner->pictures; p++)
        learner->arithmetic->add(learner->logits + p * out, learner->values + at->beta, out);
}

const float *mn_learner_forward(struct mn_learner *learner, const float *values, int pictures,
                                enum mn_statistics statistics, const float *keep)
{
    learner->values = values;
    learner->keep = keep;
    learner->pictures = pictures;
    learner->statistics = statistics;
    pack_weights(learner, MN_FORWARD, learner->input ? 0 : learner->linear);
    for (int i = 0; learner->input && i <= learner->last; i++) {
        for_each_chunk(learner, i, layer_forward);
        norm_forward(learner, i);
    }
    if (learner->input)
        for_each_chunk(learner, learner->last, pool_forward);
    linear_forward(learner);
    return learner->logits;
}

/* --- backward --- */

/* The gradient of layer i's activation has been written for the chunk: makes it that of the norm's
 * output, and adds up what the norm needs to know of the whole batch. */
static void deactivate(const struct mn_learner *learner, int i, int number,
                       const struct mn_chunk *chunk)
{
    const struct mn_layer *layer = &learner->network.layers[i];
    const struct mn_norm *norm = &learner->norm[i];
    size_t channels = (size_t)layer->out_channels;
    struct mn_activated activation = activation_of(learner, i, chunk);
    struct part part = part_of(learner, number, channels);
    learner->arithmetic->deactivate(
        &activation, norm->mean,
        learner->gradient[i % 2] + (size_t)chunk->begin * mn_layer_out_floats(layer), part.first,
        part.second, chunk_rows(chunk, layer->out_size), channels);
}

/* The sums are those of so many chunks. */
static void norm_backward(struct mn_learner *learner, int i, int chunks)
{
    size_t channels = (size_t)learner->network.layers[i].out_channels;
    mn_norm_backward(&learner->norm[i], &learner->options.weights->layer[i],
                     add_up_parts(learner, chunks, channels), learner->result);
}

/* The gradient of the features takes their place. */
static void linear_backward(struct mn_learner *learner, int number, int worker)
{
    const struct mn_layer *layer = &learner->network.layers[learner->linear];
    size_t in = (size_t)layer->in_channels, out = (size_t)layer->out_channels;
    struct mn_chunk chunk = mn_chunk_of(learner, layer, number, 1);
    struct mn_layer_pass pass = linear_pass(learner, &chunk);
    const float *d = learner->d_logits + (size_t)chunk.begin * out;
    mn_weight_gradient_of_chunk(learner, &pass, d, number, worker);
    if (learner->options.first_trained <= learner->last)
        mn_layer_input_gradient(&pass, d, learner->features + (size_t)chunk.begin * in);
}

static void bias_backward(const struct mn_learner *learner)
{
    float *beta = learner->result + learner->options.weights->layer[learner->linear].beta;
    size_t out = (size_t)learner->network.layers[learner->linear].out_channels;
    memcpy(beta, learner->d_logits, out * sizeof *beta);
    for (size_t p = 1; p < (size_t)learner->pictures; p++)
        learner->arithmetic->add(beta, learner->d_logits + p * out, out);
}

static void pool_backward(struct mn_learner *learner, int number, int worker)
{
    int i = learner->last;
    const struct mn_layer *layer = &learner->network.layers[i];
    size_t channels = (size_t)layer->out_channels;
    int pixels = layer->out_size * layer->out_size;
    float fraction = 1.0f / (float)pixels;
    struct mn_chunk chunk = mn_chunk_of(learner, layer, number, 1);
    (void)worker;
    for (int p = chunk.begin; p < chunk.begin + chunk.count; p++) {
        float *d = learner->gradient[i % 2] + (size_t)p * mn_layer_out_floats(layer);
        for (size_t c = 0; c < channels; c++)
            d[c] = learner->features[(size_t)p * channels + c] * fraction;
        for (int k = 1; k < pixels; k++)
            memcpy(d + (size_t)k * channels, d, channels * sizeof *d);
    }
    deactivate(learner, i, number, &chunk);
}

static void layer_backward(struct mn_learner *learner, int number, int worker)
{
    float *d = learner->workers[worker].d;
    int i = learner->layer;
    const struct mn_layer *layer = &learner->network.layers[i];
    const struct mn_norm *norm = &learner->norm[i];
    struct mn_chunk chunk = mn_chunk_of(learner, layer, number, 1);
    size_t begin = (size_t)chunk.begin * mn_layer_out_floats(layer);
    size_t begin_below = (size_t)chunk.begin * mn_layer_in_floats(layer);
    struct mn_layer_pass pass = begin_pass(learner, i, &chunk, &learner->workers[worker]);
    if (layer->kind != MN_POINTWISE)
        mn_layer_activate(&pass, learner->workers[worker].a);
    learner->arithmetic->denormalise(
        learner->gradient[i % 2] + begin, learner->y[i] + begin, norm->by_d, norm->by_y,
        norm->constant, d, chunk_rows(&chunk, layer->out_size), (size_t)layer->out_channels);
    mn_weight_gradient_of_chunk(learner, &pass, d, number, worker);
    if (i == learner->options.first_trained)
        return;
    mn_layer_input_gradient(&pass, d, learner->gradient[(i + 1) % 2] + begin_below);
    deactivate(learner, i - 1, number, &chunk);
}

void mn_learner_backward(struct mn_learner *learner, const float *values, const float *d_logits,
                         float *gradient)
{
    int last = learner->last, first = learner->options.first_trained;
    int lowest = first <= last ? first : learner->linear;
    learner->values = values;
    learner->d_logits = d_logits;
    learner->result = gradient;
    memset(gradient, 0, learner->options.weights->layer[lowest].weight * sizeof *gradient);
    pack_weights(learner, MN_BACKWARD, lowest);
    mn_weight_gradient_of_layer(learner, learner->linear, linear_backward);
    bias_backward(learner);
    if (lowest > last)
        return;
    drop_out(learner);
    for_each_chunk(learner, last, pool_backward);
    norm_backward(learner, last, mn_chunk_count(learner, &learner->network.layers[last]));
    for (int i = last; i >= first; i--) {
        mn_weight_gradient_of_layer(learner, i, layer_backward);
        if (i > first)
            norm_backward(learner, i - 1, mn_chunk_count(learner, &learner->network.layers[i]));
    }
}

void mn_learner_track(const struct mn_learner *learner, float *values, double momentum)
{
    for (int i = learner->options.first_trained; i <= learner->last; i++)
        mn_norm_track(&learner->norm[i], &learner->options.weights->layer[i], values, momentum);
}
