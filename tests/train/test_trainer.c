/* The trainer as its users see it: it learns, and it can be stopped and resumed anywhere. */
#include <ftw.h>
#include <math.h>
#include <string.h>
#include <sys/stat.h>

#include "../../engine/image/picture_file.h"
#include "../../engine/model/model_file.h"
#include "../../engine/train/base/random.h"
#include "../../engine/train/trainer.h"
#include "../support.h"

enum { CLASSES = 4, SIDE = 32 };

static char folder[] = "/tmp/camlabel-trainer-XXXXXX";

static const char *path_of(const char *name)
{
    static char path[4096];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    return path;
}

/* A class has a colour; each picture of it noise, so that there is something to learn by heart. */
static void write_pictures(const char *split, int per_class)
{
    struct mn_error error;
    struct mn_random random = mn_random_of(1, MN_RANDOM_TEST, 0);
    char path[4200];
    mkdir(path_of(split), 0755);
    for (int class = 0; class < CLASSES; class ++) {
        snprintf(path, sizeof path, "%s/class %d", path_of(split), class);
        mkdir(path, 0755);
        for (int i = 0; i < per_class; i++) {
            uint8_t pixels[SIDE * SIDE * 3];
            struct mn_image image;
            for (int k = 0; k < SIDE * SIDE * 3; k++)
                pixels[k] = (uint8_t)(40 + 50 * (k % 3 == class % 3) +
                                      mn_random_below(&random, 60 + 60 * (class == 3)));
            mn_image_wrap(&image, MN_PIXEL_RGB24, SIDE, SIDE, pixels, 0);
            snprintf(path, sizeof path, "%s/class %d/%d.png", path_of(split), class, i);
            assert_int_equal(mn_png_write(path, &image, &error), MN_OK);
        }
    }
}

static int remove_one(const char *path, const struct stat *info, int kind, struct FTW *walk)
{
    (void)info, (void)kind, (void)walk;
    return remove(path);
}

static int set_up(void **state)
{
    (void)state;
    if (!mkdtemp(folder))
        return -1;
    mkdir(path_of("few"), 0755);
    write_pictures("few/train", 2);
    mkdir(path_of("some"), 0755);
    write_pictures("some/train", 10);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    return nftw(folder, remove_one, 8, FTW_DEPTH | FTW_PHYS);
}

static struct mn_dataset *open_data(const char *name)
{
    struct mn_dataset *dataset;
    struct mn_error error;
    assert_int_equal(mn_dataset_open(&dataset, path_of(name),
                                     &(struct mn_dataset_options){.cache_bytes = 1 << 24}, &error),
                     MN_OK);
    return dataset;
}

static struct mn_recipe plain(int epochs, int batch_size)
{
    return (struct mn_recipe){
        .spec = {.width = 0.1, .resolution = 32, .channel_divisor = 8, .padding = MN_PAD_SYMMETRIC},
        .bn_momentum = 0.1,
        .bn_eps = 1e-5,
        .epochs = epochs,
        .batch_size = batch_size,
        .sched = MN_CONSTANT,
        .lr = 0.05,
        .opt = MN_SGD,
        .momentum = 0.9,
        .mean = {0.4f, 0.4f, 0.4f},
        .std = {0.2f, 0.2f, 0.2f},
        .crop_pct = 1,
        .seed = 5,
    };
}

/* Everything that draws by chance. */
static struct mn_recipe rich(void)
{
    struct mn_recipe recipe = plain(3, 8);
    recipe.sched = MN_COSINE;
    recipe.warmup_epochs = 1;
    recipe.smoothing = 0.1;
    recipe.weight_decay = 1e-4;
    recipe.clip_grad = 1;
    recipe.model_ema_decay = 0.9;
    recipe.dropout = 0.2;
    recipe.augmentation = (struct mn_augmentation){.crop = MN_CROP_RESIZED,
                                                   .scale = {0.3, 1},
                                                   .ratio = {0.75, 1.33},
                                                   .hflip = 0.5,
                                                   .trivial = true,
                                                   .reprob = 0.3};
    recipe.mixing =
        (struct mn_mixing){.mixup = 0.2, .cutmix = 1, .probability = 1, .switch_probability = 0.5};
    recipe.train_sizes[0] = (struct mn_size_phase){0, {32, 64}, 2};
    recipe.train_size_phases = 1;
    return recipe;
}

static struct mn_trainer *new_trainer(const struct mn_recipe *recipe,
                                      const struct mn_dataset *dataset)
{
    struct mn_trainer *trainer;
    struct mn_error error;
    assert_int_equal(mn_trainer_new(&trainer,
                                    &(struct mn_trainer_settings){.recipe = recipe,
                                                                  .recipe_text = "a recipe",
                                                                  .dataset = dataset,
                                                                  .threads = 2},
                                    &error),
                     MN_OK);
    return trainer;
}

static struct mn_step one_step(struct mn_trainer *trainer)
{
    struct mn_step step;
    struct mn_error error;
    assert_int_equal(mn_trainer_step(trainer, &step, &error), MN_OK);
    return step;
}

static void eight_pictures_are_learned_by_heart(void **state)
{
    (void)state;
    static const enum mn_optimizer_kind kinds[] = {MN_SGD, MN_MOMENTUM, MN_RMSPROP, MN_ADAMW,
                                                   MN_MUON};
    struct mn_dataset *dataset = open_data("few");
    for (int k = 0; k < 5; k++) {
        struct mn_recipe recipe = plain(150, 8);
        recipe.opt = kinds[k];
        recipe.lr = k < 2 ? 0.05 : 0.002;
        recipe.opt_beta2 = k == 2 ? 0.9 : 0.999;
        recipe.opt_eps = k == 2 ? 1e-3 : 1e-8;
        struct mn_trainer *trainer = new_trainer(&recipe, dataset);
        struct mn_step step = {0};
        while (!mn_trainer_at_end(trainer))
            step = one_step(trainer);
        print_message("measured: loss of eight pictures after 150 steps, optimizer %d: %.4g\n", k,
                      step.loss);
        assert_true(step.loss < 0.01);
        assert_true(step.correct == 8);
        mn_trainer_free(trainer);
    }
    mn_dataset_close(dataset);
}

/* The file's bytes, to be freed. */
static char *read_whole(const char *path, size_t *size)
{
    FILE *file = fopen(path, "rb");
    assert_non_null(file);
    fseek(file, 0, SEEK_END);
    *size = (size_t)ftell(file);
    rewind(file);
    char *bytes = malloc(*size);
    assert_int_equal(fread(bytes, 1, *size, file), *size);
    fclose(file);
    return bytes;
}

static void save(struct mn_trainer *trainer, const char *name)
{
    struct mn_error error;
    assert_int_equal(mn_trainer_save(trainer, path_of(name), &error), MN_OK);
}

static void assert_same_files(const char *one, const char *other)
{
    size_t size, other_size;
    char *bytes = read_whole(path_of(one), &size), *other_bytes;
    other_bytes = read_whole(path_of(other), &other_size);
    assert_int_equal(size, other_size);
    assert_memory_equal(bytes, other_bytes, size);
    free(bytes);
    free(other_bytes);
}

static void resumed_anywhere_it_ends_the_same(void **state)
{
    (void)state;
    struct mn_dataset *dataset = open_data("some");
    struct mn_recipe recipe = rich();
    struct mn_trainer *trainer = new_trainer(&recipe, dataset);
    struct mn_error error;
    int steps = 0;
    for (; !mn_trainer_at_end(trainer); steps++)
        one_step(trainer);
    save(trainer, "through.ckpt");
    mn_trainer_free(trainer);
    assert_int_equal(steps, 15);
    for (int stop = 0; stop < steps; stop += 4) {
        trainer = new_trainer(&recipe, dataset);
        for (int i = 0; i < stop; i++)
            one_step(trainer);
        save(trainer, "stopped.ckpt");
        mn_trainer_free(trainer);
        trainer = new_trainer(&recipe, dataset);
        assert_int_equal(mn_trainer_restore(trainer, path_of("stopped.ckpt"), &error), MN_OK);
        while (!mn_trainer_at_end(trainer))
            one_step(trainer);
        save(trainer, "resumed.ckpt");
        mn_trainer_free(trainer);
        assert_same_files("through.ckpt", "resumed.ckpt");
    }
    mn_dataset_close(dataset);
}

static void another_run_is_not_resumed(void **state)
{
    (void)state;
    struct mn_dataset *some = open_data("some"), *few = open_data("few");
    struct mn_recipe recipe = rich();
    struct mn_trainer *trainer = new_trainer(&recipe, some);
    struct mn_error error;
    one_step(trainer);
    save(trainer, "some.ckpt");
    mn_trainer_free(trainer);
    trainer = new_trainer(&recipe, few);
    assert_int_equal(mn_trainer_restore(trainer, path_of("some.ckpt"), &error), MN_BAD_INPUT);
    assert_non_null(strstr(error.message, "other data"));
    mn_trainer_free(trainer);
    assert_int_equal(mn_trainer_new(&trainer,
                                    &(struct mn_trainer_settings){.recipe = &recipe,
                                                                  .recipe_text = "another",
                                                                  .dataset = some,
                                                                  .threads = 1},
                                    &error),
                     MN_OK);
    assert_int_equal(mn_trainer_restore(trainer, path_of("some.ckpt"), &error), MN_BAD_INPUT);
    assert_non_null(strstr(error.message, "another recipe"));
    assert_int_equal(mn_trainer_epoch_step(trainer), 0);
    mn_trainer_free(trainer);
    mn_dataset_close(some);
    mn_dataset_close(few);
}

static void a_loss_that_is_no_number_is_said(void **state)
{
    (void)state;
    struct mn_dataset *dataset = open_data("some");
    struct mn_recipe recipe = plain(50, 8);
    recipe.lr = 1e30;
    struct mn_trainer *trainer = new_trainer(&recipe, dataset);
    struct mn_step step;
    struct mn_error error;
    enum mn_status status = MN_OK;
    while (!status && !mn_trainer_at_end(trainer))
        status = mn_trainer_step(trainer, &step, &error);
    assert_int_equal(status, MN_FAILED);
    assert_non_null(strstr(error.message, "--lr"));
    mn_trainer_free(trainer);
    mn_dataset_close(dataset);
}

/* The head of a trained network, for fresh classes, by kept features and without. */
static void a_head_is_retrained(void **state)
{
    (void)state;
    struct mn_dataset *dataset = open_data("some");
    struct mn_recipe recipe = plain(40, 8);
    struct mn_trainer *trainer = new_trainer(&recipe, dataset);
    struct mn_model *trunk, *again;
    struct mn_error error;
    while (!mn_trainer_at_end(trainer))
        one_step(trainer);
    assert_int_equal(mn_trainer_export(trainer, &trunk, &error), MN_OK);
    mn_trainer_free(trainer);
    for (int uncached = 0; uncached < 2; uncached++) {
        recipe.freeze = MN_BLOCKS;
        recipe.no_feature_cache = uncached;
        recipe.augmentation.hflip = 0.5;
        recipe.model_ema_decay = 0.9;
        struct mn_trainer_settings settings = {&recipe, "head", dataset, trunk, 2};
        for (int i = 0; i < CLASSES; i++)
            trunk->labels[i][0] = 'x'; /* other classes: the head begins anew */
        assert_int_equal(mn_trainer_new(&trainer, &settings, &error), MN_OK);
        while (!mn_trainer_at_end(trainer))
            one_step(trainer);
        struct mn_epoch_sums sums = mn_trainer_sums(trainer);
        assert_true(sums.correct >= 0.8 * (double)sums.pictures);
        assert_int_equal(mn_trainer_export(trainer, &again, &error), MN_OK);
        assert_memory_equal(again->parameters[5].weight, trunk->parameters[5].weight,
                            9 * sizeof(float));
        assert_string_equal(again->labels[0], "class 0");
        mn_model_free(again);
        mn_trainer_free(trainer);
    }
    mn_model_free(trunk);
    mn_dataset_close(dataset);
}

static bool stop_at_the_third(void *context, int done, int total)
{
    (void)context;
    assert_true(done <= 3 && total > 3);
    return done < 3;
}

static void looking_at_the_pictures_can_be_stopped(void **state)
{
    (void)state;
    struct mn_dataset *dataset = open_data("some");
    struct mn_recipe recipe = plain(40, 8);
    struct mn_trainer *trainer = new_trainer(&recipe, dataset);
    struct mn_model *trunk;
    struct mn_error error;
    assert_int_equal(mn_trainer_export(trainer, &trunk, &error), MN_OK);
    mn_trainer_free(trainer);
    recipe.freeze = MN_BLOCKS;
    struct mn_trainer_settings settings = {&recipe,           "head", dataset, trunk, 2,
                                           stop_at_the_third, NULL};
    assert_int_equal(mn_trainer_new(&trainer, &settings, &error), MN_FAILED);
    assert_non_null(strstr(error.message, "stopped"));
    mn_model_free(trunk);
    mn_dataset_close(dataset);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(eight_pictures_are_learned_by_heart),
        cmocka_unit_test(resumed_anywhere_it_ends_the_same),
        cmocka_unit_test(another_run_is_not_resumed),
        cmocka_unit_test(a_loss_that_is_no_number_is_said),
        cmocka_unit_test(a_head_is_retrained),
        cmocka_unit_test(looking_at_the_pictures_can_be_stopped),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
