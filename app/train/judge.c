#include "judge.h"

#include <stdlib.h>
#include <string.h>

/* The widest layer has half the resolution and 64 α channels. */
static int choose_batch(const struct mn_network_spec *spec, int resolution, int pictures)
{
    const double budget_bytes = 16e6;
    enum { MOST = 64 };
    double side = resolution ? resolution : spec->resolution;
    double batch = budget_bytes / (side * side / 4 * 64 * spec->width * sizeof(float));
    int most = pictures < MOST ? pictures : MOST;
    return batch >= most ? (most < 1 ? 1 : most) : batch > 1 ? (int)batch : 1;
}

static enum mn_status map_classes(const struct mn_model *model, const struct mn_dataset *dataset,
                                  int **map, struct mn_error *error)
{
    int count = mn_dataset_classes(dataset), classes = model->network.spec.classes;
    char *const *names = mn_dataset_labels(dataset);
    *map = NULL;
    if (!model->labels)
        return MN_OK;
    int *found = calloc((size_t)count, sizeof *found);
    if (!found)
        return mn_fail(error, MN_FAILED, "not enough memory");
    for (int i = 0; i < count; i++) {
        while (found[i] < classes && strcmp(model->labels[found[i]], names[i]) != 0)
            found[i]++;
        if (found[i] < classes)
            continue;
        mn_fail(error, MN_BAD_INPUT,
                "the data set has a class \"%s\", which %s does not know (its first is \"%s\"); "
                "rename the folder, or take a model of the same classes",
                names[i], model->name, model->labels[0]);
        free(found);
        return error->status;
    }
    *map = found;
    return MN_OK;
}

static bool watch(void *context, int done, int total)
{
    const struct judge *judge = context;
    progress_count(judge->progress, "evaluating", done, total);
    return !judge->stop || !stop_requested(judge->stop);
}

enum mn_status judge_model(const struct judge *judge, const struct mn_model *model,
                           struct mn_evaluation *evaluation, struct mn_metrics *metrics,
                           struct mn_error *error)
{
    *evaluation = (struct mn_evaluation){0};
    *metrics = (struct mn_metrics){0};
    struct mn_engine_options options = judge->options;
    options.batch = choose_batch(&model->network.spec, options.resolution,
                                 mn_dataset_count(judge->dataset, judge->split));
    struct mn_engine *engine;
    int *map;
    if (map_classes(model, judge->dataset, &map, error))
        return error->status;
    if (mn_engine_new(&engine, model, &options, error)) {
        free(map);
        return error->status;
    }
    struct judge watched = *judge;
    enum mn_status status =
        mn_evaluate(evaluation, engine, judge->dataset, judge->split, map, watch, &watched, error);
    mn_engine_free(engine);
    free(map);
    if (!status && (status = mn_metrics_new(metrics, evaluation, error)))
        mn_evaluation_free(evaluation);
    return status;
}
