/* A network made ready to run: weights folded and packed for one instruction set, activations in
 * one arena, a list of steps.
 *
 * The arena holds two activations, the one a layer reads and the one it writes, in turn; the input
 * tensor is apart, so that it can be filled while nothing runs and looked at afterwards. */
#ifndef MN_PLAN_H
#define MN_PLAN_H

#include "../kernels/kernels.h"
#include "../model/model.h"

struct mn_plan;

/* On MN_OK *plan is the caller's. The model is not needed afterwards. Errors: MN_FAILED for memory.
 */
enum mn_status mn_plan_new(struct mn_plan **plan, const struct mn_model *model,
                           const struct mn_network *network, const struct mn_kernels *kernels,
                           struct mn_error *error);
void mn_plan_free(struct mn_plan *plan); /* NULL is fine */

float *mn_plan_input(struct mn_plan *plan);              /* [resolution][resolution][3] */
const float *mn_plan_output(const struct mn_plan *plan); /* logits [classes] */
int mn_plan_steps(const struct mn_plan *plan);           /* one a layer of the network */
const float *mn_plan_step(struct mn_plan *plan,
                          int step); /* runs it; its output, until the step after next runs */

#endif
