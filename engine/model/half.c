#include "half.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "state_dict.h"

static enum mn_status round_weight(const struct mn_named_tensor *tensor, struct mn_error *error)
{
    uint16_t halves[8192];
    const size_t room = sizeof halves / sizeof *halves;
    for (size_t first = 0; first < tensor->count; first += room) {
        size_t count = tensor->count - first < room ? tensor->count - first : room;
        if (!mn_numbers_to_half(tensor->values + first, count, halves))
            return mn_fail(error, MN_BAD_INPUT,
                           "tensor %s has a value beyond float16's 65504; store it in float32",
                           tensor->name);
        mn_numbers_from_half(halves, count, tensor->values + first);
    }
    return MN_OK;
}

static enum mn_status copy_rounded(const struct mn_model *from, const struct mn_model *to,
                                   struct mn_error *error)
{
    struct mn_named_tensor source[MN_MAX_TENSORS], copy[MN_MAX_TENSORS];
    int count = mn_model_tensors(from, source);
    mn_model_tensors(to, copy);
    for (int i = 0; i < count; i++)
        if (mn_named_tensor_read(&source[i], 0, source[i].count, copy[i].values, error) ||
            (copy[i].type == MN_FLOAT16 && round_weight(&copy[i], error)))
            return error->status;
    return MN_OK;
}

/* Exchanges where the two have their parameters. */
static void swap_parameters(struct mn_model *a, struct mn_model *b)
{
    const struct mn_model kept = *a;
    memcpy(a->parameters, b->parameters, sizeof a->parameters);
    a->storage = b->storage;
    a->file = b->file;
    a->half = b->half;
    memcpy(b->parameters, kept.parameters, sizeof b->parameters);
    b->storage = kept.storage;
    b->file = kept.file;
    b->half = kept.half;
}

enum mn_status mn_model_to_half(struct mn_model *model, struct mn_error *error)
{
    struct mn_model *rounded = mn_model_new(&model->network, model->parameters[0].gamma != NULL);
    if (!rounded)
        return mn_fail(error, MN_FAILED, "not enough memory for the model");
    rounded->half = true;
    enum mn_status status = copy_rounded(model, rounded, error);
    if (!status)
        swap_parameters(model, rounded);
    mn_model_free(rounded);
    return status;
}
