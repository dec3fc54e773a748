/* Keras .h5 files: the real one against values that h5py read from it, small ones written here with
 * libhdf5, the network's description in JSON, and the process that shields us from the library. */
#include "../../engine/model/keras.h"

#include <string.h>

#include "../../engine/model/isolate.h"
#include "../../engine/model/keras_config.h"
#include "../../engine/model/model_file.h"
#include "../support.h"

static void test_resolution_in_name(void **state)
{
    (void)state;
    static const struct {
        const char *name;
        int resolution;
    } cases[] = {
        {"mobilenet_2_5_128_tf.h5", 128},
        {"/a/160/mobilenet_v1_0.25_192_keras.h5", 192},
        {"mobilenet_1_0_224_tf.h5", 224},
        {"mobilenet.h5", 0},
        {"/a_160_b/mobilenet.h5", 0},
        {"mobilenet_130.h5", 0},
        {"net_99999999999128.h5", 0},
        {"net_512", 512},
        {"", 0},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_int_equal(mn_keras_name_resolution(cases[i].name), cases[i].resolution);
}

/* A description of one layer of each kind; the two texts stand in for input and padding. */
static enum mn_status read_config(struct mn_keras_config *config, const char *input,
                                  const char *layer, struct mn_error *error)
{
    char json[1024];
    *config = mn_keras_config_default();
    int length =
        snprintf(json, sizeof json,
                 "{\"class_name\":\"Model\",\"config\":{\"layers\":["
                 "{\"class_name\":\"InputLayer\",\"config\":{\"batch_input_shape\":%s}},"
                 "{\"class_name\":\"Conv2D\",\"config\":{\"name\":\"conv1\"}},"
                 "{\"class_name\":\"BatchNormalization\",\"config\":{\"epsilon\":0.002}},"
                 "{\"class_name\":\"Activation\",\"config\":{\"activation\":\"softmax\"}},%s]}}",
                 input, layer);
    return mn_keras_config_read(config, json, (size_t)length, error);
}

static void test_config(void **state)
{
    (void)state;
    static const char relu[] = "{\"class_name\":\"ReLU\",\"config\":{\"max_value\":null}}";
    static const char around[] =
        "{\"class_name\":\"ZeroPadding2D\",\"config\":{\"padding\":[[1,1],[1,1]]}}";
    static const char after[] =
        "{\"class_name\":\"ZeroPadding2D\",\"config\":{\"padding\":[[0,1],[0,1]]}}";
    struct mn_keras_config config;
    struct mn_error error;
    assert_int_equal(read_config(&config, "[null,160,160,3]", after, &error), MN_OK);
    assert_int_equal(config.resolution, 160);
    assert_int_equal(config.padding, MN_PAD_SAME);
    assert_int_equal(config.activation, MN_RELU6);
    assert_true(config.norm_epsilon == 0.002);
    assert_int_equal(read_config(&config, "[null,null,null,3]", around, &error), MN_OK);
    assert_int_equal(config.resolution, 0);
    assert_int_equal(config.padding, MN_PAD_SYMMETRIC);
    assert_int_equal(read_config(&config, "[null,32,32,3]", relu, &error), MN_OK);
    assert_int_equal(config.activation, MN_RELU);
}

static void test_refuses_config(void **state)
{
    (void)state;
    static const struct {
        const char *input, *layer, *message;
    } cases[] = {
        {"[null,100,100,3]", "{}", "one square picture"},
        {"[null,128,160,3]", "{}", "one square picture"},
        {"[null,128,128,1]", "{}", "one square picture"},
        {"7", "{}", "one square picture"},
        {"[null,128,128,3]", "{}", "a (unknown) which MobileNet-V1 does not have"},
        {"[null,128,128,3]", "7", "a (unknown) which MobileNet-V1 does not have"},
        {"[null,128,128,3]", "{\"class_name\":\"Add\",\"config\":{\"name\":\"block_2_add\"}}",
         "layer block_2_add is a Add which MobileNet-V1 does not have"},
        {"[null,128,128,3]",
         "{\"class_name\":\"ZeroPadding2D\",\"config\":{\"padding\":[[2,2],[2,2]]}}", "padding"},
        {"[null,128,128,3]", "{\"class_name\":\"ZeroPadding2D\",\"config\":{}}", "padding"},
        {"[null,128,128,3]", "{\"class_name\":\"BatchNormalization\",\"config\":{\"epsilon\":0.5}}",
         "epsilon"},
        {"[null,128,128,3]", "{\"class_name\":\"ReLU\",\"config\":{\"max_value\":5}}",
         "a limit other than 6"},
        {"[null,128,128,3]",
         "{\"class_name\":\"ReLU\",\"config\":{\"max_value\":6,\"negative_slope\":0.1}}",
         "a slope"},
        {"[null,128,128,3]",
         "{\"class_name\":\"DepthwiseConv2D\",\"config\":{\"name\":\"conv_dw_1\",\"padding\":"
         "\"valid\"}}",
         "without the padding"},
        {"[null,128,128,3]", /* nor one before it */
         "{\"class_name\":\"DepthwiseConv2D\",\"config\":{\"name\":\"conv_dw_2\",\"padding\":"
         "\"valid\"}}",
         "without the padding"},
        {"[null,128,128,3]", "{\"class_name\":\"Activation\",\"config\":{\"activation\":\"elu\"}}",
         "does not have"},
        {"[null,128,128,3]",
         "{\"class_name\":\"Conv2D\",\"config\":{\"name\":\"conv1\",\"strides\":[1,1]}}",
         "a stride"},
        {"[null,128,128,3]",
         "{\"class_name\":\"DepthwiseConv2D\",\"config\":{\"name\":\"conv_dw_12\",\"strides\":[1,1]"
         "}}",
         "a stride"},
        {"[null,128,128,3]",
         "{\"class_name\":\"Conv2D\",\"config\":{\"name\":\"conv_pw_12\",\"strides\":[2,2]}}",
         "a stride"},
        {"[null,128,128,3]",
         "{\"class_name\":\"DepthwiseConv2D\",\"config\":{\"name\":\"conv_dw_13\",\"dilation_"
         "rate\":[2,2]}}",
         "dilation"},
        {"[null,128,128,3]",
         "{\"class_name\":\"Conv2D\",\"config\":{\"name\":\"conv_pw_1\",\"activation\":\"relu\"}}",
         "an activation"},
        {"[null,128,128,3]",
         "{\"class_name\":\"Conv2D\",\"config\":{\"name\":\"conv1\",\"use_bias\":true}}", "a bias"},
        {"[null,128,128,3]", "}", "not a Keras network"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct mn_keras_config config;
        struct mn_error error = {0};
        if (read_config(&config, cases[i].input, cases[i].layer, &error) != MN_BAD_INPUT ||
            !strstr(error.message, cases[i].message))
            fail_msg("expected \"%s\", got \"%s\"", cases[i].message, error.message);
    }
}

/* --- what happens to a parser that does what parsers do to damaged files --- */

static enum mn_status work(const void *context, FILE *output, struct mn_error *error)
{
    switch (*(const int *)context) {
    case 0:
        for (int i = 0; i < 100000; i++)
            fprintf(output, "%06d", i);
        return MN_OK;
    case 1:
        return mn_fail(error, MN_BAD_INPUT, "no such luck");
    case 2:
        return mn_fail(error, MN_FAILED, "no memory");
    case 3:
        abort();
    default:
        _exit(3);
    }
}

static void test_isolation(void **state)
{
    (void)state;
    static const char *const messages[] = {"", "no such luck", "no memory", "signal 6", "gave up"};
    static const enum mn_status expected[] = {MN_OK, MN_BAD_INPUT, MN_FAILED, MN_BAD_INPUT,
                                              MN_BAD_INPUT};
    for (int i = 0; i < 5; i++) {
        uint8_t *data = NULL;
        size_t size = 0;
        struct mn_error error = {0};
        assert_int_equal(mn_isolated_run(work, &i, &data, &size, &error), expected[i]);
        assert_non_null(strstr(error.message, messages[i]));
        if (expected[i] == MN_OK) {
            assert_int_equal(size, 600000);
            assert_memory_equal(data + size - 6, "099999", 6);
            free(data);
        }
    }
}

/* --- files --- */

static enum mn_status decode(struct mn_model **model, const void *data, size_t size,
                             struct mn_error *error)
{
    return mn_model_decode(model, data, size, "small_64.h5", error);
}

#ifdef MN_HAVE_HDF5

#include <hdf5.h>

enum oddity { ORDINARY, NO_TOP, EXTRA_LAYER, WRONG_SHAPE, INTEGERS, OUTER_LINK, EXTERNAL, MISSING };

/* Element i of a tensor. */
static float value(const char *layer, size_t i)
{
    return (float)(strlen(layer) + i % 97) / 8;
}

/* Writes <layer>/<layer>/<leaf> as Keras does. */
static void write_tensor(hid_t file, const char *layer, const char *leaf, int rank,
                         const hsize_t *sizes, enum oddity oddity)
{
    size_t count = 1;
    for (int i = 0; i < rank; i++)
        count *= (size_t)sizes[i];
    float *values = malloc(count * sizeof *values);
    assert_non_null(values);
    for (size_t i = 0; i < count; i++)
        values[i] = value(layer, i);
    char path[100];
    snprintf(path, sizeof path, "%s/%s/%s", layer, layer, leaf);
    hid_t links = H5Pcreate(H5P_LINK_CREATE), space = H5Screate_simple(rank, sizes, NULL);
    hid_t properties = H5Pcreate(H5P_DATASET_CREATE);
    H5Pset_create_intermediate_group(links, 1);
    if (oddity == EXTERNAL)
        H5Pset_external(properties, "/etc/passwd", 0, count * sizeof *values);
    hid_t type = oddity == INTEGERS ? H5T_STD_I32LE : H5T_IEEE_F32LE;
    hid_t tensor = H5Dcreate2(file, path, type, space, links, properties, H5P_DEFAULT);
    assert_true(tensor >= 0);
    if (oddity != EXTERNAL)
        assert_true(H5Dwrite(tensor, H5T_NATIVE_FLOAT, H5S_ALL, H5S_ALL, H5P_DEFAULT, values) >= 0);
    H5Dclose(tensor);
    H5Pclose(properties);
    H5Sclose(space);
    H5Pclose(links);
    free(values);
}

static void write_norm(hid_t file, const char *layer, hsize_t channels)
{
    static const char *const leaves[] = {"gamma:0", "beta:0", "moving_mean:0", "moving_variance:0"};
    char name[40];
    snprintf(name, sizeof name, "%s_bn", layer);
    for (int i = 0; i < 4; i++)
        write_tensor(file, name, leaves[i], 1, &channels, ORDINARY);
}

/* A network of width 0.01: 8 channels, and 10 at the end. Returns its bytes, the caller's. */
static uint8_t *write_file(enum oddity oddity, size_t *size)
{
    char path[] = "/tmp/camlabel-test-XXXXXX";
    close(mkstemp(path));
    hid_t file = H5Fcreate(path, H5F_ACC_TRUNC, H5P_DEFAULT, H5P_DEFAULT);
    write_tensor(file, "conv1", "kernel:0", 4, (hsize_t[]){3, 3, 3, 8}, ORDINARY);
    write_norm(file, "conv1", 8);
    hsize_t in = 8;
    for (int block = 1; block <= 13; block++) {
        char layer[32];
        hsize_t out = block < 12 ? 8 : 10;
        snprintf(layer, sizeof layer, "conv_dw_%d", block);
        hsize_t depthwise[] = {3, 3, oddity == WRONG_SHAPE && block == 5 ? 9 : in, 1};
        write_tensor(file, layer, "depthwise_kernel:0", 4, depthwise,
                     block == 3 && (oddity == INTEGERS || oddity == EXTERNAL) ? oddity : ORDINARY);
        write_norm(file, layer, in);
        snprintf(layer, sizeof layer, "conv_pw_%d", block);
        write_tensor(file, layer, "kernel:0", 4, (hsize_t[]){1, 1, in, out}, ORDINARY);
        if (oddity != MISSING || block != 7)
            write_norm(file, layer, out);
        in = out;
    }
    if (oddity == OUTER_LINK)
        H5Lcreate_external("/etc/passwd", "/", file, "conv_preds", H5P_DEFAULT, H5P_DEFAULT);
    if (oddity != NO_TOP && oddity != OUTER_LINK) {
        write_tensor(file, "conv_preds", "kernel:0", 4, (hsize_t[]){1, 1, in, 3}, ORDINARY);
        write_tensor(file, "conv_preds", "bias:0", 1, (hsize_t[]){3}, ORDINARY);
    }
    if (oddity == EXTRA_LAYER)
        write_tensor(file, "dense", "kernel:0", 1, (hsize_t[]){3}, ORDINARY);
    H5Gclose(H5Gcreate2(file, "dropout", H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT));
    H5Fclose(file);

    FILE *stream = fopen(path, "rb");
    fseek(stream, 0, SEEK_END);
    *size = (size_t)ftell(stream);
    rewind(stream);
    uint8_t *data = malloc(*size);
    assert_non_null(data);
    assert_int_equal(fread(data, 1, *size, stream), *size);
    fclose(stream);
    unlink(path);
    return data;
}

static void test_reads_written_file(void **state)
{
    (void)state;
    size_t size;
    uint8_t *data = write_file(ORDINARY, &size);
    struct mn_model *model;
    struct mn_error error;
    if (decode(&model, data, size, &error))
        fail_msg("%s", error.message);
    const struct mn_network_spec *spec = &model->network.spec;
    assert_true(spec->width == 0.01 && spec->resolution == 64 && spec->classes == 3);
    assert_int_equal(spec->padding, MN_PAD_SAME);
    assert_true(model->norm_epsilon == 1e-3);
    assert_string_equal(model->name, "small_64");
    const struct mn_parameters *p = model->parameters;
    for (size_t a = 0; a < 9; a++)
        for (size_t i = 0; i < 3; i++)
            for (size_t o = 0; o < 8; o++) {
                assert_true(p[0].weight[(o * 3 + i) * 9 + a] ==
                            value("conv1", (a * 3 + i) * 8 + o));
                assert_true(p[1].weight[o * 9 + a] == value("conv_dw_1", a * 8 + o));
                assert_true(p[24].weight[(o * 8) + i] == value("conv_pw_12", i * 10 + o));
            }
    assert_true(p[26].mean[9] == value("conv_pw_13_bn", 9));
    assert_true(p[28].weight[2 * 10 + 7] == value("conv_preds", 7 * 3 + 2));
    assert_true(p[28].bias[2] == value("conv_preds", 2));
    mn_model_free(model);
    free(data);
}

static void test_refuses_files(void **state)
{
    (void)state;
    static const struct {
        enum oddity oddity;
        const char *message;
    } cases[] = {
        {NO_TOP, "there is no conv_preds/kernel: weights without the classifier"},
        {EXTRA_LAYER, "layer dense with weights"},
        {WRONG_SHAPE, "conv_dw_5/depthwise_kernel has shape [3, 3, 9, 1], but [3, 3, 8, 1]"},
        {INTEGERS, "conv_dw_3/depthwise_kernel is not a plain array of floats"},
        {EXTERNAL, "conv_dw_3/depthwise_kernel is not a plain array of floats"},
        {OUTER_LINK, "there is no conv_preds/kernel"},
        {MISSING, "there is no conv_pw_7_bn/gamma"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        size_t size;
        uint8_t *data = write_file(cases[i].oddity, &size);
        struct mn_model *model;
        struct mn_error error;
        if (decode(&model, data, size, &error) != MN_BAD_INPUT ||
            !strstr(error.message, cases[i].message))
            fail_msg("expected \"%s\", got \"%s\"", cases[i].message, error.message);
        free(data);
    }
}

/* The numbers were read from the file with h5py. */
static void test_reads_real_file(void **state)
{
    (void)state;
    const char *path = test_data("weights/mobilenet_v1_0.25_128_keras.h5");
    struct mn_model *model;
    struct mn_error error;
    assert_int_equal(mn_model_load(&model, path, NULL, &error), MN_OK);
    const struct mn_network_spec *spec = &model->network.spec;
    assert_true(spec->width == 0.25 && spec->resolution == 128 && spec->classes == 1000);
    assert_true(spec->activation == MN_RELU6 && spec->padding == MN_PAD_SAME);
    assert_true(model->norm_epsilon == 1e-3 && !model->background);
    const struct mn_parameters *p = model->parameters;
    assert_true(p[0].weight[((5 * 3 + 2) * 3 + 1) * 3 + 0] == 0.08967798203229904f);
    assert_true(p[1].weight[3 * 9 + 2 * 3 + 1] == 0.3013102412223816f);
    assert_true(p[26].weight[200 * 256 + 100] == 0.11674763262271881f);
    assert_true(p[21].variance[7] == 3.27376389503479f);
    assert_true(p[28].weight[999 * 256 + 3] == 0.17201171815395355f);
    assert_true(p[28].bias[999] == 0.9727349281311035f);
    mn_model_free(model);
}

/* Damage: a model or one line, whatever the library does. */
static void test_damage(void **state)
{
    (void)state;
    size_t size;
    uint8_t *data = write_file(ORDINARY, &size);
    struct mn_model *model;
    struct mn_error error;
    assert_true(size > 4096);
    for (size_t cut = 0; cut < size; cut += 1 + size / 37)
        assert_int_equal(decode(&model, data, cut, &error), MN_BAD_INPUT);
    uint64_t random = 9;
    for (int i = 0; size > 0 && i < 150; i++) {
        size_t at = test_random(&random) % (i % 2 ? 4096 : size);
        uint8_t old = data[at];
        data[at] ^= (uint8_t)(1U << test_random(&random) % 8);
        if (decode(&model, data, size, &error) == MN_OK)
            mn_model_free(model);
        else
            assert_int_equal(error.status, MN_BAD_INPUT);
        data[at] = old;
    }
    free(data);
}

#else

static void test_says_what_is_missing(void **state)
{
    (void)state;
    struct mn_model *model;
    struct mn_error error;
    assert_int_equal(decode(&model, "\x89HDF\r\n\x1a\n", 8, &error), MN_BAD_INPUT);
    assert_non_null(strstr(error.message, "this build has no libhdf5"));
}

#endif

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_resolution_in_name), cmocka_unit_test(test_config),
        cmocka_unit_test(test_refuses_config),     cmocka_unit_test(test_isolation),
#ifdef MN_HAVE_HDF5
        cmocka_unit_test(test_reads_written_file), cmocka_unit_test(test_refuses_files),
        cmocka_unit_test(test_reads_real_file),    cmocka_unit_test(test_damage),
#else
        cmocka_unit_test(test_says_what_is_missing),
#endif
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
