#include "norm.h"

#include <math.h>
#include <stdlib.h>

#include "../../base/block.h"

bool mn_norm_new(struct mn_norm *norm, size_t channels)
{
    *norm = (struct mn_norm){.channels = channels};
    float **rows[] = {&norm->mean, &norm->inverse, &norm->scale,   &norm->shift,
                      &norm->by_d, &norm->by_y,    &norm->constant};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        *rows[i] = mn_block_zeroed(channels);
        if (!*rows[i])
            return false;
    }
    norm->variance = calloc(channels, sizeof *norm->variance);
    return norm->variance;
}

void mn_norm_free(struct mn_norm *norm)
{
    float *rows[] = {norm->mean, norm->inverse, norm->scale,   norm->shift,
                     norm->by_d, norm->by_y,    norm->constant};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        free(rows[i]);
    free(norm->variance);
    *norm = (struct mn_norm){0};
}

/* The sums are of what is left after subtracting the tracked mean: near it, so that the difference
 * of the two large numbers is small. */
void mn_norm_forward(struct mn_norm *norm, const struct mn_layer_weights *at, const float *values,
                     double *const *sum, size_t count, double epsilon)
{
    norm->count = count;
    for (size_t c = 0; c < norm->channels; c++) {
        double mean = (double)values[at->mean + c], variance = (double)values[at->variance + c];
        if (sum) {
            double offset = sum[0][c] / (double)count;
            mean += offset;
            variance = sum[1][c] / (double)count - offset * offset;
            variance = variance < 0 ? 0 : variance; /* what is no number stays so */
        }
        double inverse = 1 / sqrt(variance + epsilon);
        double scale = (double)values[at->gamma + c] * inverse;
        norm->mean[c] = (float)mean;
        norm->variance[c] = variance;
        norm->inverse[c] = (float)inverse;
        norm->scale[c] = (float)scale;
        norm->shift[c] = (float)((double)values[at->beta + c] - mean * scale);
    }
}

void mn_norm_backward(struct mn_norm *norm, const struct mn_layer_weights *at, double *const *sum,
                      float *gradient)
{
    double count = (double)norm->count;
    for (size_t c = 0; c < norm->channels; c++) {
        double inverse = (double)norm->inverse[c], scale = (double)norm->scale[c];
        double product = sum[1][c] * inverse; /* with the normalised value */
        double by_y = -scale * inverse * product / count;
        gradient[at->gamma + c] = (float)product;
        gradient[at->beta + c] = (float)sum[0][c];
        norm->by_d[c] = (float)scale;
        norm->by_y[c] = (float)by_y;
        norm->constant[c] = (float)(-scale * sum[0][c] / count - by_y * (double)norm->mean[c]);
    }
}

void mn_norm_track(const struct mn_norm *norm, const struct mn_layer_weights *at, float *values,
                   double momentum)
{
    double unbiased = norm->count > 1 ? (double)norm->count / (double)(norm->count - 1) : 1;
    for (size_t c = 0; c < norm->channels; c++) {
        float *mean = &values[at->mean + c], *variance = &values[at->variance + c];
        *mean += (float)(momentum * ((double)norm->mean[c] - (double)*mean));
        *variance += (float)(momentum * (norm->variance[c] * unbiased - (double)*variance));
    }
}
