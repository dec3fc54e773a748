/* The safetensors container: every number in a header is checked against the file. */
#include "../../engine/model/safetensors.h"

#include <math.h>
#include <string.h>

#include "../support.h"

struct bytes {
    uint8_t *data; /* exactly as long as the file, so that ASan sees one byte too many */
    size_t size;
};

static struct bytes build(const char *header, const void *tensors, size_t tensor_bytes)
{
    size_t length = 0;
    while (header[length])
        length++;
    struct bytes file = {malloc(8 + length + tensor_bytes), 8 + length + tensor_bytes};
    assert_non_null(file.data);
    for (int i = 0; i < 8; i++)
        file.data[i] = (uint8_t)((uint64_t)length >> (8 * i));
    memcpy(file.data + 8, header, length);
    if (tensor_bytes)
        memcpy(file.data + 8 + length, tensors, tensor_bytes);
    return file;
}

static enum mn_status read_floats(const struct mn_safetensors *file,
                                  const struct mn_safetensor *tensor, float *values,
                                  struct mn_error *error)
{
    struct mn_numbers numbers;
    if (mn_safetensors_numbers(file, tensor, &numbers, error))
        return error->status;
    return mn_numbers_read(&numbers, 0, tensor->count, values, error);
}

static void test_reads_three_types(void **state)
{
    (void)state;
    static const float data[2] = {1.5f, -2.25f};
    static const uint8_t rest[] = {0x00, 0x3c, 0x01, 0x00, 0x00, 0xfc, 0x80, 0x3f};
    uint8_t tensors[16];
    memcpy(tensors, data, 8);
    memcpy(tensors + 8, rest, 8);
    struct bytes bytes =
        build("{\"__metadata__\":{\"key\":\"value\"},"
              "\"f32\":{\"dtype\":\"F32\",\"shape\":[1,2],\"data_offsets\":[0,8]},"
              "\"f16\":{\"dtype\":\"F16\",\"shape\":[3],\"data_offsets\":[8,14]},"
              "\"bf16\":{\"dtype\":\"BF16\",\"shape\":[],\"data_offsets\":[14,16]}}  ",
              tensors, sizeof tensors);
    struct mn_safetensors file;
    struct mn_error error;
    float values[3] = {0};
    assert_int_equal(mn_safetensors_open(&file, mn_source_memory(bytes.data, bytes.size), &error),
                     MN_OK);
    assert_int_equal(file.tensor_count, 3);
    assert_string_equal(json_string_value(json_object_get(file.metadata, "key")), "value");
    assert_null(mn_safetensors_find(&file, "f64"));

    const struct mn_safetensor *tensor = mn_safetensors_find(&file, "f32");
    assert_int_equal(tensor->count, 2);
    assert_int_equal(tensor->shape.rank, 2);
    assert_int_equal(read_floats(&file, tensor, values, &error), MN_OK);
    assert_memory_equal(values, data, sizeof data);

    tensor = mn_safetensors_find(&file, "f16");
    assert_int_equal(read_floats(&file, tensor, values, &error), MN_OK);
    assert_true(values[0] == 1.0f && values[1] == 0x1p-24f && values[2] == -INFINITY);

    tensor = mn_safetensors_find(&file, "bf16");
    assert_int_equal(tensor->count, 1);
    assert_int_equal(read_floats(&file, tensor, values, &error), MN_OK);
    assert_true(values[0] == 1.0f);
    mn_safetensors_close(&file);
    mn_safetensors_close(&file);
    free(bytes.data);
}

static void test_refuses(void **state)
{
    (void)state;
    static const struct {
        const char *header, *message;
    } cases[] = {
        {"", "not valid JSON"},
        {"[1]", "not a JSON object"},
        {"{\"a\":", "not valid JSON"},
        {"{} x", "not valid JSON"},
        {"{\"__metadata__\":[]}", "not an object"},
        {"{\"__metadata__\":{\"a\":1}}", "__metadata__ a is not a string"},
        {"{\"__metadata__\":{},\"__metadata__\":{}}", "duplicate"},
        {"{\"a\":1}", "tensor a has an unknown dtype"},
        {"{\"a\":{\"dtype\":\"F31\",\"shape\":[2],\"data_offsets\":[0,8]}}", "unknown dtype"},
        {"{\"a\":{\"dtype\":\"F32\",\"shape\":2,\"data_offsets\":[0,8]}}", "no valid shape"},
        {"{\"a\":{\"dtype\":\"F32\",\"shape\":[-2],\"data_offsets\":[0,8]}}", "no valid shape"},
        {"{\"a\":{\"dtype\":\"F32\",\"shape\":[2.0],\"data_offsets\":[0,8]}}", "no valid shape"},
        {"{\"a\":{\"dtype\":\"F32\",\"shape\":[1,1,1,1,1,1,1,1,2],\"data_offsets\":[0,8]}}",
         "no valid shape"},
        {"{\"a\":{\"dtype\":\"F32\",\"shape\":[3],\"data_offsets\":[0,8]}}", "is not its shape"},
        {"{\"a\":{\"dtype\":\"F32\",\"shape\":[4611686018427387906],\"data_offsets\":[0,8]}}",
         "is not its shape"}, /* times 4 it is 8 in 64 bits */
        {"{\"a\":{\"dtype\":\"U8\",\"shape\":[4294967296,4294967296,8],\"data_offsets\":[0,8]}}",
         "is not its shape"},
        {"{\"a\":{\"dtype\":\"F32\",\"shape\":[4],\"data_offsets\":[0,16]}}", "outside the file"},
        {"{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[8,0]}}", "outside the file"},
        {"{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[-8,0]}}", "outside the file"},
        {"{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8,8]}}", "outside the file"},
        {"{\"a\":{\"dtype\":\"F32\",\"shape\":[2]}}", "outside the file"},
        {"{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]},"
         "\"b\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[4,8]}}",
         "tensor b overlaps"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct bytes bytes = build(cases[i].header, "12345678", 8);
        struct mn_safetensors file;
        struct mn_error error;
        if (mn_safetensors_open(&file, mn_source_memory(bytes.data, bytes.size), &error) !=
                MN_BAD_INPUT ||
            !strstr(error.message, cases[i].message))
            fail_msg("%s: \"%s\"", cases[i].header, error.message);
        free(bytes.data);
    }
}

static void test_refuses_other_numbers(void **state)
{
    (void)state;
    struct bytes bytes =
        build("{\"a\":{\"dtype\":\"F64\",\"shape\":[1],\"data_offsets\":[0,8]}}", "12345678", 8);
    struct mn_safetensors file;
    struct mn_error error;
    float value;
    assert_int_equal(mn_safetensors_open(&file, mn_source_memory(bytes.data, bytes.size), &error),
                     MN_OK);
    assert_int_equal(read_floats(&file, &file.tensors[0], &value, &error), MN_BAD_INPUT);
    assert_non_null(strstr(error.message, "tensor a is F64"));
    mn_safetensors_close(&file);
    free(bytes.data);
}

/* The length field may claim anything. */
static void test_refuses_lengths(void **state)
{
    (void)state;
    static const uint64_t lengths[] = {
        3, 100, 1u << 31, UINT64_MAX, UINT64_MAX - 7, (uint64_t)1 << 63};
    for (size_t i = 0; i < sizeof lengths / sizeof *lengths; i++) {
        struct bytes bytes = build("{}", NULL, 0);
        struct mn_safetensors file;
        struct mn_error error;
        for (int b = 0; b < 8; b++)
            bytes.data[b] = (uint8_t)(lengths[i] >> (8 * b));
        assert_int_equal(
            mn_safetensors_open(&file, mn_source_memory(bytes.data, bytes.size), &error),
            MN_BAD_INPUT);
        assert_non_null(strstr(error.message, "cut off"));
        assert_false(mn_safetensors_sniff(bytes.data, bytes.size, bytes.size));
        free(bytes.data);
    }
}

static void test_writes_what_it_reads(void **state)
{
    (void)state;
    float a[6] = {1, 2, 3, 4, 5, 6}, b[1] = {-0.5f};
    const struct mn_named_tensor tensors[] = {{"a", {2, {2, 3}}, 6, a}, {"b.c", {1, {1}}, 1, b}};
    json_t *metadata = json_pack("{s:s}", "who", "w\u00e9");
    char *text;
    size_t size;
    struct mn_error error;
    FILE *stream = open_memstream(&text, &size);
    assert_int_equal(mn_safetensors_write(stream, metadata, tensors, 2, &error), MN_OK);
    fclose(stream);
    json_decref(metadata);

    assert_int_equal((size - 7 * sizeof(float)) % 8, 0); /* the first tensor is aligned */
    struct mn_safetensors file;
    float values[6];
    assert_true(mn_safetensors_sniff((const uint8_t *)text, size, size));
    assert_int_equal(
        mn_safetensors_open(&file, mn_source_memory((const uint8_t *)text, size), &error), MN_OK);
    assert_string_equal(json_string_value(json_object_get(file.metadata, "who")), "w\u00e9");
    assert_int_equal(file.tensor_count, 2);
    assert_true(mn_shape_equal(&mn_safetensors_find(&file, "a")->shape, &tensors[0].shape));
    assert_int_equal(read_floats(&file, mn_safetensors_find(&file, "a"), values, &error), MN_OK);
    assert_memory_equal(values, a, sizeof a);
    assert_int_equal(read_floats(&file, mn_safetensors_find(&file, "b.c"), values, &error), MN_OK);
    assert_memory_equal(values, b, sizeof b);
    mn_safetensors_close(&file);
    free(text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_reads_three_types),     cmocka_unit_test(test_refuses),
        cmocka_unit_test(test_refuses_other_numbers), cmocka_unit_test(test_refuses_lengths),
        cmocka_unit_test(test_writes_what_it_reads),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
