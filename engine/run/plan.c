#include "plan.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "../block.h"
#include "pool.h"
#include "split.h"

/* One layer's kernel arguments for the whole layer of one picture; pieces are cut from them. */
struct work {
    enum mn_layer_kind kind;
    struct mn_conv_args conv;     /* conv, depthwise */
    struct mn_matmul_args matmul; /* pointwise, linear */
    int in_floats, out_floats;    /* of one picture */
};

struct step {
    struct work first, last; /* the same layer, or depthwise and the 1x1 layer behind it */
    int first_layer, last_layer;
    struct mn_split split;
};

struct mn_plan {
    const struct mn_kernels *kernels;
    struct mn_plan_options options;
    int step_count;
    struct step steps[MN_MAX_LAYERS];
    float *input;   /* points into arena, as all the steps' pointers do */
    float *arena;   /* owned: input tensor, two activations, a scratch buffer a thread */
    float *scratch; /* in arena: [threads][scratch_floats] */
    size_t scratch_floats;
};

/* Tensors are often multiples of a page. A load is held up by an older store whose address has the
 * same last twelve bits, so neighbours in the arena are put 1600 bytes apart: layers of the small
 * networks are up to half as fast again. */
enum { STAGGER_FLOATS = 400 };

static int activation_floats(const struct mn_layer *layer)
{
    return layer->out_size * layer->out_size * layer->out_channels;
}

static struct work make_work(const struct mn_layer *layer, enum mn_activation activation,
                             const float *input, float *output, const float *packed)
{
    bool activated = layer->kind != MN_LINEAR;
    float lo = activated ? 0 : -INFINITY, hi = activated && activation == MN_RELU6 ? 6 : INFINITY;
    return (struct work){
        .kind = layer->kind,
        .conv = {.input = input,
                 .packed = packed,
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
                 .hi = hi},
        .matmul = {.input = input,
                   .packed = packed,
                   .output = output,
                   .rows = layer->in_size * layer->in_size,
                   .in_channels = layer->in_channels,
                   .out_channels = layer->out_channels,
                   .output_stride = layer->out_channels,
                   .lo = lo,
                   .hi = hi},
        .in_floats = layer->in_size * layer->in_size * layer->in_channels,
        .out_floats = activation_floats(layer),
    };
}

/* Which layers make which step, and its pieces. */
static void list_steps(struct mn_plan *plan, const struct mn_network *network)
{
    for (int i = 0; i < network->layer_count; i++) {
        const struct mn_layer *layer = &network->layers[i];
        struct step *step = &plan->steps[plan->step_count++];
        step->first_layer = i;
        bool fused =
            !plan->options.unfused && layer->kind == MN_DEPTHWISE && mn_split_fuses(layer + 1);
        if (fused)
            i++;
        step->last_layer = i;
        step->split =
            mn_split_layer(&network->layers[i], fused, plan->kernels->dense.panel, &plan->options);
    }
}

static bool is_block(const struct step *step)
{
    return step->first_layer != step->last_layer;
}

/* Sizes of everything, in floats. */
struct sizes {
    uint64_t input, activation[2], scratch;
};

static void grow(uint64_t *size, uint64_t wanted)
{
    *size = wanted > *size ? wanted : *size;
}

static struct sizes measure(const struct mn_plan *plan, const struct mn_network *network)
{
    uint64_t batch = (uint64_t)plan->options.batch, resolution = (uint64_t)network->spec.resolution;
    struct sizes sizes = {.input = batch * resolution * resolution * 3};
    for (int i = 0; i < plan->step_count; i++) {
        const struct step *step = &plan->steps[i];
        const struct mn_layer *first = &network->layers[step->first_layer];
        grow(&sizes.activation[i % 2],
             batch * (uint64_t)activation_floats(&network->layers[step->last_layer]));
        if (is_block(step))
            grow(&sizes.scratch, (uint64_t)mn_split_most_rows(&step->split) *
                                     (uint64_t)(first->out_size * first->out_channels));
    }
    return sizes;
}

/* Tells each step where its input, output and weights are. */
static void connect(struct mn_plan *plan, const struct mn_network *network,
                    const struct mn_packed *packed, const struct sizes *sizes)
{
    plan->input = plan->arena;
    float *activation[2] = {plan->arena + mn_block_round_up(sizes->input) + STAGGER_FLOATS};
    activation[1] = activation[0] + mn_block_round_up(sizes->activation[0]) + STAGGER_FLOATS;
    plan->scratch = activation[1] + mn_block_round_up(sizes->activation[1]) + STAGGER_FLOATS;
    plan->scratch_floats = (size_t)mn_block_round_up(sizes->scratch);
    const float *input = plan->input;
    for (int i = 0; i < plan->step_count; i++) {
        struct step *step = &plan->steps[i];
        float *output = activation[i % 2];
        for (int l = step->first_layer; l <= step->last_layer; l++) {
            const struct mn_layer *layer = &network->layers[l];
            step->last = make_work(layer, network->spec.activation, input, output,
                                   mn_packed_layer(packed, l));
            if (l == step->first_layer)
                step->first = step->last;
        }
        input = output;
    }
}

enum mn_status mn_plan_new(struct mn_plan **result, const struct mn_network *network,
                           const struct mn_packed *packed, const struct mn_kernels *kernels,
                           const struct mn_plan_options *options, struct mn_error *error)
{
    if (options->batch < 1 || options->batch > MN_MAX_BATCH)
        return mn_fail(error, MN_BAD_INPUT, "%d pictures a run: it must be 1 to %d", options->batch,
                       MN_MAX_BATCH);
    struct mn_plan *plan = calloc(1, sizeof *plan);
    if (!plan)
        return mn_fail(error, MN_FAILED, "not enough memory for the network");
    plan->kernels = kernels;
    plan->options = *options;
    list_steps(plan, network);
    struct sizes sizes = measure(plan, network);
    uint64_t arena = mn_block_round_up(sizes.input) + mn_block_round_up(sizes.activation[0]) +
                     mn_block_round_up(sizes.activation[1]) + 3 * STAGGER_FLOATS +
                     (uint64_t)options->threads * mn_block_round_up(sizes.scratch);
    plan->arena = mn_block_new(arena);
    if (!plan->arena) {
        mn_plan_free(plan);
        return mn_fail(error, MN_FAILED,
                       "not enough memory for the network: its activations need %" PRIu64
                       " MB; try a smaller width or resolution",
                       arena * sizeof(float) >> 20);
    }
    memset(plan->arena, 0, (size_t)mn_block_round_up(sizes.input) * sizeof(float));
    connect(plan, network, packed, &sizes);
    *result = plan;
    return MN_OK;
}

void mn_plan_free(struct mn_plan *plan)
{
    if (!plan)
        return;
    free(plan->arena);
    free(plan);
}

float *mn_plan_input(struct mn_plan *plan)
{
    return plan->input;
}

const float *mn_plan_output(const struct mn_plan *plan)
{
    return mn_plan_step_output(plan, plan->step_count - 1);
}

int mn_plan_steps(const struct mn_plan *plan)
{
    return plan->step_count;
}

int mn_plan_pieces(const struct mn_plan *plan, int step)
{
    return mn_split_pieces(&plan->steps[step].split);
}

int mn_plan_first_layer(const struct mn_plan *plan, int step)
{
    return plan->steps[step].first_layer;
}

int mn_plan_last_layer(const struct mn_plan *plan, int step)
{
    return plan->steps[step].last_layer;
}

const float *mn_plan_step_output(const struct mn_plan *plan, int step)
{
    return plan->steps[step].last.matmul.output;
}

/* Rows begin … end - 1 of picture `image`; output is where the first of them goes. */
static struct mn_conv_args conv_rows(const struct work *work, int image, int begin, int end,
                                     float *output)
{
    struct mn_conv_args args = work->conv;
    args.input += (size_t)image * (size_t)work->in_floats;
    args.output = output;
    args.row_begin = begin;
    args.row_end = end;
    return args;
}

static void run_conv(const struct mn_plan *plan, const struct work *work,
                     const struct mn_piece *piece)
{
    size_t row = (size_t)work->conv.out_size * (size_t)work->conv.out_channels;
    float *output = work->conv.output + (size_t)piece->image * (size_t)work->out_floats +
                    (size_t)piece->row_begin * row;
    struct mn_conv_args args =
        conv_rows(work, piece->image, piece->row_begin, piece->row_end, output);
    if (work->kind == MN_CONV)
        plan->kernels->conv3x3(&args);
    else
        plan->kernels->depthwise3x3(&args);
}

/* Rows are those of all pictures together. */
static void run_matmul(const struct mn_plan *plan, const struct work *work,
                       const struct mn_piece *piece)
{
    struct mn_matmul_args args = work->matmul;
    args.input += (size_t)piece->row_begin * (size_t)args.in_channels;
    args.output +=
        (size_t)piece->row_begin * (size_t)args.output_stride + (size_t)piece->channel_begin;
    args.packed += (size_t)piece->channel_begin * (1 + (size_t)args.in_channels);
    args.rows = piece->row_end - piece->row_begin;
    args.out_channels = piece->channel_end - piece->channel_begin;
    plan->kernels->pointwise(&args);
}

static void run_block(const struct mn_plan *plan, const struct step *step,
                      const struct mn_piece *piece, float *scratch)
{
    struct mn_conv_args depthwise =
        conv_rows(&step->first, piece->image, piece->row_begin, piece->row_end, scratch);
    plan->kernels->depthwise3x3(&depthwise);
    struct mn_matmul_args pointwise = step->last.matmul;
    int width = depthwise.out_size;
    pointwise.input = scratch;
    pointwise.output += (size_t)piece->image * (size_t)step->last.out_floats +
                        (size_t)piece->row_begin * (size_t)width * (size_t)pointwise.out_channels;
    pointwise.rows = (piece->row_end - piece->row_begin) * width;
    plan->kernels->pointwise(&pointwise);
}

static void run_pool(const struct mn_plan *plan, const struct work *work,
                     const struct mn_piece *piece)
{
    plan->kernels->pool(work->matmul.input + (size_t)piece->image * (size_t)work->in_floats,
                        work->matmul.output + (size_t)piece->image * (size_t)work->out_floats,
                        work->matmul.rows, work->matmul.out_channels);
}

void mn_plan_run_piece(const struct mn_plan *plan, int index, int number, int worker)
{
    const struct step *step = &plan->steps[index];
    struct mn_piece piece = mn_split_piece(&step->split, number);
    if (is_block(step)) {
        run_block(plan, step, &piece, plan->scratch + (size_t)worker * plan->scratch_floats);
        return;
    }
    switch (step->last.kind) {
    case MN_CONV:
    case MN_DEPTHWISE:
        run_conv(plan, &step->last, &piece);
        break;
    case MN_POINTWISE:
    case MN_LINEAR:
        run_matmul(plan, &step->last, &piece);
        break;
    case MN_POOL:
        run_pool(plan, &step->last, &piece);
        break;
    }
}
