/* Frame numbers from a driver's counter. */
#include "../support.h"

#include "../../app/source/sequence.h"

static void check(const uint32_t *counters, const uint64_t *numbers, int count)
{
    struct sequence sequence = {0};
    for (int i = 0; i < count; i++)
        assert_int_equal(sequence_next(&sequence, counters[i]), numbers[i]);
}

static void test_gaps_are_kept(void **state)
{
    (void)state;
    check((const uint32_t[]){7, 8, 11, 12}, (const uint64_t[]){0, 1, 4, 5}, 4);
}

static void test_wraps(void **state)
{
    (void)state;
    check((const uint32_t[]){0xfffffffe, 0xffffffff, 0, 2}, (const uint64_t[]){0, 1, 2, 4}, 4);
}

static void test_always_forward(void **state)
{
    (void)state;
    /* a driver that does not count; one that starts anew */
    check((const uint32_t[]){0, 0, 0}, (const uint64_t[]){0, 1, 2}, 3);
    check((const uint32_t[]){50, 51, 0, 1}, (const uint64_t[]){0, 1, 2, 3}, 4);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_gaps_are_kept),
        cmocka_unit_test(test_wraps),
        cmocka_unit_test(test_always_forward),
    };
    return cmocka_run_group_tests_name("sequence", tests, NULL, NULL);
}
