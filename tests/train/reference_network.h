/* The network in double precision, written the obvious way: nested loops over PyTorch's layouts,
 * from the paper and nothing of the trainer's. */
#ifndef TESTS_TRAIN_REFERENCE_NETWORK_H
#define TESTS_TRAIN_REFERENCE_NETWORK_H

#include <stdbool.h>

#include "../../engine/network.h"

/* A layer's parameters in double, PyTorch's layouts; linear has its bias in beta. */
struct reference_layer {
    double *weight, *gamma, *beta, *mean, *variance;
};

/* logits [pictures][classes] of input [pictures][size][size][3]. With by_batch the norms use the
 * batch's own mean and variance, else the stored ones. Returns how near to a bend of the activation
 * any value comes. */
double reference_forward(const struct mn_network *network, const struct reference_layer *layers,
                         double epsilon, const float *input, int pictures, bool by_batch,
                         double *logits);

#endif
