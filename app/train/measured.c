#include "measured.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "data.h"

enum mn_status measured_keep(struct mn_model *model, const struct mn_metrics *metrics,
                             enum mn_split split, struct mn_error *error)
{
    char *measured;
    if (asprintf(&measured, "%.4f top-1 of %d %s images at %d px", metrics->top1.value,
                 metrics->pictures, split_names[split], model->network.spec.resolution) < 0)
        return mn_fail(error, MN_FAILED, "not enough memory");
    free(model->measured);
    model->measured = measured;
    model->accuracy = metrics->top1.value;
    model->unknown_below = metrics->threshold.chosen.threshold;
    return MN_OK;
}
