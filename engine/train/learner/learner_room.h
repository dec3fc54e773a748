/* What a learner has: its memory, made once for the largest batch at the largest resolution. Only
 * learner.c and learner_room.c include this. */
#ifndef MN_LEARNER_ROOM_H
#define MN_LEARNER_ROOM_H

#include "layers.h"
#include "learner.h"
#include "norm.h"

/* One share's room: nobody else writes it. */
struct mn_learner_share {
    float *a, *d;    /* a few pictures' activations and gradients */
    float *columns;  /* see layers.h */
    float *part[2];  /* [channels] sums over a few pictures, zero between two of them, */
    double *sum[2];  /* and over all of the share */
    float *gradient; /* [trained]; zero between two backwards */
};

struct mn_learner {
    struct mn_learner_options options;
    const struct mn_arithmetic *arithmetic;
    struct mn_network network;
    int last, linear; /* the last layer with norm, and the linear one */
    float hi;         /* of the activation */
    float *input;
    float
        *y[MN_MAX_LAYERS]; /* the convolutions' outputs [batch][out_size][out_size][out_channels] */
    struct mn_norm norm[MN_MAX_LAYERS];
    float *block, *packed[MN_MAX_LAYERS]; /* weights in the kernels' order; points into block */
    float *gradient[2];                   /* of a whole layer's output; layer i uses i % 2 */
    float *features, *logits;             /* [batch][channels], [batch][classes] */
    struct mn_learner_share *shares;      /* [crew's size] */

    /* what is under way */
    const float *values, *keep, *d_logits;
    float *result;
    int pictures, layer;
    enum mn_direction direction;
    enum mn_statistics statistics;
};

/* How many pictures go through a layer at a time: as many as keep input and output in the
 * second-level cache, at least one. */
int mn_learner_chunk(const struct mn_layer *layer);

#endif
