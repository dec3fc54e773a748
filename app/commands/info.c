/* camlabel info: a network's layers, shapes, parameters and multiply-adds, and the same of its
 * standard-convolution twin. */
#include <stdlib.h>
#include <string.h>

#include "../../engine/golden.h"
#include "../json_line.h"
#include "../model_name.h"
#include "commands.h"
#include "model_options.h"

struct info_settings {
    const char *model, *labels;
    double width;
    int resolution, classes;
    struct engine_settings engine;
    bool json, verify;
};

static const struct info_settings defaults = {.engine.isa = ISA_AUTO};

#define FIELD(member) offsetof(struct info_settings, member)

static const struct option_spec options[] = {
    {OPTION_TEXT, 'm', "model", "FILE", FIELD(model),
     "describe this file's network, or that of a model that ships; without it, the network of the "
     "next three"},
    {OPTION_REAL, 'a', "width", "A", FIELD(width), "width multiplier; default: 1", .low = 0.01,
     .high = 16},
    {OPTION_INTEGER, 'r', "resolution", "R", FIELD(resolution),
     "input size in pixels, a multiple of 32; default: 224, or the model's own", .low = 32,
     .high = 512},
    {OPTION_INTEGER, 'c', "classes", "N", FIELD(classes), "class count; default: 1000", .low = 1,
     .high = MN_MAX_CLASSES},
    {OPTION_TEXT, 'l', "labels", "FILE", FIELD(labels), "check that these labels fit --model"},
    {OPTION_FLAG, 0, "verify", NULL, FIELD(verify),
     "also run --model on its golden input and compare with the logits stored in the file"},
    {OPTION_GROUP, 0, "", NULL, FIELD(engine), NULL, .group = engine_option_table},
    {OPTION_FLAG, 0, "json", NULL, FIELD(json), "print one JSON object"},
    {.name = NULL},
};

/* The networks to describe: the one asked for, and its twin. */
static enum mn_status build_networks(const struct info_settings *settings,
                                     const struct mn_model *model, struct mn_network *network,
                                     struct mn_network *twin, struct mn_error *error)
{
    struct mn_network_spec spec = {.width = settings->width > 0 ? settings->width : 1,
                                   .resolution = 224,
                                   .classes = settings->classes ? settings->classes : 1000,
                                   .channel_divisor = 1};
    if (model)
        spec = model->network.spec;
    if (settings->resolution)
        spec.resolution = settings->resolution;
    if (mn_network_build(network, &spec, error))
        return error->status;
    spec.standard = true;
    return mn_network_build(twin, &spec, error);
}

static json_t *layers_json(const struct mn_network *network)
{
    json_t *list = json_array();
    for (int i = 0; i < network->layer_count; i++) {
        const struct mn_layer *layer = &network->layers[i];
        json_array_append_new(
            list,
            json_pack("{s:s, s:s, s:[i,i,i], s:[i,i,i], s:i, s:I, s:I}", "name", layer->name,
                      "kind", mn_layer_kind_name(layer->kind), "input", layer->in_size,
                      layer->in_size, layer->in_channels, "output", layer->out_size,
                      layer->out_size, layer->out_channels, "stride", layer->stride, "mult_adds",
                      (json_int_t)layer->mult_adds, "parameters", (json_int_t)layer->parameters));
    }
    return list;
}

static void add_training(json_t *line, const struct mn_model *model)
{
    bool measured = model->measured[0];
    json_object_set_new(line, "weights", json_string(model->half ? "float16" : "float32"));
    json_object_set_new(line, "unknown_below", json_line_number(model->unknown_below, 6));
    json_object_set_new(line, "accuracy",
                        measured ? json_line_number(model->accuracy, 6) : json_null());
    json_object_set_new(line, "measured", measured ? json_line_text(model->measured) : json_null());
    json_object_set_new(line, "recipe",
                        model->recipe[0] ? json_line_text(model->recipe) : json_null());
}

static void print_json(const struct mn_network *network, const struct mn_network *twin,
                       const struct mn_model *model)
{
    json_t *line = json_object();
    if (model) {
        json_object_set_new(line, "model", json_line_text(model->name));
        json_object_set_new(line, "origin", json_line_text(model->origin));
        json_object_set_new(line, "labels", json_boolean(model->labels != NULL));
        json_object_set_new(line, "activation",
                            json_string(network->spec.activation == MN_RELU6 ? "relu6" : "relu"));
        json_object_set_new(
            line, "padding",
            json_string(network->spec.padding == MN_PAD_SAME ? "same" : "symmetric"));
        add_training(line, model);
    }
    json_object_set_new(line, "width", json_line_number(network->spec.width, 6));
    json_object_set_new(line, "resolution", json_integer(network->spec.resolution));
    json_object_set_new(line, "classes", json_integer(network->spec.classes));
    json_object_set_new(line, "mult_adds", json_integer(network->mult_adds));
    json_object_set_new(line, "parameters", json_integer(network->parameters));
    json_object_set_new(line, "standard_mult_adds", json_integer(twin->mult_adds));
    json_object_set_new(line, "standard_parameters", json_integer(twin->parameters));
    json_object_set_new(line, "layers", layers_json(network));
    json_line_print(line, stdout);
}

static void print_layers(const struct mn_network *network)
{
    printf("%-20s %-10s %15s %15s %6s %12s %11s\n", "layer", "kind", "input", "output", "stride",
           "mult-adds", "parameters");
    for (int i = 0; i < network->layer_count; i++) {
        const struct mn_layer *layer = &network->layers[i];
        char in[32], out[32];
        snprintf(in, sizeof in, "%dx%dx%d", layer->in_size, layer->in_size, layer->in_channels);
        snprintf(out, sizeof out, "%dx%dx%d", layer->out_size, layer->out_size,
                 layer->out_channels);
        printf("%-20s %-10s %15s %15s %6d %12lld %11lld\n", layer->name,
               mn_layer_kind_name(layer->kind), in, out, layer->stride, (long long)layer->mult_adds,
               (long long)layer->parameters);
    }
}

/* What a trained model says of itself. */
static void print_training(const struct mn_model *model)
{
    printf("weights     %s\n", model->half ? "float16" : "float32");
    printf("measured    %s\n", model->measured[0] ? model->measured : "no");
    if (model->unknown_below > 0)
        printf("unknown     below %g\n", model->unknown_below);
    const char *line = model->recipe;
    for (size_t length; *line; line += length + (line[length] != 0)) {
        length = strcspn(line, "\n");
        printf("%-11s %.*s\n", line == model->recipe ? "recipe" : "", (int)length, line);
    }
}

static void print_text(const struct mn_network *network, const struct mn_network *twin,
                       const struct mn_model *model)
{
    if (model)
        printf("model       %s\norigin      %s\nlabels      %s\nactivation  %s\npadding     %s\n",
               model->name, model->origin, model->labels ? "yes" : "none",
               network->spec.activation == MN_RELU6 ? "ReLU6" : "ReLU",
               network->spec.padding == MN_PAD_SAME ? "SAME (TensorFlow)" : "symmetric (PyTorch)");
    if (model)
        print_training(model);
    printf("width       %g\nresolution  %d\nclasses     %d\n\n", network->spec.width,
           network->spec.resolution, network->spec.classes);
    print_layers(network);

    /* The paper's table 4 gives 4866 for the twin: it leaves the linear layer out there, and only
     * there. */
    int64_t linear = twin->layers[twin->layer_count - 1].mult_adds;
    printf("\n%-38s %10.1f M mult-adds %8.2f M parameters\n", "depthwise separable (this network)",
           (double)network->mult_adds * 1e-6, (double)network->parameters * 1e-6);
    printf("%-38s %10.1f M mult-adds %8.2f M parameters\n", "standard convolutions (its twin)",
           (double)twin->mult_adds * 1e-6, (double)twin->parameters * 1e-6);
    printf("%-38s %10.1f M mult-adds\n", "the twin without its linear layer",
           (double)(twin->mult_adds - linear) * 1e-6);
}

static int run_info(const void *argument, int operand_count, char **operands)
{
    (void)operand_count, (void)operands;
    const struct info_settings *settings = argument;
    struct mn_error error;
    struct mn_model *model = NULL;
    struct mn_network network = {0}, twin = {0};
    if (settings->model && (settings->width > 0 || settings->classes)) {
        mn_fail(&error, MN_BAD_INPUT,
                "--width and --classes are in the model file: leave them out, or --model");
        return command_failed(&error);
    }
    if ((settings->verify || settings->labels) && !settings->model) {
        mn_fail(&error, MN_BAD_INPUT, "%s needs --model FILE",
                settings->verify ? "--verify" : "--labels");
        return command_failed(&error);
    }
    if (settings->model && model_name_load(&model, settings->model, settings->labels, &error))
        return command_failed(&error);
    int code = MN_OK;
    double worst = 0;
    struct mn_engine_options kernels = engine_options(&settings->engine);
    if (build_networks(settings, model, &network, &twin, &error) ||
        (settings->verify && mn_golden_verify(model, &kernels, &worst, &error)))
        code = command_failed(&error);
    else if (settings->json)
        print_json(&network, &twin, model);
    else
        print_text(&network, &twin, model);
    if (code == MN_OK && settings->verify)
        fprintf(stderr,
                "camlabel: verified: the logits are within %.1e of the largest stored one\n",
                worst);
    mn_model_free(model);
    return code;
}

const struct command command_info = {
    .name = "info",
    .summary = "list a network's layers, parameters and multiply-adds",
    .operands = "",
    .details =
        "Also for the twin whose blocks are standard 3x3 convolutions, as the paper compares them.",
    .examples = "camlabel info --width 0.5 --resolution 160\n",
    .options = options,
    .defaults = &defaults,
    .settings_size = sizeof(struct info_settings),
    .run = run_info,
};
