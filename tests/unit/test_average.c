/* The mean of models: of each number, and of nothing that has no mean. */
#include "../../engine/model/average.h"

#include <string.h>

#include "../../engine/model/half.h"
#include "../../engine/model/state_dict.h"
#include "../support.h"

static char *const labels[] = {"ant", "bee", "cat"};

/* A small network whose numbers are `first`, first + 1/16, first + 2/16 … */
static struct mn_model *make_model(float first, bool normed, int resolution)
{
    const struct mn_network_spec spec = {.width = 0.01,
                                         .resolution = resolution,
                                         .classes = 3,
                                         .channel_divisor = 8,
                                         .padding = MN_PAD_SAME};
    struct mn_network network;
    struct mn_error error;
    struct mn_named_tensor tensors[MN_MAX_TENSORS];
    assert_int_equal(mn_network_build(&network, &spec, &error), MN_OK);
    struct mn_model *model = mn_model_new(&network, normed);
    assert_non_null(model);
    assert_int_equal(mn_model_set_labels(model, labels, 3, &error), MN_OK);
    int count = mn_model_tensors(model, tensors);
    for (int t = 0; t < count; t++)
        for (size_t i = 0; i < tensors[t].count; i++)
            tensors[t].values[i] = first + (float)(i % 64) / 16;
    return model;
}

static void each_number_is_the_mean(void **state)
{
    (void)state;
    struct mn_model *models[] = {make_model(1, true, 32), make_model(2, true, 32)}, *mean;
    struct mn_error error;
    struct mn_named_tensor tensors[MN_MAX_TENSORS];
    models[0]->unknown_below = models[1]->unknown_below = 0.5;
    assert_int_equal(mn_model_average(&mean, models, 2, &error), MN_OK);
    int count = mn_model_tensors(mean, tensors);
    for (int t = 0; t < count; t++)
        for (size_t i = 0; i < tensors[t].count; i++)
            assert_true(tensors[t].values[i] == 1.5F + (float)(i % 64) / 16);
    assert_string_equal(mean->labels[2], "cat");
    assert_true(mean->unknown_below == 0); /* nobody has measured this one */
    assert_false(mean->half);
    for (int i = 0; i < 2; i++)
        mn_model_free(models[i]);
    mn_model_free(mean);
}

static void halves_stay_halves(void **state)
{
    (void)state;
    struct mn_model *models[] = {make_model(1, true, 32), make_model(1, true, 32)}, *mean;
    struct mn_error error;
    assert_int_equal(mn_model_to_half(models[0], &error), MN_OK);
    assert_int_equal(mn_model_average(&mean, models, 2, &error), MN_OK);
    assert_false(mean->half);
    mn_model_free(mean);
    assert_int_equal(mn_model_to_half(models[1], &error), MN_OK);
    assert_int_equal(mn_model_average(&mean, models, 2, &error), MN_OK);
    assert_true(mean->half);
    mn_model_free(mean);
    for (int i = 0; i < 2; i++)
        mn_model_free(models[i]);
}

static void what_has_no_mean_is_told_apart(void **state)
{
    (void)state;
    enum { OTHERS = 4 };
    static const char *const wanted[OTHERS] = {"network", "resolution", "labels", "normalisation"};
    struct mn_model *first = make_model(1, true, 32),
                    *others[OTHERS] = {make_model(1, false, 32), make_model(1, true, 64),
                                       make_model(1, true, 32), make_model(1, true, 32)};
    assert_null(mn_model_difference(first, first));
    others[2]->labels[1][0] = 'x';
    others[3]->preprocessing.std[1] *= 2;
    for (int i = 0; i < OTHERS; i++) {
        assert_string_equal(mn_model_difference(first, others[i]), wanted[i]);
        mn_model_free(others[i]);
    }
    mn_model_free(first);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_number_is_the_mean),
        cmocka_unit_test(halves_stay_halves),
        cmocka_unit_test(what_has_no_mean_is_told_apart),
    };
    return cmocka_run_group_tests_name("average", tests, NULL, NULL);
}
