#include "learner_room.h"

#include <math.h>
#include <stdlib.h>

#include "../../base/block.h"
#include "weight_gradient.h"

enum { OPERAND_FLOATS = 1 << 22 }; /* of a layer's operands, at a time */

static size_t largest(size_t a, size_t b)
{
    return a > b ? a : b;
}

static size_t smaller(size_t a, size_t b)
{
    return a < b ? a : b;
}

static float *floats(size_t count, bool *enough)
{
    float *memory = *enough ? mn_block_zeroed(count) : NULL;
    *enough = memory;
    return memory;
}

static double *doubles(size_t count, bool *enough)
{
    double *memory = *enough ? calloc(count ? count : 1, sizeof *memory) : NULL;
    *enough = memory;
    return memory;
}

/* The largest that any layer asks for, in floats. */
struct room {
    size_t chunk, columns, channels, gradient, part, partial, worker_operands, operands;
};

/* Of a chunk's operands, or of as many rows, at this resolution or below. */
static size_t most_operands(const struct mn_layer *layer, size_t rows)
{
    size_t depth = (size_t)layer->in_channels * (layer->kind == MN_CONV ? 9 : 1);
    size_t fitting = mn_chunk_floats(layer) / largest(depth, (size_t)layer->out_channels);
    struct mn_layer pixel = *layer;
    pixel.out_size = 1; /* a row a picture */
    return mn_layer_operands(&pixel, (int)largest(fitting, rows));
}

static struct room room_of(const struct mn_learner *learner, int first)
{
    struct room room = {0};
    size_t batch = (size_t)learner->options.batch;
    for (int i = first; i <= learner->linear; i++) {
        const struct mn_layer *layer = &learner->network.layers[i];
        if (layer->kind == MN_POOL)
            continue;
        size_t chunks = mn_chunk_most(learner, layer),
               weights = (size_t)mn_layer_weight_count(layer);
        size_t channels = largest((size_t)layer->in_channels, (size_t)layer->out_channels);
        room.chunk = largest(room.chunk, mn_chunk_floats(layer));
        room.channels = largest(room.channels, channels);
        room.part = largest(room.part, 2 * channels * chunks);
        if (i < learner->options.first_trained)
            continue; /* nobody asks for its gradients */
        if (layer->kind == MN_CONV)
            room.columns = room.chunk;
        room.gradient = largest(room.gradient, mn_layer_out_floats(layer));
        if (!mn_weight_gradient_by_channels(layer)) {
            room.partial = largest(room.partial, chunks * weights);
            room.worker_operands = largest(room.worker_operands, most_operands(layer, 0));
            continue;
        }
        size_t all =
            chunks * mn_layer_operands(layer, mn_chunk_pictures(learner, layer, (int)batch));
        room.operands = largest(room.operands, largest(smaller(all, OPERAND_FLOATS),
                                                       most_operands(layer, MN_GROUP_ROWS)));
    }
    return room;
}

static void worker_new(struct mn_learner_worker *worker, const struct room *room, bool *enough)
{
    worker->a = floats(room->chunk, enough);
    worker->d = floats(room->chunk, enough);
    worker->columns = floats(room->columns, enough);
    worker->operands = floats(room->worker_operands, enough);
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
    int first = trunk ? 0 : learner->linear;
    struct room room = room_of(learner, first);
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
        worker_new(&learner->workers[i], &room, &enough);
    learner->part = floats(room.part, &enough);
    for (int i = 0; i < 2; i++)
        learner->sum[i] = doubles(room.channels, &enough);
    learner->partial = floats(room.partial, &enough);
    learner->operand_room = room.operands;
    learner->operands = floats(room.operands, &enough);
    packed_new(learner, first, &enough);
    learner->features = floats(batch * (size_t)linear->in_channels, &enough);
    learner->logits = floats(batch * (size_t)linear->out_channels, &enough);
    return enough;
}

enum mn_status mn_learner_new(struct mn_learner **out, const struct mn_learner_options *options,
                              struct mn_error *error)
{
    struct mn_learner *learner = calloc(1, sizeof *learner);
    struct mn_learner_worker *workers =
        calloc((size_t)mn_crew_size(options->crew), sizeof *workers);
    if (!learner || !workers) {
        free(learner);
        free(workers);
        return mn_fail(error, MN_FAILED, "no memory for training; close other programs");
    }
    learner->options = *options;
    learner->options.network = NULL; /* ours is a copy */
    learner->network = *options->network;
    learner->linear = options->network->layer_count - 1;
    learner->last = options->network->layer_count - 3;
    learner->hi = options->network->spec.activation == MN_RELU6 ? 6 : INFINITY;
    learner->arithmetic = mn_arithmetic();
    learner->workers = workers;
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
        struct mn_learner_worker *worker = &learner->workers[i];
        free(worker->a);
        free(worker->d);
        free(worker->columns);
        free(worker->operands);
    }
    free(learner->workers);
    free(learner->part);
    free(learner->sum[0]);
    free(learner->sum[1]);
    free(learner->partial);
    free(learner->operands);
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
