/* camlabel-train as its users run it, on a few small pictures of plain colours. */
#include <dirent.h>
#include <errno.h>
#include <ftw.h>
#include <jansson.h>
#include <signal.h>
#include <string.h>
#include <sys/stat.h>

#include "../../app/cards/cards.h"
#include "../../engine/golden.h"
#include "../../engine/image/picture_file.h"
#include "../live/process.h"
#include "../support.h"

enum { SIDE = 32, CLASSES = 3, TRAIN = 40, VAL = 6, EPOCHS = 5 };

static const char *const class_names[CLASSES] = {"blue", "green", "red"};

static char folder[] = "/tmp/camlabel-train-XXXXXX";

/* A file in the test's folder; some buffers take turns. */
static const char *path_of(const char *name)
{
    static char paths[8][256];
    static int next;
    char *path = paths[next++ % 8];
    snprintf(path, sizeof paths[0], "%s/%s", folder, name);
    return path;
}

static int write_pictures(const char *split, int class, int count)
{
    static uint8_t pixels[SIDE * SIDE * 3];
    uint64_t seed = (uint64_t) class + (uint64_t)count * 100;
    char name[128];
    snprintf(name, sizeof name, "data/%s/%s", split, class_names[class]);
    if (mkdir(path_of(name), 0777))
        return -1;
    for (int i = 0; i < count; i++) {
        for (int k = 0; k < SIDE * SIDE * 3; k++)
            pixels[k] = (uint8_t)((test_random(&seed) >> 58) + (k % 3 == 2 - class ? 160 : 40));
        struct mn_image image;
        struct mn_error error;
        mn_image_wrap(&image, MN_PIXEL_RGB24, SIDE, SIDE, pixels, 0);
        snprintf(name, sizeof name, "data/%s/%s/%d.png", split, class_names[class], i);
        if (mn_png_write(path_of(name), &image, &error))
            return -1;
    }
    return 0;
}

static int use_trainer(void)
{
    static char program[4200];
    process_build_path(program, sizeof program, "camlabel-train");
    process_set_program(program);
    return access(program, X_OK);
}

/* Colours are what the classes differ by. */
static int write_recipe(void)
{
    FILE *file = fopen(path_of("tiny.recipe"), "w");
    if (!file)
        return -1;
    fputs("img-size = 32\nwidth = 0.25\nepochs = 5\nwarmup-epochs = 0\nbatch-size = 8\naa = none\n"
          "color-jitter = 0\ncamera = 0\nmodel-ema-decay = 0\nlr = 0.05\nbn-momentum = 0.3\n"
          "crop = none\ndrop = 0\nsmoothing = 0\n",
          file);
    return fclose(file);
}

static int set_up(void **state)
{
    (void)state;
    if (use_trainer() || !mkdtemp(folder) || mkdir(path_of("data"), 0777) || write_recipe() ||
        mkdir(path_of("data/train"), 0777) || mkdir(path_of("data/val"), 0777))
        return -1;
    for (int class = 0; class < CLASSES; class ++)
        if (write_pictures("train", class, TRAIN) || write_pictures("val", class, VAL))
            return -1;
    return 0;
}

static int remove_one(const char *path, const struct stat *info, int kind, struct FTW *walk)
{
    (void)info, (void)kind, (void)walk;
    return remove(path);
}

static int tear_down(void **state)
{
    (void)state;
    return nftw(folder, remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

/* Runs a command line of words separated by single spaces; @NAME is a path in the folder. With
 * `lines`, it gets the signal after as many lines of output. */
static struct process run_until(const char *line, int lines, int signal_number)
{
    enum { MAX_WORDS = 31 };
    static char copy[1024], paths[MAX_WORDS][256];
    const char *words[MAX_WORDS + 1];
    int count = 0;
    struct process process;
    snprintf(copy, sizeof copy, "%s", line);
    for (char *word = strtok(copy, " "); word && count < MAX_WORDS; word = strtok(NULL, " ")) {
        snprintf(paths[count], sizeof paths[0], "%s", *word == '@' ? path_of(word + 1) : word);
        words[count] = paths[count];
        count++;
    }
    words[count] = NULL;
    process_run_until(&process, words, lines, signal_number);
    return process;
}

static struct process run(const char *line)
{
    return run_until(line, 0, 0);
}

static void assert_code(const struct process *process, int code)
{
    if (process->code != code)
        fail_msg("exit code %d, not %d:\n%s%s", process->code, code, process->out, process->err);
}

/* Runs it to success, or fails the test. */
static void must_run(const char *line)
{
    struct process process = run(line);
    assert_code(&process, 0);
    process_free(&process);
}

static void must_fail(const char *line, int code, const char *wanted)
{
    struct process process = run(line);
    assert_code(&process, code);
    if (!strstr(process.err, wanted))
        fail_msg("%s: \"%s\" is not in: %s", line, wanted, process.err);
    process_free(&process);
}

static char *read_file(const char *path, size_t *size)
{
    FILE *file = fopen(path, "rb");
    *size = 0;
    if (!file) {
        fail_msg("%s: %s", path, strerror(errno));
        return NULL; /* what cppcheck does not know: fail_msg() does not return */
    }
    static const size_t room = (size_t)1 << 24;
    char *data = malloc(room);
    assert_non_null(data);
    *size = fread(data, 1, room - 1, file);
    data[*size] = 0;
    fclose(file);
    return data;
}

static void assert_same_file(const char *a, const char *b)
{
    size_t a_size, b_size;
    char *a_data = read_file(path_of(a), &a_size), *b_data = read_file(path_of(b), &b_size);
    if (a_size != b_size || memcmp(a_data, b_data, a_size) != 0)
        fail_msg("%s and %s differ", a, b);
    free(a_data);
    free(b_data);
}

#define FIT "fit --data-dir @data --recipe @tiny.recipe "

/* The first run, which later tests look at and compare with. */
static void fit_makes_a_model_that_knows_its_classes(void **state)
{
    (void)state;
    struct process process = run(FIT "--output @runs/whole");
    assert_code(&process, 0);
    for (int epoch = 1; epoch <= EPOCHS; epoch++) {
        char wanted[64];
        snprintf(wanted, sizeof wanted, "[Epoch %d/%d]: train-loss = ", epoch, EPOCHS);
        assert_non_null(strstr(process.out, wanted));
    }
    process_free(&process);

    size_t size;
    char *log = read_file(path_of("runs/whole/log.csv"), &size);
    assert_int_equal(process_count_lines(log), 1 + EPOCHS);
    free(log);

    struct mn_model *model;
    struct mn_error error;
    double worst;
    assert_int_equal(mn_model_load(&model, path_of("runs/whole/model.safetensors"), NULL, &error),
                     MN_OK);
    assert_int_equal(model->network.spec.classes, CLASSES);
    for (int i = 0; i < CLASSES; i++)
        assert_string_equal(model->labels[i], class_names[i]);
    char *recipe = read_file(path_of("runs/whole/recipe.txt"), &size);
    assert_true(strlen(model->recipe) > 0);
    assert_memory_equal(recipe, model->recipe, strlen(model->recipe)); /* threads follow */
    free(recipe);
    assert_int_equal(mn_golden_verify(model, &(struct mn_engine_options){0}, &worst, &error),
                     MN_OK);
    mn_model_free(model);
}

static void eval_counts_what_the_engine_answers(void **state)
{
    (void)state;
    struct process process =
        run("eval --model @runs/whole/best.safetensors --data-dir @data --json "
            "--predictions @predictions.csv");
    assert_code(&process, 0);
    json_t *line = json_loads(process.out, 0, NULL);
    assert_non_null(line);
    assert_int_equal(json_integer_value(json_object_get(line, "images")), CLASSES * VAL);
    double top1 = json_number_value(json_object_get(line, "top1"));
    const json_t *confusion = json_object_get(line, "confusion");
    json_int_t all = 0, right = 0;
    for (size_t i = 0; i < CLASSES; i++)
        for (size_t k = 0; k < CLASSES; k++) {
            json_int_t count = json_integer_value(json_array_get(json_array_get(confusion, i), k));
            all += count;
            right += i == k ? count : 0;
        }
    assert_int_equal(all, CLASSES * VAL);
    assert_true(top1 > (double)right / CLASSES / VAL - 1e-6 &&
                top1 < (double)right / CLASSES / VAL + 1e-6);
    assert_true(top1 > 0.6); /* three plain colours; chance is 0.33 */
    json_decref(line);
    process_free(&process);

    size_t size;
    char *rows = read_file(path_of("predictions.csv"), &size);
    assert_int_equal(process_count_lines(rows), 1 + CLASSES * VAL);
    free(rows);
}

static void compare_finds_a_model_no_better_than_itself(void **state)
{
    (void)state;
    struct process process = run("compare @runs/whole/model.safetensors "
                                 "@runs/whole/model.safetensors --data-dir @data --json");
    assert_code(&process, 0);
    json_t *line = json_loads(process.out, 0, NULL);
    assert_true(json_number_value(json_object_get(line, "p")) == 1);
    assert_int_equal(json_integer_value(json_object_get(line, "only_a")), 0);
    json_decref(line);
    process_free(&process);
}

static void an_average_is_a_model_that_was_judged(void **state)
{
    (void)state;
    must_run(FIT "--seed 2 --output @runs/second --initial-checkpoint @runs/whole --epochs 2");
    must_run(FIT "--seed 3 --output @runs/third --initial-checkpoint @runs/whole --epochs 2");
    must_run("average @runs/second @runs/third --data-dir @data --output @mean.safetensors");
    must_run("eval --model @mean.safetensors --data-dir @data");
    struct mn_model *model;
    struct mn_error error;
    double worst;
    assert_int_equal(mn_model_load(&model, path_of("mean.safetensors"), NULL, &error), MN_OK);
    assert_int_equal(mn_golden_verify(model, &(struct mn_engine_options){0}, &worst, &error),
                     MN_OK);
    assert_non_null(strstr(model->origin, "the mean of "));
    assert_true(model->accuracy > 0 && model->unknown_below > 0);
    assert_non_null(strstr(model->measured, " top-1 of 18 val images"));
    mn_model_free(model);
    must_fail("average @runs/second --data-dir @data --output @mean.safetensors", 2, "two models");
    must_fail("average @runs/second @runs/third --data-dir @data --output "
              "@runs/third/model.safetensors",
              2, "name another");
    must_fail("average @runs/second @runs/third --data-dir @data --output @no/mean", 1, "no/mean");
    must_run(FIT "--output @runs/wide --width 0.5 --epochs 1");
    must_fail("average @runs/second @runs/wide --data-dir @data --output @wide.safetensors", 2,
              "runs/wide differ in their network");
}

static void a_killed_run_resumes_to_the_same_bytes(void **state)
{
    (void)state;
    for (int lines = 1; lines <= 2 + EPOCHS; lines += 2) {
        struct process process = run_until(
            FIT "--output @runs/killed --overwrite --checkpoint-minutes 0", lines, SIGKILL);
        process_free(&process); /* it may have come to its end before */
        must_run("fit --data-dir @data --output @runs/killed --resume");
        assert_same_file("runs/whole/model.safetensors", "runs/killed/model.safetensors");
        assert_same_file("runs/whole/best.safetensors", "runs/killed/best.safetensors");
    }
}

static void a_run_is_repeated_from_its_recipe(void **state)
{
    (void)state;
    must_run("fit --data-dir @data --output @runs/again --recipe @runs/whole/recipe.txt");
    assert_same_file("runs/whole/model.safetensors", "runs/again/model.safetensors");
}

static void a_stopped_run_says_how_to_go_on(void **state)
{
    (void)state;
    struct process process =
        run_until(FIT "--epochs 4000 --sched constant --output @runs/stopped", 3, SIGINT);
    assert_code(&process, 130);
    assert_non_null(strstr(process.err, "--resume"));
    assert_int_equal(access(path_of("runs/stopped/last.ckpt"), R_OK), 0);
    process_free(&process);
    must_fail("fit --data-dir @data --output @runs/stopped", 2, "--resume goes on");
    must_fail("fit --data-dir @data --output @runs/stopped --resume --lr 0.123", 2,
              "--lr 0.123: the run to resume has 0.05");
}

static void a_run_stopped_at_its_report_can_go_on(void **state)
{
    (void)state;
    struct process process = run_until(FIT "--output @runs/reported", 2 + EPOCHS + 1, SIGINT);
    if (process.code != 0) /* it may have come to its end before */
        assert_code(&process, 130);
    process_free(&process);
    must_run("fit --data-dir @data --output @runs/reported --resume");
    assert_int_equal(access(path_of("runs/reported/report.html"), R_OK), 0);
}

static void what_cannot_begin_leaves_no_folder(void **state)
{
    (void)state;
    must_fail("fit --data-dir @nowhere --output @runs/never/deep/", 2, "nowhere");
    must_fail(FIT "--output @runs/never --resume", 2, "no training to resume");
    assert_int_not_equal(access(path_of("runs/never"), F_OK), 0);
    assert_int_equal(mkdir(path_of("mine"), 0777), 0);
    must_fail("fit --data-dir @nowhere --output @mine", 2, "nowhere");
    assert_int_equal(access(path_of("mine"), F_OK), 0);
}

static void a_run_is_overwritten_once_all_else_is_there(void **state)
{
    (void)state;
    must_run(FIT "--output @runs/kept");
    must_fail("fit --data-dir @nowhere --output @runs/kept --overwrite", 2, "nowhere");
    must_fail(FIT "--output @runs/kept --overwrite --resume", 2, "leave one out");
    assert_same_file("runs/whole/model.safetensors", "runs/kept/model.safetensors");
    must_fail(FIT "--output @runs/kept --overwrite --initial-checkpoint @runs/kept", 2, "copy it");
    must_run(FIT "--output @runs/kept --overwrite --initial-checkpoint @runs/whole --epochs 1");
}

/* Folders of classes alone are split by the run's own numbers. */
static void the_end_says_what_is_next(void **state)
{
    (void)state;
    struct process process = run(FIT "--output @runs/next");
    assert_code(&process, 0);
    assert_non_null(strstr(process.out, "3 classes (blue 40, green 40, red 40), 120 pictures"));
    assert_non_null(strstr(process.out, "camlabel live --model "));
    assert_null(strstr(process.out, "no more than chance"));
    process_free(&process);
    process = run(FIT "--output @runs/guess --lr 0 --warmup-lr 0 --min-lr 0 --epochs 1");
    assert_non_null(strstr(process.out, "no more than chance"));
    process_free(&process);
    must_run("eval --model @runs/next --data-dir @data"); /* the folder stands for its model */
}

/* The log is told that the first epoch of a run that learned nothing was perfect. */
static void a_better_epoch_than_the_last_is_named(void **state)
{
    (void)state;
    must_run(FIT "--output @runs/worse --lr 0 --warmup-lr 0 --min-lr 0 --epochs 2");
    FILE *log = fopen(path_of("runs/worse/log.csv"), "w");
    assert_non_null(log);
    fputs("epoch,train_loss,train_acc,val_loss,val_acc,val_top5,lr,resolution,pictures_per_s,"
          "seconds\n1,1,1,1,1,1,0,32,1,1\n2,1,0,1,0,1,0,32,1,1\n",
          log);
    assert_int_equal(fclose(log), 0);
    struct process process = run("fit --data-dir @data --output @runs/worse --resume");
    assert_code(&process, 0);
    assert_non_null(strstr(process.out, "epoch 1 was better than the end, 100 to "));
    assert_non_null(strstr(process.out, "runs/worse/best.safetensors\n"));
    process_free(&process);
}

static void a_report_says_how_to_measure_it_again(void **state)
{
    (void)state;
    must_run("fit --data-dir @data/train --recipe @tiny.recipe --epochs 1 --val-split 0.2 "
             "--seed 5000000000 --output @runs/split");
    size_t size;
    char *report = read_file(path_of("runs/split/report.html"), &size);
    assert_non_null(strstr(report, "/data/train --split val --val-split 0.2 --seed 5000000000"));
    free(report);
    must_run("eval --model @runs/split/model.safetensors --data-dir @data/train --split val "
             "--val-split 0.2 --seed 5000000000");
}

static void the_best_is_the_result_where_patience_ends(void **state)
{
    (void)state;
    /* a learning rate of nothing gets better in no epoch */
    must_run(FIT "--lr 0 --min-lr 0 --warmup-lr 0 --model-ema-decay 0 --bn-momentum 0 "
                 "--patience-epochs 2 --output @runs/patient");
    size_t size;
    char *log = read_file(path_of("runs/patient/log.csv"), &size);
    assert_int_equal(process_count_lines(log), 1 + 3);
    free(log);
    assert_same_file("runs/patient/model.safetensors", "runs/patient/best.safetensors");
}

static void what_cannot_be_is_refused_in_one_sentence(void **state)
{
    (void)state;
    must_fail("fit --data-dir @data", 2, "--output");
    must_fail("fit --data-dir @nowhere --output @runs/none", 2, "nowhere");
    must_fail("fit --data-dir @data --output @runs/mistyped --resume", 2, "no training to resume");
    must_fail("fit --data-dir @data --warmup 3", 2, "did you mean --warmup-lr or --warmup-epochs?");
    must_fail("evla --data-dir @data", 2, "did you mean eval?");
    must_fail("fit @data --output @runs/none", 2, "did you mean --data-dir ");
    must_fail("eval @runs/whole --data-dir @data", 2, "did you mean --model ");
    must_fail("eval --model @runs/whole @data", 2, "not expected here; see");
    must_fail("fit --data-dir @data --model cards", 2, "called --initial-checkpoint here");
    must_fail("fit --data-dir @data --checkpoint @c", 2, "called --initial-checkpoint here");
    must_fail("eval --data-dir @data --img-size 96", 2, "called --resolution here");
    must_fail(FIT "--output @runs/none --freeze 3", 2, "--initial-checkpoint");
    must_fail(FIT "--output @runs/none --initial-checkpoint @runs/whole/model.safetensors "
                  "--width 0.5",
              2, "its network is not");
    must_fail("eval --model @runs/whole/log.csv --data-dir @data", 2, "log.csv");
    must_fail("eval --model @runs/whole/model.safetensors --data-dir @data --split test", 2,
              "test");
    must_fail("compare @runs/whole/model.safetensors --data-dir @data", 2, "two models");
    must_fail("generate dice @dice", 2, "cards");
}

static void what_needs_more_memory_than_allowed_says_so(void **state)
{
    (void)state;
    static const struct {
        const char *line;
        bool says;
    } runs[] = {{FIT "--output @runs/small --epochs 1 --ram 1M", true},
                {FIT "--output @runs/large --epochs 1 --ram 100M", false}};
    for (int i = 0; i < 2; i++) {
        struct process process = run(runs[i].line);
        assert_code(&process, 0);
        assert_true(!!strstr(process.out, "more than --ram allows") == runs[i].says);
        process_free(&process);
    }
    assert_same_file("runs/small/model.safetensors", "runs/large/model.safetensors");
}

static void a_loss_that_explodes_ends_the_run(void **state)
{
    (void)state;
    must_fail(FIT "--output @runs/exploded --lr 1000 --clip-grad 0 --momentum 0.999 --epochs 200 "
                  "--weight-decay 1",
              1, "--lr");
}

static void an_initial_model_brings_its_network(void **state)
{
    (void)state;
    must_run("fit --data-dir @data --output @runs/head --initial-checkpoint "
             "@runs/whole/model.safetensors --freeze 13 --epochs 2 --batch-size 12");
    size_t size;
    char *recipe = read_file(path_of("runs/head/recipe.txt"), &size);
    assert_non_null(strstr(recipe, "width = 0.25\n"));
    assert_non_null(strstr(recipe, "lr = 0.01\n"));
    free(recipe);
    /* and is named in the recipe, which alone says it all, to the same bytes; but a flag wins */
    must_run("fit --data-dir @data --output @runs/head2 --recipe @runs/head/recipe.txt");
    assert_same_file("runs/head/model.safetensors", "runs/head2/model.safetensors");
    must_fail("fit --data-dir @data --output @runs/other --recipe @runs/head/recipe.txt "
              "--initial-checkpoint @runs/nothing.safetensors",
              2, "nothing.safetensors");
}

#define TUNE                                                                                       \
    "fit --data-dir @data --epochs 4 --batch-size 8 --initial-checkpoint @trunk.safetensors "

/* Not asked for again, and not forgotten; nor needed, where all weights are in the checkpoint. */
static void a_resumed_run_knows_what_it_began_with(void **state)
{
    (void)state;
    must_run(FIT "--output @runs/trunk --epochs 1");
    assert_int_equal(rename(path_of("runs/trunk/model.safetensors"), path_of("trunk.safetensors")),
                     0);
    must_run(TUNE "--output @runs/tuned");
    struct process process =
        run_until(TUNE "--output @runs/halted --checkpoint-minutes 0", 4, SIGKILL);
    process_free(&process);
    assert_int_equal(remove(path_of("trunk.safetensors")), 0);
    must_run("fit --data-dir @data --output @runs/halted --resume");
    assert_same_file("runs/tuned/model.safetensors", "runs/halted/model.safetensors");
    struct mn_model *model;
    struct mn_error error;
    assert_int_equal(mn_model_load(&model, path_of("runs/halted/model.safetensors"), NULL, &error),
                     MN_OK);
    assert_non_null(strstr(model->origin, "beginning with trunk.safetensors"));
    mn_model_free(model);
}

/* What flags say of the normalisation holds, from the first step on. */
static void a_resumed_run_is_normalised_as_it_began(void **state)
{
    (void)state;
    must_run(FIT "--output @runs/plain --epochs 1");
    must_run("fit --data-dir @data --epochs 2 --batch-size 8 --bn-eps 0.01 --mean 0.4 "
             "--initial-checkpoint @runs/plain/model.safetensors --output @runs/normed");
    struct process process =
        run_until("fit --data-dir @data --epochs 2 --batch-size 8 --bn-eps 0.01 --mean 0.4 "
                  "--initial-checkpoint @runs/plain/model.safetensors --output @runs/half "
                  "--checkpoint-minutes 0",
                  3, SIGKILL);
    process_free(&process);
    must_run("fit --data-dir @data --output @runs/half --resume");
    assert_same_file("runs/normed/model.safetensors", "runs/half/model.safetensors");
    struct mn_model *model;
    struct mn_error error;
    assert_int_equal(mn_model_load(&model, path_of("runs/half/model.safetensors"), NULL, &error),
                     MN_OK);
    assert_float_equal(model->norm_epsilon, 0.01, 1e-7);
    assert_float_equal(model->preprocessing.mean[0], 0.4, 1e-6);
    mn_model_free(model);
}

/* The power went while the last row was written. */
static void a_torn_log_is_no_end(void **state)
{
    (void)state;
    must_run(FIT "--output @runs/torn");
    struct stat status;
    assert_int_equal(stat(path_of("runs/torn/log.csv"), &status), 0);
    assert_int_equal(truncate(path_of("runs/torn/log.csv"), status.st_size - 30), 0);
    must_run("fit --data-dir @data --output @runs/torn --resume");
    /* what is left may look like a row */
    assert_int_equal(stat(path_of("runs/torn/log.csv"), &status), 0);
    assert_int_equal(truncate(path_of("runs/torn/log.csv"), status.st_size - 3), 0);
    must_run("fit --data-dir @data --output @runs/torn --resume");
    assert_same_file("runs/whole/model.safetensors", "runs/torn/model.safetensors");
    size_t size;
    char *log = read_file(path_of("runs/torn/log.csv"), &size);
    assert_int_equal(process_count_lines(log), 1 + EPOCHS);
    /* the learning rate and the resolution are those of the epoch, though no step was done */
    assert_null(strstr(log, ",0,0,"));
    assert_null(strstr(log, ",0.000\n")); /* judging took its time */
    free(log);
}

static int count_files(const char *name)
{
    int count = 0;
    DIR *directory = opendir(path_of(name));
    assert_non_null(directory);
    for (const struct dirent *entry; (entry = readdir(directory));)
        count += entry->d_name[0] != '.';
    closedir(directory);
    return count;
}

static void assert_called(const char *run_folder, const char *name)
{
    struct mn_model *model;
    struct mn_error error;
    char file[64];
    snprintf(file, sizeof file, "%s/model.safetensors", run_folder);
    assert_int_equal(mn_model_load(&model, path_of(file), NULL, &error), MN_OK);
    assert_string_equal(model->name, name);
    mn_model_free(model);
}

/* The name of a folder may be any bytes; that of a model is text. */
static void a_model_is_called_as_its_folder_or_as_told(void **state)
{
    (void)state;
    assert_int_equal(rename(path_of("data"), path_of("f\xff")), 0);
    must_run("fit --data-dir @f\xff --output @odd --recipe @tiny.recipe --epochs 1");
    assert_int_equal(rename(path_of("f\xff"), path_of("data")), 0);
    assert_called("odd", "f?");
    must_run("fit --data-dir @data --output @told --recipe @tiny.recipe --epochs 1 --name blobs");
    assert_called("told", "blobs");
}

static void cards_are_the_same_from_any_number_of_threads(void **state)
{
    (void)state;
    must_run("generate cards @one --count 3 --val 2 --size 48 --threads 1");
    must_run("generate cards @two --count 3 --val 2 --size 48 --threads 3");
    assert_int_equal(count_files("one/train"), CARDS_COUNT);
    assert_int_equal(count_files("one/val/banana"), 2);
    assert_same_file("one/train/banana/000002.png", "two/train/banana/000002.png");
    assert_same_file("one/val/umbrella/000001.png", "two/val/umbrella/000001.png");
    must_fail("generate cards @two --count 3", 2, "is there already");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(fit_makes_a_model_that_knows_its_classes),
        cmocka_unit_test(eval_counts_what_the_engine_answers),
        cmocka_unit_test(compare_finds_a_model_no_better_than_itself),
        cmocka_unit_test(an_average_is_a_model_that_was_judged),
        cmocka_unit_test(a_killed_run_resumes_to_the_same_bytes),
        cmocka_unit_test(a_run_is_repeated_from_its_recipe),
        cmocka_unit_test(a_stopped_run_says_how_to_go_on),
        cmocka_unit_test(a_run_stopped_at_its_report_can_go_on),
        cmocka_unit_test(what_cannot_begin_leaves_no_folder),
        cmocka_unit_test(a_run_is_overwritten_once_all_else_is_there),
        cmocka_unit_test(the_end_says_what_is_next),
        cmocka_unit_test(a_better_epoch_than_the_last_is_named),
        cmocka_unit_test(a_report_says_how_to_measure_it_again),
        cmocka_unit_test(the_best_is_the_result_where_patience_ends),
        cmocka_unit_test(what_cannot_be_is_refused_in_one_sentence),
        cmocka_unit_test(what_needs_more_memory_than_allowed_says_so),
        cmocka_unit_test(a_loss_that_explodes_ends_the_run),
        cmocka_unit_test(an_initial_model_brings_its_network),
        cmocka_unit_test(a_resumed_run_knows_what_it_began_with),
        cmocka_unit_test(a_resumed_run_is_normalised_as_it_began),
        cmocka_unit_test(a_torn_log_is_no_end),
        cmocka_unit_test(a_model_is_called_as_its_folder_or_as_told),
        cmocka_unit_test(cards_are_the_same_from_any_number_of_threads),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
