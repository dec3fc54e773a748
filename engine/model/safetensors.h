/* The safetensors container (https://github.com/huggingface/safetensors, README "Format"):
 *
 *     8 bytes      N, little-endian
 *
 *     N bytes      JSON: {"__metadata__": {"key": "text", …}, "tensor": {"dtype": "F32",
 *                  "shape": […], "data_offsets": [begin, end]}, …}
 *
 *     the rest     the tensors' bytes, little-endian, row-major; offsets count from here
 *
 * It knows names, shapes and bytes; what they mean is for state_dict.h and metadata.h. */
#ifndef MN_SAFETENSORS_H
#define MN_SAFETENSORS_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "../base/error.h"
#include "numbers.h"
#include "shape.h"

struct mn_safetensor {
    const char *name;  /* in the header */
    const char *dtype; /* in the header: "F32" */
    struct mn_shape shape;
    size_t count;              /* elements */
    size_t offset, size_bytes; /* in the file */
};

struct mn_safetensors {
    struct mn_source source;
    json_t *header;
    const json_t *metadata; /* in the header; every value is a string. NULL if there is none */
    struct mn_safetensor *tensors;
    size_t tensor_count;
};

/* True if the bytes begin as a safetensors file does. */
bool mn_safetensors_sniff(const uint8_t *head, size_t head_size, size_t file_size);

/* Reads the header and checks every name, shape and range against the file. What the source borrows
 * must outlive *file. On MN_OK free with mn_safetensors_close(). Errors: MN_BAD_INPUT, MN_FAILED
 * for memory and reading. */
enum mn_status mn_safetensors_open(struct mn_safetensors *file, struct mn_source source,
                                   struct mn_error *error);
void mn_safetensors_close(struct mn_safetensors *file); /* idempotent */

/* NULL if there is none of that name. */
const struct mn_safetensor *mn_safetensors_find(const struct mn_safetensors *file,
                                                const char *name);

/* The elements, still in the file. Errors: MN_BAD_INPUT if the dtype is not F32, F16 or BF16. */
enum mn_status mn_safetensors_numbers(const struct mn_safetensors *file,
                                      const struct mn_safetensor *tensor,
                                      struct mn_numbers *numbers, struct mn_error *error);

/* A tensor of a model. */
struct mn_named_tensor {
    char name[64];
    struct mn_shape shape;
    size_t count;
    float *values;                   /* borrowed; NULL: */
    const struct mn_numbers *stored; /* borrowed: they stay in a file */
    enum mn_number_type type;        /* as which they are written; MN_FLOAT32 or MN_FLOAT16 */
};

/* Copies values first … first + count - 1. Errors: MN_FAILED for reading. */
enum mn_status mn_named_tensor_read(const struct mn_named_tensor *tensor, size_t first,
                                    size_t count, float *values, struct mn_error *error);

/* Writes a whole file to the stream, in this order: float32 comes first, so that all is aligned.
 * `metadata` is borrowed: an object of strings. Errors: MN_BAD_INPUT for a number that float16 does
 * not have; MN_FAILED for memory and reading; those of the stream are left in the stream. */
enum mn_status mn_safetensors_write(FILE *stream, json_t *metadata,
                                    const struct mn_named_tensor *tensors, size_t tensor_count,
                                    struct mn_error *error);

#endif
