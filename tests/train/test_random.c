/* Chance: the same for the same use, different for another, and distributed as it is called. */
#include <math.h>
#include <string.h>

#include "../../engine/train/base/random.h"
#include "../../engine/train/pictures/noise.h"
#include "../support.h"

enum { DRAWS = 100000 };

static void each_use_has_its_own(void **state)
{
    (void)state;
    enum { SEEDS = 3, INDICES = 50 };
    uint64_t first[SEEDS * (MN_RANDOM_TEST + 1) * INDICES];
    int count = 0;
    for (uint64_t seed = 0; seed < SEEDS; seed++)
        for (int purpose = 0; purpose <= MN_RANDOM_TEST; purpose++)
            for (uint64_t index = 0; index < INDICES; index++) {
                enum mn_random_purpose use = (enum mn_random_purpose)purpose;
                struct mn_random random = mn_random_of(seed, use, index);
                struct mn_random again = mn_random_of(seed, use, index);
                first[count] = mn_random_bits(&random);
                assert_true(first[count++] == mn_random_bits(&again));
            }
    for (int i = 0; i < count; i++)
        for (int k = i + 1; k < count; k++)
            assert_true(first[i] != first[k]);
}

struct moments {
    double mean, variance, low, high;
};

static struct moments moments_of(double (*draw)(struct mn_random *), uint64_t seed)
{
    struct mn_random random = mn_random_of(seed, MN_RANDOM_TEST, 0);
    struct moments moments = {0, 0, INFINITY, -INFINITY};
    for (int i = 0; i < DRAWS; i++) {
        double value = draw(&random);
        moments.mean += value / DRAWS;
        moments.variance += value * value / DRAWS;
        moments.low = fmin(moments.low, value);
        moments.high = fmax(moments.high, value);
    }
    moments.variance -= moments.mean * moments.mean;
    return moments;
}

static double between_2_and_5(struct mn_random *random)
{
    return mn_random_between(random, 2, 5);
}

static double beta_of_a_fifth(struct mn_random *random)
{
    return mn_random_beta(random, 0.2);
}

static double beta_of_3(struct mn_random *random)
{
    return mn_random_beta(random, 3);
}

static double one_in_ten(struct mn_random *random)
{
    return mn_random_chance(random, 0.1);
}

/* Within six standard errors of a mean, and 3 % of a variance. */
static void expect(struct moments moments, double mean, double variance)
{
    assert_true(fabs(moments.mean - mean) < 6 * sqrt(variance / DRAWS));
    assert_true(fabs(moments.variance - variance) < 0.03 * variance);
}

static void distributions_have_their_moments(void **state)
{
    (void)state;
    struct moments unit = moments_of(mn_random_unit, 1);
    expect(unit, 0.5, 1.0 / 12);
    assert_true(unit.low >= 0 && unit.low < 1e-3 && unit.high < 1 && unit.high > 0.999);
    struct moments between = moments_of(between_2_and_5, 2);
    expect(between, 3.5, 0.75);
    assert_true(between.low >= 2 && between.high < 5);
    expect(moments_of(mn_random_normal, 3), 0, 1);
    expect(moments_of(one_in_ten, 4), 0.1, 0.09);
    /* Beta(a, a) has variance 1 / (4 (2 a + 1)) */
    struct moments low = moments_of(beta_of_a_fifth, 5), high = moments_of(beta_of_3, 6);
    expect(low, 0.5, 1 / 5.6);
    expect(high, 0.5, 1.0 / 28);
    assert_true(low.low >= 0 && low.high <= 1 && high.low > 0 && high.high < 1);
}

static void chance_may_be_certain(void **state)
{
    (void)state;
    struct mn_random random = mn_random_of(1, MN_RANDOM_TEST, 1);
    for (int i = 0; i < 1000; i++) {
        assert_false(mn_random_chance(&random, 0));
        assert_true(mn_random_chance(&random, 1));
        assert_int_equal(mn_random_below(&random, 1), 0);
    }
}

static void each_number_comes_as_often(void **state)
{
    (void)state;
    enum { NUMBERS = 7 };
    int seen[NUMBERS] = {0};
    struct mn_random random = mn_random_of(1, MN_RANDOM_TEST, 2);
    for (int i = 0; i < DRAWS; i++) {
        int number = mn_random_below(&random, NUMBERS);
        assert_in_range(number, 0, NUMBERS - 1);
        seen[number]++;
    }
    for (int i = 0; i < NUMBERS; i++)
        assert_true(abs(seen[i] - DRAWS / NUMBERS) < 700); /* six standard deviations of 110 */
}

static void each_card_may_be_anywhere(void **state)
{
    (void)state;
    enum { CARDS = 5, DEALS = 20000 };
    int seen[CARDS][CARDS] = {{0}};
    struct mn_random random = mn_random_of(1, MN_RANDOM_TEST, 3);
    for (int deal = 0; deal < DEALS; deal++) {
        int cards[CARDS] = {0, 1, 2, 3, 4}, sum = 0;
        mn_random_shuffle(&random, cards, CARDS);
        for (int i = 0; i < CARDS; i++) {
            sum |= 1 << cards[i];
            seen[i][cards[i]]++;
        }
        assert_int_equal(sum, (1 << CARDS) - 1);
    }
    for (int i = 0; i < CARDS * CARDS; i++)
        assert_true(abs(seen[i / CARDS][i % CARDS] - DEALS / CARDS) < 400);
}

static void noise_is_nearly_normal(void **state)
{
    (void)state;
    enum { BLOCKS = 500, VALUES = BLOCKS * MN_NOISE_BLOCK };
    static int16_t values[VALUES];
    struct mn_random random = mn_random_of(1, MN_RANDOM_TEST, 4);
    struct mn_noise noise = mn_noise_of(&random);
    double mean = 0, square = 0, fourth = 0;
    for (int i = 0; i < BLOCKS; i++)
        mn_noise_draw(&noise, values + i * MN_NOISE_BLOCK);
    for (int i = 0; i < VALUES; i++) {
        double value = (double)values[i] / (double)MN_NOISE_DEVIATION;
        assert_in_range(values[i] + 510, 0, 1020);
        mean += value / VALUES;
        square += value * value / VALUES;
        fourth += value * value * value * value / VALUES;
    }
    assert_true(fabs(mean) < 0.02 && fabs(square - 1) < 0.03);
    assert_true(fabs(fourth - 2.7) < 0.1); /* 3 for a normal one, less 1.2 / 4 */
    for (int lag = 1; lag <= 16; lag++) {  /* neither from lane to lane nor along one */
        double product = 0;
        for (int i = lag; i < VALUES; i++)
            product += (double)values[i] * values[i - lag];
        assert_true(fabs(product / VALUES) <
                    0.02 * (double)(MN_NOISE_DEVIATION * MN_NOISE_DEVIATION));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_use_has_its_own),
        cmocka_unit_test(distributions_have_their_moments),
        cmocka_unit_test(chance_may_be_certain),
        cmocka_unit_test(each_number_comes_as_often),
        cmocka_unit_test(each_card_may_be_anywhere),
        cmocka_unit_test(noise_is_nearly_normal),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
