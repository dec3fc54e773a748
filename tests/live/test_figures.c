/* What `camlabel info` and `camlabel bench` print for programs. */
#include <jansson.h>
#include <math.h>

#include "../support.h"
#include "process.h"
#include "workspace.h"

static void info_and_bench_have_their_keys(void **state)
{
    (void)state;
    struct process p;
    process_expect(&p, (const char *[]){"info", "--json", "--width", "0.5", NULL}, 0, 1);
    json_t *line = process_json_line(p.out, 0);
    assert_int_equal(json_integer_value(json_object_get(line, "mult_adds")) / 1000000, 149);
    assert_int_equal(json_array_size(json_object_get(line, "layers")), 29);
    assert_true(json_integer_value(json_object_get(line, "standard_mult_adds")) > 1000000000);
    json_decref(line);
    process_free(&p);
    process_expect(&p,
                   (const char *[]){"bench", "--json", "--width", "0.25", "--resolution", "32",
                                    "--rounds", "3", "--isa", "c", NULL},
                   0, 1);
    line = process_json_line(p.out, 0);
    static const char *const keys[] = {"width",  "resolution", "precision", "isa",        "threads",
                                       "ms_min", "ms_median",  "gflops",    "peak_gflops"};
    for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++)
        assert_non_null(json_object_get(line, keys[i]));
    assert_string_equal(json_string_value(json_object_get(line, "isa")), "c");
    json_decref(line);
    process_free(&p);
}

/* The steps are all of the network: their work adds up to the whole. */
static void bench_shows_every_step(void **state)
{
    (void)state;
    struct process p;
    process_expect(&p,
                   (const char *[]){"bench", "--layers", "--json", "-a", "0.25", "-r", "64", "-n",
                                    "5", "--threads", "2", NULL},
                   0, 1);
    json_t *line = process_json_line(p.out, 0), *step;
    assert_int_equal(json_integer_value(json_object_get(line, "threads")), 2);
    size_t i;
    double gflop = 0, rounded = 0;
    json_array_foreach(json_object_get(line, "layers"), i, step)
    {
        double median = json_number_value(json_object_get(step, "ms_median"));
        assert_true(json_number_value(json_object_get(step, "ms_min")) <= median);
        assert_true(json_integer_value(json_object_get(step, "bytes")) > 0);
        assert_true(json_is_string(json_object_get(step, "name")));
        gflop += json_number_value(json_object_get(step, "gflops")) * median / 1e3;
        rounded += 0.005 * median / 1e3; /* to a hundredth */
    }
    assert_in_range(i, 14, 29);
    double all = json_number_value(json_object_get(line, "gflops")) *
                 json_number_value(json_object_get(line, "ms_median")) / 1e3;
    rounded += 0.005 * json_number_value(json_object_get(line, "ms_median")) / 1e3;
    assert_true(fabs(gflop - all) < 0.02 * all + rounded);
    json_decref(line);
    process_free(&p);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(info_and_bench_have_their_keys),
        cmocka_unit_test(bench_shows_every_step),
    };
    return cmocka_run_group_tests(tests, workspace_set_up, workspace_tear_down);
}
