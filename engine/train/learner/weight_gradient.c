#include "weight_gradient.h"

#include <string.h>

enum { FEW_WEIGHTS = 1 << 14 }; /* at most: chunks have gradients of their own */

/* What is shared out when the chunks are done: so many weights, which stay in the cache while they
 * are added up, or so many output channels, whole tiles of 6 or 14. What is left over of the
 * channels is a small last piece, and threads end nearly together: seven pieces as large as each
 * other would keep the second of two threads waiting for an eighth of the time. */
enum { WEIGHTS_IN_ONE_GO = 4096, CHANNELS_IN_ONE_GO = 42 };

static int pieces_of(size_t count, size_t in_one_go)
{
    return (int)((count + in_one_go - 1) / in_one_go);
}

static const struct mn_layer *layer_of(const struct mn_learner *learner)
{
    return &learner->network.layers[learner->layer];
}

/* Where its gradient goes. */
static float *result_of(const struct mn_learner *learner)
{
    return learner->result + learner->options.weights->layer[learner->layer].weight;
}

/* --- few weights --- */

static float *partial_of(const struct mn_learner *learner, int number)
{
    return learner->partial +
           (size_t)number * learner->options.weights->layer[learner->layer].weight_count;
}

static void add_up_partials(void *context, int piece, int worker)
{
    struct mn_learner *learner = context;
    size_t weights = learner->options.weights->layer[learner->layer].weight_count;
    size_t begin = (size_t)piece * WEIGHTS_IN_ONE_GO, count = weights - begin;
    int chunks = mn_chunk_count(learner, layer_of(learner));
    float *sum = result_of(learner) + begin;
    (void)worker;
    if (count > WEIGHTS_IN_ONE_GO)
        count = WEIGHTS_IN_ONE_GO;
    memcpy(sum, partial_of(learner, 0) + begin, count * sizeof *sum);
    for (int number = 1; number < chunks; number++)
        learner->arithmetic->add(sum, partial_of(learner, number) + begin, count);
}

static void by_chunks(struct mn_learner *learner, mn_chunk_work *work)
{
    size_t weights = learner->options.weights->layer[learner->layer].weight_count;
    mn_chunk_each(learner, 0, mn_chunk_count(learner, layer_of(learner)), work);
    mn_crew_share_out(learner->options.crew, pieces_of(weights, WEIGHTS_IN_ONE_GO), add_up_partials,
                      learner);
}

/* --- many weights --- */

static float *operands_of(const struct mn_learner *learner, int group)
{
    return learner->operands + (size_t)(group - learner->first_group) * learner->group_floats;
}

static void channels_gradient(void *context, int piece, int worker)
{
    struct mn_learner *learner = context;
    const struct mn_layer *layer = layer_of(learner);
    int begin = piece * CHANNELS_IN_ONE_GO, rest = layer->out_channels - begin;
    int end = begin + (rest < CHANNELS_IN_ONE_GO ? rest : CHANNELS_IN_ONE_GO);
    (void)worker;
    for (int group = learner->first_group; group < learner->end_group; group++) {
        struct mn_chunk pictures =
            mn_chunk_of(learner, layer, group, mn_chunk_group(learner, layer));
        mn_layer_weight_gradient(layer, operands_of(learner, group), pictures.count, begin, end,
                                 group > 0, result_of(learner));
    }
}

/* As many groups at a time as there is room for the operands of. */
static void by_channels(struct mn_learner *learner, mn_chunk_work *work)
{
    const struct mn_layer *layer = layer_of(learner);
    int chunks = mn_chunk_count(learner, layer), in_group = mn_chunk_group(learner, layer);
    int groups = (chunks + in_group - 1) / in_group;
    learner->group_floats =
        mn_layer_operands(layer, mn_chunk_of(learner, layer, 0, in_group).count);
    int slice = (int)(learner->operand_room / learner->group_floats);
    for (int first = 0; first < groups; first += slice) {
        int end = slice < groups - first ? first + slice : groups;
        learner->first_group = first;
        learner->end_group = end;
        mn_chunk_each(learner, first * in_group, end == groups ? chunks : end * in_group, work);
        mn_crew_share_out(learner->options.crew,
                          pieces_of((size_t)layer->out_channels, CHANNELS_IN_ONE_GO),
                          channels_gradient, learner);
    }
}

/* --- either --- */

bool mn_weight_gradient_by_channels(const struct mn_layer *layer)
{
    return mn_layer_operands(layer, 1) > 0 && mn_layer_weight_count(layer) > FEW_WEIGHTS;
}

void mn_weight_gradient_of_layer(struct mn_learner *learner, int i, mn_chunk_work *work)
{
    learner->layer = i;
    if (mn_weight_gradient_by_channels(layer_of(learner)))
        by_channels(learner, work);
    else
        by_chunks(learner, work);
}

void mn_weight_gradient_of_chunk(struct mn_learner *learner, const struct mn_layer_pass *pass,
                                 const float *d, int number, int worker)
{
    const struct mn_layer *layer = pass->layer;
    float *operands = learner->workers[worker].operands;
    if (layer->kind == MN_DEPTHWISE) {
        mn_layer_depthwise_gradient(pass, d, partial_of(learner, number));
    } else if (mn_weight_gradient_by_channels(layer)) {
        int in_group = mn_chunk_group(learner, layer), group = number / in_group;
        struct mn_chunk together = mn_chunk_of(learner, layer, group, in_group);
        int begin = mn_chunk_of(learner, layer, number, 1).begin;
        mn_layer_gather_operands(pass, d, begin - together.begin, together.count,
                                 operands_of(learner, group));
    } else {
        mn_layer_gather_operands(pass, d, 0, pass->pictures, operands);
        mn_layer_weight_gradient(layer, operands, pass->pictures, 0, layer->out_channels, false,
                                 partial_of(learner, number));
    }
}
