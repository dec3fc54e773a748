#include "mobilenet.h"

#include <math.h>
#include <stdatomic.h>
#include <stdlib.h>

#include "run/packed.h"
#include "run/plan.h"
#include "run/pool.h"

struct mn_engine {
    struct mn_network network;
    const struct mn_image *image; /* while it is being preprocessed */
    float *tensor;                /* where to */
    int batch;
    const struct mn_kernels *kernels;
    struct mn_preprocessor *preprocessor;
    struct mn_packed *packed;
    const struct mn_model *model; /* while its weights are being packed */
    struct mn_plan *plan;
    struct mn_pool *pool;
    atomic_bool cancelled;
};

static enum mn_status choose_kernels(const struct mn_kernels **kernels,
                                     const struct mn_engine_options *options,
                                     struct mn_error *error)
{
    *kernels = options->force_isa ? mn_kernels_for(options->isa) : mn_kernels_best();
    if (!*kernels)
        return mn_fail(error, MN_BAD_INPUT,
                       "this CPU or this build has no %s kernels; leave --isa out, or use --isa %s",
                       mn_isa_name(options->isa), mn_isa_name(mn_kernels_best()->isa));
    return MN_OK;
}

/* What the pool's threads do: a piece of a step of the plan, or, as the steps behind its last one,
 * a group of rows of the input tensor, and a part of the weights. */
static void run_piece(void *context, int step, int piece, int worker)
{
    const struct mn_engine *engine = context;
    int steps = mn_plan_steps(engine->plan);
    if (step < steps)
        mn_plan_run_piece(engine->plan, step, piece, worker);
    else if (step == steps)
        mn_preprocess_rows(engine->preprocessor, engine->image, engine->tensor,
                           piece * MN_RESAMPLE_ROWS, (piece + 1) * MN_RESAMPLE_ROWS, worker);
    else
        mn_packed_make(engine->packed, engine->model, piece, worker);
}

static enum mn_status pack_weights(struct mn_engine *engine, const struct mn_model *model,
                                   struct mn_error *error)
{
    engine->model = model;
    mn_pool_run(engine->pool, mn_plan_steps(engine->plan) + 1, mn_packed_pieces(engine->packed));
    engine->model = NULL;
    if (mn_packed_finish(engine->packed))
        return MN_OK;
    return mn_fail(error, MN_FAILED,
                   "%s: the model's file became shorter since it was read; start again",
                   model->name);
}

enum mn_status mn_engine_new(struct mn_engine **result, const struct mn_model *model,
                             const struct mn_engine_options *options, struct mn_error *error)
{
    struct mn_engine *engine = calloc(1, sizeof *engine);
    if (!engine)
        return mn_fail(error, MN_FAILED, "not enough memory for the engine");

    struct mn_network_spec spec = model->network.spec;
    if (options->resolution)
        spec.resolution = options->resolution;
    const struct mn_preprocessing *preprocessing =
        options->preprocessing ? options->preprocessing : &model->preprocessing;
    int threads = options->threads > 0 ? options->threads : mn_pool_default_threads();
    struct mn_plan_options plan_options = {.threads = threads,
                                           .batch = options->batch > 0 ? options->batch : 1,
                                           .unfused = options->unfused};
    if (mn_network_build(&engine->network, &spec, error) ||
        choose_kernels(&engine->kernels, options, error) ||
        mn_packed_new(&engine->packed, &engine->network, engine->kernels, threads, error) ||
        mn_plan_new(&engine->plan, &engine->network, engine->packed, engine->kernels, &plan_options,
                    error) ||
        mn_pool_new(&engine->pool, threads, run_piece, engine, error) ||
        pack_weights(engine, model, error))
        goto fail;
    engine->preprocessor = mn_preprocessor_new(preprocessing, spec.resolution, engine->kernels);
    if (!engine->preprocessor) {
        mn_fail(error, MN_FAILED, "not enough memory for preprocessing");
        goto fail;
    }
    engine->batch = plan_options.batch;
    *result = engine;
    return MN_OK;
fail:
    mn_engine_free(engine);
    return error->status;
}

void mn_engine_free(struct mn_engine *engine)
{
    if (!engine)
        return;
    mn_pool_free(engine->pool);
    mn_preprocessor_free(engine->preprocessor);
    mn_plan_free(engine->plan);
    mn_packed_free(engine->packed);
    free(engine);
}

const struct mn_network *mn_engine_network(const struct mn_engine *engine)
{
    return &engine->network;
}

enum mn_isa mn_engine_isa(const struct mn_engine *engine)
{
    return engine->kernels->isa;
}

int mn_engine_threads(const struct mn_engine *engine)
{
    return mn_pool_threads(engine->pool);
}

int mn_engine_batch(const struct mn_engine *engine)
{
    return engine->batch;
}

float *mn_engine_input(struct mn_engine *engine)
{
    return mn_plan_input(engine->plan);
}

enum mn_status mn_engine_preprocess(struct mn_engine *engine, const struct mn_image *image,
                                    struct mn_error *error)
{
    return mn_engine_preprocess_at(engine, 0, image, error);
}

enum mn_status mn_engine_preprocess_at(struct mn_engine *engine, int place,
                                       const struct mn_image *image, struct mn_error *error)
{
    int side = engine->network.spec.resolution;
    enum mn_status status =
        mn_preprocess_prepare(engine->preprocessor, image, mn_pool_threads(engine->pool), error);
    if (status != MN_OK)
        return status;
    engine->image = image;
    engine->tensor = mn_plan_input(engine->plan) + (size_t)place * side * side * 3;
    mn_pool_run(engine->pool, mn_plan_steps(engine->plan), side / MN_RESAMPLE_ROWS);
    engine->image = NULL;
    return MN_OK;
}

const float *mn_engine_run(struct mn_engine *engine)
{
    return mn_engine_run_observed(engine, NULL, NULL);
}

const float *mn_engine_run_observed(struct mn_engine *engine, mn_observer *observer, void *context)
{
    for (int step = 0; step < mn_plan_steps(engine->plan); step++) {
        if (atomic_load_explicit(&engine->cancelled, memory_order_relaxed))
            return NULL;
        mn_pool_run(engine->pool, step, mn_plan_pieces(engine->plan, step));
        if (!observer)
            continue;
        struct mn_layers_output output = mn_plan_step_output(engine->plan, step);
        observer(context, &output);
    }
    return mn_plan_output(engine->plan);
}

void mn_engine_cancel(struct mn_engine *engine)
{
    atomic_store_explicit(&engine->cancelled, true, memory_order_relaxed);
}

void mn_softmax(const float *logits, float *probabilities, int count)
{
    float largest = logits[0];
    for (int i = 1; i < count; i++)
        largest = fmaxf(largest, logits[i]);
    double sum = 0;
    for (int i = 0; i < count; i++) {
        probabilities[i] = expf(logits[i] - largest);
        sum += probabilities[i];
    }
    for (int i = 0; i < count; i++)
        probabilities[i] = (float)(probabilities[i] / sum);
}
