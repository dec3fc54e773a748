#include "reference_network.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static double convolve(const struct mn_layer *layer, const double *weight, const double *input,
                       int row, int column, int out)
{
    int size = layer->in_size, in = layer->in_channels,
        kernel = layer->kind == MN_POINTWISE ? 1 : 3;
    double sum = 0;
    for (int k = 0; k < kernel * kernel; k++) {
        int y = row * layer->stride + k / kernel - (kernel == 3 ? layer->pad : 0);
        int x = column * layer->stride + k % kernel - (kernel == 3 ? layer->pad : 0);
        if (y < 0 || x < 0 || y >= size || x >= size)
            continue;
        const double *pixel = input + ((long)y * size + x) * in;
        if (layer->kind == MN_DEPTHWISE)
            sum += weight[out * 9 + k] * pixel[out];
        for (int i = 0; layer->kind != MN_DEPTHWISE && i < in; i++)
            sum += weight[((long)out * in + i) * kernel * kernel + k] * pixel[i];
    }
    return sum;
}

static double normalise(const struct reference_layer *layer, double *y, long rows, int channels,
                        double epsilon, double hi, bool by_batch)
{
    double nearest = INFINITY;
    for (int c = 0; c < channels; c++) {
        double mean = 0, variance = 0;
        for (long r = 0; r < rows; r++)
            mean += y[r * channels + c] / (double)rows;
        for (long r = 0; r < rows; r++)
            variance += pow(y[r * channels + c] - mean, 2) / (double)rows;
        if (!by_batch)
            mean = layer->mean[c], variance = layer->variance[c];
        for (long r = 0; r < rows; r++) {
            double z = (y[r * channels + c] - mean) / sqrt(variance + epsilon) * layer->gamma[c] +
                       layer->beta[c];
            nearest = fmin(nearest, fmin(fabs(z), fabs(z - hi)));
            y[r * channels + c] = fmin(fmax(z, 0), hi);
        }
    }
    return nearest;
}

static void classify(const struct mn_network *network, const struct reference_layer *linear,
                     const double *a, int pictures, double *logits)
{
    const struct mn_layer *pool = &network->layers[network->layer_count - 2];
    int channels = pool->in_channels, pixels = pool->in_size * pool->in_size;
    int classes = network->spec.classes;
    for (int p = 0; p < pictures; p++)
        for (int k = 0; k < classes; k++) {
            double sum = linear->beta[k];
            for (int c = 0; c < channels; c++)
                for (int i = 0; i < pixels; i++)
                    sum += linear->weight[k * channels + c] / pixels *
                           a[((long)p * pixels + i) * channels + c];
            logits[p * classes + k] = sum;
        }
}

double reference_forward(const struct mn_network *network, const struct reference_layer *layers,
                         double epsilon, const float *input, int pictures, bool by_batch,
                         double *logits)
{
    double nearest = INFINITY, hi = network->spec.activation == MN_RELU6 ? 6 : INFINITY;
    long floats = (long)pictures * network->spec.resolution * network->spec.resolution * 3;
    double *a = calloc((size_t)floats, sizeof *a);
    for (long i = 0; i < floats; i++)
        a[i] = (double)input[i];
    for (int i = 0; i < network->layer_count - 2; i++) {
        const struct mn_layer *layer = &network->layers[i];
        long in = (long)layer->in_size * layer->in_size * layer->in_channels;
        long pixels = (long)layer->out_size * layer->out_size;
        double *y = calloc((size_t)(pictures * pixels * layer->out_channels), sizeof *y), *at = y;
        for (int p = 0; p < pictures; p++)
            for (int pixel = 0; pixel < pixels; pixel++)
                for (int out = 0; out < layer->out_channels; out++)
                    *at++ = convolve(layer, layers[i].weight, a + p * in, pixel / layer->out_size,
                                     pixel % layer->out_size, out);
        nearest = fmin(nearest, normalise(&layers[i], y, pictures * pixels, layer->out_channels,
                                          epsilon, hi, by_batch));
        free(a);
        a = y;
    }
    classify(network, &layers[network->layer_count - 1], a, pictures, logits);
    free(a);
    return nearest;
}
