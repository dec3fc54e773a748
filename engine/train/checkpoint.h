/* A trainer's state as a safetensors file: named float32 tensors and named texts, each with a
 * checksum. It knows nothing of what they mean. Names of texts do not begin with "crc32". */
#ifndef MN_CHECKPOINT_H
#define MN_CHECKPOINT_H

#include <stddef.h>

#include "../base/error.h"

struct mn_state_tensor {
    char name[64];
    float *values; /* borrowed */
    size_t count;
};

struct mn_state_text {
    char name[32];
    char *text; /* UTF-8. Written: borrowed. Read: replaced by an allocation that is the caller's */
};

/* Complete or absent: temporary file, flushed, renamed. Errors: MN_FAILED with the system's reason
 * and what to do, MN_BAD_INPUT where `path` names a folder or a device; the old file is kept. */
enum mn_status mn_checkpoint_write(const char *path, const struct mn_state_tensor *tensors,
                                   size_t tensor_count, const struct mn_state_text *texts,
                                   size_t text_count, struct mn_error *error);

/* Reads just these texts; then, in a second call, the tensors into their values: exactly those that
 * the file has. All or nothing: names, counts, the file's length and the checksums are checked
 * before anything is changed. Errors: MN_BAD_INPUT names the file and what does not fit; MN_FAILED
 * for memory (the tensors are held twice meanwhile) and reading. */
enum mn_status mn_checkpoint_read_texts(const char *path, struct mn_state_text *texts,
                                        size_t text_count, struct mn_error *error);
enum mn_status mn_checkpoint_read(const char *path, const struct mn_state_tensor *tensors,
                                  size_t tensor_count, struct mn_error *error);

#endif
