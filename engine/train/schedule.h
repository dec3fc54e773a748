/* How fast to learn, and at which resolution, at any moment of a training. Pure functions. */
#ifndef MN_SCHEDULE_H
#define MN_SCHEDULE_H

#include "../base/error.h"
#include "recipe.h"

/* Learning rate at `epoch` (0 … epochs, with fractions). Linear from warmup_lr to lr, then cosine
 * to min_lr (Loshchilov and Hutter 2016), steps, or constant. Never below the smaller of lr and
 * min_lr, but for the warm-up. */
double mn_schedule_lr(const struct mn_recipe *recipe, double epoch);

/* The phase of train_sizes at `epoch`; where the recipe has none, its own resolution alone. */
struct mn_size_phase mn_schedule_sizes(const struct mn_recipe *recipe, double epoch);

/* The resolution of one step. */
int mn_schedule_size(const struct mn_recipe *recipe, double epoch, uint64_t step);

/* Of all steps. */
int mn_schedule_largest_size(const struct mn_recipe *recipe);

/* The resolution of the model after `epoch` (0 …): what it was trained at, the largest where that
 * is several; in the last phase, and at the end, the recipe's own. A network that has seen 32 x 32
 * alone knows nothing at 96 x 96. */
int mn_schedule_model_size(const struct mn_recipe *recipe, int epoch);

/* Reads "64", "0:48,20:64" or "0:64/96/128" into phases; the result's `train_size_phases` is 0 for
 * "". Errors: MN_BAD_INPUT says what is wrong. */
enum mn_status mn_schedule_parse_sizes(const char *text, struct mn_recipe *recipe,
                                       struct mn_error *error);
/* The same text again; size bytes are enough for it below 1 KB. */
void mn_schedule_print_sizes(const struct mn_recipe *recipe, char *text, size_t size);

#endif
