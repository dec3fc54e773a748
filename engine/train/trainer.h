/* The trainer: one step after the other, from a data set and a recipe to a model.
 *
 *     mn_trainer_new(&trainer, &(struct mn_trainer_settings){…}, &error);
 *     while (!mn_trainer_at_end(trainer)) {
 *         mn_trainer_step(trainer, &step, &error);
 *         if (mn_trainer_epoch_step(trainer) == 0) validate, save
 *     }
 *     mn_trainer_export(trainer, &model, &error);
 *
 * Everything it knows is in its checkpoint: stopped anywhere and restored, with the same number of
 * threads on the same machine, it goes on to the same bytes. */
#ifndef MN_TRAINER_H
#define MN_TRAINER_H

#include "../model/model.h"
#include "pictures/dataset.h"
#include "recipe.h"
#include "state.h"

struct mn_trainer;

struct mn_trainer_settings {
    const struct mn_recipe *recipe;   /* copied. With `initial` its network is that's, only the
                                         resolution is   the recipe's; 0: that's as well */
    const char *recipe_text;          /* what a checkpoint must have been made by; copied */
    const struct mn_dataset *dataset; /* borrowed until the trainer is freed */
    const struct mn_model *initial; /* NULL: random weights. Else its trunk, and its head too where
                                       the classes are the same; borrowed during the call */
    int threads;                    /* 0: mn_pool_default_threads() */
    /* Where features are computed before the first step, as in features.h. */
    bool (*progress)(void *context, int done, int total);
    void *progress_context;
};

/* What a step did. */
struct mn_step {
    int pictures;
    double loss;    /* mean over them, smoothed and mixed targets included */
    double correct; /* pictures whose largest logit is their own label */
    double lr;
    int resolution;
};

/* Errors: MN_BAD_INPUT where recipe and data do not fit (too few pictures for a batch, …),
 * MN_FAILED for memory. On MN_OK *trainer is the caller's. */
enum mn_status mn_trainer_new(struct mn_trainer **trainer,
                              const struct mn_trainer_settings *settings, struct mn_error *error);
void mn_trainer_free(struct mn_trainer *trainer); /* NULL is fine */

/* One batch: pictures, augment, forward, loss, backward, update. Errors: MN_FAILED where a picture
 * cannot be read any more; MN_FAILED where the loss is no number any more: the weights are then of
 * no use, restore an older checkpoint. */
enum mn_status mn_trainer_step(struct mn_trainer *trainer, struct mn_step *step,
                               struct mn_error *error);

bool mn_trainer_at_end(const struct mn_trainer *trainer);
int mn_trainer_epoch(const struct mn_trainer *trainer);       /* complete ones, 0 … epochs */
int mn_trainer_epoch_step(const struct mn_trainer *trainer);  /* steps done of the one under way */
int mn_trainer_epoch_steps(const struct mn_trainer *trainer); /* steps of an epoch */
/* Of the epoch under way; where none is, of the one that is complete. */
struct mn_epoch_sums mn_trainer_sums(const struct mn_trainer *trainer);

/* Work of the steps from now to the end, by that of the step just done: times its seconds it is the
 * time left, also where resolutions change. */
double mn_trainer_steps_left(const struct mn_trainer *trainer);

const struct mn_network *mn_trainer_network(const struct mn_trainer *trainer);
/* As it is carried out: with the initial model's network, see above. */
const struct mn_recipe *mn_trainer_recipe(const struct mn_trainer *trainer);

/* A model of the weights as they are now, averaged where the recipe says so: batch norm unfolded,
 * resolution (mn_schedule_model_size()), labels and preprocessing set, name and origin empty. On
 * MN_OK *model is the caller's. */
enum mn_status mn_trainer_export(const struct mn_trainer *trainer, struct mn_model **model,
                                 struct mn_error *error);

/* Everything, into a safetensors file: complete or absent. Errors: MN_FAILED, the old file is kept.
 */
enum mn_status mn_trainer_save(const struct mn_trainer *trainer, const char *path,
                               struct mn_error *error);

/* Goes on where the file was saved. Errors: MN_BAD_INPUT where it is of another network, recipe or
 * data set, or damaged; the trainer is then as it was. */
enum mn_status mn_trainer_restore(struct mn_trainer *trainer, const char *path,
                                  struct mn_error *error);

#endif
