/* Ranking and steadying of answers, and the rates. */
#include <math.h>

#include "../../app/pipeline/result.h"
#include "../../app/pipeline/stats.h"
#include "../support.h"

static void ranks_like_a_sort(void **state)
{
    (void)state;
    uint64_t seed = 7;
    float p[50];
    for (int round = 0; round < 200; round++) {
        int count = 1 + (int)(test_random(&seed) % 50), k = 1 + (int)(test_random(&seed) % 8);
        for (int i = 0; i < count; i++)
            p[i] = (float)(test_random(&seed) % 10) / 10; /* many equal ones */
        struct ranked top[8];
        int kept = result_rank(p, count, top, k);
        assert_int_equal(kept, k < count ? k : count);
        for (int place = 0; place < kept; place++) {
            int better = 0; /* how many classes come before this one */
            for (int i = 0; i < count; i++)
                better += p[i] > top[place].p || (i < top[place].index && p[i] == top[place].p);
            assert_int_equal(better, place);
        }
    }
}

static const int64_t frame_ns = 33333333;

static void enters_stays_and_leaves(void **state)
{
    (void)state;
    struct steady steady;
    assert_int_equal(steady_open(&steady, 3, 0.3), 0);
    const float first[] = {0.9F, 0.05F, 0.05F}, second[] = {0.05F, 0.9F, 0.05F};
    int64_t now = 1;

    steady_update(&steady, first, now);
    assert_int_equal(steady.label, 0); /* the first answer counts whole */
    steady_update(&steady, second, now += frame_ns);
    assert_int_equal(steady.label, 0); /* one odd frame does not flicker */
    int frames = 1;
    while (steady.label == 0 && frames < 100) {
        steady_update(&steady, second, now += frame_ns);
        frames++;
    }
    assert_int_equal(steady.label, 1);
    assert_true(frames >= 3 && frames <= 10);
    for (int i = 0; i < 30; i++) { /* each time another one */
        float restless[3] = {0};
        restless[i % 3] = 0.35F;
        steady_update(&steady, restless, now += frame_ns);
    }
    assert_int_equal(steady.label, RESULT_UNSURE);
    steady_close(&steady);
}

/* A thousand classes, and nobody is sure: the likeliest is shown, and stays until another leads. */
static void without_a_threshold_there_is_always_a_label(void **state)
{
    (void)state;
    struct steady steady;
    const float first[] = {0.12F, 0.1F, 0.02F}, close[] = {0.1F, 0.12F, 0.02F},
                other[] = {0.02F, 0.2F, 0.02F};
    assert_int_equal(steady_open(&steady, 3, 0), 0);
    steady_update(&steady, first, frame_ns);
    assert_int_equal(steady.label, 0);
    for (int i = 0; i < 300; i++)
        steady_update(&steady, close, steady.updated_ns + frame_ns);
    assert_int_equal(steady.label, 0);
    for (int i = 0; i < 300; i++)
        steady_update(&steady, other, steady.updated_ns + frame_ns);
    assert_int_equal(steady.label, 1);
    steady_close(&steady);
}

/* Updates until nothing moves any more. */
static void settle(struct steady *steady, const float *p)
{
    for (int i = 0; i < 300; i++)
        steady_update(steady, p, steady->updated_ns + frame_ns);
}

/* Exactly as a single picture is judged, however long it is looked at. */
static void below_the_threshold_it_is_unknown(void **state)
{
    (void)state;
    struct steady steady;
    const float known[] = {0.1F, 0.5F, 0.4F}, none[] = {0.1F, 0.499F, 0.401F};
    assert_int_equal(steady_open(&steady, 3, 0.5), 0);
    steady_update(&steady, none, frame_ns);
    assert_int_equal(steady.label, RESULT_UNKNOWN); /* from the first answer on */
    assert_true(fabsf(steady.p - 0.499F) < 1e-6F);
    settle(&steady, known);
    assert_int_equal(steady.label, 1);
    assert_true(fabsf(steady.p - 0.5F) < 1e-4F);
    settle(&steady, none);
    assert_int_equal(steady.label, RESULT_UNKNOWN);
    steady_close(&steady);
}

/* A network that is sure of what it knows has a high threshold. From one known thing to the next
 * there is nothing unknown in between, and one odd frame is nobody's answer. */
static void a_high_threshold_costs_no_time(void **state)
{
    (void)state;
    struct steady steady;
    const float first[] = {1, 0, 0}, second[] = {0, 1, 0}, blurred[] = {0.6F, 0.3F, 0.1F};
    assert_int_equal(steady_open(&steady, 3, 0.9999), 0);
    settle(&steady, first);
    steady_update(&steady, blurred, steady.updated_ns + frame_ns);
    assert_int_equal(steady.label, 0);
    settle(&steady, first);
    for (int i = 0; i < 10; i++) {
        steady_update(&steady, second, steady.updated_ns + frame_ns);
        assert_int_not_equal(steady.label, RESULT_UNKNOWN);
    }
    assert_int_equal(steady.label, 1);
    steady_close(&steady);
}

/* What reaches a low threshold is shown, too. */
static void a_low_threshold_shows_what_reaches_it(void **state)
{
    (void)state;
    struct steady steady;
    const float known[] = {0.21F, 0.2F, 0.2F, 0.2F, 0.19F};
    assert_int_equal(steady_open(&steady, 5, 0.205), 0);
    settle(&steady, known);
    assert_int_equal(steady.label, 0);
    steady_close(&steady);
}

/* Half of the frames known, half not: the label stays what it was. */
static void a_wavering_answer_does_not_flicker(void **state)
{
    (void)state;
    struct steady steady;
    const float known[] = {0.51F, 0.49F}, none[] = {0.49F, 0.48F};
    for (int begin = 0; begin < 2; begin++) {
        assert_int_equal(steady_open(&steady, 2, 0.5), 0);
        settle(&steady, begin ? known : none);
        int label = steady.label;
        assert_int_equal(label, begin ? 0 : RESULT_UNKNOWN);
        for (int i = 0; i < 300; i++) {
            steady_update(&steady, i % 2 ? known : none, steady.updated_ns + frame_ns);
            assert_int_equal(steady.label, label);
        }
        steady_close(&steady);
    }
}

static void steadies_alike_at_any_rate(void **state)
{
    (void)state;
    const float first[] = {1, 0}, second[] = {0, 1};
    float after[2];
    for (int slow = 0; slow < 2; slow++) {
        struct steady steady;
        assert_int_equal(steady_open(&steady, 2, 0), 0);
        steady_update(&steady, first, 1);
        int steps = slow ? 1 : 10;
        for (int i = 1; i <= steps; i++)
            steady_update(&steady, second, 1 + i * (300000000 / steps));
        after[slow] = steady.smoothed[1];
        steady_close(&steady);
    }
    assert_true(fabsf(after[0] - after[1]) < 1e-4F);
}

static void rates_follow_the_last_two_seconds(void **state)
{
    (void)state;
    struct stats stats;
    stats_open(&stats);
    int64_t now = 1000;
    assert_true(stats_read(&stats, now).fps[STAGE_CAPTURE] == 0);
    for (int i = 0; i < 300; i++)
        stats_count(&stats, STAGE_CAPTURE, now += frame_ns);
    struct stats_snapshot snapshot = stats_read(&stats, now);
    assert_true(fabs(snapshot.fps[STAGE_CAPTURE] - 30) < 0.01);
    assert_int_equal(snapshot.events[STAGE_CAPTURE], 300);
    assert_true(snapshot.fps[STAGE_DISPLAY] == 0);
    assert_true(stats_read(&stats, now + 1000000000).fps[STAGE_CAPTURE] < 20); /* it fell silent */
    assert_true(stats_read(&stats, now + 3000000000).fps[STAGE_CAPTURE] == 0);
    stats_close(&stats);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ranks_like_a_sort),
        cmocka_unit_test(enters_stays_and_leaves),
        cmocka_unit_test(without_a_threshold_there_is_always_a_label),
        cmocka_unit_test(below_the_threshold_it_is_unknown),
        cmocka_unit_test(a_high_threshold_costs_no_time),
        cmocka_unit_test(a_low_threshold_shows_what_reaches_it),
        cmocka_unit_test(a_wavering_answer_does_not_flicker),
        cmocka_unit_test(steadies_alike_at_any_rate),
        cmocka_unit_test(rates_follow_the_last_two_seconds),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
