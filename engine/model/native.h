/* Our own model files: a state_dict and the metadata that makes it whole, in safetensors. */
#ifndef MN_NATIVE_H
#define MN_NATIVE_H

#include <stdio.h>

#include "model.h"
#include "safetensors.h"

/* On MN_OK *model is the caller's. Errors: MN_BAD_INPUT names the key or tensor;
 * MN_FAILED for memory and reading. */
enum mn_status mn_native_read(struct mn_model **model, const struct mn_safetensors *file,
                              struct mn_error *error);

/* Weights in float16 where model->half, all else in float32. Errors: MN_FAILED, also where the
 * model's own file cannot be read; MN_BAD_INPUT where that file is damaged; those of the stream are
 * left in the stream. */
enum mn_status mn_native_write(const struct mn_model *model, FILE *stream, struct mn_error *error);

#endif
