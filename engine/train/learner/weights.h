/* All that a network learns, in one row of floats, so that the optimizer, the average and the
 * checkpoint need not know layers: first what is trained (weights, scales, offsets), then what is
 * tracked (running means and variances).
 *
 * Weights lie as training multiplies them, not as PyTorch does: standard [out][3][3][in], depthwise
 * [3][3][channels]; pointwise and linear [out][in] are the same in both. */
#ifndef MN_WEIGHTS_H
#define MN_WEIGHTS_H

#include "../../model/model.h"

/* Where a layer's begin in the row. Pool has nothing; linear has no gamma, mean and variance, and
 * its bias is beta. */
struct mn_layer_weights {
    size_t weight, weight_count;
    size_t gamma, beta, mean, variance; /* each [out_channels] */
    bool normed;
};

struct mn_weights_map {
    struct mn_layer_weights layer[MN_MAX_LAYERS];
    size_t trained; /* floats */
    size_t total;   /* with the tracked ones */
};

void mn_weights_lay_out(struct mn_weights_map *map, const struct mn_network *network);

/* Where training begins. Products: normal with variance 1 / (3 * inputs of an output), as
 * PyTorch's. Depthwise filters: nearly alike, passing their pixel on (stride 1) or taking the mean
 * (stride 2), with a little noise; random ones undo each other's work over 13 blocks, and
 * CIFAR-10 at 32 x 32 takes half as long again to the same accuracy. Scales 1, offsets 0, means 0,
 * variances 1. Behind batch norm a weight's size changes nothing but how far a step turns it. */
void mn_weights_begin(const struct mn_weights_map *map, const struct mn_network *network,
                      uint64_t seed, float *values);

/* From a model of the same layers; `layers` of them from the picture on, so that a head of other
 * classes can be left out. A model whose batch norm is folded gives norms that change nothing, with
 * `norm_epsilon`. Errors: MN_FAILED where the model's file cannot be read. */
enum mn_status mn_weights_import(const struct mn_weights_map *map, const struct mn_model *model,
                                 int layers, double norm_epsilon, float *values,
                                 struct mn_error *error);

/* Into a new model's parameters. */
void mn_weights_export(const struct mn_weights_map *map, const float *values,
                       struct mn_model *model);

#endif
