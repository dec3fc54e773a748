/* Models in memory, our own model files and timm's, and what mn_model_load() says to files that are
 * neither. */
#include "../../engine/model/model_file.h"

#include <math.h>
#include <string.h>
#include <sys/stat.h>

#include "../../engine/model/native.h"
#include "../../engine/model/state_dict.h"
#include "../support.h"

struct bytes {
    char *data;
    size_t size;
};

/* A small network with a different number in every place. */
static struct mn_model *make_model(bool normed, enum mn_padding padding, int divisor)
{
    const struct mn_network_spec spec = {.width = 0.01,
                                         .resolution = 32,
                                         .classes = 3,
                                         .channel_divisor = divisor,
                                         .activation = MN_RELU6,
                                         .padding = padding};
    struct mn_network network;
    struct mn_error error;
    struct mn_named_tensor tensors[MN_MAX_TENSORS];
    uint64_t random = 7;
    assert_int_equal(mn_network_build(&network, &spec, &error), MN_OK);
    struct mn_model *model = mn_model_new(&network, normed);
    assert_non_null(model);
    int count = mn_model_tensors(model, tensors);
    for (int t = 0; t < count; t++)
        for (size_t i = 0; i < tensors[t].count; i++)
            tensors[t].values[i] = 1.5f + test_uniform(&random);
    return model;
}

static struct bytes encode(const struct mn_model *model)
{
    struct bytes bytes;
    struct mn_error error;
    FILE *stream = open_memstream(&bytes.data, &bytes.size);
    assert_int_equal(mn_native_write(model, stream, &error), MN_OK);
    fclose(stream);
    return bytes;
}

/* The same tensors with other metadata, and `extra` more. */
static struct bytes encode_with(const struct mn_model *model, json_t *metadata,
                                const struct mn_named_tensor *extra, int extra_count)
{
    struct mn_named_tensor tensors[MN_MAX_TENSORS + 2];
    struct bytes bytes;
    struct mn_error error;
    int count = mn_model_tensors(model, tensors);
    for (int i = 0; i < extra_count; i++)
        tensors[count++] = extra[i];
    FILE *stream = open_memstream(&bytes.data, &bytes.size);
    assert_int_equal(mn_safetensors_write(stream, metadata, tensors, (size_t)count, &error), MN_OK);
    fclose(stream);
    json_decref(metadata);
    return bytes;
}

/* Decodes from memory that ends with the file. */
static enum mn_status decode(struct mn_model **model, const char *data, size_t size,
                             struct mn_error *error)
{
    uint8_t *exact = malloc(size ? size : 1);
    assert_non_null(exact);
    memcpy(exact, data, size);
    enum mn_status status = mn_model_decode(model, exact, size, "folder/small.net.bin", error);
    free(exact);
    return status;
}

static void refuse(struct bytes bytes, const char *message)
{
    struct mn_model *model;
    struct mn_error error = {0};
    if (decode(&model, bytes.data, bytes.size, &error) != MN_BAD_INPUT ||
        !strstr(error.message, message))
        fail_msg("expected \"%s\", got \"%s\"", message, error.message);
    free(bytes.data);
}

static void read_values(const struct mn_named_tensor *tensor, float *values)
{
    struct mn_error error;
    assert_int_equal(mn_named_tensor_read(tensor, 0, tensor->count, values, &error), MN_OK);
}

static void assert_same_tensors(const struct mn_model *a, const struct mn_model *b)
{
    struct mn_named_tensor of_a[MN_MAX_TENSORS], of_b[MN_MAX_TENSORS];
    int count = mn_model_tensors(a, of_a);
    assert_int_equal(mn_model_tensors(b, of_b), count);
    for (int t = 0; t < count; t++) {
        float *values = calloc(2 * of_a[t].count, sizeof *values);
        assert_string_equal(of_a[t].name, of_b[t].name);
        read_values(&of_a[t], values);
        read_values(&of_b[t], values + of_a[t].count);
        assert_memory_equal(values, values + of_a[t].count, of_a[t].count * sizeof *values);
        free(values);
    }
}

static void test_names(void **state)
{
    (void)state;
    static const char *const normed[] = {
        "conv_stem.weight",     "bn1.weight",      "bn1.bias",
        "bn1.running_mean",     "bn1.running_var", "blocks.0.0.conv_dw.weight",
        "blocks.0.0.bn1.weight"};
    static const char *const folded[] = {"conv_stem.weight", "conv_stem.bias",
                                         "blocks.0.0.conv_dw.weight", "blocks.0.0.conv_dw.bias"};
    struct mn_named_tensor tensors[MN_MAX_TENSORS];
    struct mn_model *model = make_model(true, MN_PAD_SAME, 1);
    assert_int_equal(mn_model_tensors(model, tensors), 27 * 5 + 2);
    for (int i = 0; i < 7; i++)
        assert_string_equal(tensors[i].name, normed[i]);
    assert_string_equal(tensors[27 * 5 - 1].name, "blocks.4.1.bn2.running_var");
    assert_string_equal(tensors[27 * 5 + 1].name, "classifier.bias");
    mn_model_free(model);
    model = make_model(false, MN_PAD_SAME, 1);
    assert_int_equal(mn_model_tensors(model, tensors), 28 * 2);
    for (int i = 0; i < 4; i++)
        assert_string_equal(tensors[i].name, folded[i]);
    mn_model_free(model);
    mn_model_free(NULL);
}

/* Folding is right where the folded layer gives what layer and norm give one after the other. */
static void test_fold(void **state)
{
    (void)state;
    struct mn_model *model = make_model(true, MN_PAD_SAME, 1);
    for (int l = 0; l < model->network.layer_count; l++) {
        const struct mn_layer *layer = &model->network.layers[l];
        const struct mn_parameters *p = &model->parameters[l];
        int64_t count = mn_layer_weight_count(layer), each = count / layer->out_channels;
        if (layer->kind == MN_POOL)
            continue;
        float *weight = calloc((size_t)count, sizeof *weight);
        float *bias = calloc((size_t)layer->out_channels, sizeof *bias);
        assert_true(mn_model_fold(model, l, 0, layer->out_channels, weight, bias));
        for (int c = 0; c < layer->out_channels; c++) {
            double sum = 0, folded = bias[c];
            for (int64_t i = 0; i < each; i++) {
                double x = 0.5 + (double)i / (double)each;
                sum += x * p->weight[c * each + i];
                folded += x * weight[c * each + i];
            }
            double expected =
                layer->kind == MN_LINEAR
                    ? sum + p->bias[c]
                    : (sum - p->mean[c]) / sqrt(p->variance[c] + 1e-3) * p->gamma[c] + p->beta[c];
            assert_true(fabs(folded - expected) <= 1e-5 * fabs(expected) + 1e-5);
        }
        free(weight);
        free(bias);
    }
    mn_model_free(model);
}

/* Not by memcmp(): there are bytes between the fields. */
static void assert_same_spec(const struct mn_network_spec *a, const struct mn_network_spec *b)
{
    assert_true(a->width == b->width);
    assert_int_equal(a->resolution, b->resolution);
    assert_int_equal(a->classes, b->classes);
    assert_int_equal(a->channel_divisor, b->channel_divisor);
    assert_int_equal(a->activation, b->activation);
    assert_int_equal(a->padding, b->padding);
    assert_int_equal(a->standard, b->standard);
}

static void test_save_and_load(void **state)
{
    (void)state;
    char path[] = "/tmp/camlabel-test-XXXXXX";
    static char *labels[] = {"background", "\u00e9t\u00e9, \"summer\"", "key\\board"};
    for (int normed = 0; normed < 2; normed++) {
        struct mn_error error;
        struct mn_model *model = make_model(normed, MN_PAD_SYMMETRIC, 8), *again;
        if (!normed)
            close(mkstemp(path));
        assert_int_equal(mn_model_set_labels(model, labels, 3, &error), MN_OK);
        model->norm_epsilon = 1e-5;
        model->background = true;
        model->preprocessing = (struct mn_preprocessing){
            MN_FIT_LETTERBOX, 0.9, {0.485f, 0.456f, 0.406f}, {0.229f, 0.224f, 0.225f}};
        free(model->name);
        model->name = strdup("tiny");
        free(model->origin);
        model->origin = strdup("made by a test");
        assert_int_equal(mn_model_save(model, path, &error), MN_OK);

        assert_int_equal(mn_model_load(&again, path, NULL, &error), MN_OK);
        assert_same_spec(&again->network.spec, &model->network.spec);
        assert_same_tensors(again, model);
        assert_true((again->parameters[0].gamma != NULL) == (normed != 0));
        assert_true(again->norm_epsilon == 1e-5 && again->background);
        assert_memory_equal(again->preprocessing.mean, model->preprocessing.mean, 12);
        assert_memory_equal(again->preprocessing.std, model->preprocessing.std, 12);
        assert_int_equal(again->preprocessing.fit, MN_FIT_LETTERBOX);
        assert_true(again->preprocessing.crop_fraction == 0.9);
        for (int i = 0; i < 3; i++)
            assert_string_equal(again->labels[i], labels[i]);
        assert_string_equal(again->name, "tiny");
        assert_string_equal(again->origin, "made by a test");
        mn_model_free(again);
        mn_model_free(model);
    }
    unlink(path);
}

static void assert_same_training(const struct mn_model *a, const struct mn_model *b)
{
    assert_true(a->unknown_below == b->unknown_below);
    assert_true(a->accuracy == b->accuracy);
    assert_string_equal(a->measured, b->measured);
    assert_string_equal(a->recipe, b->recipe);
}

/* What a trained model says of itself; and one that says nothing, as older files do. */
static void test_training(void **state)
{
    (void)state;
    static const double fractions[] = {0, 1.0 / 3, 0.9412, 1};
    for (size_t i = 0; i < sizeof fractions / sizeof *fractions; i++) {
        struct mn_model *model = make_model(true, MN_PAD_SAME, 1), *again;
        struct mn_error error;
        model->unknown_below = model->accuracy = fractions[i];
        if (i > 0) {
            free(model->measured);
            model->measured = strdup("0.9412 top-1 of 10000 test images at 64 px");
            free(model->recipe);
            model->recipe = strdup("lr = 0.1\nname = \"gr\u00fcn\"\n\nepochs = 5\n");
        }
        struct bytes bytes = encode(model);
        if (decode(&again, bytes.data, bytes.size, &error))
            fail_msg("%s", error.message);
        assert_same_training(again, model);
        assert_int_equal(memmem(bytes.data, bytes.size, "unknown_below", 13) != NULL, i > 0);
        assert_int_equal(memmem(bytes.data, bytes.size, "measured", 8) != NULL, i > 0);
        mn_model_free(again);
        mn_model_free(model);
        free(bytes.data);
    }
}

/* A recipe keeps its lines and nothing else that moves a terminal's cursor. */
static void test_cleans_texts(void **state)
{
    (void)state;
    struct mn_model *model = make_model(true, MN_PAD_SAME, 1), *again;
    struct mn_error error;
    free(model->measured);
    model->measured = strdup("a\nb");
    free(model->recipe);
    model->recipe = strdup("a = \033[2J\nb = 1\r\n");
    struct bytes bytes = encode(model);
    assert_int_equal(decode(&again, bytes.data, bytes.size, &error), MN_OK);
    assert_string_equal(again->measured, "a?b");
    assert_string_equal(again->recipe, "a = ?[2J\nb = 1?\n");
    mn_model_free(again);
    mn_model_free(model);
    free(bytes.data);
}

/* Nothing is left where saving fails, and nothing that is no file is replaced. */
static void test_save_fails_cleanly(void **state)
{
    (void)state;
    char folder[] = "/tmp/camlabel-test-XXXXXX", path[64];
    struct mn_error error;
    struct mn_model *model = make_model(true, MN_PAD_SAME, 1);
    assert_non_null(mkdtemp(folder));
    assert_int_equal(mn_model_save(model, folder, &error), MN_BAD_INPUT);
    assert_int_equal(mn_model_save(model, "/dev/null", &error), MN_BAD_INPUT);
    snprintf(path, sizeof path, "%s/no/such/folder", folder);
    assert_int_equal(mn_model_save(model, path, &error), MN_FAILED);
    assert_non_null(strstr(error.message, "No such file"));
    free(model->name);
    model->name = strdup("\xff"); /* JSON cannot hold it */
    snprintf(path, sizeof path, "%s/model", folder);
    assert_int_equal(mn_model_save(model, path, &error), MN_FAILED);
    assert_int_equal(rmdir(folder), 0); /* it is empty */
    mn_model_free(model);
}

static void test_refuses_metadata(void **state)
{
    (void)state;
    static const struct {
        const char *key, *value; /* NULL: the key is left out */
        const char *message;
    } cases[] = {
        {"format", "camlabel-2", "a newer one is needed"},
        {"architecture", "mobilenet_v2", "\"architecture\""},
        {"width", "0", "width multiplier"},
        {"width", "wide", "\"width\" is missing or is not a number"},
        {"width", "0.5", "tensor conv_stem.weight has shape [8, 3, 3, 3], but [16, 3, 3, 3]"},
        {"width", NULL, "\"width\""},
        {"channel_divisor", "3", "channel divisor 3"},
        {"resolution", "33", "resolution 33"},
        {"resolution", "32.5", "\"resolution\" is missing or is not a whole number"},
        {"classes", "99999999999", "\"classes\""},
        {"classes", "4", "tensor classifier.weight has shape [3, 10], but [4, 10]"},
        {"activation", "tanh", "\"activation\""},
        {"padding", "full", "\"padding\""},
        {"norm_epsilon", "-1", "\"norm_epsilon\""},
        {"fit", "bend", "\"fit\""},
        {"crop_fraction", "1.5", "\"crop_fraction\""},
        {"mean", "[0.5,0.5]", "\"mean\""},
        {"std", "[0.5,0,0.5]", "\"std\""},
        {"std", "[0.5,1e-300,0.5]", "\"std\""},
        {"mean", "[0.5,1e300,0.5]", "\"mean\""},
        {"background", "maybe", "\"background\""},
        {"labels", "[\"a\",\"b\"]", "2 labels for a network of 3 classes"},
        {"labels", "[\"a\",\"b\",3]", "\"labels\""},
        {"labels", "[\"a\",\"b\",\"\\u001b[2J\"]", "\"labels\""},
        {"labels", "cat", "\"labels\""},
        {"unknown_below", "1.01", "\"unknown_below\" is missing or is not from 0 to 1"},
        {"unknown_below", "-0.1", "\"unknown_below\""},
        {"unknown_below", "half", "\"unknown_below\""},
        {"unknown_below", "\"0.5\"", "\"unknown_below\""},
        {"accuracy", "94.1", "\"accuracy\""},
        {"accuracy", "NaN", "\"accuracy\""},
    };
    struct mn_model *model = make_model(true, MN_PAD_SAME, 1);
    struct bytes whole = encode(model);
    struct mn_safetensors file;
    struct mn_error error;
    assert_int_equal(mn_safetensors_open(
                         &file, mn_source_memory((const uint8_t *)whole.data, whole.size), &error),
                     MN_OK);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        json_t *metadata = json_deep_copy(file.metadata);
        if (cases[i].value)
            json_object_set_new(metadata, cases[i].key, json_string(cases[i].value));
        else
            json_object_del(metadata, cases[i].key);
        refuse(encode_with(model, metadata, NULL, 0), cases[i].message);
    }
    json_t *metadata = json_deep_copy(file.metadata);
    float value = 1;
    const struct mn_named_tensor extra = {"blocks.5.0.conv_dw.weight", {1, {1}}, 1, &value};
    refuse(encode_with(model, metadata, &extra, 1), "blocks.5.0.conv_dw.weight, which this");
    mn_safetensors_close(&file);
    free(whole.data);
    mn_model_free(model);
}

static void test_refuses_values(void **state)
{
    (void)state;
    struct mn_model *model = make_model(true, MN_PAD_SAME, 1);
    model->parameters[4].weight[5] = NAN;
    refuse(encode(model), "tensor blocks.1.0.conv_pw.weight has a value that is not a number");
    model->parameters[4].weight[5] = 0;
    model->parameters[3].variance[2] = -1;
    refuse(encode(model), "blocks.1.0.bn1 has a variance");
    mn_model_free(model);
}

static void test_timm(void **state)
{
    (void)state;
    struct mn_model *model = make_model(true, MN_PAD_SYMMETRIC, 8), *again;
    struct mn_error error;
    float one = 1;
    const struct mn_named_tensor counter = {"bn1.num_batches_tracked", {0, {0}}, 1, &one};
    const struct mn_named_tensor head = {"conv_head.weight", {1, {1}}, 1, &one};
    struct bytes bytes = encode_with(model, json_pack("{s:s}", "format", "pt"), &counter, 1);
    assert_int_equal(decode(&again, bytes.data, bytes.size, &error), MN_OK);
    assert_same_tensors(again, model);
    assert_int_equal(again->network.spec.padding, MN_PAD_SYMMETRIC);
    assert_int_equal(again->network.spec.activation, MN_RELU6);
    assert_int_equal(again->network.spec.resolution, 224);
    assert_int_equal(again->network.spec.classes, 3);
    assert_true(again->norm_epsilon == 1e-5);
    assert_true(again->preprocessing.mean[2] == 0.5f && again->preprocessing.std[0] == 0.5f);
    assert_true(again->preprocessing.crop_fraction == 0.875);
    assert_string_equal(again->name, "small.net");
    mn_model_free(again);
    free(bytes.data);
    refuse(encode_with(model, json_object(), &head, 1), "mobilenetv1_100h");
    mn_model_free(model);
}

static void test_refuses_other_networks(void **state)
{
    (void)state;
    float values[32] = {0};
    struct bytes bytes;
    struct mn_error error;
    const struct mn_named_tensor other = {"layer1.0.conv1.weight", {1, {32}}, 32, values};
    FILE *stream = open_memstream(&bytes.data, &bytes.size);
    json_t *metadata = json_object();
    assert_int_equal(mn_safetensors_write(stream, metadata, &other, 1, &error), MN_OK);
    fclose(stream);
    json_decref(metadata);
    refuse(bytes, "there is no tensor conv_stem.weight");
}

static void test_refuses_files(void **state)
{
    (void)state;
    char folder[] = "/tmp/camlabel-test-XXXXXX", path[64];
    struct mn_model *model;
    struct mn_error error;
    assert_non_null(mkdtemp(folder));
    snprintf(path, sizeof path, "%s/file", folder);
    assert_int_equal(mn_model_load(&model, path, NULL, &error), MN_BAD_INPUT);
    assert_non_null(strstr(error.message, "No such file"));
    assert_non_null(strstr(error.message, path));
    assert_int_equal(mn_model_load(&model, folder, NULL, &error), MN_BAD_INPUT);
    assert_non_null(strstr(error.message, "is a folder"));
    assert_int_equal(mkfifo(path, 0600), 0);
    assert_int_equal(mn_model_load(&model, path, NULL, &error), MN_BAD_INPUT);
    assert_non_null(strstr(error.message, "not a regular file"));
    unlink(path);
    fclose(fopen(path, "w"));
    assert_int_equal(mn_model_load(&model, path, NULL, &error), MN_BAD_INPUT);
    assert_non_null(strstr(error.message, "is empty"));
    FILE *file = fopen(path, "w");
    fputs("a film, or a letter", file);
    fclose(file);
    assert_int_equal(mn_model_load(&model, path, NULL, &error), MN_BAD_INPUT);
    assert_non_null(strstr(error.message, "not a model file"));
    unlink(path);
    rmdir(folder);
}

/* Cut at every length, then flipped bits: a model or one line, and no byte read elsewhere (ASan).
 */
static void test_damage(void **state)
{
    (void)state;
    struct mn_model *model = make_model(false, MN_PAD_SAME, 1), *damaged;
    struct bytes whole = encode(model);
    struct mn_error error;
    assert_true(whole.size > 5000);
    for (size_t size = 0; size < whole.size; size += size < 8192 ? 1 : 13)
        assert_int_equal(decode(&damaged, whole.data, size, &error), MN_BAD_INPUT);
    uint64_t random = 3;
    for (int i = 0; whole.size > 0 && i < 3000; i++) {
        size_t at = test_random(&random) % (i % 4 ? 5000 : whole.size);
        char bit = (char)(1 << test_random(&random) % 8);
        whole.data[at] ^= bit;
        if (decode(&damaged, whole.data, whole.size, &error) == MN_OK)
            mn_model_free(damaged);
        else
            assert_int_equal(error.status, MN_BAD_INPUT);
        whole.data[at] ^= bit;
    }
    free(whole.data);
    mn_model_free(model);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_names),
        cmocka_unit_test(test_fold),
        cmocka_unit_test(test_save_and_load),
        cmocka_unit_test(test_training),
        cmocka_unit_test(test_cleans_texts),
        cmocka_unit_test(test_save_fails_cleanly),
        cmocka_unit_test(test_refuses_metadata),
        cmocka_unit_test(test_refuses_values),
        cmocka_unit_test(test_timm),
        cmocka_unit_test(test_refuses_other_networks),
        cmocka_unit_test(test_refuses_files),
        cmocka_unit_test(test_damage),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
