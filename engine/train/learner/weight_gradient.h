/* The gradient of a layer's weights while the learner goes backward through it, chunk by chunk.
 *
 * Where weights are few, each chunk has a gradient of its own, and these are added up. Where they
 * are many, that would be more memory to go through than the activations are: there the chunks
 * leave the operands of the product in memory, several of them together so that it is deep enough
 * to be fast, and then the output channels are shared out. Either way threads take what is next,
 * and each sum is made in the same order whoever makes it. */
#ifndef MN_WEIGHT_GRADIENT_H
#define MN_WEIGHT_GRADIENT_H

#include "learner_room.h"

bool mn_weight_gradient_by_channels(const struct mn_layer *layer);

/* Does the work with each chunk of layer i; it must call the function below. Then the layer's
 * weights have their place in result. */
void mn_weight_gradient_of_layer(struct mn_learner *learner, int i, mn_chunk_work *work);

/* pass: the chunk's, by worker; d: the gradient of its output. */
void mn_weight_gradient_of_chunk(struct mn_learner *learner, const struct mn_layer_pass *pass,
                                 const float *d, int number, int worker);

#endif
