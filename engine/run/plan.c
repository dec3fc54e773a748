#include "plan.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "../base/block.h"
#include "../layer_args.h"
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
    struct work first, last; /* the same layer, or two */
    int first_layer, last_layer;
    struct mn_split split;
};

struct mn_plan {
    const struct mn_kernels *kernels;
    struct mn_plan_options options;
    int step_count;
    struct step steps[MN_MAX_LAYERS];
    float *input;   /* points into arena, as the steps' inputs and outputs do */
    float *arena;   /* owned: input tensor, activations, a scratch buffer a thread */
    float *scratch; /* in arena: [threads][scratch_floats] */
    size_t scratch_floats;
};

/* Tensors are often multiples of a page. A load is held up by an older store whose address has the
 * same last twelve bits, so neighbours in the arena are put 1600 bytes apart: layers of the small
 * networks are up to half as fast again. */
enum { STAGGER_FLOATS = 400, PAGE_FLOATS = 1024 };

/* Where a layer finds its input, or puts its output: floats from one pixel to the next. */
struct tensor {
    float *data;
    int step;
};

static struct work make_work(const struct mn_layer *layer, enum mn_activation activation,
                             struct tensor input, struct tensor output, const float *packed)
{
    bool activated = layer->kind != MN_LINEAR;
    float lo = activated ? 0 : -INFINITY, hi = activated && activation == MN_RELU6 ? 6 : INFINITY;
    struct mn_conv_args conv = mn_conv_args_of(layer, input.data, packed, output.data);
    conv.in_step = input.step;
    conv.out_step = output.step;
    conv.lo = lo;
    conv.hi = hi;
    return (struct work){
        .kind = layer->kind,
        .conv = conv,
        .matmul = {.input = input.data,
                   .packed = packed,
                   .output = output.data,
                   .rows = layer->in_size * layer->in_size,
                   .in_channels = layer->in_channels,
                   .out_channels = layer->out_channels,
                   .input_stride = input.step,
                   .output_stride = output.step,
                   .lo = lo,
                   .hi = hi},
        .in_floats = layer->in_size * layer->in_size * input.step,
        .out_floats = layer->out_size * layer->out_size * output.step,
    };
}

/* Which layers make which step, and its pieces. */
static void list_steps(struct mn_plan *plan, const struct mn_network *network)
{
    for (int i = 0, layers; i < network->layer_count; i += layers) {
        const struct mn_layer *first = &network->layers[i];
        layers = mn_split_layers(first, network->layer_count - i, &plan->options);
        plan->steps[plan->step_count++] = (struct step){
            .first_layer = i,
            .last_layer = i + layers - 1,
            .split = mn_split_step(first, first + layers - 1, plan->kernels->dense.panel,
                                   &plan->options),
        };
    }
}

static bool is_bridge(const struct step *step, const struct mn_network *network)
{
    return step->first_layer < step->last_layer &&
           network->layers[step->last_layer].kind == MN_DEPTHWISE;
}

/* Floats from one pixel to the next of what a layer puts out. Behind a depthwise layer is a matrix
 * product. Where its pixels lie whole pages apart, those of a tile fall into one set of the
 * first-level cache, which does not hold a dozen of them; so they lie a line further apart. */
static int pixel_step(const struct mn_layer *layer)
{
    bool apart = layer->kind == MN_DEPTHWISE && layer->out_channels % PAGE_FLOATS == 0;
    return layer->out_channels + (apart ? MN_BLOCK_ALIGNED_FLOATS : 0);
}

/* Of one picture. */
static int output_floats(const struct mn_layer *layer)
{
    return layer->out_size * layer->out_size * pixel_step(layer);
}

/* Floats from one pixel to the next of what meets in the scratch buffer. */
static int scratch_step(const struct step *step, const struct mn_network *network)
{
    return is_bridge(step, network) ? MN_BRIDGE_CHANNELS
                                    : pixel_step(&network->layers[step->first_layer]);
}

/* Activations are written by turns into two buffers. A line that one thread had and another writes
 * has to come from the other's cache, which is far away where the two share no third level. So what
 * is cut by channels, line by line another thread's, has two buffers of its own. */
enum { ACTIVATIONS = 4 };

static int activation_of(const struct mn_plan *plan, int step)
{
    return step % 2 + (plan->steps[step].split.channel_parts > 1 ? 2 : 0);
}

/* Sizes of everything, in floats. */
struct sizes {
    uint64_t input, activation[ACTIVATIONS], scratch;
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
        grow(&sizes.activation[activation_of(plan, i)],
             batch * (uint64_t)output_floats(&network->layers[step->last_layer]));
        if (step->first_layer == step->last_layer)
            continue;
        int rows = is_bridge(step, network) ? first->out_size : mn_split_most_rows(&step->split);
        grow(&sizes.scratch,
             (uint64_t)rows * (uint64_t)(first->out_size * scratch_step(step, network)));
    }
    return sizes;
}

/* Where a tensor begins in its buffer: it lies around the middle, so that of two threads one writes
 * the upper rows of all of them into the same half, and the other the lower ones. Whole pages: the
 * last twelve bits stay staggered. */
static uint64_t centred(uint64_t capacity, uint64_t floats)
{
    return (capacity - floats) / 2 / PAGE_FLOATS * PAGE_FLOATS;
}

/* Tells each step where its input, output and weights are. */
static void connect(struct mn_plan *plan, const struct mn_network *network,
                    const struct mn_packed *packed, const struct sizes *sizes)
{
    plan->input = plan->arena;
    float *activation[ACTIVATIONS], *next = plan->arena + mn_block_round_up(sizes->input);
    for (int i = 0; i < ACTIVATIONS; i++) {
        activation[i] = next + STAGGER_FLOATS;
        next = activation[i] + mn_block_round_up(sizes->activation[i]);
    }
    plan->scratch = next + STAGGER_FLOATS;
    plan->scratch_floats = (size_t)mn_block_round_up(sizes->scratch);
    struct tensor input = {plan->input, network->layers[0].in_channels};
    for (int i = 0; i < plan->step_count; i++) {
        struct step *step = &plan->steps[i];
        const struct mn_layer *first = &network->layers[step->first_layer];
        const struct mn_layer *last = &network->layers[step->last_layer];
        uint64_t floats = (uint64_t)plan->options.batch * (uint64_t)output_floats(last);
        int buffer = activation_of(plan, i);
        struct tensor output = {activation[buffer] + centred(sizes->activation[buffer], floats),
                                pixel_step(last)};
        struct tensor scratch = {NULL, scratch_step(step, network)};
        bool single = first == last;
        step->first = make_work(first, network->spec.activation, input, single ? output : scratch,
                                mn_packed_layer(packed, step->first_layer));
        step->last = make_work(last, network->spec.activation, single ? input : scratch, output,
                               mn_packed_layer(packed, step->last_layer));
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
    uint64_t arena = mn_block_round_up(sizes.input) + (ACTIVATIONS + 1) * STAGGER_FLOATS +
                     (uint64_t)options->threads * mn_block_round_up(sizes.scratch);
    for (int i = 0; i < ACTIVATIONS; i++)
        arena += mn_block_round_up(sizes.activation[i]);
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
    return mn_plan_step_output(plan, plan->step_count - 1).data;
}

int mn_plan_steps(const struct mn_plan *plan)
{
    return plan->step_count;
}

int mn_plan_pieces(const struct mn_plan *plan, int step)
{
    return mn_split_pieces(&plan->steps[step].split);
}

struct mn_layers_output mn_plan_step_output(const struct mn_plan *plan, int index)
{
    const struct step *step = &plan->steps[index];
    return (struct mn_layers_output){step->first_layer, step->last_layer, step->last.matmul.output,
                                     step->last.matmul.output_stride};
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
    size_t row = (size_t)work->conv.out_size * (size_t)work->conv.out_step;
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
    args.input += (size_t)piece->row_begin * (size_t)args.input_stride;
    args.output +=
        (size_t)piece->row_begin * (size_t)args.output_stride + (size_t)piece->channel_begin;
    args.packed += (size_t)piece->channel_begin * (1 + (size_t)args.in_channels);
    args.rows = piece->row_end - piece->row_begin;
    args.out_channels = piece->channel_end - piece->channel_begin;
    plan->kernels->pointwise(&args);
}

/* Rows that the block's next piece reads and this one did not: by then a wide layer's have left the
 * second cache level. (In a deep layer the weights have.) */
static void look_ahead(const struct mn_conv_args *depthwise, struct mn_matmul_args *pointwise)
{
    int rows = (depthwise->row_end - depthwise->row_begin) * depthwise->stride;
    int begin = (depthwise->row_end - 1) * depthwise->stride - depthwise->pad + 3;
    int end = begin + rows < depthwise->in_size ? begin + rows : depthwise->in_size;
    size_t row = (size_t)depthwise->in_size * (size_t)depthwise->in_step;
    if (begin >= end)
        return;
    pointwise->ahead = depthwise->input + (size_t)begin * row;
    pointwise->ahead_floats = (size_t)(end - begin) * row;
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
                        (size_t)piece->row_begin * (size_t)width * (size_t)pointwise.output_stride;
    pointwise.rows = (piece->row_end - piece->row_begin) * width;
    if (step->split.near_weights)
        look_ahead(&depthwise, &pointwise);
    plan->kernels->pointwise(&pointwise);
}

static void run_bridge(const struct mn_plan *plan, const struct step *step,
                       const struct mn_piece *piece, float *scratch)
{
    struct mn_matmul_args pointwise = step->first.matmul;
    pointwise.input += (size_t)piece->image * (size_t)step->first.in_floats;
    pointwise.output = scratch;
    struct mn_conv_args depthwise = step->last.conv;
    depthwise.input = scratch;
    depthwise.output += (size_t)piece->image * (size_t)step->last.out_floats;
    for (int channel = piece->channel_begin; channel < piece->channel_end;
         channel += MN_BRIDGE_CHANNELS) {
        int rest = piece->channel_end - channel;
        int channels = rest < MN_BRIDGE_CHANNELS ? rest : MN_BRIDGE_CHANNELS;
        pointwise.packed =
            step->first.matmul.packed + (size_t)channel * (1 + (size_t)pointwise.in_channels);
        pointwise.out_channels = channels;
        plan->kernels->pointwise(&pointwise);
        struct mn_conv_args part = depthwise;
        part.packed += (size_t)channel * 10;
        part.output += channel;
        part.in_channels = part.out_channels = channels;
        plan->kernels->depthwise3x3(&part);
    }
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
    float *scratch = plan->scratch + (size_t)worker * plan->scratch_floats;
    if (step->first_layer != step->last_layer) {
        if (step->first.kind == MN_DEPTHWISE)
            run_block(plan, step, &piece, scratch);
        else
            run_bridge(plan, step, &piece, scratch);
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
