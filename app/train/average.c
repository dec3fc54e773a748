/* camlabel-train average: one model of several that were trained alike. */
#include <stdlib.h>
#include <string.h>

#include "../../engine/base/file_writer.h"
#include "../../engine/golden.h"
#include "../../engine/model/average.h"
#include "../../engine/model/model_file.h"
#include "../../engine/model/text.h"
#include "../../engine/train/metrics.h"
#include "../engine_options.h"
#include "../model_name.h"
#include "../paths.h"
#include "commands.h"
#include "judge.h"
#include "measured.h"
#include "test_data.h"

struct average_settings {
    const char *output;
    struct test_data_settings data;
    struct engine_settings engine;
};

static const struct average_settings defaults = {
    .data = {.split = MN_SPLITS, .val_split = 0.1, .seed = 42}, .engine.isa = ISA_AUTO};

#define FIELD(member) offsetof(struct average_settings, member)

static const struct option_spec options[] = {
    {OPTION_TEXT, 'o', "output", "FILE", FIELD(output), "the safetensors file to write"},
    {OPTION_GROUP, 0, "", NULL, FIELD(data), NULL, .group = test_data_table},
    {OPTION_GROUP, 0, "", NULL, FIELD(engine), NULL, .group = engine_option_table},
    {.name = NULL},
};

/* One run. */
struct averaging {
    const struct average_settings *settings;
    struct progress progress;
    struct mn_model **models; /* [count] */
    int count;
    struct mn_model *mean;
};

static enum mn_status load(struct averaging *run, char **paths, struct mn_error *error)
{
    for (int i = 0; i < run->count; i++)
        if (model_name_load(&run->models[i], paths[i], NULL, error))
            return error->status;
    for (int i = 1; i < run->count; i++) {
        const char *what = mn_model_difference(run->models[0], run->models[i]);
        if (what)
            return mn_fail(error, MN_BAD_INPUT,
                           "%s and %s differ in their %s: their weights have no mean", paths[0],
                           paths[i], what);
    }
    return mn_model_average(&run->mean, run->models, run->count, error);
}

/* At once, and not when all is measured: can it be written, and over nothing that is read? */
static enum mn_status check_output(const struct averaging *run, char **paths,
                                   struct mn_error *error)
{
    const char *output = run->settings->output;
    char path[4096];
    for (int i = 0; i < run->count; i++)
        if (path_is_same_file(model_name_path(paths[i], path, sizeof path), output))
            return mn_fail(error, MN_BAD_INPUT,
                           "--output %s: is one of the files that are read; name another", output);
    return mn_file_can_begin(output, error);
}

/* "the mean of a.safetensors, b.safetensors" */
static enum mn_status set_origin(struct averaging *run, char **paths, struct mn_error *error)
{
    char text[2048];
    size_t used = (size_t)snprintf(text, sizeof text, "the mean of");
    for (int i = 0; i < run->count && used < sizeof text; i++)
        used += (size_t)snprintf(text + used, sizeof text - used, "%s %s", i ? "," : "", paths[i]);
    char *clean = mn_text_cleaned(text, strlen(text));
    if (!clean)
        return mn_fail(error, MN_FAILED, "not enough memory");
    free(run->mean->origin);
    run->mean->origin = clean;
    return MN_OK;
}

static enum mn_status measure(struct averaging *run, struct mn_error *error)
{
    struct judge judge = {.options = engine_options(&run->settings->engine),
                          .progress = &run->progress};
    struct mn_dataset *dataset = NULL;
    struct mn_evaluation result = {0};
    struct mn_metrics metrics = {0};
    enum mn_status status = test_data_open(&dataset, &judge.split, &run->settings->data,
                                           run->settings->engine.threads, &run->progress, error);
    judge.dataset = dataset;
    if (!status)
        status = judge_model(&judge, run->mean, &result, &metrics, error);
    if (!status)
        status = measured_keep(run->mean, &metrics, judge.split, error);
    mn_metrics_free(&metrics);
    mn_evaluation_free(&result);
    mn_dataset_close(dataset);
    progress_clear(&run->progress);
    return status;
}

static int run_average(const void *argument, int operand_count, char **operands)
{
    struct averaging run = {.settings = argument, .count = operand_count};
    struct mn_error error;
    enum mn_status status;
    progress_begin(&run.progress);
    run.models = calloc((size_t)operand_count + 1, sizeof(struct mn_model *));
    if (operand_count < 2 || !run.settings->output || !run.settings->data.data_dir)
        status = mn_fail(&error, MN_BAD_INPUT,
                         "needs two models or more, --output FILE, and --data-dir DIR to judge the "
                         "result by; see camlabel-train average --help");
    else if (!run.models)
        status = mn_fail(&error, MN_FAILED, "not enough memory");
    else if (!(status = check_output(&run, operands, &error)) &&
             !(status = load(&run, operands, &error)) &&
             !(status = set_origin(&run, operands, &error)) && !(status = measure(&run, &error)) &&
             !(status = mn_golden_make(run.mean, &error)))
        status = mn_model_save(run.mean, run.settings->output, &error);
    if (!status)
        printf("%s: %s\n", run.settings->output, run.mean->measured);
    for (int i = 0; run.models && i < operand_count; i++)
        mn_model_free(run.models[i]);
    free(run.models);
    mn_model_free(run.mean);
    return status ? train_failed(&error) : MN_OK;
}

const struct command command_average = {
    .name = "average",
    .summary = "make one model of the mean of several models' weights",
    .operands = "A B...",
    .details = "For models of trainings that began with the same weights and went different ways: "
               "their mean is often better than each. It says how good it is.",
    .examples = "camlabel-train average runs/a runs/b --data-dir photos --output "
                "both.safetensors\n",
    .options = options,
    .defaults = &defaults,
    .settings_size = sizeof(struct average_settings),
    .run = run_average,
};
