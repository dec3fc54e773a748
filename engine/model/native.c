#include "native.h"

#include "metadata.h"
#include "state_dict.h"

enum mn_status mn_native_read(struct mn_model **result, const struct mn_safetensors *file,
                              struct mn_error *error)
{
    struct mn_network network;
    struct mn_model *model;
    if (mn_metadata_network(file->metadata, &network, error) ||
        mn_state_dict_read(&model, &network, file, error))
        return error->status;
    if (mn_metadata_apply(file->metadata, model, error)) {
        mn_model_free(model);
        return error->status;
    }
    *result = model;
    return MN_OK;
}

/* Lists the tensors, halves behind the others. */
static int tensors_by_width(const struct mn_model *model,
                            struct mn_named_tensor sorted[MN_MAX_TENSORS])
{
    struct mn_named_tensor tensors[MN_MAX_TENSORS];
    int count = mn_model_tensors(model, tensors), placed = 0;
    for (int half = 0; half < 2; half++)
        for (int i = 0; i < count; i++)
            if ((tensors[i].type == MN_FLOAT16) == half)
                sorted[placed++] = tensors[i];
    return placed;
}

enum mn_status mn_native_write(const struct mn_model *model, FILE *stream, struct mn_error *error)
{
    struct mn_named_tensor tensors[MN_MAX_TENSORS];
    int count = tensors_by_width(model, tensors);
    json_t *metadata = mn_metadata_new(model);
    if (!metadata)
        return mn_fail(error, MN_FAILED,
                       "the model's metadata cannot be written: out of memory, or not UTF-8");
    enum mn_status status = mn_safetensors_write(stream, metadata, tensors, (size_t)count, error);
    json_decref(metadata);
    return status;
}
