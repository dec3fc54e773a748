#include "trainer_room.h"

#include <stdlib.h>
#include <string.h>

#include "../base/block.h"
#include "schedule.h"

enum mn_status mn_trainer_no_memory(struct mn_error *error)
{
    return mn_fail(error, MN_FAILED,
                   "not enough memory for training; close other programs, or take a smaller "
                   "--batch-size or --width");
}

/* The first layer that is trained when so many blocks are frozen; each block is two layers, or one
 * standard convolution. */
static int first_trained_layer(const struct mn_network *network, int frozen_blocks)
{
    int per_block = network->spec.standard ? 1 : 2;
    if (frozen_blocks >= MN_BLOCKS)
        return network->layer_count - 1;
    return frozen_blocks ? 1 + frozen_blocks * per_block : 0;
}

/* The initial model's network becomes the recipe's. */
static void take_initial(struct mn_recipe *recipe, const struct mn_model *initial)
{
    int resolution = recipe->spec.resolution;
    recipe->spec = initial->network.spec;
    if (resolution)
        recipe->spec.resolution = resolution;
}

struct mn_preprocessing mn_trainer_preprocessing(const struct mn_recipe *recipe)
{
    struct mn_preprocessing preprocessing = {.fit = MN_FIT_CROP, .crop_fraction = recipe->crop_pct};
    memcpy(preprocessing.mean, recipe->mean, sizeof recipe->mean);
    memcpy(preprocessing.std, recipe->std, sizeof recipe->std);
    return preprocessing;
}

static bool same_classes(const struct mn_model *model, const struct mn_dataset *dataset)
{
    int classes = mn_dataset_classes(dataset);
    char *const *labels = mn_dataset_labels(dataset);
    if (!model->labels || model->network.spec.classes != classes)
        return false;
    for (int i = 0; i < classes; i++)
        if (strcmp(model->labels[i], labels[i]) != 0)
            return false;
    return true;
}

static enum mn_status begin_weights(struct mn_trainer *trainer, const struct mn_model *initial,
                                    struct mn_error *error)
{
    mn_weights_begin(&trainer->map, &trainer->network, trainer->recipe.seed, trainer->state.values);
    if (initial) {
        int layers = trainer->network.layer_count - !same_classes(initial, trainer->dataset);
        if (mn_weights_import(&trainer->map, initial, layers, trainer->recipe.bn_eps,
                              trainer->state.values, error))
            return error->status;
    }
    if (trainer->state.average)
        memcpy(trainer->state.average, trainer->state.values,
               trainer->map.total * sizeof *trainer->state.values);
    return MN_OK;
}

static bool allocate(struct mn_trainer *trainer)
{
    size_t batch = (size_t)trainer->batch, classes = (size_t)trainer->network.spec.classes;
    size_t features = (size_t)trainer->network.layers[trainer->network.layer_count - 1].in_channels;
    bool drops = trainer->recipe.dropout > 0;
    trainer->gradient = mn_block_zeroed(trainer->map.trained);
    trainer->d_logits = calloc(batch * classes, sizeof(float));
    trainer->index = calloc(batch, sizeof(int));
    trainer->label = calloc(batch, sizeof(int));
    if (drops)
        trainer->keep = calloc(batch * features, sizeof(float));
    return trainer->gradient && trainer->d_logits && trainer->index && trainer->label &&
           (!drops || trainer->keep) &&
           mn_state_new(&trainer->state, &trainer->map, &trainer->recipe);
}

static enum mn_status check_data(struct mn_trainer *trainer, struct mn_error *error)
{
    int pictures = mn_dataset_count(trainer->dataset, MN_TRAIN);
    trainer->batch = pictures < trainer->recipe.batch_size ? pictures : trainer->recipe.batch_size;
    if (trainer->batch < 2)
        return mn_fail(error, MN_BAD_INPUT,
                       "training needs at least 2 pictures, and a --batch-size of 2 or more");
    trainer->epoch_steps = pictures / trainer->batch; /* the rest has its turn in other epochs */
    return MN_OK;
}

/* Learner, batches and weights; the trainer has crew, network and recipe. */
static enum mn_status furnish(struct mn_trainer *trainer,
                              const struct mn_trainer_settings *settings, struct mn_error *error)
{
    const struct mn_recipe *recipe = &trainer->recipe;
    bool cached = mn_features_wanted(recipe);
    struct mn_network network;
    struct mn_network_spec spec = recipe->spec;
    spec.resolution = mn_schedule_largest_size(recipe);
    if (mn_network_build(&network, &spec, error))
        return error->status;
    trainer->first_trained = first_trained_layer(&network, recipe->freeze);
    mn_weights_lay_out(&trainer->map, &network);
    if (!allocate(trainer))
        return mn_trainer_no_memory(error);
    struct mn_learner_options options = {trainer->crew,  &network,       &trainer->map,
                                         trainer->batch, recipe->bn_eps, trainer->first_trained,
                                         cached};
    if (begin_weights(trainer, settings->initial, error) ||
        mn_learner_new(&trainer->learner, &options, error))
        return error->status;
    if (mn_batch_maker_new(&trainer->maker, trainer->dataset, recipe, trainer->crew, error))
        return error->status;
    if (!cached)
        return MN_OK;
    const struct mn_features_options wanted = {
        .resolution = recipe->spec.resolution,
        .preprocessing = mn_trainer_preprocessing(recipe),
        .mirrored = recipe->augmentation.hflip > 0,
        .threads = mn_crew_size(trainer->crew),
        .progress = settings->progress,
        .progress_context = settings->progress_context,
    };
    return mn_features_compute(&trainer->features, settings->initial, trainer->dataset, &wanted,
                               error);
}

enum mn_status mn_trainer_new(struct mn_trainer **out, const struct mn_trainer_settings *settings,
                              struct mn_error *error)
{
    struct mn_trainer *trainer = calloc(1, sizeof *trainer);
    if (!trainer)
        return mn_trainer_no_memory(error);
    trainer->recipe = *settings->recipe;
    trainer->recipe_text = strdup(settings->recipe_text ? settings->recipe_text : "");
    trainer->dataset = settings->dataset;
    if (settings->initial)
        take_initial(&trainer->recipe, settings->initial);
    trainer->recipe.spec.classes = mn_dataset_classes(settings->dataset);
    if (mn_features_wanted(&trainer->recipe)) /* they are of one size */
        trainer->recipe.train_size_phases = 0;
    enum mn_status status = MN_OK;
    if (!trainer->recipe_text)
        status = mn_trainer_no_memory(error);
    else if (trainer->recipe.freeze && !settings->initial)
        status = mn_fail(error, MN_BAD_INPUT,
                         "--freeze keeps what was learned before: name the model with "
                         "--initial-checkpoint");
    if (status || mn_network_build(&trainer->network, &trainer->recipe.spec, error) ||
        check_data(trainer, error) || mn_crew_new(&trainer->crew, settings->threads, error) ||
        furnish(trainer, settings, error)) {
        mn_trainer_free(trainer);
        return error->status;
    }
    *out = trainer;
    return MN_OK;
}

void mn_trainer_free(struct mn_trainer *trainer)
{
    if (!trainer)
        return;
    mn_features_free(&trainer->features);
    mn_batch_maker_free(trainer->maker);
    mn_learner_free(trainer->learner);
    mn_crew_free(trainer->crew);
    mn_state_free(&trainer->state);
    free(trainer->gradient);
    free(trainer->d_logits);
    free(trainer->keep);
    free(trainer->index);
    free(trainer->label);
    free(trainer->recipe_text);
    free(trainer);
}
