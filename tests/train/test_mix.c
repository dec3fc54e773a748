/* Mixing: lambda is what is left of a picture, by brightness or by area. */
#include <math.h>
#include <string.h>

#include "../../engine/train/pictures/mix.h"
#include "../support.h"

enum { SIZE = 32, FLOATS = SIZE * SIZE * 3, MOST = 5 };

static struct mn_mix draw(const struct mn_mixing *mixing, uint64_t seed)
{
    return mn_mix_draw(mixing, 0, mn_random_of(seed, MN_RANDOM_MIX, 0), SIZE);
}

/* Each picture is its number everywhere. */
static void fill(float *tensor, int batch)
{
    for (int p = 0; p < batch; p++)
        for (int i = 0; i < FLOATS; i++)
            tensor[p * FLOATS + i] = (float)p;
}

static void lambda_is_the_share(void **state)
{
    (void)state;
    static float tensor[MOST * FLOATS];
    for (int cut = 0; cut < 2; cut++)
        for (int batch = 1; batch <= MOST; batch++)
            for (uint64_t seed = 0; seed < 50; seed++) {
                struct mn_mixing mixing = {cut ? 0 : 0.4, cut ? 1 : 0, 1, 0, 0};
                struct mn_mix mix = draw(&mixing, seed);
                fill(tensor, batch);
                for (int i = 0; i < (batch + 1) / 2; i++)
                    mn_mix_pair(&mix, tensor, batch, SIZE, i);
                for (int p = 0; p < batch; p++) {
                    double sum = 0, other = batch - 1 - p;
                    for (int i = 0; i < FLOATS; i++)
                        sum += (double)tensor[p * FLOATS + i] / FLOATS;
                    assert_true(fabs(sum - (mix.lambda * p + (1 - mix.lambda) * other)) < 1e-4);
                }
            }
}

static void a_box_is_the_others(void **state)
{
    (void)state;
    static float tensor[4 * FLOATS];
    for (uint64_t seed = 0; seed < 100; seed++) {
        struct mn_mix mix = draw(&(struct mn_mixing){0, 1, 1, 0, 0}, seed);
        double area = 0;
        fill(tensor, 4);
        mn_mix_pair(&mix, tensor, 4, SIZE, 1);
        for (int i = 0; i < FLOATS; i++) {
            int y = i / 3 / SIZE, x = i / 3 % SIZE;
            bool in = y >= mix.box[0] && x >= mix.box[1] && y < mix.box[2] && x < mix.box[3];
            assert_true(fabsf(tensor[FLOATS + i] - (in ? 2 : 1)) < 1e-6f);
            assert_true(fabsf(tensor[2 * FLOATS + i] - (in ? 1 : 2)) < 1e-6f);
            area += (double)in / FLOATS;
        }
        assert_true(fabs(1 - area - mix.lambda) < 1e-9);
        for (int i = 0; i < FLOATS; i++) /* the other pair's work is not done along */
            assert_true(fabsf(tensor[i]) < 1e-6f && fabsf(tensor[3 * FLOATS + i] - 3) < 1e-6f);
    }
}

static void the_middle_of_an_odd_batch_stays(void **state)
{
    (void)state;
    static float tensor[3 * FLOATS], before[3 * FLOATS];
    for (int i = 0; i < 3 * FLOATS; i++)
        tensor[i] = before[i] = sinf((float)i);
    for (uint64_t seed = 0; seed < 20; seed++) {
        struct mn_mix mix = draw(&(struct mn_mixing){1, 1, 1, 0.5, 0}, seed);
        mn_mix_pair(&mix, tensor, 3, SIZE, 1);
        assert_memory_equal(tensor, before, sizeof tensor);
    }
}

static void batches_are_mixed_as_often_as_asked(void **state)
{
    (void)state;
    int mixed = 0, cut = 0;
    double mean = 0;
    for (uint64_t seed = 0; seed < 2000; seed++) {
        struct mn_mix mix = draw(&(struct mn_mixing){0.2, 1, 0.6, 0.3, 0}, seed);
        assert_true(mix.lambda >= 0 && mix.lambda <= 1);
        assert_true(mix.box[0] >= 0 && mix.box[1] >= 0);
        assert_true(mix.box[2] <= SIZE && mix.box[3] <= SIZE);
        mixed += mix.lambda < 1;
        cut += mix.box[2] > 0;
        mean += mix.lambda / 2000;
    }
    /* 1200, but that Beta(0.2, 0.2) is now and then as good as 1; 360; six standard deviations */
    assert_in_range(mixed, 1200 - 150, 1200 + 132);
    assert_in_range(cut, 360 - 110, 360 + 110);
    assert_true(mean > 0.6 && mean < 0.85); /* 0.4 + 0.6 of a half, and boxes cut off at edges */
}

static void nothing_is_mixed_where_nothing_is_asked(void **state)
{
    (void)state;
    static float tensor[2 * FLOATS], before[2 * FLOATS];
    static const struct mn_mixing none[] = {{0, 0, 1, 0.5, 0}, {0.4, 1, 0, 0.5, 0}};
    fill(tensor, 2);
    fill(before, 2);
    for (uint64_t seed = 0; seed < 50; seed++) {
        struct mn_mix mix = draw(&none[seed % 2], seed);
        assert_true(mix.lambda >= 1);
        mn_mix_pair(&mix, tensor, 2, SIZE, 0);
        assert_memory_equal(tensor, before, sizeof tensor);
    }
}

static void the_last_epochs_see_pictures_as_they_are(void **state)
{
    (void)state;
    const struct mn_mixing mixing = {0.2, 1, 1, 0.5, 7};
    int mixed = 0;
    for (uint64_t step = 0; step < 20; step++) {
        struct mn_random random = mn_random_of(1, MN_RANDOM_MIX, step);
        mixed += mn_mix_draw(&mixing, 6, random, SIZE).lambda < 1;
        assert_true(mn_mix_draw(&mixing, 7, random, SIZE).lambda >= 1);
        assert_true(mn_mix_draw(&mixing, 8, random, SIZE).lambda >= 1);
    }
    assert_true(mixed > 15);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lambda_is_the_share),
        cmocka_unit_test(a_box_is_the_others),
        cmocka_unit_test(the_middle_of_an_odd_batch_stays),
        cmocka_unit_test(batches_are_mixed_as_often_as_asked),
        cmocka_unit_test(nothing_is_mixed_where_nothing_is_asked),
        cmocka_unit_test(the_last_epochs_see_pictures_as_they_are),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
