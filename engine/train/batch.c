#include "batch.h"

#include <pthread.h>
#include <stdlib.h>

struct mn_batch_maker {
    const struct mn_dataset *dataset;
    const struct mn_recipe *recipe;
    struct mn_crew *crew;
    struct mn_augmenter **augmenters; /* [crew's size], one per worker, as the bitmaps */
    struct mn_bitmap *bitmaps;
    int *order; /* [training pictures], of order_epoch */
    int order_epoch;

    /* the batch being made; the workers only read it */
    const struct mn_batch *batch;
    const int *index;
    float *tensor;
    struct mn_mix mix;

    pthread_mutex_t lock; /* guards error */
    struct mn_error error;
};

enum mn_status mn_batch_maker_new(struct mn_batch_maker **out, const struct mn_dataset *dataset,
                                  const struct mn_recipe *recipe, struct mn_crew *crew,
                                  struct mn_error *error)
{
    size_t threads = (size_t)mn_crew_size(crew);
    struct mn_batch_maker *maker = calloc(1, sizeof *maker);
    if (!maker)
        return mn_fail(error, MN_FAILED, "no memory for training; close other programs");
    pthread_mutex_init(&maker->lock, NULL);
    maker->dataset = dataset;
    maker->recipe = recipe;
    maker->crew = crew;
    maker->order_epoch = -1;
    maker->order = calloc((size_t)mn_dataset_count(dataset, MN_TRAIN), sizeof *maker->order);
    maker->bitmaps = calloc(threads, sizeof *maker->bitmaps);
    maker->augmenters = calloc(threads, sizeof(struct mn_augmenter *));
    bool enough = maker->order && maker->bitmaps && maker->augmenters;
    for (size_t i = 0; enough && i < threads; i++)
        enough = (maker->augmenters[i] = mn_augmenter_new()) != NULL;
    if (!enough) {
        mn_batch_maker_free(maker);
        return mn_fail(error, MN_FAILED, "no memory for training; close other programs");
    }
    *out = maker;
    return MN_OK;
}

void mn_batch_maker_free(struct mn_batch_maker *maker)
{
    if (!maker)
        return;
    for (int i = 0; i < mn_crew_size(maker->crew); i++) {
        if (maker->augmenters)
            mn_augmenter_free(maker->augmenters[i]);
        if (maker->bitmaps)
            mn_bitmap_free(&maker->bitmaps[i]);
    }
    free(maker->augmenters);
    free(maker->bitmaps);
    free(maker->order);
    pthread_mutex_destroy(&maker->lock);
    free(maker);
}

static void shuffle(struct mn_batch_maker *maker, int epoch)
{
    int count = mn_dataset_count(maker->dataset, MN_TRAIN);
    struct mn_random random = mn_random_of(maker->recipe->seed, MN_RANDOM_ORDER, (uint64_t)epoch);
    for (int i = 0; i < count; i++)
        maker->order[i] = i;
    mn_random_shuffle(&random, maker->order, count);
    maker->order_epoch = epoch;
}

void mn_batch_choose(struct mn_batch_maker *maker, const struct mn_batch *batch, int *index,
                     int *label)
{
    if (maker->order_epoch != batch->epoch)
        shuffle(maker, batch->epoch);
    for (int i = 0; i < batch->pictures; i++) {
        index[i] = maker->order[batch->step * batch->pictures + i];
        label[i] = mn_dataset_label(maker->dataset, MN_TRAIN, index[i]);
    }
}

static uint64_t step_number(const struct mn_batch *batch)
{
    return (uint64_t)batch->epoch * (uint64_t)batch->steps + (uint64_t)batch->step;
}

static void make_picture(void *context, int i, int worker)
{
    struct mn_batch_maker *maker = context;
    const struct mn_batch *batch = maker->batch;
    const struct mn_recipe *recipe = maker->recipe;
    size_t floats = (size_t)batch->resolution * (size_t)batch->resolution * 3;
    uint64_t number = step_number(batch) * (uint64_t)batch->pictures + (uint64_t)i;
    struct mn_image image;
    struct mn_error error;
    if (mn_dataset_picture(maker->dataset, MN_TRAIN, maker->index[i], &maker->bitmaps[worker],
                           &image, &error) ||
        mn_augment(maker->augmenters[worker], &recipe->augmentation, recipe->mean, recipe->std,
                   mn_random_of(recipe->seed, MN_RANDOM_PICTURE, number), &image, batch->resolution,
                   maker->tensor + (size_t)i * floats, &error)) {
        pthread_mutex_lock(&maker->lock);
        maker->error = error;
        pthread_mutex_unlock(&maker->lock);
    }
}

static void mix_pair(void *context, int i, int worker)
{
    struct mn_batch_maker *maker = context;
    (void)worker;
    mn_mix_pair(&maker->mix, maker->tensor, maker->batch->pictures, maker->batch->resolution, i);
}

enum mn_status mn_batch_make(struct mn_batch_maker *maker, const struct mn_batch *batch,
                             const int *index, float *tensor, double *lambda,
                             struct mn_error *error)
{
    const struct mn_recipe *recipe = maker->recipe;
    maker->batch = batch;
    maker->index = index;
    maker->tensor = tensor;
    maker->error.status = MN_OK;
    mn_crew_share_out(maker->crew, batch->pictures, make_picture, maker);
    if (maker->error.status) {
        *error = maker->error;
        return error->status;
    }
    maker->mix = mn_mix_draw(&recipe->mixing, batch->epoch,
                             mn_random_of(recipe->seed, MN_RANDOM_MIX, step_number(batch)),
                             batch->resolution);
    *lambda = maker->mix.lambda;
    if (*lambda < 1)
        mn_crew_share_out(maker->crew, (batch->pictures + 1) / 2, mix_pair, maker);
    return MN_OK;
}
