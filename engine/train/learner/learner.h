/* The network as it learns: forward with what backward will need, backward to the gradients.
 *
 * Each layer is convolution, batch norm over the batch, activation (Ioffe and Szegedy 2015). What
 * is kept of a layer is the convolution's output alone: normalising and activating it again is
 * cheaper than to store and load the result, and is done for a few pictures at a time, which are
 * still in the cache when the next layer's product reads them. Likewise backward: one buffer holds
 * the gradient of a whole layer, everything between is of a few pictures.
 *
 * A batch goes through each layer in chunks of pictures, which threads take as they come free; the
 * sums over a batch, for batch norm and the weights' gradients, are those of the chunks, added in
 * their order. So a number of threads gives the same bytes always; another has other chunks. */
#ifndef MN_LEARNER_H
#define MN_LEARNER_H

#include "../base/crew.h"
#include "weights.h"

struct mn_learner;

struct mn_learner_options {
    struct mn_crew *crew;                 /* borrowed */
    const struct mn_network *network;     /* at the largest resolution; copied */
    const struct mn_weights_map *weights; /* borrowed */
    int batch;                            /* pictures at most */
    double norm_epsilon;
    int first_trained;  /* layer: those below stay as they are, and use the tracked means and
                           variances */
    bool from_features; /* the input is what the linear layer takes, the pool's output */
};

/* On MN_OK *learner is the caller's. Errors: MN_FAILED for memory. */
enum mn_status mn_learner_new(struct mn_learner **learner, const struct mn_learner_options *options,
                              struct mn_error *error);
void mn_learner_free(struct mn_learner *learner); /* NULL is fine */

/* Takes another resolution, at most that of the options' network. */
void mn_learner_resize(struct mn_learner *learner, int resolution);

/* [batch][resolution][resolution][3], or [batch][in_channels] of the linear layer; to be filled
 * before forward, changed by nobody else. */
float *mn_learner_input(struct mn_learner *learner);

/* What batch norm normalises with. */
enum mn_statistics {
    MN_OF_BATCH,   /* mean and variance of this batch: training */
    MN_OF_TRACKED, /* the running ones: evaluation */
};

/* Logits [pictures][classes], owned by the learner until the next forward. keep[batch][in_channels
 * of the linear layer] multiplies what the linear layer takes, for dropout; NULL: nothing. values:
 * the row of weights.h. */
const float *mn_learner_forward(struct mn_learner *learner, const float *values, int pictures,
                                enum mn_statistics statistics, const float *keep);

/* After a forward with MN_OF_BATCH, with the same values: writes gradient [weights->trained], zero
 * for what is not trained. d_logits [pictures][classes]. */
void mn_learner_backward(struct mn_learner *learner, const float *values, const float *d_logits,
                         float *gradient);

/* Moves the tracked means and variances (unbiased, as PyTorch has them) in `values` by `momentum`
 * towards the last forward's. */
void mn_learner_track(const struct mn_learner *learner, float *values, double momentum);

#endif
