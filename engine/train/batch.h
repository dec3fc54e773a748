/* One batch: which pictures, read, augmented and mixed, by all threads of the crew. */
#ifndef MN_BATCH_H
#define MN_BATCH_H

#include "base/crew.h"
#include "pictures/dataset.h"
#include "recipe.h"

struct mn_batch_maker;

/* dataset, recipe and crew are borrowed until free. On MN_OK *maker is the caller's. */
enum mn_status mn_batch_maker_new(struct mn_batch_maker **maker, const struct mn_dataset *dataset,
                                  const struct mn_recipe *recipe, struct mn_crew *crew,
                                  struct mn_error *error);
void mn_batch_maker_free(struct mn_batch_maker *maker); /* NULL is fine */

struct mn_batch {
    int epoch, step, steps; /* step 0 … steps - 1 of the epoch */
    int pictures, resolution;
};

/* The pictures of the batch: indices in the training split, and their labels; each
 * [batch->pictures]. Every epoch has an order of its own. */
void mn_batch_choose(struct mn_batch_maker *maker, const struct mn_batch *batch, int *index,
                     int *label);

/* Fills tensor [pictures][resolution][resolution][3] with them. *lambda is the first picture's
 * share of each mixed one, see mix.h; 1 where they are not mixed. Errors: those of
 * mn_dataset_picture() and mn_augment(). */
enum mn_status mn_batch_make(struct mn_batch_maker *maker, const struct mn_batch *batch,
                             const int *index, float *tensor, double *lambda,
                             struct mn_error *error);

#endif
