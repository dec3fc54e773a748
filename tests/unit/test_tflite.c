/* TensorFlow Lite files: the real ones against values that a Python script read from them, and
 * small ones built here, right and wrong in one place each. */
#include <math.h>

#include "../../engine/model/model_file.h"
#include "tflite_builder.h"

/* Decodes from memory that ends with the file. */
static enum mn_status decode(struct mn_model **model, const uint8_t *data, size_t size,
                             struct mn_error *error)
{
    uint8_t *exact = malloc(size ? size : 1);
    assert_non_null(exact);
    memcpy(exact, data, size);
    enum mn_status status = mn_model_decode(model, exact, size, "small.tflite", error);
    free(exact);
    return status;
}

static void check_model(const struct mn_model *model, const struct oddity *odd)
{
    for (int l = 0; l < model->network.layer_count; l++) {
        const struct mn_layer *layer = &model->network.layers[l];
        const struct mn_parameters *p = &model->parameters[l];
        if (layer->kind == MN_POOL)
            continue;
        int64_t in = layer->kind == MN_DEPTHWISE ? 1 : layer->in_channels;
        int64_t area = layer->kind == MN_CONV || layer->kind == MN_DEPTHWISE ? 9 : 1;
        for (int64_t o = 0; o < layer->out_channels; o++) {
            for (int64_t i = 0; i < in; i++)
                for (int64_t a = 0; a < area; a++) {
                    int64_t from = layer->kind == MN_DEPTHWISE ? a * layer->out_channels + o
                                                               : (o * area + a) * in + i;
                    assert_true(p->weight[(o * in + i) * area + a] == real(odd->weights, l, from));
                }
            float bias = (float)stored(l, o + 1);
            assert_true(p->bias[o] == (odd->weights == BYTES ? bias * 0.5f : bias));
        }
    }
}

static void test_reads_built_files(void **state)
{
    (void)state;
    static const struct oddity files[] = {
        {0},
        {.weights = BYTES},
        {.weights = HALVES},
        {.dense = true, .mean = true, .plain_activation = true},
        {.weights = BYTES, .no_softmax = true, .new_code = true},
        {.weights = BYTES, .from_zero = true},
        {.weights = BYTES, .relu_at = 4}, /* NONE, but the range of its output is 0 … 6 */
    };
    for (size_t f = 0; f < sizeof files / sizeof *files; f++) {
        struct buffer b = build(&files[f]);
        struct mn_model *model;
        struct mn_error error;
        if (decode(&model, b.data, b.size, &error))
            fail_msg("file %zu: %s", f, error.message);
        const struct mn_network_spec *spec = &model->network.spec;
        assert_true(spec->width == 0.01 && spec->channel_divisor == 1);
        assert_int_equal(spec->resolution, RESOLUTION);
        assert_int_equal(spec->classes, CLASSES);
        assert_int_equal(spec->padding, MN_PAD_SAME);
        assert_int_equal(spec->activation, files[f].plain_activation ? MN_RELU : MN_RELU6);
        bool from_zero = files[f].from_zero;
        assert_true(model->preprocessing.mean[1] == (from_zero ? 0 : 0.5f));
        assert_true(fabsf(model->preprocessing.std[1] - (from_zero ? 1 : 0.5f)) < 1e-6f);
        assert_false(model->background);
        check_model(model, &files[f]);
        mn_model_free(model);
        free(b.data);
    }
}

static void test_refuses(void **state)
{
    (void)state;
    static const struct {
        struct oddity odd;
        const char *message;
    } cases[] = {
        {{.code_at = 6, .code = 2}, "operator 5 is CONCATENATION which MobileNet-V1 does not have"},
        {{.code_at = 1, .code = 117}, "operator 0 is HARD_SWISH"},
        {{.code_at = 31, .code = 17}, "operator 30 is MAX_POOL_2D after the classifier"},
        {{.code_at = 3, .code = 130, .new_code = true}, "operator 2 is number 130"},
        {{.stride_at = 4}, "operator 3 is DEPTHWISE_CONV_2D with another stride"},
        {{.padding_at = 2}, "operator 1 is DEPTHWISE_CONV_2D with VALID padding"},
        {{.dilation_at = 1}, "operator 0 is CONV_2D with dilation"},
        {{.relu_at = 3}, "operator 2 is CONV_2D without the ReLU"},
        {{.linear_at = 29}, "operator 28 is CONV_2D with an activation"},
        {{.two_inputs = true}, "2 inputs"},
        {{.branch = true}, "second branch"},
        {{.circle = true}, "operator 4 is CONV_2D"},
        {{.weights = BYTES, .by_channel = true}, "quantised per channel"},
        {{.rectangle = true}, "[1, 64, 32, 3]; one square picture"},
        {{.pool_window = 3}, "averages 3x3 values, but the network has 2x2"},
        {{.channels_at = 6}, "has shape [1, 3, 3, 9], but [1, 3, 3, 8] is expected"},
        {{.channels_at = 7}, "no width multiplier"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct buffer b = build(&cases[i].odd);
        struct mn_model *model;
        struct mn_error error;
        if (decode(&model, b.data, b.size, &error) != MN_BAD_INPUT ||
            !strstr(error.message, cases[i].message))
            fail_msg("expected \"%s\", got \"%s\"", cases[i].message, error.message);
        free(b.data);
    }
}

/* The numbers were read from the files with TensorFlow Lite's own schema classes for Python. */
static void test_reads_real_file(void **state)
{
    (void)state;
    const char *path = test_data("weights/mobilenet_v1_0.75_192_quant.tflite");
    struct mn_model *model;
    struct mn_error error;
    assert_int_equal(mn_model_load(&model, path, NULL, &error), MN_OK);
    const struct mn_network_spec *spec = &model->network.spec;
    assert_true(spec->width == 0.75 && spec->resolution == 192 && spec->classes == 1001);
    assert_true(spec->activation == MN_RELU6 && spec->padding == MN_PAD_SAME && model->background);
    assert_string_equal(model->name, "mobilenet_v1_0.75_192_quant");
    const struct mn_parameters *p = model->parameters;
    assert_true(p[0].weight[((5 * 3 + 2) * 3 + 1) * 3 + 0] == -0.283466637f);
    assert_true(p[0].bias[5] == 2.49712682f);
    assert_true(p[1].weight[3 * 9 + 2 * 3 + 1] == -0.455203295f);
    assert_true(p[26].weight[700 * 768 + 100] == 0.0220008381f);
    assert_true(p[28].weight[1000 * 768 + 3] == -0.0308844279f);
    assert_true(p[28].bias[1000] == 0.267515987f);
    mn_model_free(model);
}

/* Cut at every length of the tables, and flipped bits there: no byte is read elsewhere (ASan). */
static void test_damage(void **state)
{
    (void)state;
    struct buffer b = build(&(struct oddity){.weights = BYTES});
    struct mn_model *model;
    struct mn_error error;
    /* The end of the file are buffers that nothing uses. */
    for (size_t size = 0; size + 200 < b.size; size += 1 + size / 8192)
        assert_int_equal(decode(&model, b.data, size, &error), MN_BAD_INPUT);
    uint64_t random = 5;
    for (int i = 0; i < 4000; i++) {
        size_t at = test_random(&random) % b.size;
        uint8_t old = b.data[at];
        b.data[at] ^= (uint8_t)(1u << test_random(&random) % 8);
        if (decode(&model, b.data, b.size, &error) == MN_OK)
            mn_model_free(model);
        else
            assert_int_equal(error.status, MN_BAD_INPUT);
        b.data[at] = old;
    }
    free(b.data);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_reads_built_files),
        cmocka_unit_test(test_refuses),
        cmocka_unit_test(test_reads_real_file),
        cmocka_unit_test(test_damage),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
