/* Batch by batch: decode the pictures on all threads, preprocess them into the engine's tensors,
 * run it. The engine is asked for whole batches also at the end, where its last tensors are left
 * over from the batch before and their answers not looked at. */
#include "evaluate.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "../run/pool.h"

struct evaluator {
    struct mn_evaluation *evaluation;
    struct mn_engine *engine;
    const struct mn_dataset *dataset;
    enum mn_split split;
    int batch, first, count; /* of the batch under way: pictures first … first + count - 1 */
    struct picture {
        struct mn_bitmap bitmap;
        struct mn_image image;
        struct mn_error error;
        enum mn_status status;
    } * pictures; /* [batch] */
    struct mn_pool *pool;
    double loss;
};

static void decode(void *context, int step, int piece, int worker)
{
    (void)step, (void)worker;
    struct evaluator *run = context;
    struct picture *picture = &run->pictures[piece];
    picture->status = mn_dataset_picture(run->dataset, run->split, run->first + piece,
                                         &picture->bitmap, &picture->image, &picture->error);
}

/* Cross entropy of the logits: log of the sum of exp(logit - logit of the truth). */
static double cross_entropy(const float *logits, int classes, int label)
{
    double largest = (double)logits[0];
    for (int c = 1; c < classes; c++)
        largest = fmax(largest, (double)logits[c]);
    double sum = exp((double)logits[0] - largest);
    for (int c = 1; c < classes; c++)
        sum += exp((double)logits[c] - largest);
    return log(sum) + largest - (double)logits[label];
}

static void note_answer(struct evaluator *run, int picture, const float *logits)
{
    struct mn_evaluation *evaluation = run->evaluation;
    int classes = evaluation->classes, label = evaluation->label[picture];
    float *probability = evaluation->probability + (size_t)picture * classes;
    mn_softmax(logits, probability, classes);
    run->loss += cross_entropy(logits, classes, label);
}

static enum mn_status run_batch(struct evaluator *run, struct mn_error *error)
{
    mn_pool_run(run->pool, 0, run->count);
    for (int i = 0; i < run->count; i++) {
        struct picture *picture = &run->pictures[i];
        if (picture->status) {
            *error = picture->error;
            return picture->status;
        }
        if (mn_engine_preprocess_at(run->engine, i, &picture->image, error))
            return error->status;
    }
    const float *logits = mn_engine_run(run->engine);
    if (!logits)
        return mn_fail(error, MN_FAILED, "the evaluation was stopped");
    for (int i = 0; i < run->count; i++)
        note_answer(run, run->first + i, logits + (size_t)i * run->evaluation->classes);
    return MN_OK;
}

static enum mn_status run_split(struct evaluator *run,
                                bool (*progress)(void *context, int done, int total), void *context,
                                struct mn_error *error)
{
    int total = run->evaluation->pictures;
    for (run->first = 0; run->first < total; run->first += run->batch) {
        run->count = total - run->first < run->batch ? total - run->first : run->batch;
        if (run_batch(run, error))
            return error->status;
        if (progress && !progress(context, run->first + run->count, total))
            return mn_fail(error, MN_FAILED, "the evaluation was stopped");
    }
    run->evaluation->loss = total ? run->loss / total : 0;
    return MN_OK;
}

/* Makes room and fills in what is known before. */
static enum mn_status prepare(struct evaluator *run, const int *classes, struct mn_error *error)
{
    struct mn_evaluation *evaluation = run->evaluation;
    size_t pictures = (size_t)evaluation->pictures, model_classes = (size_t)evaluation->classes;
    evaluation->label = calloc(pictures + 1, sizeof *evaluation->label);
    if (pictures <= SIZE_MAX / sizeof(float) / model_classes)
        evaluation->probability = malloc(pictures * model_classes * sizeof(float) + 1);
    run->pictures = calloc((size_t)run->batch, sizeof *run->pictures);
    if (!evaluation->label || !evaluation->probability || !run->pictures)
        return mn_fail(error, MN_FAILED, "not enough memory to evaluate %d pictures",
                       evaluation->pictures);
    for (int i = 0; i < evaluation->pictures; i++) {
        int label = mn_dataset_label(run->dataset, run->split, i);
        evaluation->label[i] = classes ? classes[label] : label;
    }
    return mn_pool_new(&run->pool, mn_engine_threads(run->engine), decode, run, error);
}

enum mn_status mn_evaluate(struct mn_evaluation *evaluation, struct mn_engine *engine,
                           const struct mn_dataset *dataset, enum mn_split split,
                           const int *classes, bool (*progress)(void *context, int done, int total),
                           void *context, struct mn_error *error)
{
    *evaluation = (struct mn_evaluation){.pictures = mn_dataset_count(dataset, split),
                                         .classes = mn_engine_network(engine)->spec.classes};
    struct evaluator run = {.evaluation = evaluation,
                            .engine = engine,
                            .dataset = dataset,
                            .split = split,
                            .batch = mn_engine_batch(engine)};
    if (!classes && mn_dataset_classes(dataset) != evaluation->classes)
        return mn_fail(error, MN_BAD_INPUT, "the model has %d classes, the data set %d",
                       evaluation->classes, mn_dataset_classes(dataset));
    enum mn_status status = prepare(&run, classes, error);
    if (!status)
        status = run_split(&run, progress, context, error);
    mn_pool_free(run.pool);
    for (int i = 0; run.pictures && i < run.batch; i++)
        mn_bitmap_free(&run.pictures[i].bitmap);
    free(run.pictures);
    if (status)
        mn_evaluation_free(evaluation);
    return status;
}

void mn_evaluation_free(struct mn_evaluation *evaluation)
{
    free(evaluation->label);
    free(evaluation->probability);
    *evaluation = (struct mn_evaluation){0};
}
