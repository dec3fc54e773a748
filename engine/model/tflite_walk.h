/* The walk through a TensorFlow Lite graph: which operator is which layer of MobileNet-V1. */
#ifndef MN_TFLITE_WALK_H
#define MN_TFLITE_WALK_H

#include "../network.h"
#include "tflite_graph.h"

/* What the walk found for one layer. */
struct mn_tflite_layer {
    int op;
    struct mn_tflite_tensor weight; /* not for the pool */
    struct mn_tflite_tensor bias;   /* data is NULL where there is none */
    int pool_height, pool_width;    /* AVERAGE_POOL_2D's window; 0 for MEAN, which takes all */
};

struct mn_tflite_walk {
    struct mn_tflite_graph *graph;
    const struct mn_network *pattern; /* any MobileNet-V1: kinds and strides are always the same */
    struct mn_tflite_tensor input;
    enum mn_activation activation;
    int found; /* layers so far */
    struct mn_tflite_layer layers[MN_MAX_LAYERS];
};

/* Fills walk->input, activation and layers from walk->graph and walk->pattern. Errors: MN_BAD_INPUT
 * names the operator that MobileNet-V1 does not have there. */
enum mn_status mn_tflite_follow(struct mn_tflite_walk *walk, struct mn_error *error);

#endif
