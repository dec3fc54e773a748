/* Models that leave their weights in the file: the same numbers as from memory, whatever happens to
 * the file's name, and no crash whatever happens to the file. */
#include <dirent.h>
#include <math.h>
#include <string.h>

#include "../../engine/mobilenet.h"
#include "../../engine/model/file.h"
#include "../../engine/model/half.h"
#include "../../engine/model/metadata.h"
#include "../../engine/model/model_file.h"
#include "../../engine/model/state_dict.h"
#include "../support.h"

static const char *const dtypes[] = {"F32", "F16", "BF16"};

/* A small network; some layers are larger than what is read at once. */
static struct mn_model *make_model(bool normed)
{
    const struct mn_network_spec spec = {
        .width = 0.1, .resolution = 32, .classes = 300, .channel_divisor = 1};
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
            tensors[t].values[i] = 1.5F + test_uniform(&random);
    return model;
}

/* A value from 1 up, or what is left of it in 16 bits. */
static void write_value(FILE *stream, float value, const char *dtype)
{
    uint32_t bits;
    memcpy(&bits, &value, sizeof bits);
    uint16_t half = (uint16_t)(bits >> 16);
    if (!strcmp(dtype, "F16"))
        half = (uint16_t)(0x3c00 | (bits >> 13 & 0x3ff));
    if (!strcmp(dtype, "F32"))
        fwrite(&bits, sizeof bits, 1, stream);
    else
        fwrite(&half, sizeof half, 1, stream);
}

static void write_model(const struct mn_model *model, const char *dtype, const char *path)
{
    struct mn_named_tensor tensors[MN_MAX_TENSORS];
    int count = mn_model_tensors(model, tensors);
    json_t *header = json_pack("{s:o}", "__metadata__", mn_metadata_new(model));
    size_t offset = 0;
    for (int t = 0; t < count; t++) {
        size_t end = offset + tensors[t].count * (strcmp(dtype, "F32") != 0 ? 2 : 4);
        json_t *shape = json_array();
        for (int i = 0; i < tensors[t].shape.rank; i++)
            json_array_append_new(shape, json_integer(tensors[t].shape.size[i]));
        json_object_set_new(header, tensors[t].name,
                            json_pack("{s:s, s:o, s:[I,I]}", "dtype", dtype, "shape", shape,
                                      "data_offsets", (json_int_t)offset, (json_int_t)end));
        offset = end;
    }
    char *text = json_dumps(header, JSON_COMPACT);
    uint64_t length = strlen(text);
    FILE *stream = fopen(path, "wb");
    assert_non_null(stream);
    fwrite(&length, sizeof length, 1, stream);
    fwrite(text, 1, length, stream);
    for (int t = 0; t < count; t++)
        for (size_t i = 0; i < tensors[t].count; i++)
            write_value(stream, tensors[t].values[i], dtype);
    assert_int_equal(fclose(stream), 0);
    free(text);
    json_decref(header);
}

static struct mn_model *load(const char *path)
{
    struct mn_model *model;
    struct mn_error error;
    if (mn_model_load(&model, path, NULL, &error))
        fail_msg("%s", error.message);
    return model;
}

/* The file's bytes, the caller's to free. */
static uint8_t *read_bytes(const char *path, size_t *size)
{
    uint8_t *bytes;
    struct mn_error error;
    assert_int_equal(mn_file_read(path, 1 << 24, &bytes, size, &error), MN_OK);
    return bytes;
}

static struct mn_model *load_in_memory(const char *path)
{
    struct mn_model *model;
    struct mn_error error;
    size_t size;
    uint8_t *bytes = read_bytes(path, &size);
    assert_int_equal(mn_model_decode(&model, bytes, size, path, &error), MN_OK);
    free(bytes);
    return model;
}

/* A folded layer: weights, then biases; the caller frees. */
static float *fold(const struct mn_model *model, int layer, size_t *count, bool *done)
{
    size_t weights = (size_t)mn_layer_weight_count(&model->network.layers[layer]);
    *count = weights + (size_t)model->network.layers[layer].out_channels;
    float *folded = malloc(*count * sizeof *folded);
    assert_non_null(folded);
    for (size_t i = 0; i < *count; i++)
        folded[i] = NAN;
    *done = mn_model_fold(model, layer, 0, model->network.layers[layer].out_channels, folded,
                          folded + weights);
    return folded;
}

static void assert_folds_alike(const struct mn_model *a, const struct mn_model *b)
{
    for (int l = 0; l < a->network.layer_count; l++) {
        size_t count;
        bool a_done, b_done;
        float *of_a = fold(a, l, &count, &a_done), *of_b = fold(b, l, &count, &b_done);
        assert_true(a_done && b_done);
        assert_memory_equal(of_a, of_b, count * sizeof *of_a);
        free(of_a);
        free(of_b);
    }
}

static int open_files(void)
{
    DIR *folder = opendir("/proc/self/fd");
    int count = 0;
    assert_non_null(folder);
    while (readdir(folder))
        count++;
    closedir(folder);
    return count;
}

static void make_path(char path[64])
{
    snprintf(path, 64, "/tmp/camlabel-test-XXXXXX");
    close(mkstemp(path));
}

static void test_same_as_from_memory(void **state)
{
    (void)state;
    char path[64];
    int open_before = open_files();
    make_path(path);
    for (size_t i = 0; i < 2 * sizeof dtypes / sizeof *dtypes; i++) {
        struct mn_model *model = make_model(i % 2);
        write_model(model, dtypes[i / 2], path);
        mn_model_free(model);
        struct mn_model *in_memory = load_in_memory(path), *stored = load(path);
        assert_null(stored->parameters[0].weight);
        assert_non_null(in_memory->parameters[0].weight);
        unlink(path); /* the model goes on */
        assert_folds_alike(stored, in_memory);
        assert_folds_alike(stored, in_memory);
        mn_model_free(stored);
        mn_model_free(in_memory);
    }
    assert_int_equal(open_files(), open_before);
}

/* Rounded once, after a product in double. */
static void test_rounding(void **state)
{
    (void)state;
    struct mn_model *model = make_model(true);
    size_t count;
    bool done;
    const struct mn_parameters *p = &model->parameters[4];
    size_t weights = (size_t)mn_layer_weight_count(&model->network.layers[4]);
    size_t each = weights / (size_t)model->network.layers[4].out_channels;
    float *folded = fold(model, 4, &count, &done);
    for (size_t c = 0; c < count - weights; c++) {
        double scale = (double)p->gamma[c] / sqrt((double)p->variance[c] + 1e-3);
        for (size_t i = c * each; i < (c + 1) * each; i++)
            assert_true(folded[i] == (float)((double)p->weight[i] * scale));
        assert_true(folded[weights + c] ==
                    (float)((double)p->beta[c] - (double)p->mean[c] * scale));
    }
    free(folded);
    mn_model_free(model);
}

/* Also over the file that the weights still come from. */
static void test_save(void **state)
{
    (void)state;
    char path[64];
    struct mn_error error;
    size_t before_size, after_size;
    make_path(path);
    struct mn_model *model = make_model(true);
    free(model->name);
    model->name = strdup("kept");
    assert_int_equal(mn_model_save(model, path, &error), MN_OK);
    mn_model_free(model);
    uint8_t *before = read_bytes(path, &before_size);
    model = load(path);
    assert_int_equal(mn_model_save(model, path, &error), MN_OK);
    mn_model_free(model);
    uint8_t *after = read_bytes(path, &after_size);
    assert_int_equal(after_size, before_size);
    assert_memory_equal(after, before, before_size);
    free(before);
    free(after);
    unlink(path);
}

/* Weights become halves and stay so from file to file; all else keeps every bit. */
static void assert_rounded(const struct mn_model *rounded, const struct mn_model *exact)
{
    struct mn_named_tensor before[MN_MAX_TENSORS], after[MN_MAX_TENSORS];
    int count = mn_model_tensors(exact, before);
    mn_model_tensors(rounded, after);
    for (int t = 0; t < count; t++)
        for (size_t i = 0; i < before[t].count; i++) {
            float value = before[t].values[i], kept = after[t].values[i];
            float allowed = before[t].stored ? ldexpf(fabsf(value), -11) : 0;
            assert_true(fabsf(value - kept) <= allowed);
        }
}

static void assert_saves_the_same(const struct mn_model *model, const char *path)
{
    struct mn_error error;
    size_t before_size, after_size;
    uint8_t *before = read_bytes(path, &before_size);
    assert_int_equal(mn_model_save(model, path, &error), MN_OK);
    uint8_t *after = read_bytes(path, &after_size);
    assert_int_equal(after_size, before_size);
    assert_memory_equal(after, before, before_size);
    free(before);
    free(after);
}

static void test_half(void **state)
{
    (void)state;
    char path[64];
    struct mn_error error;
    make_path(path);
    for (int from_file = 0; from_file < 2; from_file++) {
        struct mn_model *model = make_model(true), *exact = make_model(true); /* alike */
        free(model->name);
        model->name = strdup("kept");
        if (from_file) {
            assert_int_equal(mn_model_save(model, path, &error), MN_OK);
            mn_model_free(model);
            model = load(path);
        }
        assert_false(model->half);
        assert_int_equal(mn_model_to_half(model, &error), MN_OK);
        assert_rounded(model, exact);
        assert_int_equal(mn_model_save(model, path, &error), MN_OK);
        struct mn_model *stored = load(path);
        assert_true(stored->half);
        assert_folds_alike(stored, model);
        assert_saves_the_same(stored, path);
        mn_model_free(stored);
        mn_model_free(exact);
        mn_model_free(model);
    }
    unlink(path);
}

/* All numbers that are in 16 bits come last, so that none in 32 lies at an odd place. */
static void test_half_is_aligned(void **state)
{
    (void)state;
    char path[64];
    struct mn_error error;
    struct mn_model *model = make_model(true);
    size_t size;
    make_path(path);
    assert_int_equal(mn_model_to_half(model, &error), MN_OK);
    assert_int_equal(mn_model_save(model, path, &error), MN_OK);
    uint8_t *bytes = read_bytes(path, &size);
    struct mn_safetensors file;
    assert_int_equal(mn_safetensors_open(&file, mn_source_memory(bytes, size), &error), MN_OK);
    int halves = 0;
    for (size_t t = 0; t < file.tensor_count; t++) {
        size_t width = strcmp(file.tensors[t].dtype, "F16") != 0 ? 4 : 2;
        assert_int_equal(file.tensors[t].offset % width, 0);
        halves += width == 2;
    }
    assert_int_equal(halves, 28);
    mn_safetensors_close(&file);
    free(bytes);
    unlink(path);
    mn_model_free(model);
}

static void test_half_refuses(void **state)
{
    (void)state;
    char path[64];
    struct mn_error error;
    struct mn_model *model = make_model(true);
    struct mn_parameters *p = &model->parameters[4];
    float before = p->weight[5];
    make_path(path);
    unlink(path);
    p->gamma[0] = 1e6F; /* is not rounded */
    assert_int_equal(mn_model_to_half(model, &error), MN_OK);
    mn_model_free(model);

    model = make_model(true);
    p = &model->parameters[4];
    p->weight[7] = 70000;
    assert_int_equal(mn_model_to_half(model, &error), MN_BAD_INPUT);
    assert_non_null(strstr(error.message, "blocks.1.0.conv_pw.weight"));
    assert_true(!model->half && p->weight[5] == before && p->weight[7] == 70000);
    model->half = true;
    assert_int_equal(mn_model_save(model, path, &error), MN_BAD_INPUT);
    assert_non_null(strstr(error.message, "blocks.1.0.conv_pw.weight"));
    assert_int_not_equal(access(path, F_OK), 0);
    mn_model_free(model);
}

/* A file that is cut while a model has its weights there: no signal, zeros, and no half file. */
static void test_cut_file(void **state)
{
    (void)state;
    char path[64], copy[80];
    struct mn_error error;
    make_path(path);
    snprintf(copy, sizeof copy, "%s.copy", path);
    for (size_t i = 0; i < sizeof dtypes / sizeof *dtypes; i++) {
        struct mn_model *model = make_model(true);
        int linear = model->network.layer_count - 1;
        write_model(model, dtypes[i], path);
        mn_model_free(model);
        model = load(path);
        size_t size, count;
        bool done;
        free(read_bytes(path, &size));
        assert_int_equal(truncate(path, (off_t)size - 5000), 0);
        free(fold(model, 0, &count, &done));
        assert_true(done);
        float *folded = fold(model, linear, &count, &done);
        assert_false(done);
        for (size_t v = 0; v < count; v++)
            assert_true(folded[v] == 0);
        free(folded);
        struct mn_engine *engine;
        struct mn_engine_options options = {.threads = 2};
        assert_int_equal(mn_engine_new(&engine, model, &options, &error), MN_FAILED);
        assert_non_null(strstr(error.message, "became shorter"));
        assert_int_equal(mn_model_save(model, copy, &error), MN_FAILED);
        assert_non_null(strstr(error.message, "became shorter"));
        assert_int_equal(access(copy, F_OK), -1);
        mn_model_free(model);
    }
    unlink(path);
}

/* Every weight is looked at when the file is loaded, though it is not kept. */
static void test_refuses(void **state)
{
    (void)state;
    char path[64];
    struct mn_error error;
    struct mn_model *model = make_model(true), *damaged;
    int open_before = open_files();
    make_path(path);
    int pointwise = 24;
    int64_t last = mn_layer_weight_count(&model->network.layers[pointwise]) - 1;
    static const float values[] = {NAN, INFINITY, -INFINITY};
    for (size_t i = 0; i < sizeof values / sizeof *values; i++) {
        model->parameters[pointwise].weight[last] = values[i];
        assert_int_equal(mn_model_save(model, path, &error), MN_OK);
        assert_int_equal(mn_model_load(&damaged, path, NULL, &error), MN_BAD_INPUT);
        assert_non_null(strstr(error.message, path));
        assert_non_null(strstr(error.message, "conv_pw.weight has a value that is not a number"));
    }
    assert_int_equal(truncate(path, 100000), 0);
    assert_int_equal(mn_model_load(&damaged, path, NULL, &error), MN_BAD_INPUT);
    assert_non_null(strstr(error.message, "damaged or incomplete"));
    assert_int_equal(open_files(), open_before);
    mn_model_free(model);
    unlink(path);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_same_as_from_memory),
        cmocka_unit_test(test_rounding),
        cmocka_unit_test(test_save),
        cmocka_unit_test(test_half),
        cmocka_unit_test(test_half_is_aligned),
        cmocka_unit_test(test_half_refuses),
        cmocka_unit_test(test_cut_file),
        cmocka_unit_test(test_refuses),
    };
    return cmocka_run_group_tests_name("stored model", tests, NULL, NULL);
}
