/* A network made ready to run: activations in one arena, a list of steps, each cut into pieces that
 * threads can take.
 *
 * A step is a layer, or two that meet in a scratch buffer that stays in the first cache levels. A
 * block is a depthwise layer and the 1x1 layer behind it, a few rows at a time. In the deep layers,
 * whose weights are better read once, a bridge is a 1x1 layer and the depthwise layer behind it,
 * all rows of a few channels at a time; but where each of the threads has rows enough to be worth
 * all the weights, they are blocks too.
 *
 * The arena holds the activation a step reads and the one it writes, in turn: in two buffers for
 * what threads cut by rows, in two others for what they cut by channels. The input tensor is apart,
 * so that it can be filled while nothing runs and looked at afterwards. */
#ifndef MN_PLAN_H
#define MN_PLAN_H

#include "../kernels/kernels.h"
#include "packed.h"

struct mn_plan;

enum { MN_MAX_BATCH = 4096 }; /* so that the pixels of all pictures together are an int */

struct mn_plan_options {
    int threads;  /* that will take pieces, >= 1: each has a scratch buffer */
    int batch;    /* pictures a run, 1 … MN_MAX_BATCH */
    bool unfused; /* every layer is a step, so that each one's output can be looked at */
};

/* On MN_OK *plan is the caller's; the weights, which it points to, must outlive it, and be made
 * before it runs. Errors: MN_BAD_INPUT for the batch, MN_FAILED for memory. */
enum mn_status mn_plan_new(struct mn_plan **plan, const struct mn_network *network,
                           const struct mn_packed *packed, const struct mn_kernels *kernels,
                           const struct mn_plan_options *options, struct mn_error *error);
void mn_plan_free(struct mn_plan *plan); /* NULL is fine */

float *mn_plan_input(struct mn_plan *plan);              /* [batch][resolution][resolution][3] */
const float *mn_plan_output(const struct mn_plan *plan); /* logits [batch][classes] */

int mn_plan_steps(const struct mn_plan *plan);
int mn_plan_pieces(const struct mn_plan *plan, int step); /* >= 1, <= MN_MAX_PIECES */
/* Does one piece. Pieces of one step are independent of one another; a step needs all pieces of the
 * one before. `worker` < threads chooses the scratch buffer. */
void mn_plan_run_piece(const struct mn_plan *plan, int step, int piece, int worker);

/* The layers that a step computes, and their output, valid until the step after next runs. */
struct mn_layers_output mn_plan_step_output(const struct mn_plan *plan, int step);

#endif
