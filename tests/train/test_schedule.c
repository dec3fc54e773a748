/* How fast to learn, and at which resolution: against what the formulas give by hand. */
#include <math.h>
#include <string.h>

#include "../../engine/train/schedule.h"
#include "../support.h"

static struct mn_recipe recipe_of(const char *sizes)
{
    struct mn_recipe recipe = {.spec.resolution = 128,
                               .epochs = 50,
                               .lr = 0.8,
                               .warmup_lr = 0.2,
                               .min_lr = 0.1,
                               .warmup_epochs = 2,
                               .decay_epochs = 10,
                               .decay_rate = 0.5};
    struct mn_error error;
    assert_int_equal(mn_schedule_parse_sizes(sizes, &recipe, &error), MN_OK);
    return recipe;
}

static void assert_lr(const struct mn_recipe *recipe, double epoch, double lr)
{
    if (fabs(mn_schedule_lr(recipe, epoch) - lr) > 1e-12)
        fail_msg("epoch %g: %.15g instead of %.15g", epoch, mn_schedule_lr(recipe, epoch), lr);
}

static void the_rate_rises_and_falls(void **state)
{
    (void)state;
    struct mn_recipe recipe = recipe_of("");
    recipe.sched = MN_COSINE;
    assert_lr(&recipe, 0, 0.2);
    assert_lr(&recipe, 1, 0.5);
    assert_lr(&recipe, 2, 0.8);
    assert_lr(&recipe, 26, 0.45); /* half of the way down */
    assert_lr(&recipe, 50, 0.1);
    recipe.sched = MN_STEP;
    assert_lr(&recipe, 9.5, 0.8);
    assert_lr(&recipe, 10, 0.4);
    assert_lr(&recipe, 45, 0.1); /* not below the smallest */
    recipe.sched = MN_CONSTANT;
    assert_lr(&recipe, 49, 0.8);
    recipe.lr = 0.05; /* below min_lr: nobody asked for more */
    assert_lr(&recipe, 49, 0.05);
}

static void a_phase_has_its_sizes(void **state)
{
    (void)state;
    struct mn_recipe recipe = recipe_of("0:32,10:64/96,40:96");
    int seen[3] = {0};
    for (uint64_t step = 0; step < 100; step++) {
        assert_int_equal(mn_schedule_size(&recipe, 9.9, step), 32);
        int size = mn_schedule_size(&recipe, 10, step);
        assert_true(size == 64 || size == 96);
        seen[size / 32 - 1]++;
        assert_int_equal(mn_schedule_size(&recipe, 40, step), 96);
    }
    assert_true(seen[1] > 25 && seen[2] > 25);
    assert_int_equal(mn_schedule_largest_size(&recipe), 96);
    char text[64];
    mn_schedule_print_sizes(&recipe, text, sizeof text);
    assert_string_equal(text, "0:32,10:64/96,40:96");
    recipe = recipe_of("");
    assert_int_equal(mn_schedule_size(&recipe, 5, 0), 128);
    assert_int_equal(mn_schedule_largest_size(&recipe), 128);
}

static void a_model_is_for_what_it_was_trained_at(void **state)
{
    (void)state;
    struct mn_recipe recipe = recipe_of("0:32,10:64/96,40:96");
    static const int sizes[][2] = {{0, 32}, {9, 32}, {10, 96}, {39, 96}, {40, 128}, {49, 128}};
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++)
        assert_int_equal(mn_schedule_model_size(&recipe, sizes[i][0]), sizes[i][1]);
    recipe = recipe_of("");
    assert_int_equal(mn_schedule_model_size(&recipe, 0), 128);
    recipe = recipe_of("96");
    assert_int_equal(mn_schedule_model_size(&recipe, 0), 128);
    recipe = recipe_of("0:64,60:96"); /* the last phase never comes: the end is the end */
    assert_int_equal(mn_schedule_model_size(&recipe, 48), 64);
    assert_int_equal(mn_schedule_model_size(&recipe, 49), 128);
}

static void what_is_no_schedule_is_refused(void **state)
{
    (void)state;
    static const char *const texts[] = {"33",      "0:", "32,64",      "10:32", "0:32,0:64",
                                        "0:32;64", "x",  "0:32,5:64,", "64/",   "1024"};
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        struct mn_recipe recipe = {0};
        struct mn_error error;
        if (mn_schedule_parse_sizes(texts[i], &recipe, &error) != MN_BAD_INPUT)
            fail_msg("\"%s\" was taken for a schedule", texts[i]);
        assert_non_null(strstr(error.message, "schedule of resolutions"));
        assert_int_equal(recipe.train_size_phases, 0);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_rate_rises_and_falls),
        cmocka_unit_test(a_phase_has_its_sizes),
        cmocka_unit_test(a_model_is_for_what_it_was_trained_at),
        cmocka_unit_test(what_is_no_schedule_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
