#include "keras.h"

#include <stdlib.h>
#include <string.h>

bool mn_keras_sniff(const uint8_t *head, size_t head_size)
{
    static const uint8_t signature[8] = {0x89, 'H', 'D', 'F', '\r', '\n', 0x1a, '\n'};
    return head_size >= sizeof signature && !memcmp(head, signature, sizeof signature);
}

#ifdef MN_HAVE_HDF5

#include "isolate.h"
#include "keras_h5.h"
#include "native.h"

struct source {
    const uint8_t *data;
    size_t size;
    const char *name;
};

/* In the child. */
static enum mn_status convert(const void *context, FILE *output, struct mn_error *error)
{
    const struct source *source = context;
    struct mn_model *model;
    if (mn_keras_h5_read(&model, source->data, source->size, source->name, error))
        return error->status;
    enum mn_status status = mn_native_write(model, output, error);
    mn_model_free(model);
    return status;
}

enum mn_status mn_keras_read(struct mn_model **model, const uint8_t *data, size_t size,
                             const char *name, struct mn_error *error)
{
    const struct source source = {data, size, name};
    uint8_t *converted;
    size_t converted_size;
    if (mn_isolated_run(convert, &source, &converted, &converted_size, error))
        return error->status;
    struct mn_safetensors file;
    enum mn_status status =
        mn_safetensors_open(&file, mn_source_memory(converted, converted_size), error);
    if (status == MN_OK) {
        status = mn_native_read(model, &file, error);
        mn_safetensors_close(&file);
    }
    free(converted);
    return status;
}

#else

enum mn_status mn_keras_read(struct mn_model **model, const uint8_t *data, size_t size,
                             const char *name, struct mn_error *error)
{
    (void)model, (void)data, (void)size, (void)name;
    return mn_fail(error, MN_BAD_INPUT,
                   "this is a Keras .h5 file, and this build has no libhdf5; install libhdf5-dev "
                   "and build again");
}

#endif
