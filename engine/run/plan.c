#include "plan.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

struct step {
    enum mn_layer_kind kind;
    struct mn_conv_args conv;     /* conv, depthwise */
    struct mn_matmul_args matmul; /* pointwise, linear */
    const float *input;           /* pool */
    float *output;
    int pixels, channels; /* pool */
};

struct mn_plan {
    const struct mn_kernels *kernels;
    int step_count;
    struct step steps[MN_MAX_LAYERS];
    float *input;   /* points into arena, as all the steps' pointers do */
    float *weights; /* owned: packed weights and biases of all layers */
    float *arena;   /* owned: input tensor and two activations */
};

enum { ALIGNMENT = 64, ALIGNED_FLOATS = ALIGNMENT / sizeof(float) };

static size_t round_up(size_t floats)
{
    return (floats + ALIGNED_FLOATS - 1) / ALIGNED_FLOATS * ALIGNED_FLOATS;
}

static float *allocate(size_t floats)
{
    return aligned_alloc(ALIGNMENT, round_up(floats) * sizeof(float));
}

static size_t packed_size(const struct mn_kernels *kernels, const struct mn_layer *layer)
{
    switch (layer->kind) {
    case MN_CONV:
        return kernels->conv3x3_packed_size(layer->in_channels, layer->out_channels);
    case MN_DEPTHWISE:
        return kernels->depthwise3x3_packed_size(layer->out_channels);
    case MN_POINTWISE:
    case MN_LINEAR:
        return kernels->pointwise_packed_size(layer->in_channels, layer->out_channels);
    case MN_POOL:
        break;
    }
    return 0;
}

static void pack(const struct mn_kernels *kernels, const struct mn_layer *layer,
                 const float *weight, float *packed)
{
    switch (layer->kind) {
    case MN_CONV:
        kernels->conv3x3_pack(weight, layer->in_channels, layer->out_channels, packed);
        break;
    case MN_DEPTHWISE:
        kernels->depthwise3x3_pack(weight, layer->out_channels, packed);
        break;
    case MN_POINTWISE:
    case MN_LINEAR:
        kernels->pointwise_pack(weight, layer->in_channels, layer->out_channels, packed);
        break;
    case MN_POOL:
        break;
    }
}

static size_t activation_size(const struct mn_layer *layer)
{
    return (size_t)layer->out_size * (size_t)layer->out_size * (size_t)layer->out_channels;
}

static void fill_step(struct step *step, const struct mn_layer *layer,
                      enum mn_activation activation, const float *input, float *output,
                      const float *weight, const float *bias)
{
    bool activated = layer->kind != MN_LINEAR;
    float lo = activated ? 0 : -INFINITY, hi = activated && activation == MN_RELU6 ? 6 : INFINITY;
    int pixels = layer->in_size * layer->in_size;
    *step = (struct step){.kind = layer->kind,
                          .input = input,
                          .output = output,
                          .pixels = pixels,
                          .channels = layer->out_channels};
    if (layer->kind == MN_CONV || layer->kind == MN_DEPTHWISE)
        step->conv = (struct mn_conv_args){.input = input,
                                           .weight = weight,
                                           .bias = bias,
                                           .output = output,
                                           .in_size = layer->in_size,
                                           .in_channels = layer->in_channels,
                                           .out_size = layer->out_size,
                                           .out_channels = layer->out_channels,
                                           .stride = layer->stride,
                                           .pad = layer->pad,
                                           .row_begin = 0,
                                           .row_end = layer->out_size,
                                           .lo = lo,
                                           .hi = hi};
    else if (layer->kind != MN_POOL)
        step->matmul = (struct mn_matmul_args){.input = input,
                                               .weight = weight,
                                               .bias = bias,
                                               .output = output,
                                               .rows = pixels,
                                               .in_channels = layer->in_channels,
                                               .out_channels = layer->out_channels,
                                               .lo = lo,
                                               .hi = hi};
}

/* Sizes of everything, in floats. */
struct sizes {
    size_t weights, largest_kernel, input, activation[2];
};

static struct sizes measure(const struct mn_network *network, const struct mn_kernels *kernels)
{
    struct sizes sizes = {.input = (size_t)network->spec.resolution *
                                   (size_t)network->spec.resolution * 3};
    for (int i = 0; i < network->layer_count; i++) {
        const struct mn_layer *layer = &network->layers[i];
        size_t kernel = (size_t)mn_layer_weight_count(layer), activation = activation_size(layer);
        sizes.weights +=
            round_up(packed_size(kernels, layer)) + round_up((size_t)layer->out_channels);
        if (kernel > sizes.largest_kernel)
            sizes.largest_kernel = kernel;
        if (activation > sizes.activation[i % 2])
            sizes.activation[i % 2] = activation;
    }
    return sizes;
}

/* `scratch` holds the largest layer's folded weights. */
static void build(struct mn_plan *plan, const struct mn_model *model,
                  const struct mn_network *network, const struct sizes *sizes, float *scratch)
{
    plan->input = plan->arena;
    float *activation[2] = {plan->arena + round_up(sizes->input),
                            plan->arena + round_up(sizes->input) + round_up(sizes->activation[0])};
    float *next = plan->weights;
    const float *input = plan->input;
    for (int i = 0; i < network->layer_count; i++) {
        const struct mn_layer *layer = &network->layers[i];
        float *weight = next, *bias = weight + round_up(packed_size(plan->kernels, layer));
        next = bias + round_up((size_t)layer->out_channels);
        if (layer->kind != MN_POOL) {
            mn_model_fold(model, i, scratch, bias);
            pack(plan->kernels, layer, scratch, weight);
        }
        fill_step(&plan->steps[i], layer, network->spec.activation, input, activation[i % 2],
                  weight, bias);
        input = activation[i % 2];
    }
    plan->step_count = network->layer_count;
}

enum mn_status mn_plan_new(struct mn_plan **result, const struct mn_model *model,
                           const struct mn_network *network, const struct mn_kernels *kernels,
                           struct mn_error *error)
{
    struct sizes sizes = measure(network, kernels);
    size_t arena =
        round_up(sizes.input) + round_up(sizes.activation[0]) + round_up(sizes.activation[1]);
    float *scratch = allocate(sizes.largest_kernel);
    struct mn_plan *plan = calloc(1, sizeof *plan);
    if (plan) {
        plan->kernels = kernels;
        plan->weights = allocate(sizes.weights);
        plan->arena = allocate(arena);
    }
    if (!scratch || !plan || !plan->weights || !plan->arena) {
        free(scratch);
        mn_plan_free(plan);
        return mn_fail(
            error, MN_FAILED,
            "not enough memory for the network: it needs %zu MB; try a smaller width or resolution",
            (sizes.weights + sizes.largest_kernel + arena) * sizeof(float) >> 20);
    }
    memset(plan->arena, 0, round_up(sizes.input) * sizeof(float));
    build(plan, model, network, &sizes, scratch);
    free(scratch);
    *result = plan;
    return MN_OK;
}

void mn_plan_free(struct mn_plan *plan)
{
    if (!plan)
        return;
    free(plan->weights);
    free(plan->arena);
    free(plan);
}

float *mn_plan_input(struct mn_plan *plan)
{
    return plan->input;
}

const float *mn_plan_output(const struct mn_plan *plan)
{
    return plan->steps[plan->step_count - 1].output;
}

int mn_plan_steps(const struct mn_plan *plan)
{
    return plan->step_count;
}

const float *mn_plan_step(struct mn_plan *plan, int index)
{
    const struct step *step = &plan->steps[index];
    switch (step->kind) {
    case MN_CONV:
        plan->kernels->conv3x3(&step->conv);
        break;
    case MN_DEPTHWISE:
        plan->kernels->depthwise3x3(&step->conv);
        break;
    case MN_POINTWISE:
    case MN_LINEAR:
        plan->kernels->pointwise(&step->matmul);
        break;
    case MN_POOL:
        plan->kernels->pool(step->input, step->output, step->pixels, step->channels);
        break;
    }
    return step->output;
}
