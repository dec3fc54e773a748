/* What our own model files say about themselves, in safetensors' __metadata__.
 *
 * The format wants every value to be a string. Words are themselves ("relu6"); numbers, lists and
 * truth values are JSON text ("0.25", "[0.5,0.5,0.5]"). What only some models have may be absent:
 * labels, golden, unknown_below, recipe, accuracy, measured. Unknown keys are ignored, so a file
 * may say more; a meaning may only change together with `format`. */
#ifndef MN_METADATA_H
#define MN_METADATA_H

#include <jansson.h>

#include "model.h"

/* True if the metadata (may be NULL) is of any version of our format. */
bool mn_metadata_is_ours(const json_t *metadata);

/* The network that the metadata describes. Errors: MN_BAD_INPUT names the key. */
enum mn_status mn_metadata_network(const json_t *metadata, struct mn_network *network,
                                   struct mn_error *error);

/* Everything else: epsilon, preprocessing, labels, background, name, origin, and what a trained
 * model says of itself. Texts are cleaned, everything else that cannot be is refused:
 * MN_BAD_INPUT names the key. MN_FAILED for memory. */
enum mn_status mn_metadata_apply(const json_t *metadata, struct mn_model *model,
                                 struct mn_error *error);

/* A new object that the two above read back. NULL when memory runs out or a text of the model is
 * not UTF-8. */
json_t *mn_metadata_new(const struct mn_model *model);

#endif
