#include "trainer.h"

#include <math.h>
#include <string.h>

#include "learner/arithmetic.h"
#include "learner/loss.h"
#include "schedule.h"
#include "trainer_room.h"

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
        bool mirrored = mn_random_chance(&random, trainer->recipe.augmentation.hflip);
        int row = trainer->index[i] * features->variants + mirrored;
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

static struct mn_update update_of(const struct mn_trainer *trainer, double lr, int64_t step)
{
    return (struct mn_update){
        &trainer->recipe, &trainer->network, &trainer->map, trainer->first_trained, lr, step};
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

    struct mn_update update = update_of(trainer, step->lr, (int64_t)number + 1);
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
    trainer->step_size = batch.resolution;
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

/* Multiply-adds of a step: forward, and backward to the inputs and to the weights. */
static double work_of(const struct mn_trainer *trainer, int resolution)
{
    const struct mn_network *network = &trainer->network;
    double scale = (double)resolution / network->spec.resolution;
    struct mn_update update = update_of(trainer, 0, 0);
    return 3 * trainer->batch * (double)network->mult_adds * scale * scale +
           mn_optimizer_mult_adds(&update);
}

/* Of a step of the phase, whose sizes take turns by chance. */
static double mean_work_of(const struct mn_trainer *trainer, const struct mn_size_phase *phase)
{
    double work = 0;
    for (int i = 0; i < phase->count; i++)
        work += work_of(trainer, phase->sizes[i]) / phase->count;
    return work;
}

double mn_trainer_steps_left(const struct mn_trainer *trainer)
{
    const struct mn_recipe *recipe = &trainer->recipe;
    double work = 0, done = (double)steps_done(trainer) / trainer->epoch_steps;
    for (int i = 0; i == 0 || i < recipe->train_size_phases; i++) {
        bool is_last = i + 1 >= recipe->train_size_phases;
        double begin = i ? recipe->train_sizes[i].epoch : 0,
               end = is_last ? recipe->epochs : recipe->train_sizes[i + 1].epoch;
        struct mn_size_phase phase = mn_schedule_sizes(recipe, begin);
        work +=
            fmax(0, fmin(end, recipe->epochs) - fmax(begin, done)) * mean_work_of(trainer, &phase);
    }
    work *= trainer->epoch_steps;
    return trainer->step_size > 0 ? work / work_of(trainer, trainer->step_size) : 0;
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
    struct mn_network network;
    struct mn_network_spec spec = trainer->network.spec;
    bool between_epochs = trainer->state.epoch > 0 && trainer->state.step == 0;
    spec.resolution =
        mn_schedule_model_size(&trainer->recipe, trainer->state.epoch - between_epochs);
    if (mn_network_build(&network, &spec, error))
        return error->status;
    struct mn_model *model = mn_model_new(&network, true);
    if (!model)
        return mn_trainer_no_memory(error);
    mn_weights_export(&trainer->map,
                      trainer->state.average ? trainer->state.average : trainer->state.values,
                      model);
    model->norm_epsilon = trainer->recipe.bn_eps;
    model->preprocessing = mn_trainer_preprocessing(&trainer->recipe);
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
