/* Judging a model: evaluation by the engine, as many pictures at a time as keep its memory small.
 */
#ifndef CAMLABEL_JUDGE_H
#define CAMLABEL_JUDGE_H

#include "../../engine/train/metrics.h"
#include "../stop.h"
#include "progress.h"

struct judge {
    const struct mn_dataset *dataset;
    enum mn_split split;
    struct mn_engine_options options; /* batch is chosen */
    struct progress *progress;
    struct stop *stop; /* NULL: nobody stops it */
};

/* Evaluates. The classes of the data set are found among the model's by their names; a model
 * without names needs as many. On MN_OK free both with mn_metrics_free() and mn_evaluation_free();
 * else they are zeroed. Errors: MN_BAD_INPUT names a class that the model has not. */
enum mn_status judge_model(const struct judge *judge, const struct mn_model *model,
                           struct mn_evaluation *evaluation, struct mn_metrics *metrics,
                           struct mn_error *error);

#endif
