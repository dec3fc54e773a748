/* A model file's golden input: it carries the logits that its weights gave when it was written, for
 * one input that everybody can make, so that a damaged copy or a kernel that computes wrongly on
 * some machine is found without any data. */
#ifndef MN_GOLDEN_H
#define MN_GOLDEN_H

#include "mobilenet.h"

/* Computes the known answer by portable C and stores it in the model. Errors: MN_FAILED for memory,
 * MN_BAD_INPUT where the weights give no finite answer. */
enum mn_status mn_golden_make(struct mn_model *model, struct mn_error *error);

/* Runs the model on the golden input with these kernels (options->resolution and ->preprocessing
 * are not looked at). *worst is the largest difference from the stored logits, as a fraction of the
 * largest of them. Errors: MN_FAILED for memory; MN_BAD_INPUT where the model has no known answer,
 * makes another input of the golden one (mean, std or resolution changed), or gives another answer:
 * off by more than 1e-4. */
enum mn_status mn_golden_verify(const struct mn_model *model,
                                const struct mn_engine_options *options, double *worst,
                                struct mn_error *error);

#endif
