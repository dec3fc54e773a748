/* What a learner has: its memory, made once for the largest batch at the largest resolution. Only
 * learner.c, weight_gradient.c and learner_room.c include this. */
#ifndef MN_LEARNER_ROOM_H
#define MN_LEARNER_ROOM_H

#include "layers.h"
#include "learner.h"
#include "norm.h"

/* One thread's room, for the pictures of a chunk. */
struct mn_learner_worker {
    float *a, *d;    /* activations and gradients */
    float *columns;  /* see layers.h */
    float *operands; /* likewise */
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
    struct mn_learner_worker *workers;    /* [crew's size] */
    float *part;                          /* [chunks][2][channels] sums over a chunk */
    double *sum[2];                       /* [channels], over the batch */
    float *partial;      /* [chunks][weights] gradients by a chunk, where weights are few */
    float *operands;     /* of several chunks, where they are many */
    size_t operand_room; /* floats of it */

    /* what is under way */
    const float *values, *keep, *d_logits;
    float *result;
    int pictures, layer;
    int first_group, end_group, first_chunk; /* those whose operands are in memory */
    size_t group_floats;                     /* of a group's */
    enum mn_direction direction;
    enum mn_statistics statistics;
};

/* Pictures that go through a layer in one go: begin … begin + count - 1 of the batch. As many as
 * keep input and output in the second-level cache, and so few that each thread has several chunks;
 * at least one. */
struct mn_chunk {
    int begin, count;
};

int mn_learner_chunks(const struct mn_learner *learner, const struct mn_layer *layer);
struct mn_chunk mn_learner_chunk(const struct mn_learner *learner, const struct mn_layer *layer,
                                 int number);

/* How the gradient of a layer's weights is shared out: see weight_gradient.h. */
bool mn_learner_by_channels(const struct mn_layer *layer);

/* A group is this many chunks, whose operands lie together. */
int mn_learner_group_chunks(const struct mn_learner *learner, const struct mn_layer *layer);
struct mn_chunk mn_learner_group(const struct mn_learner *learner, const struct mn_layer *layer,
                                 int number);

#endif
