/* A model's known answer: what it was made from verifies, and whatever was changed since does not.
 */
#include "../../engine/golden.h"

#include <math.h>
#include <string.h>

#include "../../engine/model/half.h"
#include "../../engine/model/native.h"
#include "../../engine/model/state_dict.h"
#include "../support.h"

static const struct mn_engine_options any = {0};

/* A small network with random weights and its known answer. */
static struct mn_model *make_model(void)
{
    const struct mn_network_spec spec = {
        .width = 0.01, .resolution = 32, .classes = 3, .channel_divisor = 1};
    struct mn_network network;
    struct mn_error error;
    struct mn_named_tensor tensors[MN_MAX_TENSORS];
    uint64_t random = 7;
    assert_int_equal(mn_network_build(&network, &spec, &error), MN_OK);
    struct mn_model *model = mn_model_new(&network, false);
    assert_non_null(model);
    int count = mn_model_tensors(model, tensors);
    for (int t = 0; t < count; t++)
        for (size_t i = 0; i < tensors[t].count; i++)
            tensors[t].values[i] = test_uniform(&random);
    assert_int_equal(mn_golden_make(model, &error), MN_OK);
    return model;
}

static void assert_verifies(const struct mn_model *model)
{
    struct mn_error error;
    double worst = -1;
    assert_int_equal(mn_golden_verify(model, &any, &worst, &error), MN_OK);
    assert_true(worst >= 0 && worst <= 1e-4);
}

static void refuse(const struct mn_model *model, const char *message)
{
    struct mn_error error = {0};
    double worst;
    assert_int_equal(mn_golden_verify(model, &any, &worst, &error), MN_BAD_INPUT);
    if (!strstr(error.message, message))
        fail_msg("expected \"%s\", got \"%s\"", message, error.message);
}

static void test_changes_are_noticed(void **state)
{
    (void)state;
    struct mn_model *model = make_model();
    assert_verifies(model);
    int linear = model->network.layer_count - 1;
    float *changed[] = {&model->parameters[0].weight[4], &model->parameters[linear].bias[1],
                        &model->known_answer.logits[2]};
    static const float damage[] = {INFINITY, -INFINITY, NAN, 1e9F};
    for (size_t i = 0; i < sizeof changed / sizeof *changed; i++)
        for (size_t k = 0; k < sizeof damage / sizeof *damage; k++) {
            float kept = *changed[i];
            *changed[i] = damage[k];
            refuse(model, "its logits are off");
            *changed[i] = kept;
        }
    model->preprocessing.mean[1] += 0.01F;
    refuse(model, "mean, std or resolution");
    mn_model_free(model);
}

static void test_no_answer(void **state)
{
    (void)state;
    struct mn_model *model = make_model();
    struct mn_error error;
    float *bias = model->parameters[model->network.layer_count - 1].bias;
    float kept = bias[0];
    bias[0] = NAN;
    assert_int_equal(mn_golden_make(model, &error), MN_BAD_INPUT);
    bias[0] = kept;
    assert_verifies(model); /* by the answer it had */
    free(model->known_answer.logits);
    model->known_answer.logits = NULL;
    refuse(model, "no known answer");
    mn_model_free(model);
}

/* Through a file: the answer stays exactly what it was, and is refused where it is none. */
static void test_file(void **state)
{
    (void)state;
    static const char *const damaged[] = {
        "1",
        "{\"input_checksum\":1,\"logits\":[1,2]}",
        "{\"input_checksum\":\"1\",\"logits\":[1,2,3]}",
        "{\"input_checksum\":1,\"logits\":[1,null,3]}",
        "{\"input_checksum\":1,\"logits\":[1,2,1e39]}",
    };
    struct mn_model *model = make_model(), *again;
    struct mn_error error;
    char *data;
    size_t size;
    FILE *stream = open_memstream(&data, &size);
    assert_int_equal(mn_native_write(model, stream, &error), MN_OK);
    fclose(stream);
    struct mn_safetensors file;
    assert_int_equal(
        mn_safetensors_open(&file, mn_source_memory((const uint8_t *)data, size), &error), MN_OK);
    assert_int_equal(mn_native_read(&again, &file, &error), MN_OK);
    assert_memory_equal(again->known_answer.logits, model->known_answer.logits, 3 * sizeof(float));
    assert_verifies(again);
    mn_model_free(again);
    for (size_t i = 0; i < sizeof damaged / sizeof *damaged; i++) {
        json_object_set_new(json_object_get(file.header, "__metadata__"), "golden",
                            json_string(damaged[i]));
        assert_int_equal(mn_native_read(&again, &file, &error), MN_BAD_INPUT);
        assert_non_null(strstr(error.message, "\"golden\""));
    }
    mn_safetensors_close(&file);
    free(data);
    mn_model_free(model);
}

/* Rounded weights are another model: its answer is made after it. */
static void test_half(void **state)
{
    (void)state;
    struct mn_model *model = make_model(), *again;
    struct mn_error error;
    char *data;
    size_t size;
    assert_int_equal(mn_model_to_half(model, &error), MN_OK);
    refuse(model, "its logits are off");
    assert_int_equal(mn_golden_make(model, &error), MN_OK);
    FILE *stream = open_memstream(&data, &size);
    assert_int_equal(mn_native_write(model, stream, &error), MN_OK);
    fclose(stream);
    assert_int_equal(mn_model_decode(&again, (const uint8_t *)data, size, "half", &error), MN_OK);
    assert_verifies(again);
    mn_model_free(again);
    mn_model_free(model);
    free(data);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_changes_are_noticed),
        cmocka_unit_test(test_no_answer),
        cmocka_unit_test(test_file),
        cmocka_unit_test(test_half),
    };
    return cmocka_run_group_tests_name("golden", tests, NULL, NULL);
}
