/* What an evaluation says of a model goes into the model. */
#ifndef CAMLABEL_MEASURED_H
#define CAMLABEL_MEASURED_H

#include "../../engine/model/model.h"
#include "../../engine/train/metrics.h"
#include "../../engine/train/pictures/dataset.h"

/* Its accuracy, on what, and the threshold of "unknown". MN_FAILED for memory. */
enum mn_status measured_keep(struct mn_model *model, const struct mn_metrics *metrics,
                             enum mn_split split, struct mn_error *error);

#endif
