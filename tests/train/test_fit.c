/* camlabel-train fit as its users run it. */
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../../engine/golden.h"
#include "../support.h"
#include "trained.h"

static void fit_makes_a_model_that_knows_its_classes(void **state)
{
    (void)state;
    struct process process = trained_run(TRAINED_FIT "--output @runs/first");
    trained_assert_code(&process, 0);
    for (int epoch = 1; epoch <= TRAINED_EPOCHS; epoch++) {
        char wanted[64];
        snprintf(wanted, sizeof wanted, "[Epoch %d/%d]: train-loss = ", epoch, TRAINED_EPOCHS);
        assert_non_null(strstr(process.out, wanted));
    }
    process_free(&process);

    size_t size;
    char *log = trained_read(trained_path("runs/first/log.csv"), &size);
    assert_int_equal(process_count_lines(log), 1 + TRAINED_EPOCHS);
    free(log);

    struct mn_model *model;
    struct mn_error error;
    double worst;
    assert_int_equal(
        mn_model_load(&model, trained_path("runs/first/model.safetensors"), NULL, &error), MN_OK);
    assert_int_equal(model->network.spec.classes, TRAINED_CLASSES);
    for (int i = 0; i < TRAINED_CLASSES; i++)
        assert_string_equal(model->labels[i], trained_classes[i]);
    char *recipe = trained_read(trained_path("runs/first/recipe.txt"), &size);
    assert_true(strlen(model->recipe) > 0);
    assert_memory_equal(recipe, model->recipe, strlen(model->recipe)); /* threads follow */
    free(recipe);
    assert_int_equal(mn_golden_verify(model, &(struct mn_engine_options){0}, &worst, &error),
                     MN_OK);
    mn_model_free(model);
}

static void a_run_is_repeated_from_its_recipe(void **state)
{
    (void)state;
    trained_must_run("fit --data-dir @data --output @runs/again --recipe @runs/whole/recipe.txt");
    trained_assert_same("runs/whole/model.safetensors", "runs/again/model.safetensors");
}

static void what_cannot_begin_leaves_no_folder(void **state)
{
    (void)state;
    trained_must_fail("fit --data-dir @nowhere --output @runs/never/deep/", 2, "nowhere");
    trained_must_fail(TRAINED_FIT "--output @runs/never --resume", 2, "no training to resume");
    assert_int_not_equal(access(trained_path("runs/never"), F_OK), 0);
    assert_int_equal(mkdir(trained_path("mine"), 0777), 0);
    trained_must_fail("fit --data-dir @nowhere --output @mine", 2, "nowhere");
    assert_int_equal(access(trained_path("mine"), F_OK), 0);
}

static void a_run_is_overwritten_once_all_else_is_there(void **state)
{
    (void)state;
    trained_must_run(TRAINED_FIT "--output @runs/kept");
    trained_must_fail("fit --data-dir @nowhere --output @runs/kept --overwrite", 2, "nowhere");
    trained_must_fail(TRAINED_FIT "--output @runs/kept --overwrite --resume", 2, "leave one out");
    trained_assert_same("runs/whole/model.safetensors", "runs/kept/model.safetensors");
    trained_must_fail(TRAINED_FIT "--output @runs/kept --overwrite --initial-checkpoint @runs/kept",
                      2, "copy it");
    trained_must_run(TRAINED_FIT
                     "--output @runs/kept --overwrite --initial-checkpoint @runs/whole --epochs 1");
}

/* Folders of classes alone are split by the run's own numbers. */
static void the_end_says_what_is_next(void **state)
{
    (void)state;
    struct process process = trained_run(TRAINED_FIT "--output @runs/next");
    trained_assert_code(&process, 0);
    assert_non_null(strstr(process.out, "3 classes (blue 40, green 40, red 40), 120 pictures"));
    assert_non_null(strstr(process.out, "camlabel live --model "));
    assert_null(strstr(process.out, "no more than chance"));
    process_free(&process);
    process =
        trained_run(TRAINED_FIT "--output @runs/guess --lr 0 --warmup-lr 0 --min-lr 0 --epochs 1");
    assert_non_null(strstr(process.out, "no more than chance"));
    process_free(&process);
    trained_must_run(
        "eval --model @runs/next --data-dir @data"); /* the folder stands for its model */
}

/* The log is told that the first epoch of a run that learned nothing was perfect. */
static void a_better_epoch_than_the_last_is_named(void **state)
{
    (void)state;
    trained_must_run(TRAINED_FIT "--output @runs/worse --lr 0 --warmup-lr 0 --min-lr 0 --epochs 2");
    FILE *log = fopen(trained_path("runs/worse/log.csv"), "w");
    assert_non_null(log);
    fputs("epoch,train_loss,train_acc,val_loss,val_acc,val_top5,lr,resolution,pictures_per_s,"
          "seconds\n1,1,1,1,1,1,0,32,1,1\n2,1,0,1,0,1,0,32,1,1\n",
          log);
    assert_int_equal(fclose(log), 0);
    struct process process = trained_run("fit --data-dir @data --output @runs/worse --resume");
    trained_assert_code(&process, 0);
    assert_non_null(strstr(process.out, "epoch 1 was better than the end, 100 to "));
    assert_non_null(strstr(process.out, "runs/worse/best.safetensors\n"));
    process_free(&process);
}

static void the_best_is_the_result_where_patience_ends(void **state)
{
    (void)state;
    /* a learning rate of nothing gets better in no epoch */
    trained_must_run(TRAINED_FIT
                     "--lr 0 --min-lr 0 --warmup-lr 0 --model-ema-decay 0 --bn-momentum 0 "
                     "--patience-epochs 2 --output @runs/patient");
    size_t size;
    char *log = trained_read(trained_path("runs/patient/log.csv"), &size);
    assert_int_equal(process_count_lines(log), 1 + 3);
    free(log);
    trained_assert_same("runs/patient/model.safetensors", "runs/patient/best.safetensors");
}

static void what_cannot_be_is_refused_in_one_sentence(void **state)
{
    (void)state;
    trained_must_fail("fit --data-dir @data", 2, "--output");
    trained_must_fail("fit --data-dir @nowhere --output @runs/none", 2, "nowhere");
    trained_must_fail("fit --data-dir @data --output @runs/mistyped --resume", 2,
                      "no training to resume");
    trained_must_fail("fit --data-dir @data --warmup 3", 2,
                      "did you mean --warmup-lr or --warmup-epochs?");
    trained_must_fail("evla --data-dir @data", 2, "did you mean eval?");
    trained_must_fail("fit @data --output @runs/none", 2, "did you mean --data-dir ");
    trained_must_fail("eval @runs/whole --data-dir @data", 2, "did you mean --model ");
    trained_must_fail("eval --model @runs/whole @data", 2, "not expected here; see");
    trained_must_fail("fit --data-dir @data --model cards", 2, "called --initial-checkpoint here");
    trained_must_fail("fit --data-dir @data --checkpoint @c", 2,
                      "called --initial-checkpoint here");
    trained_must_fail("eval --data-dir @data --img-size 96", 2, "called --resolution here");
    trained_must_fail(TRAINED_FIT "--output @runs/none --freeze 3", 2, "--initial-checkpoint");
    trained_must_fail(TRAINED_FIT
                      "--output @runs/none --initial-checkpoint @runs/whole/model.safetensors "
                      "--width 0.5",
                      2, "its network is not");
    trained_must_fail("eval --model @runs/whole/log.csv --data-dir @data", 2, "log.csv");
    trained_must_fail("eval --model @runs/whole/model.safetensors --data-dir @data --split test", 2,
                      "test");
    trained_must_fail("compare @runs/whole/model.safetensors --data-dir @data", 2, "two models");
    trained_must_fail("generate dice @dice", 2, "cards");
}

static void what_needs_more_memory_than_allowed_says_so(void **state)
{
    (void)state;
    static const struct {
        const char *line;
        bool says;
    } runs[] = {{TRAINED_FIT "--output @runs/small --epochs 1 --ram 1M", true},
                {TRAINED_FIT "--output @runs/large --epochs 1 --ram 100M", false}};
    for (int i = 0; i < 2; i++) {
        struct process process = trained_run(runs[i].line);
        trained_assert_code(&process, 0);
        assert_true(!!strstr(process.out, "more than --ram allows") == runs[i].says);
        process_free(&process);
    }
    trained_assert_same("runs/small/model.safetensors", "runs/large/model.safetensors");
}

static void a_loss_that_explodes_ends_the_run(void **state)
{
    (void)state;
    trained_must_fail(
        TRAINED_FIT "--output @runs/exploded --lr 1000 --clip-grad 0 --momentum 0.999 --epochs 200 "
                    "--weight-decay 1",
        1, "--lr");
}

static void an_initial_model_brings_its_network(void **state)
{
    (void)state;
    trained_must_run("fit --data-dir @data --output @runs/head --initial-checkpoint "
                     "@runs/whole/model.safetensors --freeze 13 --epochs 2 --batch-size 12");
    size_t size;
    char *recipe = trained_read(trained_path("runs/head/recipe.txt"), &size);
    assert_non_null(strstr(recipe, "width = 0.25\n"));
    assert_non_null(strstr(recipe, "lr = 0.01\n"));
    free(recipe);
    /* and is named in the recipe, which alone says it all, to the same bytes; but a flag wins */
    trained_must_run("fit --data-dir @data --output @runs/head2 --recipe @runs/head/recipe.txt");
    trained_assert_same("runs/head/model.safetensors", "runs/head2/model.safetensors");
    trained_must_fail("fit --data-dir @data --output @runs/other --recipe @runs/head/recipe.txt "
                      "--initial-checkpoint @runs/nothing.safetensors",
                      2, "nothing.safetensors");
}

static void assert_called(const char *run_folder, const char *name)
{
    struct mn_model *model;
    struct mn_error error;
    char file[64];
    snprintf(file, sizeof file, "%s/model.safetensors", run_folder);
    assert_int_equal(mn_model_load(&model, trained_path(file), NULL, &error), MN_OK);
    assert_string_equal(model->name, name);
    mn_model_free(model);
}

/* The name of a folder may be any bytes; that of a model is text. */
static void a_model_is_called_as_its_folder_or_as_told(void **state)
{
    (void)state;
    assert_int_equal(rename(trained_path("data"), trained_path("f\xff")), 0);
    trained_must_run("fit --data-dir @f\xff --output @odd --recipe @tiny.recipe --epochs 1");
    assert_int_equal(rename(trained_path("f\xff"), trained_path("data")), 0);
    assert_called("odd", "f?");
    trained_must_run(
        "fit --data-dir @data --output @told --recipe @tiny.recipe --epochs 1 --name blobs");
    assert_called("told", "blobs");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(fit_makes_a_model_that_knows_its_classes),
        cmocka_unit_test(a_run_is_repeated_from_its_recipe),
        cmocka_unit_test(what_cannot_begin_leaves_no_folder),
        cmocka_unit_test(a_run_is_overwritten_once_all_else_is_there),
        cmocka_unit_test(the_end_says_what_is_next),
        cmocka_unit_test(a_better_epoch_than_the_last_is_named),
        cmocka_unit_test(the_best_is_the_result_where_patience_ends),
        cmocka_unit_test(what_cannot_be_is_refused_in_one_sentence),
        cmocka_unit_test(what_needs_more_memory_than_allowed_says_so),
        cmocka_unit_test(a_loss_that_explodes_ends_the_run),
        cmocka_unit_test(an_initial_model_brings_its_network),
        cmocka_unit_test(a_model_is_called_as_its_folder_or_as_told),
    };
    return cmocka_run_group_tests(tests, trained_set_up, trained_tear_down);
}
