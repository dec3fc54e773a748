#include "report_sample.h"

#include <math.h>
#include <string.h>

#include "../../engine/model/file.h"
#include "../support.h"

/* Stripes of the picture's own colour; every seventh cannot be read. */
static enum mn_status paint(const struct report_pictures *pictures, int index,
                            struct mn_bitmap *bitmap, struct mn_image *image,
                            struct mn_error *error)
{
    (void)pictures;
    if (index % 7 == 0)
        return mn_fail(error, MN_FAILED, "picture <%d> & its folder are gone", index);
    if (mn_bitmap_reserve(bitmap, MN_PIXEL_RGB24, 96, 64, error))
        return error->status;
    for (size_t i = 0; i < (size_t)96 * 64 * 3; i++)
        bitmap->pixels[i] = (uint8_t)((size_t)index * 40 * (i % 3 + 1) + i / 9);
    *image = bitmap->image;
    return MN_OK;
}

static const char *name_picture(const struct report_pictures *pictures, int index)
{
    (void)pictures;
    return index % 2 ? "a \"b\" <c>.jpg" : "d&e.jpg";
}

/* Answers that are right for about two in three. */
static void fill_evaluation(struct mn_evaluation *evaluation, int classes, int per_class)
{
    uint64_t seed = 5;
    int pictures = classes * per_class;
    *evaluation = (struct mn_evaluation){.pictures = pictures, .classes = classes, .loss = 1.25};
    evaluation->label = calloc((size_t)pictures, sizeof(int));
    evaluation->probability = calloc((size_t)pictures * (size_t)classes, sizeof(float));
    assert_true(evaluation->label && evaluation->probability);
    for (int i = 0; i < pictures; i++) {
        float *row = evaluation->probability + (size_t)i * (size_t)classes, sum = 0;
        evaluation->label[i] = i / per_class;
        for (int k = 0; k < classes; k++) {
            float logit = 2 * test_uniform(&seed) + 2 * test_uniform(&seed);
            sum += row[k] = expf(logit + (k == i / per_class ? 3.0F : 0));
        }
        for (int k = 0; k < classes; k++)
            row[k] /= sum;
    }
}

static void fill_epochs(struct report_epoch *epochs)
{
    for (int i = 0; i < SAMPLE_EPOCHS; i++) {
        double rest = exp(-i / 10.0);
        epochs[i] = (struct report_epoch){
            i + 1, 1 + 3 * rest, 0.6 * (1 - rest), 1.1 + 3 * rest, 0.65 * (1 - rest), 0.1 * rest,
            93};
    }
    epochs[3].val_loss = epochs[3].val_acc = NAN;
    epochs[5].train_loss = INFINITY;
}

void sample_open(struct sample *sample, int classes, int per_class)
{
    struct mn_error error = {.message = ""};
    char folder[] = "/tmp/camlabel-test-XXXXXX";
    *sample = (struct sample){.pictures = {paint, name_picture, NULL, MN_VAL}};
    fill_evaluation(&sample->evaluation, classes, per_class);
    if (mn_metrics_new(&sample->metrics, &sample->evaluation, &error))
        fail_msg("%s", error.message);
    struct mn_network_spec spec = {
        .width = 1, .resolution = 64, .classes = classes, .channel_divisor = 1};
    assert_int_equal(mn_network_build(&sample->network, &spec, &error), MN_OK);
    sample->labels = calloc((size_t)classes, sizeof *sample->labels);
    assert_non_null(sample->labels);
    for (int i = 0; i < classes; i++) {
        sample->labels[i] = malloc(32);
        assert_non_null(sample->labels[i]);
        snprintf(sample->labels[i], 32, "class_number_%d", i);
    }
    fill_epochs(sample->epochs);
    assert_non_null(mkdtemp(folder));
    snprintf(sample->path, sizeof sample->path, "%s/report.html", folder);
    sample->report = (struct report){.evaluation = &sample->evaluation,
                                     .metrics = &sample->metrics,
                                     .labels = sample->labels,
                                     .split = "validation",
                                     .pictures = &sample->pictures,
                                     .epochs = sample->epochs,
                                     .epoch_count = SAMPLE_EPOCHS,
                                     .best_epoch = 38,
                                     .recipe = "epochs = 40\nlr = 0.1\n",
                                     .recipe_path = "my runs/recipe.txt",
                                     .data_dir = "d",
                                     .train_pictures = 67500,
                                     .left_out = 3,
                                     .name = "sample",
                                     .network = &sample->network,
                                     .model_path = "runs/sample.safetensors",
                                     .model_bytes = 6500000,
                                     .date = "2026-01-31 14:05",
                                     .cpu = "A CPU",
                                     .threads = 2,
                                     .seconds = 3720};
}

void sample_close(struct sample *sample)
{
    unlink(sample->path);
    *strrchr(sample->path, '/') = '\0';
    assert_int_equal(rmdir(sample->path), 0); /* so nothing else was left there */
    for (int i = 0; i < sample->evaluation.classes; i++)
        free(sample->labels[i]);
    free(sample->labels);
    mn_metrics_free(&sample->metrics);
    free(sample->evaluation.label);
    free(sample->evaluation.probability);
}

char *sample_write(struct sample *sample, size_t *bytes)
{
    struct mn_error error;
    uint8_t *text;
    if (report_write(sample->path, &sample->report, &error))
        fail_msg("%s", error.message);
    assert_int_equal(mn_file_read(sample->path, 64 << 20, &text, bytes, &error), MN_OK);
    return (char *)text;
}
