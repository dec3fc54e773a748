/* Metrics against numbers worked out by hand. */
#include "../../engine/train/metrics.h"

#include <math.h>

#include "../support.h"

static void assert_near(double value, double expected)
{
    if (!(fabs(value - expected) < 1e-6))
        fail_msg("%.9g is not %.9g", value, expected);
}

/* The formula in the header, worked out apart from this code. */
static void test_share(void **state)
{
    (void)state;
    struct mn_share share = mn_share_of(7, 10);
    assert_near(share.value, 0.7);
    assert_near(share.low, 0.396778147);
    assert_near(share.high, 0.892208733);
    share = mn_share_of(0, 5);
    assert_near(share.low, 0);
    assert_near(share.high, 0.434482465);
    share = mn_share_of(3, 3);
    assert_near(share.low, 0.438502968);
    assert_near(share.high, 1);
    share = mn_share_of(0, 0);
    assert_true(share.low == 0 && share.high == 1);
}

/* Six pictures of classes 0, 0, 0, 1, 1, 2 (class 3 has none) and what was answered:
 *   0, 0, 1, 1, 2, 1. Right: pictures 0, 1, 3. */
static float six[6][4] = {
    {0.9F, 0.1F, 0, 0},           {0.6F, 0.2F, 0.1F, 0.1F}, {0.2F, 0.7F, 0.1F, 0},
    {0.05F, 0.85F, 0.05F, 0.05F}, {0.1F, 0.3F, 0.6F, 0},    {0.1F, 0.5F, 0.4F, 0},
};
static int six_labels[6] = {0, 0, 0, 1, 1, 2};

static struct mn_evaluation six_pictures(void)
{
    return (struct mn_evaluation){
        .pictures = 6, .classes = 4, .label = six_labels, .probability = six[0], .loss = 0.5};
}

static struct mn_metrics measure(const struct mn_evaluation *evaluation)
{
    struct mn_metrics metrics;
    struct mn_error error = {.message = ""};
    if (mn_metrics_new(&metrics, evaluation, &error))
        fail_msg("%s", error.message);
    return metrics;
}

static void test_classes(void **state)
{
    (void)state;
    struct mn_evaluation evaluation = six_pictures();
    struct mn_metrics metrics = measure(&evaluation);
    static const int confusion[4][4] = {{2, 1, 0, 0}, {0, 1, 1, 0}, {0, 1, 0, 0}, {0, 0, 0, 0}};
    assert_memory_equal(metrics.confusion, confusion, sizeof confusion);
    assert_near(metrics.top1.value, 0.5);
    assert_near(metrics.top5.value, 1);
    assert_near(metrics.loss, 0.5);

    assert_near(metrics.per_class[0].precision, 1);
    assert_near(metrics.per_class[0].recall, 2.0 / 3);
    assert_near(metrics.per_class[0].f1, 0.8);
    assert_near(metrics.per_class[1].precision, 1.0 / 3);
    assert_near(metrics.per_class[1].recall, 0.5);
    assert_near(metrics.per_class[1].f1, 0.4);
    assert_near(metrics.per_class[2].precision, 0);
    assert_near(metrics.per_class[2].recall, 0);
    assert_true(isnan(metrics.per_class[3].precision) && isnan(metrics.per_class[3].recall) &&
                isnan(metrics.per_class[3].f1));
    assert_near(metrics.precision, (1 + 1.0 / 3) / 3);
    assert_near(metrics.recall, (2.0 / 3 + 0.5) / 3);
    assert_near(metrics.f1, 0.4);
    mn_metrics_free(&metrics);
    assert_null(metrics.confusion);
}

/* Bins of 1/15: 0.9 and 0.85 lie in 12/15 … 13/15 (0.85) and 13/15 … 14/15 (0.9); 0.6 twice in the
 * ninth, whose upper end it is; 0.7 in the eleventh; 0.5 in the eighth. */
static void test_calibration(void **state)
{
    (void)state;
    struct mn_evaluation evaluation = six_pictures();
    struct mn_metrics metrics = measure(&evaluation);
    const struct mn_calibration *calibration = &metrics.calibration;
    assert_int_equal(calibration->bins[13].answers, 1);
    assert_int_equal(calibration->bins[12].answers, 1);
    assert_int_equal(calibration->bins[10].answers, 1);
    assert_int_equal(calibration->bins[10].right, 0);
    assert_int_equal(calibration->bins[7].answers, 1);
    assert_int_equal(calibration->bins[8].answers + calibration->bins[9].answers, 2);
    assert_near(calibration->bins[13].confidence, 0.9);
    assert_near(calibration->confidence, (0.9 + 0.6 + 0.7 + 0.85 + 0.6 + 0.5) / 6);
    /* the two of 0.6: one right, so |1 - 1.2| */
    assert_near(calibration->error, (0.1 + 0.15 + 0.7 + 0.2 + 0.5) / 6);
    mn_metrics_free(&metrics);
}

/* Right answers at 0.9, 0.6, 0.85: 2 % of three is none, so the threshold is three quarters of the
 * least of them, and nobody is below it. */
static void test_threshold_keeps_right_answers(void **state)
{
    (void)state;
    struct mn_evaluation evaluation = six_pictures();
    struct mn_metrics metrics = measure(&evaluation);
    const struct mn_threshold *threshold = &metrics.threshold;
    assert_near(threshold->chosen.threshold, 0.45);
    assert_near(threshold->chosen.false_reject, 0);
    assert_near(threshold->chosen.false_accept, 1);
    assert_near(threshold->chosen.kept, 1);
    assert_near(threshold->chosen.kept_right, 0.5);
    assert_int_equal(threshold->right, 3);
    assert_int_equal(threshold->wrong, 3);

    assert_near(threshold->curve[0].false_accept, 1);
    assert_near(threshold->curve[0].false_reject, 0);
    assert_near(threshold->curve[0].kept_right, 0.5);
    assert_near(threshold->curve[80].threshold, 0.8);
    assert_near(threshold->curve[80].false_reject, 1.0 / 3);
    assert_near(threshold->curve[80].false_accept, 0);
    assert_near(threshold->curve[80].kept_right, 1);
    assert_near(threshold->curve[100].kept, 0);
    assert_true(isnan(threshold->curve[100].kept_right));
    mn_metrics_free(&metrics);
}

/* A hundred right answers, two of them hesitant, in the middle of the list: those may go. */
static void test_threshold_rejects_one_in_fifty(void **state)
{
    (void)state;
    float probability[100][2];
    int label[100] = {0};
    for (int i = 0; i < 100; i++) {
        probability[i][0] = i == 40 || i == 60 ? 0.55F : 0.8F + 0.001F * (float)((i + 50) % 100);
        probability[i][1] = 1 - probability[i][0];
    }
    struct mn_evaluation evaluation = {100, 2, label, probability[0], 0};
    struct mn_metrics metrics = measure(&evaluation);
    assert_near(metrics.threshold.chosen.threshold, 0.6); /* three quarters of 0.8, the third */
    assert_near(metrics.threshold.chosen.false_reject, 0.02);
    assert_true(isnan(metrics.threshold.chosen.false_accept));
    mn_metrics_free(&metrics);
}

static void test_nothing_right(void **state)
{
    (void)state;
    struct mn_evaluation evaluation = six_pictures();
    int label[6] = {3, 3, 3, 3, 3, 3};
    evaluation.label = label;
    struct mn_metrics metrics = measure(&evaluation);
    assert_near(metrics.top1.value, 0);
    assert_true(metrics.threshold.chosen.threshold == 0);
    assert_true(isnan(metrics.threshold.chosen.false_reject));
    assert_near(metrics.per_class[3].f1, 0);
    mn_metrics_free(&metrics);
}

/* The truth is the sixth of six equal ones, then the fifth. */
static void test_top5_of_equals(void **state)
{
    (void)state;
    float probability[2][6];
    int label[2] = {5, 4};
    for (int i = 0; i < 12; i++)
        probability[i / 6][i % 6] = 1.0F / 6;
    struct mn_evaluation evaluation = {2, 6, label, probability[0], 0};
    struct mn_metrics metrics = measure(&evaluation);
    assert_near(metrics.top1.value, 0);
    assert_near(metrics.top5.value, 0.5);
    mn_metrics_free(&metrics);
}

static void test_worst(void **state)
{
    (void)state;
    struct mn_evaluation evaluation = six_pictures();
    struct mn_metrics metrics = measure(&evaluation);
    int mistakes[6];
    assert_int_equal(mn_metrics_mistakes(&metrics, &evaluation, mistakes, 6), 3);
    assert_int_equal(mistakes[0], 2);
    assert_int_equal(mistakes[1], 4);
    assert_int_equal(mistakes[2], 5);
    mistakes[2] = -1;
    assert_int_equal(mn_metrics_mistakes(&metrics, &evaluation, mistakes, 2), 2);
    assert_int_equal(mistakes[1], 4);
    assert_int_equal(mistakes[2], -1);

    metrics.confusion[1 * 4 + 2] = 7; /* more than the other two, which come after each other */
    struct mn_confused pairs[16];
    assert_int_equal(mn_metrics_confused(&metrics, pairs, 16), 3);
    assert_true(pairs[0].truth == 1 && pairs[0].answer == 2 && pairs[0].pictures == 7);
    assert_true(pairs[1].truth == 0 && pairs[1].answer == 1 && pairs[1].pictures == 1);
    assert_true(pairs[2].truth == 2 && pairs[2].answer == 1);
    assert_int_equal(mn_metrics_confused(&metrics, pairs, 1), 1);
    assert_int_equal(pairs[0].pictures, 7);
    mn_metrics_free(&metrics);
}

/* A network that has gone wrong gives no numbers: counted, not trusted. */
static void test_no_numbers(void **state)
{
    (void)state;
    float probability[2][3] = {{NAN, NAN, NAN}, {NAN, 0.2F, INFINITY}};
    int label[2] = {0, 1};
    struct mn_evaluation evaluation = {2, 3, label, probability[0], NAN};
    struct mn_metrics metrics = measure(&evaluation);
    assert_int_equal(metrics.answer[0], 0);
    assert_true(metrics.confidence[0] == 0);
    assert_int_equal(metrics.answer[1], 1);
    assert_near(metrics.top1.value, 1);
    mn_metrics_free(&metrics);
}

static void test_refusals(void **state)
{
    (void)state;
    struct mn_metrics metrics;
    struct mn_error error;
    struct mn_evaluation evaluation = six_pictures();
    int label[6] = {0, 0, 4, 0, 0, 0};
    evaluation.label = label;
    assert_int_equal(mn_metrics_new(&metrics, &evaluation, &error), MN_BAD_INPUT);
    evaluation.pictures = 0;
    assert_int_equal(mn_metrics_new(&metrics, &evaluation, &error), MN_BAD_INPUT);
    assert_null(metrics.per_class);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_share),
        cmocka_unit_test(test_classes),
        cmocka_unit_test(test_calibration),
        cmocka_unit_test(test_threshold_keeps_right_answers),
        cmocka_unit_test(test_threshold_rejects_one_in_fifty),
        cmocka_unit_test(test_nothing_right),
        cmocka_unit_test(test_top5_of_equals),
        cmocka_unit_test(test_worst),
        cmocka_unit_test(test_no_numbers),
        cmocka_unit_test(test_refusals),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
