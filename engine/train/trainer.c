#include "trainer.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "arithmetic.h"
#include "batch.h"
#include "features.h"
#include "learner.h"
#include "loss.h"
#include "schedule.h"

struct mn_trainer {
    struct mn_recipe recipe;
    char *recipe_text;
    const struct mn_dataset *dataset;
    struct mn_network network; /* at the recipe's resolution */
    struct mn_weights_map map;
    struct mn_crew *crew;
    struct mn_learner *learner;
    struct mn_batch_maker *maker;
    struct mn_features features; /* of a frozen trunk; values NULL where there is none */
    int first_trained;           /* layer */
    int batch, epoch_steps;

    struct mn_state state; /* what a checkpoint holds */

    /* room for one step */
    float *gradient, *d_logits, *keep;
    int *index, *label;
    double step_work; /* of the step just done: pixels, to which the work is proportional */
};

static enum mn_status no_memory(struct mn_error *error)
{
    return mn_fail(error, MN_FAILED,
                   "not enough memory for training; close other programs, or take a smaller "
                   "--batch-size or --width");
}

/* --- new --- */

/* The first layer that is trained when so many blocks are frozen; each block is two layers, or one
 * standard convolution. */
static int first_trained_layer(const struct mn_network *network, int frozen_blocks)
{
    int per_block = network->spec.standard ? 1 : 2;
    if (frozen_blocks >= MN_BLOCKS)
        return network->layer_count - 1;
    return frozen_blocks ? 1 + frozen_blocks * per_block : 0;
}

static int largest_size(const struct mn_recipe *recipe)
{
    int largest = recipe->train_size_phases ? 0 : recipe->spec.resolution;
    for (int i = 0; i < recipe->train_size_phases; i++)
        for (int k = 0; k < recipe->train_sizes[i].count; k++)
            if (recipe->train_sizes[i].sizes[k] > largest)
                largest = recipe->train_sizes[i].sizes[k];
    return largest;
}

/* The initial model's network and normalisation become the recipe's. */
static void take_initial(struct mn_recipe *recipe, const struct mn_model *initial)
{
    int resolution = recipe->spec.resolution;
    recipe->spec = initial->network.spec;
    if (resolution)
        recipe->spec.resolution = resolution;
    memcpy(recipe->mean, initial->preprocessing.mean, sizeof recipe->mean);
    memcpy(recipe->std, initial->preprocessing.std, sizeof recipe->std);
    recipe->bn_eps = initial->norm_epsilon;
}

static struct mn_preprocessing preprocessing_of(const struct mn_recipe *recipe)
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
    trainer->gradient = calloc(trainer->map.trained, sizeof(float));
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
static enum mn_status furnish(struct mn_trainer *trainer, const struct mn_model *initial,
                              struct mn_error *error)
{
    const struct mn_recipe *recipe = &trainer->recipe;
    bool cached = mn_features_wanted(recipe);
    struct mn_network network;
    struct mn_network_spec spec = recipe->spec;
    spec.resolution = largest_size(recipe);
    if (mn_network_build(&network, &spec, error))
        return error->status;
    trainer->first_trained = first_trained_layer(&network, recipe->freeze);
    mn_weights_lay_out(&trainer->map, &network);
    if (!allocate(trainer))
        return no_memory(error);
    struct mn_learner_options options = {trainer->crew,  &network,       &trainer->map,
                                         trainer->batch, recipe->bn_eps, trainer->first_trained,
                                         cached};
    if (begin_weights(trainer, initial, error) ||
        mn_learner_new(&trainer->learner, &options, error))
        return error->status;
    if (mn_batch_maker_new(&trainer->maker, trainer->dataset, recipe, trainer->crew, error))
        return error->status;
    if (!cached)
        return MN_OK;
    struct mn_preprocessing preprocessing = preprocessing_of(recipe);
    return mn_features_compute(&trainer->features, initial, trainer->dataset,
                               recipe->spec.resolution, &preprocessing,
                               recipe->augmentation.hflip > 0, mn_crew_size(trainer->crew), error);
}

enum mn_status mn_trainer_new(struct mn_trainer **out, const struct mn_trainer_settings *settings,
                              struct mn_error *error)
{
    struct mn_trainer *trainer = calloc(1, sizeof *trainer);
    if (!trainer)
        return no_memory(error);
    trainer->recipe = *settings->recipe;
    trainer->recipe_text = strdup(settings->recipe_text ? settings->recipe_text : "");
    trainer->dataset = settings->dataset;
    if (settings->initial)
        take_initial(&trainer->recipe, settings->initial);
    trainer->recipe.spec.classes = mn_dataset_classes(settings->dataset);
    enum mn_status status = MN_OK;
    if (!trainer->recipe_text)
        status = no_memory(error);
    else if (trainer->recipe.freeze && !settings->initial)
        status = mn_fail(error, MN_BAD_INPUT,
                         "--freeze keeps what was learned before: name the model with "
                         "--initial-checkpoint");
    if (status || mn_network_build(&trainer->network, &trainer->recipe.spec, error) ||
        check_data(trainer, error) || mn_crew_new(&trainer->crew, settings->threads, error) ||
        furnish(trainer, settings->initial, error)) {
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

/* --- the step --- */

static uint64_t steps_done(const struct mn_trainer *trainer)
{
    return (uint64_t)trainer->state.epoch * (uint64_t)trainer->epoch_steps +
           (uint64_t)trainer->state.step;
}

/* The moment in the training, in epochs. */
static double moment(const struct mn_trainer *trainer, uint64_t step)
{
    return (double)step / trainer->epoch_steps;
}

static void look_up_features(struct mn_trainer *trainer, const struct mn_batch *batch)
{
    const struct mn_features *features = &trainer->features;
    size_t channels = (size_t)features->channels;
    float *input = mn_learner_input(trainer->learner);
    struct mn_random random =
        mn_random_of(trainer->recipe.seed, MN_RANDOM_PICTURE, steps_done(trainer));
    for (int i = 0; i < batch->pictures; i++) {
        int row =
            trainer->index[i] * features->variants + mn_random_below(&random, features->variants);
        memcpy(input + (size_t)i * channels, features->values + (size_t)row * channels,
               channels * sizeof *input);
    }
}

/* Which inputs of the linear layer are kept, scaled so that their mean stays (inverted dropout). */
static const float *draw_dropout(struct mn_trainer *trainer)
{
    if (!trainer->keep)
        return NULL;
    double drop = trainer->recipe.dropout;
    size_t count = (size_t)trainer->batch *
                   (size_t)trainer->network.layers[trainer->network.layer_count - 1].in_channels;
    struct mn_random random =
        mn_random_of(trainer->recipe.seed, MN_RANDOM_DROPOUT, steps_done(trainer));
    for (size_t i = 0; i < count; i++)
        trainer->keep[i] = mn_random_chance(&random, drop) ? 0 : (float)(1 / (1 - drop));
    return trainer->keep;
}

/* A share of the row moves towards the weights as they are now. Early on the average forgets
 * faster, so that the random beginning does not stay in it. */
static void average_share(void *context, int share)
{
    struct mn_trainer *trainer = context;
    double step = (double)steps_done(trainer);
    double decay = fmin(trainer->recipe.model_ema_decay, (1 + step) / (10 + step));
    size_t total = trainer->map.total, shares = (size_t)mn_crew_size(trainer->crew);
    size_t begin = total * (size_t)share / shares, end = total * ((size_t)share + 1) / shares;
    mn_arithmetic()->average(trainer->state.average + begin, trainer->state.values + begin,
                             (float)decay, end - begin);
}

static void add_to_sums(struct mn_state *state, const struct mn_step *step)
{
    if (state->step == 0)
        state->sums = (struct mn_epoch_sums){0};
    state->sums.loss += step->loss * step->pictures;
    state->sums.correct += step->correct;
    state->sums.pictures += step->pictures;
}

static void advance(struct mn_trainer *trainer)
{
    if (++trainer->state.step == trainer->epoch_steps) {
        trainer->state.step = 0;
        trainer->state.epoch++;
    }
}

enum mn_status mn_trainer_step(struct mn_trainer *trainer, struct mn_step *step,
                               struct mn_error *error)
{
    const struct mn_recipe *recipe = &trainer->recipe;
    uint64_t number = steps_done(trainer);
    double epoch = moment(trainer, number), lambda = 1;
    struct mn_batch batch = {trainer->state.epoch, trainer->state.step, trainer->epoch_steps,
                             trainer->batch, mn_schedule_size(recipe, epoch, number)};
    struct mn_learner *learner = trainer->learner;

    mn_batch_choose(trainer->maker, &batch, trainer->index, trainer->label);
    mn_learner_resize(learner, batch.resolution);
    if (trainer->features.values)
        look_up_features(trainer, &batch);
    else if (mn_batch_make(trainer->maker, &batch, trainer->index, mn_learner_input(learner),
                           &lambda, error))
        return error->status;

    const float *logits = mn_learner_forward(learner, trainer->state.values, batch.pictures,
                                             MN_OF_BATCH, draw_dropout(trainer));
    struct mn_loss loss =
        mn_loss(logits, trainer->label, batch.pictures, trainer->network.spec.classes,
                recipe->smoothing, lambda, trainer->d_logits);
    *step = (struct mn_step){batch.pictures, loss.sum / batch.pictures, loss.correct,
                             mn_schedule_lr(recipe, epoch), batch.resolution};
    mn_learner_backward(learner, trainer->state.values, trainer->d_logits, trainer->gradient);

    struct mn_update update = {recipe,   &trainer->network,  &trainer->map, trainer->first_trained,
                               step->lr, (int64_t)number + 1};
    double length = mn_optimizer_step(&trainer->state.optimizer, &update, trainer->crew,
                                      trainer->state.values, trainer->gradient);
    if (!isfinite(loss.sum) || !isfinite(length))
        return mn_fail(
            error, MN_FAILED,
            "the loss is no number any more, in epoch %d: the learning rate is too high; "
            "begin again with a smaller --lr or with --clip-grad 1",
            trainer->state.epoch + 1);
    add_to_sums(&trainer->state, step);
    mn_learner_track(learner, trainer->state.values, recipe->bn_momentum);
    if (trainer->state.average)
        mn_crew_work(trainer->crew, average_share, trainer);
    trainer->step_work = (double)batch.resolution * batch.resolution;
    advance(trainer);
    return MN_OK;
}

int mn_trainer_epoch(const struct mn_trainer *trainer)
{
    return trainer->state.epoch;
}

int mn_trainer_epoch_step(const struct mn_trainer *trainer)
{
    return trainer->state.step;
}

int mn_trainer_epoch_steps(const struct mn_trainer *trainer)
{
    return trainer->epoch_steps;
}

struct mn_epoch_sums mn_trainer_sums(const struct mn_trainer *trainer)
{
    return trainer->state.sums;
}

bool mn_trainer_at_end(const struct mn_trainer *trainer)
{
    return trainer->state.epoch >= trainer->recipe.epochs;
}

double mn_trainer_steps_left(const struct mn_trainer *trainer)
{
    double pixels = 0;
    uint64_t end = (uint64_t)trainer->recipe.epochs * (uint64_t)trainer->epoch_steps;
    for (uint64_t i = steps_done(trainer); i < end; i++) {
        double size = mn_schedule_size(&trainer->recipe, moment(trainer, i), i);
        pixels += size * size;
    }
    return trainer->step_work > 0 ? pixels / trainer->step_work : 0;
}

const struct mn_network *mn_trainer_network(const struct mn_trainer *trainer)
{
    return &trainer->network;
}

const struct mn_recipe *mn_trainer_recipe(const struct mn_trainer *trainer)
{
    return &trainer->recipe;
}

/* --- what it gives out --- */

enum mn_status mn_trainer_export(const struct mn_trainer *trainer, struct mn_model **out,
                                 struct mn_error *error)
{
    struct mn_model *model = mn_model_new(&trainer->network, true);
    if (!model)
        return no_memory(error);
    mn_weights_export(&trainer->map,
                      trainer->state.average ? trainer->state.average : trainer->state.values,
                      model);
    model->norm_epsilon = trainer->recipe.bn_eps;
    model->preprocessing = preprocessing_of(&trainer->recipe);
    if (mn_model_set_labels(model, mn_dataset_labels(trainer->dataset),
                            trainer->network.spec.classes, error)) {
        mn_model_free(model);
        return error->status;
    }
    *out = model;
    return MN_OK;
}

/* --- checkpoints --- */

static struct mn_run_identity identity_of(const struct mn_trainer *trainer)
{
    return (struct mn_run_identity){trainer->recipe_text, mn_dataset_fingerprint(trainer->dataset),
                                    mn_crew_size(trainer->crew), trainer->recipe.epochs,
                                    trainer->epoch_steps};
}

enum mn_status mn_trainer_save(const struct mn_trainer *trainer, const char *path,
                               struct mn_error *error)
{
    struct mn_run_identity run = identity_of(trainer);
    return mn_state_save(&trainer->state, &run, path, error);
}

enum mn_status mn_trainer_restore(struct mn_trainer *trainer, const char *path,
                                  struct mn_error *error)
{
    struct mn_run_identity run = identity_of(trainer);
    return mn_state_restore(&trainer->state, &run, path, error);
}
