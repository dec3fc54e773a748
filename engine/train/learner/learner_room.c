#include "learner_room.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "../../base/block.h"

enum {
    CHUNK_FLOATS = 1 << 16, /* of a layer's input or output in one go: 256 KB, half a second-level
                               cache */
    CHUNK_WEIGHTS = 8,      /* but a float for so many weights of a product: their gradient is read
                               and written for each chunk anew */
};

/* --- sizes --- */

static size_t largest(size_t a, size_t b)
{
    return a > b ? a : b;
}

/* A picture's, of the larger side of a layer. */
static size_t picture_floats(const struct mn_layer *layer)
{
    return largest(mn_layer_in_floats(layer), mn_layer_out_floats(layer));
}

static size_t chunk_floats(const struct mn_layer *layer)
{
    size_t weights = (size_t)layer->in_channels * (size_t)layer->out_channels;
    return largest(CHUNK_FLOATS, layer->kind == MN_POINTWISE ? weights / CHUNK_WEIGHTS : 0);
}

int mn_learner_chunk(const struct mn_layer *layer)
{
    size_t pictures = chunk_floats(layer) / picture_floats(layer);
    return pictures ? (int)pictures : 1;
}

/* --- memory --- */

static float *floats(size_t count, bool *enough)
{
    float *memory = *enough ? mn_block_new(count ? count : 1) : NULL;
    if (memory)
        memset(memory, 0, count * sizeof *memory);
    else
        *enough = false;
    return memory;
}

static double *doubles(size_t count, bool *enough)
{
    double *memory = *enough ? calloc(count ? count : 1, sizeof *memory) : NULL;
    *enough = memory;
    return memory;
}

/* The largest that any layer asks for. */
struct room {
    size_t chunk, columns, channels, gradient; /* floats */
};

static struct room room_of(const struct mn_learner *learner)
{
    struct room room = {0};
    for (int i = 0; i <= learner->last; i++) {
        const struct mn_layer *layer = &learner->network.layers[i];
        /* smaller pictures come in larger chunks, of as many floats at most */
        room.chunk = largest(room.chunk, largest(chunk_floats(layer), picture_floats(layer)));
        room.columns = largest(room.columns, mn_layer_columns(layer));
        room.channels = largest(room.channels, (size_t)layer->out_channels);
        if (i >= learner->options.first_trained)
            room.gradient =
                largest(room.gradient, mn_layer_out_floats(layer)); /* else nobody writes it */
    }
    return room;
}

static void share_new(struct mn_learner_share *share, const struct room *room, size_t trained,
                      bool *enough)
{
    share->a = floats(room->chunk, enough);
    share->d = floats(room->chunk, enough);
    share->columns = floats(room->columns, enough);
    for (int i = 0; i < 2; i++) {
        share->part[i] = floats(room->channels, enough);
        share->sum[i] = doubles(room->channels, enough);
    }
    share->gradient = floats(trained, enough);
}

static void packed_new(struct mn_learner *learner, int first, bool *enough)
{
    size_t size = 0;
    for (int i = first; i <= learner->linear; i++)
        size += mn_layer_packed(&learner->network.layers[i]);
    float *packed = learner->block = floats(size, enough);
    for (int i = first; packed && i <= learner->linear; i++) {
        learner->packed[i] = packed;
        packed += mn_layer_packed(&learner->network.layers[i]);
    }
}

static bool allocate(struct mn_learner *learner)
{
    bool enough = true, trunk = !learner->options.from_features;
    struct room room = trunk ? room_of(learner) : (struct room){0};
    const struct mn_network *network = &learner->network;
    const struct mn_layer *linear = &network->layers[learner->linear];
    size_t batch = (size_t)learner->options.batch;
    if (trunk) {
        learner->input = floats(batch * mn_layer_in_floats(&network->layers[0]), &enough);
        for (int i = 0; i <= learner->last; i++) {
            learner->y[i] = floats(batch * mn_layer_out_floats(&network->layers[i]), &enough);
            enough =
                enough && mn_norm_new(&learner->norm[i], (size_t)network->layers[i].out_channels);
        }
        for (int i = 0; i < 2; i++)
            learner->gradient[i] = floats(batch * room.gradient, &enough);
    }
    for (int i = 0; i < mn_crew_size(learner->options.crew); i++)
        share_new(&learner->shares[i], &room, learner->options.weights->trained, &enough);
    packed_new(learner, trunk ? 0 : learner->linear, &enough);
    learner->features = floats(batch * (size_t)linear->in_channels, &enough);
    learner->logits = floats(batch * (size_t)linear->out_channels, &enough);
    return enough;
}

enum mn_status mn_learner_new(struct mn_learner **out, const struct mn_learner_options *options,
                              struct mn_error *error)
{
    struct mn_learner *learner = calloc(1, sizeof *learner);
    struct mn_learner_share *shares = calloc((size_t)mn_crew_size(options->crew), sizeof *shares);
    if (!learner || !shares) {
        free(learner);
        free(shares);
        return mn_fail(error, MN_FAILED, "no memory for training; close other programs");
    }
    learner->options = *options;
    learner->options.network = NULL; /* ours is a copy */
    learner->network = *options->network;
    learner->linear = options->network->layer_count - 1;
    learner->last = options->network->layer_count - 3;
    learner->hi = options->network->spec.activation == MN_RELU6 ? 6 : INFINITY;
    learner->arithmetic = mn_arithmetic();
    learner->shares = shares;
    if (!allocate(learner)) {
        mn_learner_free(learner);
        return mn_fail(
            error, MN_FAILED,
            "not enough memory to train %d pictures of %d x %d at a time; take a smaller "
            "--batch-size",
            options->batch, options->network->spec.resolution, options->network->spec.resolution);
    }
    *out = learner;
    return MN_OK;
}

void mn_learner_free(struct mn_learner *learner)
{
    if (!learner)
        return;
    for (int i = 0; i < mn_crew_size(learner->options.crew); i++) {
        struct mn_learner_share *share = &learner->shares[i];
        free(share->a);
        free(share->d);
        free(share->columns);
        for (int k = 0; k < 2; k++) {
            free(share->part[k]);
            free(share->sum[k]);
        }
        free(share->gradient);
    }
    free(learner->shares);
    for (int i = 0; i < MN_MAX_LAYERS; i++) {
        free(learner->y[i]);
        mn_norm_free(&learner->norm[i]);
    }
    free(learner->input);
    free(learner->gradient[0]);
    free(learner->gradient[1]);
    free(learner->block);
    free(learner->features);
    free(learner->logits);
    free(learner);
}

void mn_learner_resize(struct mn_learner *learner, int resolution)
{
    struct mn_error error;
    struct mn_network_spec spec = learner->network.spec;
    if (spec.resolution == resolution)
        return;
    spec.resolution = resolution;
    mn_network_build(&learner->network, &spec, &error); /* the caller's promise: it cannot fail */
}

float *mn_learner_input(struct mn_learner *learner)
{
    return learner->input ? learner->input : learner->features;
}
