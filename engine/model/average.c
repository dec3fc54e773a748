#include "average.h"

#include <stdlib.h>
#include <string.h>

#include "half.h"
#include "state_dict.h"

static bool same_numbers(const float *a, const float *b, size_t count)
{
    return memcmp(a, b, count * sizeof *a) == 0;
}

static bool same_labels(const struct mn_model *a, const struct mn_model *b)
{
    if (!a->labels || !b->labels)
        return !a->labels && !b->labels;
    for (int i = 0; i < a->network.spec.classes; i++)
        if (strcmp(a->labels[i], b->labels[i]) != 0)
            return false;
    return true;
}

const char *mn_model_difference(const struct mn_model *a, const struct mn_model *b)
{
    const struct mn_network_spec *x = &a->network.spec, *y = &b->network.spec;
    const struct mn_preprocessing *p = &a->preprocessing, *q = &b->preprocessing;
    bool same_network = x->width == y->width && x->channel_divisor == y->channel_divisor &&
                        x->classes == y->classes && x->activation == y->activation &&
                        x->padding == y->padding && x->standard == y->standard &&
                        a->norm_epsilon == b->norm_epsilon &&
                        !a->parameters[0].gamma == !b->parameters[0].gamma;
    if (!same_network)
        return "network";
    if (x->resolution != y->resolution)
        return "resolution";
    if (!same_labels(a, b))
        return "labels";
    return same_numbers(p->mean, q->mean, 3) && same_numbers(p->std, q->std, 3) ? NULL
                                                                                : "normalisation";
}

/* Adds a share of the model's tensors to those of the mean. */
static enum mn_status add_share(const struct mn_model *mean, const struct mn_model *model,
                                float share, struct mn_error *error)
{
    struct mn_named_tensor sum[MN_MAX_TENSORS], tensor[MN_MAX_TENSORS];
    float piece[4096];
    const size_t room = sizeof piece / sizeof *piece;
    int tensors = mn_model_tensors(model, tensor);
    mn_model_tensors(mean, sum);
    for (int t = 0; t < tensors; t++)
        for (size_t first = 0; first < tensor[t].count; first += room) {
            size_t count = tensor[t].count - first < room ? tensor[t].count - first : room;
            if (mn_named_tensor_read(&tensor[t], first, count, piece, error))
                return error->status;
            for (size_t i = 0; i < count; i++)
                sum[t].values[first + i] += share * piece[i];
        }
    return MN_OK;
}

static enum mn_status replace(char **place, const char *text, struct mn_error *error)
{
    char *copy = strdup(text);
    if (!copy)
        return mn_fail(error, MN_FAILED, "not enough memory for the model");
    free(*place);
    *place = copy;
    return MN_OK;
}

static enum mn_status fill(struct mn_model *mean, struct mn_model *const *models, int count,
                           struct mn_error *error)
{
    const struct mn_model *first = models[0];
    bool all_half = true;
    mean->norm_epsilon = first->norm_epsilon;
    mean->preprocessing = first->preprocessing;
    mean->background = first->background;
    if (replace(&mean->name, first->name, error) ||
        (first->labels &&
         mn_model_set_labels(mean, first->labels, first->network.spec.classes, error)))
        return error->status;
    for (int i = 0; i < count; i++) {
        if (add_share(mean, models[i], 1 / (float)count, error))
            return error->status;
        all_half = all_half && models[i]->half;
    }
    return all_half ? mn_model_to_half(mean, error) : MN_OK;
}

enum mn_status mn_model_average(struct mn_model **mean, struct mn_model *const *models, int count,
                                struct mn_error *error)
{
    struct mn_model *made = mn_model_new(&models[0]->network, models[0]->parameters[0].gamma);
    if (!made)
        return mn_fail(error, MN_FAILED, "not enough memory for the model");
    if (fill(made, models, count, error)) {
        mn_model_free(made);
        return error->status;
    }
    *mean = made;
    return MN_OK;
}
