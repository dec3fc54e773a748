#include "features.h"

#include <stdlib.h>
#include <string.h>

bool mn_features_wanted(const struct mn_recipe *recipe)
{
    return recipe->freeze >= MN_BLOCKS && !recipe->no_feature_cache;
}

struct wanted {
    int layer; /* the pool */
    float *values;
    size_t count;
};

static void take_pool(void *context, const struct mn_layers_output *output)
{
    struct wanted *wanted = context;
    if (output->last == wanted->layer)
        memcpy(wanted->values, output->data, wanted->count * sizeof *output->data);
}

static void mirror(float *tensor, int resolution)
{
    for (int y = 0; y < resolution; y++) {
        float *row = tensor + (size_t)y * (size_t)resolution * 3;
        for (int left = 0, right = resolution - 1; left < right; left++, right--)
            for (int c = 0; c < 3; c++) {
                float value = row[left * 3 + c];
                row[left * 3 + c] = row[right * 3 + c];
                row[right * 3 + c] = value;
            }
    }
}

static enum mn_status compute(struct mn_features *features, struct mn_engine *engine,
                              const struct mn_dataset *dataset,
                              const struct mn_features_options *options, struct mn_bitmap *bitmap,
                              struct mn_error *error)
{
    const struct mn_network *network = mn_engine_network(engine);
    struct wanted wanted = {network->layer_count - 2, features->values, (size_t)features->channels};
    for (int i = 0; i < features->pictures; i++) {
        struct mn_image image;
        if (mn_dataset_picture(dataset, MN_TRAIN, i, bitmap, &image, error) ||
            mn_engine_preprocess(engine, &image, error))
            return error->status;
        for (int v = 0; v < features->variants; v++, wanted.values += wanted.count) {
            if (v)
                mirror(mn_engine_input(engine), network->spec.resolution);
            mn_engine_run_observed(engine, take_pool, &wanted);
        }
        if (options->progress &&
            !options->progress(options->progress_context, i + 1, features->pictures))
            return mn_fail(error, MN_FAILED, "stopped while the frozen layers saw the pictures");
    }
    return MN_OK;
}

enum mn_status mn_features_compute(struct mn_features *features, const struct mn_model *trunk,
                                   const struct mn_dataset *dataset,
                                   const struct mn_features_options *options,
                                   struct mn_error *error)
{
    struct mn_engine *engine;
    struct mn_bitmap bitmap = {0};
    *features = (struct mn_features){0};
    if (mn_engine_new(&engine, trunk,
                      &(struct mn_engine_options){.threads = options->threads,
                                                  .resolution = options->resolution,
                                                  .preprocessing = &options->preprocessing},
                      error))
        return error->status;
    const struct mn_network *network = mn_engine_network(engine);
    features->pictures = mn_dataset_count(dataset, MN_TRAIN);
    features->channels = network->layers[network->layer_count - 1].in_channels;
    features->variants = options->mirrored ? 2 : 1;
    features->values = calloc((size_t)features->pictures * (size_t)features->variants,
                              (size_t)features->channels * sizeof(float));
    enum mn_status status =
        features->values ? compute(features, engine, dataset, options, &bitmap, error)
                         : mn_fail(error, MN_FAILED,
                                   "no memory for what the trunk makes of %d pictures; train "
                                   "with fewer, or with --no-feature-cache",
                                   features->pictures);
    mn_bitmap_free(&bitmap);
    mn_engine_free(engine);
    if (status)
        mn_features_free(features);
    return status;
}

void mn_features_free(struct mn_features *features)
{
    free(features->values);
    *features = (struct mn_features){0};
}
