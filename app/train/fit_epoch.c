/* The end of an epoch, and of them all: the model as it is now, how good it is, and where it goes.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../../engine/golden.h"
#include "../../engine/model/half.h"
#include "../../engine/model/model_file.h"
#include "../../engine/model/text.h"
#include "../../engine/train/schedule.h"
#include "fit.h"
#include "judge.h"
#include "measured.h"

void fit_begin_epoch(struct fit *fit)
{
    fit->begin_s = progress_now_s();
    fit->step_s = 0;
    fit->pictures = 0;
}

bool fit_is_epoch_to_finish(const struct fit *fit)
{
    return mn_trainer_epoch_step(fit->trainer) == 0 &&
           mn_trainer_epoch(fit->trainer) > fit->log.count;
}

/* Takes `copy`, a cleaned text: a folder's name may be any bytes. */
static enum mn_status set_text(char **place, char *copy, struct mn_error *error)
{
    if (!copy)
        return mn_fail(error, MN_FAILED, "not enough memory");
    free(*place);
    *place = copy;
    return MN_OK;
}

/* Where it comes from; and its weights as they will be stored, so that what is judged is what is
 * kept. Nothing that differs from run to run: the same training gives the same bytes. */
static enum mn_status describe_model(const struct fit *fit, struct mn_model *model,
                                     struct mn_error *error)
{
    char folder[256], origin[2048];
    const char *name = fit->settings.name, *recipe = fit->recipe_text;
    const char *initial = fit->settings.initial, *slash = strrchr(initial, '/');
    data_name(fit->settings.data_dir, folder, sizeof folder);
    snprintf(origin, sizeof origin, "trained by camlabel-train " CAMLABEL_VERSION " on %s%s%s",
             folder, *initial ? ", beginning with " : "", slash ? slash + 1 : initial);
    if (!*name)
        name = folder;
    if (set_text(&model->name, mn_text_cleaned(name, strlen(name)), error) ||
        set_text(&model->origin, mn_text_cleaned(origin, strlen(origin)), error) ||
        set_text(&model->recipe, mn_text_lines_cleaned(recipe, strlen(recipe)), error))
        return error->status;
    return fit->settings.storage == STORAGE_FLOAT16 ? mn_model_to_half(model, error) : MN_OK;
}

enum mn_status fit_judge(struct fit *fit, const struct mn_model *model,
                         struct mn_evaluation *evaluation, struct mn_metrics *metrics,
                         struct mn_error *error)
{
    double begin_s = progress_now_s();
    struct judge judge = {.dataset = fit->dataset,
                          .split = data_judging_split(fit->dataset),
                          .options = {.threads = fit->settings.threads},
                          .progress = &fit->progress,
                          .stop = &fit->stop};
    if (judge_model(&judge, model, evaluation, metrics, error))
        return error->status;
    double side = model->network.spec.resolution;
    fit->judging_s_per_pixel = (progress_now_s() - begin_s) / (side * side);
    return MN_OK;
}

static struct epoch_row row_of(const struct fit *fit, const struct mn_metrics *metrics)
{
    struct mn_epoch_sums sums = mn_trainer_sums(fit->trainer);
    const struct mn_recipe *recipe = mn_trainer_recipe(fit->trainer);
    uint64_t steps = (uint64_t)mn_trainer_epoch_steps(fit->trainer),
             last = (uint64_t)mn_trainer_epoch(fit->trainer) * steps - 1;
    double moment = (double)last / (double)steps;
    return (struct epoch_row){
        .epoch = mn_trainer_epoch(fit->trainer),
        .train_loss = sums.loss / (double)sums.pictures,
        .train_accuracy = sums.correct / (double)sums.pictures,
        .val_loss = metrics->loss,
        .val_accuracy = metrics->top1.value,
        .val_top5 = metrics->top5.value,
        .lr = mn_schedule_lr(recipe, moment),
        .resolution = mn_schedule_size(recipe, moment, last),
        .pictures_per_s = fit->step_s > 0 ? fit->pictures / fit->step_s : 0,
        .seconds = progress_now_s() - fit->begin_s,
    };
}

static void print_epoch(struct fit *fit, const struct epoch_row *row)
{
    progress_clear(&fit->progress);
    printf("[Epoch %d/%d]: train-loss = %.6f | train-acc = %.4f | val-loss = %.6f | val-acc = "
           "%.4f\n",
           row->epoch, fit->settings.recipe.epochs, row->train_loss, row->train_accuracy,
           row->val_loss, row->val_accuracy);
    fflush(stdout);
}

/* What is known of it now: how good it is, below which probability it had better not answer, and a
 * known answer. */
static enum mn_status add_measurements(const struct fit *fit, struct mn_model *model,
                                       const struct mn_metrics *metrics, struct mn_error *error)
{
    if (measured_keep(model, metrics, data_judging_split(fit->dataset), error))
        return error->status;
    struct mn_error why;
    if (!isfinite(metrics->loss) || mn_golden_make(model, &why))
        return mn_fail(error, MN_FAILED,
                       "the network's answers are no numbers any more, in epoch %d: the learning "
                       "rate is too high; begin again with a smaller --lr or with --clip-grad 1",
                       mn_trainer_epoch(fit->trainer));
    return MN_OK;
}

/* The row comes last: where it is in the log, the models are on the disk. */
static enum mn_status keep_epoch(struct fit *fit, struct mn_model *model,
                                 const struct mn_metrics *metrics, struct mn_error *error)
{
    struct epoch_row row = row_of(fit, metrics);
    print_epoch(fit, &row);
    if (add_measurements(fit, model, metrics, error) ||
        mn_model_save(model, fit->paths.model, error))
        return error->status;
    if (epoch_log_would_be_best(&fit->log, row.val_accuracy) &&
        mn_model_save(model, fit->paths.best, error))
        return error->status;
    return epoch_log_add(&fit->log, &row, error);
}

enum mn_status fit_finish_epoch(struct fit *fit, struct mn_error *error)
{
    struct mn_model *model = NULL;
    struct mn_evaluation evaluation = {0};
    struct mn_metrics metrics = {0};
    if (mn_trainer_export(fit->trainer, &model, error))
        return error->status;
    enum mn_status status = describe_model(fit, model, error);
    if (!status)
        status = fit_judge(fit, model, &evaluation, &metrics, error);
    if (!status) {
        status = keep_epoch(fit, model, &metrics, error);
        mn_metrics_free(&metrics);
        mn_evaluation_free(&evaluation);
    } else if (stop_requested(&fit->stop)) {
        status = MN_OK;
    }
    mn_model_free(model);
    fit_begin_epoch(fit);
    return status;
}
