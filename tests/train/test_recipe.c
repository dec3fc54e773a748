/* Recipes: every flag as text and back, files with comments and mistakes, and who has the last
 * word.
 */
#include <math.h>
#include <string.h>

#include "../../app/option_file.h"
#include "../../app/train/commands.h"
#include "../../app/train/fit_settings.h"
#include "../support.h"

static char folder[] = "/tmp/camlabel-recipe-XXXXXX";
static char path[64];

static void write_file(const char *text)
{
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    fputs(text, file);
    assert_int_equal(fclose(file), 0);
}

/* Parses a command line of words separated by single spaces, @ standing for the recipe file. */
static enum mn_status parse(const char *line, struct fit_settings *settings, struct mn_error *error)
{
    enum { MAX_WORDS = 32 };
    static char copy[1024];
    char *argv[MAX_WORDS + 1];
    int argc = 0, first;
    bool help;
    snprintf(copy, sizeof copy, "%s", line);
    for (char *word = strtok(copy, " "); word && argc < MAX_WORDS; word = strtok(NULL, " "))
        argv[argc++] = strcmp(word, "@") == 0 ? path : word;
    argv[argc] = NULL;
    return options_parse("camlabel-train", &command_fit, argc, argv, settings, &first, &help,
                         error);
}

static struct fit_settings parsed(const char *line)
{
    struct fit_settings settings;
    struct mn_error error;
    if (parse(line, &settings, &error))
        fail_msg("%s: %s", line, error.message);
    return settings;
}

static void flags_set_what_they_name(void **state)
{
    (void)state;
    struct fit_settings s = parsed("fit -b 128 --lr 1e-3 --train-size 0:32,20:64/96 --aa none "
                                   "--scale 0.08,1 --mean 0.4,0.5,0.6 "
                                   "--std 0.25 --seed 18446744073709551615 --standard --opt adamw "
                                   "--activation relu --ram 1.5G "
                                   "--crop pad --storage float16");
    const struct mn_recipe *r = &s.recipe;
    assert_int_equal(r->batch_size, 128);
    assert_true(r->lr == 1e-3);
    assert_int_equal(r->train_size_phases, 2);
    assert_true(r->train_sizes[1].epoch == 20);
    assert_true(r->train_sizes[1].count == 2 && r->train_sizes[1].sizes[1] == 96);
    assert_false(r->augmentation.trivial);
    assert_true(r->augmentation.scale[0] == 0.08 && r->augmentation.scale[1] == 1);
    assert_true(r->mean[0] == 0.4F && r->mean[2] == 0.6F && r->std[2] == 0.25F);
    assert_true(r->seed == UINT64_MAX);
    assert_true(r->spec.standard && r->spec.activation == MN_RELU);
    assert_true(r->opt == MN_ADAMW && r->augmentation.crop == MN_CROP_PAD);
    assert_true(s.ram_bytes == (size_t)3 << 29 && s.storage == 1);
}

/* All fields differ from the defaults, and most doubles have no short text. */
static void a_recipe_survives_its_text(void **state)
{
    (void)state;
    struct fit_settings before = parsed("fit"), after = parsed("fit");
    struct mn_recipe *r = &before.recipe;
    r->spec = (struct mn_network_spec){.width = 1.0 / 3,
                                       .resolution = 96,
                                       .channel_divisor = 1,
                                       .activation = MN_RELU,
                                       .padding = MN_PAD_SYMMETRIC,
                                       .standard = true};
    double *const reals[] = {
        &r->bn_momentum, &r->bn_eps,       &r->dropout,      &r->lr,
        &r->min_lr,      &r->warmup_lr,    &r->momentum,     &r->opt_eps,
        &r->opt_beta2,   &r->weight_decay, &r->smoothing,    &r->model_ema_decay,
        &r->decay_rate,  &r->crop_pct,     &r->mixing.mixup, &r->mixing.probability,
    };
    for (size_t i = 0; i < sizeof reals / sizeof *reals; i++)
        *reals[i] = 0.1 + 1.0 / (double)(i + 7);
    r->bn_eps = nextafter(1e-10, 1);
    r->train_size_phases = 1;
    r->train_sizes[0] = (struct mn_size_phase){.sizes = {32, 512}, .count = 2};
    r->augmentation.ratio[0] = 0.1 + 0.2;
    r->augmentation.trivial = false;
    r->mean[1] = nextafterf(0.5F, 1);
    r->std[0] = 1.0F / 3;
    r->freeze = 13;
    r->no_feature_cache = true;
    r->opt = MN_RMSPROP;
    r->sched = MN_STEP;
    r->seed = 1ULL << 63;
    before.val_split = 1.0 / 9;
    before.storage = 1;
    snprintf(before.name, sizeof before.name, "%s", "Vögel im Garten");

    char *text = option_file_text(fit_recipe_table, &before);
    assert_non_null(text);
    write_file(text);
    struct mn_error error;
    if (option_file_read(fit_recipe_table, path, &after, &error))
        fail_msg("%s", error.message);
    char *again = option_file_text(fit_recipe_table, &after);
    assert_string_equal(text, again);
    const struct mn_recipe *a = &after.recipe;
    assert_true(a->spec.width == 1.0 / 3 && a->spec.resolution == 96 && a->spec.standard);
    assert_true(a->bn_eps == r->bn_eps && a->lr == r->lr && a->crop_pct == r->crop_pct);
    assert_true(a->mean[1] == r->mean[1] && a->std[0] == r->std[0] && a->seed == r->seed);
    assert_true(a->augmentation.ratio[0] == 0.1 + 0.2 && a->train_sizes[0].sizes[1] == 512);
    assert_true(after.val_split == 1.0 / 9 && after.storage == 1 && a->no_feature_cache);
    assert_string_equal(after.name, before.name);
    free(text);
    free(again);
}

static void the_command_line_has_the_last_word(void **state)
{
    (void)state;
    write_file("# a recipe\r\n\n  lr = 0.3 # high\nepochs=7\nstandard = true\n\tmixup =\t0.2");
    struct fit_settings s = parsed("fit --lr 0.2 --recipe @ -b 8");
    assert_true(s.recipe.lr == 0.2 && s.recipe.epochs == 7 && s.recipe.batch_size == 8);
    assert_true(s.recipe.spec.standard && s.recipe.mixing.mixup == 0.2);
    s = parsed("fit --recipe @ --lr 0.2");
    assert_true(s.recipe.lr == 0.2 && s.recipe.epochs == 7);
}

static void mistakes_are_named_by_file_and_line(void **state)
{
    (void)state;
    static const struct {
        const char *text, *wanted;
    } cases[] = {
        {"epochs = 3\nlearning-rate = 1\n", ":2: there is no option learning-rate"},
        {"\n\nlr = fast\n", ":3: lr = fast: must be a number from 0 to 1000"},
        {"lr = nan\n", ":1: lr = nan: must be a number"},
        {"lr\n", ":1: lr: a line is \"name = value\""},
        {"opt = adam\n", "must be one of sgd, momentum, rmsproptf, adamw, muon"},
        {"scale = 1,0.5\n", "must be two numbers LO,HI from 0.001 to 1"},
        {"mean = 1,2\n", "must be R,G,B"},
        {"mean = 1,2,3,4\n", "must be R,G,B"},
        {"seed = -1\n", "must be a whole number from 0"},
        {"standard = yes\n", "must be true or false"},
        {"epochs = 99999999999\n", "must be a whole number from 1 to 1e+06"},
        {"output = here\n", "there is no option output"},
        {"train-size = 33\n", "train-size = 33: "},
        {"name = f\xff\n", "must be at most 63 bytes of UTF-8 text"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct fit_settings settings;
        struct mn_error error;
        write_file(cases[i].text);
        assert_int_equal(parse("fit --recipe @", &settings, &error), MN_BAD_INPUT);
        if (!strstr(error.message, path) || !strstr(error.message, cases[i].wanted))
            fail_msg("%s gives \"%s\", not \"%s\"", cases[i].text, error.message, cases[i].wanted);
    }
}

static void resuming_takes_the_runs_own_recipe(void **state)
{
    (void)state;
    struct mn_error error;
    struct fit_settings run = parsed("fit --lr 0.3 --threads 2 --val-split 0.25");
    char *text = fit_settings_run_text(&run);
    write_file(text);
    free(text);
    struct fit_settings now = parsed("fit --val-split 0.25 --ram 1G");
    assert_int_equal(fit_settings_resume(&now, path, &error), MN_OK);
    assert_true(now.recipe.lr == 0.3 && now.threads == 2 && now.ram_bytes == (size_t)1 << 30);
    now = parsed("fit --lr 0.4");
    assert_int_equal(fit_settings_resume(&now, path, &error), MN_BAD_INPUT);
    assert_non_null(strstr(error.message, "--lr 0.4: the run to resume has 0.3"));
}

static int make_folder(void **state)
{
    (void)state;
    if (!mkdtemp(folder))
        return -1;
    snprintf(path, sizeof path, "%s/my.recipe", folder);
    return 0;
}

static int remove_folder(void **state)
{
    (void)state;
    unlink(path);
    return rmdir(folder);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(flags_set_what_they_name),
        cmocka_unit_test(a_recipe_survives_its_text),
        cmocka_unit_test(the_command_line_has_the_last_word),
        cmocka_unit_test(mistakes_are_named_by_file_and_line),
        cmocka_unit_test(resuming_takes_the_runs_own_recipe),
    };
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
