/* Tensors of a Keras file by libhdf5. Keras names them <layer>/<some scope>/kernel:0 and the like.
 * Shapes and types are checked before anything is read; links to other files and data in other
 * files are not followed. Only for keras_h5.c, in its process. */
#ifndef MN_H5_TENSOR_H
#define MN_H5_TENSOR_H

#include "../base/error.h"
#include "h5_library.h"
#include "shape.h"

/* Negative if there is no group of that name in this file. The caller closes with H5Gclose(). */
hid_t mn_h5_open_group(const struct mn_h5 *h5, hid_t parent, const char *name);

/* The dataset "leaf:0" or "leaf" of a layer; negative if there is none. The caller closes with
 * H5Dclose(). */
hid_t mn_h5_open_tensor(const struct mn_h5 *h5, hid_t root, const char *layer, const char *leaf);

/* Opens a tensor and finds its shape. On MN_OK the caller closes *tensor with H5Dclose(). Errors:
 * MN_BAD_INPUT if it is not there or no plain array of floats. */
enum mn_status mn_h5_find(const struct mn_h5 *h5, hid_t root, const char *layer, const char *leaf,
                          hid_t *tensor, struct mn_shape *shape, struct mn_error *error);

/* Reads values, as many as `expected` says, in the file's layout. */
enum mn_status mn_h5_read(const struct mn_h5 *h5, hid_t root, const char *layer, const char *leaf,
                          const struct mn_shape *expected, float *values, struct mn_error *error);

#endif
