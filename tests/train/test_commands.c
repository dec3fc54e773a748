/* What camlabel-train does beside training: eval, compare, average, generate. */
#include <dirent.h>
#include <jansson.h>
#include <string.h>

#include "../../app/cards/cards.h"
#include "../../engine/golden.h"
#include "../support.h"
#include "trained.h"

static void eval_counts_what_the_engine_answers(void **state)
{
    (void)state;
    struct process process =
        trained_run("eval --model @runs/whole/best.safetensors --data-dir @data --json "
                    "--predictions @predictions.csv");
    trained_assert_code(&process, 0);
    json_t *line = json_loads(process.out, 0, NULL);
    assert_non_null(line);
    assert_int_equal(json_integer_value(json_object_get(line, "images")),
                     TRAINED_CLASSES * TRAINED_VAL);
    double top1 = json_number_value(json_object_get(line, "top1"));
    const json_t *confusion = json_object_get(line, "confusion");
    json_int_t all = 0, right = 0;
    for (size_t i = 0; i < TRAINED_CLASSES; i++)
        for (size_t k = 0; k < TRAINED_CLASSES; k++) {
            json_int_t count = json_integer_value(json_array_get(json_array_get(confusion, i), k));
            all += count;
            right += i == k ? count : 0;
        }
    assert_int_equal(all, TRAINED_CLASSES * TRAINED_VAL);
    assert_true(top1 > (double)right / TRAINED_CLASSES / TRAINED_VAL - 1e-6 &&
                top1 < (double)right / TRAINED_CLASSES / TRAINED_VAL + 1e-6);
    assert_true(top1 > 0.6); /* three plain colours; chance is 0.33 */
    json_decref(line);
    process_free(&process);

    size_t size;
    char *rows = trained_read(trained_path("predictions.csv"), &size);
    assert_int_equal(process_count_lines(rows), 1 + TRAINED_CLASSES * TRAINED_VAL);
    free(rows);
}

static void compare_finds_a_model_no_better_than_itself(void **state)
{
    (void)state;
    struct process process = trained_run("compare @runs/whole/model.safetensors "
                                         "@runs/whole/model.safetensors --data-dir @data --json");
    trained_assert_code(&process, 0);
    json_t *line = json_loads(process.out, 0, NULL);
    assert_true(json_number_value(json_object_get(line, "p")) == 1);
    assert_int_equal(json_integer_value(json_object_get(line, "only_a")), 0);
    json_decref(line);
    process_free(&process);
}

static void an_average_is_a_model_that_was_judged(void **state)
{
    (void)state;
    trained_must_run(TRAINED_FIT
                     "--seed 2 --output @runs/second --initial-checkpoint @runs/whole --epochs 2");
    trained_must_run(TRAINED_FIT
                     "--seed 3 --output @runs/third --initial-checkpoint @runs/whole --epochs 2");
    trained_must_run(
        "average @runs/second @runs/third --data-dir @data --output @mean.safetensors");
    trained_must_run("eval --model @mean.safetensors --data-dir @data");
    struct mn_model *model;
    struct mn_error error;
    double worst;
    assert_int_equal(mn_model_load(&model, trained_path("mean.safetensors"), NULL, &error), MN_OK);
    assert_int_equal(mn_golden_verify(model, &(struct mn_engine_options){0}, &worst, &error),
                     MN_OK);
    assert_non_null(strstr(model->origin, "the mean of "));
    assert_true(model->accuracy > 0 && model->unknown_below > 0);
    assert_non_null(strstr(model->measured, " top-1 of 18 val images"));
    mn_model_free(model);
    trained_must_fail("average @runs/second --data-dir @data --output @mean.safetensors", 2,
                      "two models");
    trained_must_fail("average @runs/second @runs/third --data-dir @data --output "
                      "@runs/third/model.safetensors",
                      2, "name another");
    trained_must_fail("average @runs/second @runs/third --data-dir @data --output @no/mean", 1,
                      "no/mean");
    trained_must_run(TRAINED_FIT "--output @runs/wide --width 0.5 --epochs 1");
    trained_must_fail("average @runs/second @runs/wide --data-dir @data --output @wide.safetensors",
                      2, "runs/wide differ in their network");
}

static void a_report_says_how_to_measure_it_again(void **state)
{
    (void)state;
    trained_must_run("fit --data-dir @data/train --recipe @tiny.recipe --epochs 1 --val-split 0.2 "
                     "--seed 5000000000 --output @runs/split");
    size_t size;
    char *report = trained_read(trained_path("runs/split/report.html"), &size);
    assert_non_null(strstr(report, "/data/train --split val --val-split 0.2 --seed 5000000000"));
    free(report);
    trained_must_run(
        "eval --model @runs/split/model.safetensors --data-dir @data/train --split val "
        "--val-split 0.2 --seed 5000000000");
}

static int count_files(const char *name)
{
    int count = 0;
    DIR *directory = opendir(trained_path(name));
    assert_non_null(directory);
    for (const struct dirent *entry; (entry = readdir(directory));)
        count += entry->d_name[0] != '.';
    closedir(directory);
    return count;
}

static void cards_are_the_same_from_any_number_of_threads(void **state)
{
    (void)state;
    trained_must_run("generate cards @one --count 3 --val 2 --size 48 --threads 1");
    trained_must_run("generate cards @two --count 3 --val 2 --size 48 --threads 3");
    assert_int_equal(count_files("one/train"), CARDS_COUNT);
    assert_int_equal(count_files("one/val/banana"), 2);
    trained_assert_same("one/train/banana/000002.png", "two/train/banana/000002.png");
    trained_assert_same("one/val/umbrella/000001.png", "two/val/umbrella/000001.png");
    trained_must_fail("generate cards @two --count 3", 2, "is there already");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(eval_counts_what_the_engine_answers),
        cmocka_unit_test(compare_finds_a_model_no_better_than_itself),
        cmocka_unit_test(an_average_is_a_model_that_was_judged),
        cmocka_unit_test(a_report_says_how_to_measure_it_again),
        cmocka_unit_test(cards_are_the_same_from_any_number_of_threads),
    };
    return cmocka_run_group_tests(tests, trained_set_up, trained_tear_down);
}
