/* A training that is under way: what it has open, and the parts of its loop (fit.c). */
#ifndef CAMLABEL_FIT_H
#define CAMLABEL_FIT_H

#include "../../engine/train/metrics.h"
#include "../../engine/train/trainer.h"
#include "data.h"
#include "epoch_log.h"
#include "fit_settings.h"
#include "run_folder.h"

struct fit {
    struct fit_settings settings;
    struct run_paths paths;
    struct stop stop;
    struct progress progress;
    char *recipe_text; /* of the model */
    struct mn_dataset *dataset;
    struct mn_model *initial; /* NULL: none */
    struct mn_trainer *trainer;
    struct epoch_log log;
    bool is_begun; /* what lies in RUN is this training's */

    /* the epoch under way */
    double begin_s, step_s; /* when it, or its resumed part, began; seconds of its steps */
    int pictures;           /* in those seconds */
    struct mn_step step;    /* the last one */

    double checkpoint_s;        /* when the last one was written */
    double judging_s_per_pixel; /* of a picture's, last time; 0: not yet known */
    double s_per_step;          /* lately */
};

/* Opens everything, and restores the checkpoint where the run is resumed. fit has its settings,
 * progress and stop. On an error, too, fit_close() is to be called. */
enum mn_status fit_open(struct fit *fit, struct mn_error *error);
void fit_close(struct fit *fit); /* idempotent; settings, progress and stop stay */

/* Starts the sums of an epoch anew. */
void fit_begin_epoch(struct fit *fit);

/* Is the epoch done, but not yet judged? */
bool fit_is_epoch_to_finish(const struct fit *fit);

/* Judges the epoch that is done and already in the checkpoint: prints its line, keeps its model and
 * adds its row to the log. Returns MN_OK without having done so where the user stops it; a resumed
 * run then does it first of all. */
enum mn_status fit_finish_epoch(struct fit *fit, struct mn_error *error);

/* Evaluates the model on the pictures to judge by. On MN_OK evaluation and metrics are the
 * caller's. */
enum mn_status fit_judge(struct fit *fit, const struct mn_model *model,
                         struct mn_evaluation *evaluation, struct mn_metrics *metrics,
                         struct mn_error *error);

/* After the last epoch: the result is in its place, and the report beside it. */
enum mn_status fit_conclude(struct fit *fit, struct mn_error *error);

#endif
