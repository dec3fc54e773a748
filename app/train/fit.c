/* camlabel-train fit: from a folder of pictures to a model.
 *
 *     images ──> augment ──> forward ──> loss ──> backward ──> optimizer ──> checkpoint ──> model
 *
 * train() below is this line; one call of mn_trainer_step() is its middle. What the result depends
 * on is all in recipe.txt and the checkpoint: nothing that the clock says gets into the model. */
#include <math.h>
#include <stdlib.h>
#include <unistd.h>

#include "../../engine/train/schedule.h"
#include "../shell_word.h"
#include "commands.h"
#include "fit.h"
#include "work_size.h"

enum {
    EXIT_STOPPED = 130, /* as a shell has it for a program that Ctrl-C ended */
    FEW_PICTURES = 500  /* a class: fewer do not teach the layers below the head much */
};

/* " (cat 20, dog 17, …)": where the folders are not what one thinks, it shows here. */
static void print_classes(const struct mn_dataset *dataset)
{
    enum { MOST = 12 };
    int classes = mn_dataset_classes(dataset);
    for (int class = 0; class < classes && class < MOST; class ++) {
        int pictures = 0;
        for (int i = 0; i < mn_dataset_count(dataset, MN_TRAIN); i++)
            pictures += mn_dataset_label(dataset, MN_TRAIN, i) == class;
        printf("%s%s %d", class ? ", " : " (", mn_dataset_labels(dataset)[class], pictures);
    }
    printf("%s)", classes > MOST ? ", …" : "");
}

static void print_what_is_trained(const struct fit *fit)
{
    const struct mn_network *network = mn_trainer_network(fit->trainer);
    enum mn_split split = data_judging_split(fit->dataset);
    int pictures = mn_dataset_count(fit->dataset, MN_TRAIN);
    printf("MobileNet-V1, width %g, resolution %d: %.2f million parameters, %.1f million "
           "multiply-adds\n%d classes",
           network->spec.width, network->spec.resolution, (double)network->parameters * 1e-6,
           (double)network->mult_adds * 1e-6, network->spec.classes);
    print_classes(fit->dataset);
    printf(", %d pictures to learn from, %d to judge by (%s)\n", pictures,
           mn_dataset_count(fit->dataset, split), split_names[split]);
    if (!fit->settings.resume && !*fit->settings.initial &&
        pictures < FEW_PICTURES * network->spec.classes)
        fputs("tip: with so few pictures a head on a trained model is better, and done in a tenth "
              "of the time: --initial-checkpoint everyday --freeze 13\n",
              stderr);
    double bytes = work_training_bytes(&fit->settings.recipe);
    if (bytes > (double)fit->settings.ram_bytes)
        printf("training takes about %.0f MB, more than --ram allows: pictures are read anew each "
               "epoch; a smaller --batch-size takes less\n",
               bytes * 1e-6);
    if (mn_trainer_at_end(fit->trainer))
        puts("the training is at its end already");
    else if (mn_trainer_epoch(fit->trainer) || mn_trainer_epoch_step(fit->trainer))
        printf("resumed in epoch %d, after step %d of %d\n", mn_trainer_epoch(fit->trainer) + 1,
               mn_trainer_epoch_step(fit->trainer), mn_trainer_epoch_steps(fit->trainer));
    fflush(stdout);
}

static double square(double x)
{
    return x * x;
}

static double seconds_left(const struct fit *fit)
{
    const struct mn_recipe *recipe = mn_trainer_recipe(fit->trainer);
    double judged_pixels = 0;
    for (int epoch = mn_trainer_epoch(fit->trainer); epoch < recipe->epochs; epoch++)
        judged_pixels += square(mn_schedule_model_size(recipe, epoch));
    return mn_trainer_steps_left(fit->trainer) * fit->s_per_step +
           fit->judging_s_per_pixel * judged_pixels;
}

/* A narrow terminal cuts the end off. */
static void show_progress(struct fit *fit)
{
    char left[PROGRESS_TIME_SIZE];
    struct mn_epoch_sums sums = mn_trainer_sums(fit->trainer);
    progress_time_text(seconds_left(fit), left);
    int steps = mn_trainer_epoch_steps(fit->trainer), done = mn_trainer_epoch_step(fit->trainer);
    progress_show(&fit->progress,
                  "epoch %d/%d %3d %% | %s left | loss %.4f | acc %.4f | %.0f pictures/s | lr %.5f",
                  mn_trainer_epoch(fit->trainer) + (done > 0), fit->settings.recipe.epochs,
                  100 * (done ? done : steps) / steps, left, sums.loss / (double)sums.pictures,
                  sums.correct / (double)sums.pictures, fit->step.pictures / fit->s_per_step,
                  fit->step.lr);
}

static bool checkpoint_is_due(const struct fit *fit)
{
    return fit_is_epoch_to_finish(fit) || stop_requested(&fit->stop) ||
           progress_now_s() - fit->checkpoint_s >= fit->settings.checkpoint_minutes * 60;
}

static enum mn_status save_checkpoint(struct fit *fit, struct mn_error *error)
{
    fit->checkpoint_s = progress_now_s();
    return mn_trainer_save(fit->trainer, fit->paths.checkpoint, error);
}

static enum mn_status do_step(struct fit *fit, struct mn_error *error)
{
    double begin_s = progress_now_s();
    if (mn_trainer_step(fit->trainer, &fit->step, error))
        return error->status;
    double took_s = progress_now_s() - begin_s;
    fit->step_s += took_s;
    fit->pictures += fit->step.pictures;
    /* the first step touches new memory: it must not count long */
    fit->s_per_step = fit->s_per_step > 0 ? 0.95 * fit->s_per_step + 0.05 * took_s : took_s;
    if (progress_due(&fit->progress))
        show_progress(fit);
    return checkpoint_is_due(fit) ? save_checkpoint(fit, error) : MN_OK;
}

/* --- the loop --- */

static bool is_done(const struct fit *fit)
{
    int patience = fit->settings.recipe.patience_epochs;
    bool out_of_patience =
        patience && fit->log.best_epoch && fit->log.count - fit->log.best_epoch >= patience;
    return (mn_trainer_at_end(fit->trainer) || out_of_patience) && !fit_is_epoch_to_finish(fit);
}

static enum mn_status train(struct fit *fit, struct mn_error *error)
{
    fit_begin_epoch(fit);
    fit->checkpoint_s = progress_now_s();
    while (!is_done(fit) && !stop_requested(&fit->stop))
        if ((fit_is_epoch_to_finish(fit) ? fit_finish_epoch : do_step)(fit, error))
            return error->status;
    return MN_OK;
}

/* --- after the loop --- */

static void print_how_to_resume(const struct fit *fit)
{
    const struct fit_settings *settings = &fit->settings;
    char *data_dir = shell_word(settings->data_dir), *output = shell_word(settings->output);
    if (data_dir && output)
        fprintf(stderr, "go on with: camlabel-train fit --data-dir %s --output %s --resume\n",
                data_dir, output);
    free(data_dir);
    free(output);
}

/* Did Ctrl-C end it: the opening, the loop or the report? A step that failed meanwhile failed. */
static bool was_stopped_by_user(const struct fit *fit, enum mn_status status)
{
    bool is_in_loop = fit->trainer && !is_done(fit);
    return stop_requested(&fit->stop) && (status == MN_OK) == is_in_loop;
}

/* The last words, and the exit code. */
static int end(struct fit *fit, enum mn_status status, const struct mn_error *error)
{
    progress_clear(&fit->progress);
    bool was_stopped = was_stopped_by_user(fit, status);
    int code = was_stopped ? EXIT_STOPPED : status ? train_failed(error) : MN_OK;
    bool can_go_on = (fit->is_begun || fit->settings.resume) && isfinite(fit->step.loss) &&
                     access(fit->paths.checkpoint, F_OK) == 0;
    if (was_stopped)
        fprintf(stderr, "camlabel-train: stopped%s\n",
                can_go_on ? "" : " before the first step: nothing is kept, begin again");
    if ((was_stopped || status == MN_FAILED) && can_go_on)
        print_how_to_resume(fit);
    return code;
}

static int run_fit(const void *argument, int operand_count, char **operands)
{
    (void)operand_count, (void)operands;
    struct fit fit = {.settings = *(const struct fit_settings *)argument};
    struct mn_error error;
    if (!fit.settings.data_dir || !fit.settings.output) {
        mn_fail(&error, MN_BAD_INPUT,
                "needs --data-dir DIR and --output RUN; see camlabel-train fit --help");
        return train_failed(&error);
    }
    if (stop_open(&fit.stop, 0, NULL, NULL, &error))
        return train_failed(&error);
    progress_begin(&fit.progress);
    enum mn_status status = fit_open(&fit, &error);
    if (!status) {
        print_what_is_trained(&fit);
        status = train(&fit, &error);
    }
    if (!status && is_done(&fit))
        status = fit_conclude(&fit, &error);
    int code = end(&fit, status, &error);
    fit_close(&fit);
    stop_close(&fit.stop);
    return code;
}

const struct command command_fit = {
    .name = "fit",
    .summary = "train a model on a folder of pictures",
    .operands = "",
    .details =
        "The defaults are for a folder with a folder of photos for each class. RUN gets "
        "model.safetensors (the newest epoch's model, at the end the result), best.safetensors, "
        "log.csv, recipe.txt, last.ckpt and at the end report.html. Ctrl-C ends after the step "
        "under way, saves, and "
        "exits with 130; a second one ends at once. After that, or after a crash, --resume goes "
        "on, to the same bytes as if nothing had happened, with as many threads.",
    .examples = "camlabel-train fit --data-dir photos --output runs/photos\n"
                "camlabel-train fit --data-dir photos --output runs/photos --resume\n"
                "camlabel-train fit --data-dir photos --output runs/quick --initial-checkpoint "
                "everyday --freeze 13\n",
    .options = fit_option_table,
    .defaults = &fit_defaults,
    .settings_size = sizeof(struct fit_settings),
    .run = run_fit,
};
