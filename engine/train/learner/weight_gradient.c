#include "weight_gradient.h"

#include <string.h>

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
    int chunks = mn_learner_chunks(learner, layer_of(learner));
    float *sum = result_of(learner) + begin;
    (void)worker;
    if (count > WEIGHTS_IN_ONE_GO)
        count = WEIGHTS_IN_ONE_GO;
    memcpy(sum, partial_of(learner, 0) + begin, count * sizeof *sum);
    for (int number = 1; number < chunks; number++)
        learner->arithmetic->add(sum, partial_of(learner, number) + begin, count);
}

static void by_chunks(struct mn_learner *learner,
                      void (*work)(void *learner, int number, int worker))
{
    struct mn_crew *crew = learner->options.crew;
    size_t weights = learner->options.weights->layer[learner->layer].weight_count;
    learner->first_chunk = 0;
    mn_crew_share_out(crew, mn_learner_chunks(learner, layer_of(learner)), work, learner);
    mn_crew_share_out(crew, pieces_of(weights, WEIGHTS_IN_ONE_GO), add_up_partials, learner);
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
    for (int group = learner->first_group; group < learner->end_group; group++)
        mn_layer_weight_gradient(layer, operands_of(learner, group),
                                 mn_learner_group(learner, layer, group).count, begin, end,
                                 group > 0, result_of(learner));
}

/* As many groups at a time as there is room for the operands of. */
static void by_channels(struct mn_learner *learner,
                        void (*work)(void *learner, int number, int worker))
{
    struct mn_crew *crew = learner->options.crew;
    const struct mn_layer *layer = layer_of(learner);
    int chunks = mn_learner_chunks(learner, layer);
    int in_group = mn_learner_group_chunks(learner, layer);
    int groups = (chunks + in_group - 1) / in_group;
    learner->group_floats = mn_layer_operands(layer, mn_learner_group(learner, layer, 0).count);
    int slice = (int)(learner->operand_room / learner->group_floats);
    for (int first = 0; first < groups; first += slice) {
        int end = slice < groups - first ? first + slice : groups;
        int end_chunk = end * in_group < chunks ? end * in_group : chunks;
        learner->first_group = first;
        learner->end_group = end;
        learner->first_chunk = first * in_group;
        mn_crew_share_out(crew, end_chunk - learner->first_chunk, work, learner);
        mn_crew_share_out(crew, pieces_of((size_t)layer->out_channels, CHANNELS_IN_ONE_GO),
                          channels_gradient, learner);
    }
}

/* --- either --- */

void mn_weight_gradient_of_layer(struct mn_learner *learner, int i,
                                 void (*work)(void *learner, int number, int worker))
{
    learner->layer = i;
    if (mn_learner_by_channels(layer_of(learner)))
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
    } else if (mn_learner_by_channels(layer)) {
        int group = number / mn_learner_group_chunks(learner, layer);
        struct mn_chunk together = mn_learner_group(learner, layer, group);
        int begin = mn_learner_chunk(learner, layer, number).begin;
        mn_layer_gather_operands(pass, d, begin - together.begin, together.count,
                                 operands_of(learner, group));
    } else {
        mn_layer_gather_operands(pass, d, 0, pass->pictures, operands);
        mn_layer_weight_gradient(layer, operands, pass->pictures, 0, layer->out_channels, false,
                                 partial_of(learner, number));
    }
}
