/* Numbers of model files: exact, from memory at any address and from a file, of which never more is
 * believed than is there. */
#include "../../engine/model/numbers.h"

#include <fcntl.h>
#include <math.h>
#include <string.h>

#include "../support.h"

static float widened(uint16_t bits, enum mn_number_type type)
{
    const uint8_t bytes[3] = {0xff, (uint8_t)bits, (uint8_t)(bits >> 8)};
    const struct mn_numbers numbers = {mn_source_memory(bytes, sizeof bytes), 1, type};
    struct mn_error error;
    float value;
    assert_int_equal(mn_numbers_read(&numbers, 0, 1, &value, &error), MN_OK);
    return value;
}

/* IEEE 754-2019, table 3.5: largest, smallest normal, largest subnormal, one third */
static void test_known_numbers(void **state)
{
    (void)state;
    assert_true(widened(0x7bff, MN_FLOAT16) == 65504.0F);
    assert_true(widened(0x0400, MN_FLOAT16) == 0x1p-14F);
    assert_true(widened(0x03ff, MN_FLOAT16) == 1023 * 0x1p-24F);
    assert_true(widened(0x3555, MN_FLOAT16) == 0.333251953125F);
    assert_true(widened(0xc049, MN_BFLOAT16) == -3.140625F);
}

/* sign * 2^(exponent - 25) * (1024 + fraction), for every one there is */
static void test_every_half(void **state)
{
    (void)state;
    for (unsigned bits = 0; bits <= UINT16_MAX; bits++) {
        int exponent = (int)(bits >> 10 & 31), fraction = (int)(bits & 1023);
        double magnitude = exponent ? ldexp(1024 + fraction, exponent - 25) : ldexp(fraction, -24);
        float value = widened((uint16_t)bits, MN_FLOAT16);
        assert_true(!signbit(value) == !(bits >> 15));
        if (exponent < 31)
            assert_true(fabs((double)value) == magnitude);
        else
            assert_true(fraction ? isnan(value) : isinf(value));
    }
}

static uint16_t narrowed(float value, bool *fits)
{
    uint16_t half;
    *fits = mn_numbers_to_half(&value, 1, &half);
    return half;
}

/* Every half is its own nearest; half-way to the next one the even one is, and a float32 further
 * the nearer one. */
static void test_rounds_to_every_half(void **state)
{
    (void)state;
    bool fits;
    for (unsigned bits = 0; bits < 0x7c00; bits++) {
        float value = widened((uint16_t)bits, MN_FLOAT16);
        float next = bits == 0x7bff ? 65536.0F : widened((uint16_t)(bits + 1), MN_FLOAT16);
        float middle = (value + next) / 2, low = nextafterf(middle, 0);
        assert_int_equal(narrowed(value, &fits), bits);
        assert_true(fits);
        assert_int_equal(narrowed(-value, &fits), 0x8000 | bits);
        assert_int_equal(narrowed(low, &fits), bits);
        assert_true(fits);
        assert_int_equal(narrowed(-low, &fits), 0x8000 | bits);
        if (bits == 0x7bff)
            break;
        assert_int_equal(narrowed(middle, &fits), bits + (bits & 1));
        assert_int_equal(narrowed(nextafterf(middle, INFINITY), &fits), bits + 1);
        assert_true(fits);
    }
    assert_int_equal(narrowed(1e-44F, &fits), 0);
    assert_true(fits);
}

static void test_refuses_what_no_half_is(void **state)
{
    (void)state;
    static const float none[] = {65520.0F, -65520.0F, 1e30F, INFINITY, -INFINITY, NAN, -NAN};
    for (size_t i = 0; i < sizeof none / sizeof *none; i++) {
        const float values[] = {1, none[i], 1};
        uint16_t halves[3];
        assert_false(mn_numbers_to_half(values, 3, halves));
    }
}

/* An open file of these bytes that has no name any more. */
static struct mn_source make_file(const void *bytes, size_t size)
{
    char path[] = "/tmp/camlabel-test-XXXXXX";
    struct mn_source source = {.file = mkstemp(path), .size_bytes = size};
    assert_true(source.file >= 0);
    unlink(path);
    assert_int_equal(write(source.file, bytes, size), size);
    return source;
}

/* More than is read at once, and from the middle. */
static void test_pieces(void **state)
{
    (void)state;
    enum { COUNT = 20000, FIRST = 777, PIECE = 18001 };
    static uint16_t stored[COUNT];
    static float values[PIECE];
    struct mn_error error;
    for (int i = 0; i < COUNT; i++)
        stored[i] = (uint16_t)i;
    struct mn_source sources[] = {make_file(stored, sizeof stored),
                                  mn_source_memory((const uint8_t *)stored, sizeof stored)};
    for (int s = 0; s < 2; s++) {
        const struct mn_numbers numbers = {sources[s], 4, MN_BFLOAT16};
        assert_int_equal(mn_numbers_read(&numbers, FIRST, PIECE, values, &error), MN_OK);
        for (int i = 0; i < PIECE; i++)
            assert_true(values[i] == widened(stored[2 + FIRST + i], MN_BFLOAT16));
    }
    close(sources[0].file);
}

static void test_bounds(void **state)
{
    (void)state;
    static const float stored[4] = {1, 2, 3, 4};
    float values[4];
    struct mn_error error;
    struct mn_source sources[] = {make_file(stored, sizeof stored),
                                  mn_source_memory((const uint8_t *)stored, sizeof stored)};
    for (int s = 0; s < 2; s++) {
        assert_int_equal(mn_source_read(&sources[s], 16, values, 0, &error), MN_OK);
        assert_int_equal(mn_source_read(&sources[s], 0, values, 17, &error), MN_FAILED);
        assert_int_equal(mn_source_read(&sources[s], 17, values, 0, &error), MN_FAILED);
        assert_int_equal(mn_source_read(&sources[s], 8, values, SIZE_MAX, &error), MN_FAILED);
        assert_int_equal(mn_source_read(&sources[s], SIZE_MAX, values, 8, &error), MN_FAILED);
    }
    assert_int_equal(ftruncate(sources[0].file, 15), 0);
    assert_int_equal(mn_source_read(&sources[0], 0, values, 15, &error), MN_OK);
    assert_int_equal(mn_source_read(&sources[0], 0, values, 16, &error), MN_FAILED);
    assert_non_null(strstr(error.message, "became shorter"));
    close(sources[0].file);
    assert_int_equal(mn_source_read(&sources[0], 0, values, 16, &error), MN_FAILED);
    assert_non_null(strstr(error.message, "Bad file descriptor"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_known_numbers),
        cmocka_unit_test(test_every_half),
        cmocka_unit_test(test_rounds_to_every_half),
        cmocka_unit_test(test_refuses_what_no_half_is),
        cmocka_unit_test(test_pieces),
        cmocka_unit_test(test_bounds),
    };
    return cmocka_run_group_tests_name("numbers", tests, NULL, NULL);
}
