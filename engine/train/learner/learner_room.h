/* What a learner has: its memory, made once for the largest batch at the largest resolution. Only
 * the learner's own files include this. */
#ifndef MN_LEARNER_ROOM_H
#define MN_LEARNER_ROOM_H

#include "chunk.h"
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
    int first_chunk, end_chunk; /* those that threads take */
    mn_chunk_work *work;        /* what they do with each */
    int first_group, end_group; /* those whose operands are in memory */
    size_t group_floats;        /* of a group's */
    enum mn_direction direction;
    enum mn_statistics statistics;
};

#endif
