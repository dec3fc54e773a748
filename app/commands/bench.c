/* camlabel bench: how fast this machine runs the network, and what fraction of its arithmetic limit
 * that is. */
#include <math.h>
#include <stdlib.h>

#include "../../engine/mobilenet.h"
#include "../json_line.h"
#include "../source/pace.h"
#include "commands.h"
#include "model_options.h"

struct bench_settings {
    double width;
    int resolution, rounds, isa;
    bool json;
};

static const struct bench_settings defaults = {
    .width = 1, .resolution = 224, .rounds = 30, .isa = ISA_AUTO};

#define FIELD(member) offsetof(struct bench_settings, member)

static const struct option_spec options[] = {
    {OPTION_REAL, 'a', "width", "A", FIELD(width), "width multiplier; default: 1", .low = 0.01,
     .high = 16},
    {OPTION_INTEGER, 'r', "resolution", "R", FIELD(resolution),
     "input size in pixels, a multiple of 32; default: 224", .low = 32, .high = 512},
    {OPTION_INTEGER, 'n', "rounds", "N", FIELD(rounds), "runs to time; default: 30", .low = 1,
     .high = 100000},
    {OPTION_GROUP, 0, "", NULL, FIELD(isa), NULL, .group = isa_option_table},
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

struct timing {
    double ms_min, ms_median;
    double peak_gflops;
};

static int compare_doubles(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* The peak's rounds lie between the network's, so that both see the same clock. */
static enum mn_status measure(struct mn_engine *engine, int rounds, struct timing *timing,
                              struct mn_error *error)
{
    double (*peak)(long) = mn_kernels_for(mn_engine_isa(engine))->peak;
    double *ms = malloc((size_t)rounds * sizeof *ms);
    if (!ms)
        return mn_fail(error, MN_FAILED, "not enough memory for %d rounds", rounds);
    *timing = (struct timing){0};
    mn_engine_run(engine);
    for (int i = 0; i < rounds; i++) {
        int64_t start = monotonic_ns();
        mn_engine_run(engine);
        int64_t middle = monotonic_ns();
        double flops = peak(200000);
        ms[i] = (double)(middle - start) * 1e-6;
        timing->peak_gflops = fmax(timing->peak_gflops, flops / (double)(monotonic_ns() - middle));
    }
    qsort(ms, (size_t)rounds, sizeof *ms, compare_doubles);
    timing->ms_min = ms[0];
    timing->ms_median = ms[rounds / 2];
    free(ms);
    return MN_OK;
}

static void print(const struct bench_settings *settings, struct mn_engine *engine,
                  const struct timing *timing)
{
    const struct mn_network *network = mn_engine_network(engine);
    const char *isa = mn_isa_name(mn_engine_isa(engine));
    double gflops = 2e-6 * (double)network->mult_adds / timing->ms_median;
    if (!settings->json) {
        printf("MobileNet-V1 %g/%d, fp32, %s, 1 thread: min %.3f ms, median %.3f ms\n",
               network->spec.width, network->spec.resolution, isa, timing->ms_min,
               timing->ms_median);
        printf("%.1f of %.1f GFLOP/s: %.0f %% of this core's limit at this level\n", gflops,
               timing->peak_gflops, 100 * gflops / timing->peak_gflops);
        return;
    }
    json_t *line = json_object();
    json_object_set_new(line, "width", json_line_number(network->spec.width, 6));
    json_object_set_new(line, "resolution", json_integer(network->spec.resolution));
    json_object_set_new(line, "precision", json_string("fp32"));
    json_object_set_new(line, "isa", json_string(isa));
    json_object_set_new(line, "threads", json_integer(1));
    json_object_set_new(line, "ms_min", json_line_number(timing->ms_min, 4));
    json_object_set_new(line, "ms_median", json_line_number(timing->ms_median, 4));
    json_object_set_new(line, "gflops", json_line_number(gflops, 2));
    json_object_set_new(line, "peak_gflops", json_line_number(timing->peak_gflops, 2));
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
    struct mn_engine_options engine_options = {.force_isa = settings->isa != ISA_AUTO,
                                               .isa = (enum mn_isa)settings->isa};
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
    if (!model || mn_engine_new(&engine, model, &engine_options, &error) ||
        measure(engine, settings->rounds, &timing, &error))
        code = command_failed(&error);
    else
        print(settings, engine, &timing);
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
