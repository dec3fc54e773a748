#include "golden.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Random whole levels 0…255, normalised as the model wants its pictures. Returns a checksum of the
 * tensor's bits (FNV-1a), by which a file whose mean or std was damaged is told from one with
 * damaged weights. */
static uint32_t fill_input(const struct mn_model *model, float *tensor)
{
    const struct mn_preprocessing *settings = &model->preprocessing;
    int side = model->network.spec.resolution;
    uint32_t checksum = 2166136261U, random = 1;
    for (int i = 0; i < side * side * 3; i++) {
        random = random * 1664525U + 1013904223U;
        double level = random >> 24, mean = (double)settings->mean[i % 3],
               std = (double)settings->std[i % 3];
        tensor[i] = (float)((level / 255 - mean) / std);
        uint32_t bits;
        memcpy(&bits, &tensor[i], sizeof bits);
        for (int shift = 0; shift < 32; shift += 8)
            checksum = (checksum ^ (bits >> shift & 0xff)) * 16777619U;
    }
    return checksum;
}

/* The logits go to `logits` [classes]. */
static enum mn_status run(const struct mn_model *model, const struct mn_engine_options *options,
                          float *logits, uint32_t *input_checksum, struct mn_error *error)
{
    struct mn_engine *engine;
    struct mn_engine_options own = {
        .force_isa = options->force_isa, .isa = options->isa, .threads = options->threads};
    if (mn_engine_new(&engine, model, &own, error))
        return error->status;
    *input_checksum = fill_input(model, mn_engine_input(engine));
    memcpy(logits, mn_engine_run(engine), (size_t)model->network.spec.classes * sizeof *logits);
    mn_engine_free(engine);
    return MN_OK;
}

enum mn_status mn_golden_make(struct mn_model *model, struct mn_error *error)
{
    const struct mn_engine_options portable = {.force_isa = true, .isa = MN_ISA_C};
    int classes = model->network.spec.classes;
    float *logits = calloc((size_t)classes, sizeof *logits);
    if (!logits)
        return mn_fail(error, MN_FAILED, "not enough memory for the known answer");
    if (run(model, &portable, logits, &model->known_answer.input_checksum, error)) {
        free(logits);
        return error->status;
    }
    for (int i = 0; i < classes; i++)
        if (!isfinite(logits[i])) {
            free(logits);
            return mn_fail(error, MN_BAD_INPUT, "%s: the weights give no finite answer",
                           model->name);
        }
    free(model->known_answer.logits);
    model->known_answer.logits = logits;
    return MN_OK;
}

/* NaN counts as infinitely wrong. */
static double difference(const float *got, const float *want, int count)
{
    double worst = 0, largest = 0;
    for (int i = 0; i < count; i++) {
        double off = fabs((double)got[i] - (double)want[i]);
        worst = isnan(off) ? INFINITY : fmax(worst, off);
        largest = fmax(largest, fabs((double)want[i]));
    }
    return worst == 0 ? 0 : worst / largest;
}

enum mn_status mn_golden_verify(const struct mn_model *model,
                                const struct mn_engine_options *options, double *worst,
                                struct mn_error *error)
{
    const double tolerance = 1e-4;
    int classes = model->network.spec.classes;
    if (!model->known_answer.logits)
        return mn_fail(
            error, MN_BAD_INPUT,
            "%s has no known answer to verify by; camlabel import writes a file that has one",
            model->name);
    uint32_t checksum = 0;
    float *logits = calloc((size_t)classes, sizeof *logits);
    if (!logits)
        return mn_fail(error, MN_FAILED, "not enough memory for the known answer");
    enum mn_status status = run(model, options, logits, &checksum, error);
    *worst = status ? 0 : difference(logits, model->known_answer.logits, classes);
    free(logits);
    if (status)
        return status;
    if (checksum != model->known_answer.input_checksum)
        return mn_fail(
            error, MN_BAD_INPUT,
            "%s: mean, std or resolution are not those it was written with; get the file again",
            model->name);
    if (!(*worst <= tolerance))
        return mn_fail(
            error, MN_BAD_INPUT,
            "%s: its logits are off by %.1e of the largest; get the file again, and if that does "
            "not help try --isa c",
            model->name, *worst);
    return MN_OK;
}
