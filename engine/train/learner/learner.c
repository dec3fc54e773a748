#include "learner.h"

#include <string.h>

#include "learner_room.h"

/* --- what both directions do --- */

/* The pictures of a share that are computed in one go. */
struct chunk {
    int begin, count;
};

static bool next_chunk(const struct mn_learner *learner, const struct mn_layer *layer, int share,
                       struct chunk *chunk)
{
    int end = mn_crew_begin(learner->options.crew, learner->pictures, share + 1);
    chunk->begin += chunk->count;
    chunk->count = mn_learner_chunk(layer);
    if (chunk->begin + chunk->count > end)
        chunk->count = end - chunk->begin;
    return chunk->count > 0;
}

static struct chunk before_first_chunk(const struct mn_learner *learner, int share)
{
    return (struct chunk){mn_crew_begin(learner->options.crew, learner->pictures, share), 0};
}

static size_t chunk_rows(const struct chunk *chunk, int size)
{
    return (size_t)chunk->count * (size_t)size * (size_t)size;
}

/* The activation of layer i for the chunk's pictures, into `a`. */
static void activate(const struct mn_learner *learner, int i, const struct chunk *chunk, float *a)
{
    const struct mn_layer *layer = &learner->network.layers[i];
    const struct mn_norm *norm = &learner->norm[i];
    learner->arithmetic->activate(learner->y[i] + (size_t)chunk->begin * mn_layer_out_floats(layer),
                                  norm->scale, norm->shift, learner->hi, a,
                                  chunk_rows(chunk, layer->out_size), (size_t)layer->out_channels);
}

/* What layer i takes. */
static struct mn_layer_pass pass_of(const struct mn_learner *learner, int i,
                                    const struct chunk *chunk, struct mn_learner_share *share)
{
    const struct mn_layer *layer = &learner->network.layers[i];
    struct mn_layer_pass pass = {
        .arithmetic = learner->arithmetic,
        .layer = layer,
        .packed = learner->packed[i],
        .input = share->a,
        .pictures = chunk->count,
        .columns = share->columns,
    };
    if (i == 0)
        pass.input = learner->input + (size_t)chunk->begin * mn_layer_in_floats(layer);
    else
        activate(learner, i - 1, chunk, share->a);
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

static void clear_sums(struct mn_learner_share *share, size_t channels)
{
    for (int i = 0; i < 2; i++)
        memset(share->sum[i], 0, channels * sizeof *share->sum[i]);
}

static void take_parts(struct mn_learner_share *share, size_t channels)
{
    for (int i = 0; i < 2; i++)
        for (size_t c = 0; c < channels; c++) {
            share->sum[i][c] += (double)share->part[i][c];
            share->part[i][c] = 0;
        }
}

/* The sums over the whole batch, which take the place of the first share's. Always in the order of
 * the shares, so that the same number of threads gives the same bytes. */
static double *const *add_up_shares(struct mn_learner *learner, size_t channels)
{
    double *const *sum = learner->shares[0].sum;
    for (int share = 1; share < mn_crew_size(learner->options.crew); share++)
        for (int i = 0; i < 2; i++)
            for (size_t c = 0; c < channels; c++)
                sum[i][c] += learner->shares[share].sum[i][c];
    return sum;
}

/* --- forward --- */

static bool normed_by_batch(const struct mn_learner *learner, int i)
{
    return learner->statistics == MN_OF_BATCH && i >= learner->options.first_trained;
}

static void layer_forward(void *context, int number)
{
    struct mn_learner *learner = context;
    struct mn_learner_share *share = &learner->shares[number];
    int i = learner->layer;
    const struct mn_layer *layer = &learner->network.layers[i];
    size_t channels = (size_t)layer->out_channels;
    const float *pivot = learner->values + learner->options.weights->layer[i].mean;
    struct chunk chunk = before_first_chunk(learner, number);
    clear_sums(share, channels);
    while (next_chunk(learner, layer, number, &chunk)) {
        struct mn_layer_pass pass = pass_of(learner, i, &chunk, share);
        float *y = learner->y[i] + (size_t)chunk.begin * mn_layer_out_floats(layer);
        mn_layer_forward(&pass, y);
        if (!normed_by_batch(learner, i))
            continue;
        learner->arithmetic->moments(y, pivot, share->part[0], share->part[1],
                                     chunk_rows(&chunk, layer->out_size), channels);
        take_parts(share, channels);
    }
}

static void norm_forward(struct mn_learner *learner, int i)
{
    const struct mn_layer *layer = &learner->network.layers[i];
    size_t count = (size_t)learner->pictures * (size_t)layer->out_size * (size_t)layer->out_size;
    double *const *sum =
        normed_by_batch(learner, i) ? add_up_shares(learner, (size_t)layer->out_channels) : NULL;
    mn_norm_forward(&learner->norm[i], &learner->options.weights->layer[i], learner->values, sum,
                    count, learner->options.norm_epsilon);
}

static void pool_forward(void *context, int number)
{
    struct mn_learner *learner = context;
    struct mn_learner_share *share = &learner->shares[number];
    const struct mn_layer *layer = &learner->network.layers[learner->last];
    size_t channels = (size_t)layer->out_channels;
    float fraction = 1.0f / (float)(layer->out_size * layer->out_size);
    struct chunk chunk = before_first_chunk(learner, number);
    while (next_chunk(learner, layer, number, &chunk)) {
        activate(learner, learner->last, &chunk, share->a);
        for (int p = 0; p < chunk.count; p++) {
            const float *a = share->a + (size_t)p * mn_layer_out_floats(layer);
            float *feature = learner->features + (size_t)(chunk.begin + p) * channels;
            memset(feature, 0, channels * sizeof *feature);
            for (int k = 0; k < layer->out_size * layer->out_size; k++)
                learner->arithmetic->add(feature, a + (size_t)k * channels, channels);
            for (size_t c = 0; c < channels; c++)
                feature[c] *= fraction;
        }
    }
}

/* Of all pictures at once. */
static struct mn_layer_pass linear_pass(const struct mn_learner *learner)
{
    return (struct mn_layer_pass){.layer = &learner->network.layers[learner->linear],
                                  .packed = learner->packed[learner->linear],
                                  .input = learner->features,
                                  .pictures = learner->pictures};
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
    struct mn_layer_pass pass = linear_pass(learner);
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
        learner->layer = i;
        mn_crew_work(learner->options.crew, layer_forward, learner);
        norm_forward(learner, i);
    }
    if (learner->input)
        mn_crew_work(learner->options.crew, pool_forward, learner);
    linear_forward(learner);
    return learner->logits;
}

/* --- backward --- */

/* The gradient of layer i's activation has been written for the chunk: makes it that of the norm's
 * output, and adds up what the norm needs to know of the whole batch. */
static void deactivate(const struct mn_learner *learner, int i, const struct chunk *chunk,
                       const float *a, struct mn_learner_share *share)
{
    const struct mn_layer *layer = &learner->network.layers[i];
    size_t channels = (size_t)layer->out_channels;
    size_t begin = (size_t)chunk->begin * mn_layer_out_floats(layer);
    learner->arithmetic->deactivate(learner->gradient[i % 2] + begin, a, learner->y[i] + begin,
                                    learner->norm[i].mean, learner->hi, share->part[0],
                                    share->part[1], chunk_rows(chunk, layer->out_size), channels);
    take_parts(share, channels);
}

/* The linear layer's gradients, into the first share's; the gradient of its input replaces the
 * features. */
static void linear_backward(struct mn_learner *learner)
{
    const struct mn_layer_weights *at = &learner->options.weights->layer[learner->linear];
    size_t out = (size_t)learner->network.layers[learner->linear].out_channels;
    float *gradient = learner->shares[0].gradient;
    struct mn_layer_pass pass = linear_pass(learner);
    bool goes_on = learner->options.first_trained <= learner->last;
    /* the weights' product is done before the input's is written */
    mn_layer_backward(&pass, learner->d_logits, gradient + at->weight,
                      goes_on ? learner->features : NULL);
    for (size_t p = 0; p < (size_t)learner->pictures; p++)
        learner->arithmetic->add(gradient + at->beta, learner->d_logits + p * out, out);
    drop_out(learner);
}

static void pool_backward(void *context, int number)
{
    struct mn_learner *learner = context;
    struct mn_learner_share *share = &learner->shares[number];
    int i = learner->last;
    const struct mn_layer *layer = &learner->network.layers[i];
    size_t channels = (size_t)layer->out_channels;
    int pixels = layer->out_size * layer->out_size;
    float fraction = 1.0f / (float)pixels;
    struct chunk chunk = before_first_chunk(learner, number);
    clear_sums(share, channels);
    while (next_chunk(learner, layer, number, &chunk)) {
        for (int p = chunk.begin; p < chunk.begin + chunk.count; p++) {
            float *d = learner->gradient[i % 2] + (size_t)p * mn_layer_out_floats(layer);
            for (size_t c = 0; c < channels; c++)
                d[c] = learner->features[(size_t)p * channels + c] * fraction;
            for (int k = 1; k < pixels; k++)
                memcpy(d + (size_t)k * channels, d, channels * sizeof *d);
        }
        activate(learner, i, &chunk, share->a);
        deactivate(learner, i, &chunk, share->a, share);
    }
}

static void norm_backward(struct mn_learner *learner, int i)
{
    size_t channels = (size_t)learner->network.layers[i].out_channels;
    mn_norm_backward(&learner->norm[i], &learner->options.weights->layer[i],
                     add_up_shares(learner, channels), learner->shares[0].gradient);
}

static void layer_backward(void *context, int number)
{
    struct mn_learner *learner = context;
    struct mn_learner_share *share = &learner->shares[number];
    int i = learner->layer;
    bool goes_on = i > learner->options.first_trained;
    const struct mn_layer *layer = &learner->network.layers[i];
    const struct mn_norm *norm = &learner->norm[i];
    struct chunk chunk = before_first_chunk(learner, number);
    if (goes_on)
        clear_sums(share, (size_t)layer->in_channels);
    while (next_chunk(learner, layer, number, &chunk)) {
        size_t begin = (size_t)chunk.begin * mn_layer_out_floats(layer);
        struct mn_layer_pass pass = pass_of(learner, i, &chunk, share);
        learner->arithmetic->denormalise(learner->gradient[i % 2] + begin, learner->y[i] + begin,
                                         norm->by_d, norm->by_y, norm->constant, share->d,
                                         chunk_rows(&chunk, layer->out_size),
                                         (size_t)layer->out_channels);
        float *below =
            learner->gradient[(i + 1) % 2] + (size_t)chunk.begin * mn_layer_in_floats(layer);
        mn_layer_backward(&pass, share->d,
                          share->gradient + learner->options.weights->layer[i].weight,
                          goes_on ? below : NULL);
        if (goes_on)
            deactivate(learner, i - 1, &chunk, share->a, share);
    }
}

static size_t smaller(size_t a, size_t b)
{
    return a < b ? a : b;
}

/* Adds up the shares' gradients, each thread a part of them, and clears them for the next time: a
 * block at a time, which stays in the cache meanwhile. */
static void collect(void *context, int number)
{
    enum { BLOCK = 4096 };
    struct mn_learner *learner = context;
    size_t trained = learner->options.weights->trained;
    size_t size = (size_t)mn_crew_size(learner->options.crew);
    size_t end = trained * ((size_t)number + 1) / size;
    for (size_t at = trained * (size_t)number / size; at < end; at += BLOCK) {
        size_t count = smaller(BLOCK, end - at);
        memset(learner->result + at, 0, count * sizeof *learner->result);
        for (size_t i = 0; i < size; i++) {
            float *from = learner->shares[i].gradient + at;
            learner->arithmetic->add(learner->result + at, from, count);
            memset(from, 0, count * sizeof *from);
        }
    }
}

void mn_learner_backward(struct mn_learner *learner, const float *values, const float *d_logits,
                         float *gradient)
{
    learner->values = values;
    learner->d_logits = d_logits;
    learner->result = gradient;
    pack_weights(learner, MN_BACKWARD, learner->options.first_trained);
    linear_backward(learner);
    if (learner->options.first_trained <= learner->last) {
        mn_crew_work(learner->options.crew, pool_backward, learner);
        norm_backward(learner, learner->last);
    }
    for (int i = learner->last; i >= learner->options.first_trained; i--) {
        learner->layer = i;
        mn_crew_work(learner->options.crew, layer_backward, learner);
        if (i > learner->options.first_trained)
            norm_backward(learner, i - 1);
    }
    mn_crew_work(learner->options.crew, collect, learner);
}

void mn_learner_track(const struct mn_learner *learner, float *values, double momentum)
{
    for (int i = learner->options.first_trained; i <= learner->last; i++)
        mn_norm_track(&learner->norm[i], &learner->options.weights->layer[i], values, momentum);
}
