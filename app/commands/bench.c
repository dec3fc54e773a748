/* camlabel bench: how fast this machine runs the network, and what fraction of its arithmetic limit
 * that is. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "../../engine/mobilenet.h"
#include "../json_line.h"
#include "../source/pace.h"
#include "commands.h"
#include "model_options.h"

struct bench_settings {
    double width;
    int resolution, rounds;
    struct engine_settings engine;
    bool layers, json;
};

static const struct bench_settings defaults = {
    .width = 1, .resolution = 224, .rounds = 30, .engine.isa = ISA_AUTO};

#define FIELD(member) offsetof(struct bench_settings, member)

static const struct option_spec options[] = {
    {OPTION_REAL, 'a', "width", "A", FIELD(width), "width multiplier; default: 1", .low = 0.01,
     .high = 16},
    {OPTION_INTEGER, 'r', "resolution", "R", FIELD(resolution),
     "input size in pixels, a multiple of 32; default: 224", .low = 32, .high = 512},
    {OPTION_INTEGER, 'n', "rounds", "N", FIELD(rounds), "runs to time; default: 30", .low = 1,
     .high = 100000},
    {OPTION_GROUP, 0, "", NULL, FIELD(engine), NULL, .group = engine_option_table},
    {OPTION_FLAG, 0, "layers", NULL, FIELD(layers), "time each step of the network as well"},
    {OPTION_FLAG, 0, "json", NULL, FIELD(json), "print one JSON object"},
    {.name = NULL},
};

/* Random weights of a size that keeps activations in a usual range; the time does not depend on
 * them, as long as no denormals appear. */
static struct mn_model *random_model(const struct mn_network *network)
{
    struct mn_model *model = mn_model_new(network, false);
    uint32_t state = 1;
    for (int i = 0; model && i < network->layer_count; i++) {
        const struct mn_layer *layer = &network->layers[i];
        int64_t count = mn_layer_weight_count(layer);
        double fan_in = count ? (double)count / layer->out_channels : 1;
        for (int64_t w = 0; w < count; w++) {
            state = state * 1664525 + 1013904223;
            model->parameters[i].weight[w] =
                (float)(((double)state / 4294967296.0 - 0.5) * sqrt(24 / fan_in));
        }
    }
    return model;
}

/* One step of the network: a layer, or two that are fused. */
struct step {
    int first_layer, last_layer;
    double *ms; /* [rounds] */
};

struct timing {
    int rounds, round;    /* round: the one under way */
    double *ms;           /* [rounds] */
    double peak_gflops;   /* of one core */
    int step_count, step; /* step: the one under way */
    struct step steps[MN_MAX_LAYERS];
    int64_t step_begin_ns;
};

static void timing_free(struct timing *timing)
{
    free(timing->ms);
    for (int i = 0; i < MN_MAX_LAYERS; i++)
        free(timing->steps[i].ms);
}

/* Reserves everything, so that nothing is allocated while the clock runs. */
static enum mn_status timing_start(struct timing *timing, int rounds, struct mn_error *error)
{
    *timing = (struct timing){.rounds = rounds, .ms = calloc((size_t)rounds, sizeof(double))};
    bool is_there = timing->ms;
    for (int i = 0; i < MN_MAX_LAYERS; i++) {
        timing->steps[i].ms = calloc((size_t)rounds, sizeof(double));
        is_there = is_there && timing->steps[i].ms;
    }
    return is_there ? MN_OK : mn_fail(error, MN_FAILED, "not enough memory for %d rounds", rounds);
}

static void end_of_step(void *context, const struct mn_layers_output *output)
{
    struct timing *timing = context;
    int64_t now = monotonic_ns();
    struct step *step = &timing->steps[timing->step++];
    step->first_layer = output->first;
    step->last_layer = output->last;
    step->ms[timing->round] = (double)(now - timing->step_begin_ns) * 1e-6;
    timing->step_begin_ns = now;
}

static int compare_doubles(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* The peak's rounds lie between the network's, so that both see the same clock; not between all of
 * them, because threads that have nothing to do for so long fall asleep. */
static void measure(struct mn_engine *engine, bool layers, struct timing *timing)
{
    double (*peak)(long) = mn_kernels_for(mn_engine_isa(engine))->peak;
    mn_engine_run(engine);
    for (timing->round = 0; timing->round < timing->rounds; timing->round++) {
        timing->step = 0;
        int64_t start = monotonic_ns();
        timing->step_begin_ns = start;
        mn_engine_run_observed(engine, layers ? end_of_step : NULL, timing);
        int64_t middle = monotonic_ns();
        timing->ms[timing->round] = (double)(middle - start) * 1e-6;
        if (timing->round % 8)
            continue;
        double flops = peak(200000);
        timing->peak_gflops = fmax(timing->peak_gflops, flops / (double)(monotonic_ns() - middle));
    }
    timing->step_count = timing->step;
    qsort(timing->ms, (size_t)timing->rounds, sizeof *timing->ms, compare_doubles);
    for (int i = 0; i < timing->step_count; i++)
        qsort(timing->steps[i].ms, (size_t)timing->rounds, sizeof(double), compare_doubles);
}

/* What one line of the table says. */
struct row {
    char name[96];
    double ms_min, ms, gflops, percent; /* ms is the median, and so are those behind it */
    double bytes; /* input, weights and output once each: what must be moved at least */
};

static struct row make_row(const struct step *step, const struct mn_network *network,
                           const struct timing *timing, int threads)
{
    const struct mn_layer *first = &network->layers[step->first_layer];
    const struct mn_layer *last = &network->layers[step->last_layer];
    struct row row = {.ms_min = step->ms[0], .ms = step->ms[timing->rounds / 2]};
    snprintf(row.name, sizeof row.name, "%s%s%s", first->name, first == last ? "" : " + ",
             first == last ? "" : strrchr(last->name, '.') + 1);
    int64_t mult_adds = 0, floats = (int64_t)first->in_size * first->in_size * first->in_channels +
                                    (int64_t)last->out_size * last->out_size * last->out_channels;
    for (const struct mn_layer *layer = first; layer <= last; layer++) {
        mult_adds += layer->mult_adds;
        floats += mn_layer_weight_count(layer) + layer->out_channels;
    }
    row.gflops = 2e-6 * (double)mult_adds / row.ms;
    row.percent = 100 * row.gflops / (timing->peak_gflops * threads);
    row.bytes = 4 * (double)floats;
    return row;
}

static void print_text(struct mn_engine *engine, const struct timing *timing)
{
    const struct mn_network *network = mn_engine_network(engine);
    int threads = mn_engine_threads(engine);
    double ms = timing->ms[timing->rounds / 2], limit = timing->peak_gflops * threads;
    double gflops = 2e-6 * (double)network->mult_adds / ms;
    if (timing->step_count)
        printf("%-30s %8s %8s %9s %9s %6s\n", "step", "min ms", "median", "GFLOP/s", "KB", "limit");
    for (int i = 0; i < timing->step_count; i++) {
        struct row row = make_row(&timing->steps[i], network, timing, threads);
        printf("%-30s %8.4f %8.4f %9.1f %9.1f %4.0f %%\n", row.name, row.ms_min, row.ms, row.gflops,
               row.bytes / 1024, row.percent);
    }
    printf("MobileNet-V1 %g/%d, fp32, %s, %d thread%s: min %.3f ms, median %.3f ms\n",
           network->spec.width, network->spec.resolution, mn_isa_name(mn_engine_isa(engine)),
           threads, threads == 1 ? "" : "s", timing->ms[0], ms);
    printf("%.1f of %.1f GFLOP/s: %.0f %% of %s limit at this level\n", gflops, limit,
           100 * gflops / limit, threads == 1 ? "this core's" : "these cores'");
}

static void print_json(struct mn_engine *engine, const struct timing *timing)
{
    const struct mn_network *network = mn_engine_network(engine);
    int threads = mn_engine_threads(engine);
    double ms = timing->ms[timing->rounds / 2];
    json_t *line = json_object();
    json_object_set_new(line, "width", json_line_number(network->spec.width, 6));
    json_object_set_new(line, "resolution", json_integer(network->spec.resolution));
    json_object_set_new(line, "precision", json_string("fp32"));
    json_object_set_new(line, "isa", json_string(mn_isa_name(mn_engine_isa(engine))));
    json_object_set_new(line, "threads", json_integer(threads));
    json_object_set_new(line, "ms_min", json_line_number(timing->ms[0], 4));
    json_object_set_new(line, "ms_median", json_line_number(ms, 4));
    json_object_set_new(line, "gflops",
                        json_line_number(2e-6 * (double)network->mult_adds / ms, 2));
    json_object_set_new(line, "peak_gflops", json_line_number(timing->peak_gflops * threads, 2));
    json_t *steps = timing->step_count ? json_array() : NULL;
    for (int i = 0; i < timing->step_count; i++) {
        struct row row = make_row(&timing->steps[i], network, timing, threads);
        json_t *step = json_object();
        json_object_set_new(step, "name", json_string(row.name));
        json_object_set_new(step, "ms_min", json_line_number(row.ms_min, 5));
        json_object_set_new(step, "ms_median", json_line_number(row.ms, 5));
        json_object_set_new(step, "gflops", json_line_number(row.gflops, 2));
        json_object_set_new(step, "bytes", json_integer((json_int_t)row.bytes));
        json_object_set_new(step, "percent_of_peak", json_line_number(row.percent, 1));
        json_array_append_new(steps, step);
    }
    if (steps)
        json_object_set_new(line, "layers", steps);
    json_line_print(line, stdout);
}

static int run_bench(const void *argument, int operand_count, char **operands)
{
    (void)operand_count, (void)operands;
    const struct bench_settings *settings = argument;
    struct mn_network_spec spec = {.width = settings->width,
                                   .resolution = settings->resolution,
                                   .classes = 1000,
                                   .channel_divisor = 1,
                                   .activation = MN_RELU6};
    struct mn_engine_options options_of_engine = engine_options(&settings->engine);
    struct mn_network network;
    struct mn_error error;
    if (mn_network_build(&network, &spec, &error))
        return command_failed(&error);

    struct mn_model *model = random_model(&network);
    struct mn_engine *engine = NULL;
    struct timing timing = {0};
    int code = MN_OK;
    if (!model)
        mn_fail(&error, MN_FAILED, "not enough memory for the network");
    if (!model || mn_engine_new(&engine, model, &options_of_engine, &error) ||
        timing_start(&timing, settings->rounds, &error)) {
        code = command_failed(&error);
    } else {
        measure(engine, settings->layers, &timing);
        (settings->json ? print_json : print_text)(engine, &timing);
    }
    timing_free(&timing);
    mn_engine_free(engine);
    mn_model_free(model);
    return code;
}

const struct command command_bench = {
    .name = "bench",
    .summary = "time the network on this machine, beside the machine's own limit",
    .operands = "",
    .details = "Random weights; no model file is needed. The limit is measured in the same run: "
               "the multiply-adds a second that this level of instructions reaches on one core "
               "when nothing holds it up.",
    .examples = "camlabel bench --width 0.25 --resolution 128 --isa c\n",
    .options = options,
    .defaults = &defaults,
    .settings_size = sizeof(struct bench_settings),
    .run = run_bench,
};
