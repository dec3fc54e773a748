/* The end of a run: the result in its place, and report.html: the result judged once more, and how
 * it came about. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <time.h>

#include "../../engine/model/model_file.h"
#include "../option_value.h"
#include "../shell_word.h"
#include "fit.h"
#include "machine.h"
#include "report.h"

/* The log as the report wants it. NULL when memory runs out; the caller frees. */
static struct report_epoch *report_epochs(const struct epoch_log *log, double *seconds)
{
    struct report_epoch *epochs = calloc((size_t)log->count + 1, sizeof *epochs);
    *seconds = 0;
    for (int i = 0; epochs && i < log->count; i++) {
        const struct epoch_row *row = &log->rows[i];
        epochs[i] = (struct report_epoch){row->epoch,    row->train_loss,   row->train_accuracy,
                                          row->val_loss, row->val_accuracy, row->lr,
                                          row->seconds};
        *seconds += row->seconds;
    }
    return epochs;
}

static void date_text(char *text, size_t size)
{
    time_t now = time(NULL);
    struct tm parts;
    if (!localtime_r(&now, &parts) || !strftime(text, size, "%Y-%m-%d %H:%M", &parts))
        *text = 0;
}

/* Which pictures are for validation depends on the run's own numbers. */
static void write_eval_flags(char *text, size_t size, const struct fit_settings *settings,
                             enum mn_split split)
{
    char val_split[32];
    option_print_real(settings->val_split, val_split, sizeof val_split);
    if (split == MN_VAL)
        snprintf(text, size, " --split val --val-split %s --seed %" PRIu64, val_split,
                 settings->recipe.seed);
    else
        snprintf(text, size, " --split %s", split_names[split]);
}

static enum mn_status write_report(struct fit *fit, const struct mn_model *model,
                                   const struct mn_evaluation *evaluation,
                                   const struct mn_metrics *metrics, int best_epoch,
                                   struct mn_error *error)
{
    char date[32], cpu[128], eval_flags[128];
    enum mn_split split = data_judging_split(fit->dataset);
    struct report_pictures pictures = report_pictures_of(fit->dataset, split);
    struct stat file = {0};
    double seconds;
    struct report_epoch *epochs = report_epochs(&fit->log, &seconds);
    if (!epochs)
        return mn_fail(error, MN_FAILED, "not enough memory for the report");
    stat(fit->paths.model, &file);
    date_text(date, sizeof date);
    machine_cpu_name(cpu, sizeof cpu);
    write_eval_flags(eval_flags, sizeof eval_flags, &fit->settings, split);
    const struct report report = {
        .evaluation = evaluation,
        .metrics = metrics,
        .labels = model->labels,
        .split = split == MN_VAL ? "validation" : "test",
        .eval_flags = eval_flags,
        .pictures = &pictures,
        .preprocessing = &model->preprocessing,
        .epochs = epochs,
        .epoch_count = fit->log.count,
        .best_epoch = best_epoch,
        .recipe = fit->recipe_text,
        .recipe_path = fit->paths.recipe,
        .data_dir = fit->settings.data_dir,
        .train_pictures = mn_dataset_count(fit->dataset, MN_TRAIN),
        .left_out = mn_dataset_left_out(fit->dataset),
        .name = model->name,
        .network = &model->network,
        .model_path = fit->paths.model,
        .model_bytes = file.st_size,
        .date = date,
        .cpu = cpu,
        .threads = fit->settings.threads,
        .seconds = seconds,
    };
    enum mn_status status = report_write(fit->paths.report, &report, error);
    free(epochs);
    return status;
}

/* The epoch that was better than the result by more than chance, NULL where there is none. */
static const struct epoch_row *better_epoch(const struct fit *fit, const struct mn_metrics *result)
{
    const struct epoch_row *best = &fit->log.rows[fit->log.best_epoch - 1];
    return best->val_accuracy > result->top1.high ? best : NULL;
}

static void print_how_good(const struct mn_metrics *metrics)
{
    const struct mn_share *right = &metrics->top1;
    if (mn_metrics_are_chance(metrics))
        printf(
            "note: of %d pictures %.0f %% are right, and guessing gives %.0f %%: this is no more "
            "than chance; train longer, or with more pictures\n",
            metrics->pictures, 100 * right->value, 100.0 / metrics->classes);
    else if (right->high - right->low > 0.1)
        printf("note: %d pictures to judge by say little: with others it may be %.0f to %.0f %%\n",
               metrics->pictures, 100 * right->low, 100 * right->high);
}

/* For those who have no data scientist. */
static void print_what_to_do_next(const struct fit *fit, const struct mn_metrics *metrics)
{
    const struct epoch_row *better = better_epoch(fit, metrics);
    char *model = shell_word(better ? fit->paths.best : fit->paths.model);
    if (better)
        printf("note: epoch %d was better than the end, %.0f to %.0f %%, which is more than "
               "chance: take best.safetensors (--patience-epochs ends what gets no better)\n",
               better->epoch, 100 * better->val_accuracy, 100 * metrics->top1.value);
    else
        print_how_good(metrics);
    if (model)
        printf("how good it is, and why: %s\nshow it the camera: camlabel live --model %s\n",
               fit->paths.report, model);
    fflush(stdout);
    free(model);
}

/* On the model that is the result; best_epoch: 0 where that is the last one's. */
static enum mn_status report_result(struct fit *fit, int best_epoch, struct mn_error *error)
{
    struct mn_model *model;
    struct mn_evaluation evaluation;
    struct mn_metrics metrics;
    if (mn_model_load(&model, fit->paths.model, NULL, error))
        return error->status;
    enum mn_status status = fit_judge(fit, model, &evaluation, &metrics, error);
    progress_clear(&fit->progress);
    if (!status) {
        status = write_report(fit, model, &evaluation, &metrics, best_epoch, error);
        if (!status)
            print_what_to_do_next(fit, &metrics);
        mn_metrics_free(&metrics);
        mn_evaluation_free(&evaluation);
    }
    mn_model_free(model);
    return status;
}

/* Where patience ended the run, the best epoch's model is the result. */
enum mn_status fit_conclude(struct fit *fit, struct mn_error *error)
{
    const struct epoch_log *log = &fit->log;
    bool is_early = !mn_trainer_at_end(fit->trainer);
    if (is_early && run_folder_copy(fit->paths.best, fit->paths.model, error))
        return error->status;
    const struct epoch_row *row = &log->rows[(is_early ? log->best_epoch : log->count) - 1];
    printf("%s: validation accuracy %.4f%s; best was %.4f in epoch %d, kept in best.safetensors\n",
           fit->paths.model, row->val_accuracy, is_early ? ", ended early" : "",
           log->rows[log->best_epoch - 1].val_accuracy, log->best_epoch);
    fflush(stdout);
    return report_result(fit, is_early ? log->best_epoch : 0, error);
}
