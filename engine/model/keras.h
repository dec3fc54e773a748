/* Keras' .h5 files of MobileNet-V1: weights alone, or a whole model with its description.
 *
 * Read by libhdf5, whose parser is large and known to crash on damaged files; it therefore runs in
 * a process of its own (isolate.h), which hands back one of our model files. */
#ifndef MN_KERAS_H
#define MN_KERAS_H

#include <stdbool.h>

#include "model.h"

bool mn_keras_sniff(const uint8_t *head, size_t head_size);

/* `name` is the file's name, which is asked for the resolution if the file does not say it (else
 * 224). On MN_OK *model is the caller's. Errors: MN_BAD_INPUT names what does not fit, or says that
 * this build has no libhdf5; MN_FAILED for memory, and where libhdf5 is not there any more. */
enum mn_status mn_keras_read(struct mn_model **model, const uint8_t *data, size_t size,
                             const char *name, struct mn_error *error);

#endif
