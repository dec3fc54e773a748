/* Half precision storage: a model's weights rounded to float16, so that its file is half as large
 * and has exactly the numbers that the engine computes with. Biases and batch norms, which are few,
 * stay float32. */
#ifndef MN_HALF_H
#define MN_HALF_H

#include "model.h"

/* Rounds the weights and has them written as float16. They are in memory afterwards, if they were
 * in a file. A known answer is of the weights before: make it anew (golden.h) after this. Errors:
 * MN_BAD_INPUT names a tensor with a value that float16 does not have; MN_FAILED for memory and
 * reading. The model is then as it was. */
enum mn_status mn_model_to_half(struct mn_model *model, struct mn_error *error);

#endif
