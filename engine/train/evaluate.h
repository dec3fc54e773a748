/* How good a model is on a split, measured with the inference engine: the one its users will run.
 */
#ifndef MN_EVALUATE_H
#define MN_EVALUATE_H

#include "../mobilenet.h"
#include "pictures/dataset.h"

struct mn_evaluation {
    int pictures, classes; /* classes: the model's */
    int *label;            /* [pictures of the split]: the truth, as the model counts classes */
    float *probability;    /* [pictures][classes] */
    double loss;           /* mean cross entropy */
};

/* Runs every picture of the split, as many at a time as the engine's batch. `classes` maps a class
 * of the data set to one of the model, which may have more; NULL: they are the same, in the same
 * order. Called now and then: progress; returning false stops with MN_FAILED. On MN_OK free with
 * mn_evaluation_free(). Errors: MN_BAD_INPUT where the class counts differ and nothing maps them;
 * those of mn_dataset_picture(); MN_FAILED for memory. */
enum mn_status mn_evaluate(struct mn_evaluation *evaluation, struct mn_engine *engine,
                           const struct mn_dataset *dataset, enum mn_split split,
                           const int *classes, bool (*progress)(void *context, int done, int total),
                           void *context, struct mn_error *error);
void mn_evaluation_free(struct mn_evaluation *evaluation); /* leaves it zeroed */

#endif
