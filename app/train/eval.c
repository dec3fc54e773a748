/* camlabel-train eval: how good a model is, measured with the engine that its users run. */
#include "../../engine/base/file_writer.h"
#include "../../engine/train/metrics.h"
#include "../engine_options.h"
#include "../json_line.h"
#include "../model_name.h"
#include "commands.h"
#include "judge.h"
#include "test_data.h"

struct eval_settings {
    const char *model, *labels, *predictions;
    struct test_data_settings data;
    int resolution;
    struct engine_settings engine;
    bool json;
};

static const struct eval_settings defaults = {
    .data = {.split = MN_SPLITS, .val_split = 0.1, .seed = 42}, .engine.isa = ISA_AUTO};

#define FIELD(member) offsetof(struct eval_settings, member)

static const struct option_spec options[] = {
    {OPTION_TEXT, 'm', "model", "FILE", FIELD(model),
     "the network: .safetensors, .tflite or .h5, or the name of one that ships: everyday, "
     "everyday-0.5, everyday-0.25, cifar10, cards"},
    {OPTION_TEXT, 'l', "labels", "FILE", FIELD(labels),
     "names of the model's classes, one a line; default: the model's own"},
    {OPTION_GROUP, 0, "", NULL, FIELD(data), NULL, .group = test_data_table},
    {OPTION_INTEGER, 'r', "resolution", "R", FIELD(resolution),
     "input size in pixels, a multiple of 32; default: the model's own", .low = 32, .high = 512},
    {OPTION_GROUP, 0, "", NULL, FIELD(engine), NULL, .group = engine_option_table},
    {OPTION_FLAG, 0, "json", NULL, FIELD(json), "print one JSON object"},
    {OPTION_TEXT, 0, "predictions", "FILE", FIELD(predictions),
     "write a CSV row for each picture: its name, label, answer and their probabilities"},
    {.name = NULL},
};

/* One run, and what it found. */
struct eval {
    const struct eval_settings *settings;
    struct progress progress;
    struct mn_model *model;
    struct mn_dataset *dataset;
    enum mn_split split;
    struct mn_evaluation result;
    struct mn_metrics metrics;
};

static enum mn_status measure(struct eval *eval, struct mn_error *error)
{
    const struct eval_settings *settings = eval->settings;
    if (model_name_load(&eval->model, settings->model, settings->labels, error) ||
        test_data_open(&eval->dataset, &eval->split, &settings->data, settings->engine.threads,
                       &eval->progress, error))
        return error->status;
    struct judge judge = {.dataset = eval->dataset,
                          .split = eval->split,
                          .options = engine_options(&settings->engine),
                          .progress = &eval->progress};
    judge.options.resolution = settings->resolution;
    return judge_model(&judge, eval->model, &eval->result, &eval->metrics, error);
}

static void print_text(const struct eval *eval)
{
    enum { MOST = 10 };
    const struct mn_metrics *metrics = &eval->metrics;
    struct mn_confused pairs[MOST];
    printf("%s on %s, %d pictures (%s): top-1 %.2f %% (%.2f to %.2f with 95 %% confidence), top-5 "
           "%.2f %%, loss %.4f\n",
           eval->model->name, eval->settings->data.data_dir, metrics->pictures,
           split_names[eval->split], 100 * metrics->top1.value, 100 * metrics->top1.low,
           100 * metrics->top1.high, 100 * metrics->top5.value, metrics->loss);
    int count = mn_metrics_confused(metrics, pairs, MOST);
    if (count)
        puts("most confused:");
    for (int i = 0; i < count; i++) {
        char truth[MN_LABEL_NUMBER], answer[MN_LABEL_NUMBER];
        printf("  %s taken for %s: %d of %d\n",
               mn_label_of(eval->model->labels, pairs[i].truth, truth),
               mn_label_of(eval->model->labels, pairs[i].answer, answer), pairs[i].pictures,
               metrics->per_class[pairs[i].truth].pictures);
    }
}

static json_t *confusion_rows(const struct mn_metrics *metrics)
{
    json_t *rows = json_array();
    for (int truth = 0; truth < metrics->classes; truth++) {
        const int *counts = metrics->confusion + (size_t)truth * (size_t)metrics->classes;
        json_t *row = json_array();
        for (int c = 0; c < metrics->classes; c++)
            json_array_append_new(row, json_integer(counts[c]));
        json_array_append_new(rows, row);
    }
    return rows;
}

static void print_json(const struct eval *eval)
{
    const struct mn_metrics *metrics = &eval->metrics;
    int resolution = eval->settings->resolution;
    json_t *line = json_object(), *labels = json_array();
    for (int c = 0; c < metrics->classes; c++) {
        char buffer[MN_LABEL_NUMBER];
        json_array_append_new(labels, json_line_text(mn_label_of(eval->model->labels, c, buffer)));
    }
    json_object_set_new(line, "model", json_line_text(eval->model->name));
    json_object_set_new(line, "data", json_line_text(eval->settings->data.data_dir));
    json_object_set_new(line, "split", json_string(split_names[eval->split]));
    json_object_set_new(
        line, "resolution",
        json_integer(resolution ? resolution : eval->model->network.spec.resolution));
    json_object_set_new(line, "images", json_integer(metrics->pictures));
    json_object_set_new(line, "top1", json_line_number(metrics->top1.value, 6));
    json_object_set_new(line, "top5", json_line_number(metrics->top5.value, 6));
    json_object_set_new(line, "loss", json_line_number(metrics->loss, 6));
    json_object_set_new(line, "labels", labels);
    json_object_set_new(line, "confusion", confusion_rows(metrics));
    json_line_print(line, stdout);
}

/* In quotes, and those within doubled: names may have anything in them. */
static void write_quoted(FILE *file, const char *text)
{
    fputc('"', file);
    for (; *text; text++) {
        if (*text == '"')
            fputc('"', file);
        fputc(*text, file);
    }
    fputc('"', file);
}

static void write_predictions(const struct eval *eval, FILE *file)
{
    const struct mn_evaluation *result = &eval->result;
    fputs("picture,label,answer,p_label,p_answer\n", file);
    for (int i = 0; i < result->pictures; i++) {
        const float *probability = result->probability + (size_t)i * (size_t)result->classes;
        int label = result->label[i], answer = eval->metrics.answer[i];
        char buffer[MN_LABEL_NUMBER];
        write_quoted(file, mn_dataset_name(eval->dataset, eval->split, i));
        fputc(',', file);
        write_quoted(file, mn_label_of(eval->model->labels, label, buffer));
        fputc(',', file);
        write_quoted(file, mn_label_of(eval->model->labels, answer, buffer));
        fprintf(file, ",%.6f,%.6f\n", (double)probability[label], (double)probability[answer]);
    }
}

static enum mn_status save_predictions(const struct eval *eval, struct mn_error *error)
{
    struct mn_file_writer writer = {0};
    if (mn_file_begin(&writer, eval->settings->predictions, error))
        return error->status;
    write_predictions(eval, writer.stream);
    return mn_file_commit(&writer, error);
}

static int run_eval(const void *argument, int operand_count, char **operands)
{
    (void)operand_count, (void)operands;
    struct eval eval = {.settings = argument};
    struct mn_error error;
    progress_begin(&eval.progress);
    enum mn_status status;
    if (!eval.settings->model || !eval.settings->data.data_dir)
        status = mn_fail(&error, MN_BAD_INPUT,
                         "needs --model FILE and --data-dir DIR; see camlabel-train eval --help");
    else
        status = measure(&eval, &error);
    progress_clear(&eval.progress);
    if (!status && eval.settings->predictions)
        status = save_predictions(&eval, &error);
    if (!status)
        (eval.settings->json ? print_json : print_text)(&eval);
    mn_metrics_free(&eval.metrics);
    mn_evaluation_free(&eval.result);
    mn_dataset_close(eval.dataset);
    mn_model_free(eval.model);
    return status ? train_failed(&error) : MN_OK;
}

const struct command command_eval = {
    .name = "eval",
    .summary = "measure how good a model is on a folder of pictures",
    .operands = "",
    .details = "The model is run by the same engine as in camlabel. Its classes and those of the "
               "data are matched by name.",
    .examples = "camlabel-train eval --model runs/photos/model.safetensors --data-dir photos\n",
    .options = options,
    .defaults = &defaults,
    .settings_size = sizeof(struct eval_settings),
    .run = run_eval,
};
