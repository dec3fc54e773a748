/* From gradients to better weights. */
#ifndef MN_OPTIMIZER_H
#define MN_OPTIMIZER_H

#include "base/crew.h"
#include "learner/weights.h"
#include "recipe.h"

/* What the optimizer remembers: rows as long as the trained weights, in their order. */
struct mn_optimizer {
    float *momentum;
    float *square; /* running mean of the squared gradient; NULL for SGD */
};

/* Rows that an optimizer of this kind needs: 1 or 2. */
int mn_optimizer_rows(enum mn_optimizer_kind kind);
/* Their values before the first step. */
void mn_optimizer_begin(const struct mn_optimizer *optimizer, enum mn_optimizer_kind kind,
                        size_t trained);

struct mn_update {
    const struct mn_recipe *recipe;
    const struct mn_network *network;
    const struct mn_weights_map *map;
    int first_trained; /* layer */
    double lr;
    int64_t step; /* 1 at the first */
};

/* Changes values[0 … map->trained) by gradient, in place; the gradient is changed, too. Weight
 * decay leaves out biases, batch norm and depthwise filters. Returns the norm of the whole gradient
 * before clipping; where that is no finite number nothing is changed. */
double mn_optimizer_step(const struct mn_optimizer *optimizer, const struct mn_update *update,
                         struct mn_crew *crew, float *values, float *gradient);

/* Of a step, beside those of forward and backward: Muon's; the other rules' are few. */
double mn_optimizer_mult_adds(const struct mn_update *update);

#endif
