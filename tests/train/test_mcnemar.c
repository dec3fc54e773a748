/* McNemar's exact test against numbers that can be counted by hand. */
#include <math.h>

#include "../../engine/train/mcnemar.h"
#include "../support.h"

static void assert_near(double got, double wanted)
{
    if (!(fabs(got - wanted) <= 1e-10 * wanted))
        fail_msg("%.15g is not %.15g", got, wanted);
}

static void small_counts_are_those_of_tossed_coins(void **state)
{
    (void)state;
    assert_near(mn_mcnemar(0, 0), 1);
    assert_near(mn_mcnemar(1, 0), 1);
    assert_near(mn_mcnemar(5, 5), 1);
    assert_near(mn_mcnemar(5, 0), 2.0 / 32);
    assert_near(mn_mcnemar(0, 6), 2.0 / 64);
    assert_near(mn_mcnemar(1, 9), 2.0 * (1 + 10) / 1024);
    assert_near(mn_mcnemar(9, 1), 2.0 * (1 + 10) / 1024);
    assert_near(mn_mcnemar(2, 8), 2.0 * (1 + 10 + 45) / 1024);
}

static void large_counts_neither_vanish_nor_overflow(void **state)
{
    (void)state;
    double many = mn_mcnemar(5000, 5400); /* z = 399 / sqrt(10400): p about 9.2e-5 */
    assert_true(many > 8.5e-5 && many < 1e-4);
    assert_true(mn_mcnemar(1000000, 1000000) == 1);
    double tiny = mn_mcnemar(0, 1000); /* 2 / 2^1000 */
    assert_true(fabs(log2(tiny) + 999) < 1e-9);
    assert_true(mn_mcnemar(0, 100000) == 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(small_counts_are_those_of_tossed_coins),
        cmocka_unit_test(large_counts_neither_vanish_nor_overflow),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
