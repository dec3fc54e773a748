/* The mean of several models' weights, which is often better than each of them where they come from
 * trainings that began alike (Wortsman et al. 2022, "Model soups"). */
#ifndef MN_AVERAGE_H
#define MN_AVERAGE_H

#include "model.h"

/* What keeps two models from having a mean: "network", "resolution", "labels" or "normalisation".
 * NULL: nothing. */
const char *mn_model_difference(const struct mn_model *a, const struct mn_model *b);

/* Of models between which there is no such difference. Weights, biases, batch norms and their
 * statistics are the means; labels, preprocessing and name are the first one's; its accuracy,
 * threshold, recipe and known answer are not, and empty. Computed in memory; half where all are. On
 * MN_OK *mean is the caller's. Errors: MN_FAILED for memory and reading. */
enum mn_status mn_model_average(struct mn_model **mean, struct mn_model *const *models, int count,
                                struct mn_error *error);

#endif
