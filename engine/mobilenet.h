/* libmobilenet: MobileNet-V1 on a CPU. The only header that an embedding program needs.
 *
 *     struct mn_model *model;
 *     struct mn_engine *engine;
 *     mn_model_load(&model, "everyday.safetensors", NULL, &error);
 *     mn_engine_new(&engine, model, &(struct mn_engine_options){0}, &error);
 *     mn_engine_preprocess(engine, &image, &error);
 *     mn_softmax(mn_engine_run(engine), probabilities, mn_engine_network(engine)->spec.classes);
 *
 * One engine belongs to one thread at a time. Nothing is allocated per picture. */
#ifndef MN_MOBILENET_H
#define MN_MOBILENET_H

#include "base/error.h"
#include "image/image.h"
#include "image/preprocess.h"
#include "kernels/kernels.h"
#include "model/half.h"
#include "model/model.h"
#include "model/model_file.h"
#include "network.h"

struct mn_engine;

struct mn_engine_options {
    bool force_isa; /* use `isa` or fail; else the best of this CPU */
    enum mn_isa isa;
    int threads;    /* that run the network, the caller being one, at most 64; 0: as many as this
                       process may keep busy, see run/pool.h */
    int batch;      /* pictures a run, at most 4096; 0: 1 */
    bool unfused;   /* every layer's output is made and shown to an observer; a little slower */
    int resolution; /* px; 0: the model's own. The resolution multiplier, free to choose at run time
                     */
    const struct mn_preprocessing *preprocessing; /* NULL: the model's own */
};

/* Folds, packs and plans. The model is not needed afterwards. On MN_OK *engine is the caller's.
 * Errors: MN_BAD_INPUT for options that cannot be; MN_FAILED for memory, threads, and a model file
 * that cannot be read any more. */
enum mn_status mn_engine_new(struct mn_engine **engine, const struct mn_model *model,
                             const struct mn_engine_options *options, struct mn_error *error);
void mn_engine_free(struct mn_engine *engine); /* NULL is fine */

const struct mn_network *mn_engine_network(const struct mn_engine *engine);
enum mn_isa mn_engine_isa(const struct mn_engine *engine);

int mn_engine_threads(const struct mn_engine *engine);
int mn_engine_batch(const struct mn_engine *engine);

/* The input tensor [batch][resolution][resolution][3], owned by the engine: for those who fill it
 * themselves. */
float *mn_engine_input(struct mn_engine *engine);

/* Picture to the first input tensor, or to that of `place`, 0 … batch - 1; input tensors to logits
 * [batch][classes], owned by the engine and valid until the next run. Errors: those of
 * mn_preprocess_prepare(), see image/preprocess.h. */
enum mn_status mn_engine_preprocess(struct mn_engine *engine, const struct mn_image *image,
                                    struct mn_error *error);
enum mn_status mn_engine_preprocess_at(struct mn_engine *engine, int place,
                                       const struct mn_image *image, struct mn_error *error);
const float *mn_engine_run(struct mn_engine *engine);

/* Makes the run that is under way, or the next one, return NULL after the step it is at; from the
 * last step on only the next one. Any thread; for good. */
void mn_engine_cancel(struct mn_engine *engine);

/* Called after each step with what it computed, valid during the call; more than one layer only
 * where they are fused. */
typedef void mn_observer(void *context, const struct mn_layers_output *output);
const float *mn_engine_run_observed(struct mn_engine *engine, mn_observer *observer, void *context);

/* probabilities[i] = exp(logits[i]) / sum. In place is fine. */
void mn_softmax(const float *logits, float *probabilities, int count);

#endif
