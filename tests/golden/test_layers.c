/* Every layer of 16 random networks against ONNX Runtime: layers.bin, made by make_layers.py, which
 * documents the file and the order in which input, parameters and sample places are drawn from the
 * random stream. */
#include "golden.h"

#include <math.h>
#include <string.h>

#include "../../engine/mobilenet.h"

enum { SEED = 20170417, HEADER = 4, CORNERS = 4 };
static const double tolerance = 1e-4; /* of the layer's largest value */

struct file {
    float *numbers; /* owned */
    int networks, layers, samples, classes;
};

/* The numbers of one network, and what the observer needs to check them. */
struct run {
    const struct file *file;
    const struct mn_network *network;
    const float *expected; /* of the layer to come: its largest value, then the samples */
    uint64_t stream;
    double worst; /* largest error so far, as a part of the layer's largest value */
    int worst_layer;
};

static struct file file_read(void)
{
    size_t count;
    struct file file = {.numbers = golden_read("layers.bin", &count)};
    assert_true(count > HEADER);
    file.networks = (int)file.numbers[0];
    file.layers = (int)file.numbers[1];
    file.samples = (int)file.numbers[2];
    file.classes = (int)file.numbers[3];
    assert_int_equal(file.layers, MN_MAX_LAYERS);
    assert_int_equal(count, HEADER + file.networks * (4 + file.layers * (1 + file.samples)) +
                                file.classes);
    return file;
}

/* The four numbers that describe network n, followed by those of its layers. */
static const float *file_network(const struct file *file, int n)
{
    return file->numbers + HEADER + n * (4 + file->layers * (1 + file->samples));
}

static struct mn_network build_network(const struct file *file, int n)
{
    const float *given = file_network(file, n);
    struct mn_network_spec spec = {.width = given[0],
                                   .resolution = (int)given[1],
                                   .classes = file->classes,
                                   .channel_divisor = 1,
                                   .activation = given[2] != 0 ? MN_RELU6 : MN_RELU,
                                   .padding = given[3] != 0 ? MN_PAD_SYMMETRIC : MN_PAD_SAME};
    struct mn_network network;
    struct mn_error error;
    if (mn_network_build(&network, &spec, &error))
        fail_msg("%s", error.message);
    assert_int_equal(network.layer_count, file->layers);
    return network;
}

/* values[i] = base + scale * u */
static void draw(uint64_t *stream, float *values, size_t count, float base, float scale)
{
    for (size_t i = 0; i < count; i++)
        values[i] = base + test_uniform(stream) * scale;
}

static void draw_layer(uint64_t *stream, const struct mn_layer *layer,
                       struct mn_parameters *parameters)
{
    if (layer->kind == MN_POOL)
        return;
    size_t outputs = (size_t)layer->out_channels, weights = (size_t)mn_layer_weight_count(layer);
    size_t fan_in = weights / outputs;
    draw(stream, parameters->weight, weights, 0, (float)sqrt(6.0 / (double)fan_in));
    if (layer->kind == MN_LINEAR) {
        draw(stream, parameters->bias, outputs, 0, 1);
        return;
    }
    draw(stream, parameters->gamma, outputs, 1, 0.25F);
    draw(stream, parameters->beta, outputs, 0, 0.5F);
    draw(stream, parameters->mean, outputs, 0, 0.25F);
    draw(stream, parameters->variance, outputs, 1, 0.5F);
}

/* A network's engine with its input filled; *stream is left where the sample places
 * begin. */
static struct mn_engine *make_engine(const struct mn_network *network,
                                     const struct mn_engine_options *options, uint64_t *stream)
{
    size_t input_count = (size_t)network->spec.resolution * (size_t)network->spec.resolution * 3;
    float *input = malloc(input_count * sizeof *input);
    struct mn_model *model = mn_model_new(network, true);
    assert_non_null(input);
    assert_non_null(model);
    draw(stream, input, input_count, 0, 1);
    for (int i = 0; i < network->layer_count; i++)
        draw_layer(stream, &network->layers[i], &model->parameters[i]);
    model->norm_epsilon = 1e-3;

    struct mn_engine *engine;
    struct mn_error error;
    if (mn_engine_new(&engine, model, options, &error))
        fail_msg("%s", error.message);
    memcpy(mn_engine_input(engine), input, input_count * sizeof *input);
    mn_model_free(model);
    free(input);
    return engine;
}

static void note_error(struct run *run, int layer, double error, double largest)
{
    double ratio = isnan(error) ? INFINITY : fabs(error) / largest;
    if (ratio > run->worst) {
        run->worst = ratio;
        run->worst_layer = layer;
    }
}

/* A layer that was fused with the next shows no output. */
static void skip_layer(struct run *run)
{
    for (int i = 0; i < 3 * run->file->samples; i++)
        test_random(&run->stream);
    run->expected += 1 + run->file->samples;
}

static void check_step(void *context, const struct mn_layers_output *output)
{
    struct run *run = context;
    int index = output->last;
    for (int i = output->first; i < index; i++)
        skip_layer(run);
    const struct mn_layer *layer = &run->network->layers[index];
    int size = layer->out_size, channels = layer->out_channels;
    const float *expected = run->expected;
    double largest = expected[0], found = 0;
    for (int pixel = 0; pixel < size * size; pixel++)
        for (int c = 0; c < channels; c++) {
            float value = output->data[pixel * output->pixel_step + c];
            found = fmax(found, isnan(value) ? INFINITY : fabs((double)value));
        }
    note_error(run, index, found - largest, largest);

    for (int i = 0; i < run->file->samples; i++) {
        int y = (int)(test_random(&run->stream) % (uint64_t)size);
        int x = (int)(test_random(&run->stream) % (uint64_t)size);
        int channel = (int)(test_random(&run->stream) % (uint64_t)channels);
        if (i < CORNERS) {
            y = i / 2 ? size - 1 : 0;
            x = i % 2 ? size - 1 : 0;
        }
        note_error(run, index,
                   (double)output->data[(y * size + x) * output->pixel_step + channel] -
                       (double)expected[1 + i],
                   largest);
    }
    run->expected += 1 + run->file->samples;
}

/* Runs network n and returns its worst error. `check_logits`: all of them are stored behind the
 * last network. */
static struct run run_network(const struct file *file, int n, const struct mn_network *network,
                              const struct mn_engine_options *options, bool check_logits)
{
    struct run run = {.file = file,
                      .network = network,
                      .expected = file_network(file, n) + 4,
                      .stream = SEED + (uint64_t)n};
    struct mn_engine *engine = make_engine(network, options, &run.stream);
    const float *logits = mn_engine_run_observed(engine, check_step, &run);
    assert_non_null(logits);
    assert_ptr_equal(run.expected, file_network(file, n + 1));
    const float *expected = file_network(file, file->networks);
    double largest = file_network(file, n + 1)[-1 - file->samples];
    for (int i = 0; check_logits && i < file->classes; i++)
        note_error(&run, network->layer_count - 1, (double)logits[i] - (double)expected[i],
                   largest);
    mn_engine_free(engine);
    return run;
}

/* All 16 networks, run in one way. */
static void check_networks(const struct file *file, const struct mn_engine_options *options)
{
    int wrong = 0;
    for (int n = 0; n < file->networks; n++) {
        struct mn_network network = build_network(file, n);
        struct run run = run_network(file, n, &network, options, n == 0);
        print_message("measured: %s, %d thread(s)%s, width %.2f, %d px, %s, %s: worst error of a "
                      "layer %.1e, in "
                      "%s\n",
                      mn_isa_name(options->isa), options->threads,
                      options->unfused ? ", unfused" : "", network.spec.width,
                      network.spec.resolution,
                      network.spec.activation == MN_RELU6 ? "ReLU6" : "ReLU",
                      network.spec.padding == MN_PAD_SAME ? "SAME" : "symmetric", run.worst,
                      network.layers[run.worst_layer].name);
        wrong += !(run.worst <= tolerance);
    }
    assert_int_equal(wrong, 0);
}

static void test_all_networks_agree(void **state)
{
    (void)state;
    struct file file = file_read();
    assert_int_equal(file.networks, 16);
    for (int isa = MN_ISA_C; isa < MN_ISA_COUNT; isa++)
        if (mn_kernels_for((enum mn_isa)isa)) {
            struct mn_engine_options options = {
                .force_isa = true, .isa = (enum mn_isa)isa, .threads = 1, .unfused = true};
            check_networks(&file, &options);
            options.unfused = false;
            options.threads = 3;
            check_networks(&file, &options);
        }
    free(file.numbers);
}

/* The stored samples are few; these show that they are enough to see the errors that are easy to
 * make. */
static void assert_noticed(const struct file *file, int n, const struct mn_network *network,
                           int layer)
{
    struct mn_engine_options options = {
        .force_isa = true, .isa = MN_ISA_C, .threads = 1, .unfused = true};
    struct run run = run_network(file, n, network, &options, false);
    assert_true(run.worst > 10 * tolerance);
    assert_in_range(run.worst_layer, layer, network->layer_count - 1);
}

static void test_wrong_network_is_noticed(void **state)
{
    (void)state;
    struct file file = file_read();
    int smallest = file.networks - 1;
    struct mn_network network = build_network(&file, smallest);
    network.spec.padding = network.spec.padding == MN_PAD_SAME ? MN_PAD_SYMMETRIC : MN_PAD_SAME;
    struct mn_error error;
    assert_int_equal(mn_network_build(&network, &network.spec, &error), MN_OK);
    assert_noticed(&file, smallest, &network, 0);

    network = build_network(&file, smallest);
    network.spec.activation = network.spec.activation == MN_RELU ? MN_RELU6 : MN_RELU;
    assert_noticed(&file, smallest, &network, 0);
    free(file.numbers);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_all_networks_agree),
        cmocka_unit_test(test_wrong_network_is_noticed),
    };
    return cmocka_run_group_tests_name("golden layers", tests, NULL, NULL);
}
