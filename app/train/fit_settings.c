#include "fit_settings.h"

#include <stdlib.h>
#include <string.h>

#include "../../engine/model/text.h"
#include "../model_name.h"
#include "../option_file.h"
#include "../option_value.h"

/* --- values of their own --- */

static enum mn_status set_bytes(const struct option_spec *spec, const char *text, void *place,
                                struct mn_error *error)
{
    char *end;
    double number = strtod(text, &end);
    double unit = *end == 'G' ? 1 << 30 : *end == 'M' ? 1 << 20 : *end == 'K' ? 1 << 10 : 1;
    if (end == text || (*end && strchr("GMK", *end) && end[1]) || (*end && !strchr("GMK", *end)) ||
        !(number * unit >= spec->low && number * unit <= spec->high))
        return mn_fail(error, MN_BAD_INPUT, "must be a size such as 300M or 2G");
    *(size_t *)place = (size_t)(number * unit);
    return MN_OK;
}

static void print_bytes(const struct option_spec *spec, const void *place, char *text, size_t size)
{
    (void)spec;
    snprintf(text, size, "%zu", *(const size_t *)place);
}

/* A recipe file has it on a line of its own, up to the first #. */
static enum mn_status set_line(const char *text, char *place, size_t size, struct mn_error *error)
{
    size_t length = strlen(text);
    if (length >= size || strchr(text, '#') || !mn_text_is_clean(text, length))
        return mn_fail(error, MN_BAD_INPUT, "must be at most %zu bytes of UTF-8 text without #",
                       size - 1);
    snprintf(place, size, "%s", text);
    return MN_OK;
}

static enum mn_status set_name(const struct option_spec *spec, const char *text, void *place,
                               struct mn_error *error)
{
    (void)spec;
    return set_line(text, place, FIT_NAME_SIZE, error);
}

static enum mn_status set_initial_name(const struct option_spec *spec, const char *text,
                                       void *place, struct mn_error *error)
{
    (void)spec;
    return set_line(text, place, FIT_INITIAL_SIZE, error);
}

static void print_line(const struct option_spec *spec, const void *place, char *text, size_t size)
{
    (void)spec;
    snprintf(text, size, "%s", (const char *)place);
}

/* A model to begin with has its network, and what its pictures must look like. What it knows
 * already needs fewer epochs and smaller steps. */
static enum mn_status set_initial(const struct option_spec *spec, const char *text, void *place,
                                  struct mn_error *error)
{
    (void)spec;
    struct fit_settings *settings = place;
    struct mn_recipe *recipe = &settings->recipe;
    struct mn_model *model;
    if (set_line(text, settings->initial, sizeof settings->initial, error) ||
        model_name_load_alone(&model, text, error))
        return error->status;
    recipe->spec = model->network.spec;
    recipe->spec.classes = 0;
    memcpy(recipe->mean, model->preprocessing.mean, sizeof recipe->mean);
    memcpy(recipe->std, model->preprocessing.std, sizeof recipe->std);
    recipe->bn_eps = model->norm_epsilon;
    recipe->lr = 0.01;
    recipe->epochs = 20;
    mn_model_free(model);
    return MN_OK;
}

/* --- tables --- */

static const char *const storages[] = {"float32", "float16", NULL};

#define FIELD(member) offsetof(struct fit_settings, member)
const struct option_spec fit_recipe_table[] = {
    {OPTION_OWN, 0, "name", "NAME", FIELD(name),
     "what the model is called; default: as the folder of the pictures", .set = set_name,
     .print = print_line},
    {OPTION_GROUP, 0, "", NULL, FIELD(recipe), NULL, .group = recipe_option_table},
    {OPTION_REAL, 0, "val-split", "F", FIELD(val_split),
     "part of the training pictures to judge by, where the data have no val folder; 0: judge by "
     "the test pictures; default: 0.1",
     .low = 0, .high = 0.9},
    {OPTION_CHOICE, 0, "storage", "TYPE", FIELD(storage),
     "float32 or float16 numbers in the model file; default: float32", .choices = storages},
    {.name = NULL},
};

/* What the bytes of the result depend on, */
static const struct option_spec result_table[] = {
    {OPTION_GROUP, 0, "", NULL, 0, NULL, .group = fit_recipe_table},
    {OPTION_INTEGER, 0, "threads", "N", FIELD(threads),
     "threads that train; default: as many as this process may keep busy", .low = 1, .high = 64},
    {.name = NULL},
};

/* and all that recipe.txt tells, whose other lines say what the initial model brought. */
static const struct option_spec run_table[] = {
    {OPTION_GROUP, 0, "", NULL, 0, NULL, .group = result_table},
    {OPTION_OWN, 0, "initial-checkpoint", "MODEL", FIELD(initial), "", .set = set_initial_name,
     .print = print_line},
    {.name = NULL},
};

/* The initial model that the file names, unless the command line has named one before, brings what
 * it brings; then the lines have their say. */
static enum mn_status set_recipe(const struct option_spec *spec, const char *text, void *place,
                                 struct mn_error *error)
{
    (void)spec;
    struct fit_settings *settings = place, file = *settings;
    if (option_file_read(run_table, text, &file, error) ||
        (!*settings->initial && *file.initial && set_initial(NULL, file.initial, settings, error)))
        return error->status;
    memcpy(file.initial, settings->initial, sizeof file.initial);
    if (option_file_read(run_table, text, settings, error))
        return error->status;
    memcpy(settings->initial, file.initial, sizeof file.initial);
    return MN_OK;
}

const struct option_spec fit_option_table[] = {
    {OPTION_TEXT, 'd', "data-dir", "DIR", FIELD(data_dir),
     "the pictures: train/CLASS/, val/CLASS/ and test/CLASS/ folders, CLASS/ folders alone, or "
     "CIFAR's binary files"},
    {OPTION_TEXT, 'o', "output", "RUN", FIELD(output), "folder for all that comes of it"},
    {OPTION_SOURCE, 0, "initial-checkpoint", "MODEL", 0,
     "begin with this model's weights, and its network: our own, or one that camlabel import made",
     .set = set_initial},
    {OPTION_SOURCE, 0, "recipe", "FILE", 0,
     "read flags from a file of lines \"name = value\"; those given here as well win",
     .set = set_recipe},
    {OPTION_FLAG, 0, "resume", NULL, FIELD(resume),
     "go on with the training in RUN, with the flags that it began with"},
    {OPTION_FLAG, 0, "overwrite", NULL, FIELD(overwrite), "forget the training in RUN"},
    {OPTION_REAL, 0, "checkpoint-minutes", "N", FIELD(checkpoint_minutes),
     "save so often, and after each epoch; default: 5", .low = 0, .high = 10000},
    {OPTION_OWN, 0, "ram", "SIZE", FIELD(ram_bytes),
     "memory to take at most, as far as pictures can be read again: 300M, 2G; default: 512M",
     .low = 1, .high = 1e15, .set = set_bytes, .print = print_bytes},
    {OPTION_GROUP, 0, "", NULL, 0, NULL, .group = result_table},
    {.name = NULL},
};

/* --- resuming --- */

/* Takes over what the user left as it is by default, and compares the rest. */
static enum mn_status check_agreement(const struct fit_settings *now,
                                      const struct fit_settings *standard,
                                      const struct fit_settings *run, struct mn_error *error)
{
    struct options_flat flat;
    options_flatten(&flat, run_table);
    for (int i = 0; i < flat.count; i++) {
        const struct option_spec *spec = flat.option[i].spec;
        size_t at = flat.option[i].offset;
        char ours[OPTION_TEXT_SIZE], theirs[OPTION_TEXT_SIZE], untouched[OPTION_TEXT_SIZE];
        option_print(spec, (const char *)now + at, ours);
        option_print(spec, (const char *)run + at, theirs);
        option_print(spec, (const char *)standard + at, untouched);
        if (strcmp(ours, untouched) != 0 && strcmp(ours, theirs) != 0)
            return mn_fail(error, MN_BAD_INPUT,
                           "--%s %s: the run to resume has %s; leave the flag out, or begin a new "
                           "run",
                           spec->name, ours, theirs);
    }
    return MN_OK;
}

enum mn_status fit_settings_resume(struct fit_settings *settings, const char *run_recipe_path,
                                   struct mn_error *error)
{
    struct fit_settings standard = fit_defaults, run = *settings;
    if (*settings->initial && set_initial(NULL, settings->initial, &standard, error))
        return error->status;
    *standard.initial = 0;
    if (option_file_read(run_table, run_recipe_path, &run, error) ||
        check_agreement(settings, &standard, &run, error))
        return error->status;
    *settings = run;
    return MN_OK;
}

char *fit_settings_run_text(const struct fit_settings *settings)
{
    return option_file_text(run_table, settings);
}
