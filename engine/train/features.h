/* What a frozen trunk makes of every training picture, computed once and kept: the pool's output of
 * each picture and of its mirror image. A head is then trained in moments, on a machine that could
 * never train the trunk. The inference engine computes them. */
#ifndef MN_FEATURES_H
#define MN_FEATURES_H

#include "../mobilenet.h"
#include "pictures/dataset.h"
#include "recipe.h"

/* Whether the recipe freezes the whole trunk, and lets its features be kept. */
bool mn_features_wanted(const struct mn_recipe *recipe);

struct mn_features {
    int pictures, channels, variants; /* variants: 2, or 1 without mirror images */
    float *values;                    /* [pictures][variants][channels], owned */
};

struct mn_features_options {
    int resolution;
    struct mn_preprocessing preprocessing;
    bool mirrored;
    int threads;
    /* Called after each picture; NULL: nobody. Return false to stop: MN_FAILED. */
    bool (*progress)(void *context, int done, int total);
    void *progress_context;
};

/* Of the training split. Errors: those of mn_engine_new() and mn_dataset_picture(), and MN_FAILED
 * for memory. On MN_OK free with mn_features_free(). */
enum mn_status mn_features_compute(struct mn_features *features, const struct mn_model *trunk,
                                   const struct mn_dataset *dataset,
                                   const struct mn_features_options *options,
                                   struct mn_error *error);
void mn_features_free(struct mn_features *features); /* leaves it zeroed */

#endif
