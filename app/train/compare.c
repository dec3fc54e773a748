/* camlabel-train compare: is one model better than another, or was it luck? */
#include <stdlib.h>

#include "../../engine/train/mcnemar.h"
#include "../../engine/train/metrics.h"
#include "../engine_options.h"
#include "../json_line.h"
#include "../model_name.h"
#include "commands.h"
#include "judge.h"
#include "test_data.h"

struct compare_settings {
    struct test_data_settings data;
    struct engine_settings engine;
    bool json;
};

static const struct compare_settings defaults = {
    .data = {.split = MN_SPLITS, .val_split = 0.1, .seed = 42}, .engine.isa = ISA_AUTO};

#define FIELD(member) offsetof(struct compare_settings, member)

static const struct option_spec options[] = {
    {OPTION_GROUP, 0, "", NULL, FIELD(data), NULL, .group = test_data_table},
    {OPTION_GROUP, 0, "", NULL, FIELD(engine), NULL, .group = engine_option_table},
    {OPTION_FLAG, 0, "json", NULL, FIELD(json), "print one JSON object"},
    {.name = NULL},
};

/* Which pictures a model answers rightly. */
struct contender {
    const char *path;
    bool *is_right; /* [pictures] */
    int right;
};

struct comparison {
    const struct compare_settings *settings;
    struct progress progress;
    struct mn_dataset *dataset;
    enum mn_split split;
    int pictures;
    struct contender contenders[2];
};

static enum mn_status measure(struct comparison *run, struct contender *contender,
                              struct mn_error *error)
{
    struct judge judge = {.dataset = run->dataset,
                          .split = run->split,
                          .options = engine_options(&run->settings->engine),
                          .progress = &run->progress};
    struct mn_evaluation result;
    struct mn_metrics metrics;
    struct mn_model *model;
    if (model_name_load(&model, contender->path, NULL, error))
        return error->status;
    enum mn_status status = judge_model(&judge, model, &result, &metrics, error);
    mn_model_free(model);
    if (status)
        return status;
    contender->is_right = calloc((size_t)result.pictures, sizeof *contender->is_right);
    if (!contender->is_right)
        status = mn_fail(error, MN_FAILED, "not enough memory");
    for (int i = 0; contender->is_right && i < result.pictures; i++) {
        contender->is_right[i] = metrics.answer[i] == result.label[i];
        contender->right += contender->is_right[i];
    }
    mn_metrics_free(&metrics);
    mn_evaluation_free(&result);
    return status;
}

static enum mn_status compare(struct comparison *run, struct mn_error *error)
{
    if (test_data_open(&run->dataset, &run->split, &run->settings->data,
                       run->settings->engine.threads, &run->progress, error))
        return error->status;
    run->pictures = mn_dataset_count(run->dataset, run->split);
    for (int i = 0; i < 2; i++)
        if (measure(run, &run->contenders[i], error))
            return error->status;
    return MN_OK;
}

/* Pictures that the first alone, and the second alone, answers rightly. */
static void count_disagreement(const struct comparison *run, int only[2])
{
    const bool *first = run->contenders[0].is_right, *second = run->contenders[1].is_right;
    only[0] = only[1] = 0;
    for (int i = 0; i < run->pictures; i++) {
        only[0] += first[i] && !second[i];
        only[1] += second[i] && !first[i];
    }
}

static void print_text(const struct comparison *run, const int only[2], double p)
{
    const double certain = 0.05;
    for (int i = 0; i < 2; i++)
        printf("%s: %.2f %% of %d pictures (%s); %d right by this one alone\n",
               run->contenders[i].path, 100.0 * run->contenders[i].right / run->pictures,
               run->pictures, split_names[run->split], only[i]);
    if (p < certain)
        printf("%s is better: were they equally good, chance would make such a difference with a "
               "probability of %.2g\n",
               run->contenders[only[1] > only[0]].path, p);
    else
        printf("the difference may be chance: were they equally good, it would be at least as "
               "large with a probability of %.2g\n",
               p);
}

static void print_json(const struct comparison *run, const int only[2], double p)
{
    json_t *line = json_object();
    json_object_set_new(line, "a", json_line_text(run->contenders[0].path));
    json_object_set_new(line, "b", json_line_text(run->contenders[1].path));
    json_object_set_new(line, "split", json_string(split_names[run->split]));
    json_object_set_new(line, "images", json_integer(run->pictures));
    json_object_set_new(line, "top1_a",
                        json_line_number((double)run->contenders[0].right / run->pictures, 6));
    json_object_set_new(line, "top1_b",
                        json_line_number((double)run->contenders[1].right / run->pictures, 6));
    json_object_set_new(line, "only_a", json_integer(only[0]));
    json_object_set_new(line, "only_b", json_integer(only[1]));
    json_object_set_new(line, "p", json_real(p));
    json_line_print(line, stdout);
}

static int run_compare(const void *argument, int operand_count, char **operands)
{
    struct comparison run = {.settings = argument};
    struct mn_error error;
    progress_begin(&run.progress);
    enum mn_status status;
    if (operand_count != 2 || !run.settings->data.data_dir) {
        status = mn_fail(&error, MN_BAD_INPUT,
                         "needs two models and --data-dir DIR; see camlabel-train compare --help");
    } else {
        run.contenders[0].path = operands[0];
        run.contenders[1].path = operands[1];
        status = compare(&run, &error);
    }
    progress_clear(&run.progress);
    if (!status) {
        int only[2];
        count_disagreement(&run, only);
        (run.settings->json ? print_json : print_text)(&run, only, mn_mcnemar(only[0], only[1]));
    }
    free(run.contenders[0].is_right);
    free(run.contenders[1].is_right);
    mn_dataset_close(run.dataset);
    return status ? train_failed(&error) : MN_OK;
}

const struct command command_compare = {
    .name = "compare",
    .summary = "say whether one model is better than another, or only luckier",
    .operands = "A B",
    .details = "Both answer the same pictures. McNemar's exact test looks at those that only one "
               "of them gets right.",
    .examples = "camlabel-train compare old.safetensors new.safetensors --data-dir photos\n",
    .options = options,
    .defaults = &defaults,
    .settings_size = sizeof(struct compare_settings),
    .run = run_compare,
};
