#include "optimizer.h"

#include <math.h>
#include <string.h>

#include "../run/pool.h"
#include "orthogonal.h"

int mn_optimizer_rows(enum mn_optimizer_kind kind)
{
    return kind == MN_SGD || kind == MN_MOMENTUM ? 1 : 2;
}

void mn_optimizer_begin(const struct mn_optimizer *optimizer, enum mn_optimizer_kind kind,
                        size_t trained)
{
    memset(optimizer->momentum, 0, trained * sizeof(float));
    for (size_t i = 0; mn_optimizer_rows(kind) > 1 && i < trained; i++)
        optimizer->square[i] = kind == MN_RMSPROP ? 1 : 0; /* as TensorFlow: small first steps */
}

/* --- the rules; each for a run of weights with the same decay --- */

struct run {
    float *value, *gradient, *momentum, *square;
    size_t count;
};

static void step_sgd(const struct run *run, float lr, float momentum, float decay, bool nesterov)
{
    float *restrict value = run->value, *restrict m = run->momentum;
    const float *restrict gradient = run->gradient;
    float look = nesterov ? momentum : 1, now = nesterov ? 1 : 0;
    for (size_t i = 0; i < run->count; i++) {
        float g = gradient[i] + decay * value[i];
        m[i] = momentum * m[i] + g;
        value[i] -= lr * (now * g + look * m[i]);
    }
}

static void step_rmsprop(const struct run *run, const struct mn_update *update, float decay)
{
    const struct mn_recipe *recipe = update->recipe;
    float rate = (float)recipe->opt_beta2, epsilon = (float)recipe->opt_eps;
    float momentum = (float)recipe->momentum, lr = (float)update->lr;
    for (size_t i = 0; i < run->count; i++) {
        float g = run->gradient[i] + decay * run->value[i];
        run->square[i] = rate * run->square[i] + (1 - rate) * g * g;
        run->momentum[i] = momentum * run->momentum[i] + lr * g / sqrtf(run->square[i] + epsilon);
        run->value[i] -= run->momentum[i];
    }
}

static void step_adamw(const struct run *run, const struct mn_update *update, float decay)
{
    const struct mn_recipe *recipe = update->recipe;
    double unbias1 = 1 - pow(recipe->momentum, (double)update->step);
    double unbias2 = 1 - pow(recipe->opt_beta2, (double)update->step);
    float beta1 = (float)recipe->momentum, beta2 = (float)recipe->opt_beta2;
    float rate = (float)(update->lr / unbias1), root = (float)(1 / sqrt(unbias2));
    float epsilon = (float)recipe->opt_eps, keep = 1 - (float)update->lr * decay;
    for (size_t i = 0; i < run->count; i++) {
        float g = run->gradient[i];
        run->momentum[i] = beta1 * run->momentum[i] + (1 - beta1) * g;
        run->square[i] = beta2 * run->square[i] + (1 - beta2) * g * g;
        run->value[i] = keep * run->value[i] -
                        rate * run->momentum[i] / (sqrtf(run->square[i]) * root + epsilon);
    }
}

/* A block of a layer's rows; a value changes by lr in the root mean square, as AdamW's do at most.
 */
static void step_muon(const struct run *run, const struct mn_update *update, int rows, int columns)
{
    float beta = (float)update->recipe->momentum, lr = (float)update->lr;
    float keep = 1 - lr * (float)update->recipe->weight_decay, step = lr * sqrtf((float)columns);
    for (size_t i = 0; i < run->count; i++) {
        run->momentum[i] = beta * run->momentum[i] + run->gradient[i];
        run->gradient[i] += beta * run->momentum[i];
    }
    mn_orthogonalise(run->gradient, rows, columns);
    for (size_t i = 0; i < run->count; i++)
        run->value[i] = keep * run->value[i] - step * run->gradient[i];
}

static void step_run(const struct run *run, const struct mn_update *update, bool decays)
{
    const struct mn_recipe *recipe = update->recipe;
    float decay = decays ? (float)recipe->weight_decay : 0;
    if (!run->square)
        step_sgd(run, (float)update->lr, (float)recipe->momentum, decay, recipe->opt == MN_SGD);
    else if (recipe->opt == MN_RMSPROP)
        step_rmsprop(run, update, decay);
    else
        step_adamw(run, update, decay);
}

/* --- the whole row, each share of the crew a part of it --- */

struct job {
    const struct mn_optimizer *optimizer;
    const struct mn_update *update;
    struct mn_crew *crew;
    float *values, *gradient;
    double square[MN_MAX_THREADS]; /* of the gradient, by share */
    float factor;                  /* by clipping */
};

static size_t first_of(const struct job *job, int share)
{
    return job->update->map->trained * (size_t)share / (size_t)mn_crew_size(job->crew);
}

/* Eight sums side by side: one alone would wait for each addition, and a compiler may not reorder
 * them by itself. */
static double sum_of_squares(const float *gradient, size_t count)
{
    enum { LANES = 8 };
    double lane[LANES] = {0}, sum = 0;
    size_t i = 0;
    for (; i + LANES <= count; i += LANES)
        for (size_t k = 0; k < LANES; k++)
            lane[k] += (double)gradient[i + k] * (double)gradient[i + k];
    for (; i < count; i++)
        sum += (double)gradient[i] * (double)gradient[i];
    for (size_t k = 0; k < LANES; k++)
        sum += lane[k];
    return sum;
}

static void add_squares(void *context, int share)
{
    struct job *job = context;
    size_t first = first_of(job, share), last = first_of(job, share + 1);
    job->square[share] = sum_of_squares(job->gradient + first, last - first);
}

static struct run run_of(const struct job *job, size_t begin, size_t count)
{
    const struct mn_optimizer *optimizer = job->optimizer;
    struct run run = {job->values + begin, job->gradient + begin, optimizer->momentum + begin,
                      optimizer->square ? optimizer->square + begin : NULL, count};
    for (size_t i = 0; job->factor != 1 && i < count; i++)
        run.gradient[i] *= job->factor;
    return run;
}

/* The part of begin … end that is the share's, if any. */
static void step_range(const struct job *job, int share, size_t begin, size_t end, bool decays)
{
    size_t first = first_of(job, share), last = first_of(job, share + 1);
    begin = begin > first ? begin : first;
    end = end < last ? end : last;
    if (begin >= end)
        return;
    enum { BLOCK = 4096 }; /* clipped gradients are still in the cache when they are used */
    for (size_t at = begin; at < end; at += BLOCK) {
        struct run run = run_of(job, at, end - at < BLOCK ? end - at : BLOCK);
        step_run(&run, job->update, decays);
    }
}

/* Blocks of rows that Muon turns a layer's weights by: those of products, but for the first and the
 * last, as its author has it; 0 for the others. A block is never taller than wide. */
static int blocks_of(const struct mn_update *update, int layer)
{
    const struct mn_layer *at = &update->network->layers[layer];
    bool turned = at->kind == MN_POINTWISE || (at->kind == MN_CONV && layer > 0);
    int columns = at->in_channels * (at->kind == MN_CONV ? 9 : 1);
    int most = columns < MN_ORTHOGONAL_ROWS ? columns : MN_ORTHOGONAL_ROWS;
    return turned && update->recipe->opt == MN_MUON ? (at->out_channels + most - 1) / most : 0;
}

/* The layers from the head on: the large ones first. */
static void turn_block(void *context, int piece, int worker)
{
    const struct job *job = context;
    int layer = job->update->network->layer_count - 1;
    (void)worker;
    for (; piece >= blocks_of(job->update, layer); layer--)
        piece -= blocks_of(job->update, layer);
    const struct mn_layer_weights *at = &job->update->map->layer[layer];
    int out = job->update->network->layers[layer].out_channels;
    int blocks = blocks_of(job->update, layer), columns = (int)(at->weight_count / (size_t)out);
    int first = out * piece / blocks, rows = out * (piece + 1) / blocks - first;
    size_t row = (size_t)columns;
    struct run run = run_of(job, at->weight + (size_t)first * row, (size_t)rows * row);
    step_muon(&run, job->update, rows, columns);
}

static void step_share(void *context, int share)
{
    const struct job *job = context;
    const struct mn_network *network = job->update->network;
    for (int i = job->update->first_trained; i < network->layer_count; i++) {
        const struct mn_layer_weights *at = &job->update->map->layer[i];
        if (network->layers[i].kind == MN_POOL)
            continue;
        size_t weights_end = at->weight + at->weight_count;
        size_t end = at->beta + (size_t)network->layers[i].out_channels;
        if (!blocks_of(job->update, i))
            step_range(job, share, at->weight, weights_end,
                       network->layers[i].kind != MN_DEPTHWISE);
        step_range(job, share, weights_end, end, false);
    }
}

double mn_optimizer_step(const struct mn_optimizer *optimizer, const struct mn_update *update,
                         struct mn_crew *crew, float *values, float *gradient)
{
    struct job job = {optimizer, update, crew, values, gradient, .factor = 1};
    double square = 0, clip = update->recipe->clip_grad;
    mn_crew_work(crew, add_squares, &job);
    for (int i = 0; i < mn_crew_size(crew); i++)
        square += job.square[i];
    if (!isfinite(square))
        return square;
    if (clip > 0 && sqrt(square) > clip)
        job.factor = (float)(clip / sqrt(square));
    mn_crew_work(crew, step_share, &job);
    int blocks = 0;
    for (int i = update->first_trained; i < update->network->layer_count; i++)
        blocks += blocks_of(update, i);
    if (blocks)
        mn_crew_share_out(crew, blocks, turn_block, &job);
    return sqrt(square);
}

double mn_optimizer_mult_adds(const struct mn_update *update)
{
    double sum = 0;
    for (int i = update->first_trained; i < update->network->layer_count; i++) {
        double blocks = blocks_of(update, i), out = update->network->layers[i].out_channels;
        if (blocks > 0)
            sum += blocks * mn_orthogonal_mult_adds(
                                out / blocks, (double)update->map->layer[i].weight_count / out);
    }
    return sum;
}
