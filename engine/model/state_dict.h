/* Which tensors a model has, under the names that timm's state_dict gives them; and filling a model
 * from a safetensors file that has them so. */
#ifndef MN_STATE_DICT_H
#define MN_STATE_DICT_H

#include "model.h"
#include "safetensors.h"

enum { MN_MAX_TENSORS = 5 * MN_MAX_LAYERS /* a weight and batch norm each */ };

/* All tensors of a model, in the order of the layers. Returns how many. Where the model's weights
 * are halves, so is the type of each layer's first tensor. */
int mn_model_tensors(const struct mn_model *model, struct mn_named_tensor tensors[MN_MAX_TENSORS]);

/* Makes a model of this network from the file's tensors. Nothing is allocated before every shape
 * and type fits. Where the source is a file the weights stay in it. A tensor that the network does
 * not have is an error, too (num_batches_tracked, which PyTorch counts while training, is ignored).
 * Where all weights are float16 they will be written so again. On MN_OK *model is the caller's. */
enum mn_status mn_state_dict_read(struct mn_model **model, const struct mn_network *network,
                                  const struct mn_safetensors *file, struct mn_error *error);

#endif
