/* What a training knows besides its recipe and its data: the weights, what the optimizer remembers,
 * and where it stands. A checkpoint is this and nothing else. */
#ifndef MN_STATE_H
#define MN_STATE_H

#include "optimizer.h"

/* Of the steps of the epoch under way; at its end those of the whole epoch, until the next step. */
struct mn_epoch_sums {
    double loss; /* times pictures */
    double correct;
    long long pictures;
};

struct mn_state {
    size_t trained, total; /* floats, see weights.h */
    float *values;         /* [total] */
    float *average;        /* [total]; NULL without */
    struct mn_optimizer optimizer;
    int epoch, step; /* complete epochs, and steps of the one under way */
    struct mn_epoch_sums sums;
};

/* Zeroed rows as the recipe needs them, the optimizer's begun. False when memory runs out. Either
 * way the caller frees. */
bool mn_state_new(struct mn_state *state, const struct mn_weights_map *map,
                  const struct mn_recipe *recipe);
void mn_state_free(struct mn_state *state); /* leaves it zeroed */

/* What a checkpoint belongs to; another one's is not taken. */
struct mn_run_identity {
    const char *recipe; /* as text */
    uint64_t data;      /* mn_dataset_fingerprint() */
    int threads;        /* sums over a batch have another order with another count */
    int epochs, steps;  /* of the run, and of an epoch: the position's limits */
};

/* Complete or absent. Errors: MN_FAILED, the old file is kept. */
enum mn_status mn_state_save(const struct mn_state *state, const struct mn_run_identity *run,
                             const char *path, struct mn_error *error);
/* Errors: MN_BAD_INPUT where the file is of another run, or damaged; the state is then as it was.
 */
enum mn_status mn_state_restore(struct mn_state *state, const struct mn_run_identity *run,
                                const char *path, struct mn_error *error);

#endif
