/* Trainings that are interrupted, and go on. */
#include <signal.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../../engine/golden.h"
#include "../support.h"
#include "trained.h"

static void a_killed_run_resumes_to_the_same_bytes(void **state)
{
    (void)state;
    for (int lines = 1; lines <= 2 + TRAINED_EPOCHS; lines += 2) {
        struct process process = trained_run_until(
            TRAINED_FIT "--output @runs/killed --overwrite --checkpoint-minutes 0", lines, SIGKILL);
        process_free(&process); /* it may have come to its end before */
        trained_must_run("fit --data-dir @data --output @runs/killed --resume");
        trained_assert_same("runs/whole/model.safetensors", "runs/killed/model.safetensors");
        trained_assert_same("runs/whole/best.safetensors", "runs/killed/best.safetensors");
    }
}

static void a_stopped_run_says_how_to_go_on(void **state)
{
    (void)state;
    struct process process = trained_run_until(
        TRAINED_FIT "--epochs 4000 --sched constant --output @runs/stopped", 3, SIGINT);
    trained_assert_code(&process, 130);
    assert_non_null(strstr(process.err, "--resume"));
    assert_int_equal(access(trained_path("runs/stopped/last.ckpt"), R_OK), 0);
    process_free(&process);
    trained_must_fail("fit --data-dir @data --output @runs/stopped", 2, "--resume goes on");
    trained_must_fail("fit --data-dir @data --output @runs/stopped --resume --lr 0.123", 2,
                      "--lr 0.123: the run to resume has 0.05");
}

static void a_run_stopped_at_its_report_can_go_on(void **state)
{
    (void)state;
    struct process process =
        trained_run_until(TRAINED_FIT "--output @runs/reported", 2 + TRAINED_EPOCHS + 1, SIGINT);
    if (process.code != 0) /* it may have come to its end before */
        trained_assert_code(&process, 130);
    process_free(&process);
    trained_must_run("fit --data-dir @data --output @runs/reported --resume");
    assert_int_equal(access(trained_path("runs/reported/report.html"), R_OK), 0);
}

#define TUNE                                                                                       \
    "fit --data-dir @data --epochs 4 --batch-size 8 --initial-checkpoint @trunk.safetensors "

/* Not asked for again, and not forgotten; nor needed, where all weights are in the checkpoint. */
static void a_resumed_run_knows_what_it_began_with(void **state)
{
    (void)state;
    trained_must_run(TRAINED_FIT "--output @runs/trunk --epochs 1");
    assert_int_equal(
        rename(trained_path("runs/trunk/model.safetensors"), trained_path("trunk.safetensors")), 0);
    trained_must_run(TUNE "--output @runs/tuned");
    struct process process =
        trained_run_until(TUNE "--output @runs/halted --checkpoint-minutes 0", 4, SIGKILL);
    process_free(&process);
    assert_int_equal(remove(trained_path("trunk.safetensors")), 0);
    trained_must_run("fit --data-dir @data --output @runs/halted --resume");
    trained_assert_same("runs/tuned/model.safetensors", "runs/halted/model.safetensors");
    struct mn_model *model;
    struct mn_error error;
    assert_int_equal(
        mn_model_load(&model, trained_path("runs/halted/model.safetensors"), NULL, &error), MN_OK);
    assert_non_null(strstr(model->origin, "beginning with trunk.safetensors"));
    mn_model_free(model);
}

/* What flags say of the normalisation holds, from the first step on. */
static void a_resumed_run_is_normalised_as_it_began(void **state)
{
    (void)state;
    trained_must_run(TRAINED_FIT "--output @runs/plain --epochs 1");
    trained_must_run("fit --data-dir @data --epochs 2 --batch-size 8 --bn-eps 0.01 --mean 0.4 "
                     "--initial-checkpoint @runs/plain/model.safetensors --output @runs/normed");
    struct process process =
        trained_run_until("fit --data-dir @data --epochs 2 --batch-size 8 --bn-eps 0.01 --mean 0.4 "
                          "--initial-checkpoint @runs/plain/model.safetensors --output @runs/half "
                          "--checkpoint-minutes 0",
                          3, SIGKILL);
    process_free(&process);
    trained_must_run("fit --data-dir @data --output @runs/half --resume");
    trained_assert_same("runs/normed/model.safetensors", "runs/half/model.safetensors");
    struct mn_model *model;
    struct mn_error error;
    assert_int_equal(
        mn_model_load(&model, trained_path("runs/half/model.safetensors"), NULL, &error), MN_OK);
    assert_float_equal(model->norm_epsilon, 0.01, 1e-7);
    assert_float_equal(model->preprocessing.mean[0], 0.4, 1e-6);
    mn_model_free(model);
}

/* The power went while the last row was written. */
static void a_torn_log_is_no_end(void **state)
{
    (void)state;
    trained_must_run(TRAINED_FIT "--output @runs/torn");
    struct stat status;
    assert_int_equal(stat(trained_path("runs/torn/log.csv"), &status), 0);
    assert_int_equal(truncate(trained_path("runs/torn/log.csv"), status.st_size - 30), 0);
    trained_must_run("fit --data-dir @data --output @runs/torn --resume");
    /* what is left may look like a row */
    assert_int_equal(stat(trained_path("runs/torn/log.csv"), &status), 0);
    assert_int_equal(truncate(trained_path("runs/torn/log.csv"), status.st_size - 3), 0);
    trained_must_run("fit --data-dir @data --output @runs/torn --resume");
    trained_assert_same("runs/whole/model.safetensors", "runs/torn/model.safetensors");
    size_t size;
    char *log = trained_read(trained_path("runs/torn/log.csv"), &size);
    assert_int_equal(process_count_lines(log), 1 + TRAINED_EPOCHS);
    /* the learning rate and the resolution are those of the epoch, though no step was done */
    assert_null(strstr(log, ",0,0,"));
    assert_null(strstr(log, ",0.000\n")); /* judging took its time */
    free(log);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_killed_run_resumes_to_the_same_bytes),
        cmocka_unit_test(a_stopped_run_says_how_to_go_on),
        cmocka_unit_test(a_run_stopped_at_its_report_can_go_on),
        cmocka_unit_test(a_resumed_run_knows_what_it_began_with),
        cmocka_unit_test(a_resumed_run_is_normalised_as_it_began),
        cmocka_unit_test(a_torn_log_is_no_end),
    };
    return cmocka_run_group_tests(tests, trained_set_up, trained_tear_down);
}
