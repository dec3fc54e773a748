/* Model files: one call to read any of them, one to write ours. */
#ifndef MN_MODEL_FILE_H
#define MN_MODEL_FILE_H

#include <stddef.h>
#include <stdint.h>

#include "model.h"

/* Reads a MobileNet-V1 from `path`; the kind of file is told by its content, not its name:
 *   safetensors: our own, and timm's mobilenetv1_* (told apart by __metadata__)
 *   TensorFlow Lite: float, or per-tensor quantised uint8 (dequantised to float)
 *   Keras .h5, weights alone or a whole model, where libhdf5 was there at build time
 * labels_path may be NULL. A label list replaces the file's own; one with 1000 lines for a network
 * of 1001 classes gets "background" in front, one with 1001 lines for 1000 classes loses it (see
 * labels.h). On MN_OK *model is the caller's, to be freed with mn_model_free(). A safetensors model
 * keeps the file open and its weights there (see model.h): the file may be deleted or replaced
 * meanwhile, but if it is overwritten in place the weights are what it says now. Errors:
 * MN_BAD_INPUT names the file and what in it does not fit; MN_FAILED for memory and reading. */
enum mn_status mn_model_load(struct mn_model **model, const char *path, const char *labels_path,
                             struct mn_error *error);

/* The same from memory. `name` stands for the path: in messages, as the model's name, and for the
 * resolution of Keras weights, which only their name tells. */
enum mn_status mn_model_decode(struct mn_model **model, const uint8_t *data, size_t size,
                               const char *name, struct mn_error *error);

/* Writes a safetensors file: to a temporary file in the same folder, flushed, renamed. It may be
 * the model's own. In float32, or with the weights in float16 after mn_model_to_half(). Errors:
 * those of file_writer.h, and of the model's own file; the old file at `path` is kept. */
enum mn_status mn_model_save(const struct mn_model *model, const char *path,
                             struct mn_error *error);

#endif
