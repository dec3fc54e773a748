/* The part of the Keras importer that speaks to libhdf5. Only for keras.c, in its child process. */
#ifndef MN_KERAS_H5_H
#define MN_KERAS_H5_H

#include "model.h"

/* As mn_keras_read(), but a damaged file can crash it. */
enum mn_status mn_keras_h5_read(struct mn_model **model, const uint8_t *data, size_t size,
                                const char *name, struct mn_error *error);

#endif
