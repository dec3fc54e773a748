/* Everything that a training needs, from the settings on; and its end. */
#include <stdlib.h>
#include <unistd.h>

#include "../../engine/run/pool.h"
#include "../../engine/train/features.h"
#include "../model_name.h"
#include "../option_file.h"
#include "fit.h"
#include "work_size.h"

static bool is_to_restore(const struct fit *fit)
{
    return fit->settings.resume && access(fit->paths.checkpoint, F_OK) == 0;
}

/* A run that is resumed has its own weights; only what is frozen is not among them. */
static enum mn_status load_initial(struct fit *fit, struct mn_error *error)
{
    const struct mn_network_spec *spec = &fit->settings.recipe.spec, *theirs;
    if (!*fit->settings.initial || (is_to_restore(fit) && !fit->settings.recipe.freeze))
        return MN_OK;
    char path[4096];
    if (fit->settings.overwrite &&
        run_folder_has(&fit->paths, model_name_path(fit->settings.initial, path, sizeof path)))
        return mn_fail(error, MN_BAD_INPUT,
                       "--initial-checkpoint %s: is of the run that --overwrite removes; copy it, "
                       "or name another --output",
                       fit->settings.initial);
    if (model_name_load_alone(&fit->initial, fit->settings.initial, error))
        return error->status;
    theirs = &fit->initial->network.spec;
    if (spec->width != theirs->width || spec->channel_divisor != theirs->channel_divisor ||
        spec->activation != theirs->activation || spec->padding != theirs->padding ||
        spec->standard != theirs->standard)
        return mn_fail(error, MN_BAD_INPUT,
                       "--initial-checkpoint %s: its network is not the one that the flags ask "
                       "for; leave out --width, --activation, --padding, --channel-divisor and "
                       "--standard",
                       fit->settings.initial);
    return MN_OK;
}

static enum mn_status open_data(struct fit *fit, struct mn_error *error)
{
    const struct fit_settings *settings = &fit->settings;
    struct mn_dataset_options options = {
        .cache_bytes = work_cache_bytes(settings),
        .train_once = mn_features_wanted(&settings->recipe),
        .val_fraction = settings->val_split,
        .seed = settings->recipe.seed,
        .max_side = work_picture_side(&settings->recipe),
        .threads = settings->threads,
    };
    if (data_open(&fit->dataset, settings->data_dir, &options, &fit->progress, &fit->stop, error))
        return error->status;
    if (mn_dataset_count(fit->dataset, data_judging_split(fit->dataset)) == 0)
        return mn_fail(error, MN_BAD_INPUT, "%s: no pictures to judge by: %s", settings->data_dir,
                       settings->val_split > 0
                           ? "a class needs two pictures at least, one of them to judge by"
                           : "make a val folder, or set --val-split 0.1");
    return MN_OK;
}

static bool watch_features(void *context, int done, int total)
{
    struct fit *fit = context;
    progress_count(&fit->progress, "frozen layers see the pictures", done, total);
    return !stop_requested(&fit->stop);
}

static enum mn_status open_trainer(struct fit *fit, struct mn_error *error)
{
    struct mn_trainer_settings settings = {.recipe = &fit->settings.recipe,
                                           .recipe_text = fit->recipe_text,
                                           .dataset = fit->dataset,
                                           .initial = fit->initial,
                                           .threads = fit->settings.threads,
                                           .progress = watch_features,
                                           .progress_context = fit};
    enum mn_status status = mn_trainer_new(&fit->trainer, &settings, error);
    progress_clear(&fit->progress);
    if (status)
        return status;
    if (is_to_restore(fit))
        return mn_trainer_restore(fit->trainer, fit->paths.checkpoint, error);
    return MN_OK;
}

/* A training that was stopped before its first checkpoint begins anew, but it has its recipe. */
static enum mn_status check_resumable(const struct fit *fit, struct mn_error *error)
{
    if (!fit->settings.resume || access(fit->paths.recipe, F_OK) == 0)
        return MN_OK;
    return mn_fail(error, MN_BAD_INPUT,
                   "%s: there is no training to resume; check --output, or leave --resume out to "
                   "begin one",
                   fit->settings.output);
}

/* The recipe: that of the run where it is resumed. */
static enum mn_status agree_on_recipe(struct fit *fit, struct mn_error *error)
{
    struct fit_settings *settings = &fit->settings;
    if (settings->resume && fit_settings_resume(settings, fit->paths.recipe, error))
        return error->status;
    if (!settings->threads)
        settings->threads = mn_pool_default_threads();
    fit->recipe_text = option_file_text(fit_recipe_table, settings);
    return fit->recipe_text ? MN_OK : mn_fail(error, MN_FAILED, "not enough memory");
}

/* Only once all else is open: what was refused leaves no run behind, and none that was to be
 * overwritten is lost. */
static enum mn_status begin_run(struct fit *fit, struct mn_error *error)
{
    if (!fit->settings.resume && run_folder_clear(&fit->paths, error))
        return error->status;
    char *text = fit_settings_run_text(&fit->settings);
    if (!text)
        return mn_fail(error, MN_FAILED, "not enough memory");
    enum mn_status status = run_folder_write(fit->paths.recipe, text, error);
    free(text);
    fit->is_begun = !status;
    return status;
}

enum mn_status fit_open(struct fit *fit, struct mn_error *error)
{
    const struct fit_settings *settings = &fit->settings;
    if (settings->resume && settings->overwrite)
        return mn_fail(error, MN_BAD_INPUT,
                       "--resume goes on with the training in RUN and --overwrite forgets it: "
                       "leave one out");
    if (run_folder_open(&fit->paths, settings->output, settings->resume || settings->overwrite,
                        error) ||
        check_resumable(fit, error) || agree_on_recipe(fit, error) || load_initial(fit, error) ||
        open_data(fit, error) || open_trainer(fit, error) || begin_run(fit, error)) {
        run_folder_abandon(&fit->paths, settings->output);
        return error->status;
    }
    return epoch_log_open(&fit->log, fit->paths.log, mn_trainer_epoch(fit->trainer), error);
}

void fit_close(struct fit *fit)
{
    epoch_log_close(&fit->log);
    mn_trainer_free(fit->trainer);
    mn_dataset_close(fit->dataset);
    mn_model_free(fit->initial);
    free(fit->recipe_text);
    fit->trainer = NULL;
    fit->dataset = NULL;
    fit->initial = NULL;
    fit->recipe_text = NULL;
}
